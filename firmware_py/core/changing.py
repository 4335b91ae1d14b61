"""What every fact that changes the hall is made of: tickets replaced, lanes kept in step, desks moved on."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.desks import CONDITIONAL, DESK, after
from firmware_py.core.hall import Hall
from firmware_py.core.model import Announcement, Desk, Ticket
from firmware_py.core.states import TERMINAL, DeskState, Klass, TicketState
from firmware_py.core.tickets import TICKET
from firmware_py.core.waiting import WaitingKeys

Handlers = dict[type[e.Event], Callable[[Hall, Any], None]]
"""What each kind of fact does to the hall."""

# looking a member up in its class costs five times a global, and every fact passes here
PRINTING, WAITING = TicketState.PRINTING, TicketState.WAITING
HELD, PASSED = TicketState.HELD, TicketState.PASSED
PAUSED, PAUSE_PENDING = DeskState.PAUSED, DeskState.PAUSE_PENDING
GREEN = Klass.GREEN
AT_A_DESK = frozenset({TicketState.CALLED, TicketState.SERVING, TicketState.RATING})


def put(hall: Hall, old: Ticket, new: Ticket) -> None:
    """Replace a ticket and keep the lanes, the printing list, who is aside and the count of open tickets in step; no
    approval outlives the ticket it is about (R-CORE-07)."""
    before, after_ = old.state, new.state
    hall.tickets[new.number] = new
    if before in AT_A_DESK and after_ in AT_A_DESK:
        return  # as in most facts: nothing to keep in step
    if before is PRINTING:
        del hall.printing[old.number]
    elif before is WAITING:
        _leave_lane(hall, old)
    if after_ is WAITING:
        join_lane(hall, new)
    if old.back or new.back:
        _follow_back(hall, new)
    if before is after_:
        return
    if before is HELD or before is PASSED:
        hall.aside.discard(old.number)
    if after_ is HELD or after_ is PASSED:
        hall.aside.add(new.number)
    over = after_ in TERMINAL
    hall.open_tickets += (before in TERMINAL) - over
    if over and hall.approvals:
        hall.approvals.pop(("call", new.number), None)
        hall.approvals.pop(("transfer", new.number), None)


def enqueue(hall: Hall, ticket: Ticket) -> None:
    """A ticket that was nowhere before begins to wait."""
    hall.tickets[ticket.number] = ticket
    hall.open_tickets += 1
    join_lane(hall, ticket)


def join_lane(hall: Hall, ticket: Ticket) -> None:
    """A waiting ticket stands in its lane, and is counted."""
    queues, key, service = hall.lanes[ticket.lane], ticket.key, ticket.service
    queue = service
    if ticket.target:
        queue = ticket.queue
        hall.targeted += 1
    keys = queues.get(queue)
    if keys is None:
        keys = queues[queue] = WaitingKeys()
    keys.add(key)
    hall.by_key[key] = ticket.number
    waiting_in = hall.waiting_in
    waiting_in[service] = waiting_in.get(service, 0) + 1


def _leave_lane(hall: Hall, ticket: Ticket) -> None:
    queues, key, queue = hall.lanes[ticket.lane], ticket.key, ticket.service
    hall.waiting_in[queue] -= 1
    if ticket.target:
        queue = ticket.queue
        hall.targeted -= 1
    keys = queues[queue]
    keys.remove(key)
    if not keys.head:
        del queues[queue]
    del hall.by_key[key]


def _follow_back(hall: Hall, ticket: Ticket) -> None:
    if ticket.back and ticket.state is HELD:
        hall.back.add(ticket.number)
    else:
        hall.back.discard(ticket.number)


def release(hall: Hall, desk: int, services: tuple[str, ...]) -> None:
    """Whoever was sent to ``desk`` for what is not among ``services`` is for every desk that serves it, with the same
    key."""
    if hall.targeted:
        queue = f"@{desk}"
        for queues in hall.lanes.values():
            for key in list(queues.get(queue, ())):
                ticket = hall.tickets[hall.by_key[key]]
                if ticket.service not in services:
                    put(hall, ticket, replace(ticket, target=0))


def desk_after(hall: Hall, desk_id: int, event: e.Event) -> Desk:
    """The desk in the state that follows ``event``."""
    desk = hall.desks[desk_id]
    before, state = desk.state, state_after(hall, desk, event)
    if state is before:
        return desk
    moved_on = replace(desk, state=state, since=event.at)
    return left(hall, moved_on, event.at, desk.reason) if before is PAUSE_PENDING and state is PAUSED else moved_on


def state_after(hall: Hall, desk: Desk, event: e.Event) -> DeskState:
    """The state alone."""
    before = desk.state
    if hall.issue_closed or before in CONDITIONAL:
        return after(
            before, type(event), serving=bool(desk.ticket), closing=hall.issue_closed, away=desk.away_since > 0
        )
    return DESK[before].get(type(event), before)


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
    slow = ticket.klass is GREEN or ticket.green
    said = Announcement(hall.seq, at, kind, ticket.number, desk, ticket.calls or 1, slow)
    hall.announced = [*hall.announced[1 - ANNOUNCED_MAX :], said]


def moved(hall: Hall, event: e.TicketEvent) -> None:
    """The ticket follows its table and nothing else happens."""
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=TICKET[old.state][type(event)]))


def nothing(_: Hall, __: e.Event) -> None:
    """A fact for the record alone."""
