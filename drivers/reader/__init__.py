"""Code readers: a bar or QR code held before one is a line of text."""

import msgspec

from drivers import Driver

LONGEST = 200
"""Characters a line may have; longer ones are noise and discarded whole."""


class CodeRead(msgspec.Struct, frozen=True):
    """A code was read; ``text`` is what stands in it, without the line's end and the blanks around it."""

    text: str
    at: int


class ReaderLost(msgspec.Struct, frozen=True):
    """The wire went away while reading; the driver's owner reopens it with back-off."""

    reason: str


class CodeReader(Driver):
    """A reader that reads by itself. Its thread puts the structs above."""
