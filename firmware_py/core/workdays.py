"""Statutory working days: which days count, what a number of them leads to, and when a hall is open (R-REP-09, A02).

Days are written ``2026-10-10``. A year the table does not cover is never guessed: every function here refuses it.
"""

from datetime import date, timedelta
from functools import lru_cache

from firmware_py.core.plan import Calendar
from firmware_py.errors import Rejected

CLOSED_MAX = 60
"""Days a hall may be shut in a row before it is taken to open no more."""


def is_workday(calendar: Calendar, day: str) -> bool:
    """Whether ``day`` is a statutory working day: a weekday that is no holiday, or a weekend's day worked instead.

    Raises:
        Rejected: ``calendar_missing`` (``year``).
    """
    when = _date(day)
    if not covers(calendar, when.year):
        raise Rejected("calendar_missing", year=when.year)
    if when.weekday() >= 5:
        return day in calendar.makeup
    return day not in calendar.holidays


def covers(calendar: Calendar, year: int) -> bool:
    """Whether the table knows the holidays of ``year``."""
    return year in calendar.years


def add_working_days(calendar: Calendar, day: str, number: int) -> str:
    """The day on which ``number`` working days after ``day`` have come; ``day`` itself is not counted.

    Two working days after Friday are Tuesday; none after Saturday are Saturday.

    Raises:
        Rejected: ``calendar_missing``: it lies in a year the table does not cover, or so does a day on the way.
    """
    reached = day
    while number > 0:
        reached = next_day(reached)
        number -= is_workday(calendar, reached)
    return reached


def working_days_between(calendar: Calendar, first: str, last: str) -> int:
    """How many working days lie after ``first`` up to and including ``last``; below zero when ``last`` is earlier.

    Raises:
        Rejected: ``calendar_missing``.
    """
    if last < first:
        return -working_days_between(calendar, last, first)
    count = 0
    while first < last:
        first = next_day(first)
        count += is_workday(calendar, first)
    return count


def opens_on(calendar: Calendar, day: str) -> bool:
    """Whether the hall is open on ``day``: on every day, or on working days (cal.days).

    Raises:
        Rejected: ``calendar_missing``, for a hall that opens on working days only.
    """
    return calendar.open_on == "all" or is_workday(calendar, day)


def surely_opens_on(calendar: Calendar, day: str) -> bool:
    """The same by itself: on a day nobody knows about, nothing opens unless a person says so."""
    if calendar.open_on == "all":
        return True
    return covers(calendar, _date(day).year) and is_workday(calendar, day)


def next_open_day(calendar: Calendar, day: str) -> str:
    """The first day after ``day`` that the hall surely opens on; "" = none that the table knows."""
    for _ in range(CLOSED_MAX):
        day = next_day(day)
        if surely_opens_on(calendar, day):
            return day
    return ""


def rests_on(calendar: Calendar, day: str) -> bool:
    """Whether ``day`` is known to be no working day: nobody has to be there before T_open then (R-CORE-19)."""
    return covers(calendar, _date(day).year) and not is_workday(calendar, day)


def next_day(day: str) -> str:
    """The day after ``day``."""
    return (_date(day) + timedelta(days=1)).isoformat()


def days_before(day: str, number: int) -> str:
    """The day ``number`` days before ``day``."""
    return (_date(day) - timedelta(days=number)).isoformat()


def is_day(text: str) -> bool:
    """Whether ``text`` is a day as they are written here."""
    try:
        return _date(text).isoformat() == text
    except ValueError:
        return False


@lru_cache(maxsize=64)
def _date(day: str) -> date:
    return date.fromisoformat(day)
