"""One contract for the printer on every wire: whatever breaks, and wherever in a slip, what it reports is true.

PRINTED: the whole slip is out. FAILED: nothing of it is. UNKNOWN: somebody must look, and a second copy is marked 补打.
"""

import fcntl
import os
import queue
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from drivers.printer import Line, Paper, Printed, PrinterStatus, PrintResult, Slip
from drivers.printer.descriptor import open_file
from drivers.printer.escpos import EscposPrinter
from drivers.printer.ports import FilePort
from drivers.printer.slip_bytes import encode, job_of
from drivers.printer.transport import open_transport
from drivers.virtual.faults import Fault
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.printer_commands import Model
from firmware_py.core.events import Taken
from firmware_py.core.plan import DeskPlan, Hours, Plan, Service
from firmware_py.errors import DriverFault, DriverOffline
from firmware_py.phrases.slips import ticket_slip
from firmware_py.runtime.back_off import BackOff
from firmware_py.runtime.port import PortThread
from firmware_py.runtime.port_reports import JobDone, PortDown, PortUp
from kiosk.paper import on_paper

WIRES = ("file", "serial", "tcp", "usb")
HASTY_S = 0.05
QUIET_S = 0.005
"""The far ends say a thing twice in one breath."""
ROWS = 6
ASKED = 12
"""Bytes of the four questions before a slip, and behind it."""
RECEIPTS = b"\x1da\x0e" + b"\x1d(H\x06\x00000001" + b"\x1dr\x01"
"""What follows a slip on the wire of a printer that knows everything."""


def slip(number: str, *, marked: bool = False) -> Slip:
    """A slip of six rows (seven when marked), the number the largest."""
    mark = (Line("补打"),) if marked else ()
    return Slip((Line("大厅"), Line(number, size=4), *mark, Line("一"), Line("二"), Line("三"), Line("请稍候")))


class Desk:
    """A printer of some model on some wire: both ends. ``patience_s`` is short where a test waits until it is over."""

    def __init__(self, wire: str, model: Model = "full", patience_s: float = 0.5) -> None:
        self.wire = wire
        self._patience_s = patience_s
        self.far = VirtualPrinter("pty" if wire in {"file", "serial"} else wire, model=model, slow_s=1.5 * patience_s)  # type: ignore[arg-type]
        self.port = self.far.port
        if wire == "serial":
            self.port = self.port.replace("file://", "serial://") + "?baud=115200"
        self.printer = self.another()

    def another(self) -> EscposPrinter:
        """A second driver for the same port."""
        backend = self.far.usb_bus if self.wire == "usb" else None
        return EscposPrinter(
            self.port,
            reply_timeout_s=self._patience_s,
            barrier_timeout_s=2 * self._patience_s,
            look_every_s=0.02,
            quiet_s=QUIET_S,
            open_wire=partial(open_transport, usb_backend=backend),
        )

    def close(self) -> None:
        self.printer.close()
        self.far.close()

    def opens(self) -> None:
        """It opens, at its second attempt if a busy machine kept the far end from answering a hasty driver."""
        try:
            self.printer.open()
        except DriverOffline:
            self.printer.open()

    def pieces(self, number: str) -> list[bool]:
        """The pieces of paper that carry this number, and whether each is whole."""
        return [not piece.partial for piece in self.far.slips() if number in piece.text]

    def whole_unmarked(self, number: str) -> int:
        """Whole slips of this number without 补打."""
        return sum(not each.partial and "补打" not in each.text for each in self.far.slips() if number in each.text)

    def holds(self, result: PrintResult, number: str) -> None:
        """The result is no lie."""
        if result.outcome is Printed.PRINTED:
            assert True in self.pieces(number), result
        if result.outcome is Printed.FAILED:
            assert self.pieces(number) == [], result
            assert number not in self.far.hanging, result

    def recovers(self) -> None:
        """It prints again, without anybody restarting anything but the wire."""
        for _ in range(4):  # a port thread tries for ever
            try:
                self.printer.open()
            except DriverOffline:
                continue
            if self.printer.print(slip("Z999")).outcome is Printed.PRINTED:
                break
        assert True in self.pieces("Z999")


@pytest.fixture(params=WIRES)
def wire(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(wire: str) -> Iterator[Desk]:
    desk = Desk(wire)
    yield desk
    desk.close()


@pytest.fixture
def hasty(wire: str) -> Iterator[Desk]:
    desk = Desk(wire, patience_s=HASTY_S)
    yield desk
    desk.close()


# --- absent, held, denied, replugged ----------------------------------------------------------------------------------


@pytest.mark.req("R-KIOSK-05")
def test_absent_at_start_is_offline_in_words_and_plugging_it_in_is_enough(desk: Desk) -> None:
    desk.far.set_fault(Fault.UNPLUGGED, True)
    with pytest.raises(DriverOffline, match=r"no such device|nobody listens"):
        desk.printer.open()
    assert desk.printer.print(slip("A001")).outcome is Printed.FAILED
    desk.far.set_fault(Fault.UNPLUGGED, False)
    desk.recovers()
    assert desk.pieces("A001") == []


@pytest.mark.req("R-KIOSK-05")
def test_a_printer_that_another_process_holds_is_offline_in_words_and_free_when_that_lets_go(hasty: Desk) -> None:
    other = hasty.another()
    other.open()
    words = "does not answer" if hasty.wire == "tcp" else "another process holds it"  # one host at a time, unheard
    with pytest.raises(DriverOffline, match=words):
        hasty.printer.open()
    assert other.print(slip("B001")).outcome is Printed.PRINTED
    other.close()
    hasty.recovers()


@pytest.mark.req("R-KIOSK-05")
def test_a_device_file_that_another_program_locked_is_held() -> None:
    desk = Desk("file")
    try:
        descriptor = os.open(desk.port.removeprefix("file://"), os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(DriverOffline, match="another process holds it"):
            desk.printer.open()
        os.close(descriptor)
        desk.recovers()
    finally:
        desk.close()


@pytest.mark.req("R-KIOSK-05")
def test_a_printer_replugged_under_another_number_is_found_by_its_pattern_and_two_are_not_guessed_at(
    tmp_path: Path,
) -> None:
    with VirtualPrinter("pty") as far, VirtualPrinter("pty") as other:
        target, second = far.port.removeprefix("file://"), other.port.removeprefix("file://")
        printer = EscposPrinter(f"file://{tmp_path}/lp*", reply_timeout_s=0.2)
        with pytest.raises(DriverOffline, match="no such device"):
            printer.open()
        for number in ("lp0", "lp1"):
            (tmp_path / number).symlink_to(target)
            printer.open()
            assert printer.print(slip("A001")).outcome is Printed.PRINTED
            far.set_cable("out")
            with pytest.raises(DriverOffline):
                printer.check()
            far.set_cable("in")
            (tmp_path / number).unlink()
        (tmp_path / "lp0").symlink_to(target)
        (tmp_path / "lp1").symlink_to(second)
        with pytest.raises(DriverOffline, match="name one of them"):
            printer.open()


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(
    ("wire", "size"),
    [
        *(("tcp", size) for size in (0, 1, 3, 13, 26, 42, 43, 46, 57, 63, 80)),
        *((wire, size) for wire in ("file", "serial", "usb") for size in (0, 1, 43, 63)),
    ],
)
def test_a_cable_pulled_after_any_byte_never_makes_the_outcome_a_lie_and_replugging_it_is_enough(
    desk: Desk, size: int
) -> None:
    desk.opens()
    assert desk.printer.print(slip("A001")).outcome is Printed.PRINTED
    desk.far.pull_cable_after(ASKED + size)
    result = desk.printer.print(slip("A002"))
    desk.holds(result, "A002")
    if size >= len(encode(slip("A002"))) + len(RECEIPTS) + ASKED:
        assert result.outcome is Printed.PRINTED
    else:
        assert result.reason in {"offline", "no_reply"}
    desk.far.pull_cable_after(None)
    desk.far.set_fault(Fault.UNPLUGGED, True)
    desk.far.set_fault(Fault.UNPLUGGED, False)
    desk.recovers()
    assert desk.printer.print(slip("A002", marked=True)).outcome is Printed.PRINTED
    assert desk.whole_unmarked("A002") <= 1


# --- faults the printer itself tells of -------------------------------------------------------------------------------

TOLD = [(Fault.PAPER_OUT, "paper_out"), (Fault.COVER_OPEN, "cover_open")]


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(("fault", "code"), TOLD)
def test_what_a_person_must_mend_is_told_by_its_code_consumes_no_slip_and_ends_by_itself(
    desk: Desk, fault: Fault, code: str
) -> None:
    desk.opens()
    desk.far.set_fault(fault, True)
    with pytest.raises(DriverFault) as caught:
        desk.printer.check()
    assert caught.value.reason == code
    result = desk.printer.print(slip("A001"))
    assert (result.outcome, result.reason) == (Printed.FAILED, code)
    desk.far.set_fault(fault, False)
    desk.printer.check()
    assert desk.printer.print(slip("A002")).outcome is Printed.PRINTED
    assert desk.pieces("A001") == []


@pytest.mark.req("R-KIOSK-05")
def test_paper_near_its_end_is_told_and_printed_on(desk: Desk) -> None:
    desk.opens()
    desk.far.set_fault(Fault.PAPER_LOW, True)
    with pytest.raises(DriverFault) as caught:
        desk.printer.check()
    assert caught.value.reason == "paper_low"
    assert desk.printer.print(slip("A001")).outcome is Printed.PRINTED
    desk.far.set_fault(Fault.PAPER_LOW, False)
    desk.printer.check()


@pytest.mark.req("R-KIOSK-05")
def test_a_knife_that_jams_leaves_the_slip_unknown_and_the_next_one_unprinted(desk: Desk) -> None:
    desk.opens()
    desk.far.set_fault(Fault.CUTTER, True)
    result = desk.printer.print(slip("A001"))
    assert (result.outcome, result.reason) == (Printed.UNKNOWN, "cutter")
    result = desk.printer.print(slip("A002"))
    assert (result.outcome, result.reason) == (Printed.FAILED, "cutter")
    desk.far.set_fault(Fault.CUTTER, False)
    assert desk.printer.print(slip("A003")).outcome is Printed.PRINTED
    assert desk.pieces("A002") == []


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(
    ("model", "upset", "row"),
    [
        *(("full", upset, row) for upset in ("paper_out", "cover_open") for row in range(1, ROWS + 1)),
        *((model, "paper_out", row) for model in ("clone", "simple") for row in (1, 2, ROWS)),
        ("full", "power_off", 2),
        ("full", "power_off", ROWS),
    ],
)
def test_whatever_happens_after_any_row_the_outcome_is_true_and_the_second_copy_is_marked(
    model: Model, upset: str, row: int
) -> None:
    desk = Desk("tcp", model, HASTY_S if upset == "power_off" or model != "full" else 0.5)
    try:
        desk.opens()
        desk.far.upset_after(row, upset)  # type: ignore[arg-type]
        result = desk.printer.print(slip("A001"))
        desk.holds(result, "A001")
        assert result.outcome is Printed.UNKNOWN
        assert result.reason == (upset if upset != "power_off" else "no_reply")
        desk.far.set_fault(Fault.PAPER_OUT, False)
        desk.far.set_fault(Fault.COVER_OPEN, False)
        desk.far.set_fault(Fault.SILENT, False)
        if upset == "power_off":
            desk.opens()
        reprint = desk.printer.print(slip("A001", marked=True))
        assert reprint.outcome is Printed.PRINTED
        assert desk.whole_unmarked("A001") <= 1
        assert desk.far.slips()[-1].text.count("A001") == 1, "no rest of the first copy hangs on the second"
    finally:
        desk.close()


@pytest.mark.req("R-KIOSK-05", "R-KIOSK-06")
@pytest.mark.parametrize("wire", ["usb"])
def test_scenario_28_power_off_in_the_middle_of_a_slip_is_unknown_and_the_copy_after_it_is_marked(hasty: Desk) -> None:
    hasty.opens()
    hasty.far.upset_after(3, "power_off")
    result = hasty.printer.print(slip("A001"))
    assert result.outcome is Printed.UNKNOWN
    with pytest.raises(DriverOffline):
        hasty.printer.open()
    assert hasty.printer.print(slip("A001", marked=True)).outcome is Printed.FAILED, "there is nobody to print it"
    hasty.far.set_fault(Fault.SILENT, False)
    hasty.opens()
    assert hasty.printer.print(slip("A001", marked=True)).outcome is Printed.PRINTED
    torn, whole = hasty.far.slips()
    assert (torn.partial, "三" in torn.text) == (True, False), "what was printed before is cut off by itself"
    assert (whole.partial, whole.bytes) == (False, encode(slip("A001", marked=True)))
    assert hasty.whole_unmarked("A001") == 0


@pytest.mark.req("R-KIOSK-05")
def test_a_cable_pulled_over_a_lunch_with_half_a_slip_in_the_printer_brings_nothing_old_back(desk: Desk) -> None:
    desk.opens()
    desk.far.set_fault(Fault.PAPER_OUT_MID_SLIP, True)
    assert desk.printer.print(slip("A001")).outcome is Printed.UNKNOWN
    desk.far.set_fault(Fault.UNPLUGGED, True)
    with pytest.raises(DriverOffline):
        desk.printer.check()
    desk.far.set_fault(Fault.UNPLUGGED, False)
    desk.opens()
    assert desk.printer.print(slip("A001", marked=True)).reason == "paper_out"
    desk.far.set_fault(Fault.PAPER_OUT, False)
    assert desk.printer.print(slip("A001", marked=True)).outcome is Printed.PRINTED
    assert [piece.partial for piece in desk.far.slips()] == [True, False]


# --- a line that lies -------------------------------------------------------------------------------------------------

UNTRUE = [Fault.SILENT, Fault.GARBAGE, Fault.LOST_BYTES, Fault.SLOW]
ON_WIRES = [("serial", Fault.GARBAGE), ("file", Fault.LOST_BYTES), ("usb", Fault.SILENT), ("tcp", Fault.SLOW)]


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(("wire", "fault"), ON_WIRES)
def test_a_line_that_cannot_be_believed_is_offline_before_a_slip_and_good_again_by_itself(
    hasty: Desk, fault: Fault
) -> None:
    hasty.opens()
    hasty.far.set_fault(fault, True)
    with pytest.raises(DriverOffline, match=r"does not answer|answers nonsense"):
        hasty.printer.check()
    with pytest.raises(DriverOffline):
        hasty.printer.open()
    result = hasty.printer.print(slip("A001"))
    assert (result.outcome, result.reason) == (Printed.FAILED, "offline")
    hasty.far.set_fault(fault, False)
    hasty.recovers()
    assert hasty.pieces("A001") == []


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(("wire", "fault"), ON_WIRES)
def test_a_line_that_cannot_be_believed_is_noticed_before_the_first_byte_of_a_slip(hasty: Desk, fault: Fault) -> None:
    hasty.opens()
    hasty.far.set_fault(fault, True)
    result = hasty.printer.print(slip("A001"))
    assert (result.outcome, result.reason) == (Printed.FAILED, "offline")
    hasty.holds(result, "A001")


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize("wire", ["serial"])
def test_answers_that_come_twice_are_no_other_answers(hasty: Desk) -> None:
    desk = hasty
    desk.opens()
    desk.far.set_fault(Fault.DUPLICATE, True)
    for number in ("A001", "A002"):
        assert desk.printer.status() == PrinterStatus(online=True, paper=Paper.OK)
        assert desk.printer.print(slip(number)).outcome is Printed.PRINTED
        assert desk.pieces(number) == [True]
    desk.far.upset_after(2)
    result = desk.printer.print(slip("A003"))
    assert (result.outcome, result.reason) == (Printed.UNKNOWN, "paper_out")
    desk.far.set_fault(Fault.PAPER_OUT, False)
    desk.opens()
    assert desk.printer.print(slip("A004")).outcome is Printed.PRINTED


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(
    ("model", "fault"),
    [*(("clone", fault) for fault in (*UNTRUE, Fault.DUPLICATE)), ("full", Fault.LOST_BYTES)],
)
def test_a_fault_that_begins_inside_a_slip_never_makes_its_outcome_a_lie(model: Model, fault: Fault) -> None:
    desk = Desk("tcp", model, HASTY_S)
    begun: list[PrintResult] = []

    def strike() -> None:
        if desk.far.hanging and not begun:
            begun.append(PrintResult(Printed.UNKNOWN))
            desk.far.set_fault(fault, True)
            desk.far.set_cover("closed")

    try:
        desk.opens()
        desk.far.on_change = strike
        desk.far.upset_after(3, "cover_open")  # stops there a moment, and goes on with the fault
        result = desk.printer.print(slip("A001"))
        desk.far.on_change = None
        assert begun
        desk.holds(result, "A001")
        desk.far.set_fault(fault, False)
        desk.recovers()
        assert desk.whole_unmarked("A001") <= 1
    finally:
        desk.close()


# --- models -----------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(
    ("model", "answers"),
    [
        ("full", "answers DLE EOT 1 2 3 4, GS r, GS ( H, GS a"),
        ("clone", "answers DLE EOT 1 2 3 4, GS r"),
        ("simple", "answers DLE EOT 1 2 3 4, GS r"),
    ],
)
def test_what_a_model_can_say_is_found_out_without_a_mark_on_paper(
    wire: str, model: Model, answers: str, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(wire, model)
    try:
        with caplog.at_level("INFO", "drivers.printer"):
            desk.opens()
            desk.opens()
        assert [record.getMessage() for record in caplog.records] == [f"printer at {desk.port}: {answers}"]
        assert desk.printer.print(slip("A001")).outcome is Printed.PRINTED
        (only,) = desk.far.slips()
        assert only.text == "大厅\nA001\n一\n二\n三\n请稍候\n"
    finally:
        desk.close()


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize("wire", ["file", "usb"])
def test_a_printer_that_never_says_a_word_is_known_by_its_port_and_its_slips_are_unknown(wire: str) -> None:
    far = VirtualPrinter("pty" if wire == "file" else "usb", model="mute")
    open_wire = (
        partial(open_transport, usb_backend=far.usb_bus)
        if wire == "usb"
        else lambda port: open_file(FilePort(port.removeprefix("file://")), lambda descriptor: far.port_status)
    )
    printer = EscposPrinter(
        far.port, reply_timeout_s=0.05, barrier_timeout_s=0.2, look_every_s=0.02, open_wire=open_wire
    )
    with far:
        printer.open()
        printer.check()
        assert printer.status() == PrinterStatus(online=True, paper=Paper.UNKNOWN)
        both = threading.Event()
        far.on_change = lambda: both.set() if len(far.slips()) == 2 else None
        for number in ("A001", "A002"):
            result = printer.print(slip(number))
            assert (result.outcome, result.reason) == (Printed.UNKNOWN, "no_reply")
        assert both.wait(5)
        far.set_fault(Fault.PAPER_OUT, True)
        with pytest.raises(DriverFault, match="paper_out"):
            printer.check()
        assert printer.print(slip("A003")).outcome is Printed.FAILED
        far.set_fault(Fault.PAPER_OUT, False)
        far.set_fault(Fault.COVER_OPEN, True)
        with pytest.raises(DriverFault, match="printer_error"):
            printer.check()
        far.set_fault(Fault.COVER_OPEN, False)
        printer.check()
        assert [piece.text[3:7] for piece in far.slips()] == ["A001", "A002"]
        printer.close()


@pytest.mark.req("R-KIOSK-05")
def test_a_printer_with_a_tear_bar_moves_the_slip_past_it() -> None:
    with VirtualPrinter() as far:
        printer = EscposPrinter(far.port, cutter=False)
        printer.open()
        assert printer.print(slip("A001")).outcome is Printed.PRINTED
        assert far.slips() == []
        assert far.hanging.endswith("请稍候\n" + "\n" * 5)
        printer.close()


def test_a_far_end_knows_its_faults_and_no_others() -> None:
    with VirtualPrinter() as far:
        assert not any(far.faults.values())
        for fault in far.faults:
            far.set_fault(fault, True)
            assert far.faults[fault], fault
            far.set_fault(fault, False)
            assert not far.faults[fault], fault
        with pytest.raises(ValueError, match="stuck_ring"):
            far.set_fault(Fault.STUCK_RING, True)


@pytest.mark.req("R-KIOSK-05")
def test_a_bitmap_cut_short_by_a_pulled_cable_does_not_swallow_the_next_slip_of_a_printer_that_cannot_forget() -> None:
    desk = Desk("file", "simple", HASTY_S)
    try:
        desk.opens()
        drawn = Slip((Line("A001", size=4), Line("㐀㐀㐀", size=2)))
        if desk.printer.print(drawn).reason == "no_font":
            pytest.skip("no CJK font on this machine; install fonts-noto-cjk")
        desk.far.pull_cable_after(ASKED + len(encode(drawn)) - 300)
        assert desk.printer.print(drawn).outcome is Printed.UNKNOWN
        desk.far.set_fault(Fault.UNPLUGGED, False)
        desk.opens()
        assert desk.printer.print(slip("A002")).outcome is Printed.PRINTED
        assert desk.pieces("A002") == [True]
        assert desk.far.slips()[-1].bytes == encode(slip("A002"))
    finally:
        desk.close()


@pytest.mark.req("R-KIOSK-05")
def test_a_usb_transfer_that_broke_off_may_have_carried_a_row() -> None:
    desk = Desk("usb")
    try:
        desk.opens()
        desk.far.usb_bus.breaks_off_after = 30
        result = desk.printer.print(slip("A001"))
        assert (result.outcome, result.reason) == (Printed.UNKNOWN, "offline")
        desk.far.set_cover("closed")  # done when it has taken in what came before
        assert "A001" in desk.far.hanging
    finally:
        desk.close()


@pytest.mark.req("R-KIOSK-05")
def test_usb_endpoints_are_those_of_the_descriptors_the_kernels_driver_is_called_back_and_nothing_is_reset() -> None:
    desk = Desk("usb")
    bus = desk.far.usb_bus
    try:
        assert bus.usblp_bound
        desk.opens()
        assert not bus.usblp_bound
        assert desk.printer.print(slip("A001")).outcome is Printed.PRINTED
        desk.printer.close()
        assert bus.usblp_bound
        assert bus.resets == 0
        bus.denied = True
        with pytest.raises(DriverOffline, match="this user may not open it"):
            desk.printer.open()
        bus.denied = False
        named = EscposPrinter(f"{desk.port}/HALL0001", open_wire=partial(open_transport, usb_backend=bus))
        named.open()
        named.close()
        other = EscposPrinter(f"{desk.port}/HALL0002", open_wire=partial(open_transport, usb_backend=bus))
        with pytest.raises(DriverOffline, match="only HALL0001"):
            other.open()
    finally:
        desk.close()


@pytest.mark.req("R-KIOSK-05")
def test_through_its_port_a_pulled_cable_is_one_line_and_one_fact_and_comes_back_without_a_restart(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    port = PortThread(
        desk.printer, inbox.put, name="printer", check_every_s=0.02, back_off=BackOff(first_s=0.02, cap_s=0.02)
    )
    with caplog.at_level("INFO", "firmware_py.runtime.port"):
        port.open()
        try:
            assert inbox.get(timeout=5) == PortUp("printer")
            desk.far.set_fault(Fault.UNPLUGGED, True)
            down = inbox.get(timeout=5)
            assert isinstance(down, PortDown)
            assert down.reason == "offline"
            desk.far.set_fault(Fault.UNPLUGGED, False)
            assert inbox.get(timeout=5) == PortUp("printer")
            desk.far.set_fault(Fault.PAPER_LOW, True)
            low = inbox.get(timeout=5)
            assert isinstance(low, PortDown)
            assert low.reason == "paper_low"
            port.submit("A001", lambda driver: driver.print(slip("A001")))
            assert inbox.get(timeout=5) == JobDone("printer", "A001", PrintResult(Printed.PRINTED))
        finally:
            port.close()
    said = [record.getMessage().partition(" at ")[0] for record in caplog.records]
    assert said == [
        "printer: ready",
        "printer: lost: printer",
        "printer: back",
        "printer: needs a person: paper_low: printer",
    ]


@pytest.mark.req("R-KIOSK-03")
@pytest.mark.parametrize("width_dots", [384, 576])
def test_the_ticket_of_a_hall_with_long_names_is_400_bytes_on_the_wire_with_its_receipts(width_dots: int) -> None:
    plan = Plan(
        id="xian",
        name="西安国际港务区政务服务中心大厅",
        services=(Service("general", "A", "不动产登记综合受理", zone="二楼A区"),),
        desks=tuple(DeskPlan(desk, ("general",)) for desk in (1, 2, 3, 5, 7)),
        hours=(Hours(510, 720), Hours(810, 1050)),
        complaint_phone="0755-12345678",
    )
    taken = Taken(0, "A1000", "general", "X", "kiosk1", 999)
    ticket = on_paper(ticket_slip(plan, taken, 1_795_269_900_000, reprint=True))
    job = job_of(ticket, width_dots=width_dots)
    assert len(job.data) + len(RECEIPTS) <= 400
    with VirtualPrinter("pty") as far:
        printer = EscposPrinter(far.port.replace("file://", "serial://") + "?baud=9600", width_dots=width_dots)
        printer.open()
        far.pull_cable_after(ASKED + 400 + ASKED)
        assert printer.print(ticket).outcome is Printed.PRINTED, "the questions before and behind it are not its own"
        printer.close()
