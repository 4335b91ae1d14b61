"""Deciding about numbers: one press, one ticket, and what became of its slip (T01–T05, T12, T31)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.model import Ticket
from firmware_py.core.schedule import hours_text, issue_refusal, next_issue
from firmware_py.core.states import Klass, Lane, TicketState
from firmware_py.core.tickets import require
from firmware_py.errors import Rejected

NUMBERS_MAX = 9999


def ticket_of(hall: Hall, number: str) -> Ticket:
    """The ticket of that number.

    Raises:
        Rejected: ``unknown_ticket``.
    """
    ticket = hall.tickets.get(number)
    if ticket is None:
        raise Rejected("unknown_ticket", ticket=number)
    return ticket


def people_ahead(hall: Hall, service: str, klass: str) -> int:
    """How many people of this queue will be called before a ticket taken now, as far as can be told."""
    same = [ticket for number in hall.printing if (ticket := hall.tickets[number]).service == service]
    if klass != Klass.GREEN:
        return hall.waiting(service) + len(same)
    stronger = sum(len(hall.lanes[lane].get(service, ())) for lane in (Lane.GRANTED, Lane.HANDED, Lane.GREEN))
    return stronger + sum(1 for ticket in same if ticket.klass is Klass.GREEN)


def take(hall: Hall, command: c.Take, at: int, by: str) -> list[e.Event]:
    """T01. Refuses only for the reasons of R-KIOSK-04."""
    service = hall.plan.service(command.service)
    if service is None:
        raise Rejected("unknown_service", service=command.service)
    refusal = issue_refusal(hall, at)
    if refusal:
        raise Rejected(refusal, hours=hours_text(hall.hours), time=next_issue(hall, at))
    if not hall.plan.offers(service.id):
        raise Rejected("not_offered", service=service.shown)
    if (by, "printer") in hall.devices:
        raise Rejected("printer_fault", place=other_place(hall, by))
    ordinal = hall.issued.get(service.prefix, 0) + 1
    if ordinal > NUMBERS_MAX:
        raise Rejected("numbers_exhausted", service=service.shown)
    number = f"{service.prefix}{ordinal:03d}"
    ahead = people_ahead(hall, service.id, command.klass)
    return [e.Taken(at, number, service.id, command.klass, by, ahead)]


def other_place(hall: Hall, kiosk: str) -> str:
    """Where to take a number instead: another working kiosk's place, or "" for the consultation desk."""
    for other in hall.plan.kiosks:
        if other.id != kiosk and other.place and (other.id, "printer") not in hall.devices:
            return other.place
    return ""


def printed(hall: Hall, command: c.ReportPrinted, at: int, by: str) -> list[e.Event]:
    """T02, or T31 when the ticket already waits unconfirmed."""
    ticket = _own_slip(hall, command.ticket, by)
    require(ticket.number, ticket.state, e.Printed)
    _still_open(ticket)
    return [e.Printed(at, ticket.number)]


def print_failed(hall: Hall, command: c.ReportPrintFailed, at: int, by: str) -> list[e.Event]:
    """T03, or T31: nobody holds this number."""
    ticket = _own_slip(hall, command.ticket, by)
    require(ticket.number, ticket.state, e.PrintFailed)
    _still_open(ticket)
    return [e.PrintFailed(at, ticket.number, command.reason)]


def print_unknown(hall: Hall, command: c.ReportPrintUnknown, at: int, by: str) -> list[e.Event]:
    """T04: a phantom costs one no-show, a lost citizen is worse."""
    ticket = _own_slip(hall, command.ticket, by)
    require(ticket.number, ticket.state, e.PrintUnknown)
    return [e.PrintUnknown(at, ticket.number, command.reason)]


def kiosk_started(hall: Hall, command: c.KioskStarted, at: int, by: str) -> list[e.Event]:
    """T04 for everything this kiosk was printing; and never a number below one it has already handed out."""
    found: list[e.Event] = [
        e.PrintUnknown(at, number, "kiosk_restarted") for number in hall.printing if hall.tickets[number].kiosk == by
    ]
    prefixes = {service.prefix for service in hall.plan.services}
    known = {
        prefix: highest
        for prefix, highest in command.highest.items()
        if prefix in prefixes and hall.issued.get(prefix, 0) < highest <= NUMBERS_MAX
    }
    if known and command.day == hall.day:
        found.append(e.NumbersKnown(at, by, command.day, known))
    return found


def return_ticket(hall: Hall, command: c.ReturnTicket, at: int, by: str) -> list[e.Event]:
    """T12: the number stays, the turn comes again after ``pass.return_after`` calls (R-CORE-12)."""
    del by
    ticket = ticket_of(hall, command.ticket.strip().upper())
    if ticket.state is TicketState.WAITING:
        raise Rejected("still_waiting", ticket=ticket.number)
    require(ticket.number, ticket.state, e.Returned)
    if ticket.state is TicketState.DONE and not _perhaps_never_served(hall, ticket):
        raise Rejected("ticket_state", ticket=ticket.number, state=ticket.state.value)
    limits = hall.plan.limits.passing
    if ticket.returns >= limits.max_returns:
        raise Rejected("returns_exhausted", ticket=ticket.number)
    group = hall.groups.get(ticket.group)  # None when a new plan has no such group
    return [e.Returned(at, ticket.number, (group.calls if group else 0) + limits.return_after)]


def _perhaps_never_served(hall: Hall, ticket: Ticket) -> bool:
    """T25: finished by a 3-key pad alone, without a rating; its holder may still come back that day."""
    return ticket.implicit and not ticket.level and not hall.closed


def cancel(hall: Hall, command: c.Cancel, at: int, by: str) -> list[e.Event]:
    """T05."""
    del by
    ticket = ticket_of(hall, command.ticket)
    require(ticket.number, ticket.state, e.Cancelled)
    return [e.Cancelled(at, ticket.number)]


def _own_slip(hall: Hall, number: str, by: str) -> Ticket:
    ticket = ticket_of(hall, number)
    if ticket.kiosk != by:
        raise Rejected("not_allowed", instance=by)
    return ticket


def _still_open(ticket: Ticket) -> None:
    if ticket.state is TicketState.WAITING and not ticket.unconfirmed:
        raise Rejected("outcome_known", ticket=ticket.number)
