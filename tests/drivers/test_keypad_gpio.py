"""Pads and evaluators of push buttons on pins: contacts that bounce, lamps and the beeper, over a board of pins."""

import queue
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.keypad import KeyPressed, LevelPressed, PadBus
from drivers.keypad.gpio_pad import GpioPad
from drivers.virtual.faults import Fault
from drivers.virtual.gpio_pad import VirtualGpioPad
from drivers.virtual.pins import PinBoard
from firmware_py.errors import DriverOffline

Inbox = queue.SimpleQueue[object]
WAIT_S = 5.0
MS = 1_000_000
KEYS, LAMPS, BEEPER = {"next": 5, "recall": 6}, {"next": 12, "desk": 16}, 20
LEVEL_PINS, LEVEL_LAMPS = (5, 6, 7, 8, 9), {f"lamp {place}": 12 + place for place in range(5)}


class Board:
    """A board of pins that tells of every output."""

    def __init__(self, path: Path) -> None:
        self.changed = threading.Condition()
        self.seen: list[tuple[int, bool]] = []
        self.pins = PinBoard(path, on_change=self._on_change)
        self.pins.open()

    def _on_change(self, pin: int, high: bool) -> None:
        with self.changed:
            self.seen.append((pin, high))
            self.changed.notify_all()

    def until(self, pins: set[int]) -> bool:
        """Wait until just these outputs are high."""

        def high() -> set[int]:
            return {pin for pin, _ in self.seen if dict(self.seen)[pin]}

        with self.changed:
            return self.changed.wait_for(lambda: high() == pins, WAIT_S)

    def pulses(self, pin: int, count: int) -> bool:
        """Wait until a pin has risen and fallen so often."""
        with self.changed:
            return self.changed.wait_for(
                lambda: [high for each, high in self.seen if each == pin][-2 * count :] == [True, False] * count, WAIT_S
            )


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    found = Board(tmp_path / "pins")
    yield found
    found.pins.close()


@pytest.fixture
def inbox() -> Inbox:
    return queue.SimpleQueue()


def staff_pad(inbox: Inbox, tmp_path: Path) -> GpioPad:
    return GpioPad(inbox.put, address=3, keys=KEYS, lamps=LAMPS, beeper=BEEPER, factory=f"socket:{tmp_path / 'pins'}")


@pytest.fixture
def pad(board: Board, inbox: Inbox, tmp_path: Path) -> Iterator[PadBus]:
    found = staff_pad(inbox, tmp_path)
    found.open()
    yield found
    found.close()


@pytest.mark.req("R-DESK-01")
def test_a_press_has_the_time_of_its_edge_and_the_name_of_its_key(pad: PadBus, board: Board, inbox: Inbox) -> None:
    at = time.monotonic_ns() // MS
    board.pins.press(6, at_ns=at * MS)
    assert inbox.get(timeout=WAIT_S) == KeyPressed(3, "recall", at)


@pytest.mark.req("R-CORE-22", "R-DESK-01")
def test_contacts_that_bounce_when_they_close_and_when_they_open_after_a_long_press_are_one_press(
    pad: PadBus, board: Board, inbox: Inbox
) -> None:
    far = VirtualGpioPad(board.pins, KEYS)
    far.set_fault(Fault.GARBAGE, True)
    at = time.monotonic_ns() // MS
    far.press("next", held_ms=3000, at_ns=at * MS)
    far.press("next", at_ns=(at + 4000) * MS)
    far.press("recall", at_ns=(at + 4001) * MS)
    assert [inbox.get(timeout=WAIT_S) for _ in range(3)] == [
        KeyPressed(3, "next", at),
        KeyPressed(3, "next", at + 4000),
        KeyPressed(3, "recall", at + 4001),
    ]


def test_a_key_held_while_the_pad_opens_is_no_press_and_the_next_press_of_it_is(
    board: Board, inbox: Inbox, tmp_path: Path
) -> None:
    board.pins.drive(5, low=True)
    pad = staff_pad(inbox, tmp_path)
    pad.open()
    at = time.monotonic_ns() // MS
    board.pins.drive(5, low=False, at_ns=at * MS)
    board.pins.press(5, at_ns=(at + 100) * MS)
    assert inbox.get(timeout=WAIT_S) == KeyPressed(3, "next", at + 100)
    pad.close()


@pytest.mark.req("R-EVAL-01", "R-EVAL-02")
def test_an_evaluator_of_buttons_counts_from_the_left_and_shines_while_it_asks(
    board: Board, inbox: Inbox, tmp_path: Path
) -> None:
    pad = GpioPad(inbox.put, address=1, levels=LEVEL_PINS, lamps=LEVEL_LAMPS, factory=f"socket:{tmp_path / 'pins'}")
    pad.open()
    pad.invite(1)
    assert board.until(set(LEVEL_LAMPS.values()))
    at = time.monotonic_ns() // MS
    for place, pin in enumerate(LEVEL_PINS):
        board.pins.press(pin, at_ns=(at + place) * MS)
        assert inbox.get(timeout=WAIT_S) == LevelPressed(1, place, at + place)
    pad.rest(1)
    assert board.until(set())
    pad.close()


@pytest.mark.req("R-CALL-11", "R-DESK-01")
def test_lamps_shine_as_they_are_told_and_are_dark_when_the_pad_is_closed(board: Board, pad: PadBus) -> None:
    pad.light(3, "desk", "steady")
    pad.light(3, "next", "steady")
    assert board.until({12, 16})
    pad.light(3, "next", "off")
    assert board.until({16})
    pad.light(3, "logout", "steady")  # a key without a lamp has nothing to shine with
    pad.close()
    assert board.until(set())


@pytest.mark.req("R-PHONE-03", "R-CALL-11")
def test_three_beeps_are_three_pulses_of_the_beeper(board: Board, pad: PadBus) -> None:
    pad.beep(3, 3)
    assert board.pulses(BEEPER, 3)


def test_a_pad_without_beeper_and_lamps_beeps_and_shines_at_nobody(board: Board, inbox: Inbox, tmp_path: Path) -> None:
    pad = GpioPad(inbox.put, address=3, keys=KEYS, factory=f"socket:{tmp_path / 'pins'}")
    pad.open()
    pad.beep(3)
    pad.light(3, "desk", "blink")
    pad.show_digits(3, 4, "A001")
    pad.check()
    pad.close()
    assert board.seen == []


def test_a_lamp_on_a_pin_that_is_taken_leaves_no_pin_claimed(board: Board, inbox: Inbox, tmp_path: Path) -> None:
    factory = f"socket:{tmp_path / 'pins'}"
    other = GpioPad(inbox.put, address=1, keys={"pause": 16}, factory=factory)
    other.open()
    pad = staff_pad(inbox, tmp_path)
    with pytest.raises(DriverOffline, match="16"):
        pad.open()
    other.close()
    pad.open()
    pad.close()
