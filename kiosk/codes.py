"""What a code held before the kiosk's reader asks for: checking an appointment in, or coming back with a number.

``B:CODE`` is an appointment. A number alone, ``A012``, is a ticket of today whose holder is back; with its day before
it, ``2026-11-21/A012``, one that an earlier day left unserved (T30).
"""

import re
from typing import Final

from firmware_py.core import commands as c

REPEAT_MS: Final = 3000
"""A code that stays before the lens is read again and again: within this time it is one."""

_BOOKING: Final = re.compile(r"B:([A-Z0-9-]{4,32})")
_NUMBER: Final = re.compile(r"(?:(\d{4}-\d{2}-\d{2})/)?([A-Z]{1,2}\d{3,4})")


def command_of(text: str) -> c.CheckIn | c.ReturnTicket | None:
    """The command of a code; None for one that is none of ours. Small letters and blanks around it do not matter."""
    code = text.strip().upper()
    if booking := _BOOKING.fullmatch(code):
        return c.CheckIn(booking[1])
    if number := _NUMBER.fullmatch(code):
        return c.ReturnTicket(number[2], number[1] or "")
    return None
