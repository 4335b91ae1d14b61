"""A second call on line 2 while somebody talks: taken, or missed and told with its rings (rules.md 3.9)."""

import pytest

from firmware_py.core import facts as f
from firmware_py.core.ring import LineMonitor
from tests.core.line_signals import Burst, Current, Edge, Heard, hear, hook, pulses, ringing

LINE = "desk1-phone"
EXCHANGE = Current(25.0)
LIFTED = 1000
"""When the conversation begins, on a line that had not rung."""
CALL = [Burst(begins, begins + 1000) for begins in (5000, 10_000, 15_000)]


def second(bursts: list[Burst]) -> list[Edge]:
    """The same signals on line 2."""
    return [Edge(at, "second", closed) for at, _, closed in ringing(bursts, EXCHANGE)]


def facts(heard: list[Heard]) -> list[f.Fact]:
    return [each.fact for each in heard]


@pytest.mark.req("R-PHONE-05", "R-PHONE-06")
@pytest.mark.parametrize("rings", [1, 2, 3])
def test_a_second_call_that_nobody_takes_is_told_after_six_seconds_of_silence(rings: int) -> None:
    heard = hear([*hook(LIFTED, True), *second(CALL[:rings])], 60_000)

    assert facts(heard) == [f.Lifted(LINE, 0), f.SecondCallEnded(LINE, rings)]
    assert 6000 - 100 <= heard[-1].at - CALL[rings - 1].ends <= 6000


@pytest.mark.req("R-PHONE-05")
def test_the_second_call_is_told_though_the_first_has_ended_meanwhile() -> None:
    heard = hear([*hook(LIFTED, True), *second(CALL), *hook(12_000, False)], 60_000)

    assert facts(heard) == [f.Lifted(LINE, 0), f.HungUp(LINE, 11_000), f.SecondCallEnded(LINE, 3)]


@pytest.mark.req("R-PHONE-05")
def test_hanging_up_and_lifting_again_takes_the_second_call_with_so_many_rings() -> None:
    heard = hear([*hook(LIFTED, True), *second(CALL[:2]), *hook(12_000, False), *hook(13_000, True)], 60_000)

    assert facts(heard) == [f.Lifted(LINE, 0), f.HungUp(LINE, 11_000), f.Lifted(LINE, 2)]


@pytest.mark.req("R-PHONE-05")
@pytest.mark.parametrize(("break_ms", "taken"), [(59, False), (60, True), (100, True), (249, True)])
def test_the_r_key_takes_the_second_call_and_the_conversation_goes_on(break_ms: int, taken: bool) -> None:
    flash = [Edge(12_000, "hook", False), Edge(12_000 + break_ms, "hook", True)]

    heard = hear([*hook(LIFTED, True), *second(CALL[:2]), *flash, *hook(30_000, False)], 60_000)

    told: list[f.Fact] = [] if taken else [f.SecondCallEnded(LINE, 2)]
    assert facts(heard) == [f.Lifted(LINE, 0), *told, f.HungUp(LINE, 29_000)]


@pytest.mark.req("R-PHONE-05")
def test_who_knocked_and_then_rings_back_on_the_free_line_is_one_call() -> None:
    back = ringing([Burst(begins, begins + 1000) for begins in (9000, 14_000, 19_000)], EXCHANGE)

    heard = hear([*hook(LIFTED, True), *second(CALL[:1]), *hook(8000, False), *back], 60_000)

    ends = [each for each in facts(heard) if isinstance(each, f.SecondCallEnded | f.RingingStopped)]
    assert ends == [f.RingingStopped(LINE, 3)]


@pytest.mark.req("R-PHONE-05")
def test_line_two_ringing_while_nobody_talks_is_no_call_missed_for_a_conversation() -> None:
    assert hear(second(CALL), 60_000) == []


@pytest.mark.req("R-PHONE-01", "R-PHONE-05")
def test_a_line_test_on_line_two_is_no_second_call() -> None:
    test = [Edge(at, "second", closed) for at, _, closed in pulses(Burst(5000, 5100), EXCHANGE)]

    assert facts(hear([*hook(LIFTED, True), *test], 60_000)) == [f.Lifted(LINE, 0)]


@pytest.mark.req("R-PHONE-05")
def test_a_second_call_leaves_the_next_calls_count_alone() -> None:
    following = ringing([Burst(begins, begins + 1000) for begins in (40_000, 45_000)], EXCHANGE)

    heard = hear([*hook(LIFTED, True), *second(CALL), *hook(30_000, False), *following], 80_000)

    assert [each.ring for each in facts(heard) if isinstance(each, f.RingBegan)] == [1, 2]
    assert facts(heard)[-1] == f.RingingStopped(LINE, 2)


@pytest.mark.req("R-PHONE-12")
def test_a_detector_of_line_two_that_never_stops_misses_no_later_call() -> None:
    stuck = second([Burst(5000, 70_000)])
    later = second([Burst(begins, begins + 1000) for begins in (80_000, 85_000)])

    heard = hear([*hook(LIFTED, True), *stuck, *later], 120_000)

    assert facts(heard)[-1] == f.SecondCallEnded(LINE, 2)


@pytest.mark.req("R-PHONE-05")
@pytest.mark.parametrize(("hung_up", "first"), [(11_700, "hung up"), (11_710, "both at once"), (11_720, "silence")])
def test_a_watch_that_slept_tells_the_end_of_both_calls_in_the_order_in_which_they_ended(
    hung_up: int, first: str
) -> None:
    monitor = LineMonitor(LINE)
    for edge in sorted([*hook(LIFTED, True), *second(CALL[:1]), *hook(hung_up, False)]):
        monitor.edge(edge.wire, edge.closed, edge.at)
    told = monitor.elapse(60_000)

    ended = [f.HungUp(LINE, hung_up - LIFTED), f.SecondCallEnded(LINE, 1)]
    assert told == ended if first == "hung up" else told == ended[::-1] or first == "both at once"
    assert len(told) == 2
