"""Desk × phone (rules.md 3.10): for whom a call counts, who is asked, and how long a citizen sat there meanwhile."""

from collections.abc import Callable

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.limits import PhoneLimits
from firmware_py.core.showing import desk_view
from firmware_py.core.states import DeskState as D
from tests.core.halls import (
    CLOSE,
    LOG,
    MINUTE,
    NINE,
    NOON,
    SECOND,
    ask,
    call,
    desk_state,
    finish,
    happen,
    let_time_pass,
    open_hall,
    serve,
    take,
    with_limits,
)
from tests.core.telephones import LINE, given_up, kinds, ring, ring_out


def serving(hall: Hall) -> None:
    take(hall)
    serve(hall)


def pausing_later(hall: Hall) -> None:
    serving(hall)
    ask(hall, c.Pause(1), NINE)


def calling(hall: Hall) -> None:
    take(hall)
    call(hall)


def rating(hall: Hall) -> None:
    take(hall)
    finish(hall)


SITUATIONS: dict[D, Callable[[Hall], object]] = {
    D.READY: lambda hall: None,
    D.CALLING: calling,
    D.SERVING: serving,
    D.RATING: rating,
    D.PAUSE_PENDING: pausing_later,
    D.WAIT: lambda hall: ask(hall, c.Wait(1), NINE),
    D.PAUSED: lambda hall: ask(hall, c.Pause(1), NINE),
    D.CLOSED: lambda hall: ask(hall, c.Logout(1), NINE),
    D.FAULT: lambda hall: happen(hall, [e.DeskFailed(NINE, 1, "pad")]),
}
NOBODY_THERE = {D.WAIT, D.PAUSED, D.CLOSED, D.FAULT}
SERVED = {D.SERVING, D.PAUSE_PENDING}


def hall_with_desk(wanted: D, profile: str = "answer") -> Hall:
    hall = open_hall(with_limits(phone=PhoneLimits(while_serving=profile)))
    SITUATIONS[wanted](hall)
    assert desk_state(hall, 1) is wanted
    return hall


@pytest.mark.req("R-PHONE-07", "R-PHONE-11")
@pytest.mark.parametrize("profile", ["answer", "neighbour"])
@pytest.mark.parametrize("wanted", list(SITUATIONS))
def test_scenario_22_a_call_counts_for_the_desk_whose_staff_may_answer_it_and_else_the_neighbours_are_asked_at_ring_one(
    wanted: D, profile: str
) -> None:
    theirs = wanted not in NOBODY_THERE and not (profile == "neighbour" and wanted in SERVED)

    hall = hall_with_desk(wanted, profile)
    tickets = dict(hall.tickets)
    assert kinds(ring(hall, 1, NINE + SECOND)) == ([e.Rang] if theirs else [e.Rang, e.NeighboursAlerted])
    [answered] = ask(hall, f.Lifted(LINE, 1), NINE + 2 * SECOND)
    assert isinstance(answered, e.PhoneAnswered)
    assert answered.charged is theirs
    assert hall.tickets == tickets  # invariant 18

    [missed] = [each for each in ring_out(hall_with_desk(wanted, profile), 3) if isinstance(each, e.PhoneMissed)]
    assert missed.charged is theirs


@pytest.mark.req("R-PHONE-07")
@pytest.mark.parametrize("wanted", list(SITUATIONS))
@pytest.mark.parametrize("rings", [1, 3])
def test_an_unanswered_call_at_a_desk_nobody_sits_at_is_a_finding(wanted: D, rings: int) -> None:
    came_to = ring_out(hall_with_desk(wanted), rings)

    findings = [event for event in came_to if isinstance(event, e.FindingRaised)]
    found = e.FindingRaised(given_up(rings), "phone_uncovered", desk=1, line=LINE)
    assert findings == ([found] if wanted is D.CLOSED else [])


@pytest.mark.req("R-PHONE-07", "R-PHONE-11")
def test_out_of_hours_a_closed_desks_telephone_is_nobodys_fault() -> None:
    hall = hall_with_desk(D.CLOSED)

    for at in (NOON, CLOSE):
        assert ring_out(hall, 3, at) == [e.PhoneMissed(given_up(3, at), LINE, 3, in_hours=False, charged=False)]


@pytest.mark.req("R-PHONE-07", "R-PHONE-11")
@pytest.mark.parametrize("at", [NOON - 10 * SECOND, NOON + 90 * MINUTE - 10 * SECOND])
def test_a_call_that_is_not_in_hours_from_its_first_ring_to_its_end_leaves_no_finding(at: int) -> None:
    assert not [each for each in ring_out(hall_with_desk(D.CLOSED), 3, at) if isinstance(each, e.FindingRaised)]


@pytest.mark.req("R-PHONE-07")
def test_what_the_desk_does_while_it_rings_changes_nothing_about_for_whom_the_call_counts() -> None:
    """Invariant 18: settled by the state in which the call began."""
    hall = hall_with_desk(D.PAUSED)
    ask(hall, f.RingBegan(LINE, 1), NINE + SECOND)
    ask(hall, c.ResumeDesk(1), NINE + 2 * SECOND)
    [answered] = ask(hall, f.Lifted(LINE, 1), NINE + 3 * SECOND)
    assert isinstance(answered, e.PhoneAnswered)
    assert not answered.charged

    hall = hall_with_desk(D.READY)
    ask(hall, f.RingBegan(LINE, 1), NINE + SECOND)
    ask(hall, c.Pause(1), NINE + 2 * SECOND)
    ask(hall, f.RingBegan(LINE, 2), NINE + 6 * SECOND)
    [answered] = ask(hall, f.Lifted(LINE, 2), NINE + 7 * SECOND)
    assert isinstance(answered, e.PhoneAnswered)
    assert answered.charged


def ended(hall: Hall, talk_ms: int, at: int) -> e.PhoneEnded:
    [event] = ask(hall, f.HungUp(LINE, talk_ms), at)
    assert isinstance(event, e.PhoneEnded)
    return event


@pytest.mark.req("R-PHONE-07")
def test_the_overlap_is_what_of_the_conversation_a_citizen_sat_there() -> None:
    hall = open_hall()
    take(hall), take(hall)
    ask(hall, f.Lifted(LINE, 0), NINE)
    assert desk_view(hall, LOG, 1).phone.talking
    serve(hall, at=NINE + 10 * SECOND)
    ask(hall, c.Hold(1), NINE + 40 * SECOND)  # 30 s
    ask(hall, c.ResumeTicket(1), NINE + 60 * SECOND)
    ask(hall, c.Finish(1), NINE + 75 * SECOND)  # 15 s
    let_time_pass(hall, NINE + 4 * MINUTE)
    serve(hall, at=NINE + 5 * MINUTE)

    # and the last one is still there when the receiver goes down: 7 s
    assert ended(hall, 307_000, NINE + 307 * SECOND) == e.PhoneEnded(NINE + 307 * SECOND, LINE, 307_000, 52_000)
    ask(hall, c.Hold(1), NINE + 6 * MINUTE)
    assert hall.lines[LINE].overlap_ms == 0


@pytest.mark.req("R-PHONE-07")
def test_a_conversation_that_begins_while_somebody_is_served_overlaps_from_its_start() -> None:
    hall = open_hall()
    take(hall)
    serve(hall)
    ring(hall, 1, NINE + MINUTE)
    ask(hall, f.Lifted(LINE, 1), NINE + 62 * SECOND)
    assert ended(hall, 20_000, NINE + 82 * SECOND).overlap_ms == 20_000

    ask(hall, c.Finish(1), NINE + 90 * SECOND)
    ask(hall, f.Lifted(LINE, 0), NINE + 100 * SECOND)
    assert ended(hall, 5000, NINE + 105 * SECOND).overlap_ms == 0


@pytest.mark.req("R-PHONE-07")
def test_the_overlap_stands_while_the_desk_is_left_and_ends_with_a_day_closed_over_the_citizen() -> None:
    hall = open_hall()
    take(hall)
    ask(hall, f.Lifted(LINE, 0), NINE)
    serve(hall)
    ask(hall, c.Interrupt(1, "取材料"), NINE + 10 * SECOND)  # 10 s
    ask(hall, c.ResumeDesk(1), NINE + 40 * SECOND)
    happen(hall, [e.Unserved(NINE + 45 * SECOND, "A001", "serving")])  # 5 s

    assert ended(hall, MINUTE, NINE + MINUTE).overlap_ms == 15_000


@pytest.mark.req("R-PHONE-07")
def test_what_becomes_of_a_ticket_put_aside_interrupts_no_overlap() -> None:
    hall = open_hall()
    take(hall, "b"), take(hall, "b")
    held = serve(hall)
    ask(hall, c.Hold(1), NINE)
    serve(hall)
    ask(hall, f.Lifted(LINE, 0), NINE)
    ask(hall, c.Transfer(1, "c", 0, "走错", held), NINE + 20 * SECOND)

    assert ended(hall, 30_000, NINE + 30 * SECOND).overlap_ms == 30_000


@pytest.mark.req("R-PHONE-07")
def test_the_overlap_is_never_longer_than_the_call() -> None:
    """Facts held up by a cut link arrive later than they happened."""
    hall = open_hall()
    take(hall)
    serve(hall)
    ask(hall, f.Lifted(LINE, 0), NINE)

    assert ended(hall, 3000, NINE + MINUTE).overlap_ms == 3000


@pytest.mark.req("R-PHONE-07")
def test_a_citizen_at_another_desk_is_no_overlap() -> None:
    hall = open_hall()
    take(hall)
    ask(hall, f.Lifted(LINE, 0), NINE)
    serve(hall, 2, NINE)

    assert ended(hall, 3000, NINE + 3000).overlap_ms == 0


@pytest.mark.req("R-PHONE-07")
def test_a_visit_goes_the_same_way_whether_the_telephone_rings_or_not() -> None:
    """Invariant 18, the other way round."""
    seen = []
    for rings in (0, 3):
        hall = open_hall()
        take(hall)
        serve(hall)
        ring(hall, rings)
        if rings:
            ask(hall, f.Lifted(LINE, rings), NINE + 20 * SECOND)
        ask(hall, c.Finish(1), NINE + MINUTE)
        seen.append([(each.number, each.state, each.visit, each.staff) for each in hall.tickets.values()])

    assert seen[0] == seen[1]
