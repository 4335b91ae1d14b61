"""The number slip: what a citizen needs, the number largest, nothing personal, and short."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers import printer
from drivers.printer.slip_bytes import encode
from firmware_py.core.events import Taken
from firmware_py.core.plan import DeskPlan, Hours, Plan, Service
from firmware_py.phrases.slips import SlipElement, SlipLine, SlipQr, SlipRule, date_time, desk_range, ticket_slip

AT_1405 = 1_795_269_900_000
"""2026-11-21 14:05 on the wall."""

PLAN = Plan(
    id="zhoucun",
    name="周村区政务服务大厅",
    services=(Service("general", "A", "综合受理", zone="A区"), Service("police", "B", "信访接待", alias="综合二")),
    desks=(
        *(DeskPlan(desk, ("general",)) for desk in (1, 2, 3)),
        DeskPlan(5, ("general", "police")),
        DeskPlan(6, ("police",), name="军人依法优先"),
    ),
    complaint_phone="0533-6195678",
)
TAKEN = Taken(0, "A001", "general", "X", "kiosk1", 12)


def lines(slip: tuple[SlipElement, ...]) -> list[str]:
    return [element.text for element in slip if isinstance(element, SlipLine)]


def on_paper(slip: tuple[SlipElement, ...], width_dots: int) -> bytes:
    """The bytes a printer gets, by way of the driver's own elements."""
    return encode(
        printer.Slip(
            tuple(
                printer.Line(element.text, element.size, element.align, element.bold)
                for element in slip
                if isinstance(element, SlipLine)
            )
        ),
        width_dots=width_dots,
    )


@pytest.mark.req("R-KIOSK-03")
def test_a_slip_tells_everything_a_citizen_needs() -> None:
    assert lines(ticket_slip(PLAN, TAKEN, AT_1405)) == [
        "周村区政务服务大厅",
        "综合受理",
        "A001",
        "您前面还有 12 人等候",
        "请您抽号后,等待叫号后A区1-3、5号窗口办理",
        "取号时间:2026年11月21日 14:05",
        "服务时间:09:00-12:00,13:30-17:30",
        "请在等候区休息,留意叫号和显示屏",
        "请按取号次序排队,依次办理",
        "当日有效;过号请到取号机报到,无需重新取号",
        "监督投诉电话:0533-6195678",
    ]


@pytest.mark.req("R-KIOSK-03")
@pytest.mark.parametrize("large", [False, True])
def test_the_number_is_the_largest_thing_on_the_slip(large: bool) -> None:
    slip = ticket_slip(PLAN, TAKEN, AT_1405, large=large)
    sizes = {line.text: line.size for line in slip if isinstance(line, SlipLine)}
    assert sizes.pop("A001") == 4
    assert max(sizes.values()) == (2 if large else 1)


@pytest.mark.req("R-KIOSK-03")
def test_what_the_hall_has_not_is_left_out_and_what_it_has_is_printed() -> None:
    bare = msgspec.structs.replace(PLAN, complaint_phone="", hours=())
    assert not any("电话" in line or "服务时间" in line for line in lines(ticket_slip(bare, TAKEN, AT_1405)))
    noticed = msgspec.structs.replace(PLAN, notice="12月1日起,二楼窗口迁至三楼")
    assert "12月1日起,二楼窗口迁至三楼" in lines(ticket_slip(noticed, TAKEN, AT_1405))


@pytest.mark.req("R-KIOSK-03", "R-CALL-04", "R-CORE-03")
def test_class_and_sensitive_names_are_not_on_paper() -> None:
    green = Taken(0, "A001", "general", "G", "kiosk1", 12)
    assert ticket_slip(PLAN, green, AT_1405) == ticket_slip(PLAN, TAKEN, AT_1405)
    neutral = lines(ticket_slip(PLAN, Taken(0, "B001", "police", "X", "kiosk1", 0), AT_1405))
    assert "综合二" in neutral
    assert not any("信访" in line or "军人" in line for line in neutral)


@pytest.mark.req("R-KIOSK-06")
def test_a_second_copy_is_marked() -> None:
    first, again = (lines(ticket_slip(PLAN, TAKEN, AT_1405, reprint=reprint)) for reprint in (False, True))
    assert [line for line in again if line not in first] == ["补打"]


@pytest.mark.req("R-KIOSK-11")
def test_large_print_keeps_number_people_ahead_and_where_to_go() -> None:
    assert lines(ticket_slip(PLAN, TAKEN, AT_1405, large=True)) == ["A001", "您前面还有 12 人等候", "A区1-3、5号窗口"]


@pytest.mark.req("R-KIOSK-03")
def test_a_qr_code_is_printed_only_with_the_words_that_say_where_it_leads() -> None:
    labelled = SlipQr("https://example.invalid/a", "扫码评价")
    assert ticket_slip(PLAN, TAKEN, AT_1405, qr=labelled)[-1] == labelled
    for qr in (None, SlipQr("https://example.invalid/a", " ")):
        assert not any(isinstance(element, SlipQr) for element in ticket_slip(PLAN, TAKEN, AT_1405, qr=qr))


@pytest.mark.parametrize("width_dots", [384, 576])
def test_a_slip_is_at_most_400_bytes(width_dots: int) -> None:
    longest = msgspec.structs.replace(
        PLAN, name="西安国际港务区政务服务中心大厅", hours=(Hours(510, 720), Hours(810, 1050))
    )
    taken = Taken(0, "A1000", "general", "X", "kiosk1", 999)
    assert len(on_paper(ticket_slip(longest, taken, AT_1405, reprint=True), width_dots)) <= 400


def test_a_service_nobody_calls_any_more_still_gets_a_slip() -> None:
    gone = lines(ticket_slip(PLAN, Taken(0, "C001", "gone", "X", "kiosk1", 0), AT_1405))
    assert "请您抽号后,等待叫号后指定窗口办理" in gone


def test_the_elements_are_those_of_the_printer() -> None:
    for ours, theirs in ((SlipLine, printer.Line), (SlipRule, printer.Rule), (SlipQr, printer.Qr)):
        assert [(each.name, each.default) for each in msgspec.structs.fields(ours)] == [
            (each.name, each.default) for each in msgspec.structs.fields(theirs)
        ]


@pytest.mark.req("R-KIOSK-03")
def test_times_are_written_in_twenty_four_hours() -> None:
    assert date_time(AT_1405) == "2026年11月21日 14:05"
    assert date_time(AT_1405 - 5 * 3_600_000) == "2026年11月21日 09:05"


@pytest.mark.parametrize(
    ("desks", "shown"), [((1,), "1"), ((1, 2), "1、2"), ((3, 1, 2), "1-3"), ((1, 2, 3, 7, 9, 10), "1-3、7、9、10")]
)
def test_desk_ranges(desks: tuple[int, ...], shown: str) -> None:
    assert desk_range(desks) == shown


@given(st.sets(st.integers(1, 60), min_size=1))
def test_a_desk_range_names_every_desk_and_no_other(desks: set[int]) -> None:
    named: set[int] = set()
    for part in desk_range(desks).split("、"):
        first, _, last = part.partition("-")
        named |= set(range(int(first), int(last or first) + 1))
    assert named == desks
