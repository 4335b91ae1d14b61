"""How a SYN6288 finds frames in what it hears: header, length, XOR checksum (hardware.md 5.4, the chip's side)."""

from collections.abc import Iterator

HEADER = 0xFD
LONGEST = 203
"""Bytes after the length: command, parameter, 200 of text, checksum."""

Heard = tuple[int, bytes] | None
"""A command and its data; None for a frame that is none."""


class ChipEar:
    """Bytes in, frames out; holds at most one frame."""

    def __init__(self) -> None:
        self._held = bytearray()

    def forget(self) -> None:
        """The power is gone."""
        self._held.clear()

    def feed(self, data: bytes) -> Iterator[Heard]:
        """What these bytes complete, in order."""
        self._held += data
        while (start := self._held.find(HEADER)) >= 0:
            del self._held[:start]
            if len(self._held) < 3:
                return
            length = self._held[1] << 8 | self._held[2]
            if not 2 <= length <= LONGEST:
                del self._held[0]
                yield None
                continue
            if len(self._held) < 3 + length:
                return
            frame = bytes(self._held[: 3 + length])
            check = 0
            for byte in frame:
                check ^= byte
            if check:
                del self._held[0]  # its header may have been a byte of another frame
                yield None
                continue
            del self._held[: len(frame)]
            yield frame[3], frame[4:-1]
        self._held.clear()
