"""Whom a call overtook: the list rebuilt ticket by ticket is the one that every decision record counts."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.machine import decide, evolve, tick
from firmware_py.core.overtaking import agrees, overtaken
from firmware_py.core.plan import Plan
from firmware_py.errors import Rejected
from tests.core.effort import effort
from tests.core.halls import MINUTE, NINE, NOON, SECOND, happen, open_hall, sender, take, with_max_run

pytestmark = pytest.mark.req("R-CORE-05")

DESKS = st.integers(1, 4)
TURN = st.tuples(st.just("next"), DESKS, st.just(""))
TAKE = st.tuples(st.just("take"), st.sampled_from("abc"), st.sampled_from("XXG"))
ACTIONS = st.one_of(
    TAKE,
    TURN,
    TURN,
    st.tuples(st.just("pass"), DESKS, st.just("")),
    st.tuples(st.just("hold"), DESKS, st.just("")),
    st.tuples(st.just("transfer"), DESKS, st.sampled_from(["a", "b", "c", "@1", "@2", "@3"])),
    st.tuples(st.just("leave"), DESKS, st.just("")),
    st.tuples(st.just("come"), DESKS, st.just("")),
    st.tuples(st.just("back"), st.integers(0, 30), st.just("")),
    st.tuples(st.just("grant"), st.integers(0, 30), st.just("")),
    st.tuples(st.just("specific"), DESKS, st.integers(0, 30)),
    st.tuples(st.just("wait"), st.sampled_from([1, 20]), st.just("")),
)
DAYS = st.tuples(
    st.lists(TAKE, min_size=12, max_size=12), st.lists(ACTIONS, min_size=25, max_size=60), st.sampled_from([0, 1, 3])
)
"""A dozen people come first, so that there is somebody to overtake."""


class Watched:
    """A hall in which every call is looked at just before it is true."""

    def __init__(self, plan: Plan) -> None:
        self.hall: Hall = open_hall(plan)
        self.at = NINE
        self.rules: Counter[str] = Counter()
        self.overtook: Counter[str] = Counter()

    def true(self, events: list[e.Event]) -> None:
        for event in events:
            if isinstance(event, e.Called):
                rebuilt = overtaken(self.hall, event)
                assert agrees(event, rebuilt), (event, rebuilt)
                self.rules[event.rule] += 1
                self.overtook[event.rule] += bool(rebuilt)
            evolve(self.hall, event)

    def ask(self, command: c.Command, by: str = "") -> bool:
        while events := tick(self.hall, self.at):
            self.true(events)
        try:
            self.true(decide(self.hall, command, self.at, by or sender(self.hall, command)))
        except Rejected:
            return False
        return True

    def number(self, nth: int) -> str:
        numbers = list(self.hall.tickets)
        return numbers[nth % len(numbers)] if numbers else "A001"

    def act(self, what: str, which: int | str, how: int | str) -> None:
        match what, which, how:
            case "take", str(service), str(klass):
                if self.ask(c.Take(service, "G" if klass == "G" else "X"), "kiosk1"):
                    self.ask(c.ReportPrinted(list(self.hall.tickets)[-1]), "kiosk1")
            case "next", int(desk), _:
                self.ask(c.Finish(desk))
                self.ask(c.Next(desk))
            case "pass", int(desk), _:
                self.ask(c.Recall(desk))
                self.at += 100 * SECOND
                self.ask(c.Recall(desk))
                self.at += 100 * SECOND
                self.ask(c.Pass(desk))
            case "hold", int(desk), _:
                self.ask(c.Arrive(desk))
                self.ask(c.Hold(desk, "复印"))
            case "transfer", int(desk), str(where):
                self.ask(c.Arrive(desk))
                target = int(where[1:]) if where.startswith("@") else 0
                self.ask(c.Transfer(desk, "" if target else where, target, "走错窗口"))
            case "leave", int(desk), _:  # the last of a called ticket's desk: it is withdrawn
                self.ask(c.Pause(desk, urgent=True))
            case "come", int(desk), _:
                self.ask(c.ResumeDesk(desk))
            case "back", int(nth), _:
                self.ask(c.ReturnTicket(self.number(nth)), "kiosk1")
            case "grant", int(nth), _:
                self.ask(c.Grant(self.number(nth), "突发疾病"), "desk1")
            case "specific", int(desk), int(nth):
                self.ask(c.CallSpecific(desk, self.number(nth), "老人"), "desk1")
            case "wait", int(minutes), _:
                self.at += minutes * MINUTE
        self.at += 7 * SECOND


Action = tuple[str, int | str, int | str]


def lived(day: tuple[list[Action], list[Action], int]) -> Watched:
    crowd, actions, max_run = day
    watched = Watched(with_max_run(max_run))
    for action in (*crowd, *actions):
        watched.act(*action)
    return watched


@effort(100)
@given(DAYS)
def test_every_record_counts_whom_the_rebuilt_list_names(day: tuple[list[Action], list[Action], int]) -> None:
    lived(day)


def test_days_like_these_have_every_kind_of_call_and_overtake_a_lot() -> None:
    """The property above would hold of empty days too."""
    rules: Counter[str] = Counter()
    overtook: Counter[str] = Counter()
    chance = random.Random(5)
    for _ in range(40):
        crowd = [("take", chance.choice("abc"), chance.choice("XXG")) for _ in range(12)]
        watched = lived((crowd, [_by(chance) for _ in range(60)], chance.choice([0, 1, 3])))
        rules += watched.rules
        overtook += watched.overtook
    assert {"ordinary", "green", "guard", "returned", "granted", "handed", "held", "approved"} <= set(rules)
    assert {"green", "granted", "approved", "handed"} <= set(overtook)
    assert sum(overtook.values()) > 100


def _by(chance: random.Random) -> Action:
    match chance.choice(
        ["next", "next", "next", "pass", "hold", "transfer", "leave", "come", "back", "grant", "specific", "wait"]
    ):
        case "transfer":
            return "transfer", chance.randint(1, 4), chance.choice(["a", "b", "c", "@1", "@2", "@3"])
        case "back" | "grant" as what:
            return what, chance.randint(0, 30), ""
        case "specific":
            return "specific", chance.randint(1, 4), chance.randint(0, 30)
        case "wait":
            return "wait", chance.choice([1, 20]), ""
        case what:
            return what, chance.randint(1, 4), ""


def test_only_those_count_whom_this_desk_could_have_called() -> None:
    hall = open_hall()
    take(hall, "c", NINE)  # desk 1 does not serve it
    first = take(hall, "b", NINE + 1)
    green = take(hall, "a", NINE + 2, "G")
    take(hall, "a", NINE + 3)  # came later
    found = overtaken(hall, e.Called(NINE + 4, green, 1, "green"))
    assert [ticket.number for ticket in found] == [first]


@pytest.mark.req("R-CORE-12")
def test_who_came_back_and_is_not_ripe_is_not_overtaken() -> None:
    hall = open_hall()
    passed, green = take(hall, "a", NINE), take(hall, "a", NINE + 1, "G")
    happen(hall, [e.Called(NINE + 2, passed, 1, "ordinary"), e.Passed(NINE + 3, passed, 1)])
    happen(hall, [e.Returned(NINE + 4, passed, 3)])
    called = e.Called(NINE + 5, green, 1, "green")
    assert overtaken(hall, called) == []
    hall.groups["1"].calls = 3
    assert [ticket.number for ticket in overtaken(hall, called)] == [passed]


@pytest.mark.req("R-CORE-14")
def test_who_was_sent_to_another_staffed_desk_is_not_overtaken() -> None:
    hall = open_hall()
    sent, green = take(hall, "a", NINE), take(hall, "a", NINE + 1, "G")
    happen(hall, [e.Called(NINE + 2, sent, 1, "ordinary"), e.Arrived(NINE + 3, sent, 1)])
    happen(hall, [e.Transferred(NINE + 4, sent, 1, "a", "走错窗口", target=2)])
    called = e.Called(NINE + 5, green, 1, "green")
    assert overtaken(hall, called) == []
    assert [each.number for each in overtaken(hall, e.Called(NINE + 5, green, 2, "green"))] == [sent]
    happen(
        hall, [e.DeskPaused(NINE + 6, 2, "短暂离开")]
    )  # nobody takes him there now: any desk of the service may call
    assert [each.number for each in overtaken(hall, called)] == [sent]
    happen(hall, [e.DeskResumed(NINE + 7, 2), e.LoggedOut(NINE + 8, 2)])
    assert [each.number for each in overtaken(hall, called)] == [sent]


@pytest.mark.req("R-CORE-12")
def test_who_came_back_to_a_group_where_nobody_calls_any_more_is_overtaken_at_once() -> None:
    hall = open_hall()
    passed, green = take(hall, "a", NINE), take(hall, "a", NINE + 1, "G")
    happen(hall, [e.Called(NINE + 2, passed, 1, "ordinary"), e.Passed(NINE + 3, passed, 1)])
    happen(hall, [e.Returned(NINE + 4, passed, 3)])
    called = e.Called(NINE + 5, green, 1, "green")
    assert overtaken(hall, called) == []
    for plan in hall.plan.desks:
        if plan.group == hall.tickets[passed].group and plan.id != 1:
            happen(hall, [e.DeskPaused(NINE + 5, plan.id, "短暂离开")])
    happen(hall, [e.DeskPaused(NINE + 5, 1, "短暂离开")])
    assert [each.number for each in overtaken(hall, called)] == [passed]


@pytest.mark.req("R-CORE-12")
def test_who_came_back_and_was_then_withdrawn_stands_among_those_handed_on() -> None:
    hall = open_hall()
    passed, green = take(hall, "a", NINE), take(hall, "a", NINE + 1, "G")
    happen(hall, [e.Called(NINE + 2, passed, 1, "ordinary"), e.Passed(NINE + 3, passed, 1)])
    happen(hall, [e.Returned(NINE + 4, passed, 1_000), e.Called(NINE + 5, passed, 1, "returned")])
    happen(hall, [e.Withdrawn(NINE + 6, passed, 1, "pause")])
    assert [each.number for each in overtaken(hall, e.Called(NINE + 7, green, 1, "approved"))] == [passed]


@pytest.mark.req("R-CORE-18")
def test_who_came_for_the_afternoon_is_not_overtaken_at_noon() -> None:
    hall = open_hall()
    morning = take(hall, "a", NINE)
    happen(hall, [e.LunchBegan(NOON, "drain", 1, NOON + 90 * MINUTE)])
    happen(hall, [e.Taken(NOON + 80 * MINUTE, "A002", "a", "X", "kiosk1", 1), e.Printed(NOON + 80 * MINUTE, "A002")])
    happen(hall, [e.Taken(NOON + 81 * MINUTE, "A003", "a", "X", "kiosk1", 2), e.Printed(NOON + 81 * MINUTE, "A003")])
    specific = e.Called(NOON + 82 * MINUTE, "A003", 1, "specific")
    assert [each.number for each in overtaken(hall, specific)] == [morning]
    happen(hall, [e.LunchEnded(NOON + 90 * MINUTE)])
    assert [each.number for each in overtaken(hall, specific)] == [morning, "A002"]


@pytest.mark.parametrize(("count", "shift_oldest", "shift_newest"), [(1, 0, 0), (0, 1, 0), (0, 0, 1), (-2, 0, 0)])
def test_a_record_that_is_off_by_one_does_not_agree(count: int, shift_oldest: int, shift_newest: int) -> None:
    hall = open_hall()
    keys = [hall.tickets[take(hall, "a", NINE + n)].key for n in range(2)]
    green = take(hall, "a", NINE + 5, "G")
    true = e.Called(NINE + 6, green, 1, "green", 2, keys[0], keys[1])
    assert agrees(true, overtaken(hall, true))
    false = e.Called(NINE + 6, green, 1, "green", 2 + count, keys[0] + shift_oldest, keys[1] + shift_newest)
    assert not agrees(false, overtaken(hall, false))
