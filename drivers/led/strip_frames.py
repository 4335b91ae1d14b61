"""The bytes of ``AA addr BB 51 54`` calling-system strips (条屏, 综合屏): frames out, nothing in (hardware.md 2.2).

``AA addr BB 51 54 SUM p1 p2 p3 p4 63 <GB2312> FF``. SUM is the low byte of the sum from p1 on; one of the two known
programs counts the closing ``FF``, the other does not. No byte of GB2312 is ``FF``, so the end is the end.
"""

from typing import Final

from drivers.led import SignShape
from drivers.led.sign_text import blanks, encode_lines
from firmware_py.errors import DriverFault

PARAMETERS: Final = {
    "strip": b"\x01\x00\x99\x00",
    "screen": b"\x08\x02\x99\x00",
    "wpf": b"\x01\x00\x00\x02",
}
"""p1 to p4 as the known programs send them: to a strip, to an integrated screen, and a sample program's."""
COUNTS_END: Final = {"strip": True, "screen": True, "wpf": False}
"""Whether the program that sends those parameters counts the closing ``FF`` in SUM."""
MAX_TEXT_BYTES: Final = 200
"""No limit is documented; a text this long is a mistake, and would hold the line for a quarter of a second."""

_HEAD: Final = b"\xbb\x51\x54"
_TEXT: Final = b"\x63"
_END: Final = b"\xff"


def show(address: int, text: str, shape: SignShape, *, kind: str = "strip", counts_end: bool = True) -> tuple[bytes]:
    """The frame that makes the strip at ``address`` show ``text``; spaces for an empty one, no order clears it.

    Raises:
        DriverFault: ``led_text`` - cannot be encoded, more than one line, or longer than any strip.
    """
    line, *more = encode_lines(text, shape)
    if more:
        raise DriverFault("led_text", f"{1 + len(more)} lines; a strip has one")
    if len(line) > MAX_TEXT_BYTES:
        raise DriverFault("led_text", f"{len(line)} bytes; a strip is sent {MAX_TEXT_BYTES} at most")
    body = PARAMETERS[kind] + _TEXT + (line or blanks(shape))
    checksum = sum(body + _END if counts_end else body) & 0xFF
    return (b"\xaa" + bytes((address,)) + _HEAD + bytes((checksum,)) + body + _END,)
