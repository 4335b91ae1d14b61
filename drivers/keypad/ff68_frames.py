"""The ``FF 68`` pad protocol as pure bytes: frames out, frames in, nothing believed without its checksum.

``FF 68 L L 68 addr func data… CS 16`` at 9600 8N1 (hardware.md 3.1, an FT1.2 relative): L = 2 + len(data), sent twice;
CS = (addr + func + Σdata) mod 256. From a pad come L = 3…5; anything else is noise.

======================  ====  ===========================  ==============================================
from a device           func  data                         the host answers
======================  ====  ===========================  ==============================================
caller key              01    1…3 bytes, e.g. 0C, 06 0F    the same frame
evaluator key           11    1 byte, position 0…4         the same address and data with func 01
======================  ====  ===========================  ==============================================

The deployed receiver never looks at a caller key's func. Func 01 is chosen because that system's "start evaluation"
frame is, byte for byte, the caller's own key 0B with func 01; it stands in one constant should a capture disagree.
"""

import msgspec

CALLER_KEY = 0x01
LEVEL_KEY = 0x11
SHOW_DIGITS = 0x02
BEEP = 0x03
EVALUATE = b"\x0b"
"""Data of the frame that lights an evaluator; func is ``CALLER_KEY``."""

BLANK = 0x0A
"""A dark digit of the display."""

LEVELS = 5
"""Evaluator positions, 0 first from the left; the deployed four-key model uses 0…3."""

_START, _AGAIN, _END = b"\xff\x68", 0x68, 0x16
_OVERHEAD = 7
_SHORTEST, _LONGEST = 3, 5


class Frame(msgspec.Struct, frozen=True):
    """One frame's meaning: who, what, with which data."""

    address: int
    func: int
    data: bytes

    def encode(self) -> bytes:
        """The frame as it stands on the wire.

        Raises:
            ValueError: address, func or length cannot be written.
        """
        if not (0 <= self.address <= 0xFF and 0 <= self.func <= 0xFF and len(self.data) <= 0xFD):
            raise ValueError(f"not a frame of this bus: {self}")
        body = bytes([self.address, self.func]) + self.data
        return _START + bytes([len(body), len(body), _AGAIN]) + body + bytes([sum(body) & 0xFF, _END])


def digits_frame(address: int, waiting: int | None, ticket: str) -> Frame:
    """Three digits of people waiting, three of the ticket; ``None`` and ``""`` stay dark.

    More than 999 waiting shows 999. Letters of the ticket are skipped (the display has none) and a number past 999
    shows its last three digits.
    """
    shown = "" if waiting is None else str(min(max(waiting, 0), 999))
    number = "".join(char for char in ticket if char in "0123456789")[-3:]
    return Frame(address, SHOW_DIGITS, _three(shown) + _three(number))


def _three(digits: str) -> bytes:
    return bytes(BLANK if char == " " else int(char) for char in digits.rjust(3))


def beep_frame(address: int) -> Frame:
    """One short beep of a pad."""
    return Frame(address, BEEP, b"")


def invite_frame(address: int) -> Frame:
    """Light the evaluator: start evaluation."""
    return Frame(address, CALLER_KEY, EVALUATE)


def answer(frame: Frame) -> Frame | None:
    """The acknowledgement a device waits for, or None for a frame no device sends."""
    if frame.func == CALLER_KEY:
        return frame
    if frame.func == LEVEL_KEY and len(frame.data) == 1 and frame.data[0] < LEVELS:
        return Frame(frame.address, CALLER_KEY, frame.data)
    return None


def key_name(data: bytes) -> str:
    """The wire's own name of a caller key: ``"0C"``, ``"06+0F"``."""
    return "+".join(f"{byte:02X}" for byte in data)


class FrameReader:
    """Bytes in, whole frames out. Holds fewer bytes than one frame, and finds the next frame after any noise.

    ``dropped`` counts the bytes since the last whole frame that belong to none.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.dropped = 0

    def __len__(self) -> int:
        """Bytes held because they may still become a frame."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Frame]:
        """Take what the wire brought and return the frames it completed, in order."""
        buffer = self._buffer
        buffer += data
        frames: list[Frame] = []
        at = 0
        while at < len(buffer):
            need = _need(buffer, at)
            if need == 0:
                at += 1
                self.dropped += 1
            elif at + need > len(buffer):
                break
            else:
                frames.append(Frame(buffer[at + 5], buffer[at + 6], bytes(buffer[at + 7 : at + need - 2])))
                at += need
                self.dropped = 0
        del buffer[:at]
        return frames


def _need(buffer: bytearray, at: int) -> int:
    """How many bytes a frame starting here has or needs; 0 when no frame can start here."""
    head = buffer[at : at + 5]
    if not _START.startswith(bytes(head[:2])):
        return 0
    if len(head) > 2 and not _SHORTEST <= head[2] <= _LONGEST:
        return 0
    if len(head) > 3 and head[3] != head[2]:
        return 0
    if len(head) < 5:
        return 5
    if head[4] != _AGAIN:
        return 0
    total = head[2] + _OVERHEAD
    if at + total > len(buffer):
        return total
    *body, check, end = buffer[at + 5 : at + total]
    return total if end == _END and sum(body) & 0xFF == check else 0
