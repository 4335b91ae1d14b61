"""What a desk device does: keys become commands, the sign over the desk shows what the hall says of it.

A pad has no screen: a refusal is a beep, ring 2 and a neighbour's ringing phone are beeps too (rules.md 4.6), and its
digits show how many wait and who is served.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from caller.pad_typing import MOST_DIGITS, TYPING_MS, Typing, command_typed, needs_digits
from drivers.keypad import KeyPressed
from drivers.keypad.keycaps import OK, typed
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core.states import DeskState
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
AWAY = frozenset({DeskState.PAUSED.value, DeskState.WAIT.value})
"""States the pause key comes back from."""
BOUNCE_MS = 400
"""The same key again within this time is the same press (R-CORE-22)."""

WORDS: dict[str, Callable[[int], c.HallCommand]] = {
    "login": c.Login,
    "logout": c.Logout,
    "next": c.Next,
    "recall": c.Recall,
    "arrive": c.Arrive,
    "pass": c.Pass,
    "hold": c.Hold,
    "resume_ticket": c.ResumeTicket,
    "transfer": c.Transfer,
    "add_item": c.AddItem,
    "finish": c.Finish,
    "wait": c.Wait,
    "pause": c.Pause,
    "resume_desk": c.ResumeDesk,
    "undo": c.Undo,
    "interrupt": c.Interrupt,
    "give_reason": lambda desk: c.GiveReason(desk, ""),  # the digits behind it choose the reason
    "stand_in": c.StandIn,
    "assist": c.Assist,
    "pickup": c.Pickup,
    "callback_done": c.CallbackDone,
    "record_done": c.RecordDone,
    "begin_self_test": c.BeginSelfTest,
    "end_self_test": c.EndSelfTest,
    "confirm_clock": lambda _: c.ConfirmClock(),  # it reads what the controller shows (R-CORE-20)
}
"""The desk keys of R-DESK-01 by their word in ``device.toml``, and the command each gives for a desk."""


INSIST_MS = 10_000
"""暂停 pressed again within this time of being told that this is the last desk: it is urgent (R-CORE-25)."""


class ShowSign(msgspec.Struct, frozen=True):
    """Effect: the sign over the desk shows this."""

    text: str


class ShowDigits(msgspec.Struct, frozen=True):
    """Effect: the pad shows how many wait and the number's digits."""

    waiting: int
    ticket: str


class Beep(msgspec.Struct, frozen=True):
    """Effect: the pad beeps."""


class PadDesk:
    """The logic of one desk's pad and sign.

    Args:
        instance: this daemon's name.
        desk: the desk's number.
        address: the pad's on its bus.
        keys: the wire's key names to words of ``WORDS``.
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
    ) -> None:
        self._instance = instance
        self._desk = desk
        self._address = address
        self._keys = keys
        self._hanzi = hanzi
        self._topics = topics
        self._new_id = new_id
        self._services = services
        self._card = card
        self._typing: Typing | None = None
        self._asking = Asking()
        self._view: DeskView | None = None
        self._controller = False
        self._day_over = False
        self._linked = False
        self._last: tuple[str, int] = ("", -BOUNCE_MS)
        self._last_desk_at: int | None = None
        self._sign = ""
        self._digits = (-1, "")
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
                yield from self._typing_ends(now)
                for each in self._asking.elapse(now):
                    if not isinstance(each, Unanswered):
                        yield each
                    elif not isinstance(each.command, c.ReportDevice):
                        yield Beep()
            case Refused(topic, reason):
                log.error("the broker refused %s: %s", topic, reason)
            case _:
                pass
        yield from self._show()

    def due(self) -> int | None:
        """The next retry, or the end of a pause in typing."""
        moments = (self._asking.due(), self._typing.until if self._typing else None)
        return min((moment for moment in moments if moment is not None), default=None)

    def _pressed(self, address: int, key: str, at: int, now: int) -> Iterator[object]:
        word = self._keys.get(key)
        if address != self._address or (self._typing is None and (word is None or word not in WORDS)):
            return
        last, when = self._last
        self._last = (key, at)
        bounced = key == last and at - when < BOUNCE_MS
        if self._typing is not None:
            yield from self._types(self._typing, key, bounced, now)
            return
        if bounced or word is None:
            return
        if word == "pause" and self._view is not None and (self._view.interrupted or self._view.state in AWAY):
            word = "resume_desk"  # one 暂停 key on most pads: it goes and it comes back
        if needs_digits(word, card=self._card):
            self._typing = Typing(word, now + TYPING_MS)
            return
        command = WORDS[word](self._desk)
        if word == "pause" and self._last_desk_at is not None and now - self._last_desk_at <= INSIST_MS:
            command = c.Pause(self._desk, urgent=True)
        yield self._asking.ask(self._new_id(), command, now, for_ms=KEY_MS)

    def _types(self, typing: Typing, key: str, bounced: bool, now: int) -> Iterator[object]:
        """One more key behind a key that waits for digits. A digit may well come twice in a row."""
        words = typed(key, self._keys)
        digits = typing.digits + "".join(word for word in words if word != OK)
        if OK in words:
            yield from self._asks_typed(typing.word, digits, now)
        elif words and len(digits) <= MOST_DIGITS:
            self._typing = Typing(typing.word, now + TYPING_MS, digits)
        elif words or not bounced:
            self._typing = None
            yield Beep()

    def _typing_ends(self, now: int) -> Iterator[object]:
        typing = self._typing
        if typing is not None and now >= typing.until:
            self._typing = None
            if typing.digits:
                yield from self._asks_typed(typing.word, typing.digits, now)

    def _asks_typed(self, word: str, digits: str, now: int) -> Iterator[object]:
        self._typing = None
        items = self._view.items if self._view is not None else ()
        command = command_typed(word, digits, self._desk, services=self._services, items=items)
        yield Beep() if command is None else self._asking.ask(self._new_id(), command, now, for_ms=KEY_MS)

    def _mended(self, port: str, now: int) -> Iterator[object]:
        yield from self._devices.changed(port, "", now)
        if port == "sign":
            self._sign = ""  # it may have lost its text with its power
        if port == "pad":
            self._digits = (-1, "")

    def _received(self, topic: str, payload: bytes, now: int) -> Iterator[object]:
        try:
            if topic == self._topics.desk(self._desk) and payload:
                view = decode(payload, DeskView)
                if supersedes(view, self._view):
                    yield from self._desk_is(view)
            elif topic == self._topics.hall_state and payload:
                self._day_over = decode(payload, HallView).closed
            elif topic == self._topics.answer(self._instance):
                answer = decode(payload, c.Answer)
                command = self._asking.answered(answer)
                if isinstance(command, c.Pause):
                    self._last_desk_at = now if answer.refusal == "last_desk" else None
                if answer.refusal and command is not None and not isinstance(command, c.ReportDevice):
                    yield Beep()
            elif topic == self._topics.status(CONTROLLER) and payload:
                self._controller_is(decode(payload, Status).state)
        except Malformed as error:
            log.warning("%s: %s", topic, error)

    def _controller_is(self, state: Lifecycle | None) -> None:
        self._controller = state is Lifecycle.READY
        if not self._controller:
            self._view = None  # it tells everything anew when it is back

    def _desk_is(self, view: DeskView) -> Iterator[object]:
        before, self._view = self._view, view
        if before is None:
            return
        warned = view.phone.ring >= 2 > before.phone.ring
        if warned or set(view.neighbours) - set(before.neighbours):
            yield Beep()

    def _show(self) -> Iterator[object]:
        view = self._view
        text = self._sign_text(view)
        if self._hanzi and text != self._sign:
            self._sign = text
            yield ShowSign(text)
        if view is None:
            return
        shown = view.ticket if self._typing is None else self._typing.digits
        digits = (min(view.waiting, 999), "".join(char for char in shown if char.isdigit()))
        if digits != self._digits:
            self._digits = digits
            yield ShowDigits(*digits)

    def _sign_text(self, view: DeskView | None) -> str:
        if not (self._linked and self._controller):
            return phrases.sign_lost(hanzi=self._hanzi)
        return self._sign if view is None else phrases.sign(view, hanzi=self._hanzi, day_over=self._day_over)
