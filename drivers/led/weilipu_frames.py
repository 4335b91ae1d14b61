"""The bytes of a Weilipu 威利普 card: one frame for each of its lines, nothing in (hardware.md 2.3).

``F0 01 D0 line mode speed len color <GB2312> SUM``: mode 1 stands, 2 moves left; len counts the colour byte too; SUM
is the low byte of the sum of all bytes before it.
"""

from typing import Final

from drivers.led import SignShape
from drivers.led.sign_text import blanks, encode_lines, width_px
from firmware_py.errors import DriverFault

COLOURS: Final = {"red": 0, "green": 1, "blue": 2}
MAX_TEXT_BYTES: Final = 254
"""One byte counts the text and its colour."""

_HEAD: Final = b"\xf0\x01\xd0"
_STATIC, _MOVE_LEFT = 1, 2
_SPEED: Final = 1


def show(text: str, shape: SignShape) -> tuple[bytes, ...]:
    """The frames that make a card show ``text``, one for each of its lines; spaces for one with nothing in it.

    Raises:
        DriverFault: ``led_text`` - cannot be encoded, more lines than the card has, or a line longer than a frame.
    """
    lines = encode_lines(text, shape)
    lines += [b""] * (shape.lines - len(lines))
    return tuple(_line(number, line, shape) for number, line in enumerate(lines, start=1))


def _line(number: int, line: bytes, shape: SignShape) -> bytes:
    if len(line) > MAX_TEXT_BYTES:
        raise DriverFault("led_text", f"{len(line)} bytes in a line; a frame takes {MAX_TEXT_BYTES}")
    mode = _STATIC if width_px(line) <= shape.width_px else _MOVE_LEFT
    line = line or blanks(shape)[:MAX_TEXT_BYTES]
    frame = _HEAD + bytes((number, mode, _SPEED, len(line) + 1, COLOURS[shape.colour])) + line
    return frame + bytes((sum(frame) & 0xFF,))
