"""What a modem says, byte by byte: lines of text, and the two bytes that tell of the handset in its own socket.

``RING`` stands alone on its line; a caller's number on one that begins with ``NMBR =`` (hardware.md 6.5). ``<DLE>H``
and ``<DLE>h`` (line current of the local telephone detected, broken) come between lines, in voice mode only.
"""

import re
from typing import Final

import msgspec

LONGEST: Final = 120
"""Characters a line may have; longer ones are noise and discarded whole."""

_DLE: Final = 0x10
_LINE_ENDS: Final = b"\r\n"
_NUMBER: Final = re.compile(r"NMBR ?= ?([+0-9][0-9 *#-]{1,31})", re.IGNORECASE)
_ANSWERS: Final = {"OK": True, "0": True, "ERROR": False, "4": False}
"""A modem whose profile says so answers with digits until it is told otherwise."""


class Rings(msgspec.Struct, frozen=True):
    """``RING``."""


class Hook(msgspec.Struct, frozen=True):
    """The handset in the modem's socket was lifted, or put down."""

    lifted: bool


class Number(msgspec.Struct, frozen=True):
    """Who calls."""

    digits: str

    def __repr__(self) -> str:
        return "Number()"  # a number stands in no log (R-PHONE-10)


class Answered(msgspec.Struct, frozen=True):
    """The last line of the answer to a command."""

    ok: bool


Said = Rings | Hook | Number | Answered


class ModemEar:
    """Bytes in, what they mean out; holds at most one line. Whatever is nothing of the above is nobody's."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._shielded = False

    def feed(self, data: bytes) -> list[Said]:
        """Take what the wire brought and return what it completed, in order."""
        said: list[Said] = []
        for byte in data:
            if self._shielded:
                self._shielded = False
                if byte in b"Hh":
                    said.append(Hook(byte == ord("H")))
            elif byte == _DLE and not self._held:
                self._shielded = True
            elif byte not in _LINE_ENDS:
                if len(self._held) <= LONGEST:
                    self._held.append(byte)
            else:
                meaning = _meaning(bytes(self._held)) if len(self._held) <= LONGEST else None
                self._held.clear()
                if meaning is not None:
                    said.append(meaning)
        return said


def _meaning(line: bytes) -> Said | None:
    if not line.isascii():
        return None
    text = line.decode("ascii").strip(" ")
    if text == "RING":
        return Rings()
    if text in _ANSWERS:
        return Answered(_ANSWERS[text])
    number = _NUMBER.fullmatch(text)
    return Number(re.sub(r"[ -]", "", number[1])) if number else None
