"""Service time: what counts of an absence, and what of a wait (R-CORE-24, R-CORE-30)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.plan import Calendar
from firmware_py.core.service_time import NEVER, service_moment, service_ms, waited_ms
from tests.core.halls import (
    CLOSE,
    DAY,
    EIGHT,
    HOUR,
    MINUTE,
    NINE,
    NOON,
    PLAN,
    happen,
    let_time_pass,
    open_hall,
    shut_hall,
)

AFTERNOON = NOON + 90 * MINUTE
WEEKDAYS = replace(PLAN, calendar=Calendar("workdays", (2026,)))
"""2026-11-21 is a Saturday: the next session of this hall is on Monday."""


@pytest.mark.req("R-CORE-24")
@pytest.mark.parametrize(
    ("from_at", "to_at", "served"),
    [
        (NINE, NINE, 0),
        (NINE, NINE + 1, 1),
        (NINE - HOUR, NINE + MINUTE, MINUTE),
        (NOON - MINUTE, AFTERNOON + MINUTE, 2 * MINUTE),
        (NOON, AFTERNOON, 0),
        (NOON - 1, AFTERNOON + 1, 2),
        (EIGHT, CLOSE + HOUR, 7 * HOUR),
        (CLOSE - 1, NINE + DAY + 1, 2),
        (CLOSE, NINE + DAY, 0),
        (NINE, NINE + 3 * DAY, 21 * HOUR),
        (NINE + 5, NINE, 0),
    ],
)
def test_only_time_inside_sessions_is_service_time(from_at: int, to_at: int, served: int) -> None:
    assert service_ms(open_hall(), from_at, to_at) == served


@pytest.mark.req("R-CORE-24", "R-REP-09")
def test_days_the_hall_is_shut_are_no_service_time() -> None:
    hall = shut_hall(WEEKDAYS)
    friday = CLOSE - DAY - MINUTE

    assert service_ms(hall, friday, NINE + 2 * DAY + MINUTE) == 2 * MINUTE
    assert service_moment(hall, friday, 2 * MINUTE) == NINE + 2 * DAY + MINUTE
    assert service_ms(hall, NINE, CLOSE) == 0
    happen(hall, [e.DayOpened(EIGHT, "2026-11-21", "staff1")])
    assert service_ms(hall, NINE, CLOSE) == 7 * HOUR, "somebody opened it by hand"


@pytest.mark.req("R-CORE-24", "R-CORE-20")
@pytest.mark.parametrize("step_ms", [0, DAY, 2 * DAY], ids=["right", "reads Saturday", "reads Sunday"])
def test_the_running_days_service_time_goes_on_though_the_wall_reads_a_day_the_hall_is_shut(step_ms: int) -> None:
    hall, friday = shut_hall(WEEKDAYS, EIGHT - DAY), NINE - DAY
    let_time_pass(hall, friday)
    happen(hall, [e.ClockStepped(friday + MINUTE, step_ms)])

    assert service_ms(hall, friday, friday + HOUR) == HOUR
    assert service_moment(hall, friday, HOUR) == friday + HOUR
    assert service_ms(hall, friday, friday + DAY) == 7 * HOUR, "and no other day's"


@pytest.mark.req("R-CORE-30", "R-CORE-24")
def test_an_emergency_is_no_service_time_and_no_waiting() -> None:
    hall = open_hall()
    hall.frozen = [(NINE + 10 * MINUTE, NINE + 30 * MINUTE), (NOON - MINUTE, AFTERNOON + MINUTE)]

    assert service_ms(hall, NINE, NINE + HOUR) == 40 * MINUTE
    assert service_ms(hall, NOON - 2 * MINUTE, AFTERNOON + 2 * MINUTE) == 2 * MINUTE
    assert service_moment(hall, NINE, 10 * MINUTE) == NINE + 10 * MINUTE
    assert service_moment(hall, NINE, 10 * MINUTE + 1) == NINE + 30 * MINUTE + 1
    assert service_moment(hall, NOON - MINUTE, 1) == AFTERNOON + MINUTE + 1
    assert waited_ms(hall, NINE, NINE + HOUR) == 40 * MINUTE
    assert waited_ms(hall, NINE + 20 * MINUTE, NINE + HOUR) == 30 * MINUTE


@pytest.mark.req("R-CORE-30")
def test_while_an_emergency_lasts_no_service_time_passes() -> None:
    hall = open_hall()
    hall.emergency_at = NINE + MINUTE

    assert service_ms(hall, NINE, NINE + HOUR) == MINUTE
    assert waited_ms(hall, NINE, NINE + HOUR) == MINUTE
    assert service_moment(hall, NINE, MINUTE) == NINE + MINUTE
    assert service_moment(hall, NINE, MINUTE + 1) == NEVER


def test_a_hall_that_opens_no_more_has_no_service_time_to_come() -> None:
    for plan in (replace(PLAN, hours=()), replace(PLAN, calendar=Calendar("workdays"))):
        assert service_moment(shut_hall(plan), NINE, 1) == NEVER
        assert service_ms(shut_hall(plan), NINE, NINE + DAY) == 0


@pytest.mark.req("R-CORE-24")
@given(
    st.integers(EIGHT, EIGHT + 3 * DAY),
    st.integers(1, 20 * HOUR),
    st.lists(st.integers(EIGHT, EIGHT + 3 * DAY), max_size=6),
)
def test_the_moment_is_the_first_at_which_so_much_service_time_has_passed(
    from_at: int, ms: int, edges: list[int]
) -> None:
    hall = shut_hall(WEEKDAYS)
    edges = sorted(edges[: len(edges) // 2 * 2])
    hall.frozen = [(edges[n], edges[n + 1]) for n in range(0, len(edges), 2)]
    hall.offset_ms = 12_345

    moment = service_moment(hall, from_at, ms)

    assert service_ms(hall, from_at, moment) == ms
    assert service_ms(hall, from_at, moment - 1) == ms - 1
