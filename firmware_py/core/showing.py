"""Projecting the hall into views: what a sign, a board, a kiosk or an evaluator must show now."""

from firmware_py.core import coverage, guiding
from firmware_py.core.absence import reason_wanted
from firmware_py.core.callbacks import CALL, RECORD, all_owed, owed
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Ticket
from firmware_py.core.neighbours import claim_stands
from firmware_py.core.notices import standing
from firmware_py.core.schedule import MINUTE_MS, issue_refusal, next_issue
from firmware_py.core.service_time import waited_ms
from firmware_py.core.serving import held_at
from firmware_py.core.states import DeskState, LineState, TicketState
from firmware_py.core.views import (
    BoardCall,
    BoardView,
    DeskView,
    HallView,
    HoursNotice,
    PhoneView,
    QueueView,
    RatingView,
)


def desk_view(hall: Hall, log: str, desk_id: int) -> DeskView:
    """``state/desk/{n}``."""
    desk, plan = hall.desks[desk_id], hall.plan.desk(desk_id)
    services = desk.services
    ticket = hall.tickets.get(desk.ticket)
    session = desk.session
    served = hall.plan.service(ticket.service) if ticket else None
    return DeskView(
        log,
        hall.seq,
        desk_id,
        plan.shown if plan else f"{desk_id}号窗口",
        tuple(service.shown for each in services if (service := hall.plan.service(each))),
        desk.state.value,
        desk.ticket,
        desk.rating,
        tuple(held.number for held in held_at(hall, desk_id)),
        ticket.calls if ticket else 0,
        sum(hall.waiting(service) for service in services),
        session.staff if session else "",
        session.role if session else "",
        desk.since,
        hall.calling,
        desk.rated,
        _phone(hall, desk_id),
        tuple(
            line.desk for line in hall.lines.values() if desk_id in line.alerted and not claim_stands(line, line.ring)
        ),
        items=tuple(item.name for item in served.items) if served else (),
        interrupted=desk.interrupted,
        away_since=desk.away_since,
        excused=bool(desk.excused),
        reason_wanted=reason_wanted(desk),
        alerts=_alerts(hall, desk),
        warned=ticket.visit.warned if ticket and ticket.visit else 0,
        long_wait=ticket is not None and _waited_long(hall, ticket),
    )


def _waited_long(hall: Hall, ticket: Ticket) -> bool:
    """From taking the number, or from the beginning of the slot, to the first call of the visit."""
    if ticket.legs or ticket.returns:
        return False  # not who was handed on or came back: they have not waited all that time
    came = max(ticket.accepted_at, ticket.slot_from)
    return waited_ms(hall, came, ticket.called_at) > hall.plan.limits.tidal.open_wait_min * MINUTE_MS


def _alerts(hall: Hall, desk: Desk) -> tuple[str, ...]:
    if not hall.alerts:
        return ()
    about = {("assist", str(desk.id)), *((kind, service) for kind in coverage.KINDS for service in desk.services)}
    return tuple(sorted({kind for kind, subject in hall.alerts if (kind, subject) in about}))


def _phone(hall: Hall, desk_id: int) -> PhoneView:
    for line in hall.lines.values():
        if line.desk == desk_id:
            calls, records = owed(hall, line.id, CALL), owed(hall, line.id, RECORD)
            return PhoneView(line.ring, line.state is LineState.TALK, calls, records)
    return PhoneView()


def queue_view(hall: Hall, log: str, service_id: str) -> QueueView:
    """``state/queue/{service}``."""
    service = hall.plan.service(service_id)
    prefix, name = (service.prefix, service.shown) if service else ("", service_id)
    return QueueView(log, hall.seq, service_id, prefix, name, hall.waiting(service_id))


def board_view(hall: Hall, log: str, at: int) -> BoardView:
    """``state/board``."""
    called = [
        ticket
        for desk in hall.desks.values()
        if (ticket := hall.tickets.get(desk.ticket)) and ticket.state is TicketState.CALLED
    ]
    called.sort(key=lambda ticket: ticket.recalled_at, reverse=True)
    calls = tuple(BoardCall(ticket.number, ticket.desk, ticket.recalled_at) for ticket in called)
    told = standing(hall, at)
    return BoardView(
        log,
        hall.seq,
        calls,
        tuple(hall.announced),
        told.service,
        coming_hours(hall),
        told.business,
        told.fault,
        told.broken,
    )


def coming_hours(hall: Hall) -> HoursNotice | None:
    """The announced change of hours that comes first (R-CORE-32)."""
    if not hall.hours_changes:
        return None
    coming = [each for each in hall.hours_changes.values() if each.state == "announced"]
    if not coming:
        return None
    first = min(coming, key=lambda each: (each.effective, each.change))
    return HoursNotice(first.change, first.effective, first.hours, bool(first.shown))


def hall_view(hall: Hall, log: str, at: int) -> HallView:
    """``state/hall``."""
    reason = issue_refusal(hall, at)
    return HallView(
        log,
        hall.seq,
        at,
        hall.offset_ms,
        hall.day,
        not reason,
        hall.calling,
        reason,
        next_issue(hall, at) if reason else "",
        sum(hall.waiting_in.values()),
        hall.closed,
        tuple((instance, device, each.reason) for (instance, device), each in sorted(hall.devices.items())),
        hall.hours,
        coming_hours(hall),
        *all_owed(hall),
        guiding.calls(hall),
    )


def rating_view(hall: Hall, log: str, desk_id: int, nonce: str) -> RatingView:
    """``eval/{instance}``; ``nonce`` is the caller's secret business and only used when a window is open."""
    desk = hall.desks[desk_id]
    ticket = hall.tickets.get(desk.rating)
    if ticket is None or not ticket.window_seq:
        return _resting(hall, log, desk)
    limits = hall.plan.limits.eval
    return RatingView(
        log,
        ticket.window_seq,
        desk_id,
        ticket.number,
        nonce,
        ticket.opened_at,
        limits.window_s * 1000,
        limits.correct_s * 1000,
    )  # an open window is never dark: a pause hurries no rating away (R-EVAL-02)


def _resting(hall: Hall, log: str, desk: Desk) -> RatingView:
    session = desk.session
    if session is None or hall.closed:
        return RatingView(log, hall.seq, desk.id, dark=True)  # off after logout and at the day's end
    if desk.testing:
        return RatingView(log, hall.seq, desk.id, testing=True)
    return RatingView(
        log,
        hall.seq,
        desk.id,
        dark=desk.state in {DeskState.PAUSED, DeskState.FAULT},
        staff=session.staff,
        star=next((each.star for each in hall.plan.staff if each.id == session.staff), 0),
        qr=hall.plan.rating_qr,
    )
