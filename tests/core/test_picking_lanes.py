"""Who is next where lanes meet: returned, booked and held tickets beside each other and beside ordinary ones."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.limits import DayLimits
from firmware_py.core.picking import Choice, pick, record
from tests.core.halls import MINUTE, NINE, NOON, ask, desk, happen, open_hall, take, ticket, with_limits

RIPE, UNRIPE = 0, 99
"""After so many calls of the group a returned ticket is eligible."""


def returned(hall: Hall, service: str, at: int, ripe_at: int) -> str:
    """Somebody who took a number at ``at`` was passed at desk 3 and is back."""
    number = take(hall, service, at)
    happen(hall, [e.Called(at, number, 3, "ordinary"), e.Passed(at, number, 3), e.Returned(at, number, ripe_at)])
    return number


def booked(hall: Hall, code: str, at: int, slot: str) -> str:
    """Somebody with an appointment checked in at ``at``."""
    ask(hall, c.Book(code, "a", "2026-11-21", *slot.split("-")), at, "desk1")
    [taken] = ask(hall, c.CheckIn(code), at, "kiosk1")
    assert isinstance(taken, e.Taken)
    ask(hall, c.ReportPrinted(taken.ticket), at, "kiosk1")
    return taken.ticket


def key(hall: Hall, number: str) -> int:
    return ticket(hall, number).key


def choice(hall: Hall, number: str, rule: str, *overtaken: str) -> Choice:
    """The choice that overtakes exactly these, the oldest first."""
    if not overtaken:
        return Choice(number, rule)
    return Choice(number, rule, len(overtaken), key(hall, overtaken[0]), key(hall, overtaken[-1]))


@pytest.mark.req("R-CORE-12", "R-CORE-04")
def test_a_returned_ticket_does_not_go_before_an_ordinary_one_that_was_taken_earlier() -> None:
    hall = open_hall()
    first = take(hall, "a", NINE)
    back = returned(hall, "b", NINE + 1, RIPE)
    assert pick(hall, desk(hall, 1), NINE + MINUTE) == choice(hall, first, "ordinary")

    happen(hall, [e.Cancelled(NINE + MINUTE, first)])

    assert pick(hall, desk(hall, 1), NINE + MINUTE) == choice(hall, back, "returned")


@pytest.mark.req("R-CORE-12", "R-CORE-05")
def test_of_two_returned_tickets_the_ripe_one_is_called_though_the_other_was_taken_earlier() -> None:
    hall = open_hall()
    returned(hall, "b", NINE, UNRIPE)
    ripe = returned(hall, "b", NINE + 1, RIPE)

    assert pick(hall, desk(hall, 1), NINE + MINUTE) == choice(hall, ripe, "returned")


@pytest.mark.req("R-CORE-12", "R-CORE-04")
@pytest.mark.parametrize("services", ["ab", "ba"])
def test_of_ripe_tickets_in_several_queues_the_earliest_taken_is_first(services: str) -> None:
    hall = open_hall()
    first = returned(hall, services[0], NINE, RIPE)
    second = returned(hall, services[1], NINE + 1, RIPE)
    take(hall, "a", NINE + 2)
    assert pick(hall, desk(hall, 1), NINE + MINUTE) == choice(hall, first, "returned")

    happen(hall, [e.Called(NINE + MINUTE, first, 1, "returned")])

    assert pick(hall, desk(hall, 2), NINE + MINUTE) == choice(hall, second, "returned")


@pytest.mark.req("R-CORE-05", "R-CORE-12")
def test_the_record_counts_the_ripe_of_one_queue_though_another_queue_has_only_unripe_ones() -> None:
    hall = open_hall()
    returned(hall, "a", NINE, UNRIPE)
    ripe = returned(hall, "b", NINE + 1, RIPE)
    green = take(hall, "a", NINE + 2, klass="G")

    assert pick(hall, desk(hall, 1), NINE + MINUTE) == choice(hall, green, "green", ripe)


@pytest.mark.req("R-CORE-05", "R-CORE-07")
def test_a_returned_ticket_called_out_of_turn_does_not_overtake_itself() -> None:
    hall = open_hall()
    first = returned(hall, "b", NINE, RIPE)
    second = returned(hall, "b", NINE + 1, RIPE)

    assert record(hall, desk(hall, 1), key(hall, second), "approved") == choice(hall, second, "approved", first)


@pytest.mark.req("R-CORE-08", "R-CORE-05")
def test_an_appointment_in_its_slot_goes_before_one_that_is_early_and_before_who_is_back_and_says_so() -> None:
    hall = open_hall()
    back = returned(hall, "b", NINE, RIPE)
    early = booked(hall, "CODE2", NINE + 1, "10:00-11:00")
    due = booked(hall, "CODE3", NINE + 2, "09:00-10:00")
    booked(hall, "CODE4", NINE + 3, "09:00-10:00")

    assert pick(hall, desk(hall, 1), NINE + MINUTE) == choice(hall, due, "booked", back, early)


@pytest.mark.req("R-CORE-08", "R-CORE-04")
def test_an_appointment_outside_its_slot_stands_where_its_check_in_put_it() -> None:
    hall = open_hall()
    early = booked(hall, "CODE1", NINE, "10:00-11:00")
    take(hall, "b", NINE + 1)
    assert pick(hall, desk(hall, 1), NINE + MINUTE) == choice(hall, early, "ordinary")

    hall = open_hall()
    ordinary = take(hall, "b", NINE)
    booked(hall, "CODE9", NINE + 1, "10:00-11:00")
    assert pick(hall, desk(hall, 1), NINE + MINUTE) == choice(hall, ordinary, "ordinary")


@pytest.mark.req("R-CORE-07", "R-CORE-23")
def test_who_was_granted_goes_before_whose_call_was_handed_back_and_the_record_says_so() -> None:
    hall = open_hall()
    handed = take(hall, "a", NINE)
    happen(hall, [e.Called(NINE, handed, 2, "ordinary"), e.Withdrawn(NINE, handed, 2, "pause")])
    granted = take(hall, "a", NINE + 1)
    ask(hall, c.Grant(granted, "急"), NINE + 2)

    assert pick(hall, desk(hall, 1), NINE + MINUTE) == choice(hall, granted, "granted", handed)


# --- what ends a run of priority calls --------------------------------------------------------------------------------


def called_in_turn(hall: Hall, count: int) -> list[str]:
    """The rules of the next calls of desk 1, whose citizens leave at once."""
    rules: list[str] = []
    for _ in range(count):
        next_one = pick(hall, desk(hall, 1), NINE + MINUTE)
        assert next_one is not None
        number, rule = next_one.number, next_one.rule
        rules.append(rule)
        happen(hall, [e.Called(NINE + MINUTE, number, 1, rule), e.Passed(NINE + MINUTE, number, 1)])
    return rules


@pytest.mark.req("R-CORE-06")
@pytest.mark.parametrize("between", ["ordinary", "returned"])
def test_who_is_called_because_no_priority_waits_ends_the_run_of_priority_calls(between: str) -> None:
    hall = open_hall()
    returned(hall, "a", NINE, RIPE) if between == "returned" else take(hall, "a", NINE)
    for n in range(2):
        take(hall, "a", NINE + 1 + n, klass="G")
    assert called_in_turn(hall, 2) == ["green", "green"]
    assert called_in_turn(hall, 1) == [between]
    for n in range(4):
        take(hall, "a", NINE + 3 + n, klass="XGGG"[n])

    assert called_in_turn(hall, 4) == ["green", "green", "green", "ordinary"]


# --- held tickets at noon ---------------------------------------------------------------------------------------------


def reported_back_at_noon(lunch: str, taken_at: int) -> tuple[Hall, str]:
    """Somebody who took a number at ``taken_at`` was put aside at desk 1 and is back during the lunch break."""
    hall = open_hall(with_limits(day=DayLimits(lunch=lunch)))
    number = "A001"
    happen(hall, [e.Taken(taken_at, number, "a", "X", "kiosk1", 0), e.Printed(taken_at, number)])
    happen(hall, [e.Called(NOON, number, 1, "ordinary"), e.Arrived(NOON, number, 1), e.Held(NOON, number, 1, "补材料")])
    happen(hall, [e.ReportedBack(NOON, number)])
    hall.lunch_at = NOON
    return hall, number


@pytest.mark.req("R-CORE-18", "R-CORE-13")
@pytest.mark.parametrize("lunch", ["drain", "duty"])
def test_who_came_in_the_morning_and_was_put_aside_is_first_at_noon_too(lunch: str) -> None:
    hall, number = reported_back_at_noon(lunch, NOON - 1)

    assert pick(hall, desk(hall, 1), NOON + MINUTE) == Choice(number, "held")


@pytest.mark.req("R-CORE-18", "R-CORE-13")
def test_who_came_for_the_afternoon_and_was_put_aside_is_first_only_where_noon_is_served() -> None:
    hall, number = reported_back_at_noon("duty", NOON)
    assert pick(hall, desk(hall, 1), NOON + MINUTE) == Choice(number, "held")

    hall, number = reported_back_at_noon("drain", NOON)
    assert pick(hall, desk(hall, 1), NOON + MINUTE) is None
    hall.lunch_at = 0
    assert pick(hall, desk(hall, 1), NOON + MINUTE) == Choice(number, "held")
