"""Deciding about what a supervisor answers for: 优先 once, 指定叫号, 作废, and the guide's upgrade (T07, T26, T28)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.approving import answers, approval
from firmware_py.core.calling import desk_of, may_call
from firmware_py.core.hall import Hall
from firmware_py.core.holders import not_now
from firmware_py.core.issuing import ticket_of
from firmware_py.core.model import Ticket
from firmware_py.core.picking import record
from firmware_py.core.states import DeskState, Klass, TicketState
from firmware_py.core.tickets import require
from firmware_py.errors import Rejected


def call_specific(hall: Hall, command: c.CallSpecific, at: int, by: str) -> list[e.Event]:
    """T07: this number now, with whom it overtakes and who answers for it (R-CORE-05, 07); one per approval.

    Raises:
        Rejected: ``approval_needed``; ``not_served_here``; the ticket does not wait; or the desk may call nobody now.
    """
    desk = desk_of(hall, command.desk)
    if desk.state is DeskState.CALLING:
        raise Rejected("calling_now", ticket=desk.ticket)
    may_call(hall, desk)
    ticket = _waiting(hall, command.ticket)
    if ticket.service not in desk.services:
        service = hall.plan.service(ticket.service)
        raise Rejected("not_served_here", ticket=ticket.number, service=service.shown if service else "")
    given = approval(hall, by, "call", ticket.number, command.reason)
    choice = record(hall, desk, ticket.key, "approved")
    return [
        e.Called(
            at,
            ticket.number,
            desk.id,
            choice.rule,
            choice.overtaken,
            choice.oldest,
            choice.newest,
            approver=given.approver,
            reason=given.reason,
        )
    ]


def grant(hall: Hall, command: c.Grant, at: int, by: str) -> list[e.Event]:
    """Class S: it goes next, once (R-CORE-07). A passed one too, which is the help for whose returns are used up.

    Raises:
        Rejected: ``already_granted``; what ``answers`` raises; or the ticket neither waits nor was passed.
    """
    ticket = ticket_of(hall, command.ticket.strip().upper())
    require(ticket.number, ticket.state, e.Granted)
    if ticket.state is TicketState.WAITING and ticket.klass is Klass.GRANTED:
        raise Rejected("already_granted", ticket=ticket.number)
    given = answers(hall, by, command.reason)
    return [e.Granted(at, ticket.number, given.approver, given.reason)]


def void(hall: Hall, command: c.Void, at: int, by: str) -> list[e.Event]:
    """T26: pressed by mistake, or twice; the gap in the numbers keeps its reason (R-CORE-03).

    Raises:
        Rejected: what ``answers`` raises; or the ticket does not wait.
    """
    ticket = _waiting(hall, command.ticket)
    given = answers(hall, by, command.reason)
    return [e.Voided(at, ticket.number, given.approver, given.reason)]


def upgrade(hall: Hall, command: c.Upgrade, at: int, by: str) -> list[e.Event]:
    """T28: ordinary becomes priority; who came first among those stays first, for the arrival time is the same.

    Raises:
        Rejected: ``not_ordinary``; ``unknown_ticket``, or what ``not_now`` says of a ticket that does not wait.
    """
    ticket = ticket_of(hall, command.ticket.strip().upper())
    if ticket.state is not TicketState.WAITING:
        raise not_now(ticket)
    if ticket.klass is not Klass.ORDINARY:
        raise Rejected("not_ordinary", ticket=ticket.number)
    return [e.Upgraded(at, ticket.number, by)]


def _waiting(hall: Hall, number: str) -> Ticket:
    ticket = ticket_of(hall, number.strip().upper())
    if ticket.state is not TicketState.WAITING:
        raise Rejected("ticket_state", ticket=ticket.number, state=ticket.state.value)
    return ticket
