"""Pre-printed slips: handed out while no number could be issued, entered later, queued by the time on them."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.plan import Plan, Service
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    CLOSE,
    EIGHT,
    HOUR,
    ISSUING,
    MINUTE,
    NINE,
    NOON,
    PLAN,
    SECOND,
    ask,
    call,
    finish,
    happen,
    let_time_pass,
    open_hall,
    press,
    refused,
    shut_hall,
    state,
    take,
    ticket,
)

WITH_SLIPS = replace(PLAN, manual_prefix="M", services=(*PLAN.services, Service("d", "D", "停办业务")))


def hall_with_slips(plan: Plan = WITH_SLIPS) -> Hall:
    return open_hall(plan)


@pytest.mark.req("R-CORE-31")
def test_a_slip_waits_at_once_from_the_minute_on_it_and_takes_no_number_of_the_dispensers() -> None:
    hall = hall_with_slips()

    events = ask(hall, c.EnterManual(" m001 ", "a", "9:05"), NINE + 20 * MINUTE, "kiosk2")

    assert events == [e.ManualEntered(NINE + 20 * MINUTE, "M001", "a", NINE + 5 * MINUTE, "kiosk2")]
    slip = ticket(hall, "M001")
    assert (slip.state, slip.accepted_at, slip.klass.value) == (S.WAITING, NINE + 5 * MINUTE, "X")
    assert (hall.issued, hall.open_tickets, hall.waiting("a"), hall.printing) == ({}, 1, 1, {})
    assert press(hall, at=NINE + 20 * MINUTE) == "A001"


@pytest.mark.req("R-CORE-31", "R-CORE-03")
@pytest.mark.parametrize(
    ("text", "number"), [("M001", "M001"), ("m0001", "M001"), ("M0999", "M999"), ("M1000", "M1000")]
)
def test_a_slip_has_one_number_however_it_is_written(text: str, number: str) -> None:
    hall = hall_with_slips()

    [entered] = ask(hall, c.EnterManual(text, "a", "08:50"), NINE)
    assert isinstance(entered, e.ManualEntered)
    assert entered.ticket == number

    for again in ("M001", "M0001", "M999", "M0999", "M1000"):
        if int(again[1:]) == int(number[1:]):
            refusal = refused(hall, c.EnterManual(again, "a", "08:50"), NINE)
            assert (refusal.reason, refusal.details) == ("number_used", {"ticket": number})


@pytest.mark.req("R-CORE-31", "R-CORE-04")
def test_slips_are_merged_into_their_queue_by_the_time_they_were_handed_out() -> None:
    hall = hall_with_slips()
    early, late = take(hall, at=NINE), take(hall, at=NINE + 10 * MINUTE)
    for number, handed in (("M003", "09:10"), ("M001", "09:04"), ("M002", "09:04")):
        ask(hall, c.EnterManual(number, "a", handed), NINE + 20 * MINUTE)

    order = [finish(hall, 1, NINE + (30 + n) * MINUTE) for n in range(5)]

    assert order == [early, "M001", "M002", late, "M003"], "of one minute, who was issued first goes first"


@pytest.mark.req("R-CORE-31")
def test_a_slip_lives_like_any_ticket_and_outlasts_a_restart() -> None:
    hall = hall_with_slips()
    ask(hall, c.EnterManual("M001", "a", "09:00"), NINE)

    again = thaw(freeze(hall))

    assert again is not None
    assert again.open_tickets == 1
    assert finish(again, 1, NINE) == "M001"
    let_time_pass(again, NINE + 5 * MINUTE)
    assert state(again, "M001") is S.DONE
    assert again.open_tickets == 0


@pytest.mark.req("R-CORE-31", "R-CORE-16")
def test_after_closing_a_slip_that_was_handed_out_in_time_is_still_entered_and_served() -> None:
    hall = hall_with_slips()
    take(hall)
    let_time_pass(hall, CLOSE)
    assert refused(hall, c.Take("a"), CLOSE).reason == "issue_closed"

    ask(hall, c.EnterManual("M001", "a", "17:29"), CLOSE + 10 * MINUTE)

    assert finish(hall, 1, CLOSE + 11 * MINUTE) == "A001"
    assert finish(hall, 1, CLOSE + 12 * MINUTE) == "M001"


@pytest.mark.req("R-CORE-31")
@pytest.mark.parametrize(
    ("handed", "at", "reason"),
    [
        ("09:31", NINE + 31 * MINUTE - 1, "handed_future"),
        ("09:31", NINE + 31 * MINUTE, ""),
        ("08:44", NINE, "handed_outside"),
        ("08:45", NINE, ""),
        ("17:30", CLOSE + MINUTE, "handed_outside"),
        ("17:29", CLOSE + MINUTE, ""),
        ("12:10", NOON + HOUR, ""),  # whoever holds a slip is served
        ("24:00", NINE, "bad_handed"),
        ("0905", NINE, "bad_handed"),
        ("", NINE, "bad_handed"),
        ("09:05 or so", NINE, "bad_handed"),
        ("0٩:05", NINE, "bad_handed"),
    ],
)
def test_the_time_on_a_slip_lies_in_todays_issuing_hours_and_not_in_the_future(
    handed: str, at: int, reason: str
) -> None:
    hall = hall_with_slips()
    take(hall)
    let_time_pass(hall, at)

    if reason:
        assert refused(hall, c.EnterManual("M001", "a", handed), at).reason == reason
    else:
        assert ask(hall, c.EnterManual("M001", "a", handed), at)


@pytest.mark.req("R-CORE-31")
@pytest.mark.parametrize(
    "number", ["", "M", "M1", "M01", "M000", "M0000", "M00001", "A001", "001", "M-01", "M0A1", "N001", "M٠٠١"]
)
def test_a_number_that_is_no_manual_one_is_refused_with_what_is_expected(number: str) -> None:
    refusal = refused(hall_with_slips(), c.EnterManual(number, "a", "09:00"), NINE)

    assert (refusal.reason, refusal.details) == ("bad_manual_number", {"prefix": "M"})


@pytest.mark.req("R-CORE-31", "R-CORE-03")
def test_a_manual_number_is_used_once_a_day() -> None:
    hall = hall_with_slips()
    ask(hall, c.EnterManual("M001", "a", "09:00"), NINE)

    assert refused(hall, c.EnterManual("m001", "b", "09:00"), NINE).reason == "number_used"
    ask(hall, c.Cancel("M001"), NINE)
    assert refused(hall, c.EnterManual("M001", "a", "09:00"), NINE).reason == "number_used"
    let_time_pass(hall, ISSUING + 24 * HOUR)
    assert ask(hall, c.EnterManual("M001", "a", "08:45"), ISSUING + 24 * HOUR)


@pytest.mark.req("R-CORE-31")
def test_services_and_days_that_are_not_there_are_refused() -> None:
    hall = hall_with_slips()
    assert refused(hall, c.EnterManual("M001", "x", "09:00"), NINE).reason == "unknown_service"
    assert refused(hall, c.EnterManual("M001", "d", "09:00"), NINE).reason == "not_offered"
    assert refused(open_hall(), c.EnterManual("M001", "a", "09:00"), NINE).reason == "no_manual_slips"
    assert refused(shut_hall(WITH_SLIPS), c.EnterManual("M001", "a", "07:59"), EIGHT).reason == "manual_no_day"
    midnight = EIGHT + 16 * HOUR
    let_time_pass(hall, midnight)
    assert refused(hall, c.EnterManual("M001", "a", "00:00"), midnight).reason == "manual_no_day"


@pytest.mark.req("R-CORE-31", "R-CORE-16")
def test_a_slip_entered_after_the_day_has_closed_opens_it_again_until_its_holder_is_served() -> None:
    hall = hall_with_slips()
    let_time_pass(hall, CLOSE)
    assert hall.closed
    for number in (1, 2, 3, 4):
        ask(hall, c.Logout(number), CLOSE)
    at = CLOSE + MINUTE

    ask(hall, c.EnterManual("M001", "a", "17:29"), at)

    assert (hall.closed, hall.issue_closed, state(hall, "M001")) == (False, True, S.WAITING)
    assert let_time_pass(hall, at) == [e.AlertRaised(at, "uncovered", "a", 1)]
    again = thaw(freeze(hall))
    assert again is not None
    assert not again.closed
    ask(hall, c.Login(1), at + MINUTE)
    assert finish(hall, 1, at + MINUTE) == "M001"
    found = let_time_pass(hall, at + 10 * MINUTE)
    assert [type(event) for event in found].count(e.DayClosed) == 1
    assert hall.closed


@pytest.mark.req("R-CORE-31", "R-CORE-21")
def test_a_slip_of_an_evening_when_nobody_came_back_is_worth_a_number_the_next_day() -> None:
    hall = hall_with_slips()
    let_time_pass(hall, CLOSE)
    ask(hall, c.EnterManual("M001", "a", "17:29"), CLOSE + MINUTE)

    let_time_pass(hall, ISSUING + 24 * HOUR)

    assert hall.unserved == {"2026-11-21/M001": "a"}
    assert ask(hall, c.ReturnTicket("M001", "2026-11-21"), ISSUING + 24 * HOUR)


@pytest.mark.req("R-CORE-31", "R-CORE-20")
def test_the_minute_on_the_slip_is_read_on_the_wall_clock() -> None:
    hall = hall_with_slips()
    happen(hall, [e.ClockStepped(NINE + MINUTE, HOUR)])

    ask(hall, c.EnterManual("M001", "a", "10:00"), NINE + MINUTE)

    assert ticket(hall, "M001").accepted_at == NINE
    assert call(hall, at=NINE + 2 * MINUTE + SECOND) == "M001"
