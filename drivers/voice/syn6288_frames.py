"""SYN6288 on the wire (hardware.md 5.4): frames to the chip, and what its answers, single bytes, mean.

A frame is ``FD lenH lenL command … checksum``; the length counts what follows it, the checksum is the XOR of all bytes
before it. The chip answers ``4A`` when it has started, ``41`` for a frame it took, ``45`` for one it did not, and says
``4E`` (busy) or ``4F`` (idle) when it is asked; ``4F`` also by itself when it has finished speaking.
"""

from enum import IntEnum
from functools import reduce
from operator import xor
from typing import Final

import msgspec

TEXT_MAX: Final = 200
"""Bytes of text in one frame, its marks included."""
VOLUME_MAX: Final = 16
NO_MARKS: Final = str.maketrans("", "", "[]")
"""Leaves out what the chip would take for marks."""
SPEED: Final = 5
"""``[t5]``, the chip's fastest and the usual one."""
SLOW_SPEED: Final = 3
_SPEAK, _STOP, _QUERY, _GB2312 = 0x01, 0x02, 0x21, 0x00
_PAUSES: Final = ",。,.;;::!?"


class Reply(IntEnum):
    """What a byte from the chip means."""

    TAKEN = 0x41
    NOT_TAKEN = 0x45
    STARTED = 0x4A
    BUSY = 0x4E
    IDLE = 0x4F


class Piece(msgspec.Struct, frozen=True):
    """What goes into one frame: text with its marks, and how many characters of it are spoken."""

    text: bytes
    characters: int


def frame(command: int, data: bytes = b"") -> bytes:
    """One frame."""
    length = len(data) + 2
    body = bytes((0xFD, length >> 8, length & 0xFF, command)) + data
    return body + bytes((reduce(xor, body),))


def speak(text: bytes) -> bytes:
    """Speak these GB2312 bytes, with the marks in them."""
    return frame(_SPEAK, bytes((_GB2312,)) + text)


STOP: Final = frame(_STOP)
QUERY: Final = frame(_QUERY)


def marked(text: str, *, volume: int, speed: int) -> list[Piece]:
    """The sentence with its marks, in pieces that fit a frame each; it is cut at its pauses where it can be.

    Square brackets in it are left out: the chip would take them for marks.

    Raises:
        UnicodeEncodeError: a character that the chip has not.
    """
    marks = f"[v{volume}][m0][t{speed}]".encode("ascii")
    room = TEXT_MAX - len(marks)
    pieces: list[Piece] = []
    piece = b""
    characters = 0
    for part in _parts(text.translate(NO_MARKS)):
        coded = part.encode("gb2312")
        if len(piece) + len(coded) > room:
            pieces.append(Piece(marks + piece, characters))
            piece, characters = b"", 0
        piece += coded
        characters += len(part)
    return [*pieces, Piece(marks + piece, characters)] if piece else pieces


def _parts(text: str) -> list[str]:
    """Runs up to a pause, none longer than fits a frame by far."""
    parts: list[str] = []
    run = ""
    for char in text:
        run += char
        if char in _PAUSES or len(run) >= 60:
            parts.append(run)
            run = ""
    return [*parts, run] if run else parts


def replies(data: bytes) -> list[Reply] | None:
    """What the chip said; None when a byte among it is none of its words, or there are more than it ever says at once.

    Its answers have no checksum: one doubtful byte makes doubtful what stands beside it.
    """
    known = {int(each) for each in Reply}
    if len(data) > 4 or not all(byte in known for byte in data):
        return None
    return [Reply(byte) for byte in data]
