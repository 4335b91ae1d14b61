"""Mains, controller, broker and cables that go away in the worst moment (scenario 28; R-CORE-21, R-SYNC-01)."""

from collections.abc import Callable

import msgspec
import pytest

from drivers.printer import Printed
from evaluator.keeping import SendBatch
from firmware_py import phrases
from firmware_py.controller.brain import Reply
from firmware_py.controller.publishing import Publish
from firmware_py.core import events as e
from firmware_py.core.states import DeskState, TicketState
from firmware_py.runtime.effects import Send
from kiosk.effects import KeepHighest, PrintSlip
from tests.hall.small_hall import MINUTE, SECOND
from tests.hall.stations import SIGN_HANZI, Station
from tests.hall.whole_hall import PowerCut, WholeHall

FAULT = phrases.sign_lost(hanzi=SIGN_HANZI)


def cut_before(kind: type, station: str) -> Callable[[Station, object], bool]:
    """The mains fail before this station carries out an effect of this kind."""
    return lambda where, effect: where.name == station and isinstance(effect, kind)


def content(payload: bytes | None) -> dict[str, object]:
    """What a retained topic says, without the place and moment it is said at."""
    assert payload is not None
    view: dict[str, object] = msgspec.json.decode(payload)
    return {key: value for key, value in view.items() if key not in {"seq", "at"}}


@pytest.mark.req("R-CORE-21", "R-CORE-02")
def test_scenario_28_a_power_cut_leaves_everybody_where_he_was(hall: WholeHall) -> None:
    for _ in range(5):
        hall.take()
    hall.press(1, "next", "arrive")
    hall.press(2, "next")
    states = {number: ticket.state for number, ticket in hall.hall.tickets.items()}

    hall.power_cut()
    hall.wait(2 * SECOND)

    assert {number: ticket.state for number, ticket in hall.hall.tickets.items()} == states
    assert (hall.sign(1), hall.sign(2)) == ("正在办理 A001", "请A002号到2号窗口")
    assert hall.take() == "A006"
    hall.press(1, "finish", "next")
    assert hall.desk(1).ticket == "A003"


@pytest.mark.req("R-CORE-21", "R-CALL-02")
def test_scenario_28_a_call_is_not_announced_again_after_the_dark(hall: WholeHall) -> None:
    hall.take()
    hall.press(1, "next")

    hall.power_cut()
    hall.wait(20 * SECOND)

    assert hall.hall_station.said == []
    hall.press(1, "recall")
    assert hall.hall_station.said == ["请A零零一号到一号窗口办理"], "the clerk chooses"


@pytest.mark.req("R-CORE-21", "R-CORE-02", "R-CORE-22")
@pytest.mark.parametrize(
    ("kind", "station", "issued", "on_paper"),
    [
        (Send, "kiosk1", 0, 0),
        (Reply, "controller", 1, 0),
        (KeepHighest, "kiosk1", 1, 0),
        (PrintSlip, "kiosk1", 1, 0),
    ],
    ids=["before the command", "between commit and answer", "before the number is kept", "before the print"],
)
def test_scenario_28_a_power_cut_in_the_middle_of_a_press_doubles_no_number(
    hall: WholeHall, kind: type, station: str, issued: int, on_paper: int
) -> None:
    hall.fuse = cut_before(kind, station)
    hall.kiosk().press("social")
    with pytest.raises(PowerCut):
        hall.pump()
    hall.power_cut()
    hall.wait(20 * SECOND)

    assert len(hall.events(e.Taken)) == issued
    assert len(hall.kiosk().slips) == on_paper
    if issued:
        assert (hall.state_of("A001"), hall.ticket("A001").unconfirmed) == (TicketState.WAITING, True)
    assert hall.take() == f"A{issued + 1:03d}"


@pytest.mark.req("R-CORE-21", "R-KIOSK-05")
def test_scenario_28_a_power_cut_between_paper_and_its_report_keeps_the_citizens_turn(hall: WholeHall) -> None:
    hall.fuse = lambda station, effect: isinstance(effect, Send) and bool(hall.kiosk().slips)
    hall.kiosk().press("social")
    with pytest.raises(PowerCut):
        hall.wait(2 * SECOND)
    assert hall.kiosk().slips == ["A001"]
    hall.power_cut()
    hall.wait(SECOND)

    hall.press(1, "next")
    assert hall.desk(1).ticket == "A001"
    assert hall.take() == "A002"


@pytest.mark.req("R-SYNC-01", "R-CORE-21", "R-EVAL-03")
@pytest.mark.parametrize("when", ["before it is sent", "before it is acknowledged"])
def test_scenario_28_a_power_cut_in_the_middle_of_a_rating_counts_it_once(hall: WholeHall, when: str) -> None:
    hall.take()
    hall.press(1, "next", "arrive", "finish")

    def fuse(station: Station, effect: object) -> bool:
        if when == "before it is sent":
            return station.name == "desk1-eval" and isinstance(effect, SendBatch)
        return isinstance(effect, Publish) and effect.topic.endswith("desk1-eval/ack")

    hall.fuse = fuse
    hall.evaluator(1).press(4)
    with pytest.raises(PowerCut):
        hall.pump()
    hall.power_cut(dark_ms=10 * MINUTE)
    hall.wait(30 * SECOND)

    assert hall.ticket("A001").level == 4
    assert len(hall.events(e.Rated)) == 1
    assert hall.state_of("A001") is TicketState.DONE


@pytest.mark.req("R-CORE-21", "R-CALL-05", "R-CORE-22", "R-KIOSK-01")
def test_a_controller_that_is_restarted_is_a_moments_fault_text_and_a_press_is_answered_late(hall: WholeHall) -> None:
    hall.take()
    hall.press(1, "next")
    shown: list[str] = []

    hall.bus.cut("controller")
    hall.kiosk().press("social")
    hall.wait(SECOND)
    shown.append(hall.sign(1))
    assert hall.hall_station.board.startswith("对不起,设备故障") or "设备故障" in hall.hall_station.board
    hall.restart("controller")
    hall.wait(3 * SECOND)

    assert shown == [FAULT]
    assert hall.sign(1) == "请A001号到1号窗口"
    assert hall.kiosk().slips == ["A001", "A002"]
    assert [event.ticket for event in hall.events(e.Taken)] == ["A001", "A002"]


@pytest.mark.req("R-KIOSK-04", "R-CORE-21")
def test_a_controller_that_stays_away_means_a_polite_refusal_and_no_phantom_afterwards(hall: WholeHall) -> None:
    hall.bus.cut("controller")
    hall.kiosk().press("social")
    hall.wait(6 * SECOND)
    assert hall.kiosk().sign == phrases.refusal("no_answer", {})
    hall.bus.mend("controller")
    hall.wait(MINUTE)

    assert hall.hall.tickets == {}
    assert hall.take() == "A001"


@pytest.mark.req("R-CORE-21")
def test_a_broker_that_forgot_everything_is_told_everything(hall: WholeHall) -> None:
    hall.take()
    hall.press(1, "next")
    hall.wait(20 * SECOND)
    said = list(hall.hall_station.said)
    topics = hall.controller.topics
    states = (topics.board, topics.desk(1), topics.hall_state, topics.rating("desk1-eval"))
    before = [content(hall.bus.retained(topic)) for topic in states]

    hall.bus.stop()
    hall.pump()
    assert {hall.sign(desk) for desk in (1, 2, 3)} == {FAULT}
    assert hall.kiosk().sign == phrases.text("kiosk.lost")
    hall.bus.start()
    hall.pump()

    assert [content(hall.bus.retained(topic)) for topic in states] == before
    assert hall.sign(1) == "请A001号到1号窗口"
    hall.wait(20 * SECOND)
    assert hall.hall_station.said == said, "it was announced already"


@pytest.mark.req("R-CALL-05", "R-CORE-21")
def test_a_broker_that_is_back_before_the_controller_shows_no_old_number(hall: WholeHall) -> None:
    hall.take()
    hall.press(1, "next")
    hall.bus.stop()
    hall.bus._cut.add("controller")
    hall.bus.start()
    hall.wait(SECOND)

    assert hall.sign(1) == FAULT


@pytest.mark.req("R-KIOSK-05", "R-CORE-21", "R-TECH-02")
def test_a_kiosk_that_is_restarted_while_it_prints_leaves_a_valid_ticket(hall: WholeHall) -> None:
    hall.kiosk().press("social")
    hall.wait(100)
    hall.restart("kiosk1")
    hall.wait(2 * SECOND)

    assert (hall.state_of("A001"), hall.ticket("A001").unconfirmed) == (TicketState.WAITING, True)
    assert [(event.device, event.reason) for event in hall.events(e.DeviceFailed)] == [("instance", "lost")]
    assert len(hall.events(e.DeviceMended)) == 1
    assert hall.take() == "A002"


@pytest.mark.req("R-KIOSK-05", "R-CORE-03")
@pytest.mark.parametrize(
    ("outcome", "state", "reason"),
    [
        (Printed.FAILED, TicketState.VOID, "paper_out"),
        (Printed.UNKNOWN, TicketState.WAITING, "paper_out"),
        (None, TicketState.VOID, "offline"),
    ],
)
def test_what_became_of_a_slip_decides_what_becomes_of_its_number(
    hall: WholeHall, outcome: Printed | None, state: TicketState, reason: str
) -> None:
    hall.kiosk().printer = outcome
    hall.kiosk().press("social")
    hall.wait(3 * SECOND)

    assert hall.state_of("A001") is state
    told = [event.reason for event in hall.events(e.PrintFailed)]
    told += [event.reason for event in hall.events(e.PrintUnknown)]
    assert told == [reason]
    holds = outcome is Printed.UNKNOWN  # perhaps: he queues, and must not take a second number
    assert ("A001" if holds else "二楼") in hall.kiosk().sign, "his number, or where he may go"
    hall.kiosk().printer = Printed.PRINTED
    hall.wait(10 * SECOND)
    assert hall.take() == "A002", "a number is never used twice"


@pytest.mark.req("R-CORE-01", "R-CORE-21")
def test_a_desk_whose_daemon_restarts_is_as_it_was(hall: WholeHall) -> None:
    hall.take()
    hall.press(1, "next", "arrive")

    hall.restart("desk1")

    assert hall.sign(1) == "正在办理 A001"
    assert hall.desk(1).state is DeskState.SERVING
    hall.press(1, "finish")
    assert hall.state_of("A001") is TicketState.RATING
