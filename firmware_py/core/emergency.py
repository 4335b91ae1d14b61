"""Deciding about emergencies: everything stands still and goes on as it stood (R-CORE-30, T27, invariant 23).

Order, priorities and counts are what they were, because nothing touches them; timers are moved on by as long as it
lasted, and waiting and service time leave it out (``service_time``).
"""

from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.approving import answers, approver_at
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Ticket
from firmware_py.core.states import TicketState
from firmware_py.errors import Rejected

GOES_ON: frozenset[type] = frozenset(
    {
        c.EmergencyResume,
        c.ReportPrinted,
        c.ReportPrintFailed,
        c.ReportPrintUnknown,
        c.KioskStarted,
        c.ReportDevice,
        c.ReportAnnounced,
        c.ReportShown,
        c.ConfirmClock,
    }
)
"""What may be asked during an emergency: the way out of it, and what has already happened."""


def stands_still(asked: c.Command | f.Fact) -> None:
    """Refuse what has to wait until the emergency is over; facts are never refused.

    Raises:
        Rejected: ``emergency``.
    """
    if isinstance(asked, c.Command) and type(asked) not in GOES_ON:
        raise Rejected("emergency")


def pause(hall: Hall, command: c.EmergencyPause, at: int, by: str) -> list[e.Event]:
    """T27: nothing is called, taken or finished with until somebody resumes.

    Raises:
        Rejected: ``approval_needed``, ``reason_needed``.
    """
    given = answers(hall, by, command.reason)
    return [e.EmergencyBegan(at, given.approver, given.reason)]


def resume(hall: Hall, command: c.EmergencyResume, at: int, by: str) -> list[e.Event]:
    """Everything goes on. No login can be asked for now, so a supervisor's desk that is empty may do it too.

    Raises:
        Rejected: ``no_emergency``.
    """
    del command
    if not hall.emergency_at:
        raise Rejected("no_emergency")
    return [e.EmergencyEnded(at, approver_at(hall, by) or by, at - hall.emergency_at)]


def thawed_ticket(ticket: Ticket, lasted_ms: int) -> Ticket:
    """The ticket with its running timers moved on; ``accepted_at`` never changes (invariant 16)."""
    if ticket.state is TicketState.CALLED:
        heard_at = ticket.heard_at and ticket.heard_at + lasted_ms
        return replace(
            ticket,
            called_at=ticket.called_at + lasted_ms,
            recalled_at=ticket.recalled_at + lasted_ms,
            heard_at=heard_at,
        )
    if ticket.visit is not None and ticket.visit.since:
        return replace(ticket, visit=replace(ticket.visit, since=ticket.visit.since + lasted_ms))
    return ticket


def thawed_desk(desk: Desk, lasted_ms: int) -> Desk:
    """The desk with its timers moved on. ``away_since`` stays: absence counts service time, which leaves this out."""
    undo = desk.undo
    if undo is not None:
        undo = replace(undo, at=undo.at + lasted_ms, before=thawed_ticket(undo.before, lasted_ms))
    return replace(desk, since=desk.since + lasted_ms, undo=undo)
