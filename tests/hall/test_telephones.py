"""Telephones of a whole hall: three rings, neighbours, call-backs (scenarios 21, 22, 23 and 25)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.limits import PhoneLimits
from firmware_py.core.states import DeskState, TicketState
from tests.core.line_signals import Burst, Current, pulses
from tests.hall.small_hall import CLOSING, HOUR, MINUTE, PLAN, SECOND
from tests.hall.whole_hall import WholeHall

RING, EVERY = 1000, 5000
"""A ring and the distance of two beginnings, in milliseconds (P-16)."""


def ring_starts(ring: int) -> int:
    return (ring - 1) * EVERY


@pytest.fixture
def neighbourly(tmp_path: Path) -> Iterator[WholeHall]:
    """A hall whose clerks do not answer while they serve (the police's profile)."""
    limits = replace(PLAN.limits, phone=PhoneLimits(while_serving="neighbour"))
    found = WholeHall(tmp_path, replace(PLAN, limits=limits))
    found.until_nine()
    yield found
    found.close()


@pytest.mark.req("R-PHONE-03", "R-PHONE-04", "R-PHONE-06", "R-CALL-11")
def test_three_rings_unanswered_beep_at_the_neighbours_and_become_a_call_back(hall: WholeHall) -> None:
    hall.phone(1).ring(3)
    hall.wait(ring_starts(2) + RING)
    assert hall.desk_station(1).beeps == 1, "warned at ring two"
    assert hall.desk_station(2).beeps == 0
    hall.wait(EVERY + 1500)
    assert [event.desks for event in hall.events(e.NeighboursAlerted)] == [(2, 3)]
    assert (hall.desk_station(2).beeps, hall.desk_station(3).beeps) == (1, 1)
    hall.wait(10 * SECOND)

    [missed] = hall.events(e.PhoneMissed)
    assert (missed.rings, missed.in_hours) == (3, True)
    [owed] = hall.events(e.CallbackOpened)
    assert owed.due == owed.at + 30 * MINUTE
    hall.press(1, "callback_done")
    assert len(hall.events(e.CallbackClosed)) == 1


@pytest.mark.req("R-PHONE-03", "R-PHONE-05")
def test_the_fifth_ring_is_the_supervisors(hall: WholeHall) -> None:
    hall.phone(1).ring(5)
    hall.wait(ring_starts(5) + RING)

    assert [event.ring for event in hall.events(e.SupervisorAlerted)] == [5]


@pytest.mark.req("R-PHONE-02", "R-PHONE-05")
@pytest.mark.parametrize(
    ("lifted_ms", "rings"),
    [(ring_starts(3) + RING + 50, 3), (ring_starts(4) - 100, 3), (ring_starts(4) + 300, 4), (ring_starts(1) + 500, 1)],
    ids=["just after ring three", "just before ring four", "during ring four", "at once"],
)
def test_scenario_21_within_three_means_before_the_fourth_ring_begins(
    hall: WholeHall, lifted_ms: int, rings: int
) -> None:
    for ring in range(1, 5):
        if ring_starts(ring) < lifted_ms:
            ends = min(ring_starts(ring) + RING, lifted_ms + 200)
            for at, wire, closed in pulses(Burst(ring_starts(ring), ends), Current(25.0)):
                hall.phone(1)._edge_in(at, wire, closed)
    hall.phone(1).lift(lifted_ms)
    hall.phone(1).hang_up(lifted_ms + 30 * SECOND)
    hall.wait(MINUTE + 30 * SECOND)

    [answered] = hall.events(e.PhoneAnswered)
    assert (answered.desk, answered.rings, answered.neighbour) == (1, rings, False)
    assert [event.talk_ms for event in hall.events(e.PhoneEnded)] == [30 * SECOND]
    assert hall.events(e.PhoneMissed) == []


@pytest.mark.req("R-PHONE-01", "R-PHONE-05")
def test_scenario_21_a_line_test_is_no_call_and_a_caller_who_drops_after_two_rings_is_owed_nothing(
    hall: WholeHall,
) -> None:
    hall.phone(1).ring(1, ring_ms=100)
    hall.wait(20 * SECOND)
    assert hall.events(e.Rang) == []

    hall.phone(1).ring(2)
    hall.wait(30 * SECOND)
    assert [event.rings for event in hall.events(e.PhoneAbandoned)] == [2]
    assert hall.events(e.CallbackOpened) == []


@pytest.mark.req("R-PHONE-07", "R-PHONE-04")
def test_scenario_22_a_desk_that_serves_answers_its_own_telephone_and_its_ticket_is_not_touched(
    hall: WholeHall,
) -> None:
    hall.take()
    hall.press(1, "next", "arrive")

    hall.phone(1).ring(2)
    hall.wait(ring_starts(2) + RING + 500)
    assert hall.events(e.NeighboursAlerted) == []
    hall.phone(1).lift()
    hall.wait(SECOND)

    assert [event.desk for event in hall.events(e.PhoneAnswered)] == [1]
    assert hall.state_of("A001") is TicketState.SERVING
    assert hall.sign(1) == "正在办理 A001"


@pytest.mark.req("R-PHONE-07", "R-PHONE-04")
def test_scenario_22_under_the_other_profile_the_neighbours_hear_the_first_ring(neighbourly: WholeHall) -> None:
    hall = neighbourly
    hall.take()
    hall.press(1, "next", "arrive")

    hall.phone(1).ring(1)
    hall.wait(RING)

    assert [(event.desks, event.ring) for event in hall.events(e.NeighboursAlerted)] == [((2, 3), 1)]
    assert hall.state_of("A001") is TicketState.SERVING


@pytest.mark.req("R-PHONE-04", "R-PHONE-11")
def test_scenario_23_a_neighbour_who_is_on_the_telephone_or_away_is_not_asked(hall: WholeHall) -> None:
    hall.phone(2).lift()
    hall.wait(SECOND)
    hall.phone(1).ring(3)
    hall.wait(ring_starts(3) + RING + 1500)
    assert [event.desks for event in hall.events(e.NeighboursAlerted)] == [(3,)]
    hall.wait(20 * SECOND)

    hall.press(3, "pause")
    hall.phone(1).ring(3)
    hall.wait(ring_starts(3) + RING + 1500)
    assert len(hall.events(e.NeighboursAlerted)) == 1, "there is nobody left to ask"
    assert hall.desk(3).state is DeskState.PAUSED


@pytest.mark.req("R-PHONE-05", "R-PHONE-03")
def test_a_neighbour_who_takes_the_call_is_the_one_who_answered(hall: WholeHall) -> None:
    hall.phone(1).ring(4)
    hall.wait(ring_starts(3) + RING + 1500)

    hall.press(2, "pickup")
    hall.phone(1).lift(500)
    hall.wait(MINUTE)

    [answered] = hall.events(e.PhoneAnswered)
    assert (answered.desk, answered.neighbour) == (2, True)
    assert hall.events(e.CallbackOpened) == []


@pytest.mark.req("R-PHONE-06", "R-PHONE-10")
def test_scenario_24_two_missed_calls_of_one_caller_are_one_call_owed_and_a_second_caller_is_another(
    hall: WholeHall,
) -> None:
    for number in ("13812345678", "+86 138-1234-5678", "13800000000"):
        hall.phone(1).ring(3)
        hall.phone(1).number_heard(number, ring_starts(1) + RING + 500)
        hall.wait(MINUTE)

    assert [event.in_hours for event in hall.events(e.PhoneMissed)] == [True, True, True]
    first, other = hall.events(e.CallbackOpened)
    assert [event.task for event in hall.events(e.CallbackMerged)] == [first.task]
    assert first.caller != other.caller
    assert [len(event.caller) for event in hall.events(e.CallerNoted)] == [16, 16, 16]


@pytest.mark.req("R-PHONE-05")
def test_scenario_25_a_call_answered_and_dropped_after_two_seconds_is_answered_and_two_seconds_long(
    hall: WholeHall,
) -> None:
    hall.phone(1).ring(1)
    hall.phone(1).lift(1500)
    hall.phone(1).hang_up(3500)
    hall.wait(20 * SECOND)

    assert [event.rings for event in hall.events(e.PhoneAnswered)] == [1]
    assert [event.talk_ms for event in hall.events(e.PhoneEnded)] == [2000]
    assert hall.events(e.CallbackOpened) == []


@pytest.mark.req("R-PHONE-06", "R-PHONE-11")
def test_a_call_after_hours_is_on_record_and_owed_by_nobody(hall: WholeHall) -> None:
    hall.jump_to(CLOSING + HOUR)
    hall.phone(1).ring(4)
    hall.wait(40 * SECOND)

    assert [event.in_hours for event in hall.events(e.PhoneMissed)] == [False]
    assert hall.events(e.CallbackOpened) == []
    assert hall.events(e.NeighboursAlerted) == []


@pytest.mark.req("R-PHONE-06", "R-SYNC-01")
def test_a_call_missed_while_the_telephones_cable_was_out_is_owed_all_the_same(hall: WholeHall) -> None:
    hall.bus.cut("desk1-phone")
    hall.phone(1).ring(3)
    hall.wait(40 * SECOND)
    assert hall.events(e.Rang) == []
    hall.bus.mend("desk1-phone")
    hall.wait(2 * SECOND)

    assert [event.ring for event in hall.events(e.Rang)] == [1, 2, 3]
    assert len(hall.events(e.CallbackOpened)) == 1
