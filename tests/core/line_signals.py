"""What an exchange and a handset put on the two opto-couplers of a telephone line: edges to feed a ``LineMonitor``."""

from collections.abc import Callable, Iterable
from random import Random
from typing import NamedTuple

from firmware_py.core.facts import Fact
from firmware_py.core.ring import LineMonitor, Wire

TRIP_MS = 200
"""An exchange takes so long at most to stop ringing current after the handset is lifted."""
CLEAR_OF_THE_EDGE_MS = 180
"""Nobody can say on which side a lift within the first periods of a burst lies: the random calls keep away from it."""


class Edge(NamedTuple):
    """A level that changed at ``at`` milliseconds."""

    at: int
    wire: Wire
    closed: bool


class Burst(NamedTuple):
    """Ringing current from ``begins`` to ``ends``."""

    begins: int
    ends: int


class Current(NamedTuple):
    """Ringing current as the opto-coupler sees it."""

    hz: float = 25.0
    full_wave: bool = False


class Heard(NamedTuple):
    """A fact and the moment it became certain."""

    at: int
    fact: Fact


def pulses(burst: Burst, current: Current, phase: float = 0.0) -> list[Edge]:
    """The opto-coupler's closing and opening once (half wave) or twice (full wave) a period."""
    step = 1000 / current.hz / (2 if current.full_wave else 1)
    found: list[Edge] = []
    moment = burst.begins + phase * step
    while moment < burst.ends:
        found += [Edge(round(moment), "ring", True), Edge(round(moment + step * 0.35), "ring", False)]
        moment += step
    return found


def ringing(
    bursts: Iterable[Burst],
    current: Current,
    lifted: int | None = None,
    *,
    phase: float = 0.0,
    trip_ms: int = TRIP_MS,
) -> list[Edge]:
    """All bursts of a call; a lifted handset cuts the one that is ringing and forestalls the rest."""
    found: list[Edge] = []
    for burst in bursts:
        ends = burst.ends if lifted is None else min(burst.ends, lifted + trip_ms)
        if lifted is not None and burst.begins >= lifted:
            break
        found += pulses(Burst(burst.begins, ends), current, phase)
    return found


def hook(at: int, closed: bool, bounces: Iterable[int] = ()) -> list[Edge]:
    """The hook's contact: at ``at``, and again for every distance in ``bounces``, ending at ``closed``."""
    found, level = [Edge(at, "hook", closed)], closed
    for bounce in bounces:
        at, level = at + bounce, not level
        found.append(Edge(at, "hook", level))
    if level is not closed:
        found.append(Edge(at + 5, "hook", closed))
    return found


def shaken_hook(burst: Burst, current: Current) -> list[Edge]:
    """Ringing current makes the loop sensor flicker though nobody has lifted."""
    step = 1000 / current.hz
    found: list[Edge] = []
    moment = float(burst.begins)
    while moment + step / 2 < burst.ends:
        found += [Edge(round(moment), "hook", True), Edge(round(moment + step / 2), "hook", False)]
        moment += step
    return found


def spikes(moments: Iterable[int]) -> list[Edge]:
    """Single pulses that mean nothing."""
    return [edge for at in moments for edge in (Edge(at, "ring", True), Edge(at + 1, "ring", False))]


def hear(edges: Iterable[Edge], until: int, line: str = "desk1-phone") -> list[Heard]:
    """Feed the edges in order of time, waking at every ``due`` in between as a daemon does."""
    monitor, found = LineMonitor(line), list[Heard]()

    def wake(now: int) -> None:
        while (due := monitor.due()) is not None and due <= now:
            found.extend(Heard(due, fact) for fact in monitor.elapse(due))

    for edge in sorted(edges):
        wake(edge.at)
        found.extend(Heard(edge.at, fact) for fact in monitor.edge(edge.wire, edge.closed, edge.at))
    wake(until)
    return found


def cadence(random: Random, rings: int, start: int = 1000) -> list[Burst]:
    """Rings of 1 s with pauses of 4 s, each within ten per cent (P-16)."""
    found: list[Burst] = []
    for _ in range(rings):
        ends = start + random.randint(900, 1100)
        found.append(Burst(start, ends))
        start = ends + random.randint(3600, 4400)
    return found


def double_ring(random: Random, rings: int, start: int = 1000) -> list[Burst]:
    """0.4 s on, 0.2 s off, 0.4 s on, 2 s off: two bursts of current are one ring."""
    found: list[Burst] = []
    for _ in range(rings):
        first = Burst(start, start + random.randint(370, 430))
        second = Burst(first.ends + random.randint(180, 220), 0)
        second = Burst(second.begins, second.begins + random.randint(370, 430))
        found += [first, second]
        start = second.ends + random.randint(1800, 2200)
    return found


def joined(bursts: Iterable[Burst], is_ring: Callable[[Burst], bool] = lambda burst: True) -> list[Burst]:
    """Bursts as R-PHONE-01 counts them: gaps under a second join."""
    found: list[Burst] = []
    for burst in filter(is_ring, bursts):
        if found and burst.begins - found[-1].ends < 1000:
            found[-1] = Burst(found[-1].begins, burst.ends)
        else:
            found.append(burst)
    return found
