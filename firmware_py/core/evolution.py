"""What each fact makes of the hall: the bodies of ``machine.evolve``, one short function per kind of event."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.desks import after
from firmware_py.core.model import (
    KLASS_OF,
    LANE_OF_KLASS,
    TERMINAL,
    Announcement,
    Callback,
    Desk,
    DeskState,
    Group,
    Hall,
    Klass,
    Lane,
    Line,
    LineState,
    Session,
    Ticket,
    TicketState,
)
from firmware_py.core.picking import ORDINARY_RULES, PRIORITY_RULES
from firmware_py.core.tickets import TICKET
from firmware_py.core.waiting import WaitingKeys

# looking a member up in its class costs as much as a call, and every fact passes here
PRINTING, WAITING = TicketState.PRINTING, TicketState.WAITING

# --- what everything else is made of --------------------------------------------------------------------------------


def _next(ticket: Ticket, event: e.TicketEvent) -> TicketState:
    return TICKET[ticket.state][type(event)]


def _put(hall: Hall, old: Ticket, new: Ticket) -> None:
    """Replace a ticket and keep the lanes, the printing list and the count of open tickets in step with it."""
    hall.tickets[new.number] = new
    if old.state is PRINTING:
        del hall.printing[old.number]
    elif old.state is WAITING:
        _leave_lane(hall, old)
    if new.state is WAITING:
        _join_lane(hall, new)
    hall.open_tickets += (old.state in TERMINAL) - (new.state in TERMINAL)


def _join_lane(hall: Hall, ticket: Ticket) -> None:
    queues, key = hall.lanes[ticket.lane], ticket.key
    if ticket.service not in queues:
        queues[ticket.service] = WaitingKeys()
    queues[ticket.service].add(key)
    hall.by_key[key] = ticket.number


def _leave_lane(hall: Hall, ticket: Ticket) -> None:
    queues, key = hall.lanes[ticket.lane], ticket.key
    keys = queues[ticket.service]
    keys.remove(key)
    if not keys:
        del queues[ticket.service]
    del hall.by_key[key]


def _desk(hall: Hall, desk_id: int, event: e.Event) -> Desk:
    """The desk in the state that follows ``event``."""
    desk = hall.desks[desk_id]
    state = after(desk.state, type(event), serving=bool(desk.ticket), closing=hall.issue_closed)
    return desk if state is desk.state else replace(desk, state=state, since=event.at)


ANNOUNCED_MAX = 12
"""Recent announcements kept for the voice: more than can be spoken before they are stale."""


def _announce(hall: Hall, ticket: Ticket, kind: str, desk: int, at: int) -> None:
    slow = ticket.klass is Klass.GREEN
    said = Announcement(hall.seq, at, kind, ticket.number, desk, max(1, ticket.calls), slow)
    hall.announced = [*hall.announced[1 - ANNOUNCED_MAX :], said]


# --- the hall and its day -------------------------------------------------------------------------------------------


def _configured(hall: Hall, event: e.Configured) -> None:
    hall.plan = event.plan
    kept = {number: desk for number, desk in hall.desks.items() if desk.ticket or desk.rating}
    planned = {desk.id: hall.desks.get(desk.id) or Desk(desk.id, since=event.at) for desk in event.plan.desks}
    hall.desks = kept | planned  # a desk taken out of the plan keeps its citizen until the day is over
    hall.groups = {desk.group: hall.groups.get(desk.group) or Group() for desk in event.plan.desks}
    hall.lines = {
        desk.phone: replace(hall.lines.get(desk.phone) or Line(desk.phone, desk.id), desk=desk.id)
        for desk in event.plan.desks
        if desk.phone
    }


def _numbers_known(hall: Hall, event: e.NumbersKnown) -> None:
    for prefix, highest in event.highest.items():
        hall.issued[prefix] = max(hall.issued.get(prefix, 0), highest)


def _restarted(hall: Hall, event: e.Restarted) -> None:
    hall.restarted_at = event.at
    hall.offset_ms = hall.day_offset_ms = event.offset_ms


def _clock_stepped(hall: Hall, event: e.ClockStepped) -> None:
    hall.offset_ms = event.offset_ms


def _day_opened(hall: Hall, event: e.DayOpened) -> None:
    hall.day, hall.day_offset_ms = event.day, hall.offset_ms
    hall.calling = hall.issue_closed = hall.closed = False
    for queues in hall.lanes.values():
        queues.clear()
    for mapping in (hall.issued, hall.tickets, hall.by_key, hall.printing, hall.answers):
        mapping.clear()
    hall.open_tickets = 0
    hall.announced = []
    hall.groups = {name: Group() for name in hall.groups}
    for desk_id in hall.desks:
        hall.desks[desk_id] = _desk(hall, desk_id, event)


def _calling_opened(hall: Hall, _: e.CallingOpened) -> None:
    hall.calling = True


def _issue_closed(hall: Hall, event: e.IssueClosed) -> None:
    hall.issue_closed = True
    for desk_id in hall.desks:
        hall.desks[desk_id] = _desk(hall, desk_id, event)


def _day_closed(hall: Hall, _: e.DayClosed) -> None:
    hall.closed = True


# --- tickets --------------------------------------------------------------------------------------------------------


def _taken(hall: Hall, event: e.Taken) -> None:
    service = hall.plan.service(event.service)
    prefix = service.prefix if service else event.ticket.rstrip("0123456789")
    hall.issued[prefix] = int(event.ticket[len(prefix) :])
    klass = KLASS_OF[event.klass]
    ordinal = len(hall.tickets) + 1
    lane = LANE_OF_KLASS[klass]
    hall.tickets[event.ticket] = Ticket(
        event.ticket, event.service, klass, PRINTING, event.at, ordinal, event.kiosk, lane
    )
    hall.printing[event.ticket] = event.at
    hall.open_tickets += 1


def _printed(hall: Hall, event: e.Printed) -> None:
    old = hall.tickets[event.ticket]
    _put(hall, old, replace(old, state=_next(old, event), unconfirmed=False))


def _print_unknown(hall: Hall, event: e.PrintUnknown) -> None:
    old = hall.tickets[event.ticket]
    _put(hall, old, replace(old, state=_next(old, event), unconfirmed=True))


def _plain(hall: Hall, event: e.TicketEvent) -> None:
    old = hall.tickets[event.ticket]
    _put(hall, old, replace(old, state=_next(old, event)))


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
        state=_next(old, event),
        desk=event.desk,
        calls=1,
        called_at=event.at,
        recalled_at=event.at,
        final=event.final,
        group=name,
    )
    _put(hall, old, ticket)
    hall.desks[event.desk] = replace(_desk(hall, event.desk, event), ticket=event.ticket, rated=False)
    _announce(hall, ticket, "final" if event.final else "call", event.desk, event.at)


def _recalled(hall: Hall, event: e.Recalled) -> None:
    old = hall.tickets[event.ticket]
    ticket = replace(old, state=_next(old, event), calls=event.calls, recalled_at=event.at)
    _put(hall, old, ticket)
    _announce(hall, ticket, "call", event.desk, event.at)


def _arrived(hall: Hall, event: e.Arrived) -> None:
    old = hall.tickets[event.ticket]
    _put(hall, old, replace(old, state=_next(old, event), arrived_at=event.at))
    hall.desks[event.desk] = _desk(hall, event.desk, event)


def _left_desk(hall: Hall, event: e.Passed) -> None:
    _plain(hall, event)
    hall.desks[event.desk] = replace(_desk(hall, event.desk, event), ticket="")


def _expired(hall: Hall, event: e.Expired) -> None:
    desk_id = hall.tickets[event.ticket].desk
    _plain(hall, event)
    hall.desks[desk_id] = replace(_desk(hall, desk_id, event), ticket="")


def _withdrawn(hall: Hall, event: e.Withdrawn) -> None:
    old = hall.tickets[event.ticket]
    ticket = replace(old, state=_next(old, event), desk=0, calls=0, lane=Lane.HANDED)
    _put(hall, old, ticket)
    hall.desks[event.desk] = replace(_desk(hall, event.desk, event), ticket="")
    _announce(hall, ticket, "withdrawn", event.desk, event.at)


def _returned(hall: Hall, event: e.Returned) -> None:
    old = hall.tickets[event.ticket]
    new = replace(
        old,
        state=_next(old, event),
        klass=Klass.RETURNED,
        lane=Lane.RETURNED,
        desk=0,
        returns=old.returns + 1,
        ripe_at=event.ripe_at,
        implicit=False,
    )
    _put(hall, old, new)


def _held(hall: Hall, event: e.Held) -> None:
    old = hall.tickets[event.ticket]
    _put(hall, old, replace(old, state=_next(old, event), held_at=event.at))
    hall.desks[event.desk] = replace(_desk(hall, event.desk, event), ticket="")


def _resumed(hall: Hall, event: e.Resumed) -> None:
    old = hall.tickets[event.ticket]
    _put(hall, old, replace(old, state=_next(old, event), desk=event.desk))
    hall.desks[event.desk] = replace(_desk(hall, event.desk, event), ticket=event.ticket)


def _transferred(hall: Hall, event: e.Transferred) -> None:
    old = hall.tickets[event.ticket]
    _put(hall, old, replace(old, state=_next(old, event), service=event.service, lane=Lane.HANDED, desk=0))
    hall.desks[event.desk] = replace(_desk(hall, event.desk, event), ticket="")


def _finished(hall: Hall, event: e.Finished) -> None:
    old = hall.tickets[event.ticket]
    _put(hall, old, replace(old, state=_next(old, event), staff=event.staff, implicit=event.implicit))
    hall.desks[event.desk] = replace(_desk(hall, event.desk, event), ticket="", rating=event.ticket)


def _rating_opened(hall: Hall, event: e.RatingOpened) -> None:
    old = hall.tickets[event.ticket]
    new = replace(
        old,
        state=_next(old, event),
        evaluator=event.evaluator,
        window_seq=hall.seq,
        opened_at=event.at,
        invited=True,
    )
    _put(hall, old, new)


def _rated(hall: Hall, event: e.Rated) -> None:
    old = hall.tickets[event.ticket]
    _put(hall, old, replace(old, state=_next(old, event), level=event.level, rated_elapsed_ms=event.elapsed_ms))
    hall.desks[event.desk] = replace(hall.desks[event.desk], rated=True)


def _rating_corrected(hall: Hall, event: e.RatingCorrected) -> None:
    old = hall.tickets[event.ticket]
    _put(hall, old, replace(old, state=_next(old, event), level=event.level))


def _rating_ended(hall: Hall, event: e.RatingLocked | e.RatingClosed | e.InviteFailed) -> None:
    _plain(hall, event)
    hall.desks[event.desk] = replace(_desk(hall, event.desk, event), rating="")


def _finish_undone(hall: Hall, event: e.FinishUndone) -> None:
    _plain(hall, event)
    hall.desks[event.desk] = replace(_desk(hall, event.desk, event), ticket=event.ticket, rating="")


def _upgraded(hall: Hall, event: e.Upgraded) -> None:
    old = hall.tickets[event.ticket]
    _put(hall, old, replace(old, state=_next(old, event), klass=Klass.GREEN, lane=Lane.GREEN))


HOLDING = frozenset({DeskState.CALLING, DeskState.SERVING, DeskState.RATING, DeskState.PAUSE_PENDING})
"""States a desk is in because of a ticket."""


def _unserved(hall: Hall, event: e.Unserved) -> None:
    _plain(hall, event)
    for desk in hall.desks.values():
        if event.ticket in {desk.ticket, desk.rating}:
            ticket = "" if desk.ticket == event.ticket else desk.ticket
            rating = "" if desk.rating == event.ticket else desk.rating
            state = DeskState.READY if desk.state in HOLDING and not (ticket or rating) else desk.state
            hall.desks[desk.id] = replace(desk, ticket=ticket, rating=rating, state=state, since=event.at)


def _nothing(_: Hall, __: e.Event) -> None:
    """A fact for the record alone."""


# --- desks ------------------------------------------------------------------------------------------------------------


def _logged_in(hall: Hall, event: e.LoggedIn) -> None:
    session = Session(event.staff, event.role, event.at, event.acting_for)
    hall.desks[event.desk] = replace(_desk(hall, event.desk, event), session=session, reason="")


def _logged_out(hall: Hall, event: e.LoggedOut) -> None:
    desk = hall.desks[event.desk]
    hall.desks[event.desk] = replace(desk, state=DeskState.CLOSED, session=None, reason="", since=event.at)


def _desk_away(hall: Hall, event: e.DeskWaits | e.DeskPaused | e.PausePending | e.DeskFailed) -> None:
    hall.desks[event.desk] = replace(_desk(hall, event.desk, event), reason=event.reason)


def _desk_back(hall: Hall, event: e.DeskResumed | e.DeskMended) -> None:
    hall.desks[event.desk] = replace(_desk(hall, event.desk, event), reason="")


# --- telephones and devices -------------------------------------------------------------------------------------------


def _line(hall: Hall, event: e.LineEvent, **changes: Any) -> None:
    hall.lines[event.line] = replace(hall.lines[event.line], **changes)


def _rang(hall: Hall, event: e.Rang) -> None:
    _line(hall, event, state=LineState.RINGING, ring=event.ring)


def _neighbours_alerted(hall: Hall, event: e.NeighboursAlerted) -> None:
    _line(hall, event, alerted=event.desks)


def _supervisor_alerted(hall: Hall, event: e.SupervisorAlerted) -> None:
    _line(hall, event, supervisor=True)


def _pickup_claimed(hall: Hall, event: e.PickupClaimed) -> None:
    _line(hall, event, claimed=event.desk)


def _quiet(hall: Hall, event: e.LineEvent) -> None:
    answered = isinstance(event, e.PhoneOutgoing) or (isinstance(event, e.PhoneAnswered) and not event.inferred)
    state = LineState.TALK if answered else LineState.ON_HOOK
    _line(hall, event, state=state, ring=0, alerted=(), claimed=0, supervisor=False)


def _callback_opened(hall: Hall, event: e.CallbackOpened) -> None:
    hall.tasks = event.task
    hall.callbacks[event.task] = Callback(event.task, event.line, event.due)


def _callback_closed(hall: Hall, event: e.CallbackClosed) -> None:
    hall.callbacks.pop(event.task, None)


def _device_failed(hall: Hall, event: e.DeviceFailed) -> None:
    hall.devices[event.instance, event.device] = event.reason


def _device_mended(hall: Hall, event: e.DeviceMended) -> None:
    hall.devices.pop((event.instance, event.device), None)


EVOLVE: dict[type, Callable[[Hall, Any], None]] = {
    e.Configured: _configured,
    e.NumbersKnown: _numbers_known,
    e.Restarted: _restarted,
    e.ClockStepped: _clock_stepped,
    e.DayOpened: _day_opened,
    e.CallingOpened: _calling_opened,
    e.IssueClosed: _issue_closed,
    e.DayClosed: _day_closed,
    e.Taken: _taken,
    e.Printed: _printed,
    e.PrintFailed: _plain,
    e.PrintUnknown: _print_unknown,
    e.Cancelled: _plain,
    e.Called: _called,
    e.Recalled: _recalled,
    e.Arrived: _arrived,
    e.Passed: _left_desk,
    e.Withdrawn: _withdrawn,
    e.Returned: _returned,
    e.Expired: _expired,
    e.Interrupted: _plain,
    e.InterruptionEnded: _plain,
    e.Held: _held,
    e.Resumed: _resumed,
    e.Transferred: _transferred,
    e.ItemAdded: _plain,
    e.Finished: _finished,
    e.RatingOpened: _rating_opened,
    e.Rated: _rated,
    e.RatingCorrected: _rating_corrected,
    e.RatingLocked: _rating_ended,
    e.RatingClosed: _rating_ended,
    e.InviteFailed: _rating_ended,
    e.FinishUndone: _finish_undone,
    e.Voided: _plain,
    e.Upgraded: _upgraded,
    e.Unserved: _unserved,
    e.StrayRating: _nothing,
    e.LoggedIn: _logged_in,
    e.LoggedOut: _logged_out,
    e.DeskWaits: _desk_away,
    e.PausePending: _desk_away,
    e.DeskPaused: _desk_away,
    e.DeskResumed: _desk_back,
    e.DeskFailed: _desk_away,
    e.DeskMended: _desk_back,
    e.Rang: _rang,
    e.NeighboursAlerted: _neighbours_alerted,
    e.SupervisorAlerted: _supervisor_alerted,
    e.PickupClaimed: _pickup_claimed,
    e.PhoneAnswered: _quiet,
    e.PhoneAbandoned: _quiet,
    e.PhoneMissed: _quiet,
    e.PhoneOutgoing: _quiet,
    e.PhoneUnknown: _quiet,
    e.PhoneEnded: _quiet,
    e.CallbackOpened: _callback_opened,
    e.CallbackClosed: _callback_closed,
    e.DeviceFailed: _device_failed,
    e.DeviceMended: _device_mended,
}
