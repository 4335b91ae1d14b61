"""The virtual printer: what it prints, answers and survives, spoken to in raw bytes."""

import base64
import io
import json
import queue
import re
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.virtual.printer import PrinterState, VirtualPrinter
from drivers.virtual.printer_mechanism import PrinterMechanism
from drivers.virtual.slip_paper import FeedRun, PrintedSlip, QrRun, RasterRun, RuleRun, TextRun

CUT = b"\x1dVB\x00"
CHINESE = b"\x1b@\x1c&"


class Bench:
    """A mechanism without a wire."""

    def __init__(self, columns: int = 48) -> None:
        self.slips: list[PrintedSlip] = []
        self.inside = PrinterMechanism(columns, self.slips.append)

    def send(self, data: bytes) -> bytes:
        return self.inside.receive(data)


def test_text_comes_out_with_size_weight_and_place() -> None:
    bench = Bench()
    bench.send(
        CHINESE + b"\x1ba\x01\x1bE\x01\x1d!\x33A017\n\x1bE\x00\x1d!\x00" + "您好".encode("gb18030") + b"\n" + CUT
    )
    (slip,) = bench.slips
    assert slip.runs == (TextRun("A017", 4, 4, True, "center"), TextRun("您好", 1, 1, False, "center"))
    assert slip.text == "A017\n您好\n"
    assert slip.bytes.startswith(CHINESE)
    assert slip.bytes.endswith(CUT)
    assert bench.inside.unknown == {}


def test_without_chinese_mode_chinese_is_rubbish_as_on_a_real_printer() -> None:
    bench = Bench()
    bench.send(b"\x1b@" + "号".encode("gb18030") + b"\n" + CUT)
    assert "号" not in bench.slips[0].text


@pytest.mark.req("R-KIOSK-13")
def test_a_four_byte_character_is_rubbish_with_question_marks_as_on_a_real_printer() -> None:
    bench = Bench()
    bench.send(CHINESE + "王𬸪".encode("gb18030") + b"\n" + CUT)
    assert bench.slips[0].text == "王?3?4\n"


def test_a_row_wider_than_the_paper_goes_on_in_the_next() -> None:
    bench = Bench(32)
    bench.send(b"x" * 33 + b"\n" + CUT)
    assert bench.slips[0].text == "x" * 32 + "\nx\n"


def test_a_row_of_two_styles_is_two_runs_of_one_row() -> None:
    bench = Bench()
    bench.send(b"a\x1bE\x01b\n" + CUT)
    assert bench.slips[0].runs == (
        TextRun("a", 1, 1, False, "left", ends_row=False),
        TextRun("b", 1, 1, True, "left"),
    )
    assert bench.slips[0].text == "ab\n"


def test_rule_feed_and_qr_code_are_runs_of_their_own() -> None:
    bench = Bench()
    qr = b"\x1d(k\x03\x001C\x05\x1d(k\x06\x001P0abc\x1d(k\x03\x001Q0"
    bench.send(CHINESE + ("─" * 24).encode("gb18030") + b"\n\x1bJ\x20" + qr + CUT)
    assert bench.slips[0].runs == (RuleRun("─" * 24), FeedRun(32), QrRun("abc", 5, "left"))


def test_a_bitmap_comes_out_dot_by_dot_as_a_png() -> None:
    bench = Bench()
    bits = bytes((0b10000001, 0b00011000, 0xFF, 0x00))
    bench.send(b"\x1ba\x02\x1dv0\x00\x02\x00\x02\x00" + bits + CUT)
    (run,) = bench.slips[0].runs
    assert isinstance(run, RasterRun)
    assert (run.width, run.height, run.align) == (16, 2, "right")
    with Image.open(io.BytesIO(run.png)) as image:
        assert [image.convert("L").getpixel((x, 0)) == 0 for x in range(8)] == [True] + [False] * 6 + [True]
        assert bytes(~byte & 0xFF for byte in image.convert("1").tobytes()) == bits


def test_a_slip_is_ready_for_the_browser_as_json() -> None:
    bench = Bench()
    bench.send(b"A\n\x1dv0\x00\x01\x00\x01\x00\x80" + CUT)
    shown = json.loads(msgspec.json.encode(bench.slips[0]))
    assert [run["kind"] for run in shown["runs"]] == ["text", "raster"]
    assert base64.b64decode(shown["runs"][1]["png"]).startswith(b"\x89PNG")
    assert base64.b64decode(shown["bytes"]).endswith(CUT)


def test_blank_paper_is_no_slip_and_numbers_have_no_gaps() -> None:
    bench = Bench()
    bench.send(b"\x1b@" + CUT + b"A\n" + CUT + b"\n\n" + CUT + b"B\n" + CUT)
    assert [(slip.number, slip.text) for slip in bench.slips] == [(1, "A\n"), (2, "B\n")]


def test_a_cut_in_the_middle_of_a_row_is_not_obeyed() -> None:
    bench = Bench()
    bench.send(b"A" + CUT)
    assert bench.slips == []


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(
    ("paper", "cover", "answers"),
    [
        ("ok", "closed", [0x16, 0x12, 0x12, 0x12]),
        ("low", "closed", [0x16, 0x12, 0x12, 0x1E]),
        ("out", "closed", [0x1E, 0x32, 0x12, 0x7E]),
        ("ok", "open", [0x1E, 0x16, 0x12, 0x12]),
        ("out", "open", [0x1E, 0x36, 0x12, 0x7E]),
    ],
)
def test_real_time_status_answers_are_those_of_the_manuals(paper: str, cover: str, answers: list[int]) -> None:
    with VirtualPrinter() as printer, connect(printer) as host:
        printer.set_paper(paper)  # type: ignore[arg-type]
        printer.set_cover(cover)  # type: ignore[arg-type]
        for question, answer in enumerate(answers, 1):
            host.sendall(bytes((0x10, 0x04, question)))
            assert host.recv(1) == bytes((answer,))


@pytest.mark.req("R-KIOSK-05")
def test_without_paper_it_keeps_everything_and_prints_it_when_there_is_some_again() -> None:
    bench = Bench()
    bench.inside.load("out")
    assert bench.send(b"A\n" + CUT + b"\x1dr\x01") == b""
    assert bench.slips == []
    bench.inside.paper = "ok"
    assert bench.inside.work() == b"\x00"
    assert [slip.text for slip in bench.slips] == ["A\n"]


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(
    ("clear", "answer"), [(b"\x10\x05\x02", b""), (bytes.fromhex("10140801031401060208"), b"\x37\x25\x00")]
)
def test_a_cleared_buffer_is_not_printed_later(clear: bytes, answer: bytes) -> None:
    bench = Bench()
    bench.inside.load("out")
    bench.send(b"A\n" + CUT + b"\x1dr\x01")
    assert bench.send(clear) == answer
    bench.inside.paper = "ok"
    assert bench.inside.work() == b""
    assert bench.slips == []


@pytest.mark.req("R-KIOSK-05")
def test_paper_that_ends_in_a_slip_leaves_two_torn_pieces() -> None:
    bench = Bench()
    bench.inside.rows_left = 2
    assert bench.send(b"1\n2\n3\n4\n" + CUT + b"\x1dr\x01") == b""
    assert [(slip.text, slip.partial) for slip in bench.slips] == [("1\n2\n", True)]
    bench.inside.paper = "ok"
    assert bench.inside.work() == b"\x00"
    assert [(slip.text, slip.partial) for slip in bench.slips] == [("1\n2\n", True), ("3\n4\n", True)]
    bench.send(b"5\n" + CUT)
    assert bench.slips[-1].partial is False


def test_a_half_slip_cut_off_after_clearing_is_partial_and_the_next_is_whole() -> None:
    bench = Bench()
    bench.send(b"1\n2")
    bench.send(b"\x10\x05\x02")
    bench.send(b"\x1b@" + CUT + b"3\n" + CUT)
    assert [(slip.text, slip.partial) for slip in bench.slips] == [("1\n", True), ("3\n", False)]


def test_near_end_paper_is_said_in_order_too() -> None:
    bench = Bench()
    bench.inside.paper = "low"
    assert bench.send(b"\x1dr\x01\x1dr1\x1dr\x02") == b"\x03\x03\x00"


def test_a_jammed_knife_stops_at_the_cut_and_goes_on_when_freed() -> None:
    bench = Bench()
    bench.inside.cutter = "jammed"
    assert bench.send(b"A\n" + CUT + b"\x1dr\x01") == b""
    assert bench.send(b"\x10\x04\x01\x10\x04\x02\x10\x04\x03") == bytes((0x1E, 0x52, 0x1A))
    bench.inside.cutter = "ok"
    assert bench.inside.work() == b"\x00"
    assert bench.slips[0].bytes == b"A\n" + CUT


def test_a_real_time_command_is_obeyed_in_the_middle_of_a_bitmap_which_is_why_drivers_must_avoid_it() -> None:
    bench = Bench()
    assert bench.send(b"\x1dv0\x00\x04\x00\x01\x00\x10\x04\x01\xff") == b"\x16"


def test_unknown_commands_are_counted_and_passed_over() -> None:
    bench = Bench()
    bench.send(b"\x1b\x7f\x1d(Z\x02\x00ab\x01A\n" + CUT)
    assert bench.inside.unknown == {"1b7f": 1, "1d28": 1, "01": 1}
    assert bench.slips[0].text == "A\n"


COMMANDS = [b"\x1b@", b"\x1c&", b"\x1b", b"\x1d", b"\x1c", b"\x10", b"\x10\x04", b"\x10\x14\x08", b"\x1dv0\x00", CUT]
COMMANDS += [b"\x1d(k", b"\x1d!\x77", b"\x1ba\x01", b"\n", b"\x1dr\x01", b"\x1b*\x21", b"\x1dk", b"\x10\x05\x02"]
noise = st.lists(st.binary(max_size=20) | st.sampled_from(COMMANDS), max_size=40).map(b"".join)


@given(noise, st.sampled_from(["ok", "low", "out"]), st.sampled_from(["open", "closed"]), st.integers(0, 3))
@settings(deadline=None)
def test_any_bytes_at_all_leave_it_able_to_print_the_next_slip(data: bytes, paper: str, cover: str, rows: int) -> None:
    bench = Bench()
    bench.inside.paper = paper  # type: ignore[assignment]
    bench.inside.cover = cover  # type: ignore[assignment]
    bench.inside.rows_left = rows
    bench.send(data)
    bench.inside.paper, bench.inside.cover, bench.inside.rows_left = "ok", "closed", 0
    bench.inside.work()
    bench.send(b"\x00" * 10)  # whatever real-time command had begun
    bench.send(b"\x10\x05\x02")
    assert bench.send(b"\x1b@" + CUT + b"A017\n" + CUT + b"\x1dr\x01") == b"\x00"
    assert bench.slips[-1].text == "A017\n"
    assert [slip.number for slip in bench.slips] == list(range(1, len(bench.slips) + 1))


@given(noise.filter(lambda data: b"\x10" not in data))
@settings(deadline=None)
def test_how_the_bytes_were_sliced_does_not_matter(data: bytes) -> None:
    whole, bytewise = Bench(), Bench()
    replies = whole.send(data)
    assert b"".join(bytewise.send(bytes((byte,))) for byte in data) == replies
    assert bytewise.slips == whole.slips


def test_a_host_that_never_cuts_and_never_stops_does_not_fill_the_memory() -> None:
    bench = Bench()
    bench.inside.load("out")
    for _ in range(10):
        bench.send(b"\n" * 65536)
    assert bench.inside.unknown["overflow"] == 10 * 65536 - 256 * 1024
    bench = Bench()
    bench.send(b"\n" * 6000 + b"A\n" + CUT)
    assert len(bench.slips[0].runs) == 5000


def connect(printer: VirtualPrinter) -> socket.socket:
    address = urlsplit(printer.port)
    assert address.hostname
    assert address.port
    return socket.create_connection((address.hostname, address.port), timeout=5)


def test_every_slip_and_every_change_is_told_to_who_wants_to_know() -> None:
    told: queue.SimpleQueue[None] = queue.SimpleQueue()
    with VirtualPrinter(on_change=lambda: told.put(None)) as printer, connect(printer) as host:
        host.sendall(b"A\n" + CUT)
        told.get(timeout=5)
        assert [slip.text for slip in printer.slips()] == ["A\n"]
        printer.set_paper("low")
        told.get(timeout=5)
        assert printer.state == PrinterState("low", "closed", "in", "ok", online=True)
        printer.set_cover("open")
        told.get(timeout=5)
        assert printer.state.online is False


def test_it_may_be_handled_from_its_own_callback() -> None:
    told = threading.Event()

    def take_paper_out() -> None:
        if printer.slips() and printer.state.paper == "ok":
            printer.set_paper("out")
            told.set()

    with VirtualPrinter() as printer, connect(printer) as host:
        printer.on_change = take_paper_out
        host.sendall(b"A\n" + CUT)
        assert told.wait(5)
        assert printer.state.paper == "out"


def test_pulling_the_cable_kills_the_connection_and_the_port_comes_back_the_same() -> None:
    with VirtualPrinter() as printer:
        port = printer.port
        with connect(printer) as host:
            printer.set_cable("out")
            assert host.recv(1) == b""
        with pytest.raises(ConnectionRefusedError):
            connect(printer)
        printer.set_cable("out")
        printer.set_cable("in")
        assert printer.port == port
        with connect(printer) as host:
            host.sendall(b"\x10\x04\x01")
            assert host.recv(1) == b"\x16"


def test_one_host_at_a_time_and_the_next_is_served_when_the_first_has_gone() -> None:
    with VirtualPrinter() as printer, connect(printer) as second:
        second.sendall(b"\x10\x04\x01")
        assert second.recv(1) == b"\x16"
        with connect(printer) as third:
            third.sendall(b"\x10\x04\x04")
            second.close()
            assert third.recv(1) == b"\x12"


def test_a_device_file_vanishes_with_the_cable_and_comes_back() -> None:
    with VirtualPrinter("pty") as printer:
        path = Path(printer.port.removeprefix("file://"))
        assert path.exists()
        printer.set_cable("out")
        assert not path.exists()
        printer.set_cable("in")
        assert path.exists()
    assert not path.parent.exists()


def test_closing_gives_back_port_thread_and_descriptors() -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before, threads = descriptors(), threading.active_count()
    for wire in ("tcp", "pty"):
        printer = VirtualPrinter(wire)
        printer.close()
        printer.close()
        assert printer.slips() == []
        with pytest.raises(ValueError, match="closed"):
            printer.set_paper("out")
    assert descriptors() == before
    assert threading.active_count() == threads


def test_a_wrong_setting_is_refused_and_changes_nothing() -> None:
    with VirtualPrinter() as printer:
        for setter in (printer.set_paper, printer.set_cover, printer.set_cable, printer.set_cutter):
            with pytest.raises(ValueError, match="allowed are"):
                setter("sideways")  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="upset_after"):
            printer.upset_after(-1)
        assert printer.state == PrinterState("ok", "closed", "in", "ok", online=True)


def test_it_answers_without_delay() -> None:
    with VirtualPrinter() as printer, connect(printer) as host:
        host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        taken = []
        for _ in range(50):
            before = time.perf_counter()
            host.sendall(b"A\n" + CUT + b"\x1dr\x01")
            assert host.recv(1) == b"\x00"
            taken.append(time.perf_counter() - before)
        assert sorted(taken)[25] < 0.02, "no delayed ACK, no polling"
        assert len(printer.slips()) == 50
        assert re.fullmatch(r"tcp://127\.0\.0\.1:\d+", printer.port)
