"""The bell to the millisecond: what is noise, a period, a ring, cut off, and stuck (R-PHONE-01, R-PHONE-12)."""

from itertools import accumulate

import pytest

from firmware_py.core.bell import Bell

START = 100_000


def rung(distances: list[int], bell: Bell | None = None) -> int:
    """How many milliseconds after the first pulse a ring is certain; the pulses are so far apart; 0 = never."""
    bell = bell or Bell()
    for after in [0, *accumulate(distances)]:
        if bell.pulse(START + after):
            return after
    return 0


@pytest.mark.req("R-PHONE-01")
@pytest.mark.parametrize(("period", "ring"), [(14, 0), (15, 300), (75, 300), (76, 0)])
def test_ringing_current_has_pulses_fifteen_to_seventy_five_milliseconds_apart(period: int, ring: int) -> None:
    assert rung([period] * 40) == ring


@pytest.mark.req("R-PHONE-01")
@pytest.mark.parametrize(("last", "ring"), [(29, 0), (30, 300)])
def test_a_burst_is_a_ring_from_three_hundred_milliseconds_on(last: int, ring: int) -> None:
    assert rung([30] * 9 + [last]) == ring


@pytest.mark.req("R-PHONE-01")
@pytest.mark.parametrize(
    ("noise", "ring"), [(11, 24 * 13), (12, 12 + 24 * 13)], ids=["noise is not heard", "a pulse begins another train"]
)
def test_an_edge_less_than_twelve_milliseconds_after_a_pulse_is_noise(noise: int, ring: int) -> None:
    following = 24 if noise == 11 else 12 + 24
    assert rung([noise, following - noise, *[24] * 20]) == ring


@pytest.mark.req("R-PHONE-12")
@pytest.mark.parametrize(("last", "stuck"), [(49, False), (50, True)])
def test_ringing_current_of_a_minute_without_a_pause_is_no_call(last: int, stuck: bool) -> None:
    bell = Bell()
    assert rung([50] * 1199, bell) == 300
    for n in range(7, 1200):
        assert not bell.pulse(START + 50 * n)

    assert bell.pulse(START + 50 * 1199 + last) is stuck
    assert (bell.stuck, bell.rings) == (stuck, 0 if stuck else 1)


@pytest.mark.req("R-PHONE-02")
@pytest.mark.parametrize(("last", "ring"), [(39, False), (40, True)])
def test_a_burst_cut_off_by_the_hook_is_a_ring_when_it_had_run_for_two_periods(last: int, ring: bool) -> None:
    bell = Bell()
    rung([40, last], bell)

    assert bell.cut_off(START + 40 + last, START + 80) is ring
    assert bell.rings == ring


@pytest.mark.req("R-PHONE-02")
@pytest.mark.parametrize(
    ("lifted_from", "lifted_at", "ring"),
    [(0, 1, True), (0, 0, False), (80 + 75, 500, True), (80 + 76, 500, False)],
    ids=["just begun", "not begun", "just ended", "long over"],
)
def test_the_hook_cuts_off_only_what_rang_while_it_moved(lifted_from: int, lifted_at: int, ring: bool) -> None:
    bell = Bell()
    rung([40, 40], bell)

    assert bell.cut_off(START + lifted_from, START + lifted_at) is ring


@pytest.mark.req("R-PHONE-01")
def test_what_is_counted_is_not_counted_again_by_the_hook() -> None:
    bell = Bell()
    rung([50] * 6, bell)

    assert not bell.cut_off(START + 310, START + 310)
    assert bell.rings == 1


@pytest.mark.req("R-PHONE-01", "R-PHONE-12")
def test_a_bell_is_silent_when_it_is_new_when_its_burst_is_over_and_when_it_is_reset() -> None:
    bell = Bell()
    assert (bell.in_burst, bell.stuck, bell.rings, bell.due()) == (False, False, 0, None)
    assert bell.in_burst is False
    rung([50] * 1200, bell)
    for after in range(350, 60_050, 50):
        bell.pulse(START + after)
    assert (bell.in_burst, bell.stuck) == (True, True)

    assert not bell.burst_over()
    assert bell.in_burst is False
    bell.reset()

    assert bell.in_burst is False
    assert bell.stuck is False
    assert (bell.rings, bell.due()) == (0, None)
