"""What the printer says, byte by byte: answers told apart by their fixed bits, and a status read from them.

Bytes come unasked (automatic status, flow control, the answer to a question of before), so every byte is classified
by the bits each kind of answer fixes, and only what was asked for is believed (hardware.md 1.3).
"""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from drivers.printer import Paper, PrinterStatus
from drivers.printer.transport import NOT_ERROR, PAPER_END, SELECTED

ASK_PRINTER, ASK_OFFLINE_CAUSE, ASK_ERROR_CAUSE, ASK_PAPER = 1, 2, 3, 4
QUESTIONS = (ASK_PRINTER, ASK_OFFLINE_CAUSE, ASK_ERROR_CAUSE, ASK_PAPER)
"""The ``n`` of ``DLE EOT n``."""

BLOCK_MAX_BYTES = 80
"""A longer "block" is noise that happened to begin like one."""


class ReplyKind(StrEnum):
    """Which command an answer belongs to."""

    REAL_TIME = "real_time"
    """DLE EOT: 0xx1xx10."""
    IN_ORDER = "in_order"
    """GS r, GS I: 0xx0xxxx; comes when everything sent before it has been executed."""
    AUTOMATIC = "automatic"
    """Automatic status back: 0xx1xx00 and three more."""
    BLOCK = "block"
    """0x37 … 0x00, such as DLE DC4 8's "cleared"."""
    FLOW = "flow"
    """XON or XOFF."""
    NOISE = "noise"


class Reply(msgspec.Struct, frozen=True):
    """One answer and its bytes."""

    kind: ReplyKind
    data: bytes

    @property
    def value(self) -> int:
        """The first byte; the only one of REAL_TIME and IN_ORDER."""
        return self.data[0]


class ReplyReader:
    """Cuts what was received into answers, however it was sliced on its way. Never raises, keeps at most a block."""

    def __init__(self) -> None:
        self._begun = bytearray()

    def forget(self) -> None:
        """Drop an answer of which only the beginning came."""
        self._begun.clear()

    def feed(self, data: bytes) -> list[Reply]:
        """The answers completed by these bytes, in order."""
        replies: list[Reply] = []
        for byte in data:
            replies += self._take(byte)
        return replies

    def _take(self, byte: int) -> list[Reply]:
        if not self._begun:
            return self._begin(byte)
        in_block = self._begun[0] == 0x37
        if in_block and byte == 0x00 and len(self._begun) > 1:
            self._begun.append(byte)
            return [self._finish(ReplyKind.BLOCK)]
        fits = 0x20 <= byte <= 0x7E and len(self._begun) < BLOCK_MAX_BYTES if in_block else byte & 0x90 == 0x00
        if not fits:
            return [self._finish(ReplyKind.NOISE), *self._begin(byte)]
        self._begun.append(byte)
        return [self._finish(ReplyKind.AUTOMATIC)] if not in_block and len(self._begun) == 4 else []

    def _begin(self, byte: int) -> list[Reply]:
        if byte == 0x37 or byte & 0x93 == 0x10:
            self._begun.append(byte)
            return []
        if byte & 0x93 == 0x12:
            kind = ReplyKind.REAL_TIME
        elif byte in {0x11, 0x13}:
            kind = ReplyKind.FLOW
        elif byte & 0x90 == 0x00:
            kind = ReplyKind.IN_ORDER
        else:
            kind = ReplyKind.NOISE
        return [Reply(kind, bytes((byte,)))]

    def _finish(self, kind: ReplyKind) -> Reply:
        reply = Reply(kind, bytes(self._begun))
        self._begun.clear()
        return reply


def read_status(answers: Mapping[int, int]) -> PrinterStatus:
    """A status from the answers to ``DLE EOT n``; question 1 is answered, of the others what is missing is unknown."""
    offline_cause = answers.get(ASK_OFFLINE_CAUSE, 0)
    error_cause = answers.get(ASK_ERROR_CAUSE, 0)
    return PrinterStatus(
        online=not answers[ASK_PRINTER] & 0x08,
        paper=_paper(answers.get(ASK_PAPER), stopped_by_paper_end=bool(offline_cause & 0x20)),
        cover_open=bool(offline_cause & 0x04),
        cutter_fault=bool(error_cause & 0x08),
        error=bool(offline_cause & 0x40 or error_cause & 0x60),
    )


def read_automatic(block: bytes) -> PrinterStatus:
    """A status from the four bytes of automatic status back (GS a), which a printer sends whenever it changes."""
    printer, errors, sensor = block[0], block[1], block[2]
    paper = Paper.OUT if sensor & 0x0C else Paper.LOW if sensor & 0x03 else Paper.OK
    return PrinterStatus(
        online=not printer & 0x08,
        paper=paper,
        cover_open=bool(printer & 0x20),
        cutter_fault=bool(errors & 0x08),
        error=bool(errors & 0x64),
    )


def read_port_status(value: int) -> PrinterStatus:
    """A status from a port's three IEEE 1284 lines, for a printer that answers nothing itself; it cannot say "low"."""
    out = bool(value & PAPER_END)
    return PrinterStatus(
        online=bool(value & SELECTED) and not out,
        paper=Paper.OUT if out else Paper.UNKNOWN,
        error=not value & NOT_ERROR and not out,
    )


def barrier_saw_paper_end(value: int) -> bool:
    """True when the answer to ``GS r 1`` says that the paper ended: some printers run on without any."""
    return bool(value & 0x0C)


def _paper(answer: int | None, *, stopped_by_paper_end: bool) -> Paper:
    if stopped_by_paper_end or (answer is not None and answer & 0x60):
        return Paper.OUT
    if answer is None:
        return Paper.UNKNOWN
    return Paper.LOW if answer & 0x0C else Paper.OK
