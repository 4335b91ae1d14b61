"""The virtual printer's own reading of ESC/POS: one command or character at a time, strictly in order.

Chinese mode is off until ``FS &``, and the font has only two-byte characters: what a driver forgets shows on paper.
"""

from collections import Counter
from collections.abc import Callable
from typing import Literal

import msgspec

from drivers.virtual.slip_paper import Align, FeedRun, QrRun, RasterRun, SlipPaper, Style, png

BUFFER_BYTES = 256 * 1024
"""Receive buffer; what comes when it is full is lost, as on a serial line without flow control."""

_ALIGNMENTS: dict[int, Align] = {0: "left", 1: "center", 2: "right", 48: "left", 49: "center", 50: "right"}

_FIXED = {
    0x1B: dict.fromkeys(b"@2<", 0) | dict.fromkeys(b"!EadJMGRt3- {VrUT", 1) | dict.fromkeys(b"B$\\", 2) | {0x70: 3},
    0x1C: dict.fromkeys(b"&.", 0) | dict.fromkeys(b"!W-C", 1) | dict.fromkeys(b"Sp", 2),
    0x1D: dict.fromkeys(b"!raIBHhwf/b", 1) | dict.fromkeys(b"LWP", 2),
}
"""Bytes that follow ESC x, FS x and GS x, for commands of a fixed length."""


Model = Literal["full", "clone", "simple", "mute"]
"""What it understands: ``full`` everything; a ``clone`` passes over ``GS ( H`` and ``GS a``; a ``simple`` one prints
what it takes for text of them, and forgets nothing when told to; a ``mute`` one is a clone that never says a word."""


class Incomplete(Exception):
    """The rest of this command has not come yet."""


class CommandReader:
    """Executes what stands in ``buffer``.

    Args:
        paper: what it prints on.
        unknown: counts commands it does not know, in hexadecimal.
        answer: called with each command that asks for an answer in its turn: ``GS r``, ``GS a``, ``GS ( H``.
        cut: moves the knife, given the command that did it; False when that is stuck and the command must wait.
        model: what it understands.
    """

    def __init__(
        self,
        paper: SlipPaper,
        unknown: Counter[str],
        answer: Callable[[bytes], None],
        cut: Callable[[bytes], bool],
        model: Model = "full",
    ) -> None:
        self.buffer = bytearray()
        self._paper = paper
        self._unknown = unknown
        self._answer = answer
        self._cut_paper = cut
        self._model = model
        self.reset()

    def reset(self) -> None:
        """As it is when its power comes on."""
        self._style = Style()
        self._chinese = False
        self._chinese_scale = (1, 1)
        self._qr_data = b""
        self._qr_module = 3

    def _peek(self, size: int) -> bytes:
        if len(self.buffer) < size:
            raise Incomplete
        return bytes(self.buffer[:size])

    def _done(self, size: int, *, on_paper: bool = True) -> None:
        if on_paper:
            self._paper.record(bytes(self.buffer[:size]))
        del self.buffer[:size]

    def execute_next(self) -> None:
        """Execute one command or print one character.

        Raises:
            Incomplete: its end has not come yet.
        """
        first = self.buffer[0]
        if first in _FIXED:
            self._execute_command(first)
        elif first >= 0x20:
            self._write_character(first)
        else:
            self._done(1)
            if first == 0x0A:
                self._paper.end_row(self._style)
            elif first == 0x09:
                self._paper.write(" ", 1, self._style)
            elif first not in {0x00, 0x0D, 0x18}:
                self._unknown[f"{first:02x}"] += 1

    def _write_character(self, first: int) -> None:
        if first < 0x80:
            self._done(1)
            self._paper.write(chr(first) if first != 0x7F else " ", 1, self._style)
            return
        if not self._chinese:
            self._done(1)
            self._paper.write(bytes((first,)).decode("cp437"), 1, self._style)
            return
        if not 0x81 <= first <= 0xFE:
            self._done(1)
            self._paper.write("?", 1, self._style)
            return
        second = self._peek(2)[1]
        if not (0x40 <= second <= 0xFE and second != 0x7F):
            self._done(1)  # no such two-byte character: what a two-byte font makes of the four-byte form
            self._paper.write("?", 1, self._style)
            return
        pair = self._peek(2)
        self._done(2)
        try:
            character = pair.decode("gb18030")
        except UnicodeDecodeError:
            character = "?"
        wide, high = self._chinese_scale
        style = self._style
        scaled = Style(max(style.width, wide), max(style.height, high), style.bold, style.align)
        self._paper.write(character, 2, scaled)

    def _execute_command(self, first: int) -> None:
        second = self._peek(2)[1]
        size = _FIXED[first].get(second)
        if size is not None:
            command = self._peek(2 + size)
            if command == b"\x1b@":
                self._paper.begin_anew()
            self._done(len(command), on_paper=command[:2] not in {b"\x1dr", b"\x1dI", b"\x1da"})
            self._execute_fixed(command)
        elif (first, second) == (0x1D, 0x56):
            self._cut()
        elif (first, second) == (0x1D, 0x76) and self._peek(3)[2] == 0x30:
            self._raster()
        elif second == 0x28 and (self._model != "simple" or self._peek(3)[2] == 0x6B):
            self._with_length()
        elif (first, second) == (0x1B, 0x2A):
            head = self._peek(5)
            self._skip(5 + (head[3] + head[4] * 256) * (3 if head[2] in {32, 33} else 1))
        else:
            self._skip(2)

    def _skip(self, size: int) -> None:
        """Pass over a command it does not know; one too long to be one is taken for noise."""
        self._unknown[self._peek(2).hex()] += 1
        if size > BUFFER_BYTES:
            size = 2
        self._peek(size)
        self._done(size)

    def _execute_fixed(self, command: bytes) -> None:
        n = command[2] if len(command) > 2 else 0
        style = self._style
        match command[:2]:
            case b"\x1b@":
                self.reset()
                self._answer(b"\x1da\x00")
            case b"\x1bE" | b"\x1bG":
                self._style = msgspec.structs.replace(style, bold=bool(n & 1))
            case b"\x1ba" if n in _ALIGNMENTS and self._paper.at_row_start:
                self._style = msgspec.structs.replace(style, align=_ALIGNMENTS[n])
            case b"\x1b!":
                self._style = Style(1 + (n >> 5 & 1), 1 + (n >> 4 & 1), bool(n & 8), style.align)
            case b"\x1d!" if n & 0x88 == 0:
                self._style = msgspec.structs.replace(style, width=(n >> 4) + 1, height=(n & 7) + 1)
            case b"\x1bd":
                for _ in range(n):
                    self._paper.end_row(style)
            case b"\x1bJ":
                if not self._paper.at_row_start:
                    self._paper.end_row(style)
                self._paper.add(FeedRun(n))
            case b"\x1c&":
                self._chinese = True
            case b"\x1c.":
                self._chinese = False
            case b"\x1c!":
                self._chinese_scale = (1 + (n >> 2 & 1), 1 + (n >> 3 & 1))
            case b"\x1cW":
                self._chinese_scale = (2, 2) if n & 1 else (1, 1)
            case b"\x1dr":
                self._answer(command)
            case b"\x1da" if self._model == "full":
                self._answer(command)
            case b"\x1b2" | b"\x1b3" | b"\x1bt" | b"\x1bR" | b"\x1bM" | b"\x1b{" | b"\x1bB":
                pass  # line spacing, code page, font, buzzer: nothing a slip's text shows
            case _:
                self._unknown[command[:2].hex()] += 1

    def _cut(self) -> None:
        size = 4 if self._peek(3)[2] in {65, 66, 97, 98, 103, 104} else 3
        command = self._peek(size)
        if not self._paper.at_row_start:  # elsewhere a cut is not obeyed
            self._done(size)
        elif self._cut_paper(command):
            del self.buffer[:size]

    def _raster(self) -> None:
        head = self._peek(8)
        width_bytes, height = head[4] + head[5] * 256, head[6] + head[7] * 256
        size = 8 + width_bytes * height
        if not width_bytes or not height or size > BUFFER_BYTES:
            self._skip(size if size <= 8 else 2)
            return
        bits = self._peek(size)[8:]
        self._done(size)
        if not self._paper.at_row_start:
            self._paper.end_row(self._style)
        self._paper.add(RasterRun(width_bytes * 8, height, png(width_bytes, height, bits), self._style.align))

    def _with_length(self) -> None:
        head = self._peek(5)
        size = 5 + head[3] + head[4] * 256
        if head[:3] == b"\x1d(H" and self._model == "full":
            command = self._peek(size)
            self._done(size, on_paper=False)
            self._answer(command)
            return
        if head[:3] != b"\x1d(k":
            self._skip(size)
            return
        body = self._peek(size)[5:]
        self._done(size)
        match body[:1], body[1:2]:
            case b"1", b"A" | b"E":
                pass  # model and error correction: the far end draws none
            case b"1", b"C" if len(body) > 2:
                self._qr_module = body[2]
            case b"1", b"P":
                self._qr_data = body[3:]
            case b"1", b"Q":
                self._paper.add(QrRun(self._qr_data.decode("utf-8", "replace"), self._qr_module, self._style.align))
            case _:
                self._unknown["1d286b"] += 1
