"""``[instance.keypad]``: the evaluator of a desk."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from firmware_py.runtime.value_kinds import Baud, DevicePath, KeyName, Levels, PadAddress, Pin, Pins


class Ff68Keypad(msgspec.Struct, frozen=True, tag_field="driver", tag="ff68"):
    """An evaluator on the ``FF 68`` serial bus."""

    port: DevicePath
    address: PadAddress = 1
    baud: Baud = 9600
    levels: Levels = (5, 4, 3, 2, 1)


class EvdevKeypad(msgspec.Struct, frozen=True, tag_field="driver", tag="evdev"):
    """A USB number pad as evaluator; ``keys`` from left to right."""

    path: DevicePath
    keys: Annotated[tuple[KeyName, ...], Meta(min_length=1)]
    address: PadAddress = 1
    levels: Levels = (5, 4, 3, 2, 1)


class GpioKeypad(msgspec.Struct, frozen=True, tag_field="driver", tag="gpio"):
    """Buttons on pins as evaluator, ``pins`` from left to right; ``lamps`` are lit while a rating is asked for,
    ``pull_up`` = contacts to ground, ``lamp_high`` = a lit lamp's pin is high."""

    pins: Annotated[tuple[Pin, ...], Meta(min_length=1, description="the pins of the keys from left to right")]
    lamps: Annotated[tuple[Pin, ...], Meta(description="the pins of the lamps")] = ()
    factory: Pins = "gpio"
    pull_up: bool = True
    lamp_high: bool = True
    address: PadAddress = 1
    levels: Levels = (5, 4, 3, 2, 1)


KeypadConfig = Ff68Keypad | EvdevKeypad | GpioKeypad
"""The evaluator of a desk."""


def expected_first_position(levels: Sequence[int]) -> int:
    """Where 非常满意 must be, counted from the left, 0 first: the key a test asks for first, because a keypad mounted
    the other way round turns every rating into its opposite."""
    return levels.index(max(levels))
