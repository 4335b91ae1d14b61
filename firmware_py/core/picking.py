"""Who is next (rules.md 3.5): strict order inside a class, bounded priority between classes, every choice explained."""

import msgspec

from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk
from firmware_py.core.schedule import MINUTE_MS
from firmware_py.core.states import Lane


class Choice(msgspec.Struct, frozen=True, gc=False):
    """The ticket to call and its decision record (R-CORE-05): rule, and whom it overtakes."""

    number: str
    rule: str
    overtaken: int = 0
    oldest: int = 0
    newest: int = 0


# looking a member up in its class costs as much as a call, and every choice passes here
GRANTED, HANDED, GREEN, BOOKED, ORDINARY, RETURNED = Lane

PRIORITY_RULES = frozenset({GREEN.value, BOOKED.value})
"""Rules that lengthen a group's run of priority calls."""

ORDINARY_RULES = frozenset({"guard", ORDINARY.value, RETURNED.value})
"""Rules that end it. Grants, hand-backs and final calls are outside the count (invariant 4)."""


def pick(hall: Hall, desk: Desk, at: int) -> Choice | None:
    """The next ticket for ``desk`` at hall time ``at``, or None when nobody it serves is waiting."""
    for lane in (GRANTED, HANDED):  # never blocked by the guard
        key = _first(hall, desk, lane)
        if key:
            return _choice(hall, desk, key, lane)
    x, x_rule = _first(hall, desk, ORDINARY), ORDINARY
    returned = _first_ripe(hall, desk)
    if returned and (not x or returned < x):
        x, x_rule = returned, RETURNED
    limits = hall.plan.limits.prio
    limit = limits.max_run  # 0 = absolute priority
    if limit and x and at - (x >> 20) > limits.ordinary_max_wait_min * MINUTE_MS:
        limit = 1  # alternate, so that neither side starves
    green = _first(hall, desk, GREEN)
    booked = 0 if green else _first(hall, desk, BOOKED)
    if x and limit and hall.group_of(desk.id).prio_run >= limit:
        return _choice(hall, desk, x, "guard" if green or booked else x_rule)
    if green:
        return _choice(hall, desk, green, GREEN)
    if booked:
        return _choice(hall, desk, booked, BOOKED)
    if x:
        return _choice(hall, desk, x, x_rule)
    unripe = _first(hall, desk, RETURNED)  # nobody else waits: no reason to make them wait
    return _choice(hall, desk, unripe, RETURNED) if unripe else None


def _first(hall: Hall, desk: Desk, lane: Lane) -> int:
    """The earliest key of one lane over the queues the desk serves; 0 = nobody stands there."""
    best = 0
    queues = hall.lanes[lane]
    if queues:
        for service in desk.services:
            if service in queues:
                key = queues[service].first()
                if not best or key < best:
                    best = key
    return best


def _ripe(hall: Hall, key: int) -> bool:
    ticket = hall.tickets[hall.by_key[key]]
    group = hall.groups.get(ticket.group)
    return group is None or group.calls >= ticket.ripe_at


def _first_ripe(hall: Hall, desk: Desk) -> int:
    best = 0
    queues = hall.lanes[RETURNED]
    for service in desk.services if queues else ():
        for key in queues.get(service, ()):
            if best and key >= best:
                break
            if _ripe(hall, key):
                best = key
                break
    return best


def _choice(hall: Hall, desk: Desk, key: int, rule: str) -> Choice:
    overtaken, oldest, newest = 0, 0, 0
    for lane, queues in hall.lanes.items():
        if not queues:
            continue
        for service in desk.services:
            if service not in queues:
                continue
            keys = queues[service]
            head = keys.first()
            if head >= key:
                continue
            if lane is RETURNED:  # an unripe one was not eligible, so nobody overtook it
                ripe = [each for each in keys if each < key and _ripe(hall, each)]
                if not ripe:
                    continue
                count, head, last = len(ripe), ripe[0], ripe[-1]
            else:
                count, last = keys.below(key)
            overtaken += count
            oldest = min(oldest or head, head)
            newest = max(newest, last)
    return Choice(hall.by_key[key], str(rule), overtaken, oldest, newest)
