"""Who is next (rules.md 3.5): order inside a class, bounded priority between classes, and the record of the choice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.limits import DayLimits
from firmware_py.core.picking import Choice, pick, record
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.core.states import Klass, TicketState
from tests.core.effort import effort
from tests.core.halls import (
    HOUR,
    MINUTE,
    NINE,
    NOON,
    SECOND,
    ask,
    call,
    desk,
    finish,
    happen,
    let_pass,
    open_hall,
    refused,
    serve,
    take,
    ticket,
    with_desk,
    with_limits,
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


@pytest.mark.req("R-CORE-06", "R-CORE-05")
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


# --- for one desk -----------------------------------------------------------------------------------------------------


def sent_to(hall: Hall, target: int, service: str = "b", at: int = NINE) -> str:
    """Somebody served at desk 2 is sent on to desk ``target``."""
    take(hall, service, at)
    number = serve(hall, 2, at)
    happen(hall, [e.Transferred(at, number, 2, service, "走错", target)])
    return number


@pytest.mark.req("R-CORE-14")
def test_who_was_sent_to_one_desk_is_called_by_that_desk_alone_and_next() -> None:
    hall = open_hall()
    number = sent_to(hall, 3)
    take(hall, "b", NINE - SECOND, klass="G")

    assert call(hall, 1) != number
    [called] = ask(hall, c.Next(3), NINE)
    assert isinstance(called, e.Called)
    assert (called.ticket, called.rule) == (number, "handed")


@pytest.mark.req("R-CORE-14")
def test_who_was_sent_to_a_desk_that_closed_is_called_by_the_others_that_serve_it() -> None:
    hall = open_hall()
    number = sent_to(hall, 3)
    other = sent_to(hall, 3, at=NINE + SECOND)
    assert refused(hall, c.Next(1), NINE + SECOND).reason == "nobody_waiting"
    happen(hall, [e.LoggedOut(NINE + SECOND, 3)])

    again = thaw(freeze(hall))
    assert again is not None
    assert again.targeted == hall.targeted == 2
    assert refused(again, c.Next(4), NINE + SECOND).reason == "nobody_waiting", "desk 4 does not serve b"
    assert [finish(again, 1, NINE + SECOND), finish(again, 2, NINE + SECOND)] == [number, other]
    assert again.targeted == 0


@pytest.mark.req("R-CORE-14", "R-CORE-05")
def test_at_a_closed_desks_queue_everybody_sees_only_whom_they_serve() -> None:
    hall = open_hall()
    for service in "bc":
        take(hall, service)
    in_b, in_c = serve(hall, 2), call(hall, 4)
    ask(hall, c.Arrive(4), NINE)
    happen(hall, [e.Transferred(NINE, in_b, 2, "b", "走错", 3), e.Transferred(NINE, in_c, 4, "c", "走错", 3)])
    happen(hall, [e.LoggedOut(NINE, 3)])

    assert pick(hall, desk(hall, 4), NINE) == Choice(in_c, "handed")
    assert pick(hall, desk(hall, 1), NINE) == Choice(in_b, "handed")
    assert pick(hall, desk(hall, 5), NINE) is None


# --- special desks ----------------------------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-06", "R-CORE-09")
def test_a_special_desk_takes_green_ones_without_a_bound_and_is_never_idle() -> None:
    hall = open_hall(with_desk(1, special=True))
    take(hall)
    for _ in range(5):
        take(hall, klass="G")

    called = calls(hall, 6)

    assert classes(hall, called) == "GGGGGX"
    assert [each.rule for each in called][-1] == "ordinary"


@pytest.mark.req("R-CORE-06")
def test_scenario_12_a_green_ticket_at_an_ordinary_desk_is_called_while_the_green_desk_is_idle() -> None:
    hall = open_hall(with_desk(1, special=True))
    take(hall)
    green = take(hall, klass="G")

    assert call(hall, 2) == green


@pytest.mark.req("R-CORE-06")
def test_at_a_special_desk_an_appointment_is_bounded_like_anywhere() -> None:
    hall = open_hall(with_desk(1, with_max_run(1), special=True))
    for n in range(3):
        ask(hall, c.Book(f"CODE{n}", "a", "2026-11-21", "09:00", "10:00"), NINE)
        [taken] = ask(hall, c.CheckIn(f"CODE{n}"), NINE, "kiosk1")
        assert isinstance(taken, e.Taken)
        ask(hall, c.ReportPrinted(taken.ticket), NINE, "kiosk1")
        take(hall)

    assert classes(hall, calls(hall, 4)) == "AXAX"


# --- at noon ----------------------------------------------------------------------------------------------------------


def noon_hall(lunch: str) -> Hall:
    """One came in the morning, one for the afternoon; the morning's closing time has passed."""
    hall = open_hall(with_limits(day=DayLimits(lunch=lunch)))
    take(hall, at=NOON - 1)
    happen(hall, [e.LunchBegan(NOON, lunch, 1, NOON + HOUR)])
    hall.lunch_at = NOON
    happen(hall, [e.Taken(NOON, "A002", "a", "G", "kiosk1", 0), e.Printed(NOON, "A002")])
    return hall


@pytest.mark.req("R-CORE-18")
def test_while_the_morning_is_drained_who_came_for_the_afternoon_waits_for_it() -> None:
    hall = noon_hall("drain")
    assert pick(hall, desk(hall, 1), NOON) == Choice("A001", "ordinary")

    happen(hall, [e.Called(NOON, "A001", 1, "ordinary")])

    assert pick(hall, desk(hall, 2), NOON) is None
    hall.lunch_at = 0
    assert pick(hall, desk(hall, 2), NOON) == Choice("A002", "green")


@pytest.mark.req("R-CORE-18")
def test_with_duty_desks_at_noon_everybody_is_called_in_the_usual_order() -> None:
    hall = noon_hall("duty")

    assert pick(hall, desk(hall, 1), NOON) == Choice(
        "A002", "green", 1, ticket(hall, "A001").key, ticket(hall, "A001").key
    )


# --- emergencies, records, guards -------------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-30", "R-CORE-06")
def test_an_emergency_is_no_waiting_time() -> None:
    hall = open_hall(with_max_run(3, ordinary_max_wait_min=5))
    take(hall)
    for _ in range(3):
        take(hall, klass="G")
    hall.frozen.append((NINE + MINUTE, NINE + 11 * MINUTE))

    assert classes(hall, calls(hall, 2, at=NINE + 14 * MINUTE)) == "GG"


@pytest.mark.req("R-CORE-06")
@pytest.mark.parametrize(("later", "then"), [(0, "GGGX"), (1, "GXGX")])
def test_alternation_begins_when_the_wait_is_longer_than_the_limit_and_not_before(later: int, then: str) -> None:
    hall = open_hall(with_max_run(3, ordinary_max_wait_min=5))
    for _ in range(2):
        take(hall)
    for _ in range(4):
        take(hall, klass="G")

    found = []
    for _ in range(4):
        choice = pick(hall, desk(hall, 1), NINE + 5 * MINUTE + later)
        assert choice is not None
        found.append(ticket(hall, choice.number).klass.value)
        happen(hall, [e.Called(NINE, choice.number, 1, choice.rule), e.Withdrawn(NINE, choice.number, 1, "pause")])
        happen(hall, [e.Cancelled(NINE, choice.number)])

    assert "".join(found) == then


@pytest.mark.req("R-CORE-05", "R-CORE-07")
def test_the_record_of_a_ticket_out_of_turn_counts_everybody_before_it() -> None:
    hall = open_hall()
    numbers = [take(hall, "ab"[n % 2], NINE + n) for n in range(4)]
    take(hall, "c", NINE)
    keys = [ticket(hall, number).key for number in numbers]

    assert record(hall, desk(hall, 1), keys[3], "approved") == Choice(numbers[3], "approved", 3, keys[0], keys[2])
    assert record(hall, desk(hall, 1), keys[0], "approved") == Choice(numbers[0], "approved")
    assert record(hall, desk(hall, 5), keys[2], "approved") == Choice(numbers[2], "approved", 1, keys[0], keys[0])


@pytest.mark.req("R-CORE-06", "R-CORE-08")
@given(
    presses=st.lists(st.sampled_from("XXXGGA"), min_size=1, max_size=25),
    desks=st.lists(st.sampled_from([1, 2]), min_size=25, max_size=25),
    max_run=st.integers(1, 3),
    patience=st.integers(0, 20),
)
@effort(40)
def test_neither_priority_nor_an_ordinary_citizen_is_ever_passed_more_often_than_allowed(
    presses: str, desks: list[int], max_run: int, patience: int
) -> None:
    """Invariant 4, both ways, with appointments counted as priority."""
    hall = open_hall(with_max_run(max_run, patience))
    for n, klass in enumerate(presses):
        if klass == "A":
            ask(hall, c.Book(f"CODE{n}", "a", "2026-11-21", "09:00", "11:00"), NINE)
            [taken] = ask(hall, c.CheckIn(f"CODE{n}"), NINE + n, "kiosk1")
            assert isinstance(taken, e.Taken)
            ask(hall, c.ReportPrinted(taken.ticket), NINE + n, "kiosk1")
        else:
            take(hall, at=NINE + n, klass=klass)
    run = passed = 0
    for n, desk_id in zip(range(len(presses)), desks, strict=False):
        at = NINE + MINUTE + n * MINUTE
        waiting = [each for each in hall.tickets.values() if each.state is TicketState.WAITING]
        ordinary = min((each.accepted_at for each in waiting if each.klass is Klass.ORDINARY), default=0)
        priority = any(each.klass is not Klass.ORDINARY for each in waiting)
        if ticket(hall, finish(hall, desk_id, at)).klass is Klass.ORDINARY:
            run, passed = 0, passed + priority
            assert passed <= 1
        else:
            run, passed = run + 1, 0
            if ordinary:
                assert run <= (1 if at - ordinary > patience * MINUTE else max_run)
