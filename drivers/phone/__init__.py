"""Telephone lines: ring pulses and the hook, as edges with the kernel's time. Counting is ``core.ring``'s."""

from typing import Literal

import msgspec

from drivers import Driver

Wire = Literal["ring", "hook", "second", "loop"]


class Edge(msgspec.Struct, frozen=True):
    """A level changed on a line's detector.

    ``wire`` is ``"ring"`` (an opto-coupler that closes for each half wave of the 25 Hz ringing current) or ``"hook"``
    (closed = off-hook); where they are fitted, ``"second"`` (the same for the telephone's line 2) and ``"loop"``
    (closed = the exchange feeds the line). ``at`` is monotonic milliseconds, from the kernel's edge time where there
    is one.
    """

    line: str
    wire: Wire
    closed: bool
    at: int


class Lines(Driver):
    """The telephone lines of one device; the reader thread puts ``Edge``."""
