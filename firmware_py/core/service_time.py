"""Service time: what of a span of hall time lies in sessions of open days, emergencies left out (R-CORE-24, 30)."""

from collections.abc import Iterator

from firmware_py.core.hall import Hall
from firmware_py.core.schedule import DAY_MS, MINUTE_MS, date_of, hall_time, midnight, running_day, wall
from firmware_py.core.workdays import CLOSED_MAX, surely_opens_on

NEVER = 1 << 60
"""Later than any hall time."""


def service_ms(hall: Hall, from_at: int, to_at: int) -> int:
    """Milliseconds between two hall times that lie in sessions of open days, emergencies excluded (R-CORE-24, 30)."""
    served = 0
    for opens, closes in _sessions(hall, from_at):
        if opens >= to_at:
            break
        begins, ends = max(opens, from_at), min(closes, to_at)
        served += max(0, ends - begins - _frozen_ms(hall, begins, ends))
    return served


def service_moment(hall: Hall, from_at: int, ms: int) -> int:
    """Hall time at which ``ms`` of service time have passed since ``from_at``; ``NEVER`` while an emergency keeps it
    from coming, or when no day to come is known to be open. ``service_ms`` of the two is ``ms`` again."""
    for opens, closes in _sessions(hall, from_at):
        here = max(opens, from_at)
        for frozen_from, frozen_until in [*_frozen(hall), (closes, closes)]:
            lasts = min(frozen_from, closes) - here
            if lasts >= 0 and ms <= lasts:
                return here + ms
            ms -= max(0, lasts)
            here = max(here, frozen_until)
            if here >= closes:
                break
    return NEVER


def waited_ms(hall: Hall, accepted_at: int, at: int) -> int:
    """How long a ticket has waited by ``at``, emergencies of today excluded (R-CORE-30)."""
    if not hall.frozen and not hall.emergency_at:
        return at - accepted_at
    return at - accepted_at - _frozen_ms(hall, accepted_at, at)


def _sessions(hall: Hall, from_at: int) -> Iterator[tuple[int, int]]:
    """Sessions of open days that end after ``from_at``, as hall time, in order; the business day's whatever the
    calendar says of the date it has on the wall."""
    running = running_day(hall)
    start = midnight(wall(hall, from_at))
    for _ in range(CLOSED_MAX):
        day = date_of(start)
        if day == running or surely_opens_on(hall.plan.calendar, day):
            for hours in hall.hours:
                ends = hall_time(hall, start + hours.closes * MINUTE_MS)
                if ends > from_at:
                    yield hall_time(hall, start + hours.opens * MINUTE_MS), ends
        start += DAY_MS


def _frozen(hall: Hall) -> list[tuple[int, int]]:
    return [*hall.frozen, (hall.emergency_at, NEVER)] if hall.emergency_at else hall.frozen


def _frozen_ms(hall: Hall, from_at: int, to_at: int) -> int:
    return sum(max(0, min(until, to_at) - max(since, from_at)) for since, until in _frozen(hall))
