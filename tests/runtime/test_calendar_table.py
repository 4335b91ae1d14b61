"""The table of holidays: what the package knows, and what a hall writes down itself."""

import subprocess
import sys
from datetime import date

import pytest
from msgspec.structs import replace

from firmware_py.core.plan import Calendar, Plan
from firmware_py.runtime.calendar_table import completed, next_year_missing, package_table, year_missing

PLAN = Plan("h", "厅", (), ())


@pytest.mark.req("R-REP-09", "R-TECH-06")
def test_the_package_covers_this_release_s_years_whole() -> None:
    table = package_table()
    assert {2025, 2026} <= set(table.years)
    assert {int(day[:4]) for day in (*table.holidays, *table.makeup)} == set(table.years)


@pytest.mark.req("R-REP-09", "R-TECH-06")
def test_national_day_2026_and_the_days_worked_for_it() -> None:
    """国办发明电〔2025〕: 1 to 7 October off; Sunday 20 September and Saturday 10 October worked (scenario 26)."""
    table = package_table()
    assert [day for day in table.holidays if day.startswith("2026-10")] == [f"2026-10-0{day}" for day in range(1, 8)]
    assert {"2026-09-20", "2026-10-10"} <= set(table.makeup)
    assert not {"2026-09-20", "2026-10-10"} & set(table.holidays)


def test_days_worked_instead_are_saturdays_and_sundays() -> None:
    assert all(date.fromisoformat(day).weekday() >= 5 for day in package_table().makeup)


def test_a_year_of_which_only_the_first_days_are_known_is_not_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    from chinese_calendar import constants

    monkeypatch.setitem(constants.holidays, date(2031, 1, 1), "New Year's Day")
    table = package_table()
    assert 2031 not in table.years
    assert "2031-01-01" not in table.holidays


@pytest.mark.req("R-TECH-06")
def test_a_year_written_down_stands_beside_the_package_s() -> None:
    own = Calendar("workdays", (2030,), ("2030-01-01", "2030-10-01"), ("2030-10-12",), 3)
    calendar = completed(replace(PLAN, calendar=own)).calendar
    assert (calendar.open_on, calendar.notice_lead_wd) == ("workdays", 3)
    assert calendar.years == (*package_table().years, 2030)
    assert calendar.holidays == (*package_table().holidays, "2030-01-01", "2030-10-01")
    assert calendar.makeup == (*package_table().makeup, "2030-10-12")


@pytest.mark.req("R-TECH-06")
def test_a_year_written_down_replaces_the_package_s_whole() -> None:
    """The State Council has changed a year's table in that year before (1 May 2019)."""
    own = Calendar(years=(2026,), holidays=("2026-10-01",))
    calendar = completed(replace(PLAN, calendar=own)).calendar
    assert [day for day in calendar.holidays if day.startswith("2026")] == ["2026-10-01"]
    assert not [day for day in calendar.makeup if day.startswith("2026")]
    assert [day for day in calendar.holidays if day.startswith("2025")]


def test_completing_twice_changes_nothing() -> None:
    once = completed(PLAN)
    assert completed(once) == once


@pytest.mark.req("R-REP-09")
@pytest.mark.parametrize(
    ("today", "this", "following"),
    [
        (date(2026, 11, 30), False, False),
        (date(2026, 12, 1), False, True),
        (date(2026, 12, 31), False, True),
        (date(2027, 1, 1), True, False),
        (date(2025, 12, 1), False, False),
    ],
)
def test_a_missing_year_is_missed_and_the_next_one_from_december_on(today: date, this: bool, following: bool) -> None:
    calendar = Calendar(years=(2025, 2026))
    assert (year_missing(calendar, today), next_year_missing(calendar, today)) == (this, following)


def test_who_loads_a_hall_does_not_load_the_table() -> None:
    """Fast start: only the controller and ``hall check`` decide about days."""
    code = (
        "import sys; from pathlib import Path; from firmware_py.runtime.config import load_hall;"
        "import firmware_py.runtime.calendar_table, kiosk.__main__;"
        "load_hall(Path('docs/examples/daily-hall/hall.toml')); print('chinese_calendar' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == "False\n"
