"""What is wrong with a telephone line itself: a bell that never stops, a handset left off, no voltage (R-PHONE-12)."""

import pytest

from firmware_py.core import facts as f
from firmware_py.core.ring import LineMonitor
from tests.core.line_signals import Burst, Current, Edge, Heard, hear, hook, pulses, ringing

LINE = "desk1-phone"
EXCHANGE = Current(25.0)
MINUTE = 60_000


def down(reason: str) -> f.DeviceDown:
    return f.DeviceDown("line", reason)


UP = f.DeviceUp("line")


def facts(heard: list[Heard]) -> list[f.Fact]:
    return [each.fact for each in heard]


def loop(at: int, closed: bool) -> Edge:
    return Edge(at, "loop", closed)


@pytest.mark.req("R-PHONE-12")
def test_ringing_current_for_a_minute_is_a_fault_no_call_and_over_when_it_stops() -> None:
    heard = hear(pulses(Burst(1000, 90_000), EXCHANGE), 120_000)

    assert facts(heard) == [f.RingBegan(LINE, 1), f.WatchBegan(LINE), down("stuck_ring"), UP]
    assert 0 <= heard[2].at - (1000 + MINUTE) <= 40
    assert 90_000 < heard[3].at <= 91_000


@pytest.mark.req("R-PHONE-12")
def test_a_ring_of_just_under_a_minute_is_a_ring() -> None:
    assert facts(hear(pulses(Burst(1000, 60_900), EXCHANGE), 120_000)) == [
        f.RingBegan(LINE, 1),
        f.RingEnded(LINE, 1),
        f.RingingStopped(LINE, 1),
    ]


@pytest.mark.req("R-PHONE-12")
def test_a_caller_who_lets_it_ring_for_five_minutes_is_no_fault() -> None:
    bursts = [Burst(begins, begins + 1000) for begins in range(1000, 301_000, 5000)]

    assert not [each for each in facts(hear(ringing(bursts, EXCHANGE), 400_000)) if isinstance(each, f.DeviceDown)]


@pytest.mark.req("R-PHONE-12")
def test_after_a_stuck_bell_calls_are_counted_again_and_one_that_is_lifted_away_is_mended() -> None:
    stuck = pulses(Burst(1000, 70_000), EXCHANGE)
    heard = hear([*stuck, *ringing([Burst(80_000, 81_000), Burst(85_000, 86_000)], EXCHANGE)], 120_000)
    assert facts(heard)[-1] == f.RingingStopped(LINE, 2)

    lifted = hear([*pulses(Burst(1000, 70_000), EXCHANGE), *hook(69_900, True), *hook(75_000, False)], 120_000)
    assert facts(lifted)[3:] == [UP, f.Lifted(LINE, 0), f.HungUp(LINE, 5100)]


@pytest.mark.req("R-PHONE-12")
def test_a_handset_lifted_for_ten_minutes_is_an_alert_once_and_the_call_is_not_ended_by_it() -> None:
    heard = hear([*hook(1000, True), *hook(1000 + 25 * MINUTE, False)], 40 * MINUTE)

    assert facts(heard) == [f.Lifted(LINE, 0), down("left_off_hook"), f.HungUp(LINE, 25 * MINUTE), UP]
    assert heard[1].at == 1000 + 10 * MINUTE


@pytest.mark.req("R-PHONE-12")
def test_a_conversation_of_ten_minutes_less_a_millisecond_is_none() -> None:
    heard = hear([*hook(1000, True), *hook(1000 + 10 * MINUTE - 251, False)], 40 * MINUTE)

    assert facts(heard) == [f.Lifted(LINE, 0), f.HungUp(LINE, 10 * MINUTE - 251)]


@pytest.mark.req("R-PHONE-12")
def test_a_line_without_voltage_for_five_seconds_is_dead_until_it_is_fed_again() -> None:
    assert facts(hear([loop(1000, False), loop(5999, True)], 60_000)) == []

    heard = hear([loop(1000, False), loop(30_000, True)], 60_000)

    assert heard == [Heard(6000, down("no_loop")), Heard(30_000, UP)]


@pytest.mark.req("R-PHONE-12")
def test_voltage_that_drops_while_somebody_talks_or_it_rings_says_nothing() -> None:
    talking = hear([*hook(1000, True), loop(1010, False), *hook(60_000, False), loop(60_500, True)], 120_000)
    assert facts(talking) == [f.Lifted(LINE, 0), f.HungUp(LINE, 59_000)]

    current = pulses(Burst(1000, 2000), EXCHANGE)
    flicker = [loop(at, not closed) for at, _, closed in current]
    heard = hear([*current, *flicker, loop(2001, False), loop(7500, True)], 60_000)
    assert facts(heard) == [f.RingBegan(LINE, 1), f.RingEnded(LINE, 1), f.RingingStopped(LINE, 1)]


@pytest.mark.req("R-PHONE-12")
def test_a_line_that_stays_dead_after_hanging_up_is_told_five_seconds_later() -> None:
    heard = hear([*hook(1000, True), loop(1010, False), *hook(60_000, False)], 120_000)

    assert heard[-1] == Heard(65_000, down("no_loop"))


@pytest.mark.req("R-PHONE-12")
def test_a_quiet_line_without_such_detectors_is_never_at_fault_and_never_wakes_anybody() -> None:
    monitor = LineMonitor(LINE)

    assert monitor.due() is None
    assert monitor.elapse(24 * 60 * MINUTE) == []


@pytest.mark.req("R-PHONE-12")
def test_a_line_that_was_mended_and_fails_again_is_told_again() -> None:
    heard = hear([loop(1000, False), loop(10_000, True), loop(20_000, False)], 60_000)

    assert heard == [Heard(6000, down("no_loop")), Heard(10_000, UP), Heard(25_000, down("no_loop"))]


@pytest.mark.req("R-PHONE-12", "R-PHONE-05")
def test_what_time_alone_had_made_certain_is_told_with_the_next_edge_by_a_watch_that_slept() -> None:
    monitor = LineMonitor(LINE)
    assert monitor.edge("loop", False, 1000) == []
    assert monitor.edge("loop", True, 10_000) == [down("no_loop"), UP]

    pulses_ = [(at + part, part == 0) for at in range(20_000, 20_400, 40) for part in (0, 18)]
    told = [fact for at, closed in pulses_ for fact in monitor.edge("ring", closed, at)]
    assert told == [f.RingBegan(LINE, 1)]
    assert monitor.edge("ring", True, 60_000) == [f.RingEnded(LINE, 1), f.RingingStopped(LINE, 1)]


@pytest.mark.req("R-PHONE-01")
def test_a_line_that_crackles_for_minutes_never_rings_and_a_ring_amid_the_crackling_is_one() -> None:
    def crackling(begins: int, ends: int) -> list[Edge]:
        moments = [at + pair for at in range(begins, ends, 400) for pair in (0, 20)]
        return [edge for at in moments for edge in (Edge(at, "ring", True), Edge(at + 1, "ring", False))]

    assert facts(hear(crackling(1000, 5 * MINUTE), 6 * MINUTE)) == []

    amid = [*crackling(1000, 30_000), *pulses(Burst(30_100, 31_100), EXCHANGE)]
    assert facts(hear(amid, 60_000)) == [f.RingBegan(LINE, 1), f.RingEnded(LINE, 1), f.RingingStopped(LINE, 1)]


@pytest.mark.req("R-PHONE-12")
def test_a_ring_detector_that_stays_closed_is_stuck_after_five_seconds_and_mended_when_it_opens() -> None:
    closed, opened = Edge(1000, "ring", True), Edge(60_000, "ring", False)

    heard = hear([closed, opened], 120_000)

    assert heard == [Heard(6000, f.WatchBegan(LINE)), Heard(6000, down("stuck_ring")), Heard(60_000, UP)]
    assert hear([closed, Edge(5999, "ring", False)], 120_000) == []


@pytest.mark.req("R-PHONE-12", "R-PHONE-05")
def test_a_ring_detector_that_sticks_during_a_conversation_ends_no_call_and_is_not_mended_by_hanging_up() -> None:
    edges = [*hook(1000, True), Edge(2000, "ring", True), *hook(20_000, False), *hook(30_000, True)]

    heard = facts(hear([*edges, *hook(40_000, False), Edge(50_000, "ring", False)], 60_000))

    call = [f.HungUp(LINE, 19_000), f.Lifted(LINE, 0), f.HungUp(LINE, 10_000)]
    assert heard == [f.Lifted(LINE, 0), down("stuck_ring"), *call, UP]


@pytest.mark.req("R-PHONE-12", "R-PHONE-05")
def test_a_detector_that_sticks_in_the_middle_of_a_call_leaves_nobody_knows_what_and_calls_are_counted_afterwards() -> (
    None
):
    stuck = [*pulses(Burst(1000, 2000), EXCHANGE), Edge(6000, "ring", True), Edge(70_000, "ring", False)]

    heard = facts(hear([*stuck, *pulses(Burst(80_000, 81_000), EXCHANGE)], 120_000))

    unknown = [f.RingBegan(LINE, 1), f.RingEnded(LINE, 1)]
    assert heard[:2] == unknown
    assert heard[-4:] == [UP, f.RingBegan(LINE, 1), f.RingEnded(LINE, 1), f.RingingStopped(LINE, 1)]
