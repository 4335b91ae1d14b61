"""A whole day at a desk whose pad has the keys 下一位, 重呼 and 暂停 and no others (R-DESK-01)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_py.core import events as e
from firmware_py.core.states import DeskState, TicketState
from tests.hall.small_hall import CLOSING, MINUTE, NINE, SECOND
from tests.hall.whole_hall import WholeHall

NEXT, RECALL, PAUSE = "next", "recall", "pause"


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[WholeHall]:
    found = WholeHall(tmp_path)
    found.desk_station(1).three = True
    found.restart("desk1")
    yield found
    found.close()
    assert found.spoken_in_vain == []


def at_nine(hall: WholeHall) -> None:
    hall.press(1, NEXT)
    hall.jump_to(NINE)


def visit(hall: WholeHall) -> None:
    """下一位 when he has come, and five seconds later at the earliest when he has been served."""
    hall.press(1, NEXT)
    hall.wait(3 * MINUTE)
    hall.press(1, NEXT)


@pytest.mark.req("R-DESK-01", "R-DESK-02")
def test_the_next_key_logs_in_calls_lets_arrive_and_finishes_with_the_next_call(hall: WholeHall) -> None:
    at_nine(hall)
    assert hall.desk(1).session is not None
    first, second = hall.take(), hall.take()
    hall.press(1, NEXT)
    assert (hall.desk(1).state, hall.desk(1).ticket) == (DeskState.CALLING, first)
    hall.press(1, NEXT)
    assert hall.state_of(first) is TicketState.SERVING
    hall.wait(2 * MINUTE)

    hall.press(1, NEXT)

    assert hall.state_of(first) is TicketState.RATING, "invited as at every desk (R-EVAL-01)"
    assert (hall.state_of(second), hall.desk(1).ticket) == (TicketState.CALLED, second)
    assert hall.desk_station(1).beeps == 0
    [arrived] = hall.events(e.Arrived)
    assert not arrived.implicit, "nobody had to guess when he came"


@pytest.mark.req("R-DESK-01")
def test_after_the_last_citizen_the_next_key_only_finishes_and_does_not_complain(hall: WholeHall) -> None:
    at_nine(hall)
    number = hall.take()
    hall.press(1, NEXT)
    visit(hall)

    assert hall.state_of(number) is TicketState.RATING
    assert hall.desk(1).ticket == ""
    assert hall.desk_station(1).beeps == 0
    hall.press(1, NEXT)
    assert hall.desk_station(1).beeps == 1, "pressed with nobody waiting it does"


@pytest.mark.req("R-DESK-01", "R-CORE-22")
def test_an_impatient_second_press_of_the_next_key_finishes_nobody_who_has_just_come(hall: WholeHall) -> None:
    at_nine(hall)
    number = hall.take()
    hall.press(1, NEXT)
    hall.press(1, NEXT, NEXT)

    assert hall.state_of(number) is TicketState.SERVING
    assert hall.desk_station(1).beeps == 1


@pytest.mark.req("R-DESK-01", "R-CORE-11")
def test_the_recall_key_recalls_as_often_as_is_fair_and_then_passes(hall: WholeHall) -> None:
    at_nine(hall)
    first, second = hall.take(), hall.take()
    hall.press(1, NEXT)
    for _ in range(2):
        hall.wait(20 * SECOND)
        hall.press(1, RECALL)
    assert hall.ticket(first).calls == 3
    hall.wait(90 * SECOND)
    hall.press(1, RECALL)
    assert (hall.state_of(first), hall.desk_station(1).beeps) == (TicketState.CALLED, 1), "told that all calls are made"

    hall.press(1, RECALL)

    assert hall.state_of(first) is TicketState.PASSED
    hall.press(1, NEXT)
    assert hall.desk(1).ticket == second
    hall.wait(20 * SECOND)
    hall.press(1, RECALL)
    assert (hall.ticket(second).calls, hall.state_of(second)) == (2, TicketState.CALLED), "the next one is called anew"


@pytest.mark.req("R-DESK-01", "R-CORE-13")
def test_the_recall_key_puts_a_citizen_aside_and_brings_him_back(hall: WholeHall) -> None:
    at_nine(hall)
    number = hall.take()
    hall.press(1, NEXT, NEXT)
    hall.press(1, RECALL)
    assert hall.state_of(number) is TicketState.HELD
    hall.press(1, RECALL)
    assert hall.state_of(number) is TicketState.SERVING


@pytest.mark.req("R-DESK-01", "R-CORE-23")
def test_the_pause_key_waits_for_the_citizen_at_the_desk_and_comes_back_with_the_same_key(hall: WholeHall) -> None:
    hall.press(2, "login")
    at_nine(hall)
    number = hall.take()
    hall.press(1, NEXT, NEXT, PAUSE)
    assert hall.desk(1).state is DeskState.PAUSE_PENDING
    hall.wait(MINUTE)
    hall.take()
    hall.press(1, NEXT)
    hall.wait(61 * SECOND)
    assert hall.state_of(number) is TicketState.DONE
    assert (hall.desk(1).state, hall.desk(1).ticket) == (DeskState.PAUSED, ""), "it called nobody behind a pause"

    hall.press(1, PAUSE)
    assert hall.desk(1).state is DeskState.READY
    hall.press(1, PAUSE)
    assert hall.desk(1).state is DeskState.PAUSED
    hall.press(1, NEXT)
    assert hall.desk(1).state is DeskState.READY


@pytest.mark.req("R-DESK-01", "R-CORE-17")
def test_after_closing_the_pause_key_logs_out_once_nobody_waits(hall: WholeHall) -> None:
    at_nine(hall)
    number = hall.take()
    hall.jump_to(CLOSING + SECOND)
    hall.press(1, NEXT)
    assert hall.desk(1).ticket == number, "who has a number is served"
    visit(hall)
    hall.wait(61 * SECOND)
    hall.press(1, PAUSE)

    assert hall.desk(1).session is None
    assert hall.desk(1).state is DeskState.CLOSED
