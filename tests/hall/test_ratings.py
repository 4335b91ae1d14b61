"""What citizens press, when, and what of it counts (scenarios 16, 17, 18 and 20)."""

import pytest

from firmware_py.core import events as e
from firmware_py.core.states import DeskState, TicketState
from firmware_py.link.local import Faults
from tests.hall.small_hall import MINUTE, SECOND
from tests.hall.whole_hall import WholeHall


def finished(hall: WholeHall, desk: int = 1) -> str:
    """Somebody was served and is invited; his number."""
    number = hall.take()
    hall.press(desk, "next", "arrive", "finish")
    return number


@pytest.mark.req("R-EVAL-02", "R-EVAL-01", "R-CORE-22")
def test_scenario_16_finish_and_next_within_half_a_second_leave_the_window_open(hall: WholeHall) -> None:
    first, second = hall.take(), hall.take()
    hall.press(1, "next", "arrive")
    hall.desk_station(1).press("finish")
    hall.wait(500)
    hall.desk_station(1).press("next")
    hall.wait(500)

    assert hall.desk(1).ticket == second
    assert hall.state_of(first) is TicketState.RATING
    hall.evaluator(1).press(3)
    hall.wait(6 * SECOND)
    assert (hall.ticket(first).level, hall.state_of(first)) == (3, TicketState.DONE)
    assert hall.state_of(second) is TicketState.CALLED


@pytest.mark.req("R-EVAL-02", "R-EVAL-03")
@pytest.mark.parametrize(("between_ms", "level"), [(4900, 5), (5100, 1)])
def test_scenario_17_a_second_level_counts_within_five_seconds_and_not_after(
    hall: WholeHall, between_ms: int, level: int
) -> None:
    number = finished(hall)
    hall.evaluator(1).press(1)
    hall.wait(between_ms)
    hall.evaluator(1).press(5)
    hall.wait(10 * SECOND)

    assert hall.ticket(number).level == level
    assert len(hall.events(e.Rated)) == 1
    assert hall.state_of(number) is TicketState.DONE


@pytest.mark.req("R-EVAL-04", "R-EVAL-05")
def test_scenario_18_a_keypad_pressed_with_nobody_there_rates_nobody(hall: WholeHall) -> None:
    hall.evaluator(1).press(1)
    hall.wait(SECOND)
    number = hall.take()
    hall.press(1, "next")
    hall.evaluator(1).press(1)
    hall.press(1, "arrive")
    hall.evaluator(1).press(1)
    hall.wait(SECOND)

    assert [event.reason for event in hall.events(e.StrayRating)] == ["no_window"] * 3
    assert hall.evaluator(1).thanks == 0
    hall.press(1, "finish")
    hall.wait(61 * SECOND)
    assert (hall.ticket(number).level, hall.state_of(number)) == (0, TicketState.DONE), "unrated stays unrated"
    assert [event.reason for event in hall.events(e.RatingClosed)] == ["timeout"]


@pytest.mark.req("R-EVAL-03", "R-SYNC-01")
def test_scenario_20_a_rating_that_is_sent_again_and_again_counts_once(hall: WholeHall) -> None:
    log = hall.evaluator(1).topics.log("desk1-eval")
    hall.bus.disturb(Faults(duplicate=1.0, delay=0.5, pattern=log, seed=1))
    number = finished(hall)
    hall.evaluator(1).press(2)
    for _ in range(10):
        hall.wait(SECOND)
        hall.bus.release()
    hall.bus.disturb(Faults())
    hall.bus.release()
    hall.wait(10 * SECOND)

    assert hall.ticket(number).level == 2
    assert len(hall.events(e.Rated)) == 1
    assert hall.events(e.StrayRating) == []


@pytest.mark.req("R-EVAL-02", "R-SYNC-01")
def test_a_rating_pressed_while_the_evaluators_cable_is_out_still_counts(hall: WholeHall) -> None:
    number = finished(hall)
    hall.bus.cut("desk1-eval")
    hall.evaluator(1).press(4)
    hall.wait(40 * SECOND)
    assert hall.ticket(number).level == 0
    hall.bus.mend("desk1-eval")
    hall.wait(SECOND)

    assert hall.ticket(number).level == 4
    assert hall.evaluator(1).thanks == 1, "the citizen did not have to wait for the cable"


@pytest.mark.req("R-EVAL-01", "R-EVAL-05")
def test_an_evaluator_that_never_comes_back_leaves_the_visit_unrated_and_the_desk_free(hall: WholeHall) -> None:
    number = finished(hall)
    hall.bus.cut("desk1-eval")
    hall.evaluator(1).press(4)

    hall.wait(2 * MINUTE)
    assert hall.state_of(number) is TicketState.DONE
    assert [event.reason for event in hall.events(e.InviteFailed)] == ["evaluator_silent"]
    assert hall.desk(1).state is DeskState.READY
    hall.bus.mend("desk1-eval")
    hall.wait(SECOND)

    assert hall.ticket(number).level == 0
    assert [event.reason for event in hall.events(e.StrayRating)] == ["window_closed"]


@pytest.mark.req("R-EVAL-02", "R-CORE-21")
def test_an_evaluator_that_restarts_between_a_press_and_its_correction_loses_neither(hall: WholeHall) -> None:
    number = finished(hall)
    hall.wait(20 * SECOND)
    hall.evaluator(1).press(1)
    hall.wait(100)
    hall.restart("desk1-eval")
    hall.evaluator(1).press(5)
    hall.wait(10 * SECOND)

    assert hall.ticket(number).level == 5
    assert hall.state_of(number) is TicketState.DONE
    assert hall.evaluator(1).invitations == 0, "its new life does not invite who has rated"
    assert hall.events(e.StrayRating) == []


@pytest.mark.req("R-EVAL-02")
def test_the_next_citizens_arrival_ends_a_window_only_after_ten_seconds(hall: WholeHall) -> None:
    first = finished(hall)
    hall.take()
    hall.press(1, "next", "arrive")
    assert hall.state_of(first) is TicketState.RATING
    hall.wait(10 * SECOND)

    assert hall.state_of(first) is TicketState.DONE
    assert [event.reason for event in hall.events(e.RatingClosed)] == ["next_arrived"]


@pytest.mark.req("R-EVAL-01")
def test_a_desk_without_an_evaluator_finishes_all_the_same(hall: WholeHall) -> None:
    number = hall.take("realty")
    hall.press(3, "next", "arrive", "finish")

    assert hall.state_of(number) is TicketState.DONE
    assert [event.reason for event in hall.events(e.InviteFailed)] == ["no_evaluator"]
