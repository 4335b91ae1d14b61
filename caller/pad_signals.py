"""What a pad tells the person behind it, and with what: the one table, by what the pad has (``drivers.keypad.Shows``).

=====================================  ============  ==========================  ========================
what happened                          beeper        the desk's lamp             digits
=====================================  ============  ==========================  ========================
a key was refused                      one short
no answer to a key in five seconds     one long
the own telephone rings a second time  two short     blinks while it rings
a neighbour's telephone is to be taken three short   blinks until it is taken
somebody waits and the desk is free                  blinks                      how many wait
connected, nothing of all that                       shines                      how many wait; the number
a rating is open                                     shines                      the number it is for
no power, or the hall is not heard                   dark                        dark
=====================================  ============  ==========================  ========================

A lamp inside a key shines when that key is the thing to press, and blinks where somebody waits for it (``KEY_LAMPS``);
of three keys each stands for what it would do now (``pad_three``).
A pad with neither beeper nor lamp nor digits, as a USB number pad is, tells nothing: the sign over the desk does.
"""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec

from caller.pad_three import is_away, steps
from drivers.keypad import Glow, Shows
from firmware_py.core.states import DeskState
from firmware_py.core.views import DeskView
from firmware_py.runtime.wire_settings.pad import DESK_LAMP


class ShowDigits(msgspec.Struct, frozen=True):
    """Effect: the pad shows how many wait (None = dark) and the number's digits."""

    waiting: int | None
    ticket: str


class Beep(msgspec.Struct, frozen=True):
    """Effect: the pad beeps so many times."""

    times: int = 1
    long: bool = False


class Light(msgspec.Struct, frozen=True):
    """Effect: a lamp of the pad shines so."""

    lamp: str
    how: Glow


class Signal(StrEnum):
    """What is heard rather than seen."""

    REFUSED = "refused"
    UNANSWERED = "unanswered"
    RING = "ring"
    NEIGHBOUR = "neighbour"


BEEPS: Final[Mapping[Signal, Beep]] = MappingProxyType(
    {
        Signal.REFUSED: Beep(),
        Signal.UNANSWERED: Beep(long=True),
        Signal.RING: Beep(2),
        Signal.NEIGHBOUR: Beep(3),
    }
)

DARK: Final = ShowDigits(None, "")

_FREE: Final = frozenset({DeskState.READY.value, DeskState.RATING.value, DeskState.CLOSING.value})
_SERVING: Final = frozenset({DeskState.SERVING.value, DeskState.PAUSE_PENDING.value})

KEY_LAMPS: Final[Mapping[str, Callable[[DeskView], Glow]]] = MappingProxyType(
    {
        "login": lambda view: _lit(view.state == DeskState.CLOSED),
        "next": lambda view: _lit(_wanted(view)),
        "arrive": lambda view: _lit(view.state == DeskState.CALLING),
        "recall": lambda view: _lit(view.state == DeskState.CALLING),
        "finish": lambda view: _lit(view.state in _SERVING) if not view.rating else "blink",
        "resume_ticket": lambda view: _lit(bool(view.held)),
        "pause": lambda view: "blink" if is_away(view) else _lit(view.state == DeskState.PAUSE_PENDING),
        "resume_desk": lambda view: "blink" if is_away(view) else "off",
        "pickup": lambda view: "blink" if view.neighbours else "off",
        "callback_done": lambda view: _lit(view.phone.callbacks > 0),
        "record_done": lambda view: _lit(view.phone.records > 0),
        "give_reason": lambda view: "blink" if view.reason_wanted else "off",
    }
)
"""When the lamp inside a key shines or blinks; 评价 blinks while a citizen may rate. Other keys' lamps stay dark."""


class PadFace:
    """What one pad shows; it tells what has to be changed. ``three`` = it has three keys."""

    def __init__(self, shows: Shows, *, three: bool = False) -> None:
        self._shows = shows
        self._three = three
        self._digits: ShowDigits | None = None
        self._glow: dict[str, Glow] = {}

    def signal(self, signal: Signal) -> Iterator[Beep]:
        """Let it be heard, if the pad can be."""
        if self._shows.beeper:
            yield BEEPS[signal]

    def show(self, view: DeskView | None, typed: str | None) -> Iterator[ShowDigits | Light]:
        """What must change so that it shows this; arguments as for ``lamps`` and ``digits``."""
        shown = digits(view, typed)
        if self._shows.digits and shown != self._digits:
            self._digits = shown
            yield shown
        for lamp, how in lamps(view, self._shows, three=self._three).items():
            if self._glow.get(lamp) != how:
                self._glow[lamp] = how
                yield Light(lamp, how)

    def forget(self) -> None:
        """The pad was away: it may show anything, or nothing."""
        self._digits, self._glow = None, {}


def lamps(view: DeskView | None, shows: Shows, *, three: bool = False) -> dict[str, Glow]:
    """How every lamp of the pad shines; ``view`` None = the hall is not heard, ``three`` = it has three keys."""
    if view is None:
        return dict.fromkeys(shows.lamps, "off")
    means = {lamp: steps(lamp, view, calls_used=False)[0] if three else lamp for lamp in shows.lamps - {DESK_LAMP}}
    keys = {lamp: _key_lamp(word, view) for lamp, word in means.items()}
    return {**keys, DESK_LAMP: _desk_lamp(view)} if DESK_LAMP in shows.lamps else keys


def digits(view: DeskView | None, typed: str | None) -> ShowDigits:
    """The digits of the pad; ``typed`` stands in the ticket's place while somebody types."""
    if view is None:
        return DARK
    shown = typed if typed is not None else view.ticket or view.rating
    return ShowDigits(min(view.waiting, 999), "".join(char for char in shown if char.isdigit()))


def news(before: DeskView | None, view: DeskView) -> Signal | None:
    """What is to be heard because of what changed."""
    if before is None:
        return None
    if set(view.neighbours) - set(before.neighbours):
        return Signal.NEIGHBOUR
    return Signal.RING if view.phone.ring >= 2 > before.phone.ring else None


def _desk_lamp(view: DeskView) -> Glow:
    return "blink" if view.phone.ring >= 2 or view.neighbours or _wanted(view) else "steady"


def _key_lamp(word: str, view: DeskView) -> Glow:
    rule = KEY_LAMPS.get(word)
    return "off" if rule is None else rule(view)


def _lit(on: bool) -> Glow:
    return "steady" if on else "off"


def _wanted(view: DeskView) -> bool:
    return view.state in _FREE and view.waiting > 0
