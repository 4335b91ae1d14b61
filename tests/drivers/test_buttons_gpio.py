"""Buttons on pins: the real back-end over a pin board."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.buttons import Pressed
from drivers.buttons.gpio import GpioButtons
from drivers.virtual.pins import BOUNCING, PinBoard
from firmware_py.errors import ConfigError, DriverOffline

Inbox = queue.SimpleQueue[object]

WAIT_S = 5.0
MS = 1_000_000
PINS = {"consult": 5, "social": 6}


@pytest.fixture
def inbox() -> Inbox:
    return queue.SimpleQueue()


@pytest.fixture
def board(tmp_path: Path) -> Iterator[PinBoard]:
    with PinBoard(tmp_path / "pins") as far_end:
        yield far_end


@pytest.fixture
def buttons(board: PinBoard, inbox: Inbox, tmp_path: Path) -> Iterator[GpioButtons]:
    panel = GpioButtons(PINS, inbox.put, factory=f"socket:{tmp_path / 'pins'}")
    panel.open()
    yield panel
    panel.close()


def now_ms() -> int:
    return time.monotonic_ns() // MS


@pytest.mark.req("R-KIOSK-01", "R-KIOSK-02", "R-TECH-08")
def test_a_press_is_one_pressed_with_the_time_of_the_edge(buttons: GpioButtons, board: PinBoard, inbox: Inbox) -> None:
    at = now_ms() - 500
    board.press(5, at_ns=at * MS)
    board.press(6, at_ns=(at + 10) * MS)
    assert inbox.get(timeout=WAIT_S) == Pressed("consult", at)
    assert inbox.get(timeout=WAIT_S) == Pressed("social", at + 10)
    assert inbox.empty()


def test_a_bouncing_press_is_one_pressed_per_closing_edge(buttons: GpioButtons, board: PinBoard, inbox: Inbox) -> None:
    at = now_ms()
    board.press(5, held_ms=100, contact=BOUNCING, at_ns=at * MS)
    board.press(6, at_ns=at * MS)
    readings = [inbox.get(timeout=WAIT_S) for _ in range(6)]
    assert readings == [Pressed("consult", at + ms) for ms in (0, 1, 2, 100, 102)] + [Pressed("social", at)]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(sorted(PINS)), st.integers(0, 500)), max_size=20))
def test_any_sequence_of_presses_is_reported_once_each_in_order(
    buttons: GpioButtons, board: PinBoard, inbox: Inbox, presses: list[tuple[str, int]]
) -> None:
    at = now_ms()
    expected = []
    for button, gap_ms in presses:
        at += gap_ms
        board.press(PINS[button], held_ms=1, at_ns=at * MS)
        expected.append(Pressed(button, at))
        at += 1
    assert [inbox.get(timeout=WAIT_S) for _ in presses] == expected
    assert inbox.empty()


def test_a_button_held_while_the_panel_opens_is_no_press(board: PinBoard, inbox: Inbox, tmp_path: Path) -> None:
    board.drive(5, low=True)
    panel = GpioButtons(PINS, inbox.put, factory=f"socket:{tmp_path / 'pins'}")
    panel.open()
    at = now_ms()
    board.drive(5, low=False)
    board.press(5, at_ns=at * MS)
    assert inbox.get(timeout=WAIT_S) == Pressed("consult", at)
    assert inbox.empty()
    panel.close()


def test_contacts_to_plus_close_on_the_rising_edge(board: PinBoard, inbox: Inbox, tmp_path: Path) -> None:
    panel = GpioButtons(PINS, inbox.put, pull_up=False, factory=f"socket:{tmp_path / 'pins'}")
    panel.open()
    at = now_ms()
    board.drive(5, low=False, at_ns=at * MS)
    board.drive(5, low=True)
    assert inbox.get(timeout=WAIT_S) == Pressed("consult", at)
    assert inbox.empty()
    panel.close()


def test_a_closing_edge_the_kernel_dropped_is_found_while_the_button_is_held(
    board: PinBoard, inbox: Inbox, tmp_path: Path
) -> None:
    panel = GpioButtons(PINS, inbox.put, factory=f"socket:{tmp_path / 'pins'}", resync_s=0.02)
    panel.open()
    before = now_ms()
    board.drive(5, low=True, lost=True)
    found = inbox.get(timeout=WAIT_S)
    assert isinstance(found, Pressed)
    assert found.button == "consult"
    assert before <= found.at <= now_ms()
    panel.close()
    assert inbox.empty()


def test_a_dropped_opening_edge_does_not_swallow_the_next_press(
    buttons: GpioButtons, board: PinBoard, inbox: Inbox
) -> None:
    at = now_ms()
    board.drive(5, low=True, at_ns=at * MS)
    board.drive(5, low=False, lost=True)
    board.drive(5, low=True, at_ns=(at + 400) * MS)
    assert [inbox.get(timeout=WAIT_S) for _ in range(2)] == [Pressed("consult", at), Pressed("consult", at + 400)]


@pytest.mark.req("R-TECH-11")
def test_a_board_that_went_away_is_offline_until_it_is_back(
    buttons: GpioButtons, board: PinBoard, inbox: Inbox, tmp_path: Path
) -> None:
    buttons.check()
    board.close()
    wait_until(lambda: not answers(buttons))
    board.open()
    wait_until(lambda: answers(buttons))
    at = now_ms()
    board.press(5, at_ns=at * MS)
    assert inbox.get(timeout=WAIT_S) == Pressed("consult", at)


def test_no_board_is_offline(inbox: Inbox, tmp_path: Path) -> None:
    panel = GpioButtons(PINS, inbox.put, factory=f"socket:{tmp_path / 'pins'}")
    with pytest.raises(DriverOffline):
        panel.open()
    with pytest.raises(DriverOffline):
        panel.check()
    panel.close()


@pytest.mark.parametrize("pins", [{"a": 5, "b": 5}, {"a": 99}])
def test_a_pin_used_twice_or_absent_leaves_nothing_claimed(
    board: PinBoard, inbox: Inbox, tmp_path: Path, pins: dict[str, int]
) -> None:
    factory = f"socket:{tmp_path / 'pins'}"
    with pytest.raises(DriverOffline, match=r"pin (5|99)"):
        GpioButtons(pins, inbox.put, factory=factory).open()
    panel = GpioButtons(PINS, inbox.put, factory=factory)
    panel.open()
    panel.close()


def test_two_panels_share_the_header_and_close_separately(
    buttons: GpioButtons, board: PinBoard, inbox: Inbox, tmp_path: Path
) -> None:
    other = GpioButtons({"guide": 13}, inbox.put, factory=f"socket:{tmp_path / 'pins'}")
    other.open()
    at = now_ms()
    board.press(13, at_ns=at * MS)
    assert inbox.get(timeout=WAIT_S) == Pressed("guide", at)
    other.close()
    board.press(5, at_ns=at * MS)
    assert inbox.get(timeout=WAIT_S) == Pressed("consult", at)


def test_a_closed_panel_is_deaf_and_opens_again(buttons: GpioButtons, board: PinBoard, inbox: Inbox) -> None:
    buttons.close()
    buttons.close()
    board.press(5)
    buttons.open()
    at = now_ms()
    board.press(5, at_ns=at * MS)
    assert inbox.get(timeout=WAIT_S) == Pressed("consult", at)
    assert inbox.empty()


def test_an_unknown_factory_is_a_config_error(inbox: Inbox) -> None:
    with pytest.raises(ConfigError):
        GpioButtons(PINS, inbox.put, factory="mock").open()


def answers(buttons: GpioButtons) -> bool:
    try:
        buttons.check()
    except DriverOffline:
        return False
    return True


def wait_until(reached: Callable[[], bool]) -> None:
    pause, deadline = threading.Event(), time.monotonic() + WAIT_S
    while not reached():
        assert time.monotonic() < deadline
        pause.wait(0.01)
