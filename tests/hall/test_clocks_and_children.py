"""Clocks that jump and a child at the button (scenarios 29 and 36)."""

import pytest

from firmware_py import phrases
from firmware_py.core import events as e
from firmware_py.core.states import TicketState
from tests.hall.small_hall import DAY, HOUR, MINUTE, SECOND
from tests.hall.whole_hall import WholeHall


@pytest.mark.req("R-CORE-20", "R-CORE-04")
@pytest.mark.parametrize("jump_ms", [-HOUR, DAY], ids=["an hour back", "a day ahead"])
def test_scenario_29_a_jump_of_the_wall_clock_changes_no_order_no_duration_and_no_day(
    hall: WholeHall, jump_ms: int
) -> None:
    hall.take()
    hall.press(1, "next")
    first_waiting = hall.take()
    hall.clock.step_wall(jump_ms)
    hall.wait(2 * SECOND)
    [stepped] = hall.events(e.ClockStepped)
    assert stepped.offset_ms == jump_ms

    hall.press(1, "recall")
    assert len(hall.events(e.Recalled)) == 0, "ten seconds are ten seconds"
    hall.wait(10 * SECOND)
    hall.press(1, "recall")
    assert len(hall.events(e.Recalled)) == 1
    hall.press(1, "arrive", "finish")
    hall.wait(59 * SECOND)
    assert hall.state_of("A001") is TicketState.RATING, "a minute is a minute"
    hall.wait(2 * SECOND)
    assert hall.state_of("A001") is TicketState.DONE
    assert hall.events(e.Unserved) == []

    hall.clock.step_wall(-jump_ms)
    hall.wait(2 * SECOND)
    second_waiting = hall.take()
    hall.press(1, "next")
    assert hall.desk(1).ticket == first_waiting
    assert hall.ticket(second_waiting).accepted_at > hall.ticket(first_waiting).accepted_at
    assert [event.day for event in hall.events(e.DayOpened)] == ["2026-11-21"]


@pytest.mark.req("R-KIOSK-01", "R-CORE-22")
def test_scenario_36_a_child_who_holds_the_button_gets_one_ticket(hall: WholeHall) -> None:
    """A held button closes once, and its contact trembles."""
    for _ in range(200):
        hall.kiosk().press("social")
        hall.wait(7)
    hall.wait(20 * SECOND)

    assert hall.kiosk().slips == ["A001"]


@pytest.mark.req("R-KIOSK-01")
def test_scenario_36_a_child_who_hammers_it_is_told_and_the_next_citizen_is_served(hall: WholeHall) -> None:
    said: set[str] = set()
    for _ in range(60):
        hall.kiosk().press("social")
        hall.wait(500)
        said.add(hall.kiosk().sign)

    assert len(hall.kiosk().slips) <= 4
    assert phrases.refusal("busy_hands_off", {}) in said
    assert hall.take("realty") == "B001", "the other button is not held off"
    hall.wait(MINUTE)
    assert hall.take() == f"A{len(hall.kiosk().slips) - 1:03d}", "and neither is this one any more"
