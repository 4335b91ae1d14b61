"""``[instance.pad]``: the staff pad of a desk."""

from typing import Annotated

import msgspec
from msgspec import Meta

from firmware_py.runtime.value_kinds import Baud, DevicePath, KeyName, PadAddress, WireKey


class Ff68Pad(msgspec.Struct, frozen=True, tag_field="driver", tag="ff68"):
    """A staff pad on the ``FF 68`` serial bus; ``keys`` are changes to ``drivers.keypad.keycaps``."""

    port: DevicePath
    address: PadAddress = 1
    baud: Baud = 9600
    keys: dict[WireKey, str] = {}


class EvdevPad(msgspec.Struct, frozen=True, tag_field="driver", tag="evdev"):
    """A USB number pad as staff pad; ``path`` may be a pattern."""

    path: DevicePath
    keys: Annotated[dict[KeyName, str], Meta(min_length=1)]
    address: PadAddress = 1
