"""Who is next (rules.md 3.5): order inside a class, bounded priority between classes, and the record of the choice."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from tests.core.halls import (
    MINUTE,
    NINE,
    SECOND,
    ask,
    call,
    finish,
    let_pass,
    open_hall,
    take,
    ticket,
    with_max_run,
)


def calls(hall: Hall, count: int, desk: int = 1, at: int = NINE) -> list[e.Called]:
    """The next calls of a desk that serves people quickly."""
    found: list[e.Called] = []
    for n in range(count):
        [called] = ask(hall, c.Next(desk), at + n * MINUTE)
        assert isinstance(called, e.Called)
        found.append(called)
        ask(hall, c.Arrive(desk), at + n * MINUTE)
        ask(hall, c.Finish(desk), at + n * MINUTE + SECOND)
    return found


def classes(hall: Hall, called: list[e.Called]) -> str:
    return "".join(ticket(hall, each.ticket).klass.value for each in called)


@pytest.mark.req("R-CORE-04")
def test_inside_a_class_the_order_is_that_of_taking_over_all_queues_of_the_desk() -> None:
    hall = open_hall()
    order = [take(hall, service, NINE) for service in "abab"]

    assert [each.ticket for each in calls(hall, 4)] == order


@pytest.mark.req("R-CORE-04")
def test_a_slip_printed_late_keeps_its_place() -> None:
    hall = open_hall()
    [first] = ask(hall, c.Take("a"), NINE)
    assert isinstance(first, e.Taken)
    second = take(hall, at=NINE + SECOND)
    ask(hall, c.ReportPrinted(first.ticket), NINE + 2 * SECOND)

    assert [each.ticket for each in calls(hall, 2)] == [first.ticket, second]


@pytest.mark.req("R-CORE-06")
def test_seven_green_tickets_let_an_ordinary_one_through_by_the_fourth_call() -> None:
    hall = open_hall()
    take(hall)
    for _ in range(7):
        take(hall, klass="G")

    called = calls(hall, 8)

    assert classes(hall, called) == "GGGXGGGG"
    assert [each.rule for each in called][:5] == ["green", "green", "green", "guard", "green"]


@pytest.mark.req("R-CORE-06")
def test_an_ordinary_ticket_that_waited_too_long_alternates_with_the_green_ones() -> None:
    hall = open_hall(with_max_run(3, ordinary_max_wait_min=5))
    for _ in range(3):
        take(hall)
    for _ in range(5):
        take(hall, klass="G")

    assert classes(hall, calls(hall, 8, at=NINE + 6 * MINUTE)) == "GXGXGXGG"


@pytest.mark.req("R-CORE-06")
def test_the_bound_counts_what_the_desks_of_a_group_call_together() -> None:
    hall = open_hall()
    take(hall)
    for _ in range(4):
        take(hall, klass="G")

    called = [*calls(hall, 2, desk=1), *calls(hall, 2, desk=2)]

    assert classes(hall, called) == "GGGX"


@pytest.mark.req("R-CORE-06")
def test_a_group_of_its_own_counts_for_itself() -> None:
    hall = open_hall()
    take(hall, "c")
    for _ in range(6):
        take(hall, "c", klass="G")

    assert classes(hall, calls(hall, 3, desk=3)) == "GGG"
    assert classes(hall, calls(hall, 4, desk=4)) == "GGGX"


@pytest.mark.req("R-CORE-06")
def test_max_run_zero_is_absolute_priority() -> None:
    hall = open_hall(with_max_run(0, ordinary_max_wait_min=1))
    take(hall)
    for _ in range(6):
        take(hall, klass="G")

    assert classes(hall, calls(hall, 7, at=NINE + 10 * MINUTE)) == "GGGGGGX"


@pytest.mark.req("R-CORE-05")
def test_the_decision_says_how_many_were_overtaken_and_since_when_they_wait() -> None:
    hall = open_hall()
    for n in range(3):
        take(hall, "ab"[n % 2], NINE + n)
    take(hall, "c", NINE)  # another desk's
    green = take(hall, "b", NINE + 10, klass="G")

    [called] = ask(hall, c.Next(1), NINE + SECOND)

    assert isinstance(called, e.Called)
    assert (called.ticket, called.rule, called.overtaken) == (green, "green", 3)
    assert (called.oldest >> 20, called.newest >> 20) == (NINE, NINE + 2)


@pytest.mark.req("R-CORE-05", "R-CORE-12")
def test_a_returned_ticket_that_is_not_ripe_is_overtaken_by_nobody() -> None:
    hall = open_hall()
    missed = take(hall)
    _, at = let_pass(hall)
    ask(hall, c.ReturnTicket(missed), at)
    later = take(hall, at=at)

    [called] = ask(hall, c.Next(1), at)

    assert isinstance(called, e.Called)
    assert (called.ticket, called.overtaken) == (later, 0)


@pytest.mark.req("R-CORE-05", "R-CORE-12")
def test_a_ripe_returned_ticket_stands_by_its_first_time_among_the_ordinary_ones() -> None:
    hall = open_hall()
    missed = take(hall)
    _, at = let_pass(hall)
    ask(hall, c.ReturnTicket(missed), at)
    for _ in range(5):
        take(hall, at=at)
    take(hall, at=at, klass="G")

    called = calls(hall, 5, at=at)

    assert classes(hall, called) == "GXXRX"
    assert [each.rule for each in called] == ["green", "ordinary", "ordinary", "returned", "ordinary"]


@pytest.mark.req("R-CORE-23")
def test_a_call_handed_back_goes_before_everybody_and_outside_the_count() -> None:
    hall = open_hall()
    handed = take(hall)
    call(hall)
    for _ in range(4):
        take(hall, klass="G")
    ask(hall, c.Pause(1), NINE + SECOND)

    called = calls(hall, 4, desk=2, at=NINE + SECOND)

    assert called[0].ticket == handed
    assert [each.rule for each in called] == ["handed", "green", "green", "green"]


def test_a_desk_calls_only_what_it_serves() -> None:
    hall = open_hall()
    take(hall, "a")
    mine = take(hall, "c")

    assert finish(hall, 4) == mine
