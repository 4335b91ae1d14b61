"""The wall clock and the calendar as the pencilled account reads them: counted day by day, minute by minute."""

from datetime import UTC, date, datetime, timedelta

from firmware_py.core.plan import Calendar
from tests.core.account import Reading

MINUTE, DAY = 60_000, 86_400_000


def wall(r: Reading, at: int) -> int:
    """Milliseconds on the wall clock, local time, as if it were UTC."""
    return at + r.offset_ms + r.plan.utc_offset_min * MINUTE


def today(r: Reading, at: int) -> str:
    return day_text(wall(r, at))


def day_text(wall_ms: int) -> str:
    return f"{datetime.fromtimestamp(wall_ms // 1000, UTC):%Y-%m-%d}"


def minute(r: Reading, at: int) -> float:
    """Minutes since midnight, with their fractions."""
    return wall(r, at) % DAY / MINUTE


def moment(r: Reading, day: str, minutes: int) -> int:
    """Hall time of a minute of a day on the wall."""
    midnight = int(datetime.fromisoformat(f"{day}T00:00:00+00:00").timestamp()) * 1000
    return midnight + (minutes - r.plan.utc_offset_min) * MINUTE - r.offset_ms


def is_workday(calendar: Calendar, day: str) -> bool:
    """R-REP-09; only for a year the table covers."""
    assert int(day[:4]) in calendar.years, "a year that is not covered is never guessed"
    if day in calendar.makeup:
        return True
    return date.fromisoformat(day).isoweekday() <= 5 and day not in calendar.holidays


def covered(calendar: Calendar, day: str) -> bool:
    return int(day[:4]) in calendar.years


def opens_by_itself(calendar: Calendar, day: str) -> bool:
    return calendar.open_on == "all" or (covered(calendar, day) and is_workday(calendar, day))


def workdays_later(calendar: Calendar, day: str, n: int) -> str:
    """The ``n``-th working day after ``day``."""
    each = date.fromisoformat(day)
    while n:
        each += timedelta(1)
        n -= is_workday(calendar, each.isoformat())
    return each.isoformat()


def in_session(r: Reading, at: int) -> bool:
    """Whether the wall reads a minute of a session."""
    return any(hours.opens <= minute(r, at) < hours.closes for hours in r.hours)


def service_ms(r: Reading, since: int, at: int) -> int:
    """Milliseconds from ``since`` to ``at`` inside sessions of days the hall is open, emergencies not counted."""
    total = 0
    midnight = wall(r, since) - wall(r, since) % DAY
    while midnight <= wall(r, at):
        if opens_by_itself(r.plan.calendar, day_text(midnight)) or day_text(midnight) == r.day:
            for hours in r.hours:
                begins = max(since, midnight + hours.opens * MINUTE - wall(r, 0))
                ends = min(at, midnight + hours.closes * MINUTE - wall(r, 0))
                total += r.elapsed(begins, ends) if begins < ends else 0
        midnight += DAY
    return total
