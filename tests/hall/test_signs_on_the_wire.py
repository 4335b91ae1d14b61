"""Notices, calls and the end of the day, from the core to the frames on an LED line and what the cards make of them."""

from collections.abc import Iterator
from itertools import count

import pytest
from msgspec.structs import replace

from caller.board import Board, ShowBoard
from caller.day_end import LATECOMERS_MS
from caller.pad_desk import PadDesk, ShowSign
from drivers.led import SignShape
from drivers.led.onbon import OnbonBus
from drivers.virtual.led_card import VirtualLedBus
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core.hall import Hall
from firmware_py.core.model import Device
from firmware_py.core.plan import Notice, Plan
from firmware_py.core.showing import board_view, desk_view, hall_view
from firmware_py.link import Lifecycle, LinkDown, LinkUp, Received, encode
from firmware_py.runtime.loop import Timer
from firmware_py.runtime.port_reports import JobDone
from tests.caller.views import TOPICS, controller_is
from tests.core.halls import CLOSE, HOUR, LOG, MINUTE, NINE, PLAN, ask, call, let_time_pass, open_hall, take

BOARD, DESK = 1, 2
ROWS = 5
STANDING = phrases.text("board.standing")
CLEAR = bytes.fromhex("a310010000")


class Signs:
    """The hall's board and the sign over desk 1, real logic and a real driver on one line with two cards."""

    def __init__(self, plan: Plan) -> None:
        self.hall: Hall = open_hall(plan)
        self.cards = VirtualLedBus([BOARD, DESK])
        shapes = {BOARD: SignShape(320, ROWS), DESK: SignShape(128, 1)}
        self.bus = OnbonBus(self.cards.path, shapes)
        self.bus.open()
        ids, wall = count(1), lambda: NINE
        self.board = Board(
            "hall", rows=ROWS, hanzi=20, voice=False, topics=TOPICS, new_id=lambda: f"h{next(ids)}", wall_ms=wall
        )
        self.desk = PadDesk("desk1", desk=1, address=1, keys={}, hanzi=8, topics=TOPICS, new_id=lambda: f"k{next(ids)}")
        self.now = 0
        self.hears(LinkUp())
        self.hears(controller_is(Lifecycle.READY))

    def hears(self, item: object) -> None:
        for logic in (self.board, self.desk):
            for effect in list(logic.on(item, self.now)):
                match effect:
                    case ShowBoard(text, job_id):
                        self.bus.show(BOARD, text)
                        list(logic.on(JobDone("board", job_id, None), self.now))
                    case ShowSign(text):
                        self.bus.show(DESK, text)

    def told(self, at: int) -> None:
        """The controller says how things are at this moment."""
        self.hears(Received(TOPICS.hall_state, encode(hall_view(self.hall, LOG, at))))
        self.hears(Received(TOPICS.board, encode(board_view(self.hall, LOG, at))))
        self.hears(Received(TOPICS.desk(1), encode(desk_view(self.hall, LOG, 1))))

    def wait(self, ms: int) -> None:
        self.now += ms
        self.hears(Timer())

    @property
    def shown(self) -> list[str]:
        return [line for line in self.cards.cards[BOARD].text.split("\n") if line]

    @property
    def over_desk(self) -> str:
        return self.cards.cards[DESK].text


def signs_of(plan: Plan) -> Iterator[Signs]:
    signs = Signs(plan)
    yield signs
    signs.bus.close()
    signs.cards.close()


@pytest.fixture
def signs(request: pytest.FixtureRequest) -> Iterator[Signs]:
    yield from signs_of(getattr(request, "param", PLAN))


def with_notices(*notices: Notice, notice: str = "") -> Plan:
    return replace(PLAN, notices=notices, notice=notice)


THREE = with_notices(
    Notice("business", "周五停办不动产", until="2026-11-21 10:00"),
    Notice("fault", "自助机维修", since="2026-11-21 09:30"),
    notice="饮水机在东侧",
)
OVER = with_notices(Notice("business", "上午十点前停办", until="2026-11-21 10:00"))
ELSEWHERE = with_notices(Notice("fault", "自助机维修"))


@pytest.mark.req("R-CALL-07", "R-CALL-09")
@pytest.mark.parametrize("signs", [THREE], indirect=True)
def test_each_slot_stands_on_the_board_in_its_time_and_a_call_pre_empts_all_of_them(signs: Signs) -> None:
    signs.told(NINE)
    assert signs.shown == ["周五停办不动产", "饮水机在东侧", STANDING]
    signs.told(NINE + 30 * MINUTE)
    assert signs.shown == ["周五停办不动产", "自助机维修", "饮水机在东侧", STANDING]

    number = take(signs.hall)
    call(signs.hall, 1, NINE + 31 * MINUTE)
    signs.told(NINE + 31 * MINUTE)
    assert signs.shown == [f"请{number}号到1号窗口"]
    assert signs.over_desk == number

    ask(signs.hall, c.Arrive(1), NINE + 31 * MINUTE)
    signs.told(NINE + HOUR)
    assert signs.shown == ["自助机维修", "饮水机在东侧", STANDING], "the first one's time is over"


@pytest.mark.req("R-CALL-09")
def test_an_idle_board_says_who_is_served_first_in_a_frame_that_stands_still(signs: Signs) -> None:
    signs.told(NINE)
    assert signs.shown == [STANDING]
    frame = signs.cards.cards[BOARD].frames[-1]
    assert STANDING.encode("gb2312") in frame
    assert b"\xc7\xeb" not in frame, "no call, no 请"


@pytest.mark.req("R-CALL-07")
@pytest.mark.parametrize("signs", [OVER], indirect=True)
def test_scenario_27_a_notice_that_expired_while_the_board_was_offline_is_not_shown_when_it_is_back(
    signs: Signs,
) -> None:
    signs.told(NINE)
    assert signs.shown[0] == "上午十点前停办"
    signs.hears(LinkDown("cut"))
    assert signs.shown == [phrases.board_lost(rows=1, hanzi=20)]
    frames = len(signs.cards.cards[BOARD].frames)

    signs.hears(LinkUp())
    signs.hears(controller_is(Lifecycle.READY))
    signs.told(NINE + HOUR)

    assert signs.shown == [STANDING]
    late = signs.cards.cards[BOARD].frames[frames:]
    assert not any("停办".encode("gb2312") in frame for frame in late)


@pytest.mark.req("R-CALL-07")
@pytest.mark.parametrize("signs", [ELSEWHERE], indirect=True)
def test_a_dispenser_that_prints_nothing_is_told_on_the_board_until_it_is_mended(signs: Signs) -> None:
    signs.hall.devices["kiosk1", "printer"] = Device("paper_out", NINE)
    signs.told(NINE)
    assert signs.shown[:2] == ["自助机维修", phrases.text("board.broken", place="大厅入口")]
    del signs.hall.devices["kiosk1", "printer"]
    signs.told(NINE + MINUTE)
    assert signs.shown == ["自助机维修", STANDING]


@pytest.mark.req("R-CALL-10")
def test_after_closing_calls_go_on_and_a_while_after_the_last_one_board_and_signs_are_told_to_go_dark(
    signs: Signs,
) -> None:
    number = take(signs.hall)
    let_time_pass(signs.hall, CLOSE)
    call(signs.hall, 1, CLOSE + MINUTE)
    signs.told(CLOSE + MINUTE)
    assert (signs.shown, signs.over_desk) == ([f"请{number}号到1号窗口"], number)

    signs.hall.closed = True
    signs.hall.desks[1] = replace(signs.hall.desks[1], ticket="")
    signs.told(CLOSE + HOUR)
    assert signs.over_desk == "今日服务已结束"
    signs.wait(LATECOMERS_MS - 1)
    assert signs.over_desk == "今日服务已结束"

    signs.wait(1)
    assert (signs.shown, signs.over_desk) == ([], "")
    assert all(CLEAR in signs.cards.cards[card].frames[-1] for card in (BOARD, DESK))
    signs.told(CLOSE + 2 * HOUR)
    assert (signs.shown, signs.over_desk) == ([], "")

    signs.hall.closed = False  # the next day is opened
    signs.told(CLOSE + 15 * HOUR)
    assert (signs.shown, bool(signs.over_desk)) == ([STANDING], True)
