"""Trying an evaluator: its keys answer, and nothing of it is a rating (R-EVAL-10, scenario 35)."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.machine import due
from firmware_py.core.showing import rating_view
from firmware_py.core.states import DeskState as D
from tests.core.halls import (
    CLOSE,
    LOG,
    MINUTE,
    NINE,
    SECOND,
    ask,
    call,
    desk,
    desk_state,
    expired,
    finish,
    happen,
    let_time_pass,
    level,
    open_hall,
    refused,
    serve,
    take,
    ticket,
)

LASTS = 5 * MINUTE


@pytest.mark.req("R-EVAL-10")
@pytest.mark.parametrize("pressed", [1, 2, 3, 4, 5])
def test_scenario_35_a_press_in_the_test_is_kept_as_such_and_is_no_rating_and_no_stray(pressed: int) -> None:
    hall = open_hall()
    assert ask(hall, c.BeginSelfTest(1), NINE) == [e.SelfTestBegan(NINE, 1)]
    before = dict(hall.desks), dict(hall.tickets)

    assert ask(hall, f.LevelChosen(1, pressed, 0), NINE) == [e.SelfTestPressed(NINE, 1, "desk1-eval", pressed)]

    assert (hall.desks, hall.tickets) == before
    assert ask(hall, c.EndSelfTest(1), NINE + SECOND) == [e.SelfTestEnded(NINE + SECOND, 1)]
    assert ask(hall, f.LevelChosen(1, pressed, 0), NINE + SECOND) == [
        e.StrayRating(NINE + SECOND, 1, "desk1-eval", "no_window")
    ]


@pytest.mark.req("R-EVAL-10", "R-EVAL-04")
def test_in_the_test_only_the_desks_own_evaluator_and_only_real_levels_count_as_keys() -> None:
    hall = open_hall()
    ask(hall, c.BeginSelfTest(1), NINE)

    assert ask(hall, f.LevelChosen(1, 5, 0), NINE, "desk2-eval") == [e.StrayRating(NINE, 1, "desk2-eval", "not_paired")]
    assert ask(hall, f.LevelChosen(2, 5, 0), NINE) == [e.StrayRating(NINE, 2, "desk2-eval", "no_window")]
    for nonsense in (0, 6, -1):
        [stray] = ask(hall, f.LevelChosen(1, nonsense, 0), NINE)
        assert isinstance(stray, e.StrayRating)


@pytest.mark.req("R-EVAL-10")
def test_nobody_is_called_or_fetched_back_while_the_evaluator_is_being_tried() -> None:
    hall = open_hall()
    take(hall)
    serve(hall)
    ask(hall, c.Hold(1), NINE)
    take(hall)
    ask(hall, c.BeginSelfTest(1), NINE)

    assert refused(hall, c.Next(1), NINE).reason == "testing"
    assert refused(hall, c.ResumeTicket(1), NINE).reason == "testing"
    assert refused(hall, c.BeginSelfTest(1), NINE).reason == "already_testing"

    ask(hall, c.EndSelfTest(1), NINE)
    assert refused(hall, c.EndSelfTest(1), NINE).reason == "not_testing"
    ask(hall, c.ResumeTicket(1), NINE)


@pytest.mark.req("R-EVAL-10", "R-EVAL-02")
def test_no_test_begins_while_a_citizen_could_press() -> None:
    hall = open_hall()
    take(hall)
    call(hall)
    assert refused(hall, c.BeginSelfTest(1), NINE).reason == "finish_first"
    ask(hall, c.Arrive(1), NINE)
    assert refused(hall, c.BeginSelfTest(1), NINE).reason == "finish_first"
    ask(hall, c.Finish(1), NINE)
    assert refused(hall, c.BeginSelfTest(1), NINE).reason == "rating_first"

    ask(hall, expired(hall, 1), NINE + MINUTE)
    ask(hall, c.BeginSelfTest(1), NINE + MINUTE)


@pytest.mark.req("R-EVAL-10")
def test_a_desk_without_an_evaluator_a_broken_one_and_one_nobody_sits_at_have_nothing_to_try() -> None:
    hall = open_hall()
    assert (refused(hall, c.BeginSelfTest(4), NINE).reason, refused(hall, c.BeginSelfTest(5), NINE).reason) == (
        "no_evaluator",
        "log_in_first",
    )
    happen(hall, [e.DeskFailed(NINE, 1, "pad")])
    assert refused(hall, c.BeginSelfTest(1), NINE).reason == "desk_fault"


@pytest.mark.req("R-EVAL-10")
def test_a_test_nobody_ends_is_over_after_five_minutes() -> None:
    hall = open_hall()
    ask(hall, c.BeginSelfTest(1), NINE)
    assert due(hall, NINE) <= NINE + LASTS

    assert let_time_pass(hall, NINE + LASTS - 1) == []
    assert let_time_pass(hall, NINE + LASTS) == [e.SelfTestEnded(NINE + LASTS, 1)]
    assert let_time_pass(hall, NINE + LASTS) == []


@pytest.mark.req("R-EVAL-10")
def test_logging_out_ends_the_test() -> None:
    hall = open_hall()
    ask(hall, c.BeginSelfTest(1), NINE)
    ask(hall, c.Logout(1), NINE)
    ask(hall, c.Login(1), NINE)

    assert not desk(hall, 1).testing
    assert let_time_pass(hall, NINE + LASTS) == []


@pytest.mark.req("R-EVAL-10")
@pytest.mark.parametrize("key", [c.Wait, c.Pause])
def test_an_evaluator_may_be_tried_at_a_desk_that_pauses_and_lights_up_for_it(key: type[c.DeskCommand]) -> None:
    hall = open_hall()
    ask(hall, key(1), NINE)
    ask(hall, c.BeginSelfTest(1), NINE)

    view = rating_view(hall, LOG, 1, "")
    assert (view.testing, view.dark, view.nonce) == (True, False, "")
    ask(hall, c.EndSelfTest(1), NINE)
    assert not rating_view(hall, LOG, 1, "").testing


@pytest.mark.req("R-EVAL-10", "R-CORE-17")
def test_a_test_begun_after_closing_keeps_nobody_from_being_served() -> None:
    hall = open_hall()
    take(hall)
    let_time_pass(hall, CLOSE)
    assert desk_state(hall, 1) is D.CLOSING
    ask(hall, c.BeginSelfTest(1), CLOSE)
    assert refused(hall, c.Next(1), CLOSE).reason == "testing"

    let_time_pass(hall, CLOSE + LASTS)
    assert call(hall, 1, CLOSE + LASTS)


@pytest.mark.req("R-EVAL-10", "R-EVAL-03")
def test_a_citizens_press_is_a_rating_even_if_a_test_was_left_running() -> None:
    """A pass taken back puts a citizen in front of a keypad that is being tried."""
    hall = open_hall()
    take(hall)
    number = finish(hall)
    happen(hall, [e.SelfTestBegan(NINE, 1)])

    assert ask(hall, level(hall, 1, 4, 900), NINE + SECOND) == [e.Rated(NINE + SECOND, number, 1, 4, 900)]
    assert rating_view(hall, LOG, 1, "nonce").nonce == "nonce"
    assert ticket(hall, number).level == 4
