"""Lines that show no hook: what is known of their calls is told, and what is not is never guessed (R-PHONE-05)."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.ring import LineMonitor
from firmware_py.core.states import LineState
from tests.core.halls import CLOSE, MINUTE, NINE, SECOND, ask, let_time_pass, open_hall, with_desk
from tests.core.telephones import LINE, RING, given_up, kinds

EVERY = 5000


def told(rings: list[int], until: int, *, hook_seen: bool = False) -> list[tuple[int, f.Fact]]:
    """What a line says of a modem's words for rings at these moments, and when."""
    line, found = LineMonitor(LINE, hook_seen=hook_seen), list[tuple[int, f.Fact]]()

    def wake(now: int) -> None:
        while (due := line.due()) is not None and due <= now:
            found.extend((due, fact) for fact in line.elapse(due))

    for at in rings:
        wake(at)
        found.extend((at, fact) for fact in line.ring(at))
    wake(until)
    return found


@pytest.mark.req("R-PHONE-01", "R-PHONE-02", "R-PHONE-05")
def test_each_word_for_a_ring_is_one_ring_and_their_end_leaves_open_who_ended_it() -> None:
    heard = told([1000, 6000, 11_000], MINUTE)

    assert heard == [
        (1000, f.RingBegan(LINE, 1)),
        (6000, f.RingEnded(LINE, 1)),
        (6000, f.RingBegan(LINE, 2)),
        (11_000, f.RingEnded(LINE, 2)),
        (11_000, f.RingBegan(LINE, 3)),
        (19_000, f.RingingStopped(LINE, 3, hook_seen=False)),
    ]


@pytest.mark.req("R-PHONE-03", "R-PHONE-05")
def test_that_a_ring_went_unanswered_is_known_only_when_the_next_begins() -> None:
    assert [fact for _, fact in told([1000], MINUTE)] == [
        f.RingBegan(LINE, 1),
        f.RingingStopped(LINE, 1, hook_seen=False),
    ]
    assert told([1000], 4000, hook_seen=True)[1:] == [(2500, f.RingEnded(LINE, 1))]


@pytest.mark.req("R-PHONE-01")
@pytest.mark.parametrize(
    ("rings", "count"),
    [
        ([1000, 1001, 6000, 6001], 2),
        ([1000, 1600, 4000, 4600], 2),
        ([1000, 8400, 11_000], 3),
        ([1000, 2499], 1),
        ([1000, 2501], 2),
    ],
    ids=["each word twice", "a word for each part of a double ring", "one word late", "of one ring", "of two rings"],
)
def test_words_that_come_twice_or_late_change_no_count(rings: list[int], count: int) -> None:
    heard = [fact for _, fact in told(rings, MINUTE)]

    assert [fact.ring for fact in heard if isinstance(fact, f.RingBegan)] == list(range(1, count + 1))
    assert heard[-1] == f.RingingStopped(LINE, count, hook_seen=False)


@pytest.mark.req("R-PHONE-01", "R-PHONE-05")
def test_a_call_is_over_eight_seconds_after_its_last_word_and_not_before() -> None:
    assert [fact.ring for _, fact in told([1000, 8999], MINUTE) if isinstance(fact, f.RingBegan)] == [1, 2]
    assert [fact.ring for _, fact in told([1000, 9001], MINUTE) if isinstance(fact, f.RingBegan)] == [1, 1]


@pytest.mark.req("R-PHONE-12")
def test_a_modem_that_says_without_a_pause_that_it_rings_is_a_fault_and_no_call() -> None:
    heard = [fact for _, fact in told(list(range(1000, 62_001, 1000)), 2 * MINUTE)]

    assert heard == [
        f.RingBegan(LINE, 1),
        f.WatchBegan(LINE),
        f.DeviceDown("line", "stuck_ring"),
        f.DeviceUp("line"),
    ]


@pytest.mark.req("R-PHONE-05")
def test_a_modem_that_sees_its_handset_yields_the_facts_of_any_line() -> None:
    line = LineMonitor(LINE)
    found = [*line.ring(1000), *line.edge("hook", True, 2000), *line.ring(2100), *line.elapse(2500)]
    found += [*line.ring(7000), *line.edge("hook", False, 9000), *line.elapse(9500)]

    assert found == [f.RingBegan(LINE, 1), f.Lifted(LINE, 1), f.HungUp(LINE, 7000)]


# --- what the hall makes of it ----------------------------------------------------------------------------------------


@pytest.mark.req("R-PHONE-05", "R-PHONE-06")
@pytest.mark.parametrize("rings", [1, 2, 3, 6])
def test_a_call_that_may_have_been_answered_came_to_unknown_and_is_owed_by_nobody(rings: int) -> None:
    hall = open_hall()
    for ring in range(1, rings + 1):
        ask(hall, f.RingBegan(LINE, ring), NINE + (ring - 1) * RING)

    at = given_up(rings)
    assert ask(hall, f.RingingStopped(LINE, rings, hook_seen=False), at) == [e.PhoneUnknown(at, LINE, rings)]

    assert hall.lines[LINE].state is LineState.ON_HOOK
    assert not hall.callbacks


@pytest.mark.req("R-PHONE-05")
def test_a_neighbour_who_lifted_just_then_is_no_proof_on_a_line_whose_own_hook_nobody_sees() -> None:
    hall = open_hall()
    ask(hall, f.RingBegan(LINE, 1), NINE)
    ask(hall, f.Lifted("desk2-phone", 0), NINE + 2 * SECOND)

    assert kinds(ask(hall, f.RingingStopped(LINE, 1, hook_seen=False), given_up(1))) == [e.PhoneUnknown]


@pytest.mark.req("R-PHONE-05")
def test_who_pressed_the_key_of_taking_it_over_has_answered_on_such_a_line_too() -> None:
    hall = open_hall()
    for ring in (1, 2, 3):
        ask(hall, f.RingBegan(LINE, ring), NINE + (ring - 1) * RING)
    ask(hall, f.RingEnded(LINE, 3), NINE + 3 * RING)
    ask(hall, c.Pickup(2), NINE + 3 * RING)

    at = given_up(3)
    assert ask(hall, f.RingingStopped(LINE, 3, hook_seen=False), at) == [
        e.PhoneAnswered(at, LINE, 2, 3, neighbour=True, inferred=True)
    ]


@pytest.mark.req("R-PHONE-08", "R-PHONE-11")
def test_a_complaint_line_that_shows_no_hook_raises_no_finding_on_a_guess_and_out_of_hours_says_so() -> None:
    hall = open_hall(with_desk(1, complaint_line=True))
    ask(hall, f.RingBegan(LINE, 1), NINE)
    assert kinds(ask(hall, f.RingingStopped(LINE, 1, hook_seen=False), given_up(1))) == [e.PhoneUnknown]

    hall = open_hall()
    let_time_pass(hall, CLOSE + MINUTE)
    ask(hall, f.RingBegan(LINE, 1), CLOSE + MINUTE)
    [event] = ask(hall, f.RingingStopped(LINE, 1, hook_seen=False), CLOSE + 2 * MINUTE)
    assert event == e.PhoneUnknown(CLOSE + 2 * MINUTE, LINE, 1, in_hours=False)
