"""Working days by the real table of 2026, and halls that open on working days only (R-REP-09, A02)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.machine import due
from firmware_py.core.plan import Calendar
from firmware_py.core.showing import hall_view
from firmware_py.core.workdays import (
    add_working_days,
    days_before,
    is_day,
    is_workday,
    next_open_day,
    opens_on,
    rests_on,
    working_days_between,
)
from firmware_py.errors import Rejected
from tests.core.halls import (
    DAY,
    EIGHT,
    HOUR,
    ISSUING,
    LOG,
    NINE,
    PLAN,
    YEAR_2026,
    ask,
    happen,
    let_time_pass,
    press,
    refused,
    shut_hall,
)

OFFICE = replace(PLAN, calendar=replace(YEAR_2026, open_on="workdays"))
DAILY = replace(PLAN, calendar=YEAR_2026)


def at(day: str, clock: str = "08:00") -> int:
    """Hall time of a moment on the wall in China."""
    moment = datetime.fromisoformat(f"{day} {clock}").replace(tzinfo=UTC) - timedelta(hours=8)
    return int(moment.timestamp()) * 1000


@pytest.mark.req("R-REP-09")
@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2026-09-30", True),
        ("2026-10-01", False),
        ("2026-10-03", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),
        ("2026-10-11", False),
        ("2026-09-20", True),
        ("2026-02-14", True),
        ("2026-02-16", False),
        ("2026-11-20", True),
        ("2026-11-21", False),
        ("2026-12-31", True),
    ],
)
def test_holidays_weekends_and_the_days_worked_instead(day: str, worked: bool) -> None:
    assert is_workday(YEAR_2026, day) is worked
    assert opens_on(OFFICE.calendar, day) is worked
    assert opens_on(YEAR_2026, day)
    assert rests_on(YEAR_2026, day) is not worked


@pytest.mark.req("R-REP-09")
@pytest.mark.parametrize(
    ("day", "number", "reached"),
    [
        ("2026-11-20", 0, "2026-11-20"),
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-20", 2, "2026-11-24"),
        ("2026-11-21", 1, "2026-11-23"),
        ("2026-09-29", 2, "2026-10-08"),
        ("2026-09-30", 2, "2026-10-09"),
        ("2026-10-01", 2, "2026-10-09"),
        ("2026-10-08", 2, "2026-10-10"),
        ("2026-10-09", 2, "2026-10-12"),
        ("2026-02-13", 2, "2026-02-24"),
    ],
)
def test_scenario_26_working_days_are_counted_over_national_day_and_spring_festival(
    day: str, number: int, reached: str
) -> None:
    assert add_working_days(YEAR_2026, day, number) == reached


@pytest.mark.req("R-REP-09")
@pytest.mark.parametrize("day", ["2025-12-31", "2027-01-01", "2027-06-01"])
def test_a_year_without_a_table_is_an_error_and_no_guess(day: str) -> None:
    for ask_it in (
        lambda: is_workday(YEAR_2026, day),
        lambda: opens_on(OFFICE.calendar, day),
        lambda: add_working_days(YEAR_2026, days_before(day, 1), 1),
        lambda: working_days_between(YEAR_2026, days_before(day, 1), day),
    ):
        with pytest.raises(Rejected, match="calendar_missing") as refusal:
            ask_it()
        assert refusal.value.details == {"year": int(day[:4])}
    assert not rests_on(YEAR_2026, day)
    assert opens_on(YEAR_2026, day), "365 days need no table"


@pytest.mark.req("R-REP-09")
def test_counting_across_the_end_of_the_last_table_is_an_error_and_no_guess() -> None:
    assert add_working_days(YEAR_2026, "2026-12-30", 1) == "2026-12-31"
    with pytest.raises(Rejected, match="calendar_missing"):
        add_working_days(YEAR_2026, "2026-12-30", 2)


days = st.dates(date(2026, 1, 1), date(2026, 12, 1)).map(date.isoformat)


@pytest.mark.req("R-REP-09")
@given(days, st.integers(0, 15))
def test_adding_and_counting_working_days_are_each_others_inverse(day: str, number: int) -> None:
    reached = add_working_days(YEAR_2026, day, number)

    assert working_days_between(YEAR_2026, day, reached) == number
    assert working_days_between(YEAR_2026, reached, day) == -number
    assert number == 0 or is_workday(YEAR_2026, reached)


def test_a_day_is_written_one_way() -> None:
    assert is_day("2026-10-10")
    for text in ("", "2026-10-1", "20261010", "2026-02-29", "10.10.2026", "2026-W01-1", "２０２６-10-10"):
        assert not is_day(text)


# --- halls that open on working days ----------------------------------------------------------------------------------


@pytest.mark.req("R-REP-09", "R-CORE-19")
def test_a_hall_of_working_days_stays_shut_on_saturday_and_says_when_it_opens() -> None:
    hall = shut_hall(OFFICE)

    assert let_time_pass(hall, NINE) == []
    refusal = refused(hall, c.Take("a"), NINE)
    assert (refusal.reason, refusal.details["time"]) == ("closed_today", "2026-11-23 08:45")
    assert hall_view(hall, LOG, NINE).reason == "closed_today"
    assert let_time_pass(hall, EIGHT + DAY + HOUR) == []
    assert refused(hall, c.Take("a"), NINE + DAY).details["time"] == "08:45", "tomorrow"
    assert [type(event) for event in let_time_pass(hall, ISSUING + 2 * DAY)] == [e.DayOpened]
    assert hall.day == "2026-11-23"


@pytest.mark.req("R-REP-09")
def test_a_hall_of_working_days_opens_on_a_saturday_worked_for_a_holiday_and_on_no_holiday() -> None:
    hall = shut_hall(OFFICE, at("2026-09-30"))
    opened = []
    for n in range(14):
        opened += [
            event.day
            for event in let_time_pass(hall, at("2026-09-30", "10:00") + n * DAY)
            if type(event) is e.DayOpened
        ]

    assert opened == ["2026-09-30", "2026-10-08", "2026-10-09", "2026-10-10", "2026-10-12", "2026-10-13"]


@pytest.mark.req("R-REP-09", "R-CORE-20")
def test_in_a_year_without_a_table_nothing_opens_by_itself_and_a_duty_person_still_can() -> None:
    hall = shut_hall(replace(OFFICE, supervisors=("duty1",)), at("2027-01-04"))

    assert let_time_pass(hall, at("2027-01-04", "10:00")) == []
    refusal = refused(hall, c.Take("a"), at("2027-01-04", "10:00"))
    assert (refusal.reason, refusal.details["time"]) == ("closed_today", "")

    ask(hall, c.OpenDay("年表未更新"), at("2027-01-04", "10:00"), "duty1")
    assert hall.day == "2027-01-04"
    let_time_pass(hall, at("2027-01-04", "10:00"))
    assert hall.calling
    assert press(hall, at=at("2027-01-04", "10:00")) == "A001"


@pytest.mark.req("R-CORE-19")
def test_kiosks_begin_early_on_statutory_working_days_only() -> None:
    saturday = shut_hall(DAILY)
    assert let_time_pass(saturday, NINE - 1) == []
    assert refused(saturday, c.Take("a"), NINE - 1).details["time"] == "09:00"
    assert [type(event) for event in let_time_pass(saturday, NINE)] == [e.DayOpened, e.CallingOpened]
    assert press(saturday) == "A001"

    monday = shut_hall(DAILY, EIGHT + 2 * DAY)
    assert [type(event) for event in let_time_pass(monday, ISSUING + 2 * DAY)] == [e.DayOpened]

    unknown = shut_hall(DAILY, at("2027-11-20"))
    assert [type(event) for event in let_time_pass(unknown, at("2027-11-20", "08:45"))] == [e.DayOpened]


@pytest.mark.req("R-CORE-19")
def test_the_loop_is_woken_for_an_opening_without_a_lead() -> None:
    hall = shut_hall(DAILY)

    assert due(hall, EIGHT) == NINE


@pytest.mark.req("R-REP-09")
def test_from_december_on_a_missing_next_year_is_an_alert_once_until_the_plan_covers_it() -> None:
    hall = shut_hall(DAILY, at("2026-11-30"))
    let_time_pass(hall, at("2026-11-30", "10:00"))
    assert hall.alerts == {}

    raised = [event for event in let_time_pass(hall, at("2026-12-01", "10:00")) if isinstance(event, e.AlertRaised)]
    assert [(each.kind, each.subject, each.n) for each in raised] == [("calendar", "2027", 2027)]
    assert not [event for event in let_time_pass(hall, at("2026-12-02", "10:00")) if isinstance(event, e.AlertRaised)]

    both = replace(PLAN, calendar=replace(YEAR_2026, years=(2026, 2027)))
    happen(hall, [e.Configured(at("2026-12-02", "10:01"), both)])
    cleared = let_time_pass(hall, at("2026-12-02", "10:01"))
    assert cleared == [e.AlertCleared(at("2026-12-02", "10:01"), "calendar", "2027")]
    assert hall.alerts == {}


def test_a_hall_shut_for_good_looks_for_no_opening_beyond_what_it_knows() -> None:
    assert next_open_day(Calendar("workdays"), "2026-11-21") == ""
    assert next_open_day(OFFICE.calendar, "2026-12-31") == ""
    assert next_open_day(Calendar(), "2026-12-31") == "2027-01-01"
