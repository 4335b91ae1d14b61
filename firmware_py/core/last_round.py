"""The last round after closing (T13): when it begins, and who is called in it."""

from firmware_py.core.coverage import sat_at
from firmware_py.core.hall import Hall
from firmware_py.core.picking import Choice
from firmware_py.core.states import TicketState

SERVING = TicketState.SERVING


def unfinished(hall: Hall) -> str:
    """Somebody who is still to be served before the final round begins (R-CORE-16, T13), "" = nobody.

    Who waits for what no desk serves that is sat at holds nobody else up: that is a supervisor's business, who has been
    told.
    """
    for number in hall.printing:
        return number
    for desk in hall.desks.values():
        if desk.ticket:
            ticket = hall.tickets[desk.ticket]
            if ticket.state is SERVING or not ticket.final:
                return ticket.number
    served = {service for desk in hall.desks.values() if sat_at(hall, desk.id) for service in desk.services}
    for queues in hall.lanes.values():
        for keys in queues.values():
            for key in keys:
                number = hall.by_key[key]
                if hall.tickets[number].service in served:
                    return number
    return ""


def last_call(hall: Hall, services: tuple[str, ...]) -> Choice | None:
    """T13: passed and held tickets of these services get one last call, oldest first."""
    left = [ticket for number in hall.aside if (ticket := hall.tickets[number]).service in services]
    return Choice(min(left, key=lambda ticket: ticket.key).number, "final") if left else None
