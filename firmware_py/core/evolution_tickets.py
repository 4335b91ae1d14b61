"""What facts about a ticket that waits, or is called, make of the hall."""

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.changing import Handlers, announce, desk_after, enqueue, moved, nothing, put, state_after
from firmware_py.core.hall import Hall
from firmware_py.core.model import Ticket, Undoable, order_key
from firmware_py.core.picking import ORDINARY_RULES, PRIORITY_RULES
from firmware_py.core.states import KLASS_OF, LANE_OF_KLASS, DeskState, Klass, Lane, TicketState
from firmware_py.core.tickets import TICKET

PRINTING, GREEN = TicketState.PRINTING, Klass.GREEN


def _taken(hall: Hall, event: e.Taken) -> None:
    service = hall.planned_services.get(event.service)
    prefix = service.prefix if service else event.ticket.rstrip("0123456789")
    hall.issued[prefix] = int(event.ticket[len(prefix) :])
    klass = KLASS_OF[event.klass]
    ordinal = len(hall.tickets) + 1
    lane = LANE_OF_KLASS[klass]
    key = order_key(event.at, ordinal)
    ticket = Ticket(PRINTING, event.ticket, event.service, klass, event.at, ordinal, key, kiosk=event.kiosk, lane=lane)
    if event.booking:
        hall.bookings[event.booking] = replace(hall.bookings[event.booking], ticket=event.ticket)
        ticket = replace(ticket, slot_from=event.slot_from, slot_until=event.slot_until)
    if event.redeems:
        hall.unserved.pop(event.redeems, None)
        ticket = replace(ticket, redeems=event.redeems)
    hall.tickets[event.ticket] = ticket
    hall.printing[event.ticket] = event.at
    hall.open_tickets += 1


def _manual_entered(hall: Hall, event: e.ManualEntered) -> None:
    hall.closed = False
    ordinal = len(hall.tickets) + 1
    klass, state = Klass.ORDINARY, TicketState.WAITING  # it is on paper already
    key = order_key(event.handed_at, ordinal)
    at = event.handed_at
    enqueue(hall, Ticket(state, event.ticket, event.service, klass, at, ordinal, key, kiosk=event.by))


def _never_printed(hall: Hall, event: e.PrintFailed | e.Voided) -> None:
    moved(hall, event)
    ticket = hall.tickets[event.ticket]
    if ticket.redeems:  # its holder has no other paper than the old one, which is worth a ticket still
        hall.unserved[ticket.redeems] = ticket.service


def _announced(hall: Hall, event: e.Announced) -> None:
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=TICKET[old.state][type(event)], heard_at=event.at))
    if event.by == "voice":
        hall.voices.add(event.instance)


def _reported_back(hall: Hall, event: e.ReportedBack) -> None:
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=TICKET[old.state][type(event)], back=True))


def _printed(hall: Hall, event: e.Printed) -> None:
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=TICKET[old.state][type(event)], unconfirmed=False))


def _print_unknown(hall: Hall, event: e.PrintUnknown) -> None:
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=TICKET[old.state][type(event)], unconfirmed=True))


def _called(hall: Hall, event: e.Called) -> None:
    plan = hall.planned_desks.get(event.desk)
    name = plan.group if plan else "1"
    group = hall.groups[name]
    group.calls += 1
    if event.rule in PRIORITY_RULES:
        group.prio_run += 1
    elif event.rule in ORDINARY_RULES:
        group.prio_run = 0
    old = hall.tickets[event.ticket]
    ticket = replace(
        old,
        state=TICKET[old.state][type(event)],
        desk=event.desk,
        calls=1,
        called_at=event.at,
        recalled_at=event.at,
        called_seq=hall.seq,
        group=name,
    )
    if event.final or old.final or old.heard_at or old.target or old.back:  # seldom: most are called once
        ticket = replace(ticket, final=event.final, heard_at=0, target=0, back=False)
    put(hall, old, ticket)
    desk = hall.desks[event.desk]
    state = state_after(hall, desk, event)
    hall.desks[event.desk] = replace(desk, state=state, since=event.at, ticket=event.ticket, rated=False, undo=None)
    if hall.approvals:  # called in turn, too: what was allowed has come about (R-CORE-07)
        hall.approvals.pop(("call", event.ticket), None)
    announce(hall, ticket, "final" if event.final else "call", event.desk, event.at)


def _recalled(hall: Hall, event: e.Recalled) -> None:
    old = hall.tickets[event.ticket]
    ticket = replace(old, state=TICKET[old.state][type(event)], calls=event.calls, recalled_at=event.at)
    put(hall, old, ticket)
    announce(hall, ticket, "call", event.desk, event.at)


def _passed(hall: Hall, event: e.Passed | e.Expired) -> None:
    old = hall.tickets[event.ticket]
    moved(hall, event)
    undo = Undoable("pass", old, event.at)
    hall.desks[old.desk] = replace(desk_after(hall, old.desk, event), ticket="", undo=undo)


def _withdrawn(hall: Hall, event: e.Withdrawn) -> None:
    old = hall.tickets[event.ticket]
    ticket = replace(old, state=TICKET[old.state][type(event)], desk=0, calls=0, lane=Lane.HANDED)
    put(hall, old, ticket)
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), ticket="")
    announce(hall, ticket, "withdrawn", event.desk, event.at)


def _returned(hall: Hall, event: e.Returned) -> None:
    old = hall.tickets[event.ticket]
    served_by = old.contributors
    if old.implicit:  # nobody knows whether the desk that went on to the next has served anybody (T25)
        served_by = tuple(staff for staff in served_by if staff != old.staff)
    new = replace(
        old,
        state=TICKET[old.state][type(event)],
        klass=Klass.RETURNED,
        lane=Lane.RETURNED,
        desk=0,
        returns=old.returns + 1,
        ripe_at=event.ripe_at,
        implicit=False,
        unconfirmed=False,  # somebody holds the slip
        green=old.green or old.klass is GREEN,
        contributors=served_by,
    )
    put(hall, old, new)


def _upgraded(hall: Hall, event: e.Upgraded) -> None:
    old = hall.tickets[event.ticket]
    # who was handed over stays ahead of all priority, whatever the class
    lane = Lane.GREEN if old.lane is Lane.ORDINARY else old.lane
    put(hall, old, replace(old, state=TICKET[old.state][type(event)], klass=Klass.GREEN, lane=lane))


def _granted(hall: Hall, event: e.Granted) -> None:
    old = hall.tickets[event.ticket]
    new = replace(
        old,
        state=TICKET[old.state][type(event)],
        klass=Klass.GRANTED,
        lane=Lane.GRANTED,
        desk=0,
        target=0,  # it goes next wherever its service is served
        green=old.green or old.klass is GREEN,
    )
    put(hall, old, new)


HOLDING = frozenset({DeskState.CALLING, DeskState.SERVING, DeskState.RATING, DeskState.PAUSE_PENDING})
"""States a desk is in because of a ticket."""


def _unserved(hall: Hall, event: e.Unserved) -> None:
    hall.unserved[f"{hall.day}/{event.ticket}"] = hall.tickets[event.ticket].service  # T30
    moved(hall, event)
    for desk in hall.desks.values():
        if event.ticket in {desk.ticket, desk.rating}:
            ticket = "" if desk.ticket == event.ticket else desk.ticket
            rating = "" if desk.rating == event.ticket else desk.rating
            free = DeskState.CLOSING if hall.issue_closed else DeskState.READY
            state = free if desk.state in HOLDING and not (ticket or rating) else desk.state
            interrupted = desk.interrupted and bool(ticket)
            hall.desks[desk.id] = replace(
                desk,
                ticket=ticket,
                rating=rating,
                state=state,
                since=event.at,
                interrupted=interrupted,
                away_since=desk.away_since if interrupted == desk.interrupted else 0,
                undo=None,
            )


EVOLVE: Handlers = {
    e.Taken: _taken,
    e.Printed: _printed,
    e.ManualEntered: _manual_entered,
    e.PrintFailed: _never_printed,
    e.PrintUnknown: _print_unknown,
    e.Cancelled: moved,
    e.Called: _called,
    e.Announced: _announced,
    e.Recalled: _recalled,
    e.Passed: _passed,
    e.Withdrawn: _withdrawn,
    e.Returned: _returned,
    e.ReportedBack: _reported_back,
    e.Expired: _passed,
    e.Voided: _never_printed,
    e.Granted: _granted,
    e.Upgraded: _upgraded,
    e.Reprinted: nothing,
    e.Unserved: _unserved,
}
