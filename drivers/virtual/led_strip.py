"""``AA addr BB 51 54`` strips at the far end of their line: they show what is for them, and never say a word.

Written from the strip's side of hardware.md 2.2, and shares nothing with ``drivers.led``.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from drivers.virtual.led_signs import LATE_S, ShownSign, VirtualSigns

_FRAME: Final = re.compile(rb"\xaa(.)\xbb\x51\x54(.)(.{4}\x63[^\xff]*)\xff", re.DOTALL)


class VirtualStrips(VirtualSigns):
    """The strips of one line. Arguments as ``VirtualSigns``.

    Args:
        addresses: the strips'.
        counts_end: whether the strips' checksum covers the closing ``FF``.
    """

    def __init__(
        self,
        addresses: Iterable[int],
        *,
        counts_end: bool = True,
        link: Path | None = None,
        late_s: float = LATE_S,
        on_change: Callable[[int], None] | None = None,
    ) -> None:
        self._end = 0xFF if counts_end else 0
        cards = {address: ShownSign(address) for address in addresses}
        super().__init__(cards, link=link, late_s=late_s, on_change=on_change)

    def _hear(self, pending: bytes, heard_ns: int) -> bytes:
        start = 0
        while (match := _FRAME.search(pending, start)) is not None:
            whole = (sum(match[3]) + self._end) % 256 == match[2][0]
            start = match.end() if whole else match.start() + 1
            if whole:
                self._obey(match[1][0], match[0], match[3][5:], heard_ns)
        return pending[start:]

    def _obey(self, address: int, raw: bytes, text: bytes, heard_ns: int) -> None:
        sign = self.cards.get(address)
        if sign is None or not self._powered(address):
            return
        sign.heard(raw, heard_ns)
        sign.put({0: text.decode("gb2312", errors="replace").rstrip(" ")})
        self.line.send(b"")  # nothing, or the noise of a bad line
        self._changed(address)
