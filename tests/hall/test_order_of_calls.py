"""Who is called, where, and what a pause does to it (scenarios 4, 5, 6 and 11)."""

from itertools import pairwise

import pytest

from firmware_py.core import events as e
from firmware_py.core.states import DeskState, TicketState
from firmware_py.link.local import Faults
from firmware_py.runtime.port_reports import PortDown
from tests.hall.small_hall import MINUTE, SECOND
from tests.hall.whole_hall import WholeHall


@pytest.mark.req("R-CORE-22", "R-CORE-01")
def test_scenario_4_two_desks_pressing_next_in_the_same_millisecond_call_two_people(hall: WholeHall) -> None:
    hall.take()
    hall.take()

    hall.desk_station(1).press("next")
    hall.desk_station(2).press("next")
    hall.wait(SECOND)

    assert sorted((hall.desk(1).ticket, hall.desk(2).ticket)) == ["A001", "A002"]
    assert [event.ticket for event in hall.events(e.Called)] == ["A001", "A002"]


@pytest.mark.req("R-CORE-22")
def test_one_person_waiting_is_called_by_one_of_two_desks_and_the_other_beeps(hall: WholeHall) -> None:
    hall.take()

    hall.desk_station(1).press("next")
    hall.desk_station(2).press("next")
    hall.wait(SECOND)

    assert sorted((hall.desk(1).ticket, hall.desk(2).ticket)) == ["", "A001"]
    assert hall.desk_station(1).beeps + hall.desk_station(2).beeps == 1


@pytest.mark.req("R-CORE-23", "R-CALL-02")
def test_scenario_5_a_pause_while_somebody_is_called_hands_him_to_the_other_desk(hall: WholeHall) -> None:
    first, second = hall.take(), hall.take()
    hall.press(2, "next", "arrive")
    hall.press(1, "next")
    assert hall.desk(1).ticket == second
    begun = len(hall.hall_station.said)

    hall.press(1, "pause")
    assert hall.desk(1).state is DeskState.PAUSED
    assert hall.sign(1) == "暂停服务"
    assert hall.state_of(second) is TicketState.WAITING
    assert hall.events(e.Passed) == []
    hall.wait(11 * SECOND)
    hall.press(2, "finish", "next")

    assert hall.desk(2).ticket == second
    assert hall.ticket(second).accepted_at > hall.ticket(first).accepted_at
    hall.wait(30 * SECOND)
    heard = hall.hall_station.said[begun:]
    assert any("A零零二号到二号窗口" in text for text in heard)
    assert not any("到一号窗口" in text for text in heard), "the old call is not repeated"


@pytest.mark.req("R-CORE-23", "R-CALL-05")
def test_scenario_6_a_pause_while_somebody_is_served_waits_for_him_and_his_rating(hall: WholeHall) -> None:
    hall.take()
    hall.take()
    hall.press(1, "next", "arrive", "pause")
    assert hall.desk(1).state is DeskState.PAUSE_PENDING
    assert hall.sign(1) == "正在办理 A001"

    hall.press(1, "next")
    assert hall.desk_station(1).beeps == 1, "a desk that is about to pause calls nobody"
    hall.press(1, "finish")
    hall.evaluator(1).press(5)
    hall.wait(6 * SECOND)

    assert hall.state_of("A001") is TicketState.DONE
    assert hall.desk(1).state is DeskState.PAUSED
    assert hall.sign(1) == "暂停服务"
    hall.press(1, "pause")
    assert hall.desk(1).state is DeskState.READY


@pytest.mark.req("R-CORE-06", "R-CORE-05", "R-CORE-04")
def test_scenario_11_one_ordinary_ticket_among_seven_green_ones_is_called_fourth_at_the_latest(hall: WholeHall) -> None:
    ordinary = hall.take()
    greens = [hall.take("social-first") for _ in range(7)]

    for desk in (1, 2):
        hall.press(desk, "next", "arrive")
    hall.wait(11 * SECOND)
    for desk in (1, 2):
        hall.press(desk, "finish", "next", "arrive")
    called = [event.ticket for event in hall.events(e.Called)]

    assert called == [*greens[:3], ordinary]
    assert hall.events(e.Called)[-1].rule == "guard"
    assert [event.overtaken for event in hall.events(e.Called)] == [1, 1, 1, 0]


@pytest.mark.req("R-CORE-05")
def test_class_and_order_stand_in_the_journal_and_nowhere_in_public(hall: WholeHall) -> None:
    hall.take()
    hall.take("social-first")

    hall.press(1, "next")

    assert hall.desk(1).ticket == "A002"
    assert hall.hall_station.board.splitlines()[0] == "请A002号到1号窗口"
    assert hall.sign(1) == "请A002号到1号窗口"
    assert hall.hall_station.said == ["请A零零二号到一号窗口办理"]


@pytest.mark.req("R-CORE-22", "R-CORE-01", "R-KIOSK-01")
def test_a_bus_that_delivers_everything_twice_changes_nothing(hall: WholeHall) -> None:
    hall.bus.disturb(Faults(duplicate=1.0))

    numbers = [hall.take() for _ in range(3)]
    served = [hall.serve(1), hall.serve(2)]

    assert numbers == ["A001", "A002", "A003"]
    assert hall.kiosk().slips == numbers, "one slip each"
    assert served == numbers[:2]
    assert len(hall.events(e.Called)) == 2
    assert len(hall.hall_station.said) == 2


@pytest.mark.req("R-CORE-22", "R-CORE-21", "R-KIOSK-01")
@pytest.mark.parametrize("seed", range(5))
def test_a_bus_that_loses_a_third_of_all_commands_and_answers_doubles_nobody(hall: WholeHall, seed: int) -> None:
    hall.bus.disturb(Faults(drop=0.35, duplicate=0.2, pattern="hall/v1/h1/i/+/+", seed=seed))
    for _ in range(8):
        hall.kiosk().press("social")
        hall.wait(7 * SECOND)
    hall.bus.disturb(Faults())
    hall.wait(2 * MINUTE)

    slips = hall.kiosk().slips
    waiting = [ticket.number for ticket in hall.hall.tickets.values() if ticket.state is TicketState.WAITING]
    assert slips, "some got through"
    assert len(slips) == len(set(slips)), "no number is in two hands"
    assert set(slips) <= set(waiting), "nobody with a slip is forgotten"
    assert set(waiting) - set(slips) <= {ticket for ticket in waiting if hall.ticket(ticket).unconfirmed}


@pytest.mark.req("R-CALL-02", "R-CALL-01")
def test_the_voice_says_one_thing_at_a_time_in_the_order_of_the_calls(hall: WholeHall) -> None:
    for _ in range(2):
        hall.take()
    hall.take("realty")

    for desk in (1, 2, 3):
        hall.desk_station(desk).press("next")
    hall.wait(100)
    assert len(hall.hall_station.board.strip().splitlines()) == 3, "the board does not wait for the voice"
    hall.wait(20 * SECOND)

    begun = hall.hall_station.begun
    assert [text for _, text in begun[:3]] == [
        "请A零零一号到一号窗口办理",
        "请A零零二号到二号窗口办理",
        "请B零零一号到三号窗口办理",
    ]
    assert all(later - earlier >= 5000 for (earlier, _), (later, _) in pairwise(begun))


@pytest.mark.req("R-CALL-02", "R-CORE-11")
def test_what_was_heard_reaches_the_journal_from_the_voice_and_from_the_board_once_the_voice_is_dead(
    hall: WholeHall,
) -> None:
    for service in ("social", "social", "realty"):
        hall.take(service)
    for desk in (1, 2):
        hall.desk_station(desk).press("next")
    hall.wait(20 * SECOND)

    assert [(event.ticket, event.by) for event in hall.events(e.Announced)] == [("A001", "voice"), ("A002", "voice")]
    assert hall.ticket("A002").heard_at - hall.ticket("A002").called_at >= 10 * SECOND, "its reading was the second"

    hall.hall_station.inbox.append(PortDown("voice", "offline", ""))
    hall.press(3, "next")
    hall.wait(SECOND)

    last = hall.events(e.Announced)[-1]
    assert (last.ticket, last.by, last.instance) == ("B001", "sign", hall.hall_station.name)
    assert len(hall.events(e.Announced)) == 3
