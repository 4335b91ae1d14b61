"""A sign's text as bytes: GB2312, which every font card here has, and nothing a card would take for an order."""

from drivers.led import FONT_PX, SignShape
from firmware_py.errors import DriverFault


def encode_line(line: str) -> bytes:
    """GB2312 for one line of a sign.

    Raises:
        DriverFault: ``led_text`` - a character the card's font lacks, a control character, or a backslash, which
            the card would take for the start of a colour or font order.
    """
    out = bytearray()
    for char in line:
        if char == "\\" or char < " " or char == "\x7f":
            raise DriverFault("led_text", f"{char!r} in {line!r} is an order to the card, not a character it shows")
        try:
            out += char.encode("gb2312")
        except UnicodeEncodeError as error:
            detail = f"{char!r} (U+{ord(char):04X}) in {line!r} is not in GB2312; use a word the sign's font has"
            raise DriverFault("led_text", detail) from error
    return bytes(out)


def encode_lines(text: str, shape: SignShape) -> list[bytes]:
    """The lines of a text, as many as it has.

    Raises:
        DriverFault: ``led_text`` - as for one line, or more of them than the sign is high.
    """
    lines = text.split("\n")
    if len(lines) > shape.lines:
        raise DriverFault("led_text", f"{len(lines)} lines of {FONT_PX} px do not fit a sign {shape.height_px} px high")
    return [encode_line(line) for line in lines]


def width_px(encoded: bytes) -> int:
    """How wide a line is: each of its bytes is half a hanzi."""
    return len(encoded) * FONT_PX // 2


def blanks(shape: SignShape) -> bytes:
    """A line of spaces, for a sign that has no order to clear it."""
    return b" " * -(-shape.width_px * 2 // FONT_PX)
