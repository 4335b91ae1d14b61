"""Push buttons: one edge in, one press out. Debouncing is the owner's, with the reading's own time."""

from typing import Literal

import msgspec

from drivers import Driver

Light = Literal["steady", "blink", "off"]
"""How a lamp shines."""


class Pressed(msgspec.Struct, frozen=True):
    """A button closed. ``button`` is its name in device.toml; of a USB key box, the key's (``KEY_KP1``)."""

    button: str
    at: int


class ButtonsLost(msgspec.Struct, frozen=True):
    """The wire went away while reading; the driver's owner reopens it with back-off."""

    reason: str


class Buttons(Driver):
    """A panel of buttons whose reader thread puts the structs above.

    ``check`` raises ``DriverFault("stuck_key")`` while a button has been down for half a minute; it was one press, and
    the others go on.
    """
