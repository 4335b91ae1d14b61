"""What is typed after a key: 转办 and a desk, 加办 an item, 说明原因 a reason, 登录 or 替岗 a staff number.

Digits, then 确认; five seconds without a key stand for 确认 too, and any other key takes everything back with a beep.
转办 takes the number of the desk meant, or 0 and the place of the service meant: ``3`` is desk 3, ``02`` the hall's
second service. 加办 takes the place of the item among those of the service being served, 说明原因 that of the reason in
the short list of R-DESK-03.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from drivers.keypad.keycaps import OK, typed
from firmware_py import phrases
from firmware_py.core import commands as c

TYPING_MS: Final = 5000
"""A pause this long stands for 确认; with nothing typed, the key is forgotten."""
MOST_DIGITS: Final = 12

_ALWAYS: Final = frozenset({"transfer", "add_item", "give_reason"})
_WHERE_PEOPLE_NAME_THEMSELVES: Final = frozenset({"login", "resume_desk", "stand_in"})


class Typed(msgspec.Struct, frozen=True):
    """A key and the digits behind it, complete."""

    word: str
    digits: str


class Mistyped(msgspec.Struct, frozen=True):
    """A wrong key, or too many digits: everything is taken back."""


class Typing:
    """What is being typed on one pad.

    Args:
        keys: the wire's key names to digits and ``ok``.
    """

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = keys
        self._word = ""
        self._digits = ""
        self._until = 0

    @property
    def shown(self) -> str | None:
        """The digits so far; None while nothing is typed."""
        return self._digits if self._word else None

    @property
    def due(self) -> int | None:
        """When a pause becomes 确认, monotonic ms."""
        return self._until if self._word else None

    def begin(self, word: str, now: int) -> None:
        """A key that waits for its digits."""
        self._word, self._digits, self._until = word, "", now + TYPING_MS

    def press(self, key: str, bounced: bool, now: int) -> Typed | Mistyped | None:
        """One more key; ``bounced`` = the same as the one before, at once. A digit may well come twice in a row."""
        if bounced and not self._digits:
            return None  # the key that began it, pressed twice in haste: on a USB pad it is a digit or 确认 as well
        words = typed(key, self._keys)
        digits = self._digits + "".join(word for word in words if word != OK)
        if OK in words:
            return self._end(digits)
        if words and len(digits) <= MOST_DIGITS:
            self._digits, self._until = digits, now + TYPING_MS
        elif words or not bounced:
            self._word = ""
            return Mistyped()
        return None

    def elapse(self, now: int) -> Typed | None:
        """What a pause ended; a key with nothing behind it is forgotten."""
        if not self._word or now < self._until:
            return None
        ended = self._end(self._digits)
        return ended if ended.digits else None

    def _end(self, digits: str) -> Typed:
        word, self._word = self._word, ""
        return Typed(word, digits)


def needs_digits(word: str, *, card: bool) -> bool:
    """Whether this key is only the beginning; ``card`` = people at this desk name themselves (R-DESK-02)."""
    return word in _ALWAYS or (card and word in _WHERE_PEOPLE_NAME_THEMSELVES)


def command_typed(
    word: str, digits: str, desk: int, *, services: Sequence[str], items: Sequence[str]
) -> c.HallCommand | None:
    """What ``word`` and the digits behind it ask for at ``desk``; None when they name nothing.

    ``services`` are the hall's in the plan's order, ``items`` those that can be added to the visit at the desk now.
    """
    match word:
        case "transfer":
            reason = phrases.text("keys.transfer")
            if digits.startswith("0"):
                service = _nth(services, digits[1:])
                return c.Transfer(desk, service=service, reason=reason) if service else None
            return c.Transfer(desk, target=int(digits), reason=reason) if digits else None
        case "add_item":
            # a service without a list of items takes any: the pad has no letters to name it
            item = _nth(items, digits) if items else phrases.text("keys.add_item")
            return c.AddItem(desk, item) if item else None
        case "give_reason":
            reason = _nth(phrases.absence_reasons(), digits)
            return c.GiveReason(desk, reason) if reason else None
        case "login":
            return c.Login(desk, staff=digits)
        case "resume_desk":
            return c.ResumeDesk(desk, staff=digits)
        case "stand_in":
            return c.StandIn(desk, staff=digits)
        case _:
            return None


def _nth(names: Sequence[str], place: str) -> str:
    at = int(place) if place else 0
    return names[at - 1] if 0 < at <= len(names) else ""
