"""One citizen, from the button to the rating, past every device on the way."""

import pytest

from firmware_py.core import events as e
from firmware_py.core.states import TicketState
from tests.hall.whole_hall import WholeHall


@pytest.mark.req("R-CALL-01", "R-CORE-01", "R-EVAL-01", "R-EVAL-06", "R-KIOSK-01")
def test_a_visit_is_seen_heard_and_rated(hall: WholeHall) -> None:
    number = hall.take()
    assert number == "A001"
    assert hall.state_of(number) is TicketState.WAITING
    assert hall.desk_station(1).digits.waiting == 1

    hall.desk_station(1).press("next")
    hall.pump()
    assert hall.sign(1) == "请A001号到1号窗口"
    assert hall.hall_station.board.startswith("请A001号到1号窗口")
    assert hall.hall_station.said == ["请A零零一号到一号窗口办理"]
    assert hall.desk_station(1).digits.ticket == "001"
    hall.wait(500)
    hall.press(1, "arrive")
    assert hall.sign(1) == "正在办理 A001"
    assert "A001" not in hall.hall_station.board
    hall.wait(20_000)
    assert len(hall.hall_station.said) == 1, "he has arrived: no second reading"

    hall.press(1, "finish")
    assert hall.evaluator(1).invitations == 1
    assert hall.sign(1) == "请对我的服务进行评价"
    hall.evaluator(1).press(4)
    hall.wait(6000)

    assert hall.evaluator(1).thanks == 1
    assert (hall.ticket(number).level, hall.state_of(number)) == (4, TicketState.DONE)
    assert [event.level for event in hall.events(e.Rated)] == [4]
    assert hall.sign(1) == "1号窗口 社会保障等"
