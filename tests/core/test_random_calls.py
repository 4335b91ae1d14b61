"""Whatever telephones ring, whoever lifts and whatever the desks do: invariants 18 and 20, and the line's own table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.lines import LINE, line_after
from firmware_py.core.machine import decide, evolve
from firmware_py.core.schedule import in_hours
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.core.states import LineState
from firmware_py.errors import Rejected
from tests.core.effort import effort
from tests.core.halls import CLOSE, MINUTE, NINE, SECOND, ask, open_hall, sender, take

LINES = ("desk1-phone", "desk2-phone", "desk3-phone")
CALLERS = ("0123456789abcdef", "fedcba9876543210")
KEYS: tuple[type[c.DeskCommand], ...] = (
    *(c.Next, c.Arrive, c.Finish, c.Hold, c.ResumeTicket, c.Pause, c.ResumeDesk, c.Wait),
    *(c.Pickup, c.CallbackDone, c.RecordDone),
)
STEP = st.one_of(
    st.tuples(st.sampled_from(LINES), st.sampled_from(["ring", "rest", "lift", "stop", "second", "watch", *CALLERS])),
    st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from(KEYS)),
)


class Watcher:
    """What a line's monitor would say next, so that only what can happen happens."""

    def __init__(self) -> None:
        self.rings = 0
        self.talking = False

    def says(self, line: str, what: str) -> f.Fact | None:
        if what in CALLERS:
            return f.CallerKnown(line, what)
        if what == "watch":
            self.rings, self.talking = 0, False
            return f.WatchBegan(line)
        if what == "second":
            return f.SecondCallEnded(line, 2) if self.talking else None
        if what == "lift":
            rings, self.rings = self.rings, 0
            self.talking = not self.talking
            return f.Lifted(line, rings) if self.talking else f.HungUp(line, 60_000)
        if self.talking:
            return None
        if what == "ring":
            self.rings += 1
            return f.RingBegan(line, self.rings)
        if not self.rings:
            return None
        if what == "rest":
            return f.RingEnded(line, self.rings)
        rings, self.rings = self.rings, 0
        return f.RingingStopped(line, rings)


def missed(hall: Hall, events: list[e.Event], at: int) -> int:
    return sum(1 for event in events if isinstance(event, e.PhoneMissed | e.PhoneBusyMissed) and in_hours(hall, at))


def asked(hall: Hall, command: c.DeskCommand, at: int) -> list[e.Event]:
    try:
        return decide(hall, command, at, sender(hall, command))
    except Rejected:
        return []


@pytest.mark.req("R-PHONE-05", "R-PHONE-06", "R-PHONE-07")
@given(
    steps=st.lists(st.tuples(STEP, st.sampled_from([0, 300, 1000, 5000, 7000, 60_000])), max_size=60),
    begins=st.sampled_from([NINE, NINE, CLOSE - MINUTE]),
)
@effort(60)
def test_every_call_missed_in_hours_has_one_task_and_no_telephone_moves_a_ticket(
    steps: list[tuple[tuple[str | int, str | type[c.DeskCommand]], int]], begins: int
) -> None:
    hall, watchers = open_hall(), {line: Watcher() for line in LINES}
    for _ in range(6):
        take(hall, "b")
    owed: dict[int, str] = {}
    at = begins
    for (where, what), pause in steps:
        at += pause
        if isinstance(what, str):
            fact = watchers[str(where)].says(str(where), what)
            if fact is None:
                continue
            events = decide(hall, fact, at, str(where))
            tickets, desks = dict(hall.tickets), dict(hall.desks)
        else:
            events = asked(hall, what(int(where)), at)
            tickets, desks = {}, {}
        outcomes = [event for event in events if isinstance(event, e.CallbackOpened | e.CallbackMerged)]
        assert len(outcomes) == missed(hall, events, at)  # invariant 20
        for event in events:
            if isinstance(event, e.CallbackMerged):
                assert owed[event.task] == hall.lines[event.line].caller != ""
            if isinstance(event, e.LineEvent):
                state = hall.lines[event.line].state
            evolve(hall, event)
            if isinstance(event, e.LineEvent):
                assert hall.lines[event.line].state is line_after(state, event)
            if isinstance(event, e.CallbackOpened):
                assert event.task not in owed
                assert event.caller == "" or event.caller not in owed.values()
                owed[event.task] = event.caller
            if isinstance(event, e.CallbackClosed):
                del owed[event.task]
            if isinstance(event, e.PhoneEnded):
                assert 0 <= event.overlap_ms <= event.talk_ms
        if isinstance(what, str):
            assert (hall.tickets, hall.desks) == (tickets, desks)  # invariant 18
        assert {task.task: task.caller for task in hall.callbacks.values()} == owed
        for line, watcher in watchers.items():
            assert (hall.lines[line].state is LineState.TALK) == watcher.talking
            assert hall.lines[line].ring == watcher.rings
    thawed = thaw(freeze(hall))
    assert thawed is not None
    assert thawed.lines == hall.lines


@pytest.mark.req("R-PHONE-05")
def test_the_table_of_the_line_knows_every_way_a_call_can_end_and_begin() -> None:
    ends = (e.PhoneAbandoned, e.PhoneMissed, e.PhoneUnknown)
    assert all(LINE[LineState.RINGING][end] is LineState.ON_HOOK for end in ends)
    assert LINE[LineState.ON_HOOK][e.Rang] is LineState.RINGING
    assert LINE[LineState.TALK][e.PhoneBusyMissed] is LineState.TALK
    answered = e.PhoneAnswered(NINE, LINES[0], 1, 1)
    assert line_after(LineState.RINGING, answered) is LineState.TALK
    elsewhere = e.PhoneAnswered(NINE, LINES[0], 2, 1, neighbour=True, inferred=True)
    assert line_after(LineState.RINGING, elsewhere) is LineState.ON_HOOK
    assert line_after(LineState.TALK, e.Rang(NINE, LINES[0], 1)) is LineState.TALK


@pytest.mark.req("R-PHONE-05", "R-CORE-21")
def test_a_ring_that_is_told_of_a_lifted_telephone_makes_it_ring_nowhere() -> None:
    hall = open_hall()
    ask(hall, f.Lifted(LINES[0], 0), NINE)

    ask(hall, f.RingBegan(LINES[0], 1), NINE + SECOND)

    assert (hall.lines[LINES[0]].state, hall.lines[LINES[0]].ring) == (LineState.TALK, 0)
