"""Deciding about emergencies: everything stands still and goes on as it stood (R-CORE-30, T27, invariant 23).

Order, priorities and counts are what they were, because nothing touches them; timers are moved on by as long as it
lasted, and waiting and service time leave it out (``service_time``).
"""

from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.approving import approver_at, brief_reason
from firmware_py.core.authority import is_supervisor
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
        c.Assist,
        c.EndAssist,
        c.CallGuide,
        c.GuideCame,
    }
)
"""What may be asked during an emergency: the way out of it, help (R-DESK-07), and what has already happened."""


def stands_still(asked: c.Command | f.Fact) -> None:
    """Refuse what has to wait until the emergency is over; facts are never refused.

    Raises:
        Rejected: ``emergency``.
    """
    if isinstance(asked, c.Command) and type(asked) not in GOES_ON:
        raise Rejected("emergency")


def pause(hall: Hall, command: c.EmergencyPause, at: int, by: str) -> list[e.Event]:
    """T27: nothing is called, taken or finished with until somebody resumes. A fire waits for no reason and no login:
    the key of a duty panel or of a supervisor's pad is enough, and its instance answers where nobody else does.

    Raises:
        Rejected: ``approval_needed``, ``reason_long``.
    """
    if not is_supervisor(hall.plan, by):
        raise Rejected("approval_needed")
    return [e.EmergencyBegan(at, approver_at(hall, by) or by, brief_reason(command.reason))]


def resume(hall: Hall, command: c.EmergencyResume, at: int, by: str) -> list[e.Event]:
    """Everything goes on. No login can be asked for now, so a supervisor's desk that is empty may do it too.

    Raises:
        Rejected: ``no_emergency``.
    """
    del command
    if not hall.emergency_at:
        raise Rejected("no_emergency")
    return [e.EmergencyEnded(at, approver_at(hall, by) or by, at - hall.emergency_at)]


def moved_slot(opens: int, until: int, began: int, ended: int) -> tuple[int, int]:
    """A slot (hall times) that an emergency from ``began`` to ``ended`` touched, moved on by as long as that lasted:
    who had priority keeps the rest of it, and who had none yet gets none by it (invariant 23). Another stays."""
    if opens > ended or until < began:
        return opens, until
    return opens + ended - began, until + ended - began


def thawed_ticket(ticket: Ticket, began: int, ended: int) -> Ticket:
    """The ticket with its running timers moved on; ``accepted_at`` never changes (invariant 16)."""
    lasted_ms = ended - began
    if ticket.slot_until:
        opens, until = moved_slot(ticket.slot_from, ticket.slot_until, began, ended)
        ticket = replace(ticket, slot_from=opens, slot_until=until)
    if ticket.state is TicketState.CALLED:
        # one that was played out meanwhile counts from the end of the emergency
        heard_at = ticket.heard_at and (ticket.heard_at + lasted_ms if ticket.heard_at < began else ended)
        return replace(
            ticket,
            called_at=ticket.called_at + lasted_ms,
            recalled_at=ticket.recalled_at + lasted_ms,
            heard_at=heard_at,
        )
    if ticket.visit is not None and ticket.visit.since:
        return replace(ticket, visit=replace(ticket.visit, since=ticket.visit.since + lasted_ms))
    return ticket


def thawed_desk(desk: Desk, began: int, ended: int) -> Desk:
    """The desk with its timers moved on. ``away_since`` stays: absence counts service time, which leaves this out."""
    undo, lasted_ms = desk.undo, ended - began
    if undo is not None:
        undo = replace(undo, at=undo.at + lasted_ms, before=thawed_ticket(undo.before, began, ended))
    return replace(desk, since=desk.since + lasted_ms, undo=undo)
