"""Answers of a printer: every byte is classified by its fixed bits, and nothing else is believed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.printer import Paper, PrinterStatus
from drivers.printer.replies import (
    BLOCK_MAX_BYTES,
    Reply,
    ReplyKind,
    ReplyReader,
    barrier_saw_paper_end,
    read_automatic,
    read_port_status,
    read_status,
)


def kinds_of(data: bytes) -> list[ReplyKind]:
    return [reply.kind for reply in ReplyReader().feed(data)]


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x12", ReplyKind.REAL_TIME),
        (b"\x16", ReplyKind.REAL_TIME),
        (b"\x1e", ReplyKind.REAL_TIME),
        (b"\x7e", ReplyKind.REAL_TIME),
        (b"\x00", ReplyKind.IN_ORDER),
        (b"\x03", ReplyKind.IN_ORDER),
        (b"\x0c", ReplyKind.IN_ORDER),
        (b"\x11", ReplyKind.FLOW),
        (b"\x13", ReplyKind.FLOW),
        (b"\x14\x00\x00\x0f", ReplyKind.AUTOMATIC),
        (b"\x37\x25\x00", ReplyKind.BLOCK),
        (b"\x37\x22\x30\x30\x30\x31\x00", ReplyKind.BLOCK),
        (b"\xff", ReplyKind.NOISE),
        (b"\x92", ReplyKind.NOISE),
    ],
)
def test_each_kind_of_answer_is_told_by_its_fixed_bits(data: bytes, kind: ReplyKind) -> None:
    assert ReplyReader().feed(data) == [Reply(kind, data)]


def test_an_automatic_status_does_not_pass_for_answers_to_what_was_asked() -> None:
    assert kinds_of(b"\x14\x00\x00\x0f\x16") == [ReplyKind.AUTOMATIC, ReplyKind.REAL_TIME]


def test_an_answer_behind_the_beginning_of_an_automatic_status_is_not_swallowed() -> None:
    assert kinds_of(b"\x14\x00\x12") == [ReplyKind.NOISE, ReplyKind.REAL_TIME]


def test_an_answer_behind_the_beginning_of_a_block_is_not_swallowed() -> None:
    assert kinds_of(b"\x37\x16") == [ReplyKind.NOISE, ReplyKind.REAL_TIME]
    assert kinds_of(b"\x37" + b"a" * BLOCK_MAX_BYTES)[0] is ReplyKind.NOISE


@given(st.lists(st.binary(max_size=12)))
def test_how_the_bytes_were_sliced_does_not_matter_and_none_is_lost(pieces: list[bytes]) -> None:
    whole, sliced = ReplyReader(), ReplyReader()
    at_once = whole.feed(b"".join(pieces))
    assert [reply for piece in pieces for reply in sliced.feed(piece)] == at_once
    joined = b"".join(reply.data for reply in at_once)
    assert b"".join(pieces).startswith(joined)
    assert len(b"".join(pieces)) - len(joined) < BLOCK_MAX_BYTES


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(
    ("answers", "status", "fault"),
    [
        ({1: 0x16, 2: 0x12, 3: 0x12, 4: 0x12}, PrinterStatus(True, Paper.OK), None),
        ({1: 0x12, 2: 0x12, 3: 0x12, 4: 0x1E}, PrinterStatus(True, Paper.LOW), None),
        ({1: 0x1E, 2: 0x32, 3: 0x12, 4: 0x7E}, PrinterStatus(False, Paper.OUT), "paper_out"),
        ({1: 0x1E, 2: 0x12, 3: 0x12, 4: 0x72}, PrinterStatus(False, Paper.OUT), "paper_out"),
        ({1: 0x1E, 2: 0x32, 3: 0x12, 4: 0x12}, PrinterStatus(False, Paper.OUT), "paper_out"),
        ({1: 0x1E, 2: 0x16, 3: 0x12, 4: 0x12}, PrinterStatus(False, Paper.OK, cover_open=True), "cover_open"),
        (
            {1: 0x1E, 2: 0x52, 3: 0x1A, 4: 0x12},
            PrinterStatus(False, Paper.OK, cutter_fault=True, error=True),
            "cutter",
        ),
        ({1: 0x1E, 2: 0x52, 3: 0x52, 4: 0x12}, PrinterStatus(False, Paper.OK, error=True), "printer_error"),
        ({1: 0x1E, 2: 0x12, 3: 0x32, 4: 0x12}, PrinterStatus(False, Paper.OK, error=True), "printer_error"),
        ({1: 0x1E, 2: 0x12, 3: 0x12, 4: 0x12}, PrinterStatus(False, Paper.OK), None),
        ({1: 0x16}, PrinterStatus(True, Paper.UNKNOWN), None),
    ],
)
def test_a_status_says_what_the_four_answers_say(
    answers: dict[int, int], status: PrinterStatus, fault: str | None
) -> None:
    assert read_status(answers) == status
    assert status.fault == fault


def test_near_end_at_the_barrier_is_printed_and_paper_end_is_not_certain() -> None:
    assert not barrier_saw_paper_end(0x00)
    assert not barrier_saw_paper_end(0x03)
    assert barrier_saw_paper_end(0x0C)
    assert barrier_saw_paper_end(0x0F)


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(
    ("block", "status", "fault"),
    [
        (b"\x14\x00\x00\x0f", PrinterStatus(True, Paper.OK), None),
        (b"\x10\x00\x03\x0f", PrinterStatus(True, Paper.LOW), None),
        (b"\x1c\x00\x0f\x0f", PrinterStatus(False, Paper.OUT), "paper_out"),
        (b"\x38\x00\x00\x0f", PrinterStatus(False, Paper.OK, cover_open=True), "cover_open"),
        (b"\x18\x08\x00\x0f", PrinterStatus(False, Paper.OK, cutter_fault=True), "cutter"),
        (b"\x18\x20\x00\x0f", PrinterStatus(False, Paper.OK, error=True), "printer_error"),
        (b"\x18\x44\x00\x0f", PrinterStatus(False, Paper.OK, error=True), "printer_error"),
    ],
)
def test_an_automatic_status_says_what_its_four_bytes_say(
    block: bytes, status: PrinterStatus, fault: str | None
) -> None:
    assert kinds_of(block) == [ReplyKind.AUTOMATIC]
    assert read_automatic(block) == status
    assert status.fault == fault


@pytest.mark.req("R-KIOSK-05")
@pytest.mark.parametrize(
    ("value", "status", "fault"),
    [
        (0x18, PrinterStatus(True, Paper.UNKNOWN), None),
        (0x38, PrinterStatus(False, Paper.OUT), "paper_out"),
        (0x20, PrinterStatus(False, Paper.OUT), "paper_out"),
        (0x08, PrinterStatus(False, Paper.UNKNOWN), None),
        (0x10, PrinterStatus(True, Paper.UNKNOWN, error=True), "printer_error"),
        (0x00, PrinterStatus(False, Paper.UNKNOWN, error=True), "printer_error"),
    ],
)
def test_a_port_status_says_what_its_three_lines_say_and_never_that_paper_is_there(
    value: int, status: PrinterStatus, fault: str | None
) -> None:
    assert read_port_status(value) == status
    assert status.fault == fault
