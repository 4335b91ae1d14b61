"""Counting rings against simulated lines: what was rung and lifted is known, so every miscount shows (P-16)."""

from collections.abc import Iterable
from random import Random

import pytest

from firmware_py.core import facts as f
from firmware_py.core.ring import LineMonitor
from tests.core.effort import RING_CALLS
from tests.core.line_signals import (
    CLEAR_OF_THE_EDGE_MS,
    TRIP_MS,
    Burst,
    Current,
    Edge,
    Heard,
    cadence,
    double_ring,
    hear,
    hook,
    joined,
    pulses,
    ringing,
    shaken_hook,
    spikes,
)

LINE = "desk1-phone"
NOMINAL = [Burst(start, start + 1000) for start in range(1000, 41_000, 5000)]
"""Rings at 1, 6, 11 … s."""
CURRENTS = [Current(hz, full_wave) for hz in (22.0, 25.0, 28.0) for full_wave in (False, True)]


def facts(heard: Iterable[Heard], kind: type[f.Fact]) -> list[f.Fact]:
    return [each.fact for each in heard if isinstance(each.fact, kind)]


def rings(heard: Iterable[Heard]) -> list[int]:
    return [each.fact.ring for each in heard if isinstance(each.fact, f.RingBegan)]


def outcome(heard: Iterable[Heard]) -> list[f.Fact]:
    return [each.fact for each in heard if isinstance(each.fact, f.Lifted | f.HungUp | f.RingingStopped)]


def answered(
    bursts: Iterable[Burst], lifted: int, *, current: Current = CURRENTS[0], trip_ms: int = TRIP_MS
) -> list[Heard]:
    """A call whose handset is lifted at ``lifted`` and put down ten seconds later."""
    edges = [*ringing(bursts, current, lifted, trip_ms=trip_ms), *hook(lifted, True), *hook(lifted + 10_000, False)]
    return hear(edges, lifted + 30_000)


@pytest.mark.req("R-PHONE-01", "R-PHONE-02")
@pytest.mark.parametrize("current", CURRENTS)
def test_every_ring_is_counted_once_at_every_ringing_frequency(current: Current) -> None:
    heard = hear(ringing(NOMINAL[:5], current), 60_000)

    assert rings(heard) == [1, 2, 3, 4, 5]
    assert outcome(heard) == [f.RingingStopped(LINE, 5)]


@pytest.mark.req("R-PHONE-01", "R-PHONE-03")
@pytest.mark.parametrize("current", CURRENTS)
def test_a_ring_is_known_within_seven_tenths_of_a_second_and_ends_within_a_second_and_a_half(current: Current) -> None:
    heard = hear(ringing(NOMINAL[:3], current), 60_000)

    began = [each.at for each in heard if isinstance(each.fact, f.RingBegan)]
    ended = [each.at for each in heard if isinstance(each.fact, f.RingEnded)]
    assert all(at - burst.begins <= 700 for at, burst in zip(began, NOMINAL, strict=False))
    assert all(0 < at - burst.ends <= 1500 for at, burst in zip(ended, NOMINAL, strict=False))
    assert len(began) == len(ended) == 3


@pytest.mark.req("R-PHONE-02")
@pytest.mark.parametrize("lifted", [NOMINAL[2].ends + 50, NOMINAL[2].ends + 1500, NOMINAL[3].begins - 30])
def test_scenario_21_a_lift_between_the_end_of_ring_three_and_the_start_of_ring_four_is_within_three(
    lifted: int,
) -> None:
    assert outcome(answered(NOMINAL, lifted)) == [f.Lifted(LINE, 3), f.HungUp(LINE, 10_000)]


@pytest.mark.req("R-PHONE-02")
@pytest.mark.parametrize("after_ms", [180, 299, 500, 999])
@pytest.mark.parametrize("trip_ms", [0, TRIP_MS])
@pytest.mark.parametrize("current", CURRENTS)
def test_scenario_21_a_lift_during_ring_four_is_late_however_little_of_it_was_heard(
    current: Current, trip_ms: int, after_ms: int
) -> None:
    heard = answered(NOMINAL, NOMINAL[3].begins + after_ms, current=current, trip_ms=trip_ms)

    assert rings(heard) == [1, 2, 3, 4]
    assert outcome(heard)[0] == f.Lifted(LINE, 4)


@pytest.mark.req("R-PHONE-02")
def test_a_hook_that_bounces_for_long_cut_the_ring_off_when_it_first_moved() -> None:
    lifted = 1210
    current = pulses(Burst(1000, lifted), Current(25.0))

    heard = hear([*current, *hook(lifted, True, (60, 60, 60, 60))], lifted + 5000)

    assert [each.fact for each in heard] == [f.RingBegan(LINE, 1), f.Lifted(LINE, 1)]


@pytest.mark.req("R-PHONE-02")
def test_ringing_current_that_begins_only_after_the_lift_is_no_further_ring() -> None:
    lifted = NOMINAL[3].begins - 40
    late = pulses(Burst(NOMINAL[3].begins, lifted + 240), Current(25.0, full_wave=True))

    heard = hear([*ringing(NOMINAL[:3], CURRENTS[0]), *hook(lifted, True), *late], lifted + 5000)

    assert outcome(heard) == [f.Lifted(LINE, 3)]


@pytest.mark.req("R-PHONE-05")
def test_scenario_21_a_caller_who_drops_after_two_rings_is_silence_after_two() -> None:
    heard = hear(ringing(NOMINAL[:2], CURRENTS[0]), 60_000)

    assert outcome(heard) == [f.RingingStopped(LINE, 2)]
    [stopped] = [each.at for each in heard if isinstance(each.fact, f.RingingStopped)]
    assert 6000 - 100 <= stopped - NOMINAL[1].ends <= 6000


@pytest.mark.req("R-PHONE-01")
@pytest.mark.parametrize("first_ms", [400, 650, 890])
def test_scenario_21_a_truncated_first_ring_counts_when_it_is_long_enough(first_ms: int) -> None:
    bursts = [Burst(NOMINAL[0].ends - first_ms, NOMINAL[0].ends), *NOMINAL[1:3]]

    assert rings(hear(ringing(bursts, CURRENTS[0]), 60_000)) == [1, 2, 3]


@pytest.mark.req("R-PHONE-01")
@pytest.mark.parametrize("first_ms", [60, 150, 240])
def test_a_first_ring_too_short_to_hear_does_not_count(first_ms: int) -> None:
    bursts = [Burst(NOMINAL[0].ends - first_ms, NOMINAL[0].ends), *NOMINAL[1:3]]

    assert rings(hear(ringing(bursts, CURRENTS[0]), 60_000)) == [1, 2]


@pytest.mark.req("R-PHONE-01")
def test_scenario_21_a_line_test_of_a_tenth_of_a_second_is_no_ring() -> None:
    for current in CURRENTS:
        assert hear(pulses(Burst(1000, 1100), current), 20_000) == []


@pytest.mark.req("R-PHONE-01")
def test_scenario_21_a_double_ring_is_one_ring() -> None:
    heard = hear(ringing(double_ring(Random(1), 4), Current(25.0, full_wave=True)), 60_000)

    assert rings(heard) == [1, 2, 3, 4]
    assert [each.ring for each in facts(heard, f.RingEnded) if isinstance(each, f.RingEnded)] == [1, 2, 3, 4]


@pytest.mark.req("R-PHONE-01")
def test_dial_pulses_ring_nothing_and_lift_nothing() -> None:
    dialled = [Edge(1000 + 100 * n + part, "ring", part == 0) for n in range(100) for part in (0, 60)]

    assert hear(dialled, 30_000) == []

    lifted = hook(1000, True)
    loop = [Edge(3000 + 100 * n + part, "hook", part == 60) for n in range(10) for part in (0, 60)]
    assert outcome(hear([*lifted, *loop], 30_000)) == [f.Lifted(LINE, 0)]


@pytest.mark.req("R-PHONE-01")
def test_a_bouncing_hook_is_one_lift_and_one_hang_up() -> None:
    edges = [*hook(1000, True, (3, 4, 12, 30, 7)), *hook(9000, False, (2, 9, 40, 3))]

    lifted, hung_up = outcome(hear(edges, 20_000))

    assert lifted == f.Lifted(LINE, 0)
    assert isinstance(hung_up, f.HungUp)
    assert hung_up.talk_ms == pytest.approx(8000, abs=100)


@pytest.mark.req("R-PHONE-01")
def test_a_loop_sensor_shaken_by_the_ringing_current_lifts_nothing() -> None:
    edges = ringing(NOMINAL[:3], CURRENTS[0])
    for burst in NOMINAL[:3]:
        edges += shaken_hook(burst, CURRENTS[0])

    heard = hear(edges, 60_000)

    assert rings(heard) == [1, 2, 3]
    assert outcome(heard) == [f.RingingStopped(LINE, 3)]


@pytest.mark.req("R-PHONE-01")
def test_spikes_on_a_quiet_line_neither_ring_nor_keep_a_call_alive() -> None:
    heard = hear([*ringing(NOMINAL[:2], CURRENTS[0]), *spikes(range(8000, 40_000, 900))], 60_000)

    assert rings(heard) == [1, 2]
    [stopped] = [each.at for each in heard if isinstance(each.fact, f.RingingStopped)]
    assert stopped - NOMINAL[1].ends <= 6000
    ended = [each.at for each in heard if isinstance(each.fact, f.RingEnded)]
    assert ended[1] - NOMINAL[1].ends <= 1000


@pytest.mark.req("R-PHONE-01")
def test_two_calls_are_counted_apart() -> None:
    later = [Burst(burst.begins + 20_000, burst.ends + 20_000) for burst in NOMINAL[:3]]

    heard = hear(ringing([*NOMINAL[:2], *later], CURRENTS[0]), 60_000)

    assert rings(heard) == [1, 2, 1, 2, 3]
    assert outcome(heard) == [f.RingingStopped(LINE, 2), f.RingingStopped(LINE, 3)]


@pytest.mark.req("R-PHONE-05")
def test_a_telephone_lifted_by_itself_rang_nothing_and_its_talk_is_measured() -> None:
    heard = hear([*hook(5000, True), *hook(65_000, False)], 80_000)

    assert outcome(heard) == [f.Lifted(LINE, 0), f.HungUp(LINE, 60_000)]


def test_a_ring_during_a_talk_is_not_this_call() -> None:
    edges = [*hook(1000, True), *ringing([Burst(5000, 6000)], CURRENTS[0]), *hook(9000, False)]

    assert rings(hear(edges, 30_000)) == []


def test_a_quiet_line_needs_no_waking() -> None:
    monitor = LineMonitor(LINE)

    assert monitor.due() is None
    assert monitor.elapse(10**9) == []


@pytest.mark.req("R-PHONE-01", "R-PHONE-05")
def test_a_hook_is_steady_after_a_quarter_of_a_second_and_a_ring_and_a_call_end_after_their_silence() -> None:
    heard = hear(pulses(Burst(1000, 1401), Current(25.0)), 60_000)
    assert [(each.at, type(each.fact)) for each in heard[1:]] == [(2400, f.RingEnded), (7400, f.RingingStopped)]

    assert [each.at for each in hear([*hook(1000, True), *hook(9000, False)], 60_000)] == [1250, 9250]


# --- random calls -----------------------------------------------------------------------------------------------------


class Call:
    """A random call, and what a listener with perfect ears would report of it."""

    def __init__(self, random: Random) -> None:
        self.current = Current(random.uniform(22, 28), random.random() < 0.5)
        self.double = random.random() < 0.2
        make = double_ring if self.double else cadence
        bursts = make(random, random.randint(1, 7))
        if not self.double and random.random() < 0.3:  # the line was cut in the middle of the first ring
            length = random.choice((random.randint(40, 180), random.randint(400, 880)))
            bursts[0] = Burst(bursts[0].ends - length, bursts[0].ends)
        if not self.double and random.random() < 0.3:  # the caller drops in the middle of the last
            bursts[-1] = Burst(bursts[-1].begins, bursts[-1].begins + random.randint(400, 880))
        self.bursts = bursts
        self.heard_bursts = joined(bursts, lambda burst: burst.ends - burst.begins >= 300)
        self.lifted = self._lift(random) if self.heard_bursts and random.random() < 0.6 else None
        self.talk_ms = random.randint(1000, 20_000)
        self.rings = len([burst for burst in self.heard_bursts if self.lifted is None or burst.begins < self.lifted])
        self.until = (self.lifted or bursts[-1].ends) + self.talk_ms + 10_000
        self.edges = self._edges(random)

    def _lift(self, random: Random) -> int:
        ring = random.choice(self.heard_bursts)
        if random.random() < 0.5:
            return random.randint(ring.begins + CLEAR_OF_THE_EDGE_MS, ring.ends)
        follows = [burst.begins for burst in self.bursts if burst.begins > ring.ends]
        silence = min([*follows, ring.ends + 5000])
        return random.randint(ring.ends, silence - 60)

    def _edges(self, random: Random) -> list[Edge]:
        trip_ms = random.randint(0, TRIP_MS)
        edges = ringing(self.bursts, self.current, self.lifted, phase=random.random(), trip_ms=trip_ms)
        if self.lifted is not None:
            bounces = [random.randint(1, 25) for _ in range(random.randint(0, 6))]
            edges += hook(self.lifted, True, bounces) + hook(self.lifted + self.talk_ms, False, bounces)
        shaken = [burst for burst in self.bursts if self.lifted is None or burst.ends < self.lifted]
        if random.random() < 0.3:
            for burst in shaken:
                edges += shaken_hook(burst, self.current)
        for gap in self._gaps():
            if random.random() < 0.2:  # a spike
                edges += spikes([random.randint(gap.begins, gap.ends)])
            elif random.random() < 0.15 and gap.ends - gap.begins > 1100:  # a line test, too late to join the burst
                test = random.randint(gap.begins + 950, gap.ends - 100)
                edges += pulses(Burst(test, test + 100), self.current)
            elif random.random() < 0.15:  # somebody dials on a parallel telephone
                edges += [Edge(gap.begins + 100 * n + part, "ring", part == 0) for n in range(8) for part in (0, 60)]
        return edges

    def _gaps(self) -> list[Burst]:
        """The silences of the call, clear of its bursts."""
        ends = self.lifted if self.lifted is not None else self.bursts[-1].ends + 5000
        starts = [0, *(burst.ends for burst in self.bursts)]
        stops = [*(burst.begins for burst in self.bursts), ends]
        found = [Burst(start + 150, min(stop, ends) - 150) for start, stop in zip(starts, stops, strict=True)]
        return [gap for gap in found if gap.ends - gap.begins > 850]

    def report(self) -> list[f.Fact]:
        found: list[f.Fact] = [f.RingBegan(LINE, ring) for ring in range(1, self.rings + 1)]
        if self.lifted is not None:
            return [*found, f.Lifted(LINE, self.rings)]
        return [*found, f.RingingStopped(LINE, self.rings)] if self.rings else found


@pytest.mark.req("R-PHONE-01", "R-PHONE-02", "R-PHONE-05")
def test_no_random_call_is_miscounted() -> None:
    """Invariant 19: never more rings than bursts, and lifted within three exactly when before burst four."""
    for seed in range(RING_CALLS):
        call = Call(Random(seed))
        heard = hear(call.edges, call.until)

        told = [each.fact for each in heard if isinstance(each.fact, f.RingBegan | f.Lifted | f.RingingStopped)]
        assert told == call.report(), f"call {seed}"
        began = [each.at for each in heard if isinstance(each.fact, f.RingBegan)]
        late = [at - burst.begins for at, burst in zip(began, call.heard_bursts, strict=False)]
        assert all(0 <= each <= 700 for each in late), f"call {seed}: {late}"
        hung_up = [each.fact for each in heard if isinstance(each.fact, f.HungUp)]
        assert len(hung_up) == (call.lifted is not None), f"call {seed}"
        stopped = [each.at for each in heard if isinstance(each.fact, f.RingingStopped)]
        assert all(at - call.heard_bursts[-1].ends <= 6000 for at in stopped), f"call {seed}"
