"""Whom a call overtook: the list behind its decision record, rebuilt by looking at every ticket (R-CORE-05).

``picking`` decides over sorted lanes and records a count and a key range; this looks at the same hall the slow way, one
ticket after the other, so that the two can be held against each other.
"""

from firmware_py.core import events as e
from firmware_py.core.coverage import attended
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Ticket
from firmware_py.core.picking import ripe
from firmware_py.core.states import Lane, TicketState


def overtaken(hall: Hall, called: e.Called) -> list[Ticket]:
    """Everybody who waited with an earlier key and whom this desk could have called, by age.

    Args:
        hall: as it stood just before ``called``.
        called: the call; a final call overtakes nobody, because nobody waits any more.
    """
    chosen, desk = hall.tickets[called.ticket], hall.desks[called.desk]
    earlier = [ticket for ticket in hall.tickets.values() if ticket.key < chosen.key and _callable(hall, desk, ticket)]
    return sorted(earlier, key=lambda ticket: ticket.key)


def agrees(called: e.Called, rebuilt: list[Ticket]) -> bool:
    """Whether the record's count and key range are those of the list."""
    ends = (rebuilt[0].key, rebuilt[-1].key) if rebuilt else (0, 0)
    return (called.overtaken, called.oldest, called.newest) == (len(rebuilt), *ends)


def _callable(hall: Hall, desk: Desk, ticket: Ticket) -> bool:
    if ticket.state is not TicketState.WAITING:
        return False
    if ticket.lane is Lane.RETURNED and not ripe(hall, ticket):
        return False
    if hall.lunch_at and hall.plan.limits.day.lunch == "drain" and ticket.accepted_at >= hall.lunch_at:
        return False  # whoever came for the afternoon waits for it (R-CORE-18)
    if ticket.target == desk.id:
        return True
    return ticket.service in desk.services and not (ticket.target and attended(hall, ticket.target))
