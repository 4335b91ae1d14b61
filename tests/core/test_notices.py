"""The three slots of notices: what stands in them at what time, and what a clock nobody vouches for says of it."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.model import Device
from firmware_py.core.notices import Standing, standing
from firmware_py.core.plan import Notice
from firmware_py.core.showing import board_view
from tests.core.halls import EIGHT, HOUR, LOG, MINUTE, NINE, PLAN, ask, open_hall

TODAY, TOMORROW = "2026-11-21", "2026-11-22"


def told(*notices: Notice, at: int = NINE, notice: str = "") -> Standing:
    return standing(open_hall(replace(PLAN, notices=notices, notice=notice)), at)


@pytest.mark.req("R-CALL-07")
def test_each_slot_has_its_own_text_and_the_hall_s_notice_is_the_service_slot_s() -> None:
    business, fault = Notice("business", "周五停办不动产"), Notice("fault", "自助机维修")
    assert told(business, fault, notice="请文明办事") == Standing("周五停办不动产", "请文明办事", "自助机维修")
    assert told(notice="请文明办事") == Standing(service="请文明办事")
    assert told(Notice("service", "饮水机在东侧"), notice="请文明办事").service == "饮水机在东侧"


@pytest.mark.req("R-CALL-07")
@pytest.mark.parametrize(
    ("since", "until", "stands"),
    [
        ("", "", (True, True, True)),
        (f"{TODAY} 09:00", "", (False, True, True)),
        (f"{TODAY} 09:00", f"{TODAY} 10:00", (False, True, False)),
        ("", f"{TODAY} 09:00", (True, False, False)),
        (TODAY, TODAY, (True, True, True)),
        (TOMORROW, "", (False, False, False)),
        ("", "2026-11-20", (False, False, False)),
    ],
)
def test_a_notice_stands_from_its_first_minute_until_its_last(
    since: str, until: str, stands: tuple[bool, bool, bool]
) -> None:
    hall = open_hall(replace(PLAN, notices=(Notice("business", "通知", since, until),)))
    moments = (NINE - 1, NINE, NINE + HOUR)
    assert tuple(standing(hall, at).business == "通知" for at in moments) == stands


@pytest.mark.req("R-CALL-07")
def test_a_whole_day_ends_at_midnight() -> None:
    hall = open_hall(replace(PLAN, notices=(Notice("business", "今日通知", until=TODAY),)))
    assert standing(hall, EIGHT + 16 * HOUR - 1).business == "今日通知"
    assert standing(hall, EIGHT + 16 * HOUR).business == ""


@pytest.mark.req("R-CALL-07")
def test_of_two_in_one_slot_the_one_that_began_later_stands_and_then_the_other_again() -> None:
    long = Notice("business", "本月通知", since="2026-11-01", until="2026-11-30")
    short = Notice("business", "上午通知", since=f"{TODAY} 09:00", until=f"{TODAY} 10:00")
    for order in ((long, short), (short, long)):
        assert told(*order, at=NINE - MINUTE).business == "本月通知"
        assert told(*order, at=NINE).business == "上午通知"
        assert told(*order, at=NINE + HOUR).business == "本月通知"


@pytest.mark.req("R-CALL-07", "R-CORE-20")
def test_while_nobody_vouches_for_the_clock_only_a_notice_without_times_stands() -> None:
    hall = open_hall(replace(PLAN, notices=(Notice("business", "至月底", until="2026-11-30"), Notice("fault", "维修"))))
    hall.clock_trusted = False
    assert (standing(hall, NINE).business, standing(hall, NINE).fault) == ("", "维修")


@pytest.mark.req("R-CALL-07")
def test_a_dispenser_that_prints_nothing_is_told_until_it_is_mended_and_one_with_little_paper_is_not() -> None:
    hall = open_hall()
    for reason, broken in (("paper_low", ()), ("paper_out", ("大厅入口",)), ("offline", ("大厅入口",)), ("", ())):
        ask(hall, c.ReportDevice("printer", reason), NINE, "kiosk1")
        assert standing(hall, NINE).broken == broken
    ask(hall, c.ReportDevice("sign", "offline"), NINE, "kiosk1")
    assert standing(hall, NINE).broken == ()


@pytest.mark.req("R-CALL-07")
def test_a_dispenser_that_feels_no_press_or_is_gone_is_told_too_and_one_with_a_stuck_button_is_not() -> None:
    hall = open_hall()
    for device, reason, broken in (
        ("buttons", "offline", ("大厅入口",)),
        ("buttons", "stuck_key", ()),
        ("instance", "lost", ("大厅入口",)),
        ("reader", "offline", ()),
    ):
        hall.devices = {("kiosk1", device): Device(reason, NINE)}
        assert standing(hall, NINE).broken == broken, device


def test_the_board_is_told_all_of_it() -> None:
    hall = open_hall(replace(PLAN, notice="服务", notices=(Notice("business", "业务"), Notice("fault", "报障"))))
    hall.devices["kiosk2", "printer"] = Device("cover_open", NINE)
    view = board_view(hall, LOG, NINE)
    assert (view.business, view.notice, view.fault, view.broken) == ("业务", "服务", "报障", ("二楼",))
    assert isinstance(e.Configured(NINE, hall.plan).plan.notices[0], Notice)
