"""Random telephone calls on random lines, and what a listener with perfect ears would report of each. Pure, seeded.

Ringing current of 22-28 Hz seen by one LED or two, cadence ±10 %, double rings, a first ring cut short because the line
was seized in mid cycle, a caller who drops in mid ring, spikes, line tests, somebody dialling on a parallel telephone,
bouncing hooks, loop detectors that flicker with the ringing current (hardware.md 6.1-6.3; P-16).
"""

from collections.abc import Iterator
from random import Random
from typing import Final, Literal

import msgspec

from drivers.virtual.ringing import alternating, pulses

_MS: Final = 1_000_000
_TRIP_MS: Final = 200
"""An exchange takes so long at most to stop ringing current after the handset is lifted."""
_CLEAR_MS: Final = 180
"""On which side of a burst's beginning a lift lies nobody can say within its first periods: calls keep away from it."""
_AUDIBLE_MS: Final = 300
_JOIN_MS: Final = 1000
"""Shorter current is no ring, a shorter gap lies inside one (R-PHONE-01)."""

Burst = tuple[int, int]
"""Ringing current from one millisecond to another."""


class DetectorEdge(msgspec.Struct, frozen=True, order=True):
    """A detector of the line closes or opens at ``at`` milliseconds."""

    at: int
    wire: Literal["ring", "hook"]
    closed: bool


class RandomCall(msgspec.Struct, frozen=True):
    """One call.

    ``onsets`` are the beginnings of the rings a perfect listener counts before the handset is lifted; ``lifted_at`` is
    None when nobody does. After ``until`` the line has long been quiet.
    """

    edges: list[DetectorEdge]
    onsets: list[int]
    lifted_at: int | None
    hung_up_at: int
    until: int


def random_call(random: Random, start: int = 0) -> RandomCall:
    """A call that begins some time after ``start``, in milliseconds."""
    frequency_hz, full_wave = random.uniform(22, 28), random.random() < 0.5
    double = random.random() < 0.2
    bursts = _double_rings(random, start + 1000) if double else _rings(random, start + 1000)
    rings = _joined([burst for burst in bursts if burst[1] - burst[0] >= _AUDIBLE_MS])
    lifted = _lift(random, rings, bursts) if rings and random.random() < 0.6 else None
    edges: list[DetectorEdge] = []
    contacts: list[tuple[int, int]] = []
    trip_ms = random.randint(0, _TRIP_MS)
    shaken = lifted is None and random.random() < 0.3
    for begins, ends in bursts:
        if lifted is not None and begins >= lifted:
            break
        flows_until = ends if lifted is None else min(ends, lifted + trip_ms)
        current = list(pulses(begins * _MS, flows_until * _MS, frequency_hz, full_wave=full_wave))
        contacts += current
        if shaken:
            edges += _on("hook", current)
    last = bursts[-1][1] if lifted is None else lifted
    contacts += _noise(random, start, bursts, lifted)
    edges += _on("ring", contacts)
    hung_up = 0
    if lifted is not None:
        hung_up = lifted + random.randint(1000, 20_000)
        bounces = [random.randint(1, 25) for _ in range(random.randint(0, 6))]
        edges += [*_hook(lifted, True, bounces), *_hook(hung_up, False, bounces)]
    onsets = [begins for begins, _ in rings if lifted is None or begins < lifted]
    return RandomCall(sorted(edges), onsets, lifted, hung_up, max(last, hung_up) + 10_000)


def _rings(random: Random, at: int) -> list[Burst]:
    found = []
    for _ in range(random.randint(1, 7)):
        found.append((at, at + random.randint(900, 1100)))
        at = found[-1][1] + random.randint(3600, 4400)
    if random.random() < 0.3:  # seized in mid cycle: too little of it to count, or enough
        short = random.choice((random.randint(40, 180), random.randint(400, 880)))
        found[0] = (found[0][1] - short, found[0][1])
    if random.random() < 0.5:  # the caller drops in mid ring
        found[-1] = (found[-1][0], min(found[-1][1], found[-1][0] + random.randint(400, 880)))
    return found


def _double_rings(random: Random, at: int) -> list[Burst]:
    found = []
    for _ in range(random.randint(1, 7)):
        first = (at, at + random.randint(370, 430))
        again = first[1] + random.randint(180, 220)
        found += [first, (again, again + random.randint(370, 430))]
        at = found[-1][1] + random.randint(1800, 2200)
    return found


def _joined(bursts: list[Burst]) -> list[Burst]:
    found: list[Burst] = []
    for begins, ends in bursts:
        if found and begins - found[-1][1] < _JOIN_MS:
            found[-1] = (found[-1][0], ends)
        else:
            found.append((begins, ends))
    return found


def _lift(random: Random, rings: list[Burst], bursts: list[Burst]) -> int:
    begins, ends = random.choice(rings)
    if random.random() < 0.5:
        return random.randint(begins + _CLEAR_MS, ends)
    following = [burst[0] for burst in bursts if burst[0] > ends]
    return random.randint(ends, min([*following, ends + 5000]) - 60)


def _noise(random: Random, start: int, bursts: list[Burst], lifted: int | None) -> Iterator[tuple[int, int]]:
    """In the silences: a spike, a line test of a tenth of a second, or eight dial pulses at 10 a second."""
    over = bursts[-1][1] + 5000 if lifted is None else lifted
    begins = [start, *(ends for _, ends in bursts)]
    stops = [*(each for each, _ in bursts), over]
    for silent, stop in zip(begins, stops, strict=True):
        first, last = silent + 150, min(stop, over) - 150
        if last - first <= 850:
            continue
        if random.random() < 0.2:
            at = random.randint(first, last) * _MS
            yield at, at + _MS
        elif random.random() < 0.15 and last - first > 1100:  # too late to join the burst before
            test = random.randint(first + 950, last - 100)
            yield from pulses(test * _MS, (test + 100) * _MS)
        elif random.random() < 0.15:
            yield from (((first + 100 * n) * _MS, (first + 100 * n + 60) * _MS) for n in range(8))


def _on(wire: Literal["ring", "hook"], contacts: list[tuple[int, int]]) -> Iterator[DetectorEdge]:
    for edge in alternating(contacts):
        yield DetectorEdge(edge.at_ns // _MS, wire, edge.closed)


def _hook(at: int, closed: bool, bounces: list[int]) -> Iterator[DetectorEdge]:
    level = closed
    yield DetectorEdge(at, "hook", level)
    for bounce in bounces:
        at, level = at + bounce, not level
        yield DetectorEdge(at, "hook", level)
    if level is not closed:
        yield DetectorEdge(at + 5, "hook", closed)
