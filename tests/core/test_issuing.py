"""One press, one ticket, and what became of its slip: T01–T05, T12, T31, numbers."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.plan import Service
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    CLOSE,
    ISSUING,
    MINUTE,
    NINE,
    NOON,
    PLAN,
    SECOND,
    ask,
    call,
    happen,
    let_pass,
    let_time_pass,
    open_hall,
    press,
    refused,
    serve,
    shut_hall,
    state,
    take,
    ticket,
)


@pytest.mark.req("R-CORE-03", "R-CORE-22")
def test_t01_a_press_allocates_the_next_number_of_the_queue_whoever_the_kiosk() -> None:
    hall = open_hall()

    assert [press(hall, "a"), press(hall, "a", kiosk="kiosk2"), press(hall, "b"), press(hall, "a", klass="G")] == [
        "A001",
        "A002",
        "B001",
        "A003",  # the prefix of a priority ticket is the queue's: nothing shows its class
    ]
    assert state(hall, "A001") is S.PRINTING


@pytest.mark.req("R-CORE-03")
def test_numbers_grow_from_three_digits_to_four_and_end_at_9999() -> None:
    hall = open_hall()
    happen(hall, [e.NumbersKnown(NINE, "kiosk1", hall.day, {"A": 998})])

    assert [press(hall), press(hall)] == ["A999", "A1000"]

    happen(hall, [e.NumbersKnown(NINE, "kiosk1", hall.day, {"A": 9998})])
    assert press(hall) == "A9999"
    assert refused(hall, c.Take("a"), NINE).reason == "numbers_exhausted"
    assert press(hall, "b") == "B001"


@pytest.mark.req("R-CORE-03")
def test_a_number_is_never_used_again_that_day_whatever_became_of_it() -> None:
    hall = open_hall()
    ask(hall, c.ReportPrintFailed(press(hall), "paper_out"), NINE)
    cancelled = take(hall)
    assert cancelled == "A002"
    ask(hall, c.Cancel(cancelled), NINE)

    assert press(hall) == "A003"


@pytest.mark.req("R-CORE-03")
def test_numbers_begin_anew_with_the_next_business_day() -> None:
    hall = open_hall()
    press(hall)

    let_time_pass(hall, ISSUING + 24 * 60 * MINUTE)

    assert press(hall, at=ISSUING + 24 * 60 * MINUTE) == "A001"


@pytest.mark.req("R-KIOSK-04")
def test_a_press_is_refused_only_for_hours_an_unknown_service_one_nobody_serves_or_a_fault() -> None:
    hall = shut_hall(replace(PLAN, services=(*PLAN.services, Service("d", "D", "停办业务"))))
    assert refused(hall, c.Take("a"), ISSUING - 1).reason == "before_issue"

    let_time_pass(hall, ISSUING)
    assert press(hall, at=ISSUING) == "A001"
    assert refused(hall, c.Take("x"), ISSUING).reason == "unknown_service"
    assert refused(hall, c.Take("d"), ISSUING).reason == "not_offered"
    let_time_pass(hall, NOON)
    assert refused(hall, c.Take("a"), NOON).reason == "noon"
    assert refused(hall, c.Take("a"), NOON).details == {"hours": "09:00-12:00,13:30-17:30", "time": "13:15"}
    let_time_pass(hall, CLOSE)
    assert refused(hall, c.Take("a"), CLOSE).reason == "issue_closed"


@pytest.mark.req("R-KIOSK-04", "R-CORE-16")
def test_a_long_queue_and_the_last_minute_are_no_reasons() -> None:
    hall = open_hall()
    for _ in range(200):
        take(hall)
    let_time_pass(hall, CLOSE - 1)

    assert press(hall, at=CLOSE - 1) == "A201"


@pytest.mark.req("R-KIOSK-04", "R-KIOSK-05")
def test_paper_that_runs_low_is_no_reason_to_refuse() -> None:
    hall = open_hall()
    ask(hall, c.ReportDevice("printer", "paper_low"), NINE, "kiosk1")

    assert press(hall) == "A001"


@pytest.mark.req("R-KIOSK-04", "R-KIOSK-05")
def test_a_known_dead_printer_uses_no_number_and_points_to_another_kiosk() -> None:
    hall = open_hall()
    ask(hall, c.ReportDevice("printer", "paper_out"), NINE, "kiosk1")

    refusal = refused(hall, c.Take("a"), NINE, "kiosk1")
    assert (refusal.reason, refusal.details) == ("printer_fault", {"place": "二楼"})
    assert press(hall, kiosk="kiosk2") == "A001"

    ask(hall, f.DeviceDown("printer", "offline"), NINE, "kiosk2")
    assert refused(hall, c.Take("a"), NINE, "kiosk1").details == {"place": ""}
    ask(hall, f.DeviceUp("printer"), NINE, "kiosk2")
    ask(hall, c.ReportDevice("buttons", "offline"), NINE, "kiosk2")
    assert refused(hall, c.Take("a"), NINE, "kiosk1").details == {"place": ""}, "it prints, and feels no press"
    ask(hall, c.ReportDevice("printer", ""), NINE, "kiosk1")
    assert press(hall) == "A002"


def test_the_slip_says_how_many_are_ahead() -> None:
    hall = open_hall()
    for number in (take(hall), take(hall, klass="G"), press(hall)):
        assert number.startswith("A")
    take(hall, "b")

    [ordinary] = ask(hall, c.Take("a"), NINE)
    [green] = ask(hall, c.Take("a", "G"), NINE)

    assert isinstance(ordinary, e.Taken)
    assert ordinary.ahead == 3
    assert isinstance(green, e.Taken)
    assert green.ahead == 1


@pytest.mark.req("R-KIOSK-05")
def test_t02_a_printed_slip_waits() -> None:
    hall = open_hall()
    number = press(hall)

    assert ask(hall, c.ReportPrinted(number), NINE) == [e.Printed(NINE, number)]
    assert state(hall, number) is S.WAITING
    assert not ticket(hall, number).unconfirmed
    assert refused(hall, c.ReportPrinted(number), NINE).reason == "outcome_known"


@pytest.mark.req("R-CORE-03", "R-KIOSK-05")
def test_t03_a_definite_failure_is_a_gap_with_its_reason() -> None:
    hall = open_hall()
    number = press(hall)

    assert ask(hall, c.ReportPrintFailed(number, "paper_out"), NINE) == [e.PrintFailed(NINE, number, "paper_out")]
    assert state(hall, number) is S.VOID
    assert not hall.waiting("a")


@pytest.mark.req("R-CORE-21", "R-KIOSK-05")
def test_t04_an_unknown_outcome_waits_and_is_flagged() -> None:
    hall = open_hall()
    number = press(hall)

    ask(hall, c.ReportPrintUnknown(number, "cable"), NINE)

    assert state(hall, number) is S.WAITING
    assert ticket(hall, number).unconfirmed
    assert call(hall) == number


@pytest.mark.req("R-CORE-21")
def test_t04_a_kiosk_that_restarts_leaves_only_its_own_slips_unknown() -> None:
    hall = open_hall()
    mine, theirs = press(hall, kiosk="kiosk1"), press(hall, kiosk="kiosk2")

    ask(hall, c.KioskStarted(), NINE, "kiosk1")

    assert (state(hall, mine), state(hall, theirs)) == (S.WAITING, S.PRINTING)
    assert ticket(hall, mine).unconfirmed


@pytest.mark.req("R-CORE-21")
def test_t04_a_slip_without_an_outcome_is_unknown_after_fifteen_seconds() -> None:
    hall = open_hall()
    number = press(hall)

    assert let_time_pass(hall, NINE + 15 * SECOND - 1) == []
    assert let_time_pass(hall, NINE + 15 * SECOND) == [e.PrintUnknown(NINE + 15 * SECOND, number, "no_outcome")]


@pytest.mark.req("R-CORE-21", "R-KIOSK-05")
def test_t31_a_late_outcome_clears_the_flag_or_makes_the_number_void() -> None:
    hall = open_hall()
    printed, failed = press(hall), press(hall)
    let_time_pass(hall, NINE + 15 * SECOND)

    ask(hall, c.ReportPrinted(printed), NINE + MINUTE)
    ask(hall, c.ReportPrintFailed(failed, "paper_out"), NINE + MINUTE)

    assert state(hall, printed) is S.WAITING
    assert not ticket(hall, printed).unconfirmed
    assert state(hall, failed) is S.VOID
    assert hall.waiting("a") == 1


def test_a_late_outcome_after_the_call_or_from_another_kiosk_changes_nothing() -> None:
    hall = open_hall()
    number = press(hall)
    assert refused(hall, c.ReportPrinted(number), NINE, "kiosk2").reason == "not_allowed"
    ask(hall, c.ReportPrintUnknown(number, "cable"), NINE)
    call(hall)

    assert refused(hall, c.ReportPrintFailed(number, "paper_out"), NINE).reason == "ticket_state"


@pytest.mark.req("R-CORE-03")
def test_a_controller_with_a_new_card_starts_above_every_number_a_kiosk_has_seen() -> None:
    hall = open_hall()

    ask(hall, c.KioskStarted(hall.day, {"A": 41, "Z": 9, "B": 10_000}), NINE, "kiosk1")
    ask(hall, c.KioskStarted(hall.day, {"A": 12}), NINE, "kiosk2")

    assert (press(hall), press(hall, "b")) == ("A042", "B001")
    assert ask(hall, c.KioskStarted("2026-11-20", {"A": 900}), NINE, "kiosk3") == []  # numbers of another day


def test_t05_who_waits_may_give_the_number_up() -> None:
    hall = open_hall()
    number = take(hall)

    assert ask(hall, c.Cancel(number), NINE) == [e.Cancelled(NINE, number)]
    assert state(hall, number) is S.CANCELLED
    assert refused(hall, c.Next(1), NINE).reason == "nobody_waiting"
    assert refused(hall, c.Cancel(number), NINE).reason == "given_up"


@pytest.mark.req("R-EVAL-01", "R-CORE-14")
def test_t05_whom_a_desk_has_served_is_not_given_up_at_a_dispenser() -> None:
    hall = open_hall(desks=(1, 3))
    moved = take(hall)
    serve(hall)
    ask(hall, c.Transfer(1, "b", 0, "走错"), NINE)

    refusal = refused(hall, c.Cancel(moved), NINE, "kiosk1")
    assert (refusal.reason, refusal.details) == ("served_before", {"ticket": moved})
    assert ask(hall, c.Cancel(moved), NINE, "desk1") == [e.Cancelled(NINE, moved)], "the supervisor answers for it"


@pytest.mark.req("R-CORE-03", "R-CORE-21")
def test_t31_somebody_who_sat_at_a_desk_held_the_slip_whatever_the_printer_says_late() -> None:
    hall = open_hall(desks=(1, 3))
    number = press(hall)
    ask(hall, c.ReportPrintUnknown(number, "no_reply"), NINE)
    serve(hall)
    ask(hall, c.Transfer(1, "b", 0, "走错"), NINE + MINUTE)

    for report in (c.ReportPrintFailed(number, "paper_out"), c.ReportPrinted(number)):
        assert refused(hall, report, NINE + 2 * MINUTE).reason == "outcome_known"


@pytest.mark.req("R-CORE-03", "R-CORE-12")
def test_t31_whoever_reported_back_held_the_slip_too() -> None:
    hall = open_hall(desks=(1,))
    number = press(hall)
    ask(hall, c.ReportPrintUnknown(number, "no_reply"), NINE)
    _, at = let_pass(hall)
    assert ticket(hall, number).unconfirmed, "who did not come may never have had one"
    ask(hall, c.ReturnTicket(number), at)

    assert refused(hall, c.ReportPrintFailed(number, "paper_out"), at).reason == "outcome_known"
