"""Deciding about the citizen at the desk: 挂起, 恢复, 办结 (T16, T17, T20)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.approving import brief_reason
from firmware_py.core.calling import current, desk_of, finished
from firmware_py.core.coverage import takes_held
from firmware_py.core.desks import CALLS_FROM, LOCKED
from firmware_py.core.hall import Hall
from firmware_py.core.issuing import ticket_of
from firmware_py.core.model import Ticket
from firmware_py.core.rating import close_previous, invite
from firmware_py.core.states import TicketState
from firmware_py.core.tickets import require
from firmware_py.errors import Rejected

SERVING, HELD = TicketState.SERVING, TicketState.HELD


def hold(hall: Hall, command: c.Hold, at: int, by: str) -> list[e.Event]:
    """T16: the citizen fills something in; the desk is free meanwhile (R-CORE-13)."""
    del by
    desk = desk_of(hall, command.desk)
    ticket = current(hall, desk, TicketState.SERVING)
    return [e.Held(at, ticket.number, desk.id, brief_reason(command.reason))]


def resume_ticket(hall: Hall, command: c.ResumeTicket, at: int, by: str) -> list[e.Event]:
    """T17: back to the same desk first; not at one that was left, whoever asks (R-DESK-02)."""
    del by
    desk = desk_of(hall, command.desk)
    if desk.state in LOCKED:
        raise Rejected("resume_first")
    if desk.state not in CALLS_FROM:
        raise Rejected("interrupted" if desk.interrupted else "desk_busy")
    if desk.testing:
        raise Rejected("testing")
    if command.ticket:
        ticket = ticket_of(hall, command.ticket)
        require(ticket.number, ticket.state, e.Resumed)
        if not takes_held(hall, ticket, desk):
            raise Rejected("held_elsewhere", ticket=ticket.number, desk=ticket.desk)
    else:
        held = held_at(hall, desk.id)
        if not held:
            raise Rejected("nobody_held")
        ticket = held[0]
    return [e.Resumed(at, ticket.number, desk.id)]


def held_at(hall: Hall, desk: int) -> list[Ticket]:
    """Tickets put aside at ``desk``, longest first."""
    aside = [hall.tickets[number] for number in hall.aside]
    held = [ticket for ticket in aside if ticket.state is HELD and ticket.desk == desk]
    return sorted(held, key=lambda ticket: (ticket.held_at, ticket.key))


def finish(hall: Hall, command: c.Finish, at: int, by: str) -> list[e.Event]:
    """T20: and the invitation follows, always (R-EVAL-01)."""
    del by
    desk = desk_of(hall, command.desk)
    ticket = current(hall, desk, SERVING)
    return [
        *close_previous(hall, desk, at, strict=True),
        finished(ticket, desk, at, command.outcome),
        *invite(hall, ticket.number, desk.id, at),
    ]
