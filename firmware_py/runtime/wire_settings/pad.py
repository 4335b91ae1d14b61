"""``[instance.pad]``: the staff pad of a desk."""

from typing import Annotated

import msgspec
from msgspec import Meta

from drivers.keypad import Shows
from drivers.keypad.keymaps import Keymap, digits_of, keys_of
from firmware_py.runtime.value_kinds import Baud, DevicePath, KeyName, PadAddress, Pin, Pins, WireKey


class Ff68Pad(msgspec.Struct, frozen=True, tag_field="driver", tag="ff68"):
    """A staff pad on the ``FF 68`` serial bus; ``keys`` are changes to the key map, "" takes a key out of use."""

    port: DevicePath
    address: PadAddress = 1
    baud: Baud = 9600
    keymap: Keymap = "usual"
    keys: dict[WireKey, str] = {}

    @property
    def shows(self) -> Shows:
        """What this pad has to tell its user with."""
        return Shows(digits=True, beeper=True)

    @property
    def meanings(self) -> dict[str, str]:
        """Wire key to desk key word: the map in force.

        Raises:
            ConfigError: a word no desk knows.
        """
        return keys_of("ff68", self.keymap, self.keys)

    @property
    def digits(self) -> dict[str, str]:
        """Wire key to digit or ``ok`` while something is typed."""
        return digits_of("ff68", self.meanings)


class EvdevPad(msgspec.Struct, frozen=True, tag_field="driver", tag="evdev"):
    """A USB number pad as staff pad; ``path`` may be a pattern. ``keys`` are changes to the key map."""

    path: DevicePath
    address: PadAddress = 1
    keymap: Keymap = "usual"
    keys: dict[KeyName, str] = {}

    @property
    def shows(self) -> Shows:
        """What this pad has to tell its user with: nothing."""
        return Shows()

    @property
    def meanings(self) -> dict[str, str]:
        """Wire key to desk key word: the map in force.

        Raises:
            ConfigError: a word no desk knows.
        """
        return keys_of("evdev", self.keymap, self.keys)

    @property
    def digits(self) -> dict[str, str]:
        """Wire key to digit or ``ok`` while something is typed, whatever the map makes of it otherwise; nothing is
        typed on three keys."""
        return digits_of("evdev", self.meanings) if self.keymap == "usual" else {}


class PadKey(msgspec.Struct, frozen=True):
    """A button on a pin, and the lamp inside it."""

    pin: Pin
    lamp: Pin | None = None


class GpioPad(msgspec.Struct, frozen=True, tag_field="driver", tag="gpio"):
    """Buttons on pins as staff pad: the desk key's word → the button. ``lamp`` is the desk's own, ``beeper`` an active
    beeper's pin; ``pull_up`` = contacts to ground, ``lamp_high`` = a lit lamp's pin is high. ``keymap = "three"`` =
    there are the keys next, recall and pause alone."""

    keys: Annotated[dict[str, PadKey], Meta(min_length=1)]
    lamp: Pin | None = None
    beeper: Pin | None = None
    factory: Pins = "gpio"
    pull_up: bool = True
    lamp_high: bool = True
    address: PadAddress = 1
    keymap: Keymap = "usual"

    @property
    def pins(self) -> dict[str, int]:
        """Word → the button's pin."""
        return {word: key.pin for word, key in self.keys.items()}

    @property
    def lamps(self) -> dict[str, int]:
        """The lamp's name, a key's word or ``desk``, → its pin."""
        lamps = {word: key.lamp for word, key in self.keys.items() if key.lamp is not None}
        return lamps if self.lamp is None else {**lamps, DESK_LAMP: self.lamp}

    @property
    def shows(self) -> Shows:
        """What this pad has to tell its user with."""
        return Shows(beeper=self.beeper is not None, lamps=frozenset(self.lamps))

    @property
    def meanings(self) -> dict[str, str]:
        """Each button means the word it is named by."""
        return {word: word for word in self.keys}

    @property
    def digits(self) -> dict[str, str]:
        """Button to digit or ``ok`` while something is typed."""
        return digits_of("gpio", self.meanings)


PadConfig = Ff68Pad | EvdevPad | GpioPad
"""The staff pad of a desk."""

DESK_LAMP = "desk"
"""The name of a pad's lamp that belongs to no key."""
