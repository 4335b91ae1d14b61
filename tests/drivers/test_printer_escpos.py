"""The real back-end against the virtual printer on every wire, and against printers that misbehave."""

import contextlib
import os
import socket
import threading
import time
import tty
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.printer import Line, Paper, Printed, PrinterStatus, PrintResult, Qr, Slip
from drivers.printer.abilities import Abilities
from drivers.printer.conversation import Conversation
from drivers.printer.descriptor import DescriptorTransport
from drivers.printer.escpos import EscposPrinter
from drivers.printer.slip_bytes import encode
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.slip_paper import TextRun
from firmware_py.errors import ConfigError, DriverFault, DriverOffline
from tests.support.escpos_decoder import text_of
from tests.support.scripted_printer import STATUS_OK, ScriptedPrinter, answers_status
from tests.support.ticket_slip import TICKET

BARRIER = b"\x1dr\x01"
SLIP = b"\x1b@\x1c&"
"""How every slip begins."""
CLEAR = b"\x10\x05\x02\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
QUICK_S = 0.05
QUIET_S = 0.005

Cleanup = Callable[[EscposPrinter], EscposPrinter]


def number(text: str) -> Slip:
    return Slip((Line("大厅"), Line(text, size=4), Line("请稍候")))


@pytest.fixture
def keep() -> Iterator[Cleanup]:
    """Closes what a test opened."""
    printers: list[EscposPrinter] = []

    def remember(printer: EscposPrinter) -> EscposPrinter:
        printers.append(printer)
        return printer

    yield remember
    for printer in printers:
        printer.close()


@pytest.fixture(params=["tcp", "file", "serial"])
def wire(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def far_end(wire: str) -> Iterator[VirtualPrinter]:
    with VirtualPrinter("tcp" if wire == "tcp" else "pty") as printer:
        yield printer


@pytest.fixture
def printer(wire: str, far_end: VirtualPrinter, keep: Cleanup) -> EscposPrinter:
    port = far_end.port.replace("file://", "serial://") + "?baud=115200" if wire == "serial" else far_end.port
    printer = keep(EscposPrinter(port, reply_timeout_s=2.0, look_every_s=0.02, quiet_s=QUIET_S))
    printer.open()
    return printer


def shown(far_end: VirtualPrinter) -> list[tuple[str, bool]]:
    """The enlarged number on each piece of paper ("" if torn off before it), and whether the piece is partial."""
    return [
        (next((run.text for run in slip.runs if isinstance(run, TextRun) and run.width == 4), ""), slip.partial)
        for slip in far_end.slips()
    ]


@pytest.mark.req("R-KIOSK-03", "R-KIOSK-05")
def test_a_ticket_comes_out_as_it_was_sent_and_is_known_to_be_printed(
    printer: EscposPrinter, far_end: VirtualPrinter
) -> None:
    assert printer.print(TICKET) == PrintResult(Printed.PRINTED)
    (slip,) = far_end.slips()
    assert slip.bytes == encode(TICKET)
    assert slip.text == text_of(encode(TICKET))
    assert "A017" in slip.text
    assert slip.partial is False
    assert far_end.unknown_commands == {}


@pytest.mark.req("R-KIOSK-13")
def test_a_rare_surname_and_a_qr_code_arrive_on_paper(printer: EscposPrinter, far_end: VirtualPrinter) -> None:
    if printer.print(Slip((Line("𬸪㐀"),))).reason == "no_font":
        pytest.skip("no CJK font on this machine; install fonts-noto-cjk")
    assert printer.print(Slip((Qr("https://example.gov.cn/a", "扫码查询"),))).outcome is Printed.PRINTED
    drawn, coded = far_end.slips()
    assert "?" not in drawn.text
    assert [type(run).__name__ for run in drawn.runs] == ["RasterRun"]
    assert coded.text == "[QR https://example.gov.cn/a]\n扫码查询\n"


@pytest.mark.req("R-KIOSK-05")
def test_near_end_paper_is_no_reason_not_to_print(printer: EscposPrinter, far_end: VirtualPrinter) -> None:
    far_end.set_paper("low")
    assert printer.status().paper is Paper.LOW
    with pytest.raises(DriverFault, match="paper_low"):
        printer.check()
    assert printer.print(number("A001")).outcome is Printed.PRINTED


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(
    ("break_it", "mend_it", "fault"),
    [
        (lambda far: far.set_paper("out"), lambda far: far.set_paper("ok"), "paper_out"),
        (lambda far: far.set_cover("open"), lambda far: far.set_cover("closed"), "cover_open"),
    ],
    ids=["paper", "cover"],
)
def test_a_printer_that_cannot_print_says_so_before_a_byte_of_the_slip_is_sent(
    printer: EscposPrinter,
    far_end: VirtualPrinter,
    break_it: Callable[[VirtualPrinter], None],
    mend_it: Callable[[VirtualPrinter], None],
    fault: str,
) -> None:
    break_it(far_end)
    assert printer.status().fault == fault
    assert printer.status().online is False
    with pytest.raises(DriverFault) as caught:
        printer.check()
    assert caught.value.reason == fault
    result = printer.print(number("A001"))
    assert (result.outcome, result.reason) == (Printed.FAILED, fault)
    mend_it(far_end)
    printer.check()
    assert printer.print(number("A002")).outcome is Printed.PRINTED
    assert shown(far_end) == [("A002", False)], "A001 must not come out after the new roll"


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize("rows", [1, 2, 3])
def test_paper_that_ends_in_a_slip_leaves_it_unknown_soon(
    printer: EscposPrinter, far_end: VirtualPrinter, rows: int
) -> None:
    far_end.upset_after(rows)
    before = time.monotonic()
    result = printer.print(number("A001"))
    assert (result.outcome, result.reason) == (Printed.UNKNOWN, "paper_out")
    assert time.monotonic() - before < 4.0, "the citizen does not wait for the whole barrier time-out"
    assert [slip.partial for slip in far_end.slips()] == [True]


@pytest.mark.req("R-KIOSK-05")
def test_the_rest_of_a_torn_slip_is_cleared_away_by_the_next_job_and_never_printed(
    printer: EscposPrinter, far_end: VirtualPrinter
) -> None:
    far_end.upset_after(1)
    assert printer.print(number("A001")).outcome is Printed.UNKNOWN
    assert printer.print(number("A002")).outcome is Printed.FAILED
    far_end.set_paper("ok")
    assert printer.print(number("A003")).outcome is Printed.PRINTED
    assert shown(far_end) == [("", True), ("A003", False)]


@pytest.mark.req("R-KIOSK-05")
def test_a_rest_that_came_out_with_the_new_roll_is_noticed_and_the_next_slip_is_printed_once(
    printer: EscposPrinter, far_end: VirtualPrinter
) -> None:
    far_end.upset_after(1)
    assert printer.print(number("A001")).outcome is Printed.UNKNOWN
    far_end.set_paper("ok")
    assert printer.print(number("A002")).outcome is Printed.PRINTED
    assert shown(far_end) == [("", True), ("A001", True), ("A002", False)]


@pytest.mark.req("R-KIOSK-05")
def test_a_jammed_knife_is_unknown_then_a_fault_and_freeing_it_ends_it(
    printer: EscposPrinter, far_end: VirtualPrinter
) -> None:
    far_end.set_cutter("jammed")
    result = printer.print(number("A001"))
    assert (result.outcome, result.reason) == (Printed.UNKNOWN, "cutter")
    result = printer.print(number("A002"))
    assert (result.outcome, result.reason) == (Printed.FAILED, "cutter")
    far_end.set_cutter("ok")
    assert printer.print(number("A003")).outcome is Printed.PRINTED
    assert shown(far_end) == [("A001", False), ("A003", False)]


@pytest.mark.req("R-KIOSK-05")
def test_a_pulled_cable_is_offline_at_once_and_replugging_it_is_enough(
    printer: EscposPrinter, far_end: VirtualPrinter
) -> None:
    for turn in range(2):
        far_end.set_cable("out")
        with pytest.raises(DriverOffline):
            printer.status()
        with pytest.raises(DriverOffline):
            printer.open()
        result = printer.print(number("A001"))
        assert (result.outcome, result.reason) == (Printed.FAILED, "offline")
        far_end.set_cable("in")
        printer.open()
        assert printer.print(number(f"B00{turn}")).outcome is Printed.PRINTED
    assert shown(far_end) == [("B000", False), ("B001", False)]


@pytest.mark.req("R-KIOSK-05")
def test_a_cable_pulled_unnoticed_fails_the_slip_definitely(printer: EscposPrinter, far_end: VirtualPrinter) -> None:
    far_end.set_cable("out")
    result = printer.print(number("A001"))
    assert (result.outcome, result.reason) == (Printed.FAILED, "offline")
    far_end.set_cable("in")
    printer.open()
    assert far_end.slips() == []


@pytest.mark.req("R-KIOSK-05")
def test_a_cable_pulled_after_a_torn_slip_does_not_bring_the_rest_back(
    printer: EscposPrinter, far_end: VirtualPrinter
) -> None:
    far_end.upset_after(1)
    assert printer.print(number("A001")).outcome is Printed.UNKNOWN
    far_end.set_cable("out")
    with pytest.raises(DriverOffline):
        printer.status()
    far_end.set_cable("in")
    printer.open()
    assert printer.print(number("A002")).outcome is Printed.FAILED
    far_end.set_paper("ok")
    assert printer.print(number("A003")).outcome is Printed.PRINTED
    assert shown(far_end) == [("", True), ("A003", False)]


def test_opening_with_paper_out_succeeds_and_check_tells(wire: str, far_end: VirtualPrinter, keep: Cleanup) -> None:
    far_end.set_paper("out")
    printer = keep(EscposPrinter(far_end.port))
    printer.open()
    with pytest.raises(DriverFault, match="paper_out"):
        printer.check()


def test_closing_twice_and_before_opening_is_allowed_and_a_closed_printer_is_offline(
    printer: EscposPrinter, far_end: VirtualPrinter
) -> None:
    unopened = EscposPrinter(far_end.port)
    unopened.close()
    assert unopened.print(TICKET).reason == "offline"
    printer.close()
    printer.close()
    with pytest.raises(DriverOffline):
        printer.check()
    printer.open()
    printer.open()
    assert printer.print(TICKET).outcome is Printed.PRINTED


def test_slips_take_milliseconds(printer: EscposPrinter, far_end: VirtualPrinter) -> None:
    taken = []
    for _ in range(40):
        before = time.perf_counter()
        assert printer.print(TICKET).outcome is Printed.PRINTED
        taken.append(time.perf_counter() - before)
    assert sorted(taken)[20] < 0.025, "half of the 50 ms from press to slip"


# Printers that misbehave, each played by a script.


def scripted(far_end: ScriptedPrinter, keep: Cleanup) -> EscposPrinter:
    return keep(
        EscposPrinter(
            far_end.port,
            reply_timeout_s=QUICK_S,
            barrier_timeout_s=2 * QUICK_S,
            look_every_s=QUICK_S,
            quiet_s=QUIET_S,
        )
    )


@pytest.mark.req("R-KIOSK-05")
def test_a_silent_printer_is_offline_in_bounded_time(keep: Cleanup) -> None:
    with ScriptedPrinter(lambda data: b"") as far_end:
        printer = scripted(far_end, keep)
        before = time.monotonic()
        with pytest.raises(DriverOffline, match="does not answer"):
            printer.open()
        assert time.monotonic() - before < 2.0
        assert far_end.received == [b"\x10\x04\x01", b"\x1da\x0e\x1b@"], "asked both ways it could answer"


@pytest.mark.req("R-KIOSK-05")
def test_a_printer_that_falls_silent_fails_the_next_slip_without_sending_it(keep: Cleanup) -> None:
    with ScriptedPrinter(lambda data: answers_status(data, otherwise=b"\x00")) as far_end:
        printer = scripted(far_end, keep)
        printer.open()
        far_end.answer = lambda data: b""
        result = printer.print(TICKET)
        assert (result.outcome, result.reason) == (Printed.FAILED, "offline")
        assert not any(SLIP in piece for piece in far_end.received)


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize("silent_for_status_too", [True, False])
def test_a_slip_without_any_answer_is_unknown_in_bounded_time(keep: Cleanup, silent_for_status_too: bool) -> None:
    answering = True

    def answer(data: bytes) -> bytes:
        nonlocal answering
        if SLIP in data:
            answering = not silent_for_status_too
            return b""
        return (answers_status(data, otherwise=b"\x00") or b"") if answering else b""

    with ScriptedPrinter(answer) as far_end:
        printer = scripted(far_end, keep)
        printer.open()
        before = time.monotonic()
        result = printer.print(TICKET)
        assert (result.outcome, result.reason) == (Printed.UNKNOWN, "no_reply")
        assert time.monotonic() - before < 2.0


@pytest.mark.req("R-KIOSK-05")
def test_hanging_up_at_the_slip_is_unknown_and_before_it_a_definite_failure(keep: Cleanup) -> None:
    with ScriptedPrinter(lambda data: answers_status(data, otherwise=b"\x00")) as far_end:
        printer = scripted(far_end, keep)
        printer.open()
        far_end.answer = lambda data: answers_status(data, otherwise=None)
        result = printer.print(TICKET)
        assert (result.outcome, result.reason) == (Printed.UNKNOWN, "offline")
        far_end.answer = lambda data: answers_status(data, otherwise=b"\x37\x25\x00")
        printer.open()
        far_end.answer = lambda data: None
        result = printer.print(TICKET)
        assert (result.outcome, result.reason) == (Printed.FAILED, "offline")


@pytest.mark.req("R-KIOSK-05")
def test_a_printer_that_stops_taking_bytes_in_a_slip_leaves_it_unknown_in_bounded_time(keep: Cleanup) -> None:
    far, near = os.openpty()
    tty.setraw(near)

    def answer_until_the_slip() -> None:
        while SLIP not in (data := os.read(far, 4096)):
            os.write(far, answers_status(data, otherwise=b"\x00") or b"")

    reading = threading.Thread(target=answer_until_the_slip, daemon=True)
    reading.start()
    try:
        printer = keep(EscposPrinter(f"file://{os.ttyname(near)}", reply_timeout_s=0.2, barrier_timeout_s=0.1))
        printer.open()
        before = time.monotonic()
        result = printer.print(Slip((Line("满" * 24),) * 2000))
        assert (result.outcome, result.reason) == (Printed.UNKNOWN, "offline")
        assert "bytes in time" in result.detail
        assert time.monotonic() - before < 3.0
        reading.join(5)
    finally:
        os.close(far)
        os.close(near)


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize("noticed_by", ["status", "print"])
def test_a_late_answer_settles_a_slow_slip_so_that_nothing_is_cleared(keep: Cleanup, noticed_by: str) -> None:
    owed = b""

    def slow(data: bytes) -> bytes | None:
        nonlocal owed
        if data.endswith(BARRIER):
            owed = b"\x00"
            return b""
        return answers_status(data)

    def awake(data: bytes) -> bytes | None:
        nonlocal owed
        late, owed = owed, b""
        return late + (answers_status(data, otherwise=b"\x00") or b"")

    with ScriptedPrinter(lambda data: answers_status(data, otherwise=b"\x00")) as far_end:
        printer = scripted(far_end, keep)
        printer.open()
        far_end.answer = slow
        assert printer.print(TICKET).reason == "no_reply"
        far_end.answer = awake
        if noticed_by == "status":
            printer.check()
        assert printer.print(TICKET).outcome is Printed.PRINTED
        assert not any(CLEAR in piece for piece in far_end.received)


def test_an_answer_that_comes_among_those_to_the_status_counts(keep: Cleanup) -> None:
    owed = b""

    def answer(data: bytes) -> bytes | None:
        nonlocal owed
        if SLIP in data:
            owed = b"\x00"
            return b""
        late, owed = owed, b""
        return late + (answers_status(data, otherwise=b"\x00") or b"")

    with ScriptedPrinter(answer) as far_end:
        printer = scripted(far_end, keep)
        printer.open()
        assert printer.print(TICKET).outcome is Printed.PRINTED


@pytest.mark.req("R-KIOSK-05")
def test_what_an_earlier_process_left_half_sent_is_cleared_and_cut_off_before_the_first_slip(keep: Cleanup) -> None:
    stuck = True  # it stands in the middle of a bitmap that was never finished

    def answer(data: bytes) -> bytes | None:
        nonlocal stuck
        if data == CLEAR:
            stuck = False
            return b"\x37\x25\x00"
        return answers_status(data, otherwise=b"" if stuck else b"\x00")

    with ScriptedPrinter(answer) as far_end:
        printer = scripted(far_end, keep)
        printer.open()
        assert printer.print(TICKET).outcome is Printed.PRINTED
        assert printer.print(TICKET).outcome is Printed.PRINTED
        sent = [piece for piece in far_end.received if piece not in STATUS_OK]
        probe = b"\x1da\x0e\x1d(H\x06\x0000%s\x1b@\x1dr\x01"
        assert sent == [
            probe % b"0001",
            CLEAR,
            probe % b"0002",
            b"\x1b@\x1dVB\x00" + encode(TICKET) + BARRIER,
            encode(TICKET) + BARRIER,
        ]


@pytest.mark.req("R-KIOSK-05")
def test_bytes_that_came_unasked_are_not_taken_for_answers() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    statuses = iter((b"\x14\x00\x00\x0f\x16", b"\x11\x12", b"\x12", b"\x12", b"\x16", b"\x12", b"\x12", b"\x1e"))

    def answer() -> None:
        for status in statuses:
            assert theirs.recv(3)[:2] == b"\x10\x04"
            theirs.sendall(status)

    answering = threading.Thread(target=answer, daemon=True)
    with ours, theirs:
        abilities = Abilities(questions=(1, 2, 3, 4))
        talk = Conversation(DescriptorTransport(ours.fileno(), ours.close), 5.0, abilities)
        theirs.sendall(b"\x7e\x14\x00\x00\x0f\x13\x7e\xff\x14")
        talk.catch_up()
        answering.start()
        assert talk.ask_status() == PrinterStatus(online=True, paper=Paper.OK)
        theirs.sendall(b"\x7e\x7e")
        talk.catch_up()
        assert talk.ask_status() == PrinterStatus(online=True, paper=Paper.LOW)
        answering.join(5)
        talk.close(discard=False)


@pytest.mark.req("R-KIOSK-05")
def test_a_printer_that_always_calls_itself_online_is_not_believed_against_its_paper_sensor(keep: Cleanup) -> None:
    with ScriptedPrinter(lambda data: b"\x7e" if data == b"\x10\x04\x04" else answers_status(data)) as far_end:
        printer = scripted(far_end, keep)
        printer.open()
        result = printer.print(TICKET)
        assert (result.outcome, result.reason) == (Printed.FAILED, "paper_out")
        assert not any(SLIP in piece for piece in far_end.received)


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize("said", [b"\xff\x00\x00", b"\x00\xff", b"\x00\x03", b"\x9c\x00"])
def test_something_like_a_receipt_amid_noise_is_none(keep: Cleanup, said: bytes) -> None:
    """``FF 00 00`` is what a serial line reads when its printer loses power and the line falls to a break."""
    with ScriptedPrinter(lambda data: said if SLIP in data else answers_status(data, otherwise=b"\x00")) as far_end:
        printer = scripted(far_end, keep)
        printer.open()
        result = printer.print(TICKET)
        assert (result.outcome, result.reason) == (Printed.UNKNOWN, "no_reply")


@pytest.mark.req("R-KIOSK-05")
def test_a_receipt_before_a_silence_is_none(keep: Cleanup) -> None:
    with ScriptedPrinter(lambda data: answers_status(data, otherwise=b"\x00")) as far_end:
        printer = scripted(far_end, keep)
        printer.open()
        gone = False

        def answer(data: bytes) -> bytes:
            nonlocal gone
            gone = gone or SLIP in data
            return b"\x00" if SLIP in data else b"" if gone else answers_status(data) or b""

        far_end.answer = answer
        result = printer.print(TICKET)
        assert (result.outcome, result.reason) == (Printed.UNKNOWN, "no_reply")


@pytest.mark.req("R-KIOSK-05")
def test_a_printer_that_runs_on_without_paper_does_not_get_away_with_it(keep: Cleanup) -> None:
    with ScriptedPrinter(lambda data: answers_status(data, otherwise=b"\x0f")) as far_end:
        printer = scripted(far_end, keep)
        printer.open()
        result = printer.print(TICKET)
        assert (result.outcome, result.reason) == (Printed.UNKNOWN, "paper_out")


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(("question", "answer", "reason"), [(2, b"\x16", "cover_open"), (4, b"\x72", "paper_out")])
def test_a_receipt_out_of_its_turn_is_no_proof_when_the_printer_stands_still_behind_it(
    keep: Cleanup, question: int, answer: bytes, reason: str
) -> None:
    stopped = False

    def hear(data: bytes) -> bytes:
        nonlocal stopped
        stopped = stopped or SLIP in data
        if stopped and data == bytes((0x10, 0x04, question)):
            return answer
        return answers_status(data, otherwise=b"\x00") or b""

    with ScriptedPrinter(hear) as far_end:
        printer = scripted(far_end, keep)
        printer.open()
        result = printer.print(TICKET)
        assert (result.outcome, result.reason) == (Printed.UNKNOWN, reason)


@pytest.mark.req("R-KIOSK-05")
def test_a_printer_that_only_knows_the_first_question_prints_with_its_paper_unknown(keep: Cleanup) -> None:
    with ScriptedPrinter(lambda data: {b"\x10\x04\x01": b"\x16"}.get(data, b"\x00" if BARRIER in data else b"")) as far:
        printer = scripted(far, keep)
        printer.open()
        assert printer.status().paper is Paper.UNKNOWN
        assert printer.print(TICKET).outcome is Printed.PRINTED


@pytest.mark.req("R-KIOSK-05")
def test_offline_without_a_cause_is_a_definite_failure_before_and_unknown_after(keep: Cleanup) -> None:
    with ScriptedPrinter(lambda data: b"\x1e" if data == b"\x10\x04\x01" else answers_status(data)) as far_end:
        printer = scripted(far_end, keep)
        printer.open()
        with pytest.raises(DriverOffline, match="names no cause"):
            printer.check()
        result = printer.print(TICKET)
        assert (result.outcome, result.reason) == (Printed.FAILED, "offline")


def test_a_slip_that_cannot_be_is_refused_before_anything_is_sent(keep: Cleanup) -> None:
    with VirtualPrinter() as far_end:
        printer = keep(EscposPrinter(far_end.port, font="/nonexistent.ttf"))
        printer.open()
        assert printer.print(Slip((Line("x", size=9),))).reason == "bad_slip"
        assert printer.print(Slip((Line("取"), Line("㐀")))).reason == "no_font"
        assert far_end.slips() == []
        assert printer.print(number("A001")).outcome is Printed.PRINTED


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [({"width_dots": 500}, "384, 576"), ({"encoding": "big5"}, "gb18030, gbk, utf-8")],
)
def test_wrong_settings_are_config_errors_that_say_what_is_allowed(arguments: dict[str, object], problem: str) -> None:
    with pytest.raises(ConfigError, match=problem):
        EscposPrinter("tcp://127.0.0.1", **arguments)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="file:///dev/usb/lp0"):
        EscposPrinter("lp0")


@given(st.lists(st.binary(max_size=6), min_size=1, max_size=8))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_a_printer_answers_print_says_something_and_never_raises(answers: list[bytes]) -> None:
    turn = 0

    def answer(data: bytes) -> bytes:
        nonlocal turn
        turn += 1
        return answers[turn % len(answers)]

    with ScriptedPrinter(answer) as far_end:
        printer = EscposPrinter(far_end.port, reply_timeout_s=0.01, barrier_timeout_s=0.02, quiet_s=0.002)
        with contextlib.suppress(DriverOffline):
            printer.open()
        try:
            before = time.monotonic()
            result = printer.print(TICKET)
            assert result.outcome in Printed
            assert time.monotonic() - before < 2.0
            slip_sent = any(SLIP in piece for piece in far_end.received)
            assert slip_sent or result.outcome is Printed.FAILED
        finally:
            printer.close()
