"""Desks and the people at them: each row of rules.md 3.4."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.limits import DayLimits, DeskLimits
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    CLOSE,
    EIGHT,
    HOUR,
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
    expired,
    finish,
    happen,
    let_pass,
    let_time_pass,
    level,
    locked,
    open_hall,
    press,
    refused,
    serve,
    shut_hall,
    state,
    take,
    ticket,
    with_limits,
)


@pytest.mark.req("R-DESK-02", "R-CORE-26")
def test_a_session_begins_by_roster_or_by_name_with_its_role() -> None:
    hall = shut_hall()
    assert ask(hall, c.Login(1), NINE) == [e.LoggedIn(NINE, 1, "staff1")]
    assert ask(hall, c.Login(2, "staff7", "B", "staff2"), NINE) == [e.LoggedIn(NINE, 2, "staff7", "B", "staff2")]

    assert refused(hall, c.Login(5), NINE).reason == "no_roster"
    assert refused(hall, c.Login(1, "staff8"), NINE).reason == "already_logged_in"
    assert (desk_state(hall, 1), desk(hall, 2).session) == (D.READY, desk(hall, 2).session)


@pytest.mark.req("R-CORE-26")
def test_a_person_sits_at_one_desk() -> None:
    hall = open_hall(desks=(1,))

    refusal = refused(hall, c.Login(2, "staff1"), NINE)

    assert (refusal.reason, refusal.details) == ("active_elsewhere", {"desk": 1})


@pytest.mark.req("R-CORE-19")
def test_who_sits_down_before_the_day_opens_stays_and_who_forgot_to_leave_yesterday_does_not() -> None:
    hall = open_hall(desks=(1,))
    tomorrow = EIGHT + 24 * HOUR
    let_time_pass(hall, CLOSE)
    ask(hall, c.Login(2), tomorrow)
    assert desk_state(hall, 2) is D.CLOSING  # the day that has closed is still on the books

    let_time_pass(hall, tomorrow + 45 * MINUTE)

    assert (desk_state(hall, 1), desk_state(hall, 2)) == (D.CLOSED, D.READY)
    assert refused(hall, c.Next(2), tomorrow + 46 * MINUTE).reason == "before_opening"


def test_serving_goes_from_ready_to_calling_to_serving_to_rating_to_ready() -> None:
    hall = open_hall()
    take(hall)
    seen = [desk_state(hall, 1)]
    for key in (c.Next(1), c.Arrive(1), c.Finish(1)):
        ask(hall, key, NINE)
        seen.append(desk_state(hall, 1))
    ask(hall, expired(hall, 1), NINE + MINUTE)

    assert [*seen, desk_state(hall, 1)] == [D.READY, D.CALLING, D.SERVING, D.RATING, D.READY]


@pytest.mark.req("R-EVAL-02")
def test_a_rating_that_ends_while_the_next_is_called_leaves_the_desk_calling() -> None:
    hall = open_hall()
    take(hall), take(hall)
    finish(hall)
    ask(hall, level(hall, 1, 5, 900), NINE + SECOND)
    call(hall, at=NINE + SECOND)

    ask(hall, locked(hall, 1), NINE + 6 * SECOND)

    assert (desk_state(hall, 1), desk(hall, 1).rating) == (D.CALLING, "")


@pytest.mark.req("R-CORE-23")
def test_a_free_desk_waits_or_pauses_at_once_and_resumes() -> None:
    hall = open_hall()
    ask(hall, c.Wait(1, "取材料"), NINE)
    ask(hall, c.Pause(3, "会议"), NINE)
    assert (desk_state(hall, 1), desk_state(hall, 3)) == (D.WAIT, D.PAUSED)
    assert desk(hall, 3).reason == "会议"
    assert refused(hall, c.Next(1), NINE).reason == "resume_first"
    assert refused(hall, c.Next(3), NINE).reason == "resume_first"

    for n in (1, 3):
        assert ask(hall, c.ResumeDesk(n), NINE + SECOND) == [e.DeskResumed(NINE + SECOND, n)]
        assert (desk_state(hall, n), desk(hall, n).reason) == (D.READY, "")
    assert refused(hall, c.ResumeDesk(1), NINE).reason == "not_paused"


@pytest.mark.req("R-CORE-23")
def test_a_pause_while_serving_waits_until_the_rating_is_done() -> None:
    hall = open_hall()
    take(hall)
    number = serve(hall)
    assert ask(hall, c.Pause(1, "会议"), NINE) == [e.PausePending(NINE, 1, "会议")]
    assert refused(hall, c.Pause(1), NINE).reason == "pause_pending"
    ask(hall, c.Finish(1), NINE + SECOND)
    assert (desk_state(hall, 1), state(hall, number)) == (D.PAUSE_PENDING, S.RATING)
    assert refused(hall, c.Next(1), NINE + SECOND).reason == "pause_pending"

    ask(hall, expired(hall, 1), NINE + MINUTE)

    assert (desk_state(hall, 1), desk(hall, 1).reason) == (D.PAUSED, "会议")


@pytest.mark.req("R-CORE-23")
def test_a_pending_pause_may_be_dropped_and_a_hold_takes_it_at_once() -> None:
    hall = open_hall()
    take(hall), take(hall)
    serve(hall)
    ask(hall, c.Pause(1), NINE)
    ask(hall, c.ResumeDesk(1), NINE)
    assert desk_state(hall, 1) is D.SERVING
    ask(hall, c.Pause(1), NINE)
    ask(hall, c.Hold(1), NINE)
    assert desk_state(hall, 1) is D.PAUSED
    ask(hall, c.ResumeDesk(1), NINE)

    finish(hall, 2)
    ask(hall, c.Pause(2), NINE)
    ask(hall, c.ResumeDesk(2), NINE)
    assert desk_state(hall, 2) is D.RATING


@pytest.mark.req("R-CORE-23", "R-EVAL-02")
def test_a_pause_with_one_citizen_rating_and_the_next_already_seated_waits_for_both() -> None:
    hall = open_hall()
    take(hall), take(hall)
    finish(hall)
    serve(hall, at=NINE + SECOND)
    ask(hall, c.Pause(1), NINE + 2 * SECOND)

    let_time_pass(hall, NINE + 10 * SECOND)
    assert (desk_state(hall, 1), desk(hall, 1).rating) == (D.PAUSE_PENDING, "")
    ask(hall, c.Finish(1), NINE + 20 * SECOND)
    assert desk_state(hall, 1) is D.PAUSE_PENDING
    ask(hall, expired(hall, 1), NINE + 80 * SECOND)
    assert desk_state(hall, 1) is D.PAUSED


def test_a_short_leave_of_ten_minutes_becomes_a_pause() -> None:
    hall = open_hall()
    ask(hall, c.Wait(1), NINE)

    let_time_pass(hall, NINE + 10 * MINUTE - 1)
    assert desk_state(hall, 1) is D.WAIT
    assert e.DeskPaused(NINE + 10 * MINUTE, 1, "wait_too_long") in let_time_pass(hall, NINE + 10 * MINUTE)
    assert desk_state(hall, 1) is D.PAUSED


@pytest.mark.req("R-CORE-25")
def test_a_short_leave_of_the_last_desk_that_lasts_too_long_is_a_finding() -> None:
    hall, at = open_hall(), NINE + 10 * MINUTE
    ask(hall, c.Wait(4), NINE)  # c is left to desk 3
    ask(hall, c.Wait(3), NINE + MINUTE)

    found = let_time_pass(hall, at)
    assert e.DeskPaused(at, 4, "wait_too_long", ("c",)) in found
    assert e.FindingRaised(at, "last_desk", 4, by="staff4", detail="民政业务") in found
    assert e.FindingRaised(at + MINUTE, "last_desk", 3, by="staff3", detail="民政业务") in let_time_pass(
        hall, at + MINUTE
    )


@pytest.mark.req("R-CORE-25", "R-CORE-24")
def test_a_short_leave_that_was_approved_or_leaves_nobody_alone_is_no_finding() -> None:
    hall = open_hall()
    approved(hall, "leave", "4", NINE)
    ask(hall, c.Logout(3), NINE)
    for desk_id in (1, 4):
        ask(hall, c.Wait(desk_id), NINE)

    found = let_time_pass(hall, NINE + 10 * MINUTE)

    paused = [event for event in found if isinstance(event, e.DeskPaused)]
    assert [(event.desk, event.uncovered) for event in paused] == [(1, ()), (4, ("c",))]
    assert not any(isinstance(event, e.FindingRaised) for event in found)


@pytest.mark.req("R-CORE-25")
def test_a_short_leave_is_no_way_around_the_question_who_stands_in() -> None:
    hall = open_hall(desks=(1, 4))
    ask(hall, c.Wait(4), NINE)

    assert refused(hall, c.Pause(4), NINE).reason == "last_desk"
    paused, finding = ask(hall, c.Pause(4, urgent=True), NINE)
    assert paused == e.DeskPaused(NINE, 4, "", ("c",))
    assert isinstance(finding, e.FindingRaised)


@pytest.mark.req("R-CORE-23")
def test_a_hall_that_says_paused_for_any_leave_pauses_for_a_short_one_too() -> None:
    hall = open_hall(with_limits(desk=DeskLimits(short_leave="pause")))
    take(hall)
    number = call(hall)

    assert ask(hall, c.Wait(1, "取材料"), NINE) == [
        e.Withdrawn(NINE, number, 1, "pause"),
        e.DeskPaused(NINE, 1, "取材料"),
    ]
    assert refused(hall, c.Wait(2), NINE).reason == "last_desk"


def test_a_short_leave_is_not_for_somebody_who_serves() -> None:
    hall = open_hall()
    take(hall)
    serve(hall)
    assert refused(hall, c.Wait(1), NINE).reason == "wait_serving"
    ask(hall, c.Finish(1), NINE)
    assert refused(hall, c.Wait(1), NINE).reason == "wait_rating"
    ask(hall, c.Wait(2), NINE)
    assert refused(hall, c.Wait(2), NINE).reason == "already_waiting"
    ask(hall, c.Pause(2), NINE)
    assert refused(hall, c.Wait(2), NINE).reason == "already_paused"


@pytest.mark.req("R-CORE-17")
def test_the_last_desk_of_a_queue_does_not_leave_while_somebody_waits() -> None:
    hall = open_hall(desks=(1, 2))
    take(hall)
    ask(hall, c.Logout(1), NINE)
    assert desk_state(hall, 1) is D.CLOSED

    refusal = refused(hall, c.Logout(2), NINE)
    assert (refusal.reason, refusal.details) == ("people_waiting", {"n": 1})
    serve(hall, 2)
    assert refused(hall, c.Logout(2), NINE).reason == "finish_first"


LEFT = {
    S.PRINTING: "people_later",
    S.WAITING: "people_waiting",
    S.PASSED: "people_later",
    S.HELD: "held_here",
}
"""What the only clerk of a service is told who leaves somebody in that state."""


@pytest.mark.req("R-CORE-17", "R-CORE-12")
@pytest.mark.parametrize("wanted", list(LEFT))
def test_the_last_desk_of_a_service_leaves_nobody_with_a_number_in_whatever_state(wanted: S) -> None:
    hall, at = open_hall(desks=(1, 4)), NINE
    number = press(hall, "c") if wanted is S.PRINTING else take(hall, "c")
    if wanted is S.PASSED:
        _, at = let_pass(hall, 4)
    if wanted is S.HELD:
        serve(hall, 4)
        ask(hall, c.Hold(4), NINE)
    assert state(hall, number) is wanted

    refusal = refused(hall, c.Logout(4), at)
    assert (refusal.reason, refusal.details["n"]) == (LEFT[wanted], 1)

    ask(hall, c.Login(3), at)  # somebody else stands for it
    assert ask(hall, c.Logout(4), at) == [e.LoggedOut(at, 4)]


@pytest.mark.req("R-CORE-17", "R-CORE-13")
def test_whom_an_empty_desk_holds_is_not_left_by_the_last_one_that_serves_him() -> None:
    hall = open_hall(desks=(3, 4))
    held = take(hall, "c")
    serve(hall, 3)
    ask(hall, c.Hold(3), NINE)
    ask(hall, c.Logout(3), NINE)  # desk 4 stands for the service

    refusal = refused(hall, c.Logout(4), NINE)
    assert (refusal.reason, refusal.details) == ("people_later", {"n": 1, "ticket": held, "service": "民政业务"})


@pytest.mark.req("R-CORE-17")
def test_the_refusal_to_leave_names_the_desk_that_still_has_somebody() -> None:
    hall = open_hall(desks=(1, 2))
    take(hall)
    number = serve(hall, 2)
    ask(hall, c.Hold(2), NINE)
    let_time_pass(hall, CLOSE)
    ask(hall, c.ResumeTicket(2), CLOSE)

    refusal = refused(hall, c.Logout(1), CLOSE)
    assert (refusal.reason, refusal.details) == ("people_elsewhere", {"n": 1, "ticket": number, "desk": 2})


@pytest.mark.req("R-CORE-16", "R-CORE-17")
def test_after_closing_no_desk_leaves_before_everybody_it_could_serve_is_done() -> None:
    hall = open_hall(desks=(1, 2))
    take(hall)
    let_time_pass(hall, CLOSE)
    assert desk_state(hall, 1) is desk_state(hall, 2) is D.CLOSING
    finish(hall, 2, CLOSE)
    refusal = refused(hall, c.Logout(1), CLOSE)  # somebody still rates at desk 2
    assert (refusal.reason, refusal.details) == ("people_elsewhere", {"n": 1, "ticket": "A001", "desk": 2})
    ask(hall, expired(hall, 2), CLOSE + MINUTE)

    ask(hall, c.Logout(1), CLOSE + MINUTE)
    ask(hall, c.Logout(2), CLOSE + MINUTE)
    assert let_time_pass(hall, CLOSE + MINUTE) == [e.DayClosed(CLOSE + MINUTE)]


@pytest.mark.req("R-CALL-10")
def test_a_closing_desk_still_calls_and_is_closing_again_afterwards() -> None:
    hall = open_hall(desks=(1,))
    take(hall)
    let_time_pass(hall, CLOSE)
    ask(hall, c.Wait(1), CLOSE)
    ask(hall, c.ResumeDesk(1), CLOSE)
    assert desk_state(hall, 1) is D.CLOSING

    finish(hall, 1, CLOSE)
    ask(hall, expired(hall, 1), CLOSE + MINUTE)
    assert desk_state(hall, 1) is D.CLOSING


def test_a_fault_takes_a_desk_out_and_mending_brings_it_back() -> None:
    hall = open_hall()
    happen(hall, [e.DeskFailed(NINE, 1, "pad")])
    assert desk_state(hall, 1) is D.FAULT
    assert refused(hall, c.Next(1), NINE).reason == "desk_fault"
    assert refused(hall, c.Pause(1), NINE).reason == "desk_fault"
    assert refused(hall, c.Wait(1), NINE).reason == "desk_fault"

    happen(hall, [e.DeskMended(NINE, 1)])
    assert desk_state(hall, 1) is D.READY


def test_a_desk_nobody_sits_at_does_nothing() -> None:
    hall = shut_hall()
    let_time_pass(hall, ISSUING)
    for key in (c.Next, c.Recall, c.Arrive, c.Pass, c.Hold, c.ResumeTicket, c.Finish, c.Wait, c.Pause, c.Logout):
        assert refused(hall, key(1), ISSUING).reason in {"log_in_first", "before_opening"}


# --- leaving people behind --------------------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-17")
def test_with_an_approval_a_desk_leaves_and_what_it_leaves_is_a_finding() -> None:
    hall = open_hall(desks=(1, 4))
    take(hall), take(hall), take(hall, "b")
    held = serve(hall)
    ask(hall, c.Hold(1), NINE)
    called = call(hall)
    assert refused(hall, c.Logout(1), NINE).reason == "held_here"
    approved(hall, "logout", "1", NINE, "停电检修")

    assert ask(hall, c.Logout(1), NINE) == [
        e.Withdrawn(NINE, called, 1, "logout"),
        e.LoggedOut(NINE, 1, 3, "staff1"),
        e.FindingRaised(NINE, "tickets_left", 1, by="staff1", detail="停电检修"),
    ]
    assert (state(hall, held), state(hall, called)) == (S.HELD, S.WAITING)
    assert not hall.approvals


@pytest.mark.req("R-CORE-17")
def test_an_approval_to_leave_ends_with_the_session_it_was_for_and_a_citizen_at_the_desk_is_never_left() -> None:
    hall = open_hall(desks=(1, 2))
    approved(hall, "logout", "2", NINE)
    approved(hall, "leave", "2", NINE)
    assert ask(hall, c.Logout(2), NINE) == [e.LoggedOut(NINE, 2)]
    assert not hall.approvals, "nobody needed them, and nobody else may use them"

    take(hall)
    serve(hall)
    approved(hall, "logout", "1", NINE)
    assert refused(hall, c.Logout(1), NINE).reason == "finish_first"
    ask(hall, c.Finish(1), NINE)
    assert refused(hall, c.Logout(1), NINE).reason == "rating_first"


@pytest.mark.req("R-CORE-18", "R-CORE-17")
def test_at_noon_no_desk_leaves_before_everybody_of_the_morning_is_done() -> None:
    hall = open_hall(desks=(1, 2))
    take(hall), take(hall, "b")
    let_pass(hall, 2)  # a passed one has the afternoon for coming back
    let_time_pass(hall, NOON)
    assert hall.lunch_at == NOON

    for n in (1, 2):
        refusal = refused(hall, c.Logout(n), NOON)
        assert (refusal.reason, refusal.details) == ("people_waiting", {"n": 1})
    finish(hall, 1, NOON)
    ask(hall, expired(hall, 1), NOON + MINUTE)
    ask(hall, c.Logout(1), NOON + MINUTE)
    take(hall, "b", NOON + 80 * MINUTE)  # of the afternoon already
    ask(hall, c.Logout(2), NOON + 80 * MINUTE)


@pytest.mark.req("R-CORE-18")
@pytest.mark.parametrize("mode", ["duty", "carry"])
def test_where_noon_is_not_drained_a_desk_leaves_as_at_any_hour(mode: str) -> None:
    hall = open_hall(with_limits(day=DayLimits(lunch=mode)), desks=(1, 2))
    take(hall)
    let_time_pass(hall, NOON)

    ask(hall, c.Logout(1), NOON)

    later = mode == "carry"  # nobody is called at noon: to press 下一位 would be no advice
    assert refused(hall, c.Logout(2), NOON).reason == ("people_later" if later else "people_waiting")


@pytest.mark.req("R-CORE-17")
def test_where_only_those_at_the_desk_are_drained_a_desk_leaves_the_others_waiting() -> None:
    hall = open_hall(with_limits(day=DayLimits(close="drain_at_desk")), desks=(1, 2))
    take(hall), take(hall), take(hall)
    number = call(hall, at=CLOSE - MINUTE)
    let_time_pass(hall, CLOSE)
    assert refused(hall, c.Logout(1), CLOSE).details == {"n": 1}, "the one called here"
    ask(hall, c.Arrive(1), CLOSE)
    assert refused(hall, c.Logout(1), CLOSE).reason == "finish_first"
    ask(hall, c.Hold(1), CLOSE)
    assert refused(hall, c.Logout(1), CLOSE).reason == "held_here"
    ask(hall, c.ResumeTicket(1), CLOSE)
    ask(hall, c.Finish(1), CLOSE)
    assert refused(hall, c.Logout(1), CLOSE).reason == "rating_first"
    ask(hall, expired(hall, 1), CLOSE + MINUTE)

    ask(hall, c.Logout(1), CLOSE + MINUTE)
    ask(hall, c.Logout(2), CLOSE + MINUTE)

    assert (state(hall, number), len(hall.tickets), hall.waiting("a")) == (S.DONE, 3, 2)
    assert ticket(hall, number).desk == 1
