"""The tables where nothing else looks: what a refusal tells, and what holds unless a condition says otherwise."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.desks import DESK, after
from firmware_py.core.hall import Hall
from firmware_py.core.lines import line_after
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import LineState as L
from firmware_py.core.states import TicketState as S
from firmware_py.core.tickets import require
from firmware_py.errors import Rejected
from tests.core.halls import (
    CLOSE,
    NINE,
    SECOND,
    ask,
    call,
    desk,
    desk_state,
    finish,
    happen,
    let_pass,
    let_time_pass,
    level,
    locked,
    open_hall,
    press,
    serve,
    state,
    take,
)
from tests.core.test_refusals import desk_in


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


# --- after T_close ----------------------------------------------------------------------------------------------------


def closing_hall(waiting: int = 1) -> Hall:
    """T_close has passed, desk 1 is free and so many wait."""
    hall = open_hall()
    for _ in range(waiting):
        take(hall)
    let_time_pass(hall, CLOSE)
    assert desk_state(hall, 1) is D.CLOSING
    return hall


@pytest.mark.req("R-CORE-17", "R-CORE-23")
def test_after_closing_a_desk_calls_serves_puts_aside_and_resumes_like_before() -> None:
    hall = closing_hall()

    number = call(hall, 1, CLOSE)
    assert (number != "", desk_state(hall, 1)) == (True, D.CALLING)
    ask(hall, c.Arrive(1), CLOSE)
    ask(hall, c.Hold(1), CLOSE + SECOND)
    assert desk_state(hall, 1) is D.CLOSING
    ask(hall, c.ResumeTicket(1, number), CLOSE + 10 * SECOND)
    assert (desk_state(hall, 1), state(hall, number)) == (D.SERVING, S.SERVING)
    ask(hall, c.Finish(1), CLOSE + 20 * SECOND)
    assert desk_state(hall, 1) is D.RATING
    let_time_pass(hall, CLOSE + 200 * SECOND)
    assert (desk_state(hall, 1), state(hall, number)) == (D.CLOSING, S.DONE)


@pytest.mark.req("R-CORE-17", "R-CORE-23")
def test_after_closing_a_desk_waits_and_pauses_like_before() -> None:
    hall = closing_hall()
    ask(hall, c.Wait(1), CLOSE)
    assert desk_state(hall, 1) is D.WAIT

    hall = closing_hall()
    ask(hall, c.Pause(1), CLOSE)
    assert desk_state(hall, 1) is D.PAUSED


@pytest.mark.req("R-CORE-23")
@pytest.mark.parametrize("left", [c.Wait(1), c.Pause(1)])
def test_a_desk_whose_pad_fails_while_its_staff_are_away_is_out_of_order_and_mended_still_without_them(
    left: c.Command,
) -> None:
    hall = open_hall()
    ask(hall, left, NINE)

    happen(hall, [e.DeskFailed(NINE + SECOND, 1, "pad")])
    assert desk_state(hall, 1) is D.FAULT
    happen(hall, [e.DeskMended(NINE + 2 * SECOND, 1)])
    assert desk_state(hall, 1) is D.PAUSED


@pytest.mark.req("R-CORE-23", "R-EVAL-01")
def test_a_pending_pause_begins_at_once_where_nobody_can_be_invited_to_rate() -> None:
    hall = open_hall()
    take(hall, "c")
    serve(hall, 4)
    ask(hall, c.Pause(4), NINE)
    assert desk_state(hall, 4) is D.PAUSE_PENDING

    found = ask(hall, c.Finish(4), NINE + SECOND)

    assert e.InviteFailed in {type(event) for event in found}
    assert desk_state(hall, 4) is D.PAUSED


@pytest.mark.req("R-CORE-29", "R-CORE-17")
def test_after_closing_what_was_taken_back_is_at_the_desk_again() -> None:
    hall = closing_hall()
    passed, at = let_pass(hall, 1, CLOSE)
    assert (state(hall, passed), desk_state(hall, 1)) == (S.PASSED, D.CLOSING)
    ask(hall, c.Undo(1), at + SECOND)
    assert (state(hall, passed), desk_state(hall, 1)) == (S.CALLED, D.CALLING)

    ask(hall, c.Arrive(1), at + 2 * SECOND)
    ask(hall, c.Transfer(1, "b", 0, "走错"), at + 3 * SECOND)
    assert (state(hall, passed), desk_state(hall, 1)) == (S.WAITING, D.CLOSING)
    ask(hall, c.Undo(1), at + 4 * SECOND)
    assert (state(hall, passed), desk_state(hall, 1)) == (S.SERVING, D.SERVING)


@pytest.mark.req("R-CORE-29", "R-CORE-17")
def test_after_closing_a_finish_without_an_evaluator_is_taken_back() -> None:
    hall = open_hall()
    take(hall, "c")
    let_time_pass(hall, CLOSE)
    number = serve(hall, 4, CLOSE)
    ask(hall, c.Finish(4), CLOSE + SECOND)
    assert (state(hall, number), desk_state(hall, 4)) == (S.DONE, D.CLOSING)

    ask(hall, c.Undo(4), CLOSE + 2 * SECOND)

    assert (state(hall, number), desk_state(hall, 4)) == (S.SERVING, D.SERVING)


# --- the desk ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-13")
def test_who_was_put_aside_is_resumed_while_the_one_before_is_still_rating() -> None:
    hall = open_hall()
    for _ in range(2):
        take(hall)
    held = serve(hall, 1)
    ask(hall, c.Hold(1), NINE)
    finish(hall, 1)
    assert desk_state(hall, 1) is D.RATING

    ask(hall, c.ResumeTicket(1, held), NINE + SECOND)

    assert (desk_state(hall, 1), desk(hall, 1).ticket) == (D.SERVING, held)


@pytest.mark.req("R-CORE-23", "R-EVAL-02")
def test_a_pending_pause_begins_when_the_rating_is_final() -> None:
    hall = open_hall()
    take(hall)
    finish(hall, 1)
    ask(hall, c.Pause(1), NINE)
    ask(hall, level(hall, 1, 5, 900), NINE + SECOND)
    assert desk_state(hall, 1) is D.PAUSE_PENDING

    ask(hall, locked(hall, 1), NINE + 6 * SECOND)

    assert desk_state(hall, 1) is D.PAUSED


@pytest.mark.req("R-CORE-23")
@pytest.mark.parametrize("wanted", [D.READY, D.CALLING, D.CLOSING, D.WAIT, D.PAUSED])
def test_a_desk_that_fails_is_out_of_order_from_every_state_without_a_citizen_at_it(wanted: D) -> None:
    hall, at = desk_in(wanted)
    happen(hall, [e.DeskFailed(at, 1, "pad")])
    assert desk_state(hall, 1) is D.FAULT


@pytest.mark.req("R-CORE-26")
@pytest.mark.parametrize("wanted", [each for each in D if e.LoggedOut in DESK[each]])
def test_the_table_says_what_logging_out_does(wanted: D) -> None:
    assert after(wanted, e.LoggedOut, serving=False, closing=False) is D.CLOSED
    hall, at = desk_in(wanted)
    happen(hall, [e.LoggedOut(at, 1)])
    assert desk_state(hall, 1) is D.CLOSED


@pytest.mark.req("R-CORE-26")
def test_logging_out_is_in_the_table_wherever_nobody_is_at_the_desk() -> None:
    assert {each for each in D if e.LoggedOut in DESK[each]} == {D.READY, D.WAIT, D.PAUSED, D.FAULT, D.CLOSING}


# --- the telephone line -----------------------------------------------------------------------------------------------


@pytest.mark.req("R-PHONE-01", "R-PHONE-05")
def test_a_line_is_in_a_conversation_though_its_ringing_was_never_told_or_never_ended() -> None:
    assert line_after(L.ON_HOOK, e.PhoneAnswered(NINE, "desk1-phone", 2, 0)) is L.TALK
    assert line_after(L.RINGING, e.PhoneOutgoing(NINE, "desk1-phone")) is L.TALK
