"""Telephone lines: ring pulses and the hook, with the kernel's time, or a modem's word for them; who calls.

Counting is ``core.ring``'s. A line is *blind* when nothing on it tells that the handset is lifted: whether ringing that
stops was answered, only its owner's rules can leave open.
"""

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


class RingHeard(msgspec.Struct, frozen=True):
    """A device that counts by itself said that the telephone rings: once for each ring, at its start or at its end, at
    monotonic ``at`` (hardware.md 6.5)."""

    line: str
    at: int


class CallerHeard(msgspec.Struct, frozen=True):
    """A line told who calls: ``number`` as the exchange sent it, at monotonic ``at``."""

    line: str
    number: str
    at: int

    def __repr__(self) -> str:
        return f"CallerHeard({self.line!r})"  # a number stands in no log (R-PHONE-10)


class LineLost(msgspec.Struct, frozen=True):
    """The wire went away while reading; the driver's owner reopens it with back-off."""

    reason: str


class Lines(Driver):
    """The telephone lines of one device; the reader thread puts the structs above."""
