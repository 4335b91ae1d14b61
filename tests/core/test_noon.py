"""Noon: drained, with duty desks, or carried over; morning tickets are protected like evening ones (R-CORE-18)."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.limits import DayLimits
from firmware_py.core.machine import due
from firmware_py.core.plan import Hours
from firmware_py.core.showing import hall_view
from tests.core.halls import (
    CLOSE,
    HOUR,
    LOG,
    MINUTE,
    NINE,
    NOON,
    PLAN,
    SECOND,
    ask,
    call,
    finish,
    happen,
    let_time_pass,
    open_hall,
    press,
    refused,
    serve,
    take,
    with_limits,
)

KIOSK, AFTERNOON = NOON + 75 * MINUTE, NOON + 90 * MINUTE


def hall_with(lunch: str) -> Hall:
    return open_hall(with_limits(day=DayLimits(lunch=lunch)))


def noon_of(events: list[e.Event]) -> list[e.Event]:
    """What is said about noon itself; crowds and absences apart."""
    return [event for event in events if isinstance(event, e.LunchBegan | e.LunchEnded | e.IssueClosed)]


@pytest.mark.req("R-CORE-18")
@pytest.mark.parametrize("lunch", ["drain", "duty", "carry"])
def test_noon_begins_and_ends_to_the_millisecond_in_every_mode(lunch: str) -> None:
    hall = hall_with(lunch)
    take(hall)

    assert noon_of(let_time_pass(hall, NOON - 1)) == []
    assert due(hall, NOON - 1) == NOON
    assert noon_of(let_time_pass(hall, NOON)) == [e.LunchBegan(NOON, lunch, 1, AFTERNOON)]
    assert hall.lunch_at == NOON
    assert noon_of(let_time_pass(hall, AFTERNOON - 1)) == []
    assert noon_of(let_time_pass(hall, AFTERNOON)) == [e.LunchEnded(AFTERNOON)]
    assert hall.lunch_at == 0
    assert noon_of(let_time_pass(hall, CLOSE)) == [e.IssueClosed(CLOSE, 1)]


@pytest.mark.req("R-CORE-18", "R-CORE-19")
def test_drain_serves_the_morning_out_and_calls_no_afternoon_ticket_before_its_time() -> None:
    hall = hall_with("drain")
    morning = [take(hall, at=NOON - 1), take(hall, at=NOON - 1)]
    let_time_pass(hall, NOON)
    assert refused(hall, c.Take("a"), NOON).reason == "noon"
    assert finish(hall, 1, NOON) == morning[0]

    let_time_pass(hall, KIOSK)
    afternoon = take(hall, at=KIOSK)
    assert call(hall, 2, KIOSK) == morning[1]
    ask(hall, c.Arrive(2), KIOSK)
    ask(hall, c.Finish(2), KIOSK)
    assert refused(hall, c.Next(1), AFTERNOON - 1).reason == "nobody_waiting"
    let_time_pass(hall, AFTERNOON)
    assert call(hall, 1, AFTERNOON) == afternoon


@pytest.mark.req("R-CORE-18", "R-CORE-17")
def test_drain_keeps_the_desks_until_the_morning_has_been_served() -> None:
    hall = hall_with("drain")
    take(hall, "c", NOON - 1)
    let_time_pass(hall, NOON)

    assert refused(hall, c.Logout(4), NOON).reason == "people_waiting"
    serve(hall, 4, NOON)
    ask(hall, c.Finish(4), NOON + MINUTE)
    let_time_pass(hall, NOON + 3 * MINUTE)
    assert ask(hall, c.Logout(4), NOON + 3 * MINUTE)


@pytest.mark.req("R-CORE-18")
def test_carry_calls_nobody_at_noon_and_goes_on_in_the_same_order() -> None:
    hall = hall_with("carry")
    waiting = [take(hall, at=NOON - 1), take(hall, at=NOON - 1)]
    let_time_pass(hall, NOON)

    refusal = refused(hall, c.Next(1), NOON)
    assert (refusal.reason, refusal.details) == ("noon_break", {"time": "13:30"})
    assert refused(hall, c.Take("a"), NOON).reason == "noon"
    assert refused(hall, c.Next(1), AFTERNOON - 1).reason == "noon_break"
    let_time_pass(hall, AFTERNOON)
    assert [call(hall, desk, AFTERNOON) for desk in (1, 2)] == waiting


@pytest.mark.req("R-CORE-18")
def test_carry_lets_whoever_is_served_be_finished_with() -> None:
    hall = hall_with("carry")
    take(hall)
    serve(hall, 1, NOON - 1)
    let_time_pass(hall, NOON)

    assert ask(hall, c.Finish(1), NOON + MINUTE)


@pytest.mark.req("R-CORE-18")
def test_duty_issues_and_calls_through_noon() -> None:
    hall = hall_with("duty")
    let_time_pass(hall, NOON)

    assert (hall_view(hall, LOG, NOON).issuing, hall_view(hall, LOG, NOON).reason) == (True, "")
    number = take(hall, at=NOON + MINUTE)
    assert call(hall, 1, NOON + 2 * MINUTE) == number
    assert press(hall, at=AFTERNOON - 1)


@pytest.mark.req("R-CORE-18", "R-CORE-20")
def test_a_clock_set_back_into_the_morning_ends_noon_and_it_comes_again() -> None:
    hall = hall_with("drain")
    let_time_pass(hall, NOON)
    happen(hall, [e.ClockStepped(NOON + MINUTE, -HOUR)])

    assert noon_of(let_time_pass(hall, NOON + MINUTE)) == [e.LunchEnded(NOON + MINUTE)]
    number = take(hall, at=NOON + 2 * MINUTE)
    assert call(hall, 1, NOON + 2 * MINUTE) == number
    assert noon_of(let_time_pass(hall, NOON + HOUR)) == [e.LunchBegan(NOON + HOUR, "drain", 0, AFTERNOON + HOUR)]


@pytest.mark.req("R-CORE-18")
def test_a_controller_that_slept_through_noon_leaves_no_noon_behind() -> None:
    hall = hall_with("drain")
    happen(hall, [e.Restarted(NOON + 3 * HOUR)])

    assert noon_of(let_time_pass(hall, NOON + 3 * HOUR)) == []
    let_time_pass(hall, NOON + 3 * HOUR + SECOND)
    assert hall.lunch_at == 0


@pytest.mark.req("R-CORE-18")
def test_a_controller_that_comes_back_after_hours_ends_noon_and_issuing() -> None:
    hall = hall_with("drain")
    let_time_pass(hall, NOON)

    found = noon_of(let_time_pass(hall, CLOSE + MINUTE))

    assert found == [e.LunchEnded(CLOSE + MINUTE), e.IssueClosed(CLOSE + MINUTE, 0)]


@pytest.mark.req("R-CORE-18")
def test_every_break_of_a_day_with_three_sessions_is_a_noon() -> None:
    hall = open_hall(replace(PLAN, hours=(Hours(540, 600), Hours(660, 720), Hours(780, 840))))

    found = [noon_of(let_time_pass(hall, NINE + n * 30 * MINUTE)) for n in range(12)]

    assert [type(event) for events in found for event in events] == [
        *(e.LunchBegan, e.LunchEnded, e.LunchBegan, e.LunchEnded),
        e.IssueClosed,
    ]
    assert found[2] == [e.LunchBegan(NINE + HOUR, "drain", 0, NINE + 2 * HOUR)]


@pytest.mark.req("R-CORE-18")
def test_a_hall_without_a_break_has_no_noon() -> None:
    hall = open_hall(replace(PLAN, hours=(Hours(540, 1050),)))

    assert noon_of(let_time_pass(hall, NOON)) == []
    assert press(hall, at=NOON) == "A001"
    assert noon_of(let_time_pass(hall, CLOSE)) == [e.IssueClosed(CLOSE, 1)]
