"""What an evaluator says beside its invitation: the farewell, and that it is being tried (R-EVAL-10, R-EVAL-13)."""

import pytest
from msgspec.structs import replace

from evaluator.rating import Farewell, Invite, LastPress, Thank, Tried, Trying
from firmware_py.core import facts as f
from tests.evaluator.windows import (
    CORRECT_MS,
    DESK,
    LOG,
    WINDOW_MS,
    Keypad,
    facts,
    no_window,
    only,
    window,
)


@pytest.mark.req("R-EVAL-13", "R-EVAL-06")
@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_whoever_has_rated_is_thanked_and_reminded_of_their_things_once(level: int) -> None:
    keypad = Keypad()
    keypad.sees(window(7))

    spoken = [each for each in keypad.press(level) if isinstance(each, Thank | Farewell)]
    assert spoken == [Thank(), Farewell()]

    corrected = keypad.press(1 if level != 1 else 2, after=1000)
    assert only(corrected, Thank) == [Thank()]
    assert only(corrected + keypad.wait(10 * WINDOW_MS), Farewell) == []


@pytest.mark.req("R-EVAL-13", "R-EVAL-05")
def test_whoever_lets_the_minute_pass_is_reminded_too() -> None:
    keypad = Keypad()
    keypad.sees(window(7))

    assert only(keypad.wait(WINDOW_MS - 1), Farewell) == []
    assert only(keypad.wait(1), Farewell) == [Farewell()]


@pytest.mark.req("R-EVAL-13")
def test_nobody_takes_leave_of_a_citizen_who_was_put_aside_sent_on_or_is_served_again() -> None:
    """挂起 and 转办 open no window; 撤销 and the next citizen's arrival take it away."""
    keypad = Keypad()
    assert only(keypad.sees(no_window(3)), Farewell) == []
    keypad.sees(window(7))

    assert only(keypad.sees(no_window(9)) + keypad.wait(10 * WINDOW_MS), Farewell) == []


@pytest.mark.req("R-EVAL-13", "R-CORE-21")
def test_after_a_restart_a_correction_takes_no_second_leave() -> None:
    keypad = Keypad(LastPress(LOG, 7, level=2, elapsed_ms=20_000))
    keypad.sees(window(7))

    assert only(keypad.press(5, after=1000), Farewell) == []


@pytest.mark.req("R-EVAL-02", "R-CORE-21")
def test_an_evaluator_that_restarts_within_one_boot_counts_the_five_seconds_from_the_first_press() -> None:
    pressed_at = 100_000 - 3000
    keypad = Keypad(LastPress(LOG, 7, level=2, elapsed_ms=20_000, pressed_at=pressed_at))
    assert keypad.now == 100_000
    keypad.sees(window(7))

    assert facts(keypad.wait(CORRECT_MS - 3000 - 1)) == []
    assert facts(keypad.wait(1)) == [f.WindowLocked(DESK, LOG, 7)]


@pytest.mark.req("R-EVAL-02", "R-CORE-21")
def test_a_window_whose_five_seconds_passed_while_the_evaluator_was_down_is_locked_at_once() -> None:
    keypad = Keypad(LastPress(LOG, 7, level=2, elapsed_ms=20_000, pressed_at=100_000 - CORRECT_MS - 1))
    keypad.sees(window(7))

    assert facts(keypad.wait(0)) == [f.WindowLocked(DESK, LOG, 7)]
    assert keypad.press(5) == []


# --- the self-test ----------------------------------------------------------------------------------------------------

TESTING = replace(no_window(3), testing=True)


@pytest.mark.req("R-EVAL-10")
def test_in_the_test_the_keypad_lights_up_once_and_invites_nobody() -> None:
    keypad = Keypad()

    began = keypad.sees(TESTING) + keypad.sees(replace(TESTING, seq=4))

    assert only(began, Trying) == [Trying()]
    assert only(began, Invite) == []


@pytest.mark.req("R-EVAL-10", "R-EVAL-06")
@pytest.mark.parametrize("level", [1, 5])
def test_scenario_35_a_key_in_the_test_is_answered_as_a_test_and_proves_nothing(level: int) -> None:
    keypad = Keypad()
    keypad.sees(TESTING)

    effects = keypad.press(level)

    assert facts(effects) == [f.LevelChosen(DESK, level, 0)]
    assert only(effects, Tried) == [Tried()]
    assert not [each for each in effects if isinstance(each, Thank | Farewell)]


@pytest.mark.req("R-EVAL-10")
def test_after_the_test_a_key_is_silent_again_and_a_second_test_lights_up_again() -> None:
    keypad = Keypad()
    keypad.sees(TESTING)
    keypad.sees(no_window(4))

    assert only(keypad.press(5), Tried) == []
    assert only(keypad.sees(replace(TESTING, seq=5)), Trying) == [Trying()]
