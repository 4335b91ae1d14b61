"""Calls: 下一位, 重呼, 到达, 过号, and the last round of the day (T06, T08–T11, T13, T14, T25)."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.limits import DayLimits
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    CLOSE,
    ISSUING,
    MINUTE,
    NINE,
    NOON,
    SECOND,
    approved,
    ask,
    call,
    desk,
    desk_state,
    finish,
    let_pass,
    let_time_pass,
    level,
    limits,
    open_hall,
    refused,
    serve,
    shut_hall,
    state,
    take,
    ticket,
    with_limits,
)


@pytest.mark.req("R-CORE-04", "R-CORE-05")
def test_t06_next_calls_who_came_first_and_says_why() -> None:
    hall = open_hall()
    first, second = take(hall, "b"), take(hall, "a")

    assert ask(hall, c.Next(1), NINE + 1) == [e.Called(NINE + 1, first, 1, "ordinary")]
    assert (state(hall, first), state(hall, second)) == (S.CALLED, S.WAITING)
    assert (desk_state(hall, 1), desk(hall, 1).ticket) == (D.CALLING, first)


@pytest.mark.req("R-CORE-22")
def test_two_desks_at_the_same_millisecond_get_different_tickets() -> None:
    hall = open_hall()
    take(hall), take(hall)

    assert {call(hall, 1), call(hall, 2)} == {"A001", "A002"}


@pytest.mark.req("R-CORE-22")
def test_a_second_press_in_the_same_breath_is_absorbed() -> None:
    hall = open_hall()
    number = take(hall)
    take(hall)
    call(hall)

    refusal = refused(hall, c.Next(1), NINE + 300)
    assert (refusal.reason, refusal.details) == ("call_running", {"ticket": number, "n": 30})


@pytest.mark.req("R-CORE-19")
def test_nobody_is_called_before_t_open() -> None:
    hall = shut_hall()
    let_time_pass(hall, ISSUING)
    ask(hall, c.Login(1), ISSUING)
    number = take(hall, at=ISSUING)
    let_time_pass(hall, NINE - 1)
    assert refused(hall, c.Next(1), NINE - 1).reason == "before_opening"

    let_time_pass(hall, NINE)
    assert call(hall) == number


def test_next_says_when_nobody_waits() -> None:
    hall = open_hall()
    take(hall, "c")

    assert refused(hall, c.Next(1), NINE).reason == "nobody_waiting"


@pytest.mark.req("R-CORE-11")
def test_t08_a_call_is_repeated_twice_at_most_and_ten_seconds_apart() -> None:
    hall = open_hall()
    number = take(hall)
    call(hall)
    assert refused(hall, c.Recall(1), NINE + 9 * SECOND).details == {"n": 1}

    assert ask(hall, c.Recall(1), NINE + 10 * SECOND) == [e.Recalled(NINE + 10 * SECOND, number, 1, 2)]
    assert refused(hall, c.Recall(1), NINE + 19 * SECOND).reason == "recall_soon"
    assert ask(hall, c.Recall(1), NINE + 20 * SECOND) == [e.Recalled(NINE + 20 * SECOND, number, 1, 3)]
    assert refused(hall, c.Recall(1), NINE + 40 * SECOND).reason == "recalls_used"


def test_t09_arriving_begins_the_service() -> None:
    hall = open_hall()
    number = take(hall)
    call(hall)

    assert ask(hall, c.Arrive(1), NINE + 20 * SECOND) == [e.Arrived(NINE + 20 * SECOND, number, 1)]
    assert (state(hall, number), desk_state(hall, 1)) == (S.SERVING, D.SERVING)
    assert refused(hall, c.Arrive(1), NINE + 21 * SECOND).reason == "already_arrived"
    assert refused(hall, c.Recall(1), NINE + 21 * SECOND).reason == "already_arrived"


@pytest.mark.req("R-CORE-11")
def test_t10_a_pass_needs_three_calls_and_a_minute() -> None:
    hall = open_hall()
    number = take(hall)
    call(hall)
    assert refused(hall, c.Pass(1), NINE + MINUTE).details == {"ticket": number, "n": 2}
    ask(hall, c.Recall(1), NINE + 10 * SECOND)
    ask(hall, c.Recall(1), NINE + 20 * SECOND)
    refusal = refused(hall, c.Pass(1), NINE + 59 * SECOND)
    assert (refusal.reason, refusal.details["n"]) == ("pass_wait", 1)

    assert ask(hall, c.Pass(1), NINE + MINUTE) == [e.Passed(NINE + MINUTE, number, 1)]
    assert (state(hall, number), desk_state(hall, 1)) == (S.PASSED, D.READY)


@pytest.mark.req("R-CORE-11")
def test_t10_a_green_ticket_has_half_a_minute_more() -> None:
    hall = open_hall()
    take(hall, klass="G")
    call(hall)
    for n in (1, 2):
        ask(hall, c.Recall(1), NINE + n * 10 * SECOND)

    assert refused(hall, c.Pass(1), NINE + 89 * SECOND).reason == "pass_wait"
    ask(hall, c.Pass(1), NINE + 90 * SECOND)


@pytest.mark.req("R-CORE-11", "R-CORE-16")
def test_t10_a_ticket_of_the_last_minute_gets_the_same_calls() -> None:
    hall = open_hall()
    take(hall, at=CLOSE - SECOND)
    let_time_pass(hall, CLOSE)
    call(hall, at=CLOSE)

    assert refused(hall, c.Pass(1), CLOSE + 10 * MINUTE).reason == "pass_recalls"


@pytest.mark.req("R-CORE-23")
@pytest.mark.parametrize(("key", "reason", "then"), [(c.Pause, "pause", D.PAUSED), (c.Wait, "wait", D.WAIT)])
def test_t11_a_desk_that_pauses_hands_its_call_back_to_the_head_of_the_queue(
    key: type[c.DeskCommand], reason: str, then: D
) -> None:
    hall = open_hall()
    called, _ = take(hall), take(hall)
    call(hall)

    assert ask(hall, key(1), NINE + 5 * SECOND)[0] == e.Withdrawn(NINE + 5 * SECOND, called, 1, reason)

    assert (state(hall, called), ticket(hall, called).calls, desk_state(hall, 1)) == (S.WAITING, 0, then)
    assert ask(hall, c.Next(2), NINE + 6 * SECOND) == [e.Called(NINE + 6 * SECOND, called, 2, "handed")]
    assert ticket(hall, called).accepted_at == NINE


@pytest.mark.req("R-CORE-17", "R-CORE-23")
def test_t11_logging_out_hands_the_call_back_when_another_desk_can_take_it() -> None:
    hall = open_hall(desks=(1, 2))
    called = take(hall)
    call(hall)

    ask(hall, c.Logout(1), NINE + SECOND)

    assert (state(hall, called), desk_state(hall, 1)) == (S.WAITING, D.CLOSED)
    assert call(hall, 2, NINE + SECOND) == called


@pytest.mark.req("R-CORE-17")
def test_t11_logging_out_is_refused_when_nobody_else_could_take_the_call() -> None:
    hall = open_hall(desks=(1, 3))
    take(hall)
    call(hall)

    assert refused(hall, c.Logout(1), NINE + SECOND).details == {"n": 1}


@pytest.mark.req("R-CORE-16")
def test_t13_t14_passed_and_held_tickets_are_called_once_more_when_all_else_is_done() -> None:
    hall = open_hall(desks=(1, 2))
    held, missed, waiting = take(hall), take(hall), take(hall)
    serve(hall)
    ask(hall, c.Hold(1, "填表"), NINE)
    let_pass(hall, 1)
    let_time_pass(hall, CLOSE)
    assert call(hall, 1, CLOSE) == waiting  # not yet: somebody waits
    refusal = refused(hall, c.Next(2), CLOSE)  # not yet: somebody is called
    assert (refusal.reason, refusal.details) == ("last_calls_later", {"ticket": waiting, "service": "综合受理"})
    ask(hall, c.Arrive(1), CLOSE)
    assert refused(hall, c.Next(2), CLOSE).reason == "last_calls_later"  # not yet: somebody is served
    ask(hall, c.Finish(1), CLOSE)

    assert ask(hall, c.Next(2), CLOSE) == [e.Called(CLOSE, held, 2, "final", final=True)]
    assert call(hall, 1, CLOSE) == missed
    assert refused(hall, c.Recall(2), CLOSE + MINUTE).reason == "recalls_used"
    assert refused(hall, c.Pass(2), CLOSE + 59 * SECOND).reason == "pass_wait"
    assert ask(hall, c.Pass(2), CLOSE + MINUTE) == [e.Expired(CLOSE + MINUTE, held)]
    assert state(hall, held) is S.EXPIRED
    ask(hall, c.Arrive(1), CLOSE + MINUTE)  # the other holder comes and is served
    assert state(hall, missed) is S.SERVING


@pytest.mark.req("R-CORE-16", "R-CORE-17")
def test_t13_who_waits_for_what_nobody_serves_any_more_holds_up_no_last_round() -> None:
    hall = open_hall(desks=(1, 4))
    missed = take(hall)
    _, at = let_pass(hall, 1)
    waiting = take(hall, "c", at)
    let_time_pass(hall, CLOSE)
    refusal = refused(hall, c.Next(1), CLOSE)
    assert (refusal.reason, refusal.details) == ("last_calls_later", {"ticket": waiting, "service": "民政业务"})
    refusal = refused(hall, c.Logout(1), CLOSE)
    assert (refusal.reason, refusal.details) == ("people_later", {"n": 1, "ticket": missed, "service": "综合受理"})

    approved(hall, "logout", "4", CLOSE)
    ask(hall, c.Logout(4), CLOSE)

    assert refused(hall, c.Logout(1), CLOSE).reason == "people_waiting", "下一位 calls somebody now"
    assert ask(hall, c.Next(1), CLOSE) == [e.Called(CLOSE, missed, 1, "final", final=True)]


@pytest.mark.req("R-CORE-16")
def test_t13_a_desk_with_nobody_of_its_own_left_is_told_so() -> None:
    hall = open_hall(desks=(1, 4))
    take(hall, "c")
    call(hall, 4)
    let_time_pass(hall, CLOSE)

    assert refused(hall, c.Next(1), CLOSE).reason == "nobody_waiting"


@pytest.mark.req("R-CORE-16", "R-CORE-21")
def test_t13_the_last_round_outlasts_a_restart() -> None:
    hall = open_hall(desks=(1,))
    held, missed = take(hall), take(hall)
    serve(hall)
    ask(hall, c.Hold(1), NINE)
    let_pass(hall, 1)
    let_time_pass(hall, CLOSE)

    again = thaw(freeze(hall))
    assert again is not None
    assert again.aside == hall.aside == {held, missed}
    assert call(again, 1, CLOSE) == held
    assert again.aside == {missed}


@pytest.mark.req("R-CORE-12", "R-CORE-16")
def test_a_holder_who_returns_during_the_drain_is_served_like_anybody() -> None:
    hall = open_hall(desks=(1,))
    missed = take(hall)
    let_pass(hall, 1)
    let_time_pass(hall, CLOSE)

    ask(hall, c.ReturnTicket(missed), CLOSE + 20 * MINUTE)

    assert ask(hall, c.Next(1), CLOSE + 20 * MINUTE) == [e.Called(CLOSE + 20 * MINUTE, missed, 1, "returned")]


@pytest.mark.req("R-CORE-11")
def test_t25_next_on_a_three_key_pad_passes_who_was_called_enough() -> None:
    hall = open_hall()
    missed, following = take(hall), take(hall)
    call(hall)
    for n in (1, 2):
        ask(hall, c.Recall(1), NINE + n * 10 * SECOND)
    at = NINE + MINUTE

    assert ask(hall, c.Next(1), at) == [e.Passed(at, missed, 1), e.Called(at, following, 1, "ordinary")]


@pytest.mark.req("R-EVAL-01")
def test_t25_next_after_half_a_minute_finishes_who_came_without_a_key() -> None:
    hall = open_hall()
    served, following = take(hall), take(hall)
    call(hall)
    assert refused(hall, c.Next(1), NINE + 30 * SECOND - 1).reason == "call_running"
    at = NINE + 30 * SECOND

    assert ask(hall, c.Next(1), at) == [
        e.Arrived(at, served, 1, implicit=True),
        e.Finished(at, served, 1, "办结", "staff1", implicit=True),
        e.RatingOpened(at, served, 1, "desk1-eval"),
        e.Called(at, following, 1, "ordinary"),
    ]
    assert (state(hall, served), desk_state(hall, 1), desk(hall, 1).rating) == (S.RATING, D.CALLING, served)


@pytest.mark.req("R-CORE-11")
def test_t25_time_alone_makes_no_pass_of_next_on_a_three_key_pad() -> None:
    hall = open_hall()
    called = take(hall)
    call(hall)
    ask(hall, c.Recall(1), NINE + 10 * SECOND)

    ask(hall, c.Next(1), NINE + 10 * MINUTE)

    assert state(hall, called) is S.RATING, "called twice, and everybody is called three times before a 过号"


@pytest.mark.req("R-CORE-12")
def test_t25_a_holder_finished_unseen_may_still_return_that_day() -> None:
    hall = open_hall()
    unseen, _ = take(hall), take(hall)
    call(hall)
    ask(hall, c.Next(1), NINE + 30 * SECOND)
    let_time_pass(hall, NINE + 5 * MINUTE)
    ask(hall, c.Arrive(1), NINE + 5 * MINUTE)
    ask(hall, c.Finish(1), NINE + 5 * MINUTE)
    let_time_pass(hall, NINE + 10 * MINUTE)
    assert state(hall, unseen) is S.DONE

    ask(hall, c.ReturnTicket(unseen), NINE + 10 * MINUTE)

    assert hall.open_tickets == 1
    assert finish(hall, 1, NINE + 10 * MINUTE) == unseen
    let_time_pass(hall, NINE + 15 * MINUTE)
    assert refused(hall, c.ReturnTicket(unseen), NINE + 15 * MINUTE).reason == "already_served"  # for all to see


@pytest.mark.req("R-CORE-12", "R-EVAL-02")
def test_t25_a_holder_finished_unseen_may_return_at_once_and_the_window_he_never_saw_closes() -> None:
    hall = open_hall()
    unseen, following = take(hall), take(hall)
    call(hall)
    ask(hall, c.Next(1), NINE + 30 * SECOND)
    at = NINE + 31 * SECOND

    assert ask(hall, c.ReturnTicket(unseen), at) == [
        e.RatingClosed(at, unseen, 1, "returned"),
        e.Returned(at, unseen, hall.groups["1"].calls + limits(hall).passing.return_after),
    ]

    assert (state(hall, unseen), ticket(hall, unseen).klass) == (S.WAITING, "R")
    assert (desk(hall, 1).rating, desk(hall, 1).ticket, desk_state(hall, 1)) == ("", following, D.CALLING)
    assert let_time_pass(hall, NINE + 10 * MINUTE) == []


@pytest.mark.req("R-CORE-12", "R-CORE-29")
def test_t25_a_return_at_once_leaves_nothing_to_undo_and_frees_a_desk_that_called_nobody() -> None:
    hall = open_hall()
    unseen = take(hall)
    call(hall)
    ask(hall, c.Next(1), NINE + 30 * SECOND)
    ask(hall, c.ReturnTicket(unseen), NINE + 31 * SECOND)

    assert desk_state(hall, 1) is D.READY
    assert refused(hall, c.Undo(1), NINE + 32 * SECOND).reason == "undo_moved"


@pytest.mark.req("R-CORE-12", "R-EVAL-03")
def test_t25_who_rated_was_served_and_does_not_return() -> None:
    hall = open_hall()
    rated = take(hall)
    call(hall)
    ask(hall, c.Next(1), NINE + 30 * SECOND)
    ask(hall, level(hall, 1, 5, 900), NINE + 31 * SECOND)
    assert refused(hall, c.ReturnTicket(rated), NINE + 32 * SECOND).reason == "being_rated"
    let_time_pass(hall, NINE + 5 * MINUTE)

    assert state(hall, rated) is S.DONE
    assert refused(hall, c.ReturnTicket(rated), NINE + 5 * MINUTE).reason == "already_served"


@pytest.mark.req("R-CORE-16")
def test_t25_nobody_returns_to_a_day_that_has_closed() -> None:
    hall = open_hall()
    unseen = take(hall)
    call(hall)
    ask(hall, c.Next(1), NINE + 30 * SECOND)
    let_time_pass(hall, CLOSE)

    assert hall.closed
    assert refused(hall, c.ReturnTicket(unseen), CLOSE).reason == "already_served"


@pytest.mark.req("R-CALL-01")
def test_every_call_is_announced_once_and_a_withdrawn_one_taken_back() -> None:
    hall = open_hall()
    called = take(hall, klass="G")
    call(hall)
    ask(hall, c.Recall(1), NINE + 10 * SECOND)
    ask(hall, c.Pause(1), NINE + 20 * SECOND)

    said = [(each.kind, each.ticket, each.desk, each.reading, each.slow) for each in hall.announced]
    assert said == [("call", called, 1, 1, True), ("call", called, 1, 2, True), ("withdrawn", called, 1, 1, True)]
    assert len({each.seq for each in hall.announced}) == 3


@pytest.mark.req("R-CORE-18")
def test_t25_over_a_noon_that_calls_nobody_next_ends_the_visit_before_and_no_more() -> None:
    hall = open_hall(with_limits(day=DayLimits(lunch="carry")))
    served, _ = take(hall), take(hall)
    call(hall, at=NOON - SECOND)
    let_time_pass(hall, NOON)
    at = NOON + MINUTE

    assert [type(event) for event in ask(hall, c.Next(1), at)] == [e.Arrived, e.Finished, e.RatingOpened]

    assert state(hall, served) is S.RATING
    assert refused(hall, c.Next(1), at).reason == "noon_break"
    assert refused(hall, c.CallSpecific(1, "A002", "急"), at).reason == "noon_break"


@pytest.mark.req("R-CORE-14", "R-CORE-23")
def test_t11_a_withdrawn_call_is_not_taken_back_by_undo() -> None:
    hall = open_hall()
    take(hall)
    call(hall)
    ask(hall, c.Wait(1), NINE)
    ask(hall, c.ResumeDesk(1), NINE)

    assert refused(hall, c.Undo(1), NINE).reason == "nothing_to_undo"
