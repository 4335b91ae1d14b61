"""What a kiosk puts on paper beside an ordinary number (R-KIOSK-06, R-KIOSK-11, R-KIOSK-12)."""

import pytest
from msgspec.structs import replace

from drivers.printer import Line, Slip
from firmware_py.core import events as e
from firmware_py.core.plan import Hours
from firmware_py.core.views import HoursNotice
from kiosk.effects import PrintNotice, PrintSlip
from kiosk.paper import notice_sheet, number_slip
from tests.hall.small_hall import HOUR, NINE, PLAN
from tests.kiosk.waiting import hall_view

WALL = NINE + 8 * HOUR
TAKEN = e.Taken(NINE, "A017", "social", "G", "kiosk1", 12)


def lines(slip: Slip) -> list[Line]:
    return [each for each in slip.elements if isinstance(each, Line)]


def words(slip: Slip) -> str:
    return "\n".join(line.text for line in lines(slip))


@pytest.mark.req("R-KIOSK-06")
def test_a_second_copy_is_the_first_one_and_marked() -> None:
    first, second = (number_slip(PLAN, PrintSlip(TAKEN, WALL, reprint=again)) for again in (False, True))
    assert "补打" in words(second)
    assert [line for line in lines(second) if line.text != "补打"] == lines(first)


@pytest.mark.req("R-KIOSK-11")
def test_the_large_slip_has_nothing_small_on_it() -> None:
    large = lines(number_slip(PLAN, PrintSlip(TAKEN, WALL, large=True)))
    assert large[0].text == "A017"
    assert min(line.size for line in large) >= 2
    assert any("12 人" in line.text for line in large)


@pytest.mark.req("R-KIOSK-03", "R-CORE-32")
def test_a_slip_tells_the_hours_it_was_taken_under() -> None:
    assert "08:00-17:00" in words(number_slip(PLAN, PrintSlip(TAKEN, WALL, (Hours(480, 1020),))))


@pytest.mark.req("R-KIOSK-12")
def test_the_sheets_to_put_up_say_where_to_go_and_which_hours_come() -> None:
    hall = replace(hall_view(), coming=HoursNotice(1, "2026-12-01", (Hours(540, 1020),)))
    fault = words(notice_sheet(PLAN, PrintNotice("fault", hall, "二楼"), WALL))
    desk = words(notice_sheet(PLAN, PrintNotice("fault", hall, ""), WALL))
    hours = words(notice_sheet(PLAN, PrintNotice("hours", hall, "二楼"), WALL))

    assert "二楼" in fault
    assert "咨询台" in desk
    assert "2026-12-01" in hours
    assert "09:00-17:00" in hours
    assert all("2026年11月21日 09:00" in sheet for sheet in (fault, desk, hours))
