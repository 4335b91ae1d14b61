"""What facts about a visit make of the hall: from the chair at the desk to 办结, and what was taken back."""

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.changing import Handlers, desk_after, left, put
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Ticket, Undoable, Visit
from firmware_py.core.states import Lane, TicketState
from firmware_py.core.tickets import TICKET

HELD, SERVING = TicketState.HELD, TicketState.SERVING


def contributors(ticket: Ticket, desk: Desk) -> tuple[str, ...]:
    """Who has served ``ticket`` once whoever sits at ``desk`` has (R-EVAL-12)."""
    if desk.session is None or desk.session.staff in ticket.contributors:
        return ticket.contributors
    return (*ticket.contributors, desk.session.staff)


def joined(hall: Hall, desk: Desk) -> None:
    """Whoever sits at ``desk`` from now on serves who is served there (R-CORE-26, R-EVAL-12)."""
    ticket = hall.tickets.get(desk.ticket)
    if ticket is not None and ticket.state is SERVING:
        hall.tickets[ticket.number] = replace(ticket, contributors=contributors(ticket, desk))


def stopped(visit: Visit | None, at: int) -> Visit | None:
    """The visit with its clock standing since ``at``."""
    if visit is None or not visit.since:
        return visit
    return replace(visit, served_ms=visit.served(at), since=0)


def _extended(visit: Visit, limit_min: int) -> Visit:
    """The visit with ``limit_min`` more to take, and its warnings to come again; one without a limit keeps none."""
    if not visit.limit_min or not limit_min:
        return visit
    return replace(visit, limit_min=visit.limit_min + limit_min, warned=0)


def _arrived(hall: Hall, event: e.Arrived) -> None:
    old, desk = hall.tickets[event.ticket], desk_after(hall, event.desk, event)
    if old.visit is None:
        service = hall.planned_services.get(old.service)
        visit = Visit(0, event.at, service.limit_min if service else 0)
    else:
        visit = replace(old.visit, since=event.at)
    new = replace(
        old,
        state=TICKET[old.state][type(event)],
        unconfirmed=False,  # somebody holds the slip
        visit=visit,
        contributors=contributors(old, desk),
    )
    put(hall, old, new)
    hall.desks[event.desk] = desk


def _interrupted(hall: Hall, event: e.Interrupted) -> None:
    old = hall.tickets[event.ticket]
    put(hall, old, replace(old, state=TICKET[old.state][type(event)], visit=stopped(old.visit, event.at)))
    desk = left(hall, hall.desks[event.desk], event.at, event.reason)
    hall.desks[event.desk] = replace(desk, interrupted=True)


def _interruption_ended(hall: Hall, event: e.InterruptionEnded) -> None:
    old = hall.tickets[event.ticket]
    visit = replace(old.visit, since=event.at) if old.visit else None
    put(hall, old, replace(old, state=TICKET[old.state][type(event)], visit=visit))
    hall.desks[event.desk] = replace(hall.desks[event.desk], interrupted=False, away_since=0)


def _held(hall: Hall, event: e.Held) -> None:
    old = hall.tickets[event.ticket]
    visit = stopped(old.visit, event.at)
    put(hall, old, replace(old, state=TICKET[old.state][type(event)], held_at=event.at, back=False, visit=visit))
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), ticket="")


def _resumed(hall: Hall, event: e.Resumed) -> None:
    old = hall.tickets[event.ticket]
    desk = desk_after(hall, event.desk, event)
    visit = replace(old.visit, since=event.at) if old.visit else None
    new = replace(
        old,
        state=TICKET[old.state][type(event)],
        desk=event.desk,
        back=False,
        visit=visit,
        contributors=contributors(old, desk),
    )
    put(hall, old, new)
    hall.desks[event.desk] = replace(desk, ticket=event.ticket, undo=None)


def _transferred(hall: Hall, event: e.Transferred) -> None:
    old, service = hall.tickets[event.ticket], hall.planned_services.get(event.service)
    visit = stopped(old.visit, event.at)
    if visit is not None:
        limit_min = service.limit_min if service else 0
        # where one part has no limit the whole can have none
        visit = _extended(visit, limit_min) if limit_min else replace(visit, limit_min=0)
    new = replace(
        old,
        state=TICKET[old.state][type(event)],
        service=event.service,
        lane=Lane.HANDED,
        desk=0,
        target=event.target,
        legs=(*old.legs, old.service),
        back=False,
        visit=visit,
    )
    put(hall, old, new)
    desk = hall.desks[event.desk]
    if desk.ticket == event.ticket:  # a held one leaves whoever is served here in peace
        desk = replace(desk_after(hall, event.desk, event), ticket="")
    used = hall.approvals.pop(("transfer", event.ticket), None)
    hall.desks[event.desk] = replace(desk, undo=Undoable("transfer", old, event.at, used))


def _item_added(hall: Hall, event: e.ItemAdded) -> None:
    old = hall.tickets[event.ticket]
    visit = old.visit or Visit()
    visit = _extended(replace(visit, items=(*visit.items, event.item)), event.limit_min)
    put(hall, old, replace(old, state=TICKET[old.state][type(event)], visit=visit))


def _warned(hall: Hall, event: e.LimitNear | e.LimitPassed) -> None:
    old = hall.tickets[event.ticket]
    warned = 1 if isinstance(event, e.LimitNear) else 2
    visit = replace(old.visit, warned=warned) if old.visit else None
    put(hall, old, replace(old, state=TICKET[old.state][type(event)], visit=visit))


def _finished(hall: Hall, event: e.Finished) -> None:
    old = hall.tickets[event.ticket]
    visit = stopped(old.visit, event.at)
    put(
        hall,
        old,
        replace(old, state=TICKET[old.state][type(event)], staff=event.staff, implicit=event.implicit, visit=visit),
    )
    undo = Undoable("finish", old, event.at)
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), ticket="", rating=event.ticket, undo=undo)


def _pass_undone(hall: Hall, event: e.PassUndone) -> None:
    _restored(hall, event)
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), ticket=event.ticket, undo=None)


def _transfer_undone(hall: Hall, event: e.TransferUndone) -> None:
    desk = hall.desks[event.desk]
    if desk.undo and desk.undo.approval:  # it was allowed once, and is still to happen
        hall.approvals.setdefault(("transfer", event.ticket), desk.undo.approval)
    if _restored(hall, event).state is not HELD:  # a held one leaves whoever is served here in peace
        desk = replace(desk_after(hall, event.desk, event), ticket=event.ticket)
    hall.desks[event.desk] = replace(desk, undo=None)


def _finish_undone(hall: Hall, event: e.FinishUndone) -> None:
    window = hall.tickets[event.ticket]
    again = _restored(hall, event)
    # what the citizen pressed before the evaluator heard of this may still be on its way (R-EVAL-02)
    hall.tickets[again.number] = replace(again, evaluator=window.evaluator, window_seq=window.window_seq)
    hall.desks[event.desk] = replace(desk_after(hall, event.desk, event), ticket=event.ticket, rating="", undo=None)


def _restored(hall: Hall, event: e.PassUndone | e.TransferUndone | e.FinishUndone) -> Ticket:
    """The ticket as it was before, but for a class it was given meanwhile."""
    old, undo = hall.tickets[event.ticket], hall.desks[event.desk].undo
    before = undo.before if undo else old
    state = HELD if before.state is HELD else TICKET[old.state][type(event)]
    new = replace(before, klass=old.klass, green=old.green, state=state)
    put(hall, old, new)
    return new


EVOLVE: Handlers = {
    e.Arrived: _arrived,
    e.PassUndone: _pass_undone,
    e.Interrupted: _interrupted,
    e.InterruptionEnded: _interruption_ended,
    e.Held: _held,
    e.Resumed: _resumed,
    e.Transferred: _transferred,
    e.TransferUndone: _transfer_undone,
    e.ItemAdded: _item_added,
    e.LimitNear: _warned,
    e.LimitPassed: _warned,
    e.Finished: _finished,
    e.FinishUndone: _finish_undone,
}
