"""What a desk device does: keys become commands, the sign over the desk shows what the hall says of it.

A pad has no screen: what it tells its user, and with what, stands in ``pad_signals``; on a pad with three keys
``pad_three`` says what each of them means now.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from caller.day_end import DayEnd
from caller.pad_signals import PadFace, Signal, news
from caller.pad_three import ThreeKeys, is_away
from caller.pad_typing import Mistyped, Typed, Typing, command_typed, needs_digits
from caller.pad_words import WORDS
from drivers.keypad import KeyPressed, Shows
from drivers.keypad.keycaps import TYPED
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core.views import DeskView, HallView
from firmware_py.link import (
    CONTROLLER,
    Lifecycle,
    LinkDown,
    LinkUp,
    Malformed,
    Received,
    Refused,
    Status,
    Topics,
    decode,
)
from firmware_py.runtime.asking import Asking, DeviceReports, Unanswered
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.loop import Timer
from firmware_py.runtime.port_reports import PortDown, PortUp
from firmware_py.runtime.superseding import supersedes

log = logging.getLogger(__name__)

KEY_MS = 5000
"""How long a key's command is repeated before the pad beeps for want of an answer."""
BOUNCE_MS = 400
"""The same key again within this time is the same press (R-CORE-22)."""

INSIST_MS = 10_000
"""暂停 pressed again within this time of being told that this is the last desk: it is urgent (R-CORE-25)."""


class ShowSign(msgspec.Struct, frozen=True):
    """Effect: the sign over the desk shows this."""

    text: str


class PadDesk:
    """The logic of one desk's pad and sign.

    Args:
        instance: this daemon's name.
        desk: the desk's number.
        address: the pad's on its bus.
        keys: the wire's key names to words of ``WORDS``.
        typing: the wire's key names to digits and ``ok`` while something is typed; None = those of ``keys``.
        shows: what the pad has to tell its user with.
        three: it has the keys next, recall and pause alone.
        hanzi: how many 汉字 the sign holds; 0 = the desk has no sign.
        topics: of the hall.
        new_id: gives each press its own command id.
        services: the hall's, in the plan's order, for 转办 to one of them.
        card: people at this desk name themselves by their staff number (R-DESK-02).
    """

    def __init__(
        self,
        instance: str,
        *,
        desk: int,
        address: int,
        keys: Mapping[str, str],
        hanzi: int,
        topics: Topics,
        new_id: Callable[[], str],
        services: Sequence[str] = (),
        card: bool = False,
        typing: Mapping[str, str] | None = None,
        shows: Shows = Shows(digits=True, beeper=True),  # noqa: B008 - frozen
        three: bool = False,
    ) -> None:
        self._instance = instance
        self._desk = desk
        self._address = address
        self._keys = keys
        self._typing = Typing({key: word for key, word in keys.items() if word in TYPED} if typing is None else typing)
        self._face = PadFace(shows)
        self._three = ThreeKeys() if three else None
        self._hanzi = hanzi
        self._topics = topics
        self._new_id = new_id
        self._services = services
        self._card = card
        self._asking = Asking()
        self._view: DeskView | None = None
        self._controller = False
        self._day_over = False
        self._day_end = DayEnd()
        self._linked = False
        self._last: tuple[str, int] = ("", -BOUNCE_MS)
        self._last_desk_at: int | None = None
        self._sign = ""
        self._devices = DeviceReports(self._asking, new_id)

    def on(self, item: object, now: int) -> Iterator[object]:
        """Effects of one inbox item at monotonic ``now``."""
        match item:
            case KeyPressed(address, key, at):
                yield from self._pressed(address, key, at, now)
            case Received(topic, payload):
                yield from self._received(topic, payload, now)
            case LinkUp():
                self._linked = True
                yield SetStatus(Lifecycle.READY)
                yield from self._asking.again(now)
                yield from self._devices.again(now)
            case LinkDown():
                self._linked = False
                self._controller_is(None)  # what comes up again may be another broker, without it
            case PortDown(port, reason, _):
                yield from self._devices.changed(port, reason, now)
            case PortUp(port):
                yield from self._mended(port, now)
            case Timer():
                self._day_end.elapse(now)
                yield from self._typed(self._typing.elapse(now), now)
                for each in self._asking.elapse(now):
                    if not isinstance(each, Unanswered):
                        yield each
                    elif not isinstance(each.command, c.ReportDevice):
                        yield from self._face.signal(Signal.UNANSWERED)
            case Refused(topic, reason):
                log.error("the broker refused %s: %s", topic, reason)
            case _:
                pass
        yield from self._show()

    def due(self) -> int | None:
        """The next retry, the end of a pause in typing, or of the day."""
        moments = (self._asking.due(), self._typing.due, self._day_end.due)
        return min((moment for moment in moments if moment is not None), default=None)

    def _pressed(self, address: int, key: str, at: int, now: int) -> Iterator[object]:
        word = self._keys.get(key)
        if address != self._address or (self._typing.shown is None and (word is None or word not in WORDS)):
            return
        last, when = self._last
        self._last = (key, at)
        bounced = key == last and at - when < BOUNCE_MS
        if self._typing.shown is not None:
            yield from self._typed(self._typing.press(key, bounced, now), now)
            return
        if bounced or word is None:
            return
        view, then = self._view, ""
        if self._three is not None and view is not None:
            words = self._three.words(word, view, now)
            if not words:
                yield from self._face.signal(Signal.REFUSED)
                return
            word, then = words[0], "".join(words[1:])
        elif word == "pause" and view is not None and is_away(view):
            word = "resume_desk"  # one 暂停 key on most pads: it goes and it comes back
        if needs_digits(word, card=self._card):
            self._typing.begin(word, now)
            return
        command = WORDS[word](self._desk)
        if word == "pause" and self._last_desk_at is not None and now - self._last_desk_at <= INSIST_MS:
            command = c.Pause(self._desk, urgent=True)
        cmd_id = self._new_id()
        if self._three is not None:
            self._three.asked(cmd_id, then)
        yield self._asking.ask(cmd_id, command, now, for_ms=KEY_MS)

    def _typed(self, found: Typed | Mistyped | None, now: int) -> Iterator[object]:
        if found is None:
            return
        items = self._view.items if self._view is not None else ()
        command = None
        if isinstance(found, Typed):
            command = command_typed(found.word, found.digits, self._desk, services=self._services, items=items)
        if command is None:
            yield from self._face.signal(Signal.REFUSED)
        else:
            yield self._asking.ask(self._new_id(), command, now, for_ms=KEY_MS)

    def _mended(self, port: str, now: int) -> Iterator[object]:
        yield from self._devices.changed(port, "", now)
        if port == "sign":
            self._sign = ""  # it may have lost its text with its power
        if port == "pad":
            self._face.forget()

    def _received(self, topic: str, payload: bytes, now: int) -> Iterator[object]:
        try:
            if topic == self._topics.desk(self._desk) and payload:
                view = decode(payload, DeskView)
                if supersedes(view, self._view):
                    yield from self._desk_is(view)
            elif topic == self._topics.hall_state and payload:
                self._day_over = decode(payload, HallView).closed
                self._day_end.hall_is(closed=self._day_over, now=now)
            elif topic == self._topics.answer(self._instance):
                yield from self._answered(decode(payload, c.Answer), now)
            elif topic == self._topics.status(CONTROLLER) and payload:
                self._controller_is(decode(payload, Status).state)
        except Malformed as error:
            log.warning("%s: %s", topic, error)

    def _answered(self, answer: c.Answer, now: int) -> Iterator[object]:
        command = self._asking.answered(answer)
        if command is None or isinstance(command, c.ReportDevice):
            return
        if isinstance(command, c.Pause):
            self._last_desk_at = now if answer.refusal == "last_desk" else None
        three, then = self._three, ""
        if three is not None:
            then = three.answered(command, answer, self._view.ticket if self._view is not None else "")
        if then and three is not None:
            cmd_id = self._new_id()
            three.follows(cmd_id)
            yield self._asking.ask(cmd_id, WORDS[then](self._desk), now, for_ms=KEY_MS)
        elif answer.refusal and not (three is not None and three.is_no_refusal(answer)):
            yield from self._face.signal(Signal.REFUSED)

    def _controller_is(self, state: Lifecycle | None) -> None:
        self._controller = state is Lifecycle.READY
        if not self._controller:
            self._view = None  # it tells everything anew when it is back

    def _desk_is(self, view: DeskView) -> Iterator[object]:
        heard = news(self._view, view)
        self._view = view
        if heard is not None:
            yield from self._face.signal(heard)

    def _show(self) -> Iterator[object]:
        view = self._view
        text = self._sign_text(view)
        if self._hanzi and text != self._sign:
            self._sign = text
            yield ShowSign(text)
        yield from self._face.show(view, self._typing.shown)

    def _sign_text(self, view: DeskView | None) -> str:
        if not (self._linked and self._controller):
            return phrases.sign_lost(hanzi=self._hanzi)
        if self._day_end.dark:
            return ""
        return self._sign if view is None else phrases.sign(view, hanzi=self._hanzi, day_over=self._day_over)
