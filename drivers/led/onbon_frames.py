"""The bytes of an Onbon BX-5K/5MK/6K font card: frames out, replies in, no port (hardware.md 2.1).

A frame is eight ``A5``, then header(14) + data + CRC-16/ARC (low byte first) with every A5, A6, 5A, 5B inside
escaped, then ``5A``. So a raw A5 always begins a frame and a raw 5A always ends one: whatever came before, the next
frame is found.
"""

import struct
from typing import Final

import msgspec

from drivers.led import SignShape
from drivers.led.sign_text import encode_lines, width_px
from firmware_py.errors import DriverFault

BROADCAST = 0xFFFE
"""Address every card obeys and none answers."""
MAX_AREA_BYTES = 1024
"""What one command's data may hold."""
REPLY_LIMIT = 512
"""Escaped bytes of a reply that are kept; the longest one a card sends here is 21 bytes before escaping."""

COLOURS: Final = {"own": b"", "red": b"\\C1", "green": b"\\C2", "yellow": b"\\C3"}
"""A colour and the order that begins a text in it."""
CARD_TYPES: Final = {
    "any": 0xFE,
    "5K1": 0x51,
    "5K2": 0x58,
    "5MK1": 0x54,
    "5MK2": 0x53,
    "6K1": 0x61,
    "6K2": 0x62,
    "6K3": 0x63,
}
"""A card's model and its type byte."""

NAK = (0xA0, 0x01)
ERROR_BUSY = 3
ERROR_CHECKSUM = 5
ERROR_NAMES = {
    1: "command group unknown",
    2: "command unknown",
    3: "controller busy",
    4: "out of memory",
    5: "checksum error",
    7: "flash access error",
    12: "font library missing",
    13: "firmware type does not match device_type",
}

_PC = 0x8000  # the address the vendor's software gives itself
_START = b"\xa5" * 8
_END = 0x5A
_HEADER = struct.Struct("<HH3xBBBBBH")
_AREA = struct.Struct("<BHHHHBBBH3xBBBBBBI")
_ESCAPE = {0xA5: b"\xa6\x02", 0xA6: b"\xa6\x01", 0x5A: b"\x5b\x02", 0x5B: b"\x5b\x01"}
_UNESCAPE = {b"\xa6\x02": 0xA5, b"\xa6\x01": 0xA6, b"\x5b\x02": 0x5A, b"\x5b\x01": 0x5B}
_STATIC, _MOVE_LEFT = 1, 3


class Reply(msgspec.Struct, frozen=True):
    """What a card answered. ``error`` 0 is yes; the rest is in ``ERROR_NAMES``."""

    source: int
    group: int
    command: int
    error: int

    @property
    def ok(self) -> bool:
        """The card did what it was told."""
        return self.error == 0 and (self.group, self.command) != NAK


def _crc_table() -> tuple[int, ...]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
        table.append(crc)
    return tuple(table)


_CRC = _crc_table()


def crc16(data: bytes) -> int:
    """CRC-16/ARC: reflected 0x8005, start 0, no final xor."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _CRC[(crc ^ byte) & 0xFF]
    return crc


def frame(address: int, data: bytes, device_type: int = 0xFE) -> bytes:
    """Wrap a command for the card at ``address`` (1…0xFFFD, or ``BROADCAST``)."""
    body = _HEADER.pack(address, _PC, 0, 0, 0, device_type, 0x02, len(data)) + data
    body += crc16(body).to_bytes(2, "little")
    return _START + b"".join(_ESCAPE.get(byte) or bytes((byte,)) for byte in body) + bytes((_END,))


def ping(address: int, device_type: int = 0xFE) -> bytes:
    """Ask a card whether it is there."""
    return frame(address, b"\xa2\x00\x01\x00\x00", device_type)


def clear(address: int, device_type: int = 0xFE) -> bytes:
    """Blank a card."""
    return frame(address, b"\xa3\x10\x01\x00\x00", device_type)


def show(address: int, text: str, shape: SignShape, device_type: int = 0xFE) -> bytes:
    """The command that makes a card show ``text``, one dynamic area (A3 06) for each line; it must answer.

    A text with nothing in it clears the card. Areas rather than the font's own line break: each line keeps its
    place, and one that is too wide for the sign moves to the left alone while the others stand still. Fewer lines than
    the sign has stand in the middle of their share of its height.

    Raises:
        DriverFault: ``led_text`` - cannot be encoded, more lines than the sign is high, or too long for a frame.
    """
    lines = encode_lines(text, shape)
    row_px = shape.height_px // len(lines)
    areas = [_area(row, line, shape, row_px) for row, line in enumerate(lines) if line]
    if not areas:
        return clear(address, device_type)
    # A sign with room for two lines may still show the second line of the text before: its areas are deleted first.
    delete = 0x00 if shape.lines == 1 else 0xFF
    data = bytes((0xA3, 0x06, 0x01, 0x00, 0x00, delete, len(areas)))
    data += b"".join(len(area).to_bytes(2, "little") + area for area in areas)
    if len(data) > MAX_AREA_BYTES:
        raise DriverFault("led_text", f"{len(data)} bytes; a card takes {MAX_AREA_BYTES} at once")
    return frame(address, data, device_type)


def _area(row: int, text: bytes, shape: SignShape, height_px: int) -> bytes:
    mode = _STATIC if width_px(text) <= shape.width_px else _MOVE_LEFT
    text = COLOURS[shape.colour] + text
    width = 0x8000 | shape.width_px  # bit 15: the width is in pixels, not in bytes of 8
    single_line, no_wrap, speed, stay = 0x01, 0x01, 0x04, 0x0A
    return (
        _AREA.pack(
            *(0x00, 0, row * height_px, width, height_px, row, 0, 0, 0),
            *(single_line, no_wrap, mode, 0, speed, stay, len(text)),
        )
        + text
    )


class ReplyReader:
    """Finds replies in whatever the bus delivers; never raises, never holds more than ``REPLY_LIMIT`` bytes."""

    def __init__(self) -> None:
        self._body: bytearray | None = None

    def feed(self, data: bytes) -> list[Reply]:
        """The complete, undamaged replies that ``data`` finishes."""
        replies = []
        for byte in data:
            if byte == _START[0]:
                self._body = bytearray()
            elif self._body is None:
                continue
            elif byte == _END:
                reply = parse_reply(bytes(self._body))
                self._body = None
                if reply is not None:
                    replies.append(reply)
            elif len(self._body) >= REPLY_LIMIT:
                self._body = None
            else:
                self._body.append(byte)
        return replies


def parse_reply(escaped: bytes) -> Reply | None:
    """The reply between the last A5 and the 5A, or None when escape, length or CRC is wrong."""
    body = _unescape(escaped)
    if body is None or len(body) < _HEADER.size + 3 + 2:
        return None
    if crc16(body[:-2]) != int.from_bytes(body[-2:], "little"):
        return None
    _, source, _, _, _, _, _, length = _HEADER.unpack_from(body)
    data = body[_HEADER.size : -2]
    if length != len(data):
        return None
    return Reply(source=source, group=data[0], command=data[1], error=data[2])


def _unescape(escaped: bytes) -> bytes | None:
    out = bytearray()
    at = 0
    while at < len(escaped):
        if escaped[at] in (0xA6, 0x5B):
            original = _UNESCAPE.get(escaped[at : at + 2])
            if original is None:
                return None
            out.append(original)
            at += 2
        else:
            out.append(escaped[at])
            at += 1
    return bytes(out)
