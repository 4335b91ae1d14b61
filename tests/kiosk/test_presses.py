"""Which presses of a button count: bounce, impatience, children (R-KIOSK-01)."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.presses import DEBOUNCE_MS, HOLD_OFF_MS, MANY, MANY_WITHIN_MS, Presses

CHATTER = [0, 1, 3, 7, 12, 30, 41]
"""A worn contact closing, in milliseconds."""


def judged(*moments: int, presses: Presses | None = None) -> list[str]:
    judge = presses or Presses()
    return [judge.judge(at) for at in moments]


@pytest.mark.req("R-KIOSK-01", "R-CORE-22")
def test_a_chattering_contact_is_one_press() -> None:
    assert judged(*CHATTER) == ["take"] + ["ignore"] * (len(CHATTER) - 1)


@pytest.mark.req("R-KIOSK-01")
def test_a_second_press_counts_from_a_second_and_a_half_on() -> None:
    assert judged(0, DEBOUNCE_MS - 1) == ["take", "ignore"]
    assert judged(0, DEBOUNCE_MS) == ["take", "take"]


@pytest.mark.req("R-KIOSK-01")
def test_the_sixth_press_in_ten_seconds_is_told_once_and_then_the_button_rests() -> None:
    presses = Presses()

    assert judged(0, 1600, 3200, 4800, 6400, presses=presses) == ["take"] * MANY
    assert judged(8000, 9600, 11_200, 12_800, presses=presses) == ["hold_off", "ignore", "ignore", "ignore"]
    assert judged(8000 + HOLD_OFF_MS, presses=presses) == ["take"]


@pytest.mark.req("R-KIOSK-01")
def test_five_presses_in_ten_seconds_and_a_sixth_later_are_nobodys_mischief() -> None:
    assert judged(0, 2000, 4000, 6000, 8000, MANY_WITHIN_MS + 1) == ["take"] * 6


@pytest.mark.req("R-KIOSK-01")
def test_hammering_too_fast_for_any_ticket_is_held_off_as_well() -> None:
    found = judged(*range(0, 1200, 200))

    assert found == ["take", "ignore", "ignore", "ignore", "ignore", "hold_off"]


@pytest.mark.req("R-KIOSK-01")
def test_contact_bounce_is_not_taken_for_hammering() -> None:
    presses = Presses()
    found = [presses.judge(start + chatter) for start in (0, 2000, 4000) for chatter in CHATTER]

    assert found.count("take") == 3
    assert "hold_off" not in found


@pytest.mark.req("R-KIOSK-01")
@given(st.lists(st.integers(1, 4000), max_size=60))
def test_whatever_is_pressed_tickets_are_a_debounce_apart_and_at_most_five_in_any_ten_seconds(gaps: list[int]) -> None:
    presses, at = Presses(), 0
    taken: list[int] = []
    for gap in gaps:
        at += gap
        if presses.judge(at) == "take":
            taken.append(at)

    assert all(later - earlier >= DEBOUNCE_MS for earlier, later in pairwise(taken))
    assert all(later - earlier > MANY_WITHIN_MS for earlier, later in zip(taken, taken[MANY:], strict=False))
    assert bool(taken) == bool(gaps), "the first press of all is a ticket"


def test_the_debounce_of_a_hall_is_its_own_business() -> None:
    assert judged(0, 2999, presses=Presses(3000)) == ["take", "ignore"]
    assert judged(0, 3000, presses=Presses(3000)) == ["take", "take"]
