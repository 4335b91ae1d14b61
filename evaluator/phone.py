"""What a telephone watcher does: edges become rings, rings become facts, facts are journalled and streamed."""

import logging
from collections.abc import Iterable, Iterator
from typing import cast

from drivers.phone import Edge
from firmware_py.core import facts as f
from firmware_py.core.ring import LineMonitor
from firmware_py.link import Lifecycle, LinkUp, Refused
from firmware_py.runtime.effects import Keep, SetStatus
from firmware_py.runtime.loop import Timer
from firmware_py.runtime.port_reports import PortDown, PortUp

log = logging.getLogger(__name__)


class PhoneWatch:
    """The logic of the telephone lines of one device."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = {line: LineMonitor(line) for line in lines}

    def on(self, item: object, now: int) -> Iterator[object]:
        """Effects of one inbox item at monotonic ``now``."""
        match item:
            case Edge(line, wire, closed, at) if line in self._lines:
                yield from _kept(self._lines[line].edge(wire, closed, at))
            case Timer():
                for monitor in self._lines.values():
                    yield from _kept(monitor.elapse(now))
            case PortDown("lines", reason, _):
                self._lines = {line: LineMonitor(line) for line in self._lines}
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


def _kept(facts: Iterable[f.Fact]) -> Iterator[Keep]:
    return (Keep(cast("f.EdgeFact", fact)) for fact in facts)
