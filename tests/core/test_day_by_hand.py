"""The day in a person's hands: opened against clock or calendar, closed over open tickets (R-CORE-17, R-CORE-20)."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.plan import Calendar
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    CLOSE,
    DAY,
    EIGHT,
    HOUR,
    ISSUING,
    MINUTE,
    NINE,
    PLAN,
    SECOND,
    ask,
    call,
    desk,
    desk_state,
    finish,
    happen,
    let_time_pass,
    open_hall,
    press,
    refused,
    serve,
    shut_hall,
    state,
    take,
)


def kinds(events: list[e.Event]) -> list[type[e.Event]]:
    return [type(event) for event in events]


@pytest.mark.req("R-CORE-17")
def test_a_supervisor_may_end_the_day_over_open_tickets_and_that_is_a_finding() -> None:
    hall = open_hall(desks=(1, 2, 3))
    waiting, called = take(hall), take(hall, "c")
    assert call(hall, 3) == called
    finish(hall, 1, CLOSE - SECOND)
    let_time_pass(hall, CLOSE)
    again = take_late(hall)

    assert refused(hall, c.CloseDay(""), CLOSE, "desk1").reason == "reason_needed"
    assert refused(hall, c.CloseDay("停电"), CLOSE, "desk2").reason == "approval_needed"
    events = ask(hall, c.CloseDay("停电"), CLOSE, "desk1")

    assert kinds(events) == [e.InviteFailed, e.Unserved, e.FindingRaised, e.DayClosed]
    assert again == ""
    assert state(hall, waiting) is S.DONE
    assert state(hall, called) is S.UNSERVED
    assert events[-1] == e.DayClosed(CLOSE, "staff1", "停电")
    assert events[-2] == e.FindingRaised(CLOSE, "tickets_left", by="staff1", detail="1")
    assert (hall.closed, hall.open_tickets) == (True, 0)
    assert (desk_state(hall, 3), desk(hall, 3).ticket) == (D.CLOSING, "")
    assert hall.unserved == {f"2026-11-21/{called}": "c"}
    assert refused(hall, c.CloseDay("停电"), CLOSE, "desk1").reason == "day_closed"


def take_late(hall: Hall) -> str:
    """Whoever presses now gets no number."""
    assert refused(hall, c.Take("a"), CLOSE).reason == "issue_closed"
    return ""


@pytest.mark.req("R-CORE-17", "R-CORE-16")
@pytest.mark.parametrize("at", [NINE, CLOSE - 1])
def test_nobody_ends_the_day_before_closing(at: int) -> None:
    hall = open_hall()
    let_time_pass(hall, at)

    refusal = refused(hall, c.CloseDay("提前"), at, "desk1")

    assert (refusal.reason, refusal.details["time"]) == ("before_closing", "17:30")
    assert (
        refused(shut_hall(replace(PLAN, supervisors=("duty1",))), c.CloseDay("x"), at, "duty1").reason == "day_closed"
    )


@pytest.mark.req("R-CORE-17")
def test_t30_unserved_tickets_may_be_redeemed_for_a_week_and_are_a_finding() -> None:
    hall = open_hall()
    number = take(hall, "b")
    events = let_time_pass(hall, ISSUING + DAY)

    assert [event for event in events if isinstance(event, e.FindingRaised)] == [
        e.FindingRaised(ISSUING + DAY, "tickets_left", detail="1")
    ]
    assert hall.unserved == {f"2026-11-21/{number}": "b"}
    for n in range(2, 8):
        let_time_pass(hall, ISSUING + n * DAY)
        assert hall.unserved, f"day {n}"
    let_time_pass(hall, ISSUING + 8 * DAY)
    assert hall.unserved == {}


@pytest.mark.req("R-CORE-08")
@pytest.mark.parametrize("swept", [False, True], ids=["the day closes", "it is swept"])
def test_who_booked_and_did_not_come_has_missed_it_when_the_day_ends(swept: bool) -> None:
    hall = open_hall()
    if swept:
        take(hall)
    happen(
        hall,
        [
            e.Booked(NINE, "MISSED", "a", "2026-11-21", 840, 900),
            e.Booked(NINE, "LATER", "a", "2026-11-22", 840, 900),
        ],
    )
    before = let_time_pass(hall, CLOSE)
    after = let_time_pass(hall, ISSUING + DAY)

    missed = [event.code for event in [*before, *after] if isinstance(event, e.BookingMissed)]
    assert missed == ["MISSED"]
    assert any(isinstance(event, e.BookingMissed) for event in before) is not swept
    assert {code for code, each in hall.bookings.items() if not each.missed} == {"LATER"}


@pytest.mark.req("R-CORE-19", "R-CORE-20")
def test_opening_by_hand_before_the_hours_opens_the_day_and_calls_nobody_before_its_time() -> None:
    hall = shut_hall(replace(PLAN, supervisors=("duty1",)))

    assert refused(hall, c.OpenDay("提前开门"), EIGHT, "desk1").reason == "approval_needed", "nobody is logged in there"
    assert kinds(ask(hall, c.OpenDay("提前开门"), EIGHT, "duty1")) == [e.DayOpened]
    assert refused(hall, c.Take("a"), EIGHT).reason == "before_issue"
    ask(hall, c.Login(1), EIGHT)
    assert refused(hall, c.Next(1), NINE - 1).reason == "before_opening"
    assert let_time_pass(hall, NINE - 1) == []
    assert kinds(let_time_pass(hall, NINE)) == [e.CallingOpened]
    assert refused(hall, c.OpenDay("再开"), NINE, "duty1").details == {"day": "2026-11-21"}


@pytest.mark.req("R-CORE-20")
def test_whoever_opens_the_day_by_hand_is_there_and_stays_logged_in_though_he_had_forgotten_to_log_out() -> None:
    hall = open_hall(replace(PLAN, calendar=Calendar("workdays", (2026,))), desks=())
    assert hall.day == "", "a Saturday"
    for number in (1, 2):
        ask(hall, c.Login(number), EIGHT)

    assert kinds(ask(hall, c.OpenDay("加班"), EIGHT + DAY, "desk1")) == [e.LoggedOut, e.DayOpened]
    assert (desk_state(hall, 1), desk_state(hall, 2)) == (D.READY, D.CLOSED)


@pytest.mark.req("R-CORE-20", "R-CORE-16")
def test_a_day_opened_by_hand_after_its_hours_goes_on_until_somebody_closes_it() -> None:
    hall = shut_hall(replace(PLAN, supervisors=("duty1",)), CLOSE)
    assert let_time_pass(hall, CLOSE + HOUR) == []
    evening = CLOSE + HOUR

    assert kinds(ask(hall, c.OpenDay("加班"), evening, "duty1")) == [e.DayOpened, e.CallingOpened]
    ask(hall, c.Login(1), evening)
    number = take(hall, at=evening)
    assert let_time_pass(hall, evening + 10 * MINUTE) == []
    assert serve(hall, 1, evening + 10 * MINUTE) == number
    still_waiting = take(hall, at=evening + 11 * MINUTE)

    at = evening + 12 * MINUTE
    assert ask(hall, c.CloseDay("到点"), at, "duty1") == [e.IssueClosed(at, 1)]
    assert let_time_pass(hall, at) == []
    assert refused(hall, c.Take("a"), at).reason == "issue_closed"
    ask(hall, c.Finish(1), at)
    at += 2 * MINUTE
    let_time_pass(hall, at)
    assert finish(hall, 1, at) == still_waiting
    assert e.DayClosed(at + 2 * MINUTE) in let_time_pass(hall, at + 2 * MINUTE)
    assert kinds(let_time_pass(hall, ISSUING + DAY))[-1] is e.DayOpened


@pytest.mark.req("R-CORE-20")
def test_a_day_opened_by_hand_that_nobody_closes_ends_with_the_next_morning() -> None:
    hall = shut_hall(replace(PLAN, supervisors=("duty1",)), CLOSE)
    ask(hall, c.OpenDay("加班"), CLOSE, "duty1")
    number = take(hall, at=CLOSE)

    assert e.IssueClosed(EIGHT + 16 * HOUR, 1) in let_time_pass(hall, EIGHT + 16 * HOUR), "midnight"
    let_time_pass(hall, ISSUING + DAY)

    assert hall.day == "2026-11-22"
    assert hall.unserved == {f"2026-11-21/{number}": "a"}
    assert press(hall, at=ISSUING + DAY) == "A001"
    let_time_pass(hall, CLOSE + DAY)
    assert hall.issue_closed
