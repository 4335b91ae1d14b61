"""What facts a supervisor looks after make of the hall: approvals, alerts, findings, patrols, appointments."""

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.absence import REPORTED
from firmware_py.core.changing import Handlers, nothing
from firmware_py.core.hall import Hall
from firmware_py.core.model import Alert, Approval, Booking


def _approved(hall: Hall, event: e.Approved) -> None:
    """Leave for somebody who has already gone is used at once; everything else waits for what it allows."""
    desk = hall.desks.get(int(event.subject)) if event.kind == "leave" else None
    if desk is not None and desk.away_since:
        owes = desk.owes_reason and desk.away_stage < REPORTED  # of an absence before this one
        hall.desks[desk.id] = replace(desk, excused=event.reason, owes_reason=owes)
    else:
        hall.approvals[event.kind, event.subject] = Approval(event.approver, event.reason)


def _alert_raised(hall: Hall, event: e.AlertRaised) -> None:
    known = hall.alerts.get((event.kind, event.subject))  # raised again before it was cleared: it began back then
    hall.alerts[event.kind, event.subject] = Alert(known.at if known else event.at, event.n)


def _alert_eased(hall: Hall, event: e.AlertEased) -> None:
    key = event.kind, event.subject
    hall.alerts[key] = replace(hall.alerts[key], eased_at=event.at)


def _alert_cleared(hall: Hall, event: e.AlertCleared) -> None:
    hall.alerts.pop((event.kind, event.subject), None)


def _patrolled(hall: Hall, event: e.Patrolled) -> None:
    if not event.repeat:
        hall.patrolled[event.inspector] = event.at


def _booked(hall: Hall, event: e.Booked) -> None:
    hall.bookings[event.code] = Booking(event.code, event.service, event.day, event.starts, event.ends)


def _booking_cancelled(hall: Hall, event: e.BookingCancelled) -> None:
    hall.bookings.pop(event.code, None)


def _booking_missed(hall: Hall, event: e.BookingMissed) -> None:
    hall.bookings[event.code] = replace(hall.bookings[event.code], missed=True)


EVOLVE: Handlers = {
    e.Approved: _approved,
    e.AlertRaised: _alert_raised,
    e.AlertEased: _alert_eased,
    e.AlertCleared: _alert_cleared,
    e.FindingRaised: nothing,
    e.Patrolled: _patrolled,
    e.Booked: _booked,
    e.BookingCancelled: _booking_cancelled,
    e.BookingMissed: _booking_missed,
}
