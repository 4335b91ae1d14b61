"""The real code reader against a virtual one on a pty, and its lines byte by byte."""

import os
import queue
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.reader import LONGEST, CodeRead, ReaderLost
from drivers.reader.serial_reader import LineReader, SerialReader
from drivers.virtual.reader import VirtualReader
from firmware_py.errors import DriverOffline

WAIT_S = 5.0


@pytest.fixture
def far_end(tmp_path: Path) -> Iterator[VirtualReader]:
    made = VirtualReader(link=tmp_path / "reader")
    made.open()
    yield made
    made.close()


@pytest.fixture
def inbox() -> queue.SimpleQueue[object]:
    return queue.SimpleQueue()


@pytest.mark.req("R-KIOSK-07", "R-KIOSK-08")
def test_a_code_held_before_the_lens_is_read_once(far_end: VirtualReader, inbox: queue.SimpleQueue[object]) -> None:
    driver = SerialReader(far_end.path, inbox.put, now=lambda: 7)
    driver.open()
    far_end.scan("B:K7-2026")
    far_end.scan("2026-11-21/A012")

    assert [inbox.get(timeout=WAIT_S) for _ in range(2)] == [CodeRead("B:K7-2026", 7), CodeRead("2026-11-21/A012", 7)]
    driver.check()
    driver.close()
    with pytest.raises(DriverOffline):
        driver.check()
    assert inbox.empty(), "a close is no loss"


def test_a_reader_that_is_not_there_and_one_somebody_else_holds_are_offline(
    far_end: VirtualReader, inbox: queue.SimpleQueue[object], tmp_path: Path
) -> None:
    with pytest.raises(DriverOffline):
        SerialReader(str(tmp_path / "nothing"), inbox.put).open()
    first = SerialReader(far_end.path, inbox.put)
    first.open()
    with pytest.raises(DriverOffline):
        SerialReader(far_end.path, inbox.put).open()
    first.close()


@pytest.mark.req("R-TECH-02")
def test_a_pulled_cable_is_told_once_and_a_new_one_reads_again(
    far_end: VirtualReader, inbox: queue.SimpleQueue[object]
) -> None:
    driver = SerialReader(far_end.path, inbox.put)
    driver.open()
    far_end.unplug()
    assert isinstance(inbox.get(timeout=WAIT_S), ReaderLost)
    with pytest.raises(DriverOffline):
        driver.open()
    far_end.replug()
    driver.open()
    far_end.scan("A012")
    code = inbox.get(timeout=WAIT_S)
    driver.close()
    assert isinstance(code, CodeRead)
    assert code.text == "A012"


@pytest.mark.parametrize(
    ("wire", "codes"),
    [
        (b"A012\r", ["A012"]),
        (b"A012\r\n\r\nA013\n", ["A012", "A013"]),
        (b"  A012 \r", ["A012"]),
        (b"\r\n\r", []),
        (b"A012", []),
        (b"\xff\xfe\r", []),
        (b"A\x0012\rA013\r", ["A013"]),
        ("预约\r".encode(), ["预约"]),
        (b"x" * LONGEST + b"\r", ["x" * LONGEST]),
        (b"x" * (LONGEST + 1) + b"\rA012\r", ["A012"]),
    ],
)
def test_a_line_is_one_code(wire: bytes, codes: list[str]) -> None:
    assert LineReader().feed(wire) == codes


@pytest.mark.req("R-SYNC-02")
@given(st.lists(st.binary(max_size=300)))
def test_however_the_bytes_are_cut_the_same_codes_come_out(parts: list[bytes]) -> None:
    whole, cut = LineReader(), LineReader()

    assert [code for part in parts for code in cut.feed(part)] == whole.feed(b"".join(parts))


def test_a_code_that_nobody_reads_blocks_nobody(far_end: VirtualReader) -> None:
    for _ in range(2000):
        far_end.scan("A012")
    far_end.close()
    far_end.scan("A012")
    assert not os.path.lexists(far_end.path)
