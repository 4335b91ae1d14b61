"""Push buttons: one edge in, one press out. Debouncing is the owner's, with the reading's own time."""

import msgspec

from drivers import Driver


class Pressed(msgspec.Struct, frozen=True):
    """A button closed. ``button`` is its name in device.toml."""

    button: str
    at: int


class Buttons(Driver):
    """A panel of buttons whose reader thread puts ``Pressed``."""
