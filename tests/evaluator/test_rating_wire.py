"""From the keys of an FF 68 evaluator on its wire to the facts its daemon journals (scenarios 17, 18 and 20)."""

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.keypad import LevelPressed
from drivers.keypad.ff68_bus import REPEAT_MS, Ff68Bus
from drivers.virtual.faults import Fault
from drivers.virtual.pads import VirtualPads
from evaluator.rating import Rest, Thank
from firmware_py.core import facts as f
from firmware_py.runtime.wire_settings.keypad import expected_first_position
from tests.evaluator.windows import (
    ADDRESS,
    CORRECT_MS,
    DESK,
    LEVELS,
    WINDOW_MS,
    Keypad,
    facts,
    genuine,
    no_window,
    only,
    pressed,
    window,
)

WAIT_S = 5.0


def frame(position: int, address: int = ADDRESS) -> bytes:
    """The evaluator's own frame for a key (hardware.md 3.1), written out here once more."""
    return bytes([0xFF, 0x68, 3, 3, 0x68, address, 0x11, position, (address + 0x11 + position) % 256, 0x16])


class Evaluator:
    """A desk's evaluator from its keys to its facts; time is the test's."""

    def __init__(self, pads: VirtualPads) -> None:
        self.pads = pads
        self.keypad = Keypad()
        self.inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.bus = Ff68Bus(pads.path, self.inbox.put, now=lambda: self.keypad.now)
        self.bus.open()

    def press(self, level: int) -> list[object]:
        """The key of this level goes down; what the daemon makes of it."""
        self.pads.press_level(ADDRESS, LEVELS.index(level))
        return self.hears()

    def put(self, data: bytes) -> None:
        """These bytes stand on the wire."""
        self.pads.garbage(data)

    def hears(self) -> list[object]:
        return self.keypad.on(self.inbox.get(timeout=WAIT_S))

    def hears_nothing(self) -> bool:
        """True when a key of another address, pressed now, is the very next thing on the wire."""
        self.pads.press_level(ADDRESS + 1, 4)
        next_ = self.inbox.get(timeout=WAIT_S)
        return isinstance(next_, LevelPressed) and next_.address == ADDRESS + 1 and self.keypad.on(next_) == []


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Evaluator]:
    with VirtualPads([], [ADDRESS, ADDRESS + 1], link=tmp_path / "eval", stuck_s=0.002) as pads:
        found = Evaluator(pads)
        yield found
        found.bus.close()


@pytest.mark.req("R-EVAL-02", "R-EVAL-03")
def test_scenario_17_two_levels_within_five_seconds_are_a_correction(desk: Evaluator) -> None:
    desk.keypad.sees(window(7))
    desk.keypad.wait(3000)
    assert pressed(desk.press(1)).level == 1
    desk.keypad.wait(CORRECT_MS - 1)

    corrected = pressed(desk.press(5))

    assert (corrected.level, corrected.elapsed_ms) == (5, 3000 + CORRECT_MS - 1)
    assert genuine(corrected)


@pytest.mark.req("R-EVAL-02", "R-EVAL-03")
def test_scenario_17_a_second_level_after_five_seconds_changes_nothing(desk: Evaluator) -> None:
    desk.keypad.sees(window(7))
    assert pressed(desk.press(1)).level == 1
    ended = desk.keypad.wait(CORRECT_MS + 100)

    assert [type(fact) for fact in facts(ended)] == [f.WindowLocked]
    assert only(ended, Rest) == [Rest()], "and the keypad shows that it takes nothing more"
    assert desk.press(5) == []


@pytest.mark.req("R-EVAL-04", "R-EVAL-05")
def test_scenario_18_a_key_with_nobody_there_is_recorded_as_a_stray_and_rates_nobody(desk: Evaluator) -> None:
    desk.keypad.sees(no_window(3))
    effects = desk.press(1)

    assert facts(effects) == [f.LevelChosen(DESK, 1, 0)]
    assert only(effects, Thank) == []
    desk.keypad.wait(1000)
    desk.keypad.sees(window(7))
    assert facts(desk.keypad.wait(WINDOW_MS)) == [f.WindowExpired(DESK, "hall-log", 7)], "unrated stays unrated"


@pytest.mark.req("R-EVAL-03", "R-EVAL-04")
def test_scenario_20_a_replayed_rating_frame_is_answered_and_rates_no_second_time(desk: Evaluator) -> None:
    desk.keypad.sees(window(7))
    assert genuine(pressed(desk.press(2)))

    desk.put(frame(LEVELS.index(2)) * 3)  # at once: the device's own repetition
    assert desk.hears_nothing()
    desk.keypad.wait(REPEAT_MS + 1)
    desk.put(frame(LEVELS.index(2)))  # later: the same level again, which the window knows
    assert desk.hears() == []
    desk.keypad.wait(CORRECT_MS)
    desk.put(frame(LEVELS.index(2)))  # locked
    assert desk.hears() == []

    desk.keypad.sees(no_window(9))
    desk.keypad.wait(1000)
    desk.put(frame(LEVELS.index(2)))  # closed: a stray, recorded, never a rating
    assert pressed(desk.hears()) == f.LevelChosen(DESK, 2, 0)


@pytest.mark.req("R-EVAL-04")
def test_a_frame_with_a_wrong_sum_or_cut_short_rates_nobody(desk: Evaluator) -> None:
    desk.keypad.sees(window(7))
    good = frame(0)
    for at in range(len(good)):
        desk.put(good[:at] + bytes([good[at] ^ 0x20]) + good[at + 1 :])
        desk.put(good[:at] + good[at + 1 :])
        assert desk.hears_nothing()
        desk.keypad.wait(REPEAT_MS + 1)
    assert genuine(pressed(desk.press(5)))


@pytest.mark.req("R-EVAL-02", "R-EVAL-04")
def test_a_stuck_level_key_is_one_press_in_its_window_and_none_in_the_next(desk: Evaluator) -> None:
    desk.keypad.sees(window(7))
    desk.pads.set_fault(Fault.STUCK_KEY, True)
    assert pressed(desk.hears()).level == 5
    for _ in range(40):
        heard = desk.pads.face(ADDRESS).heard
        assert desk.pads.wait_for(lambda heard=heard: desk.pads.face(ADDRESS).heard > heard + 1)  # type: ignore[misc]
        desk.keypad.wait(250)
    desk.keypad.sees(no_window(9))
    desk.keypad.sees(window(12, "A002"))
    heard = desk.pads.face(ADDRESS).heard
    assert desk.pads.wait_for(lambda: desk.pads.face(ADDRESS).heard > heard + 3)

    assert desk.inbox.empty(), "the next citizen is not rated by it"
    desk.pads.press_level(ADDRESS + 1, 0)
    assert isinstance(desk.inbox.get(timeout=WAIT_S), LevelPressed)


@pytest.mark.req("R-EVAL-04")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=30),
            st.sampled_from(
                [frame(0)[:-1], frame(1)[2:], b"\xff\x68\x03\x03\x68", b"\xff", frame(2)[:5] + frame(3)[6:]]
            ),
        ),
        max_size=8,
    ).map(b"".join)
)
def test_no_bytes_become_a_level_that_was_not_sent_whole_with_a_right_sum(desk: Evaluator, noise: bytes) -> None:
    desk.keypad.wait(REPEAT_MS + 1)
    desk.put(noise + bytes(16))  # what was begun is ended
    desk.pads.press_level(ADDRESS + 1, 4)
    heard = []
    while (item := desk.inbox.get(timeout=WAIT_S)) != LevelPressed(ADDRESS + 1, 4, desk.keypad.now):
        heard.append(item)
    for item in heard:
        if isinstance(item, LevelPressed):
            assert frame(item.position, item.address) in noise


@pytest.mark.req("R-EVAL-10", "R-TECH-02")
@pytest.mark.parametrize(
    ("levels", "place"), [((5, 4, 3, 2, 1), 0), ((1, 2, 3, 4, 5), 4), ((4, 3, 1), 0), ((3, 5, 1, 2), 1)]
)
def test_a_test_asks_first_for_the_key_that_is_most_satisfied(levels: tuple[int, ...], place: int) -> None:
    assert expected_first_position(levels) == place
