"""What a code reader types as a USB keyboard of the US layout, put together to lines again.

Readers come set to the US layout, whatever stands on the host's keyboards. Only what a code can consist of has a key
here; Ctrl, Alt and the rest are nothing. A code is ended by Enter, or given up when a key is long in coming: a reader
types a code in a tenth of a second, so what stops in the middle was noise, or a hand.
"""

from typing import Final

from drivers.keypad.key_names import code_of
from drivers.reader import LONGEST

PAUSE_MS: Final = 500
"""Keys further apart than this do not belong to one code."""

_SHIFTS: Final = frozenset({code_of("KEY_LEFTSHIFT"), code_of("KEY_RIGHTSHIFT")})
_ENDS: Final = frozenset({code_of("KEY_ENTER"), code_of("KEY_KPENTER"), code_of("KEY_LINEFEED")})
_TYPED: Final = {
    **{code_of(f"KEY_{letter}"): (letter.lower(), letter) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    **{code_of(f"KEY_{digit}"): (digit, other) for digit, other in zip("1234567890", "!@#$%^&*()", strict=True)},
    **{code_of(f"KEY_KP{digit}"): (digit, digit) for digit in "0123456789"},
    code_of("KEY_SPACE"): (" ", " "),
    code_of("KEY_MINUS"): ("-", "_"),
    code_of("KEY_EQUAL"): ("=", "+"),
    code_of("KEY_LEFTBRACE"): ("[", "{"),
    code_of("KEY_RIGHTBRACE"): ("]", "}"),
    code_of("KEY_BACKSLASH"): ("\\", "|"),
    code_of("KEY_SEMICOLON"): (";", ":"),
    code_of("KEY_APOSTROPHE"): ("'", '"'),
    code_of("KEY_GRAVE"): ("`", "~"),
    code_of("KEY_COMMA"): (",", "<"),
    code_of("KEY_DOT"): (".", ">"),
    code_of("KEY_SLASH"): ("/", "?"),
    code_of("KEY_KPMINUS"): ("-", "-"),
    code_of("KEY_KPPLUS"): ("+", "+"),
    code_of("KEY_KPDOT"): (".", "."),
    code_of("KEY_KPSLASH"): ("/", "/"),
    code_of("KEY_KPASTERISK"): ("*", "*"),
}
"""Key code → what it types without and with Shift."""

WANTED: Final = frozenset({code_of("KEY_ENTER"), *(code_of(f"KEY_{digit}") for digit in "1234567890")})
"""What every reader's keyboard has, and a mouse or a power button has not."""


class TypedLines:
    """Keys in, whole codes out; holds at most one code."""

    def __init__(self) -> None:
        self._held: list[str] = []
        self._spoilt = False
        """Too long, or with keys missing: all of it, to its end."""
        self._shifts: set[int] = set()
        self._last_at = 0

    def key(self, code: int, down: bool, at: int) -> str:
        """Take a key that went down or came up at monotonic ``at`` ms; the code it completes, or ""."""
        if at - self._last_at > PAUSE_MS:
            self._drop()
            self._shifts.clear()  # no reader holds it so long: it came up unseen
        self._last_at = at
        if code in _SHIFTS:
            (self._shifts.add if down else self._shifts.discard)(code)
            return ""
        if not down:
            return ""
        if code in _ENDS:
            text = "" if self._spoilt else "".join(self._held).strip()
            self._drop()
            return text
        typed = _TYPED.get(code)
        if typed is not None:
            self._spoilt = self._spoilt or len(self._held) >= LONGEST
            if not self._spoilt:
                self._held.append(typed[bool(self._shifts)])
        return ""

    def torn(self) -> None:
        """Keys got lost: what is left of the code in hand may read like another one."""
        self._spoilt = True
        self._shifts.clear()

    def _drop(self) -> None:
        self._held.clear()
        self._spoilt = False
