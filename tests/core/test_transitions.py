"""The tables where nothing else looks: what a refusal tells, and what holds unless a condition says otherwise."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.desks import after
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from firmware_py.core.tickets import require
from firmware_py.errors import Rejected
from tests.core.halls import NINE, ask, call, desk, happen, let_pass, open_hall, press, serve, state, take


@pytest.mark.req("R-CORE-22")
def test_what_a_ticket_cannot_meet_is_refused_with_its_number_and_its_state() -> None:
    with pytest.raises(Rejected) as refusal:
        require("A001", S.CANCELLED, e.Called)

    assert (refusal.value.reason, refusal.value.details) == ("ticket_state", {"ticket": "A001", "state": "cancelled"})
    require("A001", S.WAITING, e.Called)


@pytest.mark.req("R-CORE-23")
def test_a_mended_desk_calls_again_unless_its_staff_had_left() -> None:
    assert after(D.FAULT, e.DeskMended, serving=False, closing=False) is D.READY
    assert after(D.FAULT, e.DeskMended, serving=False, closing=False, away=True) is D.PAUSED
    assert after(D.FAULT, e.DeskMended, serving=False, closing=True) is D.CLOSING


@pytest.mark.req("R-CORE-22", "R-CORE-17")
def test_t30_a_ticket_that_is_left_over_is_unserved_wherever_it_was_and_nobody_waits_any_more() -> None:
    hall = open_hall()
    passed = take(hall)
    _, at = let_pass(hall, 1, NINE)
    held = take(hall, at=at)
    assert serve(hall, 1, at) == held
    ask(hall, c.Hold(1), at)
    serving = take(hall, at=at)
    assert serve(hall, 1, at) == serving
    called = take(hall, at=at)
    assert call(hall, 2, at) == called
    waiting, printing = take(hall, at=at), press(hall, at=at)
    left = {passed: S.PASSED, held: S.HELD, serving: S.SERVING, called: S.CALLED, waiting: S.WAITING}
    left[printing] = S.PRINTING
    assert {number: state(hall, number) for number in left} == left

    happen(hall, [e.Unserved(at, number, was.value) for number, was in left.items()])

    assert {state(hall, number) for number in left} == {S.UNSERVED}
    assert (hall.open_tickets, hall.by_key, hall.printing) == (0, {}, {})
    assert (desk(hall, 1).state, desk(hall, 2).state) == (D.READY, D.READY)
    assert set(hall.unserved) == {f"2026-11-21/{number}" for number in left}
