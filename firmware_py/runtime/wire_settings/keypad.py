"""``[instance.keypad]``: the evaluator of a desk."""

from typing import Annotated

import msgspec
from msgspec import Meta

from firmware_py.runtime.value_kinds import Baud, DevicePath, KeyName, Levels, PadAddress


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
