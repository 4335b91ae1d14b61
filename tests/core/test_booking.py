"""Appointments: booked, cancelled, checked in once, first inside their slot and like anybody outside it (R-CORE-08)."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.model import Booking
from firmware_py.core.plan import Service
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    CLOSE,
    DAY,
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
    let_time_pass,
    open_hall,
    refused,
    serve,
    shut_hall,
    state,
    take,
    ticket,
    with_max_run,
)

TODAY = "2026-11-21"
TEN = NINE + HOUR
ELEVEN = TEN + HOUR
FROM, UNTIL = TEN - 15 * MINUTE, ELEVEN + 15 * MINUTE


def book(hall: Hall, code: str = "AB12", service: str = "a", day: str = TODAY, slot: str = "10:00-11:00") -> str:
    """An appointment from ten to eleven; its code."""
    starts, ends = slot.split("-")
    ask(hall, c.Book(code, service, day, starts, ends), NINE, "desk1")
    return code


def check_in(hall: Hall, at: int, code: str = "AB12") -> e.Taken:
    """Somebody with an appointment is at the dispenser; the ticket, printed."""
    [taken] = ask(hall, c.CheckIn(code), at, "kiosk1")
    assert isinstance(taken, e.Taken)
    ask(hall, c.ReportPrinted(taken.ticket), at, "kiosk1")
    return taken


@pytest.mark.req("R-CORE-08", "R-KIOSK-07")
def test_scenario_13_in_the_slot_the_ticket_has_priority_until_the_slot_is_over() -> None:
    hall = open_hall()
    book(hall)
    first = take(hall, at=TEN - HOUR)

    taken = check_in(hall, TEN)

    assert taken == e.Taken(TEN, "A002", "a", "A", "kiosk1", 0, booking="AB12", slot_from=FROM, slot_until=UNTIL)
    [called] = ask(hall, c.Next(1), TEN)
    assert isinstance(called, e.Called)
    assert (called.ticket, called.rule, called.overtaken) == (taken.ticket, "booked", 1)
    assert call(hall, 2, TEN) == first


@pytest.mark.req("R-CORE-08", "R-KIOSK-07")
def test_scenario_13_twenty_minutes_early_the_ticket_waits_like_anybody_until_fifteen_minutes_before() -> None:
    hall = open_hall()
    book(hall)
    before = take(hall, at=TEN - 21 * MINUTE)

    taken = check_in(hall, TEN - 20 * MINUTE)
    after = take(hall, at=TEN - 20 * MINUTE)

    assert (taken.klass, taken.ahead) == ("A", 1)
    [called] = ask(hall, c.Next(1), FROM - 1)
    assert isinstance(called, e.Called)
    assert (called.ticket, called.rule) == (before, "ordinary")
    [called] = ask(hall, c.Next(2), FROM - 1)
    assert isinstance(called, e.Called)
    assert (called.ticket, called.rule) == (taken.ticket, "ordinary"), "in its turn, by the time of check-in"
    assert state(hall, after) is S.WAITING


@pytest.mark.req("R-CORE-08")
@pytest.mark.parametrize(("at", "first"), [(FROM - 1, "A001"), (FROM, "A002"), (UNTIL, "A002"), (UNTIL + 1, "A001")])
def test_who_checked_in_early_has_priority_exactly_from_early_min_before_to_grace_min_after_the_slot(
    at: int, first: str
) -> None:
    hall = open_hall()
    book(hall)
    assert take(hall, at=NINE) == "A001"
    assert check_in(hall, NINE + SECOND).ticket == "A002"

    assert call(hall, at=at) == first


@pytest.mark.req("R-CORE-08", "R-KIOSK-07")
@pytest.mark.parametrize(("at", "klass"), [(UNTIL, "A"), (UNTIL + 1, "X"), (ELEVEN + 16 * MINUTE, "X")])
def test_scenario_13_after_the_grace_the_ticket_is_an_ordinary_one_with_the_time_of_check_in(
    at: int, klass: str
) -> None:
    hall = open_hall()
    book(hall)

    taken = check_in(hall, at)

    assert (taken.klass, taken.booking) == (klass, "AB12")
    assert ticket(hall, taken.ticket).accepted_at == at
    assert bool(taken.slot_until) == (klass == "A")


@pytest.mark.req("R-CORE-08", "R-CORE-06")
def test_appointments_count_as_priority_and_let_an_ordinary_ticket_through() -> None:
    hall = open_hall(with_max_run(3))
    ordinary = take(hall, at=TEN - SECOND)
    codes = [book(hall, f"CODE-{n}") for n in range(5)]
    booked = [check_in(hall, TEN, code).ticket for code in codes]

    called = [finish(hall, 1, TEN + n * MINUTE) for n in range(5)]

    assert called == [*booked[:3], ordinary, booked[3]]


@pytest.mark.req("R-CORE-08", "R-CORE-06")
def test_green_goes_before_an_appointment_in_its_slot() -> None:
    hall = open_hall()
    booked = (book(hall), check_in(hall, TEN).ticket)[1]
    green = take(hall, at=TEN + SECOND, klass="G")

    assert [finish(hall, 1, TEN + MINUTE), finish(hall, 1, TEN + 2 * MINUTE)] == [green, booked]


@pytest.mark.req("R-CORE-08")
def test_a_booked_person_never_queues_twice() -> None:
    hall = open_hall()
    book(hall)
    taken = check_in(hall, TEN)

    for at in (TEN, UNTIL, UNTIL + HOUR):
        refusal = refused(hall, c.CheckIn(" ab12 "), at)
        assert (refusal.reason, refusal.details) == ("checked_in", {"ticket": taken.ticket})
    assert refused(hall, c.CancelBooking("AB12"), TEN, "desk1").reason == "checked_in"


@pytest.mark.req("R-CORE-08", "R-KIOSK-05")
def test_a_slip_that_was_never_printed_leaves_the_appointment_as_it_was() -> None:
    hall = open_hall()
    book(hall)
    [taken] = ask(hall, c.CheckIn("AB12"), TEN)
    assert isinstance(taken, e.Taken)
    ask(hall, c.ReportPrintFailed(taken.ticket, "paper_out"), TEN, "kiosk1")

    again = check_in(hall, TEN + MINUTE)

    assert again.ticket == "A002"
    assert hall.bookings["AB12"].ticket == "A002"


@pytest.mark.req("R-CORE-08", "R-KIOSK-07")
def test_who_gave_the_ticket_up_may_check_in_again() -> None:
    hall = open_hall()
    book(hall)
    ask(hall, c.Cancel(check_in(hall, TEN).ticket), TEN + MINUTE)

    again = check_in(hall, TEN + 2 * MINUTE)

    assert (again.ticket, again.klass, again.booking) == ("A002", "A", "AB12")


@pytest.mark.req("R-CORE-08", "R-KIOSK-07")
def test_who_checks_in_twice_is_told_what_to_do_with_the_ticket_he_has() -> None:
    hall = open_hall(desks=(1,))
    book(hall)
    number = check_in(hall, TEN).ticket

    def told(at: int) -> str:
        return refused(hall, c.CheckIn("AB12"), at).reason

    assert told(TEN) == "checked_in"
    call(hall, 1, TEN)
    assert told(TEN) == "being_called"
    for n in (1, 2):
        ask(hall, c.Recall(1), TEN + n * 10 * SECOND)
    ask(hall, c.Pass(1), TEN + 2 * MINUTE)
    assert told(TEN + 2 * MINUTE) == "was_passed"
    ask(hall, c.ReturnTicket(number), TEN + 2 * MINUTE)
    serve(hall, 1, TEN + 3 * MINUTE)
    assert told(TEN + 3 * MINUTE) == "being_served"
    ask(hall, c.Finish(1), TEN + 4 * MINUTE)
    assert told(TEN + 4 * MINUTE) == "being_rated"
    let_time_pass(hall, TEN + HOUR)
    assert told(TEN + HOUR) == "already_served"


@pytest.mark.req("R-CORE-08")
@pytest.mark.parametrize(("ended", "missed"), [("void", True), ("cancelled", False), ("served", False)])
def test_whose_slip_never_came_and_who_did_not_check_in_again_has_missed_the_appointment(
    ended: str, missed: bool
) -> None:
    hall = open_hall()
    book(hall)
    if ended == "void":
        [taken] = ask(hall, c.CheckIn("AB12"), TEN, "kiosk1")
        assert isinstance(taken, e.Taken)
        ask(hall, c.ReportPrintFailed(taken.ticket, "paper_out"), TEN, "kiosk1")
    else:
        number = check_in(hall, TEN).ticket
        ask(hall, c.Cancel(number), TEN) if ended == "cancelled" else finish(hall, 1, TEN)

    found = let_time_pass(hall, CLOSE)

    assert [each.code for each in found if isinstance(each, e.BookingMissed)] == ["AB12"] * missed


@pytest.mark.req("R-CORE-08", "R-KIOSK-07")
@pytest.mark.parametrize("code", ["", "ZZ99", "Ω", "A" * 1000, "AB12\n\nX"])
def test_an_unknown_or_cancelled_code_is_refused_politely(code: str) -> None:
    hall = open_hall()
    book(hall)
    assert refused(hall, c.CheckIn(code), TEN).reason == "unknown_booking"

    assert ask(hall, c.CancelBooking(" ab12"), TEN, "desk1") == [e.BookingCancelled(TEN, "AB12")]
    assert refused(hall, c.CheckIn("AB12"), TEN).reason == "unknown_booking"
    assert refused(hall, c.CancelBooking("AB12"), TEN).reason == "unknown_booking"


@pytest.mark.req("R-CORE-08", "R-KIOSK-07")
def test_an_appointment_of_another_day_is_told_its_day_and_kept_over_the_night() -> None:
    hall = open_hall()
    book(hall, day="2026-11-22")
    refusal = refused(hall, c.CheckIn("AB12"), TEN)
    assert (refusal.reason, refusal.details) == ("booked_other_day", {"day": "2026-11-22", "time": "10:00"})

    let_time_pass(hall, TEN + DAY)

    assert check_in(hall, TEN + DAY).slot_from == FROM + DAY
    let_time_pass(hall, TEN + 2 * DAY)
    assert "AB12" not in hall.bookings, "nothing is kept of a day that is over"


@pytest.mark.req("R-CORE-08", "R-KIOSK-04")
def test_check_in_keeps_the_issuing_hours_and_the_faults_of_the_dispenser() -> None:
    hall = open_hall()
    take(hall)
    book(hall)
    ask(hall, c.ReportDevice("printer", "paper_out"), NINE, "kiosk1")
    assert refused(hall, c.CheckIn("AB12"), TEN, "kiosk1").details == {"place": "二楼"}
    let_time_pass(hall, NOON)
    assert refused(hall, c.CheckIn("AB12"), NOON, "kiosk2").reason == "noon"
    let_time_pass(hall, CLOSE)
    assert refused(hall, c.CheckIn("AB12"), CLOSE, "kiosk2").reason == "issue_closed"
    assert not hall.bookings["AB12"].ticket


@pytest.mark.req("R-CORE-08", "R-KIOSK-07")
def test_at_a_desk_without_a_printer_the_ticket_waits_at_once_and_the_answer_names_it() -> None:
    hall = open_hall()
    book(hall)

    taken, unknown = ask(hall, c.CheckIn("AB12"), TEN, "desk1")

    assert isinstance(taken, e.Taken)
    assert unknown == e.PrintUnknown(TEN, taken.ticket, "no_printer")
    assert state(hall, taken.ticket) is S.WAITING


@pytest.mark.req("R-CORE-08")
def test_an_appointment_is_written_down_once_and_the_same_again_changes_nothing() -> None:
    hall = open_hall()

    assert ask(hall, c.Book(" ab-12 ", "a", TODAY, "10:00", "11:00"), NINE, "desk1") == [
        e.Booked(NINE, "AB-12", "a", TODAY, 600, 660)
    ]
    assert hall.bookings == {"AB-12": Booking("AB-12", "a", TODAY, 600, 660)}
    assert ask(hall, c.Book("AB-12", "a", TODAY, "10:00", "11:00"), NINE, "desk1") == []
    for other in (
        c.Book("AB-12", "b", TODAY, "10:00", "11:00"),
        c.Book("AB-12", "a", "2026-11-22", "10:00", "11:00"),
        c.Book("AB-12", "a", TODAY, "10:00", "11:30"),
    ):
        refusal = refused(hall, other, NINE, "desk1")
        assert (refusal.reason, refusal.details) == ("code_taken", {"code": "AB-12"})


@pytest.mark.req("R-CORE-08")
@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (c.Book("AB1", "a", TODAY, "10:00", "11:00"), "bad_code"),
        (c.Book("A" * 33, "a", TODAY, "10:00", "11:00"), "bad_code"),
        (c.Book("张三1234", "a", TODAY, "10:00", "11:00"), "bad_code"),
        (c.Book("AB 12", "a", TODAY, "10:00", "11:00"), "bad_code"),
        (c.Book("", "a", TODAY, "10:00", "11:00"), "bad_code"),
        (c.Book("AB12", "x", TODAY, "10:00", "11:00"), "unknown_service"),
        (c.Book("AB12", "d", TODAY, "10:00", "11:00"), "not_offered"),
        (c.Book("AB12", "a", "2026-11-31", "10:00", "11:00"), "bad_day"),
        (c.Book("AB12", "a", "tomorrow", "10:00", "11:00"), "bad_day"),
        (c.Book("AB12", "a", "", "10:00", "11:00"), "bad_day"),
        (c.Book("AB12", "a", "2026-11-20", "10:00", "11:00"), "day_past"),
        (c.Book("AB12", "a", TODAY, "11:00", "11:00"), "bad_slot"),
        (c.Book("AB12", "a", TODAY, "11:00", "10:59"), "bad_slot"),
        (c.Book("AB12", "a", TODAY, "10:60", "11:00"), "bad_slot"),
        (c.Book("AB12", "a", TODAY, "10:00", "24:00"), "bad_slot"),
        (c.Book("AB12", "a", TODAY, "٠٩:٠٠", "11:00"), "bad_slot"),
    ],
)
def test_what_is_no_appointment_is_refused_with_what_is_expected(command: c.Book, reason: str) -> None:
    hall = open_hall(replace(PLAN, services=(*PLAN.services, Service("d", "D", "停办业务"))))

    assert refused(hall, command, NINE, "desk1").reason == reason


@pytest.mark.req("R-CORE-08")
@pytest.mark.parametrize("code", ["AB12", "A" * 32, "-1-2"])
def test_codes_of_four_to_thirty_two_letters_digits_and_dashes_are_taken(code: str) -> None:
    assert book(shut_hall(), code) == code


@pytest.mark.req("R-CORE-08", "R-CORE-21")
def test_appointments_and_slots_outlast_a_restart() -> None:
    hall = open_hall()
    take(hall, at=NINE)
    book(hall)
    book(hall, "CD34")
    taken = check_in(hall, ISSUING + HOUR)

    again = thaw(freeze(hall))

    assert again is not None
    assert again.bookings == hall.bookings
    assert call(again, at=FROM) == taken.ticket
