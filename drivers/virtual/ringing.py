"""Ringing as a detector shows it: the timestamped edges of bursts, cadences and noise. Pure, for any clock.

The exchange sends 25 ± 3 Hz for 1 s, then 4 s of silence, each ± 10 % (GB 3380-1982; hardware.md 6.1). A ring detector
with one LED closes for about 17.6 ms of each 40 ms period, one with two for 17.6 ms of each half period (6.2, 4.3).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import msgspec

_MS: Final = 1_000_000
_CONDUCTION: Final = 0.44
"""Part of a full period during which one LED of the opto-coupler conducts: 17.6 of 40 ms."""

_CHINA: Final[Sequence[int]] = (1000, 4000)


class LineEdge(msgspec.Struct, frozen=True):
    """The ring detector closes or opens; ``at_ns`` on whatever clock the caller started from."""

    at_ns: int
    closed: bool


class Ringing(msgspec.Struct, frozen=True):
    """How an exchange and a detector ring together.

    ``cadence_ms`` is one whole ring, on and off in turn: ``(400, 200, 400, 2000)`` is a double ring.
    ``first_on_ms`` cuts the start of the first burst, as when the line is seized in mid cycle.
    """

    frequency_hz: float = 25.0
    full_wave: bool = False
    cadence_ms: Sequence[int] = _CHINA
    first_on_ms: int | None = None

    @property
    def cycle_ms(self) -> int:
        """From the start of one ring to the start of the next."""
        return sum(self.cadence_ms)

    @property
    def on_ms(self) -> int:
        """From the start of a ring to the end of its last burst."""
        return self.cycle_ms - self.cadence_ms[-1]


def edges(
    rings: int,
    ringing: Ringing | None = None,
    *,
    start_ns: int = 0,
    until_ns: int | None = None,
    spikes: Sequence[tuple[int, int]] = (),
) -> Iterator[LineEdge]:
    """The edges a ring detector would show, in order, alternating, the last one open. Pure.

    Args:
        rings: how many rings; 0 for noise alone.
        ringing: how it rings; None is the nominal Chinese ring on a one-way detector.
        start_ns: when the first burst starts.
        until_ns: when the ringing is cut, by an answer or a caller giving up; None lets the last ring end.
        spikes: noise, as (start ns, length ns) during which the detector closes for no reason; they are not cut.
    """
    contacts = list(_contacts(rings, ringing or Ringing(), start_ns))
    if until_ns is not None:
        contacts = [(begin, min(end, until_ns)) for begin, end in contacts if begin < until_ns]
    yield from alternating([*contacts, *((at, at + length) for at, length in spikes)])


def alternating(contacts: Iterable[tuple[int, int]]) -> Iterator[LineEdge]:
    """The edges of a detector that closes from the one to the other moment of each pair, which may overlap. Pure."""
    open_until: int | None = None
    for begin, end in sorted(contacts):
        if open_until is None or begin > open_until:
            if open_until is not None:
                yield LineEdge(open_until, closed=False)
            yield LineEdge(begin, closed=True)
            open_until = end
        else:
            open_until = max(open_until, end)
    if open_until is not None:
        yield LineEdge(open_until, closed=False)


def pulses(
    begin_ns: int, end_ns: int, frequency_hz: float = 25.0, *, full_wave: bool = False
) -> Iterator[tuple[int, int]]:
    """When the detector closes and opens while ringing current flows from ``begin_ns`` to ``end_ns``: a half wave that
    is cut off does not close it any more. Pure."""
    period = 1e9 / frequency_hz
    step = period / 2 if full_wave else period
    for pulse in range(int((end_ns - begin_ns) / step)):
        begin = begin_ns + round(pulse * step)
        yield begin, begin + round(period * _CONDUCTION)


def _contacts(rings: int, ringing: Ringing, start_ns: int) -> Iterator[tuple[int, int]]:
    for ring in range(rings):
        at_ms = ring * ringing.cycle_ms
        for part, length_ms in enumerate(ringing.cadence_ms):
            if part % 2 == 0:
                skip_ms = 0
                if ring == 0 and part == 0 and ringing.first_on_ms is not None:
                    skip_ms = max(0, length_ms - ringing.first_on_ms)
                begins, ends = start_ns + (at_ms + skip_ms) * _MS, start_ns + (at_ms + length_ms) * _MS
                yield from pulses(begins, ends, ringing.frequency_hz, full_wave=ringing.full_wave)
            at_ms += length_ms
