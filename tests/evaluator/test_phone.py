"""A telephone's watcher: what the line does becomes facts to keep, nothing else (rules.md 3.9)."""

import pytest

from drivers.phone import Edge, Wire
from evaluator.phone import PhoneWatch
from firmware_py.core import facts as f
from firmware_py.link import Lifecycle, LinkUp
from firmware_py.runtime.effects import Keep, SetStatus
from firmware_py.runtime.loop import Timer
from firmware_py.runtime.port_reports import PortDown, PortUp
from tests.core.line_signals import Burst, Current, hook, pulses

LINE = "desk1-phone"
RING_EVERY_MS, RING_MS = 5000, 1000
EXCHANGE = Current(25.0)


class Telephone:
    """The watcher of one line; edges are fed with their own times, timers come when they are due."""

    def __init__(self) -> None:
        self.logic = PhoneWatch([LINE])
        self.now = 0
        self.facts: list[f.EdgeFact] = []

    def on(self, item: object) -> None:
        for effect in self.logic.on(item, self.now):
            assert isinstance(effect, Keep)
            self.facts.append(effect.fact)

    def wait_until(self, at: int) -> None:
        while (due := self.logic.due()) is not None and due <= at:
            self.now = max(self.now, due)
            self.on(Timer())
            moved = self.logic.due()
            assert moved is None or moved > self.now, "a timer must move on"
        self.now = max(self.now, at)

    def hears(self, edges: list[tuple[int, Wire, bool]], line: str = LINE) -> None:
        for at, wire, closed in sorted(edges):
            self.wait_until(at)
            self.on(Edge(line, wire, closed, at))

    def rings(self, times: int, start: int = 1000) -> int:
        """So many rings; returns when the last one ends."""
        for ring in range(times):
            begins = start + ring * RING_EVERY_MS
            self.hears([*pulses(Burst(begins, begins + RING_MS), EXCHANGE)])
        return start + (times - 1) * RING_EVERY_MS + RING_MS


@pytest.mark.req("R-PHONE-03", "R-PHONE-05")
def test_three_rings_and_silence_are_kept_as_they_become_certain() -> None:
    phone = Telephone()

    ended = phone.rings(3)
    phone.wait_until(ended + 2000)
    assert phone.facts[-1] == f.RingEnded(LINE, 3), "known at the end of ring three, not when the caller gives up"
    phone.wait_until(ended + 10_000)

    assert phone.facts == [
        f.RingBegan(LINE, 1),
        f.RingEnded(LINE, 1),
        f.RingBegan(LINE, 2),
        f.RingEnded(LINE, 2),
        f.RingBegan(LINE, 3),
        f.RingEnded(LINE, 3),
        f.RingingStopped(LINE, 3),
    ]
    assert phone.logic.due() is None, "a quiet line needs no waking"


@pytest.mark.req("R-PHONE-05")
def test_a_call_that_is_answered_and_dropped_after_two_seconds_is_kept_with_its_length() -> None:
    phone = Telephone()
    ended = phone.rings(2)

    phone.hears([*hook(ended + 500, True), *hook(ended + 2500, False)])
    phone.wait_until(ended + 20_000)

    assert phone.facts[-2:] == [f.Lifted(LINE, 2), f.HungUp(LINE, 2000)]


def test_a_line_that_is_not_watched_is_nobodys() -> None:
    phone = Telephone()

    phone.hears([*pulses(Burst(1000, 2000), EXCHANGE)], line="desk9-phone")
    phone.wait_until(20_000)

    assert phone.facts == []


@pytest.mark.req("R-TECH-02")
def test_a_detector_that_is_gone_is_a_fact_and_so_is_its_return() -> None:
    phone = Telephone()

    phone.on(PortDown("lines", "offline", "the pins are gone"))
    phone.on(PortUp("lines"))

    assert phone.facts == [f.DeviceDown("lines", "offline"), f.DeviceUp("lines"), f.WatchBegan("desk1-phone")]


def test_a_link_that_is_up_tells_that_the_watcher_is_ready() -> None:
    assert list(PhoneWatch([LINE]).on(LinkUp(), 0)) == [SetStatus(Lifecycle.READY)]


@pytest.mark.req("R-PHONE-05", "R-CORE-21")
def test_a_watcher_that_comes_up_says_that_it_saw_nothing_before() -> None:
    phone = Telephone()

    phone.on(PortUp("lines"))

    assert phone.facts == [f.DeviceUp("lines"), f.WatchBegan("desk1-phone")]
