"""Three thousand random calls, edge by edge into the watcher of the line: none miscounted, each ring known in time."""

from random import Random

import pytest

from drivers.phone import Edge
from drivers.virtual.random_calls import RandomCall, random_call
from evaluator.phone import PhoneWatch
from firmware_py.core import facts as f
from firmware_py.core.bell import PERIOD_MAX_MS
from firmware_py.core.ring import LineMonitor
from firmware_py.runtime.effects import Keep
from firmware_py.runtime.loop import Timer

LINE = "desk1-phone"
CALLS = 3000
WHOLE_EVERY = 10
"""Of so many calls one goes through the whole watcher."""
CONFIRMED_MS = 700


def watched(call: RandomCall) -> list[tuple[int, f.Fact]]:
    """What the line's watcher keeps of a call, and when it knew: with every timer, as the daemon's loop runs it."""
    watch, found = PhoneWatch([LINE]), list[tuple[int, f.Fact]]()

    def take(item: object, now: int) -> None:
        found.extend((now, each.fact) for each in watch.on(item, now) if isinstance(each, Keep))

    for edge in call.edges:
        while (due := watch.due()) is not None and due <= edge.at:
            take(Timer(), due)
        take(Edge(LINE, edge.wire, edge.closed, edge.at), edge.at)
    while (due := watch.due()) is not None and due <= call.until:
        take(Timer(), due)
    return found


def heard(call: RandomCall) -> list[tuple[int, f.Fact]]:
    """The same of the watcher's ear alone, which is told the time in silences only: a third of the work."""
    ear, found, before = LineMonitor(LINE), list[tuple[int, f.Fact]](), 0
    for edge in call.edges:
        if edge.at - before > PERIOD_MAX_MS:
            _let_pass(ear, edge.at, found)
        found.extend((edge.at, fact) for fact in ear.edge(edge.wire, edge.closed, edge.at))
        before = edge.at
    _let_pass(ear, call.until, found)
    return found


def _let_pass(ear: LineMonitor, until: int, found: list[tuple[int, f.Fact]]) -> None:
    while (due := ear.due()) is not None and due <= until:
        found.extend((due, fact) for fact in ear.elapse(due))


@pytest.mark.req("R-PHONE-01", "R-PHONE-02", "R-TECH-08")
def test_of_three_thousand_random_calls_none_is_miscounted_and_every_ring_is_known_within_seven_tenths() -> None:
    miscounted, late, lifted_calls = [], 0, 0
    for seed in range(CALLS):
        call = random_call(Random(seed))
        kept = heard(call) if seed % WHOLE_EVERY else watched(call)
        rings = len(call.onsets)
        began = [at for at, fact in kept if isinstance(fact, f.RingBegan)]
        late = max([late, *(at - onset for at, onset in zip(began, call.onsets, strict=False))])
        outcomes = [fact for _, fact in kept if isinstance(fact, f.Lifted | f.HungUp | f.RingingStopped)]
        expected: list[f.Fact] = [f.RingingStopped(LINE, rings)] if rings else []
        if call.lifted_at is not None:
            lifted_calls += 1
            expected = [f.Lifted(LINE, rings)]
            outcomes = outcomes[:1] if any(isinstance(each, f.HungUp) for each in outcomes[1:]) else []
        if len(began) != rings or outcomes != expected:
            miscounted.append(seed)

    assert miscounted == []
    assert 0 < late <= CONFIRMED_MS
    assert CALLS / 3 < lifted_calls < CALLS, "the generator still lifts"


def test_the_ear_alone_and_the_whole_watcher_find_the_same() -> None:
    for call in (random_call(Random(seed)) for seed in range(1, 60)):
        assert [fact for _, fact in heard(call)] == [fact for _, fact in watched(call)]


def test_a_random_call_is_the_same_each_time_and_holds_what_it_promises() -> None:
    calls = [random_call(Random(seed)) for seed in range(200)]

    assert calls[7] == random_call(Random(7))
    assert {len(call.onsets) for call in calls} >= {0, 1, 2, 3, 4, 5, 6, 7}
    assert any(edge.wire == "hook" for call in calls if call.lifted_at is None for edge in call.edges), "shaken hooks"
    assert all(call.edges == sorted(call.edges) for call in calls)
