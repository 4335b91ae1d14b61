"""Telephones ringing in a hall, for the tests of the core."""

from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from tests.core.halls import NINE, SECOND, ask

LINE = "desk1-phone"
SILENCE = 6 * SECOND
RING = 5 * SECOND
"""From the start of one ring to the next."""


def ring(hall: Hall, rings: int, at: int = NINE, line: str = LINE, *, last_ends: bool = True) -> list[e.Event]:
    """So many rings, one each five seconds; what followed."""
    found: list[e.Event] = []
    for n in range(1, rings + 1):
        found += ask(hall, f.RingBegan(line, n), at)
        if n < rings or last_ends:
            found += ask(hall, f.RingEnded(line, n), at + SECOND)
        at += RING
    return found


def ring_out(hall: Hall, rings: int, at: int = NINE, line: str = LINE, caller: str = "") -> list[e.Event]:
    """So many rings, the first at ``at``, and nobody lifts; what the call came to."""
    ask(hall, f.RingBegan(line, 1), at)
    if caller:
        ask(hall, f.CallerKnown(line, caller), at + SECOND)
    for n in range(2, rings + 1):
        ask(hall, f.RingBegan(line, n), at + (n - 1) * RING)
    return ask(hall, f.RingingStopped(line, rings), given_up(rings, at))


def given_up(rings: int, at: int = NINE) -> int:
    """When the watcher says that a call of so many rings, the first at ``at``, is over."""
    return at + (rings - 1) * RING + SECOND + SILENCE


def kinds(events: list[e.Event]) -> list[type[e.Event]]:
    return [type(event) for event in events]
