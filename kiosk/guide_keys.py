"""The keys of a kiosk that take no number: asking for a guide, and what the guide does behind the panel."""

from collections.abc import Iterator

import msgspec

from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core.views import HallView
from firmware_py.runtime.wire_settings.buttons import Act
from kiosk.effects import KeptSlip, NewRoll, PrintNotice
from kiosk.guide_calls import GuideCalls
from kiosk.last_slips import LastSlips
from kiosk.typed_number import TypedNumber


class Ask(msgspec.Struct, frozen=True):
    """The hall is to be asked this; ``for_ms`` = how long the asking is worth it, ``slip`` what a yes prints again."""

    command: c.HallCommand
    for_ms: int
    slip: KeptSlip | None = None


class Tell(msgspec.Struct, frozen=True):
    """Whoever stands here is to be told this, aloud too unless it is only what was typed."""

    text: str
    aloud: bool = True


class Repeat(msgspec.Struct, frozen=True):
    """The last sentence is to be said again."""


class Code(msgspec.Struct, frozen=True):
    """A number was typed: it counts as one that the reader read."""

    text: str


class Around(msgspec.Struct, frozen=True):
    """What a key needs to know. ``lamp`` = the guide has a lamp here; ``place`` is where else numbers are taken."""

    hall: HallView | None
    linked: bool
    lamp: bool
    place: str
    instance: str


WANTED_MS = 5000
"""Somebody stands at the kiosk and waits for what the key does."""
CALL_MS = 60_000
"""A call for a guide is worth telling for a minute: the lamp is lit meanwhile."""


class GuideKeys:
    """Times are monotonic milliseconds."""

    def __init__(self, calls: GuideCalls, slips: LastSlips, typed: TypedNumber) -> None:
        self._calls = calls
        self._slips = slips
        self._typed = typed

    def pressed(self, act: Act, types: str, at: int, around: Around) -> Iterator[object]:
        """What a press asks, tells or prints."""
        match act:
            case "consult" | "complain":
                yield from self._call(act, around)
            case "guide_came":
                if self._calls.came():
                    yield Ask(c.GuideCame(), CALL_MS)
            case "confirm":
                yield from self._confirm(at)
            case "reprint":
                yield from self._reprint(at, around)
            case "new_roll":
                yield NewRoll()
                yield Tell(phrases.text("kiosk.new_roll"))
            case "notice":
                yield from _notices(around)
            case "repeat":
                yield Repeat()
            case "type":
                yield from self._type(types, at)
            case "take":
                pass

    def wants_priority(self, ticket: str) -> Iterator[object]:
        """This ticket was taken with a priority button that a guide has to confirm (R-KIOSK-09)."""
        self._calls.wants_priority(ticket)
        self._calls.called("priority")
        yield Ask(c.CallGuide("priority"), CALL_MS)

    def _call(self, act: Act, around: Around) -> Iterator[object]:
        if act not in {"consult", "complain"}:
            return
        if not (around.lamp or around.linked):
            yield Tell(phrases.text("kiosk.go_to_guide"))  # nobody would hear of it
            return
        self._calls.called(act)
        yield Ask(c.CallGuide("consult" if act == "consult" else "complain"), CALL_MS)
        yield Tell(phrases.text(f"kiosk.{act}_called"))

    def _confirm(self, at: int) -> Iterator[object]:
        ticket = self._calls.confirms(self._typed.take(at))
        if not ticket:
            yield Tell(phrases.text("kiosk.nothing_to_confirm"))
            return
        yield Ask(c.Upgrade(ticket), WANTED_MS)
        if not self._calls.pending and self._calls.came("priority"):
            yield Ask(c.GuideCame("priority"), CALL_MS)

    def _reprint(self, at: int, around: Around) -> Iterator[object]:
        number = self._typed.take(at)
        day = around.hall.day if around.hall else ""
        slip = self._slips.find(number) if number else self._slips.pressed(day, at)
        if slip is None:
            yield Tell(phrases.text("kiosk.no_slip"))
            return
        yield Ask(c.Reprint(slip.taken.ticket), WANTED_MS, slip)

    def _type(self, types: str, at: int) -> Iterator[object]:
        if types != "ok":
            if self._typed.key(types, at):
                yield Tell(phrases.text("kiosk.typed", number=self._typed.shown or "-"), aloud=False)
            return
        if self._typed.lacks_letters():
            yield Tell(phrases.text("kiosk.letters_first"))
        number = self._typed.take(at)
        if number:
            yield Code(number)


def _notices(around: Around) -> Iterator[object]:
    """A sheet for what is out of order elsewhere, one for the hours that change; or the word that there is neither."""
    hall = around.hall
    found = []
    if hall is not None and any(instance != around.instance for instance, _, _ in hall.devices):
        found.append(PrintNotice("fault", hall, around.place))
    if hall is not None and hall.coming is not None:
        found.append(PrintNotice("hours", hall, around.place))
    yield from found
    if not found:
        yield Tell(phrases.text("kiosk.no_notice"))
