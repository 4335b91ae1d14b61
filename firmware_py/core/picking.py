"""Who is next (rules.md 3.5): strict order inside a class, bounded priority between classes, every choice explained."""

from collections.abc import Mapping, Sequence

import msgspec

from firmware_py.core.coverage import attended, takes_held
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Ticket
from firmware_py.core.schedule import MINUTE_MS
from firmware_py.core.service_time import waited_ms
from firmware_py.core.states import Lane
from firmware_py.core.waiting import WaitingKeys

Queues = Mapping[str, WaitingKeys]
"""One lane: who waits in it, per queue."""

Lanes = Mapping[Lane, Queues]


class Choice(msgspec.Struct, frozen=True, gc=False):
    """The ticket to call and its decision record (R-CORE-05): rule, and whom it overtakes."""

    number: str
    rule: str
    overtaken: int = 0
    oldest: int = 0
    newest: int = 0


# looking a member up in its class costs as much as a call, and every choice passes here
GRANTED, HANDED, GREEN, BOOKED, ORDINARY, RETURNED = Lane
STRONGEST = ((GRANTED, GRANTED.value), (HANDED, HANDED.value))

PRIORITY_RULES = frozenset({GREEN.value, BOOKED.value})
"""Rules that lengthen a group's run of priority calls."""

ORDINARY_RULES = frozenset({"guard", ORDINARY.value, RETURNED.value})
"""Rules that end it. Grants, hand-backs, held and final calls are outside the count (invariant 4)."""


def pick(hall: Hall, desk: Desk, at: int) -> Choice | None:
    """The next ticket for ``desk`` at hall time ``at``, or None when nobody it may call is waiting."""
    lanes: Lanes = hall.lanes
    queues: Sequence[str] = desk.services
    if hall.targeted or hall.lunch_at:
        lanes, queues = _in_sight(hall, desk)
    if hall.back:
        number = _reported_back(hall, desk)
        if number:
            return _choice(hall, lanes, queues, hall.tickets[number].key, number, "held")
    for lane, rule in STRONGEST:  # never blocked by the guard
        if lanes[lane]:
            key = _first(lanes[lane], queues)
            if key:
                return _choice(hall, lanes, queues, key, hall.by_key[key], rule, lane)
    x, x_rule, x_lane = _first(lanes[ORDINARY], queues), "ordinary", ORDINARY
    booked = 0
    if lanes[BOOKED]:
        booked, out_of_slot = _booked(hall, lanes[BOOKED], queues, at)
        if out_of_slot and (not x or out_of_slot < x):  # it stands where its check-in put it, like anybody
            x, x_lane = out_of_slot, BOOKED
    if lanes[RETURNED]:
        returned = _first_ripe(hall, lanes[RETURNED], queues)
        if returned and (not x or returned < x):
            x, x_rule, x_lane = returned, "returned", RETURNED
    green = _first(lanes[GREEN], queues) if lanes[GREEN] else 0
    if green or booked:
        if x and not (green and _special(hall, desk)) and _guarded(hall, desk, x, at):
            return _choice(hall, lanes, queues, x, hall.by_key[x], "guard", x_lane)
        if green:
            return _choice(hall, lanes, queues, green, hall.by_key[green], "green", GREEN)
        return _choice(hall, lanes, queues, booked, hall.by_key[booked], "booked", BOOKED)
    if x:
        return _choice(hall, lanes, queues, x, hall.by_key[x], x_rule, x_lane)
    unripe = _first(lanes[RETURNED], queues)  # nobody else waits: no reason to make them wait
    return _choice(hall, lanes, queues, unripe, hall.by_key[unripe], "returned", RETURNED) if unripe else None


def record(hall: Hall, desk: Desk, key: int, rule: str) -> Choice:
    """The decision record of a waiting ticket that ``desk`` calls for another reason than its turn (T07).

    Raises:
        KeyError: nobody who waits has this key.
    """
    lanes, queues = _in_sight(hall, desk)
    return _choice(hall, lanes, queues, key, hall.by_key[key], rule)


def _guarded(hall: Hall, desk: Desk, x: int, at: int) -> bool:
    """Whether the ordinary ticket of key ``x`` goes before whoever has priority (R-CORE-06)."""
    limits = hall.plan.limits.prio
    limit = limits.max_run  # 0 = absolute priority
    if limit > 1 and waited_ms(hall, x >> 20, at) > limits.ordinary_max_wait_min * MINUTE_MS:
        limit = 1  # alternate, so that neither side starves
    return bool(limit) and hall.group_of(desk.id).prio_run >= limit


def _special(hall: Hall, desk: Desk) -> bool:
    plan = hall.planned_desks.get(desk.id)
    return plan is not None and plan.special


# --- what a desk may look at ------------------------------------------------------------------------------------------


def _in_sight(hall: Hall, desk: Desk) -> tuple[Lanes, Sequence[str]]:
    """The lanes as ``desk`` may look at them now, and the queues it looks at: what it serves, who was sent to it, and
    who was sent to a desk where nobody takes them (closed, out of order or paused)."""
    lanes: Lanes = hall.lanes
    queues: Sequence[str] = desk.services
    if hall.targeted:
        orphaned = {
            queue
            for waiting in lanes.values()
            for queue in waiting
            if queue.startswith("@") and not attended(hall, int(queue[1:]))
        } - {f"@{desk.id}"}
        queues = (*desk.services, f"@{desk.id}", *orphaned)
        if orphaned:
            lanes = {lane: _served(hall, desk, waiting, orphaned) for lane, waiting in lanes.items()}
    if hall.lunch_at and hall.plan.limits.day.lunch == "drain":
        morning = hall.lunch_at << 20  # whoever came for the afternoon waits for it (R-CORE-18)
        lanes = {
            lane: {queue: keys.until(morning) for queue, keys in waiting.items() if keys.head < morning}
            for lane, waiting in lanes.items()
        }
    return lanes, queues


def _served(hall: Hall, desk: Desk, waiting: Queues, orphaned: set[str]) -> Queues:
    """The lane with nobody in the orphaned queues whom ``desk`` does not serve."""
    seen = dict(waiting)
    for queue in orphaned & waiting.keys():
        mine = WaitingKeys()
        for key in waiting[queue]:
            if hall.tickets[hall.by_key[key]].service in desk.services:
                mine.add(key)
        if mine:
            seen[queue] = mine
        else:
            del seen[queue]
    return seen


def _reported_back(hall: Hall, desk: Desk) -> str:
    """The held ticket that goes first here: put aside at this desk, or at one that is closed, out of order or paused
    (R-CORE-13)."""
    morning = hall.lunch_at if hall.plan.limits.day.lunch == "drain" else 0
    best, found = 0, ""
    for number in hall.back:
        ticket = hall.tickets[number]
        waits_for_noon = morning and ticket.accepted_at >= morning
        if takes_held(hall, ticket, desk) and not waits_for_noon and (not best or ticket.key < best):
            best, found = ticket.key, number
    return found


# --- the first of each lane -------------------------------------------------------------------------------------------


def _first(waiting: Queues, queues: Sequence[str]) -> int:
    """The earliest key of one lane over the queues the desk looks at; 0 = nobody stands there."""
    best = 0
    for queue in queues:
        keys = waiting.get(queue)
        if keys is not None and (not best or keys.head < best):
            best = keys.head
    return best


def _booked(hall: Hall, waiting: Queues, queues: Sequence[str], at: int) -> tuple[int, int]:
    """The earliest appointment inside its slot, which has priority, and the earliest outside it (R-CORE-08)."""
    inside = outside = 0
    for queue in queues:
        here = there = 0
        for key in waiting.get(queue, ()):
            ticket = hall.tickets[hall.by_key[key]]
            if ticket.slot_from <= at <= ticket.slot_until:
                here = here or key
            else:
                there = there or key
            if here and there:
                break
        if here and (not inside or here < inside):
            inside = here
        if there and (not outside or there < outside):
            outside = there
    return inside, outside


def ripe(hall: Hall, ticket: Ticket) -> bool:
    """Whether its group has made enough calls since it came back, or makes none any more (R-CORE-12)."""
    group = hall.groups.get(ticket.group)
    if group is None or group.calls >= ticket.ripe_at:
        return True
    return not any(plan.group == ticket.group and attended(hall, plan.id) for plan in hall.plan.desks)


def _first_ripe(hall: Hall, waiting: Queues, queues: Sequence[str]) -> int:
    best = 0
    for queue in queues:
        for key in waiting.get(queue, ()):
            if best and key >= best:
                break
            if ripe(hall, hall.tickets[hall.by_key[key]]):
                best = key
                break
    return best


# --- the record -------------------------------------------------------------------------------------------------------


def _choice(
    hall: Hall,
    lanes: Lanes,
    queues: Sequence[str],
    key: int,
    number: str,
    rule: str,
    first_of: Lane | None = None,
) -> Choice:
    """``first_of`` names the lane the key is the first of, where nobody can have been overtaken."""
    overtaken, oldest, newest = 0, 0, 0
    for lane, waiting in lanes.items():
        if not waiting or (lane is first_of and lane is not BOOKED):  # there an earlier one may be outside its slot
            continue
        for queue in queues:
            keys = waiting.get(queue)
            if keys is None or keys.head >= key:
                continue
            head = keys.head
            if lane is RETURNED:  # an unripe one was not eligible, so nobody overtook it
                eligible = [each for each in keys if each < key and ripe(hall, hall.tickets[hall.by_key[each]])]
                if not eligible:
                    continue
                count, head, last = len(eligible), eligible[0], eligible[-1]
            else:
                count, last = keys.below(key)
            overtaken += count
            if not oldest or head < oldest:
                oldest = head
            if last > newest:  # noqa: PLR1730 — max() is a call, and every choice passes here
                newest = last
    return Choice(number, rule, overtaken, oldest, newest)
