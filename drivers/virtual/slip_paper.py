"""The paper of the virtual printer: rows as they come out, and slips as the knife or the end of the roll parts them."""

import struct
import zlib
from typing import Literal

import msgspec

Align = Literal["left", "center", "right"]

KEEP_RUNS = 5000
KEEP_BYTES = 1 << 20
"""Of a piece that is never cut; a host that sends noise must not fill the memory."""

_RULE_CHARACTERS = frozenset("─━-－_=＝—")
_RULE_MIN_COLUMNS = 8


class Style(msgspec.Struct, frozen=True):
    """How the next character comes out."""

    width: int = 1
    height: int = 1
    bold: bool = False
    align: Align = "left"


class TextRun(msgspec.Struct, frozen=True, tag="text", tag_field="kind"):
    """Characters of one style; ``ends_row`` is False when the row goes on with another style."""

    text: str
    width: int
    height: int
    bold: bool
    align: Align
    ends_row: bool = True


class RuleRun(msgspec.Struct, frozen=True, tag="rule", tag_field="kind"):
    """A row of nothing but line characters."""

    text: str


class QrRun(msgspec.Struct, frozen=True, tag="qr", tag_field="kind"):
    """A QR code the printer drew itself; ``module`` is the dots a side of its smallest square."""

    data: str
    module: int
    align: Align


class RasterRun(msgspec.Struct, frozen=True, tag="raster", tag_field="kind"):
    """A bitmap, black on white; ``png`` is a 1-bit PNG (base64 in JSON), sizes are in dots."""

    width: int
    height: int
    png: bytes
    align: Align


class FeedRun(msgspec.Struct, frozen=True, tag="feed", tag_field="kind"):
    """Paper moved on by so many dots without a row."""

    dots: int


Run = TextRun | RuleRun | QrRun | RasterRun | FeedRun


class PrintedSlip(msgspec.Struct, frozen=True):
    """One piece of paper in somebody's hand.

    ``bytes`` are the commands and characters that made it (questions such as GS r are left out), ``partial`` says
    that it lacks its end or its beginning: the roll ended there, or the printer was told to forget the rest.
    """

    number: int
    bytes: bytes
    runs: tuple[Run, ...]
    text: str
    partial: bool = False


class SlipPaper:
    """Paper under the head: a row being filled, rows printed, and at the cut a slip."""

    def __init__(self, columns: int) -> None:
        self.columns = columns
        self.rows_printed = 0
        """Rows of text, bitmaps and QR codes since the start."""
        self._row: list[tuple[str, Style]] = []
        self._row_columns = 0
        self._runs: list[Run] = []
        self._raw = bytearray()
        self._torn = False
        self._number = 0

    @property
    def hanging(self) -> str:
        """What stands on the piece under the head, which nobody has cut off yet."""
        return _plain(tuple(self._runs))

    @property
    def at_row_start(self) -> bool:
        """Nothing stands in the row yet: where some commands work only."""
        return not self._row

    def record(self, data: bytes) -> None:
        """These bytes went into the piece under the head."""
        self._raw += data
        del self._raw[:-KEEP_BYTES]

    def write(self, character: str, columns: int, style: Style) -> None:
        """Put one character into the row; a full row is printed first, as a real head does."""
        columns *= style.width
        if self._row_columns + columns > self.columns and self._row:
            self.end_row(style)
        if self._row and self._row[-1][1] == style:
            self._row[-1] = (self._row[-1][0] + character, style)
        else:
            self._row.append((character, style))
        self._row_columns += columns

    def end_row(self, style: Style) -> None:
        """Print the row, or an empty one."""
        row = self._row or [("", style)]
        self.drop_row()
        text = "".join(part for part, _ in row)
        if len(row) == 1 and set(text) <= _RULE_CHARACTERS and len(text) >= _RULE_MIN_COLUMNS:
            self.add(RuleRun(text))
            return
        for part, part_style in row[:-1]:
            self._runs.append(_text_run(part, part_style, ends_row=False))
        self.add(_text_run(*row[-1], ends_row=True))

    def add(self, run: Run) -> None:
        """A row, a bitmap or a QR code is on the paper."""
        self._runs.append(run)
        del self._runs[:-KEEP_RUNS]
        if not isinstance(run, FeedRun):
            self.rows_printed += 1

    def drop_row(self) -> None:
        """Forget the row that was not printed yet (ESC @)."""
        self._row = []
        self._row_columns = 0

    def begin_anew(self) -> None:
        """What was sent so far left no mark: it is no part of the slip that begins."""
        self.drop_row()
        if not self._runs:
            self._raw.clear()

    def tear(self) -> None:
        """The rest of this slip will never come (a cleared buffer)."""
        self.drop_row()
        self._torn = self._torn or bool(self._runs)

    def part(self, *, roll_ended: bool) -> PrintedSlip | None:
        """The piece under the head leaves, cut or as the end of the roll; None when nothing is on it."""
        runs, raw, torn = tuple(self._runs), bytes(self._raw), self._torn
        if roll_ended and not runs:
            return None
        self._runs = []
        self._raw = bytearray()
        self._torn = roll_ended
        if not any(_is_visible(run) for run in runs):
            return None
        self._number += 1
        return PrintedSlip(self._number, raw, runs, _plain(runs), partial=roll_ended or torn)


def png(width_bytes: int, height: int, bits: bytes) -> bytes:
    """A 1-bit PNG from raster bytes, where a set bit is a black dot."""
    rows = b"".join(
        b"\x00" + bytes(~byte & 0xFF for byte in bits[at : at + width_bytes])
        for at in range(0, width_bytes * height, width_bytes)
    )
    header = struct.pack(">IIBBBBB", width_bytes * 8, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows, 6)) + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _text_run(text: str, style: Style, *, ends_row: bool) -> TextRun:
    return TextRun(text, style.width, style.height, style.bold, style.align, ends_row)


def _is_visible(run: Run) -> bool:
    return bool(run.text.strip()) if isinstance(run, TextRun) else not isinstance(run, FeedRun)


def _plain(runs: tuple[Run, ...]) -> str:
    text = ""
    for run in runs:
        match run:
            case TextRun():
                text += run.text + ("\n" if run.ends_row else "")
            case RuleRun():
                text += run.text + "\n"
            case QrRun():
                text += f"[QR {run.data}]\n"
            case RasterRun():
                text += f"[bitmap {run.width}x{run.height}]\n"
            case FeedRun():
                pass
    return text
