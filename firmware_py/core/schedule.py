"""The clock on the wall: sessions of the day, and what each moment allows.

Hall time (``at``) never runs backwards; the wall reads hall time plus the clock offset plus the zone (R-CORE-20).
"""

from datetime import UTC, datetime
from functools import lru_cache

from firmware_py.core.hall import Hall
from firmware_py.core.model import HoursChange
from firmware_py.core.plan import Hours
from firmware_py.core.workdays import (
    add_working_days,
    next_day,
    next_open_day,
    rests_on,
    surely_opens_on,
)
from firmware_py.errors import Rejected

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
    """Whether the business day belongs to the past."""
    return at >= hall.over_at


def over_at(hall: Hall) -> int:
    """Hall time from which the business day belongs to the past: by the wall as it reads now and by the clock the day
    was opened with alike, the midnight after its opening is there. So a clock that jumps a day ahead ends nothing, and
    one that is put back leaves no day standing that it had opened too early (R-CORE-20). 0 when there is no day."""
    if not hall.day:
        return 0
    ends_then = hall_time(hall, midnight(hall.opened_ms) + DAY_MS) + hall.offset_ms - hall.day_offset_ms
    return max(ends_then, hall_time(hall, midnight(_opened_ms(hall)) + DAY_MS))


def running_day(hall: Hall) -> str:
    """The date on the wall, as it reads now, on which the business day was opened; "" when there is none."""
    return date_of(_opened_ms(hall)) if hall.day else ""


def _opened_ms(hall: Hall) -> int:
    """What the clock as it is now would have read when the business day was opened."""
    return hall.opened_ms + hall.offset_ms - hall.day_offset_ms


def midnight(wall_ms: int) -> int:
    """Start of the wall clock's day."""
    return wall_ms - wall_ms % DAY_MS


def sessions_on(hall: Hall, day: str) -> tuple[Hours, ...]:
    """The sessions of ``day``: today's, or those that an announced change brings by then (R-CORE-32)."""
    hours = hall.hours
    if day != hall.day:
        for change in coming(hall, day):
            if change.emergency or noticed(hall, change, change.effective):
                hours = change.hours
    return hours


def coming(hall: Hall, day: str) -> list[HoursChange]:
    """Announced changes of hours that want to be in force on ``day``, in their order."""
    found = [each for each in hall.hours_changes.values() if each.state == "announced" and each.effective <= day]
    return sorted(found, key=lambda each: (each.effective, each.change))


def noticed(hall: Hall, change: HoursChange, day: str) -> bool:
    """Whether on ``day`` the public has seen the announcement for as many working days as it must (invariant 22)."""
    calendar = hall.plan.calendar
    try:
        return bool(change.shown) and add_working_days(calendar, change.shown, calendar.notice_lead_wd) <= day
    except Rejected:
        return False  # in a year without a table it cannot be shown to be so


def lead(hall: Hall, day: str) -> int:
    """Minutes before T_open at which issuing begins on ``day``; none on a day that is no working day (R-CORE-19)."""
    return 0 if rests_on(hall.plan.calendar, day) else hall.plan.limits.kiosk.open_lead_min


def opening(hall: Hall, wall_ms: int) -> int:
    """When kiosks begin to issue on the day of ``wall_ms`` (R-CORE-19: T_open − 15 min)."""
    day = date_of(wall_ms)
    return midnight(wall_ms) + (sessions_on(hall, day)[0].opens - lead(hall, day)) * MINUTE_MS


def closing(hall: Hall, wall_ms: int) -> int:
    """T_close of the last session."""
    return midnight(wall_ms) + sessions_on(hall, date_of(wall_ms))[-1].closes * MINUTE_MS


def no_hours_now(hall: Hall, at: int) -> bool:
    """Whether the clock's hours say nothing about a day opened by hand at ``at``: nobody vouches for the clock, or
    they are over."""
    now = wall(hall, at)
    return not hall.clock_trusted or not hall.hours or closing(hall, now) <= now


def in_hours(hall: Hall, at: int) -> bool:
    """Whether ``at`` lies in a session: the hours in which a missed call counts (R-PHONE-06, 11)."""
    now = wall(hall, at)
    minute = (now - midnight(now)) // MINUTE_MS
    day = date_of(now)
    if hall.day != day and not (hall.day and not day_over(hall, at)) and not surely_opens_on(hall.plan.calendar, day):
        return False
    return any(hours.opens <= minute < hours.closes for hours in hall.hours)


def issue_refusal(hall: Hall, at: int) -> str:
    """Why no number may be issued now (R-KIOSK-04), "" = one may: ``before_issue``, ``noon``, ``issue_closed``,
    ``closed_today``, ``clock_unconfirmed``, ``emergency``."""
    if hall.emergency_at:
        return "emergency"
    over = at >= hall.over_at
    if not hall.clock_trusted or (hall.by_hand and not over):
        return _refusal_without_clock(hall)
    now = at + hall.offset_ms + hall.plan.utc_offset_min * MINUTE_MS
    minute = now % DAY_MS // MINUTE_MS
    if not over:
        for hours in hall.hours:
            if hours.opens <= minute < hours.closes:  # as nearly always: nothing else has to be looked up
                return "issue_closed" if hall.issue_closed else ""
    day = date_of(now)
    if over and not surely_opens_on(hall.plan.calendar, day):
        return "closed_today" if hall.hours else "issue_closed"
    before = lead(hall, day)
    sessions = sessions_on(hall, day) if over else hall.hours
    for hours in sessions:
        if minute < hours.opens - before:
            if hours is sessions[0]:
                return "before_issue"
            if over or hall.plan.limits.day.lunch != "duty":
                return "noon"
        if minute < hours.closes:
            if over:
                return "before_issue"  # it opens with the next tick
            return "issue_closed" if hall.issue_closed else ""
    return "issue_closed"


def _refusal_without_clock(hall: Hall) -> str:
    """A day in a person's hands goes on. Under a clock nobody vouches for no other gives numbers: nobody knows whether
    it is still today's, and a ticket of a day that proves to be over would be swept with it."""
    if not hall.clock_trusted and (not hall.by_hand or hall.issue_closed):
        return "clock_unconfirmed"
    return "issue_closed" if hall.issue_closed else ""


def hours_text(sessions: tuple[Hours, ...]) -> str:
    """``09:00-12:00,13:30-17:30``, as printed on every slip."""
    return ",".join(f"{clock_text(hours.opens)}-{clock_text(hours.closes)}" for hours in sessions)


def clock_text(minute: int) -> str:
    """``09:05`` for 545 minutes after midnight."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def next_issue(hall: Hall, at: int) -> str:
    """The wall's time at which issuing begins next: ``08:45``; ``2026-11-23 08:45`` when that is neither today nor
    tomorrow; "" = nobody knows, for want of a clock or of a calendar."""
    if not hall.hours or not hall.clock_trusted:
        return ""
    now = wall(hall, at)
    day = date_of(now)
    over = day_over(hall, at)
    sessions = sessions_on(hall, day) if over else hall.hours
    if not over or surely_opens_on(hall.plan.calendar, day):
        for hours in sessions:
            begins = hours.opens - lead(hall, day)
            if now < midnight(now) + begins * MINUTE_MS:
                return clock_text(begins)
    then = next_open_day(hall.plan.calendar, day)
    if not then:
        return ""
    begins = sessions_on(hall, then)[0].opens - lead(hall, then)
    return clock_text(begins) if then == next_day(day) else f"{then} {clock_text(begins)}"


def calling_resumes(hall: Hall) -> str:
    """The wall's time at which calling goes on after noon: ``13:30``."""
    minute = wall(hall, hall.lunch_at) % DAY_MS // MINUTE_MS
    return next((clock_text(hours.opens) for hours in hall.hours if hours.opens > minute), "")


def boundaries(hall: Hall, at: int) -> int:
    """Hall time of the next moment at which the wall clock changes what is allowed."""
    now = wall(hall, at)
    start = midnight(now)
    day = date_of(now)
    before = lead(hall, day)
    moments = [start + DAY_MS]
    for hours in sessions_on(hall, day) if day_over(hall, at) else hall.hours:
        moments += [start + minute * MINUTE_MS for minute in (hours.opens - before, hours.opens, hours.closes)]
    soonest = hall_time(hall, min(moment for moment in moments if moment > now))
    return hall.over_at if at < hall.over_at < soonest else soonest
