"""What becomes of a slip, and of a kiosk whose printer needs a hand (T02–T04, R-KIOSK-05)."""

import pytest
from msgspec.structs import replace

from drivers.printer import Line, Printed
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.plan import Hours
from firmware_py.link import LinkDown, LinkUp
from firmware_py.runtime.asking import REPORT_MS, RETRY_MS
from firmware_py.runtime.port_reports import PortDown, PortUp
from kiosk.effects import PrintSlip
from kiosk.paper import number_slip
from tests.hall.small_hall import HOUR, NINE, PLAN
from tests.kiosk.waiting import Kiosk, commands, hall_view, only, requests, texts

FAULT = phrases.refusal("printer_fault", {"place": "二楼"})
"""Where the other dispenser stands."""
UNSURE = phrases.text("kiosk.slip_unsure", ticket="A001")


def printing(kiosk: Kiosk) -> None:
    """A001 is being printed."""
    [asked] = requests(kiosk.press())
    kiosk.taken(asked, "A001")


@pytest.mark.req("R-KIOSK-05", "R-CORE-02")
@pytest.mark.parametrize(
    ("outcome", "reason", "reported"),
    [
        (Printed.PRINTED, "", c.ReportPrinted("A001")),
        (Printed.FAILED, "paper_out", c.ReportPrintFailed("A001", "paper_out")),
        (Printed.UNKNOWN, "no_reply", c.ReportPrintUnknown("A001", "no_reply")),
    ],
)
def test_the_outcome_of_a_slip_goes_back_as_a_fact(outcome: Printed, reason: str, reported: c.Command) -> None:
    kiosk = Kiosk()
    printing(kiosk)

    effects = kiosk.printed("A001", outcome, reason)

    assert commands(effects) == [reported]
    told = {Printed.PRINTED: [], Printed.FAILED: [FAULT], Printed.UNKNOWN: [UNSURE]}
    assert texts(effects) == told[outcome], "a number that may be in somebody's hand is valid: nobody takes another"


@pytest.mark.req("R-KIOSK-05")
def test_a_slip_the_printer_never_began_is_definitely_not_printed() -> None:
    kiosk = Kiosk()
    printing(kiosk)

    effects = kiosk.not_printed("A001", "cover_open")

    assert commands(effects) == [c.ReportPrintFailed("A001", "cover_open")]
    assert texts(effects) == [FAULT]


@pytest.mark.req("R-KIOSK-05", "R-KIOSK-04")
@pytest.mark.parametrize("reason", ["paper_out", "cover_open", "cutter", "offline", "printer_error"])
def test_a_press_on_a_kiosk_that_cannot_print_is_refused_at_once_without_asking(reason: str) -> None:
    kiosk = Kiosk()
    down = kiosk.on(PortDown("printer", reason, ""))
    assert texts(down) == [FAULT], "nobody needs to press to learn it"

    effects = kiosk.press()

    assert c.ReportDevice("printer", reason) in commands(down)
    assert not [command for command in commands(effects) if isinstance(command, c.Take)]
    assert texts(effects) == [FAULT]


@pytest.mark.req("R-KIOSK-05")
def test_a_kiosk_whose_printer_is_mended_takes_presses_again() -> None:
    kiosk = Kiosk()
    kiosk.on(PortDown("printer", "paper_out", ""))

    up = kiosk.on(PortUp("printer"))

    assert commands(up) == [c.ReportDevice("printer", "")]
    assert texts(up) == [phrases.text("kiosk.idle")]
    assert commands(kiosk.press()) == [c.Take("social")]


@pytest.mark.req("R-CORE-21")
def test_an_outcome_is_repeated_every_second_for_a_minute() -> None:
    kiosk = Kiosk()
    printing(kiosk)
    [told] = requests(kiosk.printed("A001"))

    repeats = requests(kiosk.wait(REPORT_MS + 10_000))

    assert repeats == [told] * (REPORT_MS // RETRY_MS - 1)


def test_an_outcome_that_was_heard_is_not_repeated() -> None:
    kiosk = Kiosk()
    printing(kiosk)
    [told] = requests(kiosk.printed("A001"))
    kiosk.answer(c.Answer(told.cmd_id, e.Printed(NINE, "A001")))

    assert requests(kiosk.wait(REPORT_MS)) == []


@pytest.mark.req("R-TECH-02", "R-CORE-21")
def test_a_link_that_is_back_hears_how_every_device_is() -> None:
    kiosk = Kiosk()
    kiosk.on(PortDown("printer", "paper_out", ""))
    kiosk.on(PortDown("sign", "offline", ""))
    kiosk.wait(REPORT_MS)
    kiosk.on(LinkDown("cut"))

    assert commands(kiosk.on(LinkUp())) == [c.ReportDevice("printer", "paper_out"), c.ReportDevice("sign", "offline")]


@pytest.mark.req("R-TECH-02", "R-KIOSK-05")
def test_a_report_that_was_overtaken_by_a_newer_one_is_never_repeated_after_it() -> None:
    """Repeated after "it works", "paper out" would shut the kiosk for the day."""
    kiosk = Kiosk()
    kiosk.on(PortDown("printer", "paper_out", ""))
    kiosk.now += 500
    [mended] = requests(kiosk.on(PortUp("printer")))

    repeats = requests(kiosk.wait(REPORT_MS))

    assert set(repeats) == {mended}


def test_the_same_trouble_is_reported_once() -> None:
    kiosk = Kiosk()
    first = kiosk.on(PortDown("printer", "paper_out", "seen by DLE EOT"))
    second = kiosk.on(PortDown("printer", "paper_out", "seen by a slip"))

    assert len(commands(first)) == 1
    assert commands(second) == []


@pytest.mark.req("R-KIOSK-03")
def test_the_slip_of_a_ticket_names_hall_service_number_people_ahead_and_where_to_go() -> None:
    taken = e.Taken(NINE, "A017", "social", "G", "kiosk1", 12)

    slip = number_slip(PLAN, PrintSlip(taken, NINE + 8 * HOUR))

    lines = [each for each in slip.elements if isinstance(each, Line)]
    everything = "\n".join(line.text for line in lines)
    number = next(line for line in lines if line.text == "A017")
    assert number.size == max(line.size for line in lines)
    for wanted in ("阳光区政务服务大厅", "社会保障", "12 人", "A区", "2026年11月21日 09:00", "09:00-12:00", "12345"):
        assert wanted in everything
    assert "G" not in everything


@pytest.mark.req("R-KIOSK-03", "R-CORE-32")
def test_the_slip_tells_the_hours_that_are_in_force_and_not_those_of_the_file() -> None:
    kiosk = Kiosk()
    kiosk.sees(replace(hall_view(seq=2), hours=(Hours(480, 1020),)))
    [asked] = requests(kiosk.press())

    [slip] = only(kiosk.taken(asked), PrintSlip)

    assert slip.hours == (Hours(480, 1020),)
