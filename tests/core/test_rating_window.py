"""The evaluator's own timekeeping (rules.md 3.8), on its own elapsed milliseconds."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from firmware_py.core import facts as f
from firmware_py.core.rating import nonce, proof
from firmware_py.core.rating_window import RatingWindow, WindowState
from firmware_py.core.views import RatingView
from tests.core.effort import effort

NONCE = nonce(b"secret", "log", 12)
OPEN = RatingView("log", 12, 3, "A007", NONCE, 1_000_000, 60_000, 5_000)
SHUT = RatingView("log", 15, 3)
NOW = 777_000


def opened() -> RatingWindow:
    window = RatingWindow(3)
    assert window.show(OPEN, NOW)
    return window


def press(window: RatingWindow, level: int, elapsed: int) -> f.LevelChosen | None:
    return window.press(level, NOW + elapsed)


def proven(level: int, elapsed: int) -> f.LevelChosen:
    return f.LevelChosen(3, level, elapsed, "log", 12, proof(NONCE, "log", 12, level, elapsed))


@pytest.mark.req("R-EVAL-02", "R-EVAL-04")
@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_the_first_press_is_a_fact_with_its_proof_whatever_the_level(level: int) -> None:
    window = opened()

    assert press(window, level, 4000) == proven(level, 4000)
    assert (window.state, window.due()) == (WindowState.CHOSEN, NOW + 9000)


@pytest.mark.req("R-EVAL-04")
def test_a_proof_fits_one_window_one_level_and_one_moment_and_does_not_tell_the_nonce() -> None:
    proofs = [
        proof(NONCE, "log", 12, 5, 900),
        proof(NONCE, "log", 12, 4, 900),
        proof(NONCE, "log", 12, 5, 901),
        proof(NONCE, "lag", 12, 5, 900),
        proof(NONCE, "log", 13, 5, 900),
        proof(nonce(b"other", "log", 12), "log", 12, 5, 900),
    ]

    assert len(set(proofs)) == len(proofs)
    assert NONCE not in proofs
    assert nonce(b"secret", "log", 13) != NONCE


@pytest.mark.req("R-EVAL-02")
def test_another_level_within_five_seconds_corrects_and_then_the_window_locks() -> None:
    window = opened()
    press(window, 1, 4000)

    assert press(window, 1, 4500) is None
    assert press(window, 5, 9000) == proven(5, 9000)
    assert press(window, 2, 9001) is None
    assert window.elapse(NOW + 8999) is None
    assert window.elapse(NOW + 9000) == f.WindowLocked(3, "log", 12)
    assert window.state is WindowState.LOCKED
    assert press(window, 2, 9500) is None
    assert window.elapse(NOW + 60_000) is None


@pytest.mark.req("R-EVAL-02", "R-EVAL-05")
def test_sixty_seconds_without_a_press_expire_and_a_later_press_names_no_window() -> None:
    window = opened()
    assert window.due() == NOW + 60_000
    assert window.elapse(NOW + 59_999) is None

    assert window.elapse(NOW + 60_000) == f.WindowExpired(3, "log", 12)
    assert window.elapse(NOW + 60_001) is None
    assert press(window, 5, 60_002) is None


@pytest.mark.req("R-EVAL-02")
def test_a_press_after_sixty_seconds_that_nobody_has_noticed_yet_is_a_stray() -> None:
    assert press(opened(), 5, 60_000) == proven(5, 60_000)
    assert press(opened(), 5, 60_001) == f.LevelChosen(3, 5, 60_001)


@pytest.mark.req("R-EVAL-04")
def test_a_press_with_nobody_there_or_in_the_dark_is_a_stray() -> None:
    window = RatingWindow(3)
    assert window.press(5, NOW) == f.LevelChosen(3, 5, 0)
    assert window.due() is None

    window = opened()
    assert not window.show(replace(OPEN, dark=True), NOW)
    assert window.press(5, NOW) == f.LevelChosen(3, 5, 0)


@pytest.mark.req("R-EVAL-02")
def test_the_same_view_again_neither_reopens_nor_restarts_the_window() -> None:
    window = opened()
    press(window, 2, 1000)

    assert not window.show(OPEN, NOW + 3000)
    assert (window.state, window.level, window.due()) == (WindowState.CHOSEN, 2, NOW + 6000)


@pytest.mark.req("R-EVAL-02")
def test_a_closed_view_ends_it_and_a_new_one_begins_afresh() -> None:
    window = opened()
    press(window, 2, 1000)

    assert not window.show(SHUT, NOW + 2000)
    assert (window.state, window.due()) == (WindowState.IDLE, None)
    assert window.show(replace(OPEN, seq=20), NOW + 3000)
    assert (window.state, window.level) == (WindowState.OPEN, 0)


@pytest.mark.req("R-EVAL-02", "R-EVAL-03")
def test_an_evaluator_that_restarts_goes_on_where_its_journal_says() -> None:
    window = RatingWindow(3)
    window.show(OPEN, NOW, already_ms=58_000)
    assert window.due() == NOW + 2000

    window = RatingWindow(3)
    window.show(OPEN, NOW, already_ms=5_000)
    window.recover(1, 3_000, locked=False)
    assert window.due() == NOW + 3_000
    corrected = window.press(4, NOW + 1_000)
    assert corrected is not None
    assert corrected.elapsed_ms == 6_000
    window.recover(4, 6_000, locked=False)
    assert window.due() == NOW + 3_000  # five seconds from the first press, not from the correction

    window = RatingWindow(3)
    window.show(OPEN, NOW, already_ms=5_000)
    window.recover(1, 3_000, locked=True)
    assert window.due() is None
    assert window.press(5, NOW + 100) is None


@pytest.mark.req("R-EVAL-02", "R-EVAL-03", "R-EVAL-05")
@given(
    presses=st.lists(st.tuples(st.integers(0, 70_000), st.integers(1, 5)), max_size=8),
    looks=st.lists(st.integers(0, 80_000), max_size=6),
)
@effort(150)
def test_whatever_is_pressed_there_is_one_end_and_every_level_within_its_time(
    presses: list[tuple[int, int]], looks: list[int]
) -> None:
    window, told = opened(), list[f.Fact]()
    for moment, level in sorted([*presses, *((look, 0) for look in looks), (90_000, 0)]):
        ended = window.elapse(NOW + moment)
        if ended is not None:
            told.append(ended)
        if level:
            chosen = press(window, level, moment)
            if chosen is not None and chosen.window_seq:
                told.append(chosen)

    ends = [fact for fact in told if isinstance(fact, f.WindowLocked | f.WindowExpired)]
    levels = [fact for fact in told if isinstance(fact, f.LevelChosen)]
    assert ends == told[-1:]
    assert isinstance(ends[0], f.WindowLocked) == bool(levels)
    assert all(fact.elapsed_ms - levels[0].elapsed_ms <= 5_000 for fact in levels)
    assert all(fact.elapsed_ms <= 65_000 for fact in levels)
    assert all(one.level != other.level for one, other in pairwise(levels))


@pytest.mark.req("R-EVAL-02")
def test_a_press_in_the_very_last_millisecond_counts() -> None:
    assert press(opened(), 5, 60_000) == proven(5, 60_000)


@pytest.mark.req("R-EVAL-11")
@pytest.mark.parametrize(("levels", "reduced"), [(frozenset({1, 3, 5}), True), (frozenset({1, 2, 3, 4, 5}), False)])
def test_every_press_says_whether_the_scale_is_reduced(levels: frozenset[int], reduced: bool) -> None:
    window = RatingWindow(3, levels)
    assert (window.state, window.level) == (WindowState.IDLE, 0)
    assert window.stray(5) == f.LevelChosen(3, 5, 0, reduced_scale=reduced)
    window.show(OPEN, NOW)

    assert window.press(3, NOW + 900) == replace(proven(3, 900), reduced_scale=reduced)


@pytest.mark.req("R-EVAL-04")
def test_every_press_says_whether_the_wire_is_shared() -> None:
    window = RatingWindow(3, shared_bus=True)
    assert window.stray(5) == f.LevelChosen(3, 5, 0, shared_bus=True)
    window.show(OPEN, NOW)

    assert window.press(3, NOW + 900) == replace(proven(3, 900), shared_bus=True)


@pytest.mark.req("R-EVAL-02", "R-EVAL-03")
def test_after_a_restart_the_level_that_was_pressed_last_is_no_correction() -> None:
    window = opened()
    window.recover(4, 1_000, locked=False)

    assert press(window, 4, 2_000) is None
    assert press(window, 3, 2_000) == proven(3, 2_000)


def window_in(state: WindowState) -> RatingWindow:
    window = opened()
    if state is not WindowState.OPEN:
        press(window, 4, 1_000)
    if state is WindowState.LOCKED:
        window.elapse(NOW + 6_000)
    assert window.state is state
    return window


@pytest.mark.req("R-EVAL-02")
@pytest.mark.parametrize("state", [WindowState.OPEN, WindowState.CHOSEN, WindowState.LOCKED])
def test_the_next_citizens_window_opens_whatever_became_of_the_one_before(state: WindowState) -> None:
    window = window_in(state)

    assert window.show(replace(OPEN, seq=20), NOW + 7_000)
    assert (window.state, window.level, window.due()) == (WindowState.OPEN, 0, NOW + 67_000)


@pytest.mark.req("R-EVAL-02")
@pytest.mark.parametrize("state", [WindowState.OPEN, WindowState.CHOSEN, WindowState.LOCKED])
def test_a_window_that_is_taken_away_is_gone_whatever_became_of_it(state: WindowState) -> None:
    window = window_in(state)

    assert not window.show(SHUT, NOW + 7_000)
    assert (window.state, window.due()) == (WindowState.IDLE, None)
    assert press(window, 5, 8_000) == f.LevelChosen(3, 5, 0)
