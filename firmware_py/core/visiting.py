"""Deciding about a visit: 加办, 离开办理 (T15, T19), and the time limit of a single visit (R-CORE-15, R-CORE-27)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.approving import brief_reason
from firmware_py.core.calling import current, desk_of
from firmware_py.core.hall import Hall
from firmware_py.core.model import Visit
from firmware_py.core.states import TicketState
from firmware_py.errors import Rejected

ITEM_MAX = 40
"""Letters of an item the hall has not listed."""
ITEMS_MAX = 20


def add_item(hall: Hall, command: c.AddItem, at: int, by: str) -> list[e.Event]:
    """T19: one more thing in the same visit, on the same number, with one rating for all of it (R-CORE-15).

    Raises:
        Rejected: ``unknown_item`` where the service has a list, which it names; ``item_needed``, ``item_long``;
            ``items_full``; or nobody is served here.
    """
    del by
    desk = desk_of(hall, command.desk)
    ticket = current(hall, desk, TicketState.SERVING)
    service = hall.plan.service(ticket.service)
    listed = service.items if service else ()
    name, limit_min = command.item.strip(), 0
    if listed:
        item = next((each for each in listed if each.name == name), None)
        if item is None:
            raise Rejected("unknown_item", items="、".join(each.name for each in listed))
        limit_min = item.limit_min
    elif not name:
        raise Rejected("item_needed")
    elif len(name) > ITEM_MAX:
        raise Rejected("item_long", n=ITEM_MAX)
    if ticket.visit is not None and len(ticket.visit.items) >= ITEMS_MAX:
        raise Rejected("items_full", n=ITEMS_MAX)
    return [e.ItemAdded(at, ticket.number, desk.id, name, limit_min)]


def interrupt(hall: Hall, command: c.Interrupt, at: int, by: str) -> list[e.Event]:
    """T15: the staff leave the citizen at the desk for a moment, even while a pause is pending (R-CORE-23).

    Raises:
        Rejected: ``interrupted`` already; ``reason_long``; or nobody is served here.
    """
    del by
    desk = desk_of(hall, command.desk)
    ticket = current(hall, desk, TicketState.SERVING)
    return [e.Interrupted(at, ticket.number, desk.id, brief_reason(command.reason))]


# --- the time limit ---------------------------------------------------------------------------------------------------


def tick(hall: Hall, at: int) -> list[e.Event]:
    """The one next warning that time has made true: for the staff alone (R-CORE-27)."""
    if not hall.plan.limits_visits:
        return []
    for desk in hall.desks.values():
        if desk.ticket:
            visit = hall.tickets[desk.ticket].visit
            if visit is not None and visit.since and visit.limit_min and visit.warned < 2 and at >= _due(hall, visit):
                kind = e.LimitPassed if visit.warned else e.LimitNear
                return [kind(at, desk.ticket, desk.id, visit.limit_min)]
    return []


def due(hall: Hall) -> int:
    """Hall time of the next warning; 0 = no visit's clock leads to one."""
    first = 0
    if hall.plan.limits_visits:
        for desk in hall.desks.values():
            visit = hall.tickets[desk.ticket].visit if desk.ticket else None
            if visit is not None and visit.since and visit.limit_min and visit.warned < 2:
                moment = _due(hall, visit)
                first = min(first or moment, moment)
    return first


def _due(hall: Hall, visit: Visit) -> int:
    percent = 100 if visit.warned else hall.plan.limits.visit.warn_percent
    return visit.since + visit.limit_min * 600 * percent - visit.served_ms
