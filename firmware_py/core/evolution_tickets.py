"""What facts about a ticket make of the hall."""

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.changing import Handlers, announce, desk_after, moved, next_state, put
from firmware_py.core.hall import Hall
from firmware_py.core.model import Ticket
from firmware_py.core.picking import ORDINARY_RULES, PRIORITY_RULES
from firmware_py.core.states import KLASS_OF, LANE_OF_KLASS, DeskState, Klass, Lane, TicketState


def _taken(hall: Hall, event: e.Taken) -> None:
    service = hall.plan.service(event.service)
    prefix = service.prefix if service else event.ticket.rstrip("0123456789")
    hall.issued[prefix] = int(event.ticket[len(prefix) :])
    klass = KLASS_OF[event.klass]
    ordinal = len(hall.tickets) + 1
    lane = LANE_OF_KLASS[klass]
    hall.tickets[event.ticket] = Ticket(
        event.ticket, event.service, klass, TicketState.PRINTING, event.at, ordinal, event.kiosk, lane
    )
    hall.printing[event.ticket] = event.at
    hall.open_tickets += 1


def _printed(hall: Hall, event: e.Printed) -> None:
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=next_state(old, event), unconfirmed=False))


def _print_unknown(hall: Hall, event: e.PrintUnknown) -> None:
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=next_state(old, event), unconfirmed=True))


def _called(hall: Hall, event: e.Called) -> None:
    plan = hall.plan.desk(event.desk)
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
        state=next_state(old, event),
        desk=event.desk,
        calls=1,
        called_at=event.at,
        recalled_at=event.at,
        final=event.final,
        group=name,
    )
    put(hall, old, ticket)
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), ticket=event.ticket, rated=False)
    announce(hall, ticket, "final" if event.final else "call", event.desk, event.at)


def _recalled(hall: Hall, event: e.Recalled) -> None:
    old = hall.tickets[event.ticket]
    ticket = replace(old, state=next_state(old, event), calls=event.calls, recalled_at=event.at)
    put(hall, old, ticket)
    announce(hall, ticket, "call", event.desk, event.at)


def _arrived(hall: Hall, event: e.Arrived) -> None:
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=next_state(old, event), arrived_at=event.at))
    hall.desks[event.desk] = desk_after(hall, event.desk, event)


def _left_desk(hall: Hall, event: e.Passed) -> None:
    moved(hall, event)
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), ticket="")


def _expired(hall: Hall, event: e.Expired) -> None:
    desk_id = hall.tickets[event.ticket].desk
    moved(hall, event)
    hall.desks[desk_id] = replace(desk_after(hall, desk_id, event), ticket="")


def _withdrawn(hall: Hall, event: e.Withdrawn) -> None:
    old = hall.tickets[event.ticket]
    ticket = replace(old, state=next_state(old, event), desk=0, calls=0, lane=Lane.HANDED)
    put(hall, old, ticket)
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), ticket="")
    announce(hall, ticket, "withdrawn", event.desk, event.at)


def _returned(hall: Hall, event: e.Returned) -> None:
    old = hall.tickets[event.ticket]
    new = replace(
        old,
        state=next_state(old, event),
        klass=Klass.RETURNED,
        lane=Lane.RETURNED,
        desk=0,
        returns=old.returns + 1,
        ripe_at=event.ripe_at,
        implicit=False,
    )
    put(hall, old, new)


def _held(hall: Hall, event: e.Held) -> None:
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=next_state(old, event), held_at=event.at))
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), ticket="")


def _resumed(hall: Hall, event: e.Resumed) -> None:
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=next_state(old, event), desk=event.desk))
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), ticket=event.ticket)


def _transferred(hall: Hall, event: e.Transferred) -> None:
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=next_state(old, event), service=event.service, lane=Lane.HANDED, desk=0))
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), ticket="")


def _finished(hall: Hall, event: e.Finished) -> None:
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=next_state(old, event), staff=event.staff, implicit=event.implicit))
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), ticket="", rating=event.ticket)


def _finish_undone(hall: Hall, event: e.FinishUndone) -> None:
    moved(hall, event)
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), ticket=event.ticket, rating="")


def _upgraded(hall: Hall, event: e.Upgraded) -> None:
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=next_state(old, event), klass=Klass.GREEN, lane=Lane.GREEN))


HOLDING = frozenset({DeskState.CALLING, DeskState.SERVING, DeskState.RATING, DeskState.PAUSE_PENDING})
"""States a desk is in because of a ticket."""


def _unserved(hall: Hall, event: e.Unserved) -> None:
    moved(hall, event)
    for desk in hall.desks.values():
        if event.ticket in {desk.ticket, desk.rating}:
            ticket = "" if desk.ticket == event.ticket else desk.ticket
            rating = "" if desk.rating == event.ticket else desk.rating
            state = DeskState.READY if desk.state in HOLDING and not (ticket or rating) else desk.state
            hall.desks[desk.id] = replace(desk, ticket=ticket, rating=rating, state=state, since=event.at)


EVOLVE: Handlers = {
    e.Taken: _taken,
    e.Printed: _printed,
    e.PrintFailed: moved,
    e.PrintUnknown: _print_unknown,
    e.Cancelled: moved,
    e.Called: _called,
    e.Recalled: _recalled,
    e.Arrived: _arrived,
    e.Passed: _left_desk,
    e.Withdrawn: _withdrawn,
    e.Returned: _returned,
    e.Expired: _expired,
    e.Interrupted: moved,
    e.InterruptionEnded: moved,
    e.Held: _held,
    e.Resumed: _resumed,
    e.Transferred: _transferred,
    e.ItemAdded: moved,
    e.Finished: _finished,
    e.FinishUndone: _finish_undone,
    e.Voided: moved,
    e.Upgraded: _upgraded,
    e.Unserved: _unserved,
}
