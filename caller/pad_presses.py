"""What the keys of a staff pad ask for: bounces absorbed, digits collected, three keys read by what the desk is doing.

Pure: a press, a pause or an answer comes in, and at most one wish comes out.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from caller.pad_three import ThreeKeys, is_away
from caller.pad_typing import Mistyped, Typed, Typing, command_typed, needs_digits
from caller.pad_words import WORDS
from drivers.keypad.keycaps import TYPED
from firmware_py.core import commands as c
from firmware_py.core.views import DeskView

BOUNCE_MS: Final = 400
"""The same key again within this time is the same press (R-CORE-22)."""
INSIST_MS: Final = 10_000
"""暂停 pressed again within this time of being told that this is the last desk: it is urgent (R-CORE-25)."""


class Ask(msgspec.Struct, frozen=True):
    """A command to ask the hall for; ``then`` is the word to ask for when it is granted, ``second`` = it is that."""

    command: c.HallCommand
    then: str = ""
    second: bool = False


class Refuse(msgspec.Struct, frozen=True):
    """The pad must say that this was no good: mistyped, too soon, or refused by the hall."""


Wish = Ask | Refuse | None
"""None = there is nothing to do: a bounce, one digit of several, a key without use."""


class PadPresses:
    """The keys of one pad.

    Args:
        desk: whose they are.
        keys: the wire's key names to words of ``WORDS``.
        typing: the wire's key names to digits and ``ok`` while something is typed; None = those of ``keys``.
        three: there are the keys next, recall and pause alone.
        services: the hall's, in the plan's order, for 转办 to one of them.
        card: people at this desk name themselves by their staff number (R-DESK-02).
    """

    def __init__(
        self,
        desk: int,
        *,
        keys: Mapping[str, str],
        typing: Mapping[str, str] | None,
        three: bool,
        services: Sequence[str],
        card: bool,
    ) -> None:
        self._desk = desk
        self._keys = keys
        self._typing = Typing({key: word for key, word in keys.items() if word in TYPED} if typing is None else typing)
        self._three = ThreeKeys() if three else None
        self._services = services
        self._card = card
        self._last: tuple[str, int] = ("", -BOUNCE_MS)
        self._last_desk_at: int | None = None
        self._then: dict[str, str] = {}
        """Command under way → the word to ask for when it is granted."""
        self._second = ""

    @property
    def typed(self) -> str | None:
        """The digits so far; None while nothing is typed."""
        return self._typing.shown

    @property
    def due(self) -> int | None:
        """When a pause in typing stands for 确认."""
        return self._typing.due

    def press(self, key: str, at: int, view: DeskView | None, now: int) -> Wish:
        """A key went down at ``at``; ``view`` None = what the desk is doing is not known."""
        word = self._keys.get(key)
        if self._typing.shown is None and (word is None or word not in WORDS):
            return None
        last, when = self._last
        self._last = (key, at)
        bounced = key == last and at - when < BOUNCE_MS
        if self._typing.shown is not None:
            return self._complete(self._typing.press(key, bounced, now), view)
        return None if bounced or word is None else self._meant(word, view, now)

    def elapse(self, view: DeskView | None, now: int) -> Wish:
        """What a pause in typing ended."""
        return self._complete(self._typing.elapse(now), view)

    def asked(self, cmd_id: str, wish: Ask) -> None:
        """The wish is under way under this name."""
        if wish.then:
            self._then[cmd_id] = wish.then
        if wish.second:
            self._second = cmd_id

    def answered(self, command: c.Command, answer: c.Answer, view: DeskView | None, now: int) -> Wish:
        """What follows from the hall's answer."""
        then = self._then.pop(answer.cmd_id, "")
        if isinstance(command, c.Pause):
            self._last_desk_at = now if answer.refusal == "last_desk" else None
        if not answer.refusal:
            return Ask(WORDS[then](self._desk), second=True) if then else None
        if self._three is not None and isinstance(command, c.Recall) and answer.refusal == "recalls_used":
            self._three.calls_used_for(view.ticket if view is not None else "")
        # 办结 was granted, and nobody waits to be called after it: nobody has to be told
        empty = answer.cmd_id == self._second and answer.refusal == "nobody_waiting"
        return None if empty else Refuse()

    def unanswered(self, cmd_id: str) -> None:
        """Nobody answered; what was to follow does not."""
        self._then.pop(cmd_id, None)

    def _meant(self, word: str, view: DeskView | None, now: int) -> Wish:
        then = ""
        if self._three is not None and view is not None:
            words = self._three.words(word, view, now)
            if not words:
                return Refuse()
            word, then = words[0], "".join(words[1:])
            if then and self._then:
                return None  # an impatient press: the same two steps are under way
        elif word == "pause" and view is not None and is_away(view):
            word = "resume_desk"  # one 暂停 key on most pads: it goes and it comes back
        if needs_digits(word, card=self._card):
            self._typing.begin(word, now)
            return None
        if word == "pause" and self._last_desk_at is not None and now - self._last_desk_at <= INSIST_MS:
            return Ask(c.Pause(self._desk, urgent=True))
        return Ask(WORDS[word](self._desk), then)

    def _complete(self, found: Typed | Mistyped | None, view: DeskView | None) -> Wish:
        if found is None:
            return None
        items = view.items if view is not None else ()
        command = None
        if isinstance(found, Typed):
            command = command_typed(found.word, found.digits, self._desk, services=self._services, items=items)
        return Refuse() if command is None else Ask(command)
