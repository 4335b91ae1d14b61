"""Deciding about the citizen at the desk: 挂起, 恢复, 办结 (T16, T17, T20)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.approving import brief_reason
from firmware_py.core.calling import current, desk_of, finished
from firmware_py.core.coverage import attended
from firmware_py.core.desks import LOCKED
from firmware_py.core.hall import Hall
from firmware_py.core.issuing import ticket_of
from firmware_py.core.model import Desk, Ticket
from firmware_py.core.rating import close_previous, invite
from firmware_py.core.states import DeskState, TicketState
from firmware_py.core.tickets import require
from firmware_py.errors import Rejected

SERVING, HELD = TicketState.SERVING, TicketState.HELD
FREE = frozenset({DeskState.READY, DeskState.RATING, DeskState.CLOSING})


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
    if desk.state not in FREE:
        raise Rejected("interrupted" if desk.interrupted else "desk_busy")
    if desk.testing:
        raise Rejected("testing")
    if command.ticket:
        ticket = ticket_of(hall, command.ticket)
        require(ticket.number, ticket.state, e.Resumed)
        if not _may_resume(hall, ticket, desk):
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


def _may_resume(hall: Hall, ticket: Ticket, desk: Desk) -> bool:
    """The desk that put it aside; another that serves it only when that one is closed, out of order or paused
    (R-CORE-13)."""
    return ticket.desk == desk.id or (ticket.service in desk.services and not attended(hall, ticket.desk))


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
