"""A slip as ESC/POS bytes: text written by ourselves as GB18030, everything rare or drawn by python-escpos.

python-escpos's own ``text()`` turns lone full-width punctuation and rare characters into "?" and counts a Chinese
character as one column (hardware.md 1.1), so it builds only the QR code, the bitmap and the cut.
"""

import msgspec

from drivers.printer import Align, Element, Line, Qr, Rule, Slip
from drivers.printer.library import WIDTHS_DOTS, byte_builder
from drivers.printer.raster import ROW_DOTS, raster_row
from drivers.printer.rows import Encoding, break_rows, fits_font

COLUMN_DOTS = 12

START = b"\x1b@\x1c&\x1c!\x00"
"""``ESC @`` forget every setting, ``FS &`` Chinese mode, ``FS ! 0`` plain Chinese characters."""

DOTS_PER_MM = 8
LINE_DOTS = 34
"""From row to row unless the characters are larger: a sixth of an inch."""
TO_KNIFE_MM = 15.0
"""From the head to the knife or the tear bar: paper that every slip takes beyond its rows."""
FEED_TO_TEAR = b"\x1bd\x05"
"""``ESC d 5``: a printer without a knife moves the last row past its tear bar."""

QR_MAX_BYTES = 512
QR_MODULE_DOTS = range(3, 7)
"""Dots a side of one QR module: fewer than 3 do not scan from thermal paper, more than 6 waste it."""

_ALIGNMENTS: dict[Align, int] = {"left": 0, "center": 1, "right": 2}
_EC_M = 1


class SlipError(ValueError):
    """The slip asks for what cannot be on paper; the sentence says what to change."""


class Job(msgspec.Struct, frozen=True):
    """The bytes of one slip, and how much paper they use."""

    data: bytes
    mm: float


def encode(
    slip: Slip,
    *,
    width_dots: int = 576,
    encoding: Encoding = "gb18030",
    font: str | None = None,
    cutter: bool = True,
) -> bytes:
    """The bytes of one slip, from ``ESC @`` to the cut; arguments and errors as ``job_of``."""
    return job_of(slip, width_dots=width_dots, encoding=encoding, font=font, cutter=cutter).data


def job_of(
    slip: Slip,
    *,
    width_dots: int = 576,
    encoding: Encoding = "gb18030",
    font: str | None = None,
    cutter: bool = True,
) -> Job:
    """One slip for the wire.

    Args:
        slip: what goes on paper.
        width_dots: 384 (58 mm paper, 32 columns) or 576 (80 mm, 48 columns).
        encoding: how the printer reads text.
        font: font file for characters the printer has not; without it the system's CJK fonts are searched.
        cutter: whether it has a knife; without one the slip is moved past the tear bar.

    Raises:
        SlipError: a size outside 1…8, a QR code that does not fit, an unknown width.
        DriverFault: ``no_font`` - a character must be drawn and there is nothing to draw it with.
    """
    if width_dots not in WIDTHS_DOTS:
        raise SlipError(f"width_dots is {width_dots}; this printer head is 384 or 576 dots wide")
    writer = _Writer(width_dots, encoding, font)
    for element in slip.elements:
        writer.put(element)
    return writer.finish(cutter=cutter)


class _Writer:
    """Writes elements one below the other and sends a setting only when it changes: a slip is a few hundred bytes."""

    def __init__(self, width_dots: int, encoding: Encoding, font: str | None) -> None:
        self._width_dots = width_dots
        self._encoding: Encoding = encoding
        self._font = font
        self._out = bytearray(START)
        self._align: Align = "left"
        self._bold = False
        self._size = 1
        self._dots = 0

    def put(self, element: Element) -> None:
        match element:
            case Line():
                self._line(element)
            case Rule():
                self._rule()
            case Qr():
                self._qr(element)

    def finish(self, *, cutter: bool) -> Job:
        end = FEED_TO_TEAR
        if cutter:
            builder = byte_builder(self._width_dots)
            builder.cut(feed=False)
            end = builder.output
        return Job(bytes(self._out) + end, self._dots / DOTS_PER_MM + TO_KNIFE_MM)

    def _line(self, line: Line) -> None:
        if not 1 <= line.size <= 8:
            raise SlipError(f"size {line.size} of {line.text!r}: a printer enlarges 1 to 8 times")
        for row in break_rows(line.text, self._width_dots // (COLUMN_DOTS * line.size)):
            self._set(align=line.align, bold=line.bold, size=line.size)
            if all(fits_font(character, self._encoding) for character in row):
                self._out += row.encode(self._encoding) + b"\n"
                self._dots += max(LINE_DOTS, COLUMN_DOTS * 2 * line.size)
            else:
                self._dots += ROW_DOTS * line.size
                self._out += raster_row(
                    row, size=line.size, bold=line.bold, width_dots=self._width_dots, font=self._font
                )

    def _rule(self) -> None:
        self._set(align="left", bold=False, size=1)
        columns = self._width_dots // COLUMN_DOTS
        # U+2500 is one unbroken line in a two-byte font; a UTF-8 printer may draw it half as wide.
        row = "-" * columns if self._encoding == "utf-8" else "─" * (columns // 2)
        self._out += row.encode(self._encoding) + b"\n"
        self._dots += LINE_DOTS

    def _qr(self, qr: Qr) -> None:
        modules, size = _qr_modules(qr.data, self._width_dots)
        self._set(align="center", bold=False, size=1)
        builder = byte_builder(self._width_dots)
        builder.qr(qr.data, ec=_EC_M, size=size, native=True)
        self._out += builder.output
        self._dots += modules * size
        self._line(Line(qr.label, align="center"))

    def _set(self, *, align: Align, bold: bool, size: int) -> None:
        if align != self._align:
            self._out += bytes((0x1B, 0x61, _ALIGNMENTS[align]))
            self._align = align
        if bold != self._bold:
            self._out += bytes((0x1B, 0x45, bold))
            self._bold = bold
        if size != self._size:
            # GS ! and not ESC !, which leaves Chinese characters small on some printers
            self._out += bytes((0x1D, 0x21, (size - 1) << 4 | (size - 1)))
            self._size = size


def _qr_modules(data: str, width_dots: int) -> tuple[int, int]:
    """Modules a side, and dots a side of one, as large as the paper allows; the quiet zone is four modules around."""
    if not data or not data.isprintable() or len(data.encode()) > QR_MAX_BYTES:
        raise SlipError(f"QR data must be 1 to {QR_MAX_BYTES} bytes of printable text, not {data[:60]!r}")
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.main import QRCode

    code = QRCode(error_correction=ERROR_CORRECT_M)
    code.add_data(data.encode(), optimize=0)
    modules = 17 + 4 * int(code.best_fit())
    dots: int = width_dots // (modules + 8)
    if dots < QR_MODULE_DOTS.start:
        raise SlipError(f"a QR code of {len(data.encode())} bytes is too fine for {width_dots} dots; shorten its data")
    return modules, min(dots, QR_MODULE_DOTS.stop - 1)
