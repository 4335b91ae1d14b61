"""The evaluation window on the keypad's own time: invite, first press, correction, lock, silence (rules.md 3.8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.keypad import LevelPressed
from evaluator.rating import Invite, LastPress, Thank
from firmware_py.core import facts as f
from firmware_py.link import LinkDown, LinkUp, Received, encode
from firmware_py.runtime.port_reports import PortDown, PortUp
from tests.evaluator.windows import (
    ADDRESS,
    CORRECT_MS,
    DESK,
    LEVELS,
    LOG,
    WINDOW_MS,
    Keypad,
    facts,
    genuine,
    no_window,
    only,
    pressed,
    window,
)
from tests.hall.small_hall import TOPICS


@pytest.mark.req("R-EVAL-01")
def test_a_window_that_opens_invites_once() -> None:
    keypad = Keypad()

    assert only(keypad.sees(no_window(3)), Invite) == []
    assert only(keypad.sees(window(7)), Invite) == [Invite()]
    assert only(keypad.sees(window(7)), Invite) == [], "the same window, told again"
    keypad.sees(no_window(9))
    assert only(keypad.sees(window(12, "A002")), Invite) == [Invite()]


@pytest.mark.req("R-EVAL-04", "R-EVAL-06")
@pytest.mark.parametrize("position", range(5))
def test_keys_are_levels_from_left_to_right_and_every_level_is_thanked_alike(position: int) -> None:
    keypad = Keypad()
    keypad.sees(window(7))
    keypad.now += 4000

    effects = keypad.on(LevelPressed(ADDRESS, position, keypad.now))

    fact = pressed(effects)
    assert fact == f.LevelChosen(DESK, 5 - position, 4000, LOG, 7, fact.proof)
    assert genuine(fact)
    assert only(effects, Thank) == [Thank()]


@pytest.mark.req("R-EVAL-11")
@pytest.mark.parametrize(("levels", "reduced"), [((5, 3, 1), True), ((5, 4, 2, 1), True), ((5, 4, 3, 2, 1), False)])
def test_a_keypad_with_fewer_than_five_levels_says_so_with_every_press(levels: tuple[int, ...], reduced: bool) -> None:
    keypad = Keypad(levels=levels)
    assert pressed(keypad.on(LevelPressed(ADDRESS, 0, keypad.now))).reduced_scale is reduced
    keypad.sees(window(7))

    fact = pressed(keypad.on(LevelPressed(ADDRESS, 1, keypad.now)))

    assert (fact.level, fact.reduced_scale) == (levels[1], reduced)
    assert genuine(fact)


def test_an_old_keypad_has_levels_of_its_own() -> None:
    keypad = Keypad(levels=(5, 3, 1))
    keypad.sees(window(7))

    assert pressed(keypad.on(LevelPressed(ADDRESS, 1, keypad.now))).level == 3
    assert keypad.on(LevelPressed(ADDRESS, 3, keypad.now)) == [], "it has no fourth key"


@pytest.mark.req("R-EVAL-04")
def test_a_keypad_of_another_address_is_not_this_desks() -> None:
    keypad = Keypad()
    keypad.sees(window(7))

    assert keypad.on(LevelPressed(ADDRESS + 1, 0, keypad.now)) == []


@pytest.mark.req("R-EVAL-02")
def test_another_level_within_five_seconds_is_a_correction_and_then_it_is_locked() -> None:
    keypad = Keypad()
    keypad.sees(window(7))
    keypad.press(1, after=3000)

    corrected = pressed(keypad.press(5, after=CORRECT_MS - 1))
    assert (corrected.level, corrected.elapsed_ms) == (5, 3000 + CORRECT_MS - 1)
    assert genuine(corrected)

    assert facts(keypad.wait(1)) == [f.WindowLocked(DESK, LOG, 7)]
    assert keypad.press(2, after=1) == []
    assert keypad.wait(10 * WINDOW_MS) == []


@pytest.mark.req("R-EVAL-02")
def test_the_same_level_again_is_the_same_press() -> None:
    keypad = Keypad()
    keypad.sees(window(7))
    keypad.press(4)

    assert keypad.press(4, after=300) == []


@pytest.mark.req("R-EVAL-02", "R-EVAL-05")
def test_nobody_pressing_for_a_minute_is_a_closed_window_and_no_level() -> None:
    keypad = Keypad()
    keypad.sees(window(7))

    assert keypad.wait(WINDOW_MS - 1) == []
    assert facts(keypad.wait(1)) == [f.WindowExpired(DESK, LOG, 7)]
    assert keypad.wait(10 * WINDOW_MS) == []


@pytest.mark.req("R-EVAL-02")
def test_a_key_pressed_in_the_last_moment_counts_however_late_it_is_taken_from_the_inbox() -> None:
    keypad = Keypad()
    keypad.sees(window(7))
    last_moment = keypad.now + WINDOW_MS - 1
    keypad.now += WINDOW_MS + 40

    fact = pressed(keypad.on(LevelPressed(ADDRESS, 0, last_moment)))

    assert fact.elapsed_ms == WINDOW_MS - 1
    assert genuine(fact)


@pytest.mark.req("R-EVAL-04")
@pytest.mark.parametrize("view", [None, no_window(3), no_window(3, dark=True)])
def test_a_press_while_nobody_is_invited_is_a_fact_without_a_proof(view: object) -> None:
    keypad = Keypad()
    if view is not None:
        keypad.on(Received(TOPICS.rating("desk1-eval"), encode(view)))

    effects = keypad.press(5)

    assert facts(effects) == [f.LevelChosen(DESK, 5, 0)]
    assert only(effects, Thank) == [], "nobody is thanked for it"


@pytest.mark.req("R-EVAL-04")
def test_a_key_pressed_before_the_invitation_rates_nothing_and_spoils_nothing() -> None:
    keypad = Keypad()
    before = keypad.now - 5
    keypad.sees(window(7))

    assert facts(keypad.on(LevelPressed(ADDRESS, 0, before))) == [f.LevelChosen(DESK, 5, 0)]
    assert genuine(pressed(keypad.press(4, after=2000)))


@pytest.mark.req("R-EVAL-04")
def test_the_window_of_another_desk_opens_nothing_here() -> None:
    keypad = Keypad()

    assert keypad.sees(window(7, desk=2)) == []
    assert pressed(keypad.press(5)).proof == ""


@pytest.mark.req("R-EVAL-02")
def test_the_next_window_begins_from_scratch() -> None:
    keypad = Keypad()
    keypad.sees(window(7))
    keypad.press(1, after=1000)

    keypad.sees(window(12, "A002"))
    fact = pressed(keypad.press(1, after=2000))

    assert (fact.window_seq, fact.elapsed_ms) == (12, 2000)
    assert genuine(fact)


@pytest.mark.req("R-EVAL-04")
def test_a_window_that_was_closed_does_not_open_again() -> None:
    keypad = Keypad()
    keypad.sees(window(7))
    keypad.sees(no_window(9))

    assert keypad.sees(window(7)) == [], "an old message, delivered again"
    assert pressed(keypad.press(5)).proof == ""


@pytest.mark.req("R-EVAL-02", "R-CORE-21")
def test_an_evaluator_that_restarts_after_a_press_still_takes_a_correction_and_then_locks() -> None:
    keypad = Keypad(LastPress(LOG, 7, level=2, elapsed_ms=20_000))

    assert only(keypad.sees(window(7)), Invite) == [], "the citizen has pressed already"
    corrected = pressed(keypad.press(5, after=2000))

    assert corrected.elapsed_ms == 22_000, "as the controller counts: within five seconds of the first"
    assert facts(keypad.wait(CORRECT_MS)) == [f.WindowLocked(DESK, LOG, 7)]


@pytest.mark.req("R-EVAL-02", "R-CORE-21")
def test_an_evaluator_that_restarts_after_the_lock_takes_nothing_more() -> None:
    keypad = Keypad(LastPress(LOG, 7, level=2, elapsed_ms=20_000, locked=True))
    keypad.sees(window(7))

    assert keypad.press(5, after=1000) == []
    assert keypad.wait(10 * WINDOW_MS) == []


@pytest.mark.req("R-EVAL-02", "R-CORE-21")
def test_what_was_pressed_in_an_earlier_window_does_not_count_in_this_one() -> None:
    keypad = Keypad(LastPress(LOG, 3, level=2, elapsed_ms=20_000))

    assert only(keypad.sees(window(7)), Invite) == [Invite()]
    assert pressed(keypad.press(5, after=1000)).elapsed_ms == 1000


@pytest.mark.req("R-EVAL-02")
def test_a_cut_link_hurries_no_rating_away() -> None:
    keypad = Keypad()
    keypad.sees(window(7))
    keypad.on(LinkDown("cut"))

    fact = pressed(keypad.press(3, after=10_000))
    keypad.on(LinkUp())

    assert genuine(fact)
    assert only(keypad.sees(window(7)), Invite) == []


@pytest.mark.req("R-EVAL-01", "R-TECH-02")
@pytest.mark.parametrize("port", ["keypad", "voice"])
def test_a_device_that_fails_is_a_fact(port: str) -> None:
    keypad = Keypad()

    assert facts(keypad.on(PortDown(port, "offline", ""))) == [f.DeviceDown(port, "offline")]
    assert facts(keypad.on(PortUp(port))) == [f.DeviceUp(port)]


@pytest.mark.req("R-SYNC-02", "R-EVAL-04")
@given(st.binary(max_size=300))
def test_no_payload_on_its_topic_opens_a_window_or_ends_it(payload: bytes) -> None:
    keypad = Keypad()

    assert keypad.on(Received(TOPICS.rating("desk1-eval"), payload)) == []
    assert only(keypad.sees(window(7)), Invite) == [Invite()]


Step = tuple[str, int]
STEPS = st.one_of(
    st.tuples(st.just("press"), st.sampled_from(LEVELS)),
    st.tuples(st.just("wait"), st.integers(0, 40_000)),
    st.tuples(st.sampled_from(["open", "close"]), st.just(0)),
)


@pytest.mark.req("R-EVAL-02", "R-EVAL-03", "R-EVAL-04", "R-EVAL-05")
@given(st.lists(STEPS, max_size=40))
def test_whatever_is_pressed_a_proof_is_made_in_an_open_window_only_and_corrections_end_after_five_seconds(
    steps: list[Step],
) -> None:
    keypad, seq, opened = Keypad(), 0, None
    first: dict[int, int] = {}
    for what, value in steps:
        if what == "open":
            seq += 2
            opened = keypad.now
            keypad.sees(window(seq))
        elif what == "close":
            seq += 1
            opened = None
            keypad.sees(no_window(seq))
        elif what == "wait":
            keypad.wait(value)
        else:
            for fact in facts(keypad.press(value)):
                assert isinstance(fact, f.LevelChosen)
                assert fact.level == value
                if not fact.proof:
                    continue
                assert opened is not None
                assert genuine(fact)
                assert fact.elapsed_ms == keypad.now - opened
                assert fact.elapsed_ms <= WINDOW_MS + CORRECT_MS
                began = first.setdefault(fact.window_seq, fact.elapsed_ms)
                assert began <= fact.elapsed_ms <= began + CORRECT_MS
