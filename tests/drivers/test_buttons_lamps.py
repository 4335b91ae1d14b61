"""Lamps and beepers on pins, seen from the bulbs' side of the board."""

import queue
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.buttons import Light
from drivers.buttons.gpio import GpioButtons
from drivers.buttons.lamps import PULSE_MAX_MS, Lamps
from drivers.virtual.pins import PinBoard
from firmware_py.errors import DriverOffline
from firmware_py.runtime.back_off import BackOff
from firmware_py.runtime.port import PortThread
from firmware_py.runtime.port_reports import JobDone, PortDown, PortUp

WAIT_S = 10.0
PINS = {"social": 17, "guide": 27}
HALF_MS = 30
Levels = queue.SimpleQueue[tuple[int, bool, float]]


@pytest.fixture
def levels() -> Levels:
    """Every level the Pi sets, with its moment in seconds."""
    return queue.SimpleQueue()


@pytest.fixture
def board(tmp_path: Path, levels: Levels) -> Iterator[PinBoard]:
    with PinBoard(tmp_path / "pins", on_change=lambda pin, high: levels.put((pin, high, time.monotonic()))) as far_end:
        yield far_end


@pytest.fixture
def lamps(board: PinBoard, tmp_path: Path, levels: Levels) -> Iterator[Lamps]:
    made = Lamps(PINS, factory=f"socket:{tmp_path / 'pins'}", half_ms=HALF_MS)
    made.open()
    for _ in PINS:
        assert levels.get(timeout=WAIT_S)[1] is False, "dark at the start"
    yield made
    made.close()


def changes(levels: Levels, count: int) -> list[tuple[int, bool]]:
    return [levels.get(timeout=WAIT_S)[:2] for _ in range(count)]


@pytest.mark.req("R-KIOSK-02")
def test_a_lamp_shines_and_is_dark_again_and_the_others_are_as_they_were(lamps: Lamps, levels: Levels) -> None:
    lamps.light("social", "steady")
    lamps.light("social", "steady")
    lamps.light("guide", "steady")
    lamps.light("social", "off")
    lamps.check()

    assert changes(levels, 3) == [(17, True), (27, True), (17, False)]


@pytest.mark.req("R-KIOSK-02")
def test_blinking_lamps_blink_together_until_they_are_told_otherwise(lamps: Lamps, levels: Levels) -> None:
    lamps.light("social", "blink")
    lamps.light("guide", "blink")
    seen: dict[int, list[float]] = {17: [], 27: []}
    level = dict.fromkeys(seen, False)
    while min(map(len, seen.values())) < 6:
        pin, high, at = levels.get(timeout=WAIT_S)
        assert high != level[pin], "on and off by turns"
        level[pin] = high
        seen[pin].append(at)
    lamps.light("social", "steady")
    lamps.light("guide", "off")
    while (item := levels.get(timeout=WAIT_S)[:2]) != (27, False) and item != (17, True):
        pass

    for one, other in zip(seen[17][-4:], seen[17][-3:], strict=False):
        assert other - one > HALF_MS / 1000 * 0.3, "not faster than it should"


def test_a_beeper_sounds_as_often_as_it_is_told_and_a_lamp_goes_on_shining_after_a_flash(
    lamps: Lamps, levels: Levels
) -> None:
    lamps.pulse("guide", 20, times=3)
    assert changes(levels, 6) == [(27, True), (27, False)] * 3

    lamps.light("guide", "steady")
    assert changes(levels, 1) == [(27, True)]
    lamps.light("guide", "off")
    lamps.pulse("guide", 20)
    assert changes(levels, 3) == [(27, False), (27, True), (27, False)]


def test_a_pulse_is_never_longer_than_anybody_wants_to_hear(board: PinBoard, tmp_path: Path, levels: Levels) -> None:
    lamps = Lamps({"guide": 27}, factory=f"socket:{tmp_path / 'pins'}", longest_ms=20)
    lamps.open()
    lamps.pulse("guide", 3_600_000)
    assert changes(levels, 3) == [(27, False), (27, True), (27, False)]
    lamps.close()
    assert PULSE_MAX_MS <= 5000


def test_a_pulse_of_nothing_is_a_mistake_of_the_caller(lamps: Lamps) -> None:
    for ms, times in ((0, 1), (10, 0)):
        with pytest.raises(ValueError, match="is none"):
            lamps.pulse("guide", ms, times)


def test_a_lamp_nobody_configured_is_a_mistake_of_the_caller(lamps: Lamps) -> None:
    with pytest.raises(ValueError, match="there are social, guide"):
        lamps.light("phantom", "steady")


def test_a_relay_board_that_works_the_other_way_round(board: PinBoard, tmp_path: Path, levels: Levels) -> None:
    lamps = Lamps({"social": 17}, factory=f"socket:{tmp_path / 'pins'}", active_high=False)
    lamps.open()
    lamps.light("social", "steady")
    lamps.close()

    assert changes(levels, 3) == [(17, True), (17, False), (17, True)], "dark, lit, and dark when the daemon ends"


@pytest.mark.req("R-TECH-02")
def test_pins_that_are_somebody_elses_are_told_in_words(board: PinBoard, tmp_path: Path) -> None:
    factory = f"socket:{tmp_path / 'pins'}"
    board.hold(27)
    with pytest.raises(DriverOffline, match=r"lamp guide, pin 27 .*another process holds it"):
        Lamps(PINS, factory=factory).open()
    board.hold(27, on=False)
    with pytest.raises(DriverOffline, match=r"lamp b, pin 17 .*every pin needs a key of its own"):
        Lamps({"a": 17, "b": 17}, factory=factory).open()
    with pytest.raises(DriverOffline, match="no such pin"):
        Lamps({"a": 99}, factory=factory).open()
    panel = GpioButtons({"social": 17}, queue.SimpleQueue[object]().put, factory=factory)
    panel.open()
    with pytest.raises(DriverOffline, match="lamp social, pin 17"):
        Lamps(PINS, factory=factory).open()
    panel.close()
    lamps = Lamps(PINS, factory=factory)
    lamps.open()
    lamps.close()


def test_closed_lamps_say_so(board: PinBoard, tmp_path: Path) -> None:
    lamps = Lamps(PINS, factory=f"socket:{tmp_path / 'pins'}")
    lamps.close()
    for use in (lamps.check, lambda: lamps.light("guide", "steady"), lambda: lamps.pulse("guide")):
        with pytest.raises(DriverOffline, match="not open"):
            use()


@pytest.mark.req("R-TECH-02", "R-TECH-11")
def test_lamps_that_went_away_with_their_board_show_what_is_true_when_it_is_back(
    board: PinBoard, tmp_path: Path, levels: Levels
) -> None:
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    port = PortThread(
        Lamps(PINS, factory=f"socket:{tmp_path / 'pins'}"),
        inbox.put,
        name="lamps",
        check_every_s=0.02,
        back_off=BackOff(0.02, 0.05),
        when_offline="keep_latest",
    )

    def light(name: str, mode: Light) -> None:
        port.submit_latest(name, name, lambda driver: driver.light(name, mode))

    def until(kind: type) -> None:
        while not isinstance(inbox.get(timeout=WAIT_S), kind):
            pass

    port.open()
    until(PortUp)
    light("social", "steady")
    until(JobDone)
    board.close()
    until(PortDown)
    light("social", "off")
    light("guide", "off")
    light("guide", "steady")
    board.open()
    until(PortUp)
    while not (board.level(27) and not board.level(17)):
        levels.get(timeout=WAIT_S)
    port.close()  # dark when the daemon ends
    while levels.get(timeout=WAIT_S)[:2] != (27, False):
        pass
