"""The virtual printer's interface board: takes real-time commands out of what arrives, wherever they stand."""

from typing import Literal

import msgspec

CLEAR_BUFFERS = b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""DLE DC4 8, the only real-time command with a fixed tail to check."""


class Arrived(msgspec.Struct, frozen=True):
    """Bytes for the buffer, or one real-time command."""

    kind: Literal["data", "real_time"]
    data: bytes


class Arriving:
    """Sorts a stream of bytes, however it is sliced. A real-time command is obeyed also where it is none (1.3)."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> list[Arrived]:
        """What these bytes complete, in order; the beginning of a real-time command is kept back."""
        self._bytes += data
        arrived: list[Arrived] = []
        while self._bytes and (item := self._next()) is not None:
            del self._bytes[: len(item.data)]
            arrived.append(item)
        return arrived

    def _next(self) -> Arrived | None:
        first = self._bytes.find(0x10)
        if first:
            return Arrived("data", bytes(self._bytes if first < 0 else self._bytes[:first]))
        size = _real_time_size(bytes(self._bytes[:3]))
        if len(self._bytes) < size:
            return None
        command = bytes(self._bytes[:size])
        return Arrived("real_time", command) if _is_real_time(command) else Arrived("data", command[:1])


def _real_time_size(begun: bytes) -> int:
    match begun[1:2]:
        case b"":
            return 2
        case b"\x04" | b"\x05":
            return 3
        case b"\x14":
            return {b"": 3, b"\x01": 5, b"\x02": 5, b"\x08": len(CLEAR_BUFFERS)}.get(begun[2:3], 3)
        case _:
            return 1


def _is_real_time(command: bytes) -> bool:
    match command[1:3]:
        case b"\x04\x01" | b"\x04\x02" | b"\x04\x03" | b"\x04\x04" | b"\x05\x01" | b"\x05\x02":
            return True
        case b"\x14\x01" | b"\x14\x02":
            return True
        case _:
            return command == CLEAR_BUFFERS
