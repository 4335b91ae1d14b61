"""A ticket's number typed on keys: letters before it, digits, and a key that ends it (R-KIOSK-08)."""

from collections.abc import Collection
from typing import Final

PAUSE_MS: Final = 15_000
"""Whoever types has gone when the next key is so long in coming."""
BOUNCE_MS: Final = 50
_DIGITS_MAX: Final = 4


class TypedNumber:
    """The number as far as it is typed. Times are monotonic milliseconds.

    Args:
        prefixes: of the hall's numbers; where there is one, nobody needs to type it.
    """

    def __init__(self, prefixes: Collection[str]) -> None:
        self._only = next(iter(set(prefixes))) if len(set(prefixes)) == 1 else ""
        self._letters = self._digits = ""
        self._last: tuple[str, int] = ("", -PAUSE_MS)

    def key(self, types: str, at: int) -> bool:
        """Take a key other than ``ok``; False when it only bounced."""
        last, when = self._last
        if types == last and at - when < BOUNCE_MS:
            return False
        self._last = (types, at)
        if at - when >= PAUSE_MS or types == "clear":
            self._letters = self._digits = ""
        if types.isdigit():
            self._digits = (self._digits + types)[-_DIGITS_MAX:]
        elif types != "clear":
            self._letters, self._digits = types, ""  # letters begin a number
        return True

    @property
    def shown(self) -> str:
        """What is typed so far."""
        return self._letters + self._digits

    def lacks_letters(self) -> bool:
        """Whether nobody can tell which queue's number it is."""
        return bool(self._digits) and not (self._letters or self._only)

    def take(self, at: int) -> str:
        """The whole number, three digits at least, as it stands on a slip; "" = none, or typed too long ago. What comes
        next is another one."""
        letters, digits, (_, when) = self._letters or self._only, self._digits, self._last
        self._letters = self._digits = ""
        return f"{letters}{digits.zfill(3)}" if letters and digits and at - when < PAUSE_MS else ""
