"""The citizen at the desk: 挂起, 恢复, 办结 (T16, T17, T20)."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    CLOSE,
    NINE,
    SECOND,
    ask,
    call,
    desk,
    desk_state,
    finish,
    let_time_pass,
    open_hall,
    refused,
    serve,
    state,
    take,
    ticket,
)


@pytest.mark.req("R-CORE-13")
def test_t16_holding_frees_the_desk_and_keeps_the_ticket_with_it() -> None:
    hall = open_hall()
    held, following = take(hall), take(hall)
    serve(hall)

    assert ask(hall, c.Hold(1, "复印"), NINE) == [e.Held(NINE, held, 1, "复印")]
    assert (state(hall, held), desk_state(hall, 1), desk(hall, 1).ticket) == (S.HELD, D.READY, "")
    assert call(hall) == following


@pytest.mark.req("R-CORE-13")
def test_t17_the_one_held_longest_comes_back_to_the_same_desk() -> None:
    hall = open_hall()
    first, second = take(hall), take(hall)
    for n in (0, 1):
        serve(hall, 1, NINE + n)
        ask(hall, c.Hold(1), NINE + n)

    assert ask(hall, c.ResumeTicket(1), NINE + SECOND) == [e.Resumed(NINE + SECOND, first, 1)]
    assert (state(hall, first), desk_state(hall, 1), desk(hall, 1).ticket) == (S.SERVING, D.SERVING, first)
    assert refused(hall, c.ResumeTicket(1), NINE + SECOND).reason == "desk_busy"
    assert ticket(hall, second).desk == 1


@pytest.mark.req("R-CORE-13")
def test_t17_another_desk_resumes_only_when_the_first_has_closed() -> None:
    hall = open_hall(desks=(1, 2, 3))
    held = take(hall)
    serve(hall)
    ask(hall, c.Hold(1), NINE)
    refusal = refused(hall, c.ResumeTicket(2, held), NINE)
    assert (refusal.reason, refusal.details) == ("held_elsewhere", {"ticket": held, "desk": 1})
    assert refused(hall, c.ResumeTicket(2), NINE).reason == "nobody_held"

    ask(hall, c.Logout(1), NINE)  # desk 2 stands for the service

    assert refused(hall, c.ResumeTicket(3, held), NINE).reason == "held_elsewhere"  # does not serve it
    ask(hall, c.ResumeTicket(2, held), NINE)
    assert (ticket(hall, held).desk, ticket(hall, held).accepted_at) == (2, NINE)


@pytest.mark.req("R-CORE-13", "R-CORE-17")
def test_a_held_citizen_is_not_left_behind_by_the_last_desk_nor_after_closing() -> None:
    hall = open_hall(desks=(1, 3))
    take(hall)
    serve(hall)
    ask(hall, c.Hold(1), NINE)
    assert refused(hall, c.Logout(1), NINE).reason == "held_here"

    ask(hall, c.Login(2), NINE)
    let_time_pass(hall, CLOSE)

    assert refused(hall, c.Logout(1), CLOSE).reason == "held_here"
    assert refused(hall, c.Logout(2), CLOSE).reason == "people_waiting"


def test_holding_and_resuming_need_somebody() -> None:
    hall = open_hall()
    number = take(hall)
    assert refused(hall, c.Hold(1), NINE).reason == "nobody_served"
    assert refused(hall, c.ResumeTicket(1), NINE).reason == "nobody_held"
    assert refused(hall, c.ResumeTicket(1, "A404"), NINE).reason == "unknown_ticket"
    assert refused(hall, c.ResumeTicket(1, number), NINE).reason == "ticket_state"
    call(hall)
    assert refused(hall, c.Hold(1), NINE).reason == "not_arrived"


@pytest.mark.req("R-EVAL-01", "R-CORE-28")
@pytest.mark.parametrize("outcome", ["咨询", "受理", "办结", "材料不全", "不予受理", "转办", "放弃"])
def test_t20_every_finish_whatever_its_outcome_is_followed_by_the_invitation(outcome: str) -> None:
    hall = open_hall()
    number = serve_one(hall)

    finish_key = c.Finish(1, outcome)  # type: ignore[arg-type]
    assert ask(hall, finish_key, NINE) == [
        e.Finished(NINE, number, 1, outcome, "staff1"),
        e.RatingOpened(NINE, number, 1, "desk1-eval"),
    ]
    assert (state(hall, number), desk_state(hall, 1), desk(hall, 1).rating) == (S.RATING, D.RATING, number)
    assert ticket(hall, number).window_seq == hall.seq


@pytest.mark.req("R-EVAL-01")
def test_t20_t23_a_desk_whose_evaluator_is_missing_or_dead_says_so_and_serves_on() -> None:
    hall = open_hall()
    take(hall, "c")
    number = serve(hall, 4)
    assert ask(hall, c.Finish(4), NINE)[1] == e.InviteFailed(NINE, number, 4, "no_evaluator")
    assert (state(hall, number), desk_state(hall, 4)) == (S.DONE, D.READY)

    ask(hall, f.DeviceDown("keypad", "unplugged"), NINE, "desk1-eval")
    number = serve_one(hall)
    assert ask(hall, c.Finish(1), NINE)[1] == e.InviteFailed(NINE, number, 1, "evaluator_fault")

    ask(hall, f.DeviceUp("keypad"), NINE, "desk1-eval")
    serve_one(hall)
    assert isinstance(ask(hall, c.Finish(1), NINE)[1], e.RatingOpened)


@pytest.mark.req("R-EVAL-12")
def test_a_rating_belongs_to_the_session_that_finished() -> None:
    hall = open_hall(desks=(1, 2))
    take(hall)
    number = finish(hall)

    assert ticket(hall, number).staff == "staff1"


@pytest.mark.req("R-EVAL-02")
def test_finish_and_next_half_a_second_apart_leave_the_window_open() -> None:
    hall = open_hall()
    rated, following = take(hall), take(hall)
    serve(hall)
    ask(hall, c.Finish(1), NINE + SECOND)

    ask(hall, c.Next(1), NINE + SECOND + 500)

    assert (state(hall, rated), state(hall, following)) == (S.RATING, S.CALLED)
    assert (desk_state(hall, 1), desk(hall, 1).rating) == (D.CALLING, rated)


def test_finishing_needs_somebody_at_the_desk() -> None:
    hall = open_hall()
    assert refused(hall, c.Finish(1), NINE).reason == "nobody_served"
    take(hall)
    call(hall)
    assert refused(hall, c.Finish(1), NINE).reason == "not_arrived"


def serve_one(hall: Hall) -> str:
    take(hall)
    return serve(hall)


def test_a_hold_may_say_why_in_few_words() -> None:
    hall = open_hall()
    serve_one(hall)
    refusal = refused(hall, c.Hold(1, "长" * 101), NINE)
    assert (refusal.reason, refusal.details) == ("reason_long", {"n": 100})

    [held] = ask(hall, c.Hold(1, " " + "长" * 100), NINE)

    assert held == e.Held(NINE, "A001", 1, "长" * 100)
