"""docs/drivers/keypad.md says what the code does: key maps, the three keys, what is heard."""

import re
from pathlib import Path

import pytest

from caller.pad_signals import BEEPS, Signal
from drivers.keypad.ff68_bus import REPEAT_MS
from drivers.keypad.ff68_frames import Frame
from drivers.keypad.gpio_pad import SETTLE_MS
from drivers.keypad.held_keys import STUCK_MS
from drivers.keypad.keymaps import NUMBER_PAD

PAGE = (Path(__file__).parents[2] / "docs/drivers/keypad.md").read_text(encoding="utf-8")


@pytest.mark.req("R-DESK-01")
def test_the_number_pad_is_printed_as_it_is_shipped() -> None:
    assert dict(re.findall(r"`(KEY_KP[A-Z0-9]+)` ([a-z_]+) ", PAGE)) == NUMBER_PAD


def test_the_beeps_are_counted_as_they_sound() -> None:
    rows = {
        Signal.REFUSED: "a key was refused",
        Signal.UNANSWERED: "no answer to a key",
        Signal.RING: "the own telephone",
        Signal.NEIGHBOUR: "a neighbour's telephone",
    }
    for signal, row in rows.items():
        [sound] = re.findall(rf"^\| {row}[^|]*\| (\d \w+) \|", PAGE, re.MULTILINE)
        beep = BEEPS[signal]
        assert sound == f"{beep.times} {'long' if beep.long else 'short'}"


def test_the_frame_to_compare_a_capture_with_is_the_frame_that_is_understood() -> None:
    assert Frame(1, 0x01, b"\x0c").encode().hex(" ") in PAGE


def test_the_times_are_the_codes() -> None:
    assert (REPEAT_MS, SETTLE_MS, STUCK_MS) == (300, 30, 30_000)
    assert "within 300 ms" in PAGE
    assert "open for 30 ms" in PAGE
