"""A Weilipu 威利普 card at the far end of its line: one to three lines of text, and never a word.

Written from the card's side of hardware.md 2.3, and shares nothing with ``drivers.led``.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from drivers.virtual.led_signs import LATE_S, ShownSign, VirtualSigns

ADDRESS: Final = 1
"""The frame names none: the card is alone."""

_HEAD: Final = b"\xf0\x01\xd0"
_COLOURS: Final = ("red", "green", "blue")


class VirtualWeilipu(VirtualSigns):
    """One card. Arguments as ``VirtualSigns``; ``lines`` is its height in lines."""

    def __init__(
        self,
        lines: int = 1,
        *,
        link: Path | None = None,
        late_s: float = LATE_S,
        on_change: Callable[[int], None] | None = None,
    ) -> None:
        self.colour = ""
        """The colour of the line it was told last."""
        self._lines = lines
        super().__init__({ADDRESS: ShownSign(ADDRESS)}, link=link, late_s=late_s, on_change=on_change)

    def _hear(self, pending: bytes, heard_ns: int) -> bytes:
        start = 0
        while (start := pending.find(_HEAD, start)) >= 0:
            frame = _whole(pending[start:])
            if frame:  # what stood before it was the ruins of another
                self._obey(frame, heard_ns)
                pending, start = pending[start + len(frame) :], 0
            else:
                start += 1
        return pending

    def _obey(self, frame: bytes, heard_ns: int) -> None:
        number, mode = frame[3], frame[4]
        card = self.cards[ADDRESS]
        if not 1 <= number <= self._lines or mode not in (1, 2) or not self._powered(ADDRESS):
            return
        card.heard(frame, heard_ns)
        self.colour = _COLOURS[frame[7]]
        card.put({**card.rows(), number - 1: frame[8:-1].decode("gb2312", errors="replace").rstrip(" ")})
        self.line.send(b"")  # nothing, or the noise of a bad line
        self._changed(ADDRESS)


def _whole(data: bytes) -> bytes:
    """The frame that ``data`` begins with; nothing when it is damaged or not all there."""
    size = 8 + data[6] if len(data) > 8 else 0  # the head of seven, colour and text that its last byte counts, the sum
    frame = data[:size] if size <= len(data) else b""
    return frame if len(frame) > 8 and sum(frame[:-1]) % 256 == frame[-1] and frame[7] < len(_COLOURS) else b""
