"""Deciding about 转办 (T18): another service or another desk goes on, with the same number and the same place."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.approving import approval, has_approval, needed_reason
from firmware_py.core.calling import current, desk_of
from firmware_py.core.coverage import OPEN
from firmware_py.core.desks import LOCKED
from firmware_py.core.hall import Hall
from firmware_py.core.issuing import ticket_of
from firmware_py.core.model import Desk, Ticket
from firmware_py.core.plan import Service
from firmware_py.core.serving import held_at
from firmware_py.core.states import TicketState
from firmware_py.core.tickets import require
from firmware_py.errors import Rejected


def transfer(hall: Hall, command: c.Transfer, at: int, by: str) -> list[e.Event]:
    """T18: who is served or held here goes next at the target (R-CORE-14); the guide looks after the walk.

    A supervisor answers for it (or approved it before, kind ``transfer``) when the citizen would be sent where he has
    been, and when nobody sits there now: then he waits until somebody does.

    Raises:
        Rejected: ``resume_first`` at a desk that was left, whoever asks; ``reason_needed``, ``transfer_where``,
            ``transfer_unknown``, ``transfer_here``, ``unknown_desk``; ``transfer_back`` or ``target_closed`` when
            nobody answers for it; or it is not this desk's ticket.
    """
    desk = desk_of(hall, command.desk)
    if desk.interrupted:
        raise Rejected("interrupted")
    if desk.state in LOCKED:
        raise Rejected("resume_first")
    ticket = _ticket(hall, desk, command.ticket.strip().upper())
    reason = needed_reason(command.reason)
    service = _service(hall, desk, ticket, command)
    back = service.id == ticket.service or service.id in ticket.legs
    closed = not _open(hall, service.id, command.target)
    approver = ""
    if back or closed:
        if not has_approval(hall, by, "transfer", ticket.number):
            raise Rejected("transfer_back" if back else "target_closed", service=service.shown)
        approver = approval(hall, by, "transfer", ticket.number, reason).approver
    found: list[e.Event] = [
        e.Transferred(at, ticket.number, desk.id, service.id, reason, command.target, approver),
    ]
    if ("guide", ticket.number) not in hall.alerts:
        found.append(e.AlertRaised(at, "guide", ticket.number))
    return found


def guided(hall: Hall, at: int) -> list[e.Event]:
    """The guide is done with whoever waits no longer for the transfer: called again, or gone."""
    for kind, subject in hall.alerts:
        if kind == "guide":
            ticket = hall.tickets.get(subject)
            if ticket is None or ticket.state is not TicketState.WAITING:
                return [e.AlertCleared(at, kind, subject)]
    return []


def _ticket(hall: Hall, desk: Desk, number: str) -> Ticket:
    """The ticket meant: the one named, else the one at the desk, else the one held here longest."""
    if not number:
        held = held_at(hall, desk.id)
        if held and not desk.ticket:
            return held[0]
        return current(hall, desk, TicketState.SERVING)
    ticket = ticket_of(hall, number)
    require(ticket.number, ticket.state, e.Transferred)
    if ticket.desk != desk.id:
        raise Rejected("at_another_desk", ticket=ticket.number, desk=ticket.desk)
    return ticket


def _service(hall: Hall, desk: Desk, ticket: Ticket, command: c.Transfer) -> Service:
    """What it is transferred to: at one desk the service asked for where the desk serves it, else its first."""
    wanted = hall.plan.service(command.service)
    if command.service and wanted is None:
        raise Rejected("transfer_unknown", service=command.service[:40])
    if command.target:
        target = hall.desks.get(command.target)
        if target is None:
            raise Rejected("unknown_desk", desk=command.target)
        if target.id == desk.id:
            raise Rejected("transfer_here", ticket=ticket.number)
        if wanted is None or wanted.id not in target.services:
            wanted = next((each for name in target.services if (each := hall.plan.service(name))), None)
    if wanted is None:
        raise Rejected("transfer_where")
    return wanted


def _open(hall: Hall, service: str, target: int) -> bool:
    """Whether somebody will call it there: at the desk meant, or at any that serves the service."""
    desks = [hall.desks[target]] if target else hall.desks.values()
    return any(desk.session is not None and desk.state in OPEN and service in desk.services for desk in desks)
