"""The commands that make a printer answer for its slips, and the one answer that is compared whole."""

from typing import Final

BARRIER: Final = b"\x1dr\x01"
"""``GS r 1``: executed in its turn and not without paper, so its answer proves what stood before it (1.4)."""
TELL_CHANGES: Final = b"\x1da\x0e"
"""``GS a``: tell by yourself when online, error or paper change; answered at once with how it is now."""
CLEAR_BUFFERS: Final = b"\x10\x05\x02" + b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""``DLE ENQ 2`` and ``DLE DC4 8``: clones know the one, newer printers the other and answer it with ``37 25 00``."""
FORGET_ROW: Final = b"\x1b@"
"""Drops what a printer that knows neither ``GS a`` nor ``GS (`` took for text: none of it reaches paper."""


def request_process_id(number: str) -> bytes:
    """``GS ( H`` function 48: have the printer repeat these four characters when all before them is printed."""
    return b"\x1d(H\x06\x0000" + number.encode("ascii")


def process_id_reply(number: str) -> bytes:
    """What it then says."""
    return b"\x37\x22" + number.encode("ascii") + b"\x00"
