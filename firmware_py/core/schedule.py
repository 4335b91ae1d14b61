"""The clock on the wall: sessions of the day, and what each moment allows.

Hall time (``at``) never runs backwards; the wall reads hall time plus the clock offset plus the zone (R-CORE-20).
"""

from datetime import UTC, datetime
from functools import lru_cache

from firmware_py.core.hall import Hall
from firmware_py.core.plan import Hours

MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS


def wall(hall: Hall, at: int) -> int:
    """Milliseconds on the wall clock, local time, as if it were UTC."""
    return at + hall.offset_ms + hall.plan.utc_offset_min * MINUTE_MS


def hall_time(hall: Hall, wall_ms: int) -> int:
    """The inverse of ``wall``."""
    return wall_ms - hall.offset_ms - hall.plan.utc_offset_min * MINUTE_MS


def date_of(wall_ms: int) -> str:
    """``2026-11-21``."""
    return _date_text(wall_ms // DAY_MS)


@lru_cache(maxsize=8)  # every press asks for today's
def _date_text(days: int) -> str:
    return f"{datetime.fromtimestamp(days * DAY_MS // 1000, UTC):%Y-%m-%d}"


def day_over(hall: Hall, at: int) -> bool:
    """Whether the business day belongs to the past, by the wall clock and by the clock it was opened with alike:
    a clock that jumps a day ahead ends nothing (R-CORE-20)."""
    now = wall(hall, at)
    return hall.day < date_of(now) and hall.day < date_of(now - hall.offset_ms + hall.day_offset_ms)


def midnight(wall_ms: int) -> int:
    """Start of the wall clock's day."""
    return wall_ms - wall_ms % DAY_MS


def opening(hall: Hall, wall_ms: int) -> int:
    """When kiosks begin to issue on the day of ``wall_ms`` (R-CORE-19: T_open − 15 min)."""
    lead = hall.plan.limits.kiosk.open_lead_min
    return midnight(wall_ms) + (hall.hours[0].opens - lead) * MINUTE_MS


def calling_opens(hall: Hall, wall_ms: int) -> int:
    """T_open of the first session."""
    return midnight(wall_ms) + hall.hours[0].opens * MINUTE_MS


def closing(hall: Hall, wall_ms: int) -> int:
    """T_close of the last session."""
    return midnight(wall_ms) + hall.hours[-1].closes * MINUTE_MS


def in_hours(hall: Hall, at: int) -> bool:
    """Whether ``at`` lies in a session: the hours in which a missed call counts (R-PHONE-06, 11)."""
    now = wall(hall, at)
    minute = (now - midnight(now)) // MINUTE_MS
    return any(hours.opens <= minute < hours.closes for hours in hall.hours)


def issue_refusal(hall: Hall, at: int) -> str:
    """Why no number may be issued now (R-KIOSK-04): ``before_issue``, ``noon``, ``issue_closed``; "" = one may."""
    minute = wall(hall, at) % DAY_MS // MINUTE_MS
    lead = hall.plan.limits.kiosk.open_lead_min
    for hours in hall.hours:
        if minute < hours.opens - lead:
            return "before_issue" if hours is hall.hours[0] else "noon"
        if minute < hours.closes:
            if day_over(hall, at):
                return "before_issue"  # it opens with the next tick
            return "issue_closed" if hall.issue_closed else ""
    return "issue_closed"


def hours_text(sessions: tuple[Hours, ...]) -> str:
    """``09:00-12:00,13:30-17:30``, as printed on every slip."""
    return ",".join(f"{clock_text(hours.opens)}-{clock_text(hours.closes)}" for hours in sessions)


def clock_text(minute: int) -> str:
    """``09:05`` for 545 minutes after midnight."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def next_issue(hall: Hall, at: int) -> str:
    """The wall's time at which issuing begins next, today or tomorrow: ``08:45``."""
    now = wall(hall, at)
    start = midnight(now)
    lead = hall.plan.limits.kiosk.open_lead_min
    for hours in hall.hours:
        begins = start + (hours.opens - lead) * MINUTE_MS
        if begins > now:
            return clock_text(hours.opens - lead)
    return clock_text(hall.hours[0].opens - lead) if hall.hours else ""


def boundaries(hall: Hall, at: int) -> int:
    """Hall time of the next moment at which the wall clock changes what is allowed."""
    now = wall(hall, at)
    start = midnight(now)
    lead = hall.plan.limits.kiosk.open_lead_min
    moments = [start + DAY_MS, start + (hall.offset_ms - hall.day_offset_ms) % DAY_MS]  # the wall's, the business day's
    for hours in hall.hours:
        moments += [start + minute * MINUTE_MS for minute in (hours.opens - lead, hours.opens, hours.closes)]
    return hall_time(hall, min(moment for moment in moments if moment > now))
