"""Half past five: nobody with a number is sent home (scenarios 1, 2, 3 and 30; R-CORE-16, R-CORE-17)."""

import pytest

from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.states import DeskState, TicketState
from tests.hall.small_hall import CLOSING, DAY, HOUR, ISSUING, MINUTE, SECOND
from tests.hall.whole_hall import WholeHall


def serve_quickly(hall: WholeHall, *desks: int) -> None:
    """Each desk calls, serves and finishes one citizen, who does not rate."""
    for desk in desks:
        hall.press(desk, "next", "arrive")
    hall.wait(11 * SECOND)
    for desk in desks:
        hall.press(desk, "finish")


@pytest.mark.req("R-CORE-16", "R-KIOSK-04", "R-CORE-21")
def test_scenario_1_a_press_just_before_closing_is_a_ticket_though_its_paper_comes_after(hall: WholeHall) -> None:
    hall.jump_to(CLOSING - 100)
    hall.kiosk().press("social")
    hall.wait(200)
    assert hall.kiosk().slips == []
    assert hall.events(e.IssueClosed)
    hall.wait(2 * SECOND)

    assert hall.kiosk().slips == ["A001"]
    hall.kiosk().press("social")
    hall.wait(2 * SECOND)
    assert hall.kiosk().slips == ["A001"], "one press later is one press too late"
    assert "今日取号已结束" in hall.kiosk().sign

    assert hall.serve(1) == "A001"
    assert hall.state_of("A001") is TicketState.DONE


@pytest.mark.req("R-CORE-16", "R-CALL-10", "R-CORE-17")
def test_scenario_2_forty_people_waiting_at_closing_are_all_served(hall: WholeHall) -> None:
    for _ in range(40):
        hall.take()
    hall.jump_to(CLOSING)
    [closed] = hall.events(e.IssueClosed)
    assert closed.waiting == 40

    for _ in range(20):
        serve_quickly(hall, 1, 2)
        assert hall.hall_station.board.count("号窗口") <= 2
    assert hall.events(e.DayClosed) == []
    hall.wait(3 * MINUTE)

    assert {ticket.state for ticket in hall.hall.tickets.values()} == {TicketState.DONE}
    assert len(hall.events(e.Called)) == 40
    assert all(event.at >= CLOSING for event in hall.events(e.Called)), "overtime stands in the journal"
    assert len(hall.events(e.DayClosed)) == 1
    assert {hall.sign(desk) for desk in (1, 2, 3)} == {"今日服务已结束"}
    said = "".join([*hall.hall_station.said, hall.kiosk().sign, *(hall.sign(desk) for desk in (1, 2, 3))])
    assert "明天" not in said


@pytest.mark.req("R-CORE-17")
def test_nobody_logs_out_while_people_wait_after_closing(hall: WholeHall) -> None:
    hall.take()
    hall.jump_to(CLOSING)

    hall.press(1, "logout")
    assert hall.desk(1).state is DeskState.CLOSING
    assert hall.desk_station(1).beeps == 1

    hall.serve(1)
    hall.press(1, "logout")
    assert hall.desk(1).state is DeskState.CLOSED


@pytest.mark.req("R-CORE-16", "R-CORE-12", "R-CORE-11")
def test_scenario_3_who_comes_back_during_the_drain_is_served_and_who_does_not_gets_one_last_call(
    hall: WholeHall,
) -> None:
    for _ in range(2):
        hall.take()
        hall.press(1, "next")
        for _ in range(2):
            hall.wait(20 * SECOND)
            hall.press(1, "recall")
        hall.wait(30 * SECOND)  # the minute runs from the end of the first reading
        hall.press(1, "pass")
    assert {hall.state_of("A001"), hall.state_of("A002")} == {TicketState.PASSED}
    hall.jump_to(CLOSING + 20 * MINUTE)

    hall.kiosk().link.send(c.Request("back", c.ReturnTicket("A001")))
    hall.wait(SECOND)
    assert hall.serve(1) == "A001"

    hall.press(2, "next")
    assert (hall.desk(2).ticket, hall.ticket("A002").final) == ("A002", True)
    assert hall.hall_station.said[-1].endswith("这是今日最后一次呼叫")
    hall.wait(MINUTE + 10 * SECOND)
    hall.press(2, "pass")
    assert hall.state_of("A002") is TicketState.EXPIRED
    hall.wait(3 * SECOND)
    assert hall.events(e.DayClosed) == [], "it may still be taken back"
    hall.wait(3 * SECOND)
    assert len(hall.events(e.DayClosed)) == 1


@pytest.mark.req("R-CORE-20", "R-CORE-16", "R-CORE-03")
def test_scenario_30_a_ticket_that_is_open_at_midnight_is_still_served_and_the_new_day_counts_from_one(
    hall: WholeHall,
) -> None:
    hall.take()
    hall.press(1, "next", "arrive")
    hall.jump_to(CLOSING + 6 * HOUR + 29 * MINUTE)
    hall.wait(2 * MINUTE)
    assert hall.state_of("A001") is TicketState.SERVING, "it is past midnight"

    hall.press(1, "finish")
    hall.evaluator(1).press(5)
    hall.wait(6 * SECOND)
    assert hall.ticket("A001").level == 5
    assert len(hall.events(e.DayClosed)) == 1

    hall.jump_to(ISSUING + DAY)
    assert [event.day for event in hall.events(e.DayOpened)] == ["2026-11-21", "2026-11-22"]
    assert hall.take() == "A001"
    assert hall.events(e.Unserved) == []


@pytest.mark.req("R-CORE-16", "R-CORE-03")
def test_a_ticket_forgotten_over_night_is_told_as_unserved_when_the_next_day_opens(hall: WholeHall) -> None:
    hall.take()
    hall.take("realty")

    hall.jump_to(ISSUING + DAY)

    assert [event.ticket for event in hall.events(e.Unserved)] == ["A001", "B001"]
    assert hall.take() == "A001"
    assert hall.kiosk().sign == phrases.text("kiosk.take_slip", ticket="A001")
