"""The guide beside a dispenser, in a whole hall: called, there, printing again, and paper for whoever is sent on."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.runtime.wire_settings.buttons import GUIDE_LAMP
from kiosk.effects import PrintNotice, PrintSlip, PrintTransfer
from tests.hall.small_hall import MINUTE, SECOND
from tests.hall.whole_hall import WholeHall


@pytest.mark.req("R-KIOSK-10")
def test_a_consult_button_lights_the_guides_lamp_until_it_is_pressed_off_even_across_a_restart(hall: WholeHall) -> None:
    hall.kiosk().press("consult")
    hall.wait(SECOND)
    assert [(event.kind, event.subject) for event in hall.events(e.AlertRaised)] == [("consult", "kiosk1")]
    assert hall.kiosk().lamps[GUIDE_LAMP] == "steady"
    assert hall.kiosk("kiosk2").lamps[GUIDE_LAMP] == "off"

    hall.restart("kiosk1")
    hall.wait(2 * SECOND)
    assert hall.kiosk().lamps[GUIDE_LAMP] == "steady", "the hall remembers"

    hall.kiosk().press("guide_came")
    hall.wait(SECOND)
    assert [(event.kind, event.by) for event in hall.events(e.AlertCleared)] == [("consult", "kiosk1")]
    assert hall.kiosk().lamps[GUIDE_LAMP] == "off"


@pytest.mark.req("R-KIOSK-10")
def test_the_guides_lamp_calls_while_the_controller_is_away_and_the_hall_hears_of_it(hall: WholeHall) -> None:
    hall.bus.cut("kiosk1")
    hall.kiosk().press("complain")
    hall.wait(10 * SECOND)
    assert hall.kiosk().lamps[GUIDE_LAMP] == "steady"
    assert hall.events(e.AlertRaised) == []

    hall.bus.mend("kiosk1")
    hall.wait(5 * SECOND)
    assert [event.kind for event in hall.events(e.AlertRaised)] == ["complain"]
    assert hall.kiosk().lamps[GUIDE_LAMP] == "steady"


@pytest.mark.req("R-KIOSK-06")
def test_a_slip_is_printed_again_as_a_fact_of_the_journal_and_changes_nobodys_turn(hall: WholeHall) -> None:
    number = hall.take()
    hall.wait(15 * SECOND)
    before = hall.ticket(number)
    hall.kiosk().press("reprint")
    hall.wait(SECOND)

    [again] = hall.kiosk().sheets
    assert isinstance(again, PrintSlip)
    assert (again.taken.ticket, again.reprint) == (number, True)
    assert [(event.ticket, event.kiosk) for event in hall.events(e.Reprinted)] == [(number, "kiosk1")]
    assert hall.ticket(number) == before
    assert hall.kiosk().slips == [number]


@pytest.mark.req("R-KIOSK-12", "R-CORE-14")
def test_whoever_is_transferred_finds_one_slip_and_a_kiosk_that_starts_prints_none_of_the_past(hall: WholeHall) -> None:
    hall.take()
    hall.press(1, "next", "arrive")
    hall.desk_station(1).link.send(c.Request("sent on", c.Transfer(1, target=3, reason="走错")))
    hall.wait(SECOND)

    [transferred] = hall.events(e.Transferred)
    [sheet] = hall.kiosk().sheets
    assert isinstance(sheet, PrintTransfer)
    assert (sheet.ticket, sheet.service, sheet.desk) == (transferred.ticket, "realty", 3)

    hall.restart("kiosk1")
    hall.wait(MINUTE)
    assert hall.kiosk().sheets == []


@pytest.mark.req("R-KIOSK-12")
@pytest.mark.parametrize(("lost", "kind"), [("desk1", "device"), ("kiosk2", "fault")])
def test_the_notice_for_a_dispenser_that_is_gone_names_this_one_and_the_one_for_a_desk_no_place_for_numbers(
    hall: WholeHall, lost: str, kind: str
) -> None:
    hall.bus.cut(lost)
    hall.wait(MINUTE)
    hall.kiosk().press("notice")
    hall.wait(SECOND)

    [sheet] = hall.kiosk().sheets
    assert isinstance(sheet, PrintNotice)
    assert (sheet.kind, sheet.place) == (kind, "大厅入口")
