"""Telephone lines: ring pulses and the hook, as edges with the kernel's time. Counting is ``core.ring``'s."""

from typing import Literal

import msgspec

from drivers import Driver


class Edge(msgspec.Struct, frozen=True):
    """A level changed on a line's detector.

    ``wire`` is ``"ring"`` (an opto-coupler that closes for each half wave of the 25 Hz ringing current) or ``"hook"``
    (closed = off-hook). ``at`` is monotonic milliseconds, from the kernel's edge time where there is one.
    """

    line: str
    wire: Literal["ring", "hook"]
    closed: bool
    at: int


class Lines(Driver):
    """The telephone lines of one device; the reader thread puts ``Edge``."""
