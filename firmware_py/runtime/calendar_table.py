"""The table of statutory holidays: the package's, and the years a hall has written down itself (R-TECH-06).

Only who decides about days needs it, the controller and ``hall check``; everybody else loads the hall without it, and
``chinese_calendar`` is imported nowhere else and only when asked for.
"""

from datetime import date
from typing import Final

import msgspec

from firmware_py.core.plan import Calendar, Plan

SINCE: Final = 2025
"""Years before this one decide nothing any more."""

MISSING_FROM_MONTH: Final = 12
"""The State Council publishes a year's table in November: from December on, a missing next year is worth a word."""


def completed(plan: Plan) -> Plan:
    """The plan with the package's years beside its own; a year the hall has written down itself is the hall's alone."""
    return msgspec.structs.replace(plan, calendar=_beside(plan.calendar, package_table()))


def _beside(own: Calendar, table: Calendar) -> Calendar:
    def of_others(days: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(day for day in days if int(day[:4]) not in own.years)

    return msgspec.structs.replace(
        own,
        years=tuple(sorted({*own.years, *table.years})),
        holidays=tuple(sorted({*own.holidays, *of_others(table.holidays)})),
        makeup=tuple(sorted({*own.makeup, *of_others(table.makeup)})),
    )


def package_table() -> Calendar:
    """What ``chinese_calendar`` knows, from ``SINCE`` on.

    A year counts as covered when its National Day stands there: single days of a year may come with the table of the
    year after it (an off day on 31 December).
    """
    from chinese_calendar.constants import holidays, workdays

    years = tuple(sorted({day.year for day in holidays if (day.month, day.day) == (10, 1) and day.year >= SINCE}))
    return Calendar(years=years, holidays=_texts(holidays, years), makeup=_texts(workdays, years))


def _texts(days: "dict[date, str]", years: tuple[int, ...]) -> tuple[str, ...]:
    return tuple(day.isoformat() for day in sorted(days) if day.year in years)


def year_missing(calendar: Calendar, today: date) -> bool:
    """Whether nobody can say which days of this year are workdays: an error where the hall opens on workdays only."""
    return today.year not in calendar.years


def next_year_missing(calendar: Calendar, today: date) -> bool:
    """Whether next year's table is late: from 1 December on somebody must update the package or write the year down."""
    return today.month >= MISSING_FROM_MONTH and today.year + 1 not in calendar.years
