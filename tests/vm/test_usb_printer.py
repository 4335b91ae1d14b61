"""The ticket printer on a real /dev/usb/lp0 and on the real USB bus; its far end reads what usblp and libusb sent."""

import os
import time
from collections.abc import Iterator
from threading import Thread

import pytest

from drivers.printer import Line, Paper, Printed, Rule, Slip
from drivers.printer.escpos import EscposPrinter
from drivers.printer.transport import NOT_ERROR, PAPER_END, SELECTED, open_transport
from drivers.virtual.faults import Fault
from firmware_py.errors import DriverOffline
from tests.vm.inside.nodes import appeared
from tests.vm.inside.usb import set_port_status
from tests.vm.inside.usb_printer import LP0, PRODUCT, SERIAL, VENDOR, UsbPrinter

SLIP = Slip(
    (Line("阳光区政务服务大厅", align="center"), Line("A001", size=4, align="center"), Rule(), Line("前面还有 3 人"))
)
LONG = Slip(tuple(Line(f"第{number}行 一次性告知单 请携带身份证原件及复印件") for number in range(900)))
"""More bytes than every buffer between the driver and a printer that stopped taking them."""


@pytest.fixture
def printer() -> Iterator[UsbPrinter]:
    made = UsbPrinter()
    yield made
    made.close()


@pytest.fixture
def driver() -> Iterator[EscposPrinter]:
    made = EscposPrinter(f"file://{LP0}", reply_timeout_s=3.0, barrier_timeout_s=10.0)  # emulated: ten times slower
    yield made
    made.close()


def test_a_slip_comes_out_whole_and_is_confirmed_through_usblp(printer: UsbPrinter, driver: EscposPrinter) -> None:
    printer.plug()
    driver.open()
    assert driver.status().paper is Paper.OK
    for count in (1, 2):
        assert driver.print(SLIP).outcome is Printed.PRINTED
        assert len(printer.inside.slips()) == count
    text = printer.inside.slips()[-1].text
    assert "阳光区政务服务大厅" in text
    assert "A001" in text
    assert "前面还有 3 人" in text
    assert not printer.inside.slips()[-1].partial


def test_paper_that_runs_out_is_told_through_usblp_and_no_slip_is_sent(
    printer: UsbPrinter, driver: EscposPrinter
) -> None:
    printer.plug()
    driver.open()
    printer.inside.set_paper("out")
    result = driver.print(SLIP)
    assert (result.outcome, result.reason) == (Printed.FAILED, "paper_out")
    printer.inside.set_paper("ok")
    assert driver.print(SLIP).outcome is Printed.PRINTED
    assert len(printer.inside.slips()) == 1


def test_a_printer_that_takes_no_more_bytes_holds_nobody_up(printer: UsbPrinter, driver: EscposPrinter) -> None:
    printer.plug(stall_after=2000)
    driver.open()
    began = time.monotonic()
    result = driver.print(LONG)
    assert time.monotonic() - began < 40
    assert result.outcome is Printed.UNKNOWN
    assert printer.joint is not None
    assert printer.joint.stalled.is_set()


@pytest.mark.req("R-KIOSK-05")
def test_scenario_28_a_cable_pulled_inside_a_slip_leaves_it_unknown_and_the_next_one_prints_after_replugging(
    printer: UsbPrinter, driver: EscposPrinter
) -> None:
    printer.plug(stall_after=2000)
    driver.open()
    joint = printer.joint
    assert joint is not None

    def pull() -> None:
        joint.stalled.wait(30)
        printer.unplug()

    hand = Thread(target=pull)
    hand.start()
    result = driver.print(LONG)
    hand.join()
    assert joint.stalled.is_set()
    assert (result.outcome, result.reason) == (Printed.UNKNOWN, "offline")
    with pytest.raises(DriverOffline):
        driver.open()
    refused = driver.print(SLIP)
    assert (refused.outcome, refused.reason) == (Printed.FAILED, "offline")
    printer.plug()
    driver.open()
    assert driver.print(SLIP).outcome is Printed.PRINTED
    whole = [slip for slip in printer.inside.slips() if not slip.partial]
    assert len(whole) == 1
    assert "A001" in whole[0].text
    assert "第899行" not in "".join(slip.text for slip in printer.inside.slips())


def test_no_printer_is_offline(driver: EscposPrinter) -> None:
    with pytest.raises(DriverOffline, match="lp0"):
        driver.open()


@pytest.mark.req("R-KIOSK-05")
def test_a_printer_that_answers_nothing_is_never_believed_to_have_printed(
    printer: UsbPrinter, driver: EscposPrinter
) -> None:
    printer.plug()
    printer.inside.set_fault(Fault.SILENT, True)
    began = time.monotonic()
    driver.open()  # the port itself says that something is selected and has no error
    assert driver.status().paper is Paper.UNKNOWN
    assert driver.print(SLIP).outcome is Printed.UNKNOWN
    assert time.monotonic() - began < 60
    assert printer.inside.slips() == []


def test_a_printer_that_takes_no_byte_at_all_is_offline_in_bounded_time(
    printer: UsbPrinter, driver: EscposPrinter
) -> None:
    printer.plug(stall_after=0)
    began = time.monotonic()
    with pytest.raises(DriverOffline, match="lp0"):
        driver.open()
    assert time.monotonic() - began < 20


def test_a_printer_that_another_process_holds_is_offline(printer: UsbPrinter, driver: EscposPrinter) -> None:
    printer.plug()
    other = os.open(LP0, os.O_RDWR)
    try:
        with pytest.raises(DriverOffline, match="another process"):
            driver.open()
    finally:
        os.close(other)
    driver.open()
    assert driver.print(SLIP).outcome is Printed.PRINTED


def test_the_ports_own_status_is_read_where_a_printer_does_not_talk(printer: UsbPrinter) -> None:
    printer.plug()
    assert printer.joint is not None
    wire = open_transport(f"file://{LP0}")
    try:
        set_port_status(printer.joint.device, NOT_ERROR | SELECTED)
        assert wire.port_status() == NOT_ERROR | SELECTED
        set_port_status(printer.joint.device, SELECTED | PAPER_END)
        status = wire.port_status()
    finally:
        wire.close()
    assert status is not None
    assert status & PAPER_END
    assert not status & NOT_ERROR


def test_libusb_takes_the_printer_from_usblp_prints_and_gives_it_back(printer: UsbPrinter) -> None:
    printer.plug()
    driver = EscposPrinter(f"usb://{VENDOR:04x}:{PRODUCT:04x}/{SERIAL}", reply_timeout_s=3.0, barrier_timeout_s=10.0)
    driver.open()
    try:
        assert not LP0.exists()
        assert driver.print(SLIP).outcome is Printed.PRINTED
        assert "A001" in printer.inside.slips()[-1].text
    finally:
        driver.close()
    appeared(LP0)
    printer.unplug()
    with pytest.raises(DriverOffline, match="no 04b8:0e15"):
        driver.open()
