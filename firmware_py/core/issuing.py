"""Deciding about numbers: one press, one ticket, and what became of its slip (T01–T05, T31)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.authority import is_supervisor
from firmware_py.core.hall import Hall
from firmware_py.core.holders import not_now
from firmware_py.core.model import Ticket
from firmware_py.core.notices import issues_nothing, troubles
from firmware_py.core.plan import Service
from firmware_py.core.schedule import hours_text, issue_refusal, next_issue
from firmware_py.core.states import Klass, Lane, TicketState
from firmware_py.core.tickets import allowed, require
from firmware_py.errors import Rejected

NUMBERS_MAX = 9999
STRONGER = {
    Klass.GREEN.value: frozenset({Lane.GRANTED, Lane.HANDED, Lane.GREEN}),
    Klass.APPOINTMENT.value: frozenset({Lane.GRANTED, Lane.HANDED, Lane.GREEN, Lane.BOOKED}),
    Klass.GRANTED.value: frozenset({Lane.GRANTED}),
}
"""The lanes that are called before a ticket of that class; an ordinary one waits for everybody."""


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
    lanes = STRONGER.get(klass)
    ahead = hall.waiting_in.get(service, 0) if lanes is None else _standing(hall, service, lanes)
    for number in hall.printing:
        ticket = hall.tickets[number]
        if ticket.service == service and (lanes is None or ticket.lane in lanes):
            ahead += 1
    return ahead


def _standing(hall: Hall, service: str, lanes: frozenset[Lane]) -> int:
    return sum(len(hall.lanes[lane].get(service, ())) for lane in lanes)


def take(hall: Hall, command: c.Take, at: int, by: str) -> list[e.Event]:
    """T01. Refuses only for the reasons of R-KIOSK-04."""
    service = hall.planned_services.get(command.service)
    if service is None:
        raise Rejected("unknown_service", service=command.service)
    number = new_number(hall, service, at, by)
    ahead = people_ahead(hall, service.id, command.klass)
    return [e.Taken(at, number, service.id, command.klass, by, ahead)]


def new_number(hall: Hall, service: Service, at: int, by: str) -> str:
    """The number a ticket issued now by instance ``by`` would get.

    Raises:
        Rejected: it is not the time (``before_issue``, ``noon``, ``issue_closed``…), ``not_offered``,
            ``printer_fault``, ``numbers_exhausted``; nothing else keeps a citizen from a number (R-KIOSK-04).
    """
    refusal = issue_refusal(hall, at)
    if refusal:
        raise Rejected(refusal, hours=hours_text(hall.hours), time=next_issue(hall, at))
    if not hall.plan.offers(service.id):
        raise Rejected("not_offered", service=service.shown)
    if hall.devices and prints_nothing(hall, by):
        raise Rejected("printer_fault", place=other_place(hall, by))
    ordinal = hall.issued.get(service.prefix, 0) + 1
    if ordinal > NUMBERS_MAX:
        raise Rejected("numbers_exhausted", service=service.shown)
    return f"{service.prefix}{ordinal:03d}"


def with_slip(hall: Hall, taken: e.Taken) -> list[e.Event]:
    """The ticket, and where no dispenser asked for it, at once that no slip comes: its holder is told the number."""
    if any(taken.kiosk == kiosk.id for kiosk in hall.plan.kiosks):
        return [taken]
    return [taken, e.PrintUnknown(taken.at, taken.ticket, "no_printer")]


def prints_nothing(hall: Hall, kiosk: str) -> bool:
    """Whether the dispenser is known to give no slip; paper that runs low is still paper (R-KIOSK-04, R-KIOSK-05)."""
    trouble = hall.devices.get((kiosk, "printer"))
    return trouble is not None and trouble.reason != "paper_low"


def other_place(hall: Hall, kiosk: str) -> str:
    """Where to take a number instead: another working kiosk's place, or "" for the consultation desk."""
    known = troubles(hall)
    for other in hall.plan.kiosks:
        if other.id != kiosk and other.place and not issues_nothing(other.id, known):
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


def cancel(hall: Hall, command: c.Cancel, at: int, by: str) -> list[e.Event]:
    """T05. Whom a desk has served before is not finished with by a key of the dispenser: he is owed the invitation to
    rate, or somebody who answers for it (R-EVAL-01).

    Raises:
        Rejected: ``served_before``; ``unknown_ticket``, or what ``not_now`` says of a ticket that does not wait.
    """
    ticket = ticket_of(hall, command.ticket)
    if not allowed(ticket.state, e.Cancelled):
        raise not_now(ticket)
    if ticket.contributors and not is_supervisor(hall.plan, by):
        raise Rejected("served_before", ticket=ticket.number)
    return [e.Cancelled(at, ticket.number)]


def _own_slip(hall: Hall, number: str, by: str) -> Ticket:
    ticket = ticket_of(hall, number)
    if ticket.kiosk != by:
        raise Rejected("not_allowed", instance=by)
    return ticket


def _still_open(ticket: Ticket) -> None:
    if ticket.state is TicketState.WAITING and not ticket.unconfirmed:
        raise Rejected("outcome_known", ticket=ticket.number)
