"""Projecting the hall into views: what a sign, a board, a kiosk or an evaluator must show now."""

from firmware_py.core.hall import Hall
from firmware_py.core.schedule import issue_refusal, next_issue
from firmware_py.core.serving import held_at
from firmware_py.core.states import DeskState, LineState, TicketState
from firmware_py.core.views import BoardCall, BoardView, DeskView, HallView, PhoneView, QueueView, RatingView


def desk_view(hall: Hall, log: str, desk_id: int) -> DeskView:
    """``state/desk/{n}``."""
    desk, plan = hall.desks[desk_id], hall.plan.desk(desk_id)
    services = desk.services
    ticket = hall.tickets.get(desk.ticket)
    session = desk.session
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
        tuple(line.desk for line in hall.lines.values() if desk_id in line.alerted and not line.claimed),
    )


def _phone(hall: Hall, desk_id: int) -> PhoneView:
    for line in hall.lines.values():
        if line.desk == desk_id:
            owed = sum(1 for task in hall.callbacks.values() if task.line == line.id)
            return PhoneView(line.ring, line.state is LineState.TALK, owed)
    return PhoneView()


def queue_view(hall: Hall, log: str, service_id: str) -> QueueView:
    """``state/queue/{service}``."""
    service = hall.plan.service(service_id)
    prefix, name = (service.prefix, service.shown) if service else ("", service_id)
    return QueueView(log, hall.seq, service_id, prefix, name, hall.waiting(service_id))


def board_view(hall: Hall, log: str) -> BoardView:
    """``state/board``."""
    called = [
        ticket
        for desk in hall.desks.values()
        if (ticket := hall.tickets.get(desk.ticket)) and ticket.state is TicketState.CALLED
    ]
    called.sort(key=lambda ticket: ticket.recalled_at, reverse=True)
    calls = tuple(BoardCall(ticket.number, ticket.desk, ticket.recalled_at) for ticket in called)
    return BoardView(log, hall.seq, calls, tuple(hall.announced), hall.plan.notice)


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
        sum(len(keys) for queues in hall.lanes.values() for keys in queues.values()),
        hall.closed,
        tuple((instance, device, each.reason) for (instance, device), each in sorted(hall.devices.items())),
    )


def rating_view(hall: Hall, log: str, desk_id: int, nonce: str) -> RatingView:
    """``eval/{instance}``; ``nonce`` is the caller's secret business and only used when a window is open."""
    desk = hall.desks[desk_id]
    ticket = hall.tickets.get(desk.rating)
    if ticket is None or not ticket.window_seq:
        dark = desk.session is None or desk.state in {DeskState.PAUSED, DeskState.FAULT}
        return RatingView(log, hall.seq, desk_id, dark=dark)
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
