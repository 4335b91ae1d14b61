"""Deciding about appointments: booked beforehand, checked in once, with priority inside their slot (R-CORE-08)."""

import re

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.emergency import moved_slot
from firmware_py.core.hall import Hall
from firmware_py.core.holders import not_now
from firmware_py.core.issuing import new_number, people_ahead, with_slip
from firmware_py.core.model import Booking
from firmware_py.core.schedule import MINUTE_MS, clock_text, date_of, hall_time, wall
from firmware_py.core.states import Klass, TicketState
from firmware_py.core.wall_times import day_of, day_start, minute_of
from firmware_py.errors import Rejected

CODE = re.compile(r"[A-Z0-9-]{4,32}")
"""An appointment's code: it names nobody (J01)."""
GONE = frozenset({TicketState.VOID, TicketState.CANCELLED})
"""States of a ticket that takes nobody's turn any more: of a void one nobody holds a slip."""


def book(hall: Hall, command: c.Book, at: int, by: str) -> list[e.Event]:
    """An appointment is written down; the same one again changes nothing.

    Raises:
        Rejected: ``bad_code``, ``unknown_service``, ``not_offered``, ``bad_day``, ``day_past``, ``bad_slot``, or
            ``code_taken`` by another appointment.
    """
    del by
    code = command.code.strip().upper()
    if not CODE.fullmatch(code):
        raise Rejected("bad_code")
    service = hall.plan.service(command.service)
    if service is None:
        raise Rejected("unknown_service", service=command.service)
    if not hall.plan.offers(service.id):
        raise Rejected("not_offered", service=service.shown)
    day, starts, ends = day_of(command.day), minute_of(command.starts), minute_of(command.ends)
    if day is None:
        raise Rejected("bad_day")
    if starts is None or ends is None or starts >= ends:
        raise Rejected("bad_slot")
    known = hall.bookings.get(code)
    if known is not None and not known.missed:
        if (known.service, known.day, known.starts, known.ends) == (service.id, day, starts, ends):
            return []
        raise Rejected("code_taken", code=code)
    if day < date_of(wall(hall, at)):
        raise Rejected("day_past", day=day)
    return [e.Booked(at, code, service.id, day, starts, ends)]


def cancel_booking(hall: Hall, command: c.CancelBooking, at: int, by: str) -> list[e.Event]:
    """It will not be kept; one that is a ticket already is given up as a ticket."""
    del by
    booking = _booking(hall, command.code)
    if booking.missed:
        raise Rejected("unknown_booking")
    if booking.ticket:
        raise Rejected("checked_in", ticket=booking.ticket)
    return [e.BookingCancelled(at, booking.code)]


def check_in(hall: Hall, command: c.CheckIn, at: int, by: str) -> list[e.Event]:
    """BOOKED → a ticket at once: class A, with priority from ``early_min`` before the slot to ``grace_min`` after it,
    and later by as long as an emergency kept everything from it (R-CORE-30);
    who comes later is an ordinary citizen with the time of check-in. Nobody queues twice on one code; whose ticket is
    void or was given up may check in again.

    Raises:
        Rejected: ``unknown_booking``, ``checked_in`` or what ``not_now`` says of the ticket it became,
            ``booked_other_day``, or what keeps anybody from a number.
    """
    booking = _booking(hall, command.code)
    ticket = hall.tickets.get(booking.ticket)
    if ticket is not None and ticket.state not in GONE:
        if ticket.state is TicketState.PRINTING or ticket.state is TicketState.WAITING:
            raise Rejected("checked_in", ticket=ticket.number)
        raise not_now(ticket)
    if booking.day not in {hall.day, date_of(wall(hall, at))}:  # a day may bear a date of a clock that was wrong
        if booking.missed:
            raise Rejected("unknown_booking")
        raise Rejected("booked_other_day", day=booking.day, time=clock_text(booking.starts))
    service = hall.plan.service(booking.service)
    if service is None:  # a new plan has no such service any more
        raise Rejected("not_offered", service="")
    number = new_number(hall, service, at, by)
    limits = hall.plan.limits.appt
    midnight = day_start(booking.day)
    opens = hall_time(hall, midnight + (booking.starts - limits.early_min) * MINUTE_MS)
    until = hall_time(hall, midnight + (booking.ends + limits.grace_min) * MINUTE_MS)
    for began, ended in hall.frozen:
        opens, until = moved_slot(opens, until, began, ended)
    klass = Klass.APPOINTMENT if at <= until else Klass.ORDINARY
    in_slot = opens <= at <= until
    ahead = people_ahead(hall, service.id, klass.value if in_slot else Klass.ORDINARY.value)
    if klass is Klass.ORDINARY:
        opens = until = 0
    taken = e.Taken(
        at, number, service.id, klass.value, by, ahead, booking=booking.code, slot_from=opens, slot_until=until
    )
    return with_slip(hall, taken)


def _booking(hall: Hall, code: str) -> Booking:
    booking = hall.bookings.get(code.strip().upper())
    if booking is None:
        raise Rejected("unknown_booking")
    return booking
