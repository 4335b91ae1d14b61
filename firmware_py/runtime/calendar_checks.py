"""What the dates and hours of a ``hall.toml`` must mean: days that exist, sessions and rotas in their order."""

from collections.abc import Iterator
from datetime import date

from firmware_py.core.plan import Calendar
from firmware_py.runtime.hall_file import HallFile, hours_of
from firmware_py.runtime.problems import Problems, one_of, shown

_SATURDAY = 5


def check_calendar(file: HallFile, problems: Problems) -> None:
    """Note sessions out of order, days that do not exist, and days that belong to no year written down."""
    _check_hours(file, problems)
    _check_days(file.calendar, problems)
    for place, desk in enumerate(file.desk):
        for row, rota in enumerate(desk.rota):
            path = f"desk[{place}].rota[{row}]"
            since = _day(f"{path}.since", rota.since, problems)
            until = _day(f"{path}.until", rota.until, problems)
            if since and until and until < since:
                problems.add(f"{path}.until", shown(rota.until), f"a day not before since, which is {rota.since}")
            days = ((f"{path}.weekdays[{nth}]", each) for nth, each in enumerate(rota.weekdays))
            problems.add_repeats(days, "each day of the week once")


def _check_hours(file: HallFile, problems: Problems) -> None:
    ended, before = 0, ""
    for place, session in enumerate(file.hall.hours):
        path = f"hall.hours[{place}]"
        if problems.has(path) or not session:
            continue
        hours = hours_of(session)
        if hours.closes <= hours.opens:
            problems.add(path, shown(session), "a session that ends after it begins")
        elif hours.opens < ended:
            problems.add(path, shown(session), f"a session that begins after the one before it ({before}) has ended")
        else:
            ended, before = hours.closes, session


def _check_days(calendar: Calendar, problems: Problems) -> None:
    """Days off and days worked instead belong to the years that are written down whole (R-REP-09: no guesses)."""
    problems.add_repeats(((f"calendar.years[{place}]", each) for place, each in enumerate(calendar.years)), "each once")
    for place, year in enumerate(calendar.years):
        if year and not any(day.startswith(f"{year}-") for day in calendar.holidays):
            found = f"{year}, of which calendar.holidays has no day"
            problems.add(f"calendar.years[{place}]", found, "a year whose holidays and makeup are written down whole")
    days = [*_days_of(calendar, "holidays"), *_days_of(calendar, "makeup")]
    problems.add_repeats(days, "each day once")
    for path, text in days:
        day = _day(path, text, problems)
        if day is None:
            continue
        if day.year not in calendar.years:
            written = one_of(calendar.years) if calendar.years else "none"
            problems.add(path, shown(text), f"a day of a year in calendar.years: {written}", "add the year there")
        elif path.startswith("calendar.makeup") and day.weekday() < _SATURDAY:
            problems.add(path, f"{shown(text)}, a weekday", "a Saturday or Sunday worked instead (调休)")


def _days_of(calendar: Calendar, key: str) -> Iterator[tuple[str, str]]:
    for place, text in enumerate(calendar.holidays if key == "holidays" else calendar.makeup):
        yield f"calendar.{key}[{place}]", text


def _day(path: str, text: str, problems: Problems) -> date | None:
    """The day, None with the problem noted when the calendar has no such day."""
    if not text or problems.has(path):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems.add(path, shown(text), "a day that exists")
        return None
