"""Who took a call that stopped ringing: a neighbour's handset lifted at the moment the bell must have stopped."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.limits import PhoneLimits
from firmware_py.core.states import LineState
from tests.core.halls import CLOSE, NINE, SECOND, ask, open_hall, with_limits
from tests.core.telephones import LINE, RING, given_up, kinds, ring, ring_out

LAST_RING = NINE + 2 * RING
"""When ring 3 of a call that began at nine began."""
OVER = given_up(3)


def rung_and_lifted(lifted: int, *, neighbour: str = "desk2-phone", hall: Hall | None = None) -> list[e.Event]:
    """Three rings at desk 1, a neighbour's handset lifted at ``lifted`` without a ring; what the call came to."""
    hall = hall or open_hall()
    facts = [(NINE + n * RING, f.RingBegan(LINE, n + 1)) for n in range(3)]
    for at, fact in sorted([*facts, (lifted, f.Lifted(neighbour, 0))], key=lambda each: each[0]):
        ask(hall, fact, at)
    return ask(hall, f.RingingStopped(LINE, 3), OVER)


@pytest.mark.req("R-PHONE-05")
@pytest.mark.parametrize(
    "lifted", [LAST_RING - 1500, LAST_RING, LAST_RING + 1000, LAST_RING + 4000, LAST_RING + RING + 1500]
)
def test_a_neighbour_who_lifted_when_the_bell_must_have_stopped_has_answered(lifted: int) -> None:
    assert rung_and_lifted(lifted) == [e.PhoneAnswered(OVER, LINE, 2, 3, neighbour=True, inferred=True)]


@pytest.mark.req("R-PHONE-05", "R-PHONE-06")
@pytest.mark.parametrize("lifted", [LAST_RING - 1501, LAST_RING + RING + 1501, NINE - SECOND])
def test_scenario_23_a_neighbour_on_the_telephone_since_before_or_only_after_has_answered_nothing(lifted: int) -> None:
    assert kinds(rung_and_lifted(lifted)) == [e.PhoneMissed, e.CallbackOpened]


@pytest.mark.req("R-PHONE-05")
def test_the_tolerance_is_the_halls() -> None:
    for pickup_ms, came_to in ((200, e.PhoneMissed), (3000, e.PhoneAnswered)):
        hall = open_hall(with_limits(phone=PhoneLimits(pickup_ms=pickup_ms)))

        assert kinds(rung_and_lifted(LAST_RING - 1000, hall=hall))[0] is came_to


@pytest.mark.req("R-PHONE-05")
def test_only_a_neighbours_telephone_belongs_to_the_pickup_group() -> None:
    hall = open_hall()
    ask(hall, f.RingBegan("desk3-phone", 1), NINE)
    ask(hall, f.Lifted(LINE, 0), NINE + SECOND)  # desk 3 has desk 2 beside it, not desk 1

    assert kinds(ask(hall, f.RingingStopped("desk3-phone", 1), given_up(1))) == [e.PhoneAbandoned]


@pytest.mark.req("R-PHONE-05")
def test_a_neighbour_who_answered_a_call_of_his_own_took_no_other() -> None:
    hall = open_hall()
    ring(hall, 1, NINE + 9 * SECOND, "desk2-phone")
    for n in range(3):
        ask(hall, f.RingBegan(LINE, n + 1), NINE + n * RING)
    ask(hall, f.Lifted("desk2-phone", 1), LAST_RING + SECOND)

    assert kinds(ask(hall, f.RingingStopped(LINE, 3), OVER)) == [e.PhoneMissed, e.CallbackOpened]


@pytest.mark.req("R-PHONE-05", "R-PHONE-06")
def test_one_lift_explains_one_call() -> None:
    hall = open_hall()
    ask(hall, f.RingBegan(LINE, 1), NINE)
    ask(hall, f.RingBegan("desk3-phone", 1), NINE)
    ask(hall, f.Lifted("desk2-phone", 0), NINE + SECOND)

    assert kinds(ask(hall, f.RingingStopped(LINE, 1), given_up(1))) == [e.PhoneAnswered]
    assert kinds(ask(hall, f.RingingStopped("desk3-phone", 1), given_up(1))) == [e.PhoneAbandoned]


@pytest.mark.req("R-PHONE-05")
def test_a_neighbour_who_has_hung_up_again_answered_all_the_same() -> None:
    hall = open_hall()
    ask(hall, f.RingBegan(LINE, 1), NINE)
    ask(hall, f.Lifted("desk2-phone", 0), NINE + SECOND)
    ask(hall, f.HungUp("desk2-phone", 2000), NINE + 3 * SECOND)

    [answered] = ask(hall, f.RingingStopped(LINE, 1), given_up(1))

    assert isinstance(answered, e.PhoneAnswered)
    assert (answered.desk, answered.inferred) == (2, True)
    assert hall.lines["desk2-phone"].state is LineState.ON_HOOK


@pytest.mark.req("R-PHONE-05")
def test_of_two_neighbours_who_lifted_the_nearer_one_answered() -> None:
    hall = open_hall()
    ask(hall, f.RingBegan(LINE, 1), NINE)
    for line in ("desk3-phone", "desk2-phone"):
        ask(hall, f.Lifted(line, 0), NINE + SECOND)

    [answered] = ask(hall, f.RingingStopped(LINE, 1), given_up(1))

    assert isinstance(answered, e.PhoneAnswered)
    assert answered.desk == 2


@pytest.mark.req("R-PHONE-05")
def test_who_pressed_the_key_has_answered_whoever_lifted() -> None:
    hall = open_hall()
    ring(hall, 3)
    ask(hall, c.Pickup(3), NINE + 12 * SECOND)
    ask(hall, f.Lifted("desk2-phone", 0), NINE + 12 * SECOND)

    [answered] = ask(hall, f.RingingStopped(LINE, 3), OVER)

    assert isinstance(answered, e.PhoneAnswered)
    assert answered.desk == 3


@pytest.mark.req("R-PHONE-05", "R-CORE-21")
@pytest.mark.parametrize(("held_up", "came_to"), [(4499, e.PhoneAbandoned), (4500, e.PhoneAnswered)])
def test_facts_that_arrive_all_at_once_after_a_cut_link_infer_nothing(held_up: int, came_to: type[e.Event]) -> None:
    """Six seconds of silence cannot have passed in less than four and a half: the times are those of the delivery."""
    hall = open_hall()
    ask(hall, f.RingBegan(LINE, 1), NINE)
    ask(hall, f.Lifted("desk2-phone", 0), NINE)

    assert kinds(ask(hall, f.RingingStopped(LINE, 1), NINE + held_up)) == [came_to]


@pytest.mark.req("R-PHONE-05", "R-PHONE-11")
def test_out_of_hours_a_pickup_is_logged_as_what_it_was() -> None:
    hall = open_hall()
    ask(hall, f.RingBegan(LINE, 1), CLOSE)
    ask(hall, f.Lifted("desk2-phone", 0), CLOSE + SECOND)

    assert ask(hall, f.RingingStopped(LINE, 1), given_up(1, CLOSE)) == [
        e.PhoneAnswered(given_up(1, CLOSE), LINE, 2, 1, neighbour=True, inferred=True, charged=False)
    ]


@pytest.mark.req("R-PHONE-05")
def test_nobody_having_lifted_a_call_is_what_its_rings_say() -> None:
    assert kinds(ring_out(open_hall(), 2)) == [e.PhoneAbandoned]
    assert kinds(ring_out(open_hall(), 3)) == [e.PhoneMissed, e.CallbackOpened]


@pytest.mark.req("R-PHONE-05", "R-CORE-21")
def test_a_call_whose_rings_were_never_heard_of_was_taken_by_nobody() -> None:
    """A line that came into the plan while it rang."""
    hall = open_hall()

    assert kinds(ask(hall, f.RingingStopped(LINE, 3), NINE)) == [e.PhoneMissed, e.CallbackOpened]
