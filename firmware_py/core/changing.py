"""What every fact that changes the hall is made of: tickets replaced, lanes kept in step, desks moved on."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.desks import after
from firmware_py.core.hall import Hall
from firmware_py.core.model import Announcement, Desk, Ticket
from firmware_py.core.states import TERMINAL, DeskState, Klass, TicketState
from firmware_py.core.tickets import TICKET
from firmware_py.core.waiting import WaitingKeys

Handlers = dict[type[e.Event], Callable[[Hall, Any], None]]
"""What each kind of fact does to the hall."""

# looking a member up in its class costs as much as a call, and every fact passes here
PRINTING, WAITING = TicketState.PRINTING, TicketState.WAITING
PAUSED, PAUSE_PENDING = DeskState.PAUSED, DeskState.PAUSE_PENDING


def next_state(ticket: Ticket, event: e.TicketEvent) -> TicketState:
    """Where the table sends the ticket."""
    return TICKET[ticket.state][type(event)]


def put(hall: Hall, old: Ticket, new: Ticket) -> None:
    """Replace a ticket and keep the lanes, the printing list and the count of open tickets in step with it."""
    hall.tickets[new.number] = new
    if old.state is PRINTING:
        del hall.printing[old.number]
    elif old.state is WAITING:
        _leave_lane(hall, old)
    if new.state is WAITING:
        _join_lane(hall, new)
    if old.back or new.back:
        _follow_back(hall, new)
    hall.open_tickets += (old.state in TERMINAL) - (new.state in TERMINAL)


def enqueue(hall: Hall, ticket: Ticket) -> None:
    """A ticket that was nowhere before begins to wait."""
    hall.tickets[ticket.number] = ticket
    hall.open_tickets += 1
    _join_lane(hall, ticket)


def _join_lane(hall: Hall, ticket: Ticket) -> None:
    queues, key, queue, service = hall.lanes[ticket.lane], ticket.key, ticket.queue, ticket.service
    if queue not in queues:
        queues[queue] = WaitingKeys()
    queues[queue].add(key)
    hall.by_key[key] = ticket.number
    hall.waiting_in[service] = hall.waiting_in.get(service, 0) + 1
    if ticket.target:
        hall.targeted += 1


def _leave_lane(hall: Hall, ticket: Ticket) -> None:
    queues, key, queue = hall.lanes[ticket.lane], ticket.key, ticket.queue
    keys = queues[queue]
    keys.remove(key)
    if not keys:
        del queues[queue]
    del hall.by_key[key]
    hall.waiting_in[ticket.service] -= 1
    if ticket.target:
        hall.targeted -= 1


def _follow_back(hall: Hall, ticket: Ticket) -> None:
    if ticket.back and ticket.state is TicketState.HELD:
        hall.back.add(ticket.number)
    else:
        hall.back.discard(ticket.number)


def desk_after(hall: Hall, desk_id: int, event: e.Event, **changes: object) -> Desk:
    """The desk in the state that follows ``event``, with ``changes`` of its fields beside."""
    desk = hall.desks[desk_id]
    state = after(
        desk.state, type(event), serving=bool(desk.ticket), closing=hall.issue_closed, away=desk.away_since > 0
    )
    if state is desk.state:
        return replace(desk, **changes) if changes else desk
    moved_on = replace(desk, state=state, since=event.at, **changes)
    return left(hall, moved_on, event.at, desk.reason) if desk.state is PAUSE_PENDING and state is PAUSED else moved_on


def left(hall: Hall, desk: Desk, at: int, reason: str) -> Desk:
    """The desk once its staff have gone, for a ``reason`` or none: absence is counted from here (R-CORE-24), unless
    leave was approved. Who had gone already goes on being away."""
    if desk.away_since:
        return desk
    leave = hall.approvals.pop(("leave", str(desk.id)), None)
    excused = leave.reason if leave else ""
    return replace(desk, away_since=at, away_stage=0, excused=excused, explained=bool(reason))


ANNOUNCED_MAX = 12
"""Recent announcements kept for the voice: more than can be spoken before they are stale."""


def announce(hall: Hall, ticket: Ticket, kind: str, desk: int, at: int) -> None:
    """Something to be heard once."""
    slow = ticket.klass is Klass.GREEN
    said = Announcement(hall.seq, at, kind, ticket.number, desk, max(1, ticket.calls), slow)
    hall.announced = [*hall.announced[1 - ANNOUNCED_MAX :], said]


def moved(hall: Hall, event: e.TicketEvent) -> None:
    """The ticket follows its table and nothing else happens."""
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=next_state(old, event)))


def nothing(_: Hall, __: e.Event) -> None:
    """A fact for the record alone."""
