"""The roll: counted in paper that was fed, warned of before its end, new when the printer or somebody says so."""

from pathlib import Path

import pytest

from drivers.printer import Line, Paper, Printed, Qr, Rule, Slip
from drivers.printer.escpos import EscposPrinter
from drivers.printer.roll import RollCounter
from drivers.printer.slip_bytes import job_of
from drivers.virtual.printer import VirtualPrinter
from firmware_py.errors import DriverFault
from tests.support.ticket_slip import TICKET


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "roll.json"


def test_a_slip_uses_its_rows_its_code_and_the_way_to_the_knife() -> None:
    assert job_of(Slip(())).mm == 15.0
    assert job_of(Slip((Line("一"),) * 8)).mm == 15.0 + 8 * 34 / 8
    assert job_of(Slip((Line("A001", size=4),))).mm == 15.0 + 96 / 8
    assert job_of(Slip((Rule(), Line("")))).mm == 15.0 + 2 * 34 / 8
    assert job_of(Slip((Qr("https://example.gov.cn/a", "x"),))).mm == 15.0 + (25 * 6 + 34) / 8
    assert 70 < job_of(TICKET).mm < 110, "as long as such tickets are"


@pytest.mark.req("R-KIOSK-05")
def test_the_last_tenth_of_a_roll_is_low_and_a_restart_forgets_nothing(kept: Path) -> None:
    roll = RollCounter(kept, 50)
    assert roll.left_mm == 50_000
    roll.fed(44_999.9)
    assert not roll.low
    roll = RollCounter(kept, 50)
    roll.fed(0.1)
    assert roll.low
    assert RollCounter(kept, 50).left_mm == 5_000
    roll.fed(9_000)
    assert roll.left_mm == 0


def test_a_roll_of_unknown_length_is_never_low(kept: Path) -> None:
    roll = RollCounter(kept, 0)
    roll.fed(1_000_000)
    assert roll.left_mm is None
    assert not roll.low


@pytest.mark.parametrize(
    ("seen", "new"),
    [
        ([Paper.OUT, Paper.OK], True),
        ([Paper.OUT, Paper.LOW], True),
        ([Paper.LOW, Paper.OK], True),
        ([Paper.OUT, Paper.UNKNOWN, Paper.OK], True),
        ([Paper.OK, Paper.OK], False),
        ([Paper.OK, Paper.LOW], False),
        ([Paper.OK, Paper.LOW, Paper.OUT], False),
        ([Paper.UNKNOWN, Paper.OK], False),
    ],
)
def test_paper_that_comes_back_is_a_new_roll_also_across_a_restart(kept: Path, seen: list[Paper], new: bool) -> None:
    RollCounter(kept, 50).fed(46_000)
    for paper in seen:
        RollCounter(kept, 50).saw(paper)
    assert RollCounter(kept, 50).low is not new


@pytest.mark.req("R-KIOSK-05")
def test_somebody_who_removes_the_file_says_that_a_new_roll_is_in_and_the_warning_ends(kept: Path) -> None:
    with VirtualPrinter() as far:
        printer = EscposPrinter(far.port, roll=RollCounter(kept, 1))
        printer.open()
        for _ in range(2):
            while not RollCounter(kept, 1).low:
                assert printer.print(TICKET).outcome is Printed.PRINTED
            with pytest.raises(DriverFault, match="paper_low"):
                printer.check()
            kept.unlink()  # what the guide's key does
            printer.check()
            assert RollCounter(kept, 1).left_mm == 1000
        printer.close()


@pytest.mark.parametrize("damage", [b"", b"{", b"[1]", b"\xff\xfe", b'{"fed_mm": "x"}'])
def test_a_damaged_count_begins_anew(kept: Path, damage: bytes) -> None:
    kept.write_bytes(damage)
    roll = RollCounter(kept, 50)
    assert roll.left_mm == 50_000
    roll.fed(1)
    assert RollCounter(kept, 50).left_mm == 49_999


def test_a_place_that_cannot_be_written_costs_only_the_count_and_one_line(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    roll = RollCounter(tmp_path / "gone" / "roll.json", 50)
    for _ in range(5):
        roll.fed(9_200)
    assert roll.low
    assert len(caplog.records) == 1


@pytest.mark.req("R-KIOSK-05")
def test_a_printer_without_a_near_end_sensor_warns_goes_on_printing_and_forgets_with_the_new_roll(kept: Path) -> None:
    RollCounter(kept, 1).fed(1000 - 2 * job_of(TICKET).mm)
    with VirtualPrinter() as far:
        printer = EscposPrinter(far.port, roll=RollCounter(kept, 1))
        printer.open()
        printer.check()
        assert printer.print(TICKET).outcome is Printed.PRINTED
        with pytest.raises(DriverFault) as caught:
            printer.check()
        assert caught.value.reason == "paper_low"
        assert "mm left" in caught.value.detail
        assert printer.print(TICKET).outcome is Printed.PRINTED
        assert RollCounter(kept, 1).left_mm == 0
        far.set_paper("out")
        with pytest.raises(DriverFault, match="paper_out"):
            printer.check()
        far.set_paper("ok")
        printer.check()
        assert RollCounter(kept, 1).left_mm == 1000
        printer.close()


def test_a_slip_that_never_began_used_no_paper(kept: Path) -> None:
    with VirtualPrinter() as far:
        printer = EscposPrinter(far.port, roll=RollCounter(kept, 50))
        printer.open()
        far.set_cover("open")
        assert printer.print(TICKET).outcome is Printed.FAILED
        assert RollCounter(kept, 50).left_mm == 50_000
        printer.close()
