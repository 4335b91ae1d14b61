"""What a telephone watcher does: edges become rings, rings become facts, facts are journalled and streamed."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import cast

from drivers.phone import CallerHeard, Edge, RingHeard
from firmware_py.core import facts as f
from firmware_py.core.ring import LineMonitor
from firmware_py.link import Lifecycle, LinkUp, Refused
from firmware_py.runtime.effects import Keep, SetStatus
from firmware_py.runtime.loop import Timer
from firmware_py.runtime.port_reports import PortDown, PortUp

log = logging.getLogger(__name__)

CALLER_WAITS_MS = 10_000
"""A number that an exchange sends before the first ring belongs to the ring that follows within this time."""


def _nobody(_: str) -> str:
    return ""


class PhoneWatch:
    """The logic of the telephone lines of one device.

    Args:
        lines: their names.
        hash_of: keeps a caller's number where it belongs and returns what stands for it, "" = nothing.
        hook_seen: whether something on these lines tells when a handset is lifted.
    """

    def __init__(
        self, lines: Iterable[str], hash_of: Callable[[str], str] = _nobody, *, hook_seen: bool = True
    ) -> None:
        self._hook_seen = hook_seen
        self._lines = {line: LineMonitor(line, hook_seen=hook_seen) for line in lines}
        self._hash_of = hash_of
        self._early: dict[str, CallerHeard] = {}

    def on(self, item: object, now: int) -> Iterator[object]:
        """Effects of one inbox item at monotonic ``now``."""
        match item:
            case Edge(line, wire, closed, at) if line in self._lines:
                yield from self._kept(self._lines[line].edge(wire, closed, at), at)
            case RingHeard(line, at) if line in self._lines:
                yield from self._kept(self._lines[line].ring(at), at)
            case CallerHeard(line=line) if line in self._lines:
                yield from self._caller(item)
            case Timer():
                for monitor in self._lines.values():
                    yield from self._kept(monitor.elapse(now), now)
            case PortDown("lines", reason, _):
                self._lines = {line: LineMonitor(line, hook_seen=self._hook_seen) for line in self._lines}
                self._early.clear()
                yield Keep(f.DeviceDown("lines", reason))
            case PortUp("lines"):
                yield Keep(f.DeviceUp("lines"))
                for line in self._lines:
                    yield Keep(f.WatchBegan(line))
            case LinkUp():
                yield SetStatus(Lifecycle.READY)
            case Refused(topic, reason):
                log.error("the broker refused %s: %s", topic, reason)
            case _:
                pass

    def due(self) -> int | None:
        """When silence means something."""
        return min((due for each in self._lines.values() if (due := each.due()) is not None), default=None)

    def _caller(self, heard: CallerHeard) -> Iterator[Keep]:
        monitor = self._lines[heard.line]
        if not (monitor.rings or monitor.talking):
            self._early[heard.line] = heard
            return
        caller = self._hash_of(heard.number)
        if caller:
            yield Keep(f.CallerKnown(heard.line, caller))

    def _kept(self, facts: Iterable[f.Fact], at: int) -> Iterator[Keep]:
        for fact in facts:
            yield Keep(cast("f.EdgeFact", fact))
            early = self._early.pop(fact.line, None) if isinstance(fact, f.RingBegan) else None
            if early is not None and at - early.at <= CALLER_WAITS_MS:
                yield from self._caller(early)
