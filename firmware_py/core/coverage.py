"""Deciding whether every service has somebody who stands for it, and whether too many wait (R-CORE-10, R-CORE-25)."""

from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.model import Alert, Desk, Ticket
from firmware_py.core.schedule import MINUTE_MS
from firmware_py.core.service_time import waited_ms
from firmware_py.core.states import DeskState, Lane, TicketState

OPEN = frozenset(
    {DeskState.READY, DeskState.CALLING, DeskState.SERVING, DeskState.RATING, DeskState.CLOSING},
)
"""States in which somebody is at the desk and stays there."""
KINDS = ("uncovered", "crowd", "tidal")
"""The alerts of this module; their subject is a service."""
UNATTENDED = frozenset({DeskState.CLOSED, DeskState.FAULT, DeskState.PAUSED})
"""States in which nobody at a desk calls whoever counts on it, now or in a moment (请稍候 is a moment)."""
WAITED_LANES = (Lane.ORDINARY, Lane.GREEN)
WAIT = DeskState.WAIT
HELD, PASSED, SERVING = TicketState.HELD, TicketState.PASSED, TicketState.SERVING


def is_open(desk: Desk) -> bool:
    """Whether the desk stands for its services: somebody is logged in and neither away nor about to leave."""
    return desk.session is not None and desk.state in OPEN and not desk.interrupted


def stands(hall: Hall, service: str, *, without: int = 0) -> bool:
    """Whether an open desk other than ``without`` serves ``service``."""
    return any(service in desk.services and desk.id != without and is_open(desk) for desk in hall.desks.values())


def left_alone(hall: Hall, desk: Desk) -> tuple[str, ...]:
    """The services nobody stands for once this desk is left, which is open or 请稍候; none while the hall has nobody to
    call.

    After closing and at noon only a service somebody waits for counts, but for a desk on duty: the others have their
    noon. With ``carry`` those who wait over noon know when it goes on.
    """
    here = is_open(desk) or (desk.state is WAIT and desk.session is not None)
    if not hall.calling or hall.closed or not here or (hall.lunch_at and _lunch(hall) == "carry"):
        return ()
    plan = hall.plan.desk(desk.id)
    on_duty = _lunch(hall) == "duty" and plan is not None and plan.duty
    only_waiting = hall.issue_closed or (hall.lunch_at > 0 and not on_duty)
    return tuple(
        service
        for service in desk.services
        if not (only_waiting and not hall.waiting(service)) and not stands(hall, service, without=desk.id)
    )


def attended(hall: Hall, desk_id: int) -> bool:
    """Whether somebody at that desk takes whoever is meant for it; else they are for every desk that serves them."""
    desk = hall.desks.get(desk_id)
    return desk is not None and desk.session is not None and desk.state not in UNATTENDED


def takes_held(hall: Hall, ticket: Ticket, desk: Desk) -> bool:
    """Whether ``desk`` may go on with a ticket put aside: the desk that did it; another that serves it only when that
    one is closed, out of order or paused (R-CORE-13)."""
    return ticket.desk == desk.id or (ticket.service in desk.services and not attended(hall, ticket.desk))


def sat_at(hall: Hall, desk_id: int) -> bool:
    """Whether somebody is logged in there, wherever they are now."""
    desk = hall.desks.get(desk_id)
    return desk is not None and desk.session is not None


def still_needed(hall: Hall, desk: Desk, services: tuple[str, ...]) -> str:
    """A service that people with a number need and no open desk would serve any more, did ``desk`` serve ``services``
    only."""
    for service in desk.services:
        if service not in services and in_need(hall, service) and not stands(hall, service, without=desk.id):
            return service
    return ""


def in_need(hall: Hall, service: str, *, passed: bool = True) -> int:
    """How many people with a number need some desk for ``service``: whose slip is being printed, who wait, are called,
    or (unless ``passed`` is false) were passed, and who were put aside where nobody sits any more. Who is served at a
    desk, or put aside at one that is sat at, has that desk."""
    tickets = hall.tickets
    numbers = [*hall.printing, *(desk.ticket for desk in hall.desks.values() if desk.ticket), *hall.aside]
    count = hall.waiting(service)
    for number in numbers:
        ticket = tickets[number]
        if ticket.service == service:
            if ticket.state is HELD:
                count += not sat_at(hall, ticket.desk)
            elif ticket.state is PASSED:
                count += passed
            else:
                count += ticket.state is not SERVING
    return count


def open_numbers(hall: Hall) -> list[str]:
    """The numbers of everybody who has one and is not finished with; not who is only asked to rate."""
    at_desks = [desk.ticket for desk in hall.desks.values() if desk.ticket]
    return [*hall.printing, *hall.by_key.values(), *at_desks, *hall.aside]


# --- alerts -----------------------------------------------------------------------------------------------------------


def tick(hall: Hall, at: int) -> list[e.Event]:
    """The next alert to be raised, to ease, or to be cleared after it has eased for long enough; asked after every
    command."""
    if not _watching(hall):
        return []
    alerts, room = hall.alerts, hall.plan.limits.tidal.open_waiting
    standing = _standing(hall) if any(hall.waiting_in.values()) else []
    for service, waiting in hall.waiting_in.items():
        if not waiting:
            continue
        covered, crowded = _stretched(standing, service, waiting, room)
        if not covered and _fresh(alerts.get(("uncovered", service))):
            return [e.AlertRaised(at, "uncovered", service, waiting)]
        if crowded or _waited_long(hall, service, at):
            if _fresh(alerts.get(("crowd", service))):
                return [e.AlertRaised(at, "crowd", service, waiting)]
            if _fresh(alerts.get(("tidal", service))) and _could_help(hall, service):
                return [e.AlertRaised(at, "tidal", service, waiting)]
    for (kind, subject), alert in alerts.items():
        if kind in KINDS and (event := _over(hall, kind, subject, alert, at)):
            return [event]
    return []


def due(hall: Hall, at: int) -> int:
    """Hall time of the next moment at which waiting alone raises an alert, or calm alone clears one; 0 = none."""
    if not _watching(hall):
        return 0
    moments = [
        ripe
        for lane in WAITED_LANES
        for keys in hall.lanes[lane].values()
        if (ripe := _long_at(hall, keys.head >> 20, at)) > at
    ]
    if hall.alerts:
        hold = hall.plan.limits.tidal.hold_min * MINUTE_MS
        moments += [
            alert.eased_at + hold for (kind, _), alert in hall.alerts.items() if kind in KINDS and alert.eased_at
        ]
    return min(moments, default=0)


def _watching(hall: Hall) -> bool:
    """While people are called; at noon only where the desks stay open."""
    return hall.calling and not hall.closed and (not hall.lunch_at or _lunch(hall) == "duty")


def _lunch(hall: Hall) -> str:
    return hall.plan.limits.day.lunch


def _fresh(known: Alert | None) -> bool:
    return known is None or known.eased_at > 0


def _standing(hall: Hall) -> list[tuple[str, ...]]:
    """What each open desk serves."""
    desks = hall.desks.values()
    return [desk.services for desk in desks if desk.state in OPEN and desk.session and not desk.interrupted]


def _stretched(standing: list[tuple[str, ...]], service: str, waiting: int, room: int) -> tuple[bool, bool]:
    """Whether anybody stands for the service, and whether more wait than there may for each who does."""
    left = waiting
    for services in standing:
        if service in services:
            left -= room
            if left <= 0:
                return True, False
    return left < waiting, left > 0 and waiting > room


def _waited_long(hall: Hall, service: str, at: int) -> bool:
    """Whether somebody waits for longer than they may; not who came back or was handed on: they have not waited all
    that time."""
    for lane in WAITED_LANES:
        keys = hall.lanes[lane].get(service)
        if keys and at >= _long_at(hall, keys.head >> 20, at):
            return True
    return False


def _long_at(hall: Hall, came: int, at: int) -> int:
    """When who ``came`` then will have waited for longer than they may, as far as is known ``at`` that moment."""
    ripe = came + hall.plan.limits.tidal.open_wait_min * MINUTE_MS + 1
    return ripe + at - came - waited_ms(hall, came, at) if hall.frozen else ripe


def _could_help(hall: Hall, service: str) -> bool:
    """Whether a tidal desk for it is still to be opened."""
    return any(service in plan.tidal and service not in hall.desks[plan.id].services for plan in hall.plan.desks)


def _over(hall: Hall, kind: str, service: str, alert: Alert, at: int) -> e.Event | None:
    if alert.eased_at:
        hold = hall.plan.limits.tidal.hold_min * MINUTE_MS
        return e.AlertCleared(at, kind, service) if at >= alert.eased_at + hold else None
    return None if _holds(hall, kind, service, at) else e.AlertEased(at, kind, service)


def _holds(hall: Hall, kind: str, service: str, at: int) -> bool:
    """Whether what the alert says is still so."""
    waiting = hall.waiting(service)
    if not waiting:
        return False
    covered, crowded = _stretched(_standing(hall), service, waiting, hall.plan.limits.tidal.open_waiting)
    if kind == "uncovered":
        return not covered
    return (crowded or _waited_long(hall, service, at)) and (kind == "crowd" or _could_help(hall, service))
