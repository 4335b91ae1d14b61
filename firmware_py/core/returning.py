"""Deciding about a citizen who is back: a passed number queues again, a held one goes first, an unserved one of an
earlier day gets a new number that goes next (T12, T17, T25, T30)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.holders import not_now
from firmware_py.core.issuing import new_number, people_ahead, ticket_of, with_slip
from firmware_py.core.model import Ticket
from firmware_py.core.states import Klass, TicketState
from firmware_py.errors import Rejected


def return_ticket(hall: Hall, command: c.ReturnTicket, at: int, by: str) -> list[e.Event]:
    """The holder of a number reports: of today's, or with ``day`` of an earlier day's that was never served.

    Raises:
        Rejected: what ``not_now`` says of a ticket that needs no return; ``already_back``, ``returns_exhausted``,
            ``unknown_ticket``; ``nothing_to_redeem``, or what keeps anybody from a number (T30).
    """
    number, day = command.ticket.strip().upper(), command.day.strip()
    if day and day != hall.day:
        return _redeemed(hall, number, day, at, by)
    ticket = ticket_of(hall, number)
    if ticket.state is TicketState.HELD:
        return _back(ticket, at)
    if ticket.state is not TicketState.PASSED and not _perhaps_never_served(hall, ticket):
        raise not_now(ticket)
    returned = _queued_again(hall, ticket, at)
    if ticket.state is TicketState.RATING:  # who stands at the dispenser rates nothing at the desk
        return [e.RatingClosed(at, ticket.number, ticket.desk, "returned"), *returned]
    return returned


def _queued_again(hall: Hall, ticket: Ticket, at: int) -> list[e.Event]:
    """T12: the number stays, the turn comes again after ``pass.return_after`` calls (R-CORE-12)."""
    limits = hall.plan.limits.passing
    if ticket.returns >= limits.max_returns:
        raise Rejected("returns_exhausted", ticket=ticket.number)
    group = hall.groups.get(ticket.group)  # None when a new plan has no such group
    return [e.Returned(at, ticket.number, (group.calls if group else 0) + limits.return_after)]


def _perhaps_never_served(hall: Hall, ticket: Ticket) -> bool:
    """T25: finished by a 3-key pad alone, and nobody has rated; its holder may still come back that day."""
    over = ticket.state is TicketState.RATING or ticket.state is TicketState.DONE
    return over and ticket.implicit and not ticket.level and not hall.closed


def _back(ticket: Ticket, at: int) -> list[e.Event]:
    """T17: put aside to fill something in, and back in the hall: first at the same desk (R-CORE-13)."""
    if ticket.back:
        raise Rejected("already_back", ticket=ticket.number)
    return [e.ReportedBack(at, ticket.number)]


def _redeemed(hall: Hall, number: str, day: str, at: int, by: str) -> list[e.Event]:
    """T30: the slip of a day that ended too early is worth one ticket of class S."""
    redeems = f"{day}/{number}"
    service = hall.plan.service(hall.unserved.get(redeems, ""))
    if service is None:
        raise Rejected("nothing_to_redeem", ticket=number, day=day)
    granted = Klass.GRANTED.value
    ahead = people_ahead(hall, service.id, granted)
    return with_slip(
        hall, e.Taken(at, new_number(hall, service, at, by), service.id, granted, by, ahead, redeems=redeems)
    )
