"""What a desk device does: keys become commands, the sign over the desk shows what the hall says of it.

A pad has no screen: a refusal is a beep, ring 2 and a neighbour's ringing phone are beeps too (rules.md 4.6), and its
digits show how many wait and who is served.
"""

import logging
from collections.abc import Callable, Iterator, Mapping

import msgspec

from drivers.keypad import KeyPressed
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
    "stand_in": c.StandIn,
    "assist": c.Assist,
    "pickup": c.Pickup,
    "callback_done": c.CallbackDone,
}
"""The desk keys of R-DESK-01 by their word in ``device.toml``, and the command each gives for a desk."""


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
    ) -> None:
        self._instance = instance
        self._desk = desk
        self._address = address
        self._keys = keys
        self._hanzi = hanzi
        self._topics = topics
        self._new_id = new_id
        self._asking = Asking()
        self._view: DeskView | None = None
        self._controller = False
        self._day_over = False
        self._linked = False
        self._last: tuple[str, int] = ("", -BOUNCE_MS)
        self._sign = ""
        self._digits = (-1, "")
        self._devices = DeviceReports(self._asking, new_id)

    def on(self, item: object, now: int) -> Iterator[object]:
        """Effects of one inbox item at monotonic ``now``."""
        match item:
            case KeyPressed(address, key, at):
                yield from self._pressed(address, key, at, now)
            case Received(topic, payload):
                yield from self._received(topic, payload)
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
        """The next retry."""
        return self._asking.due()

    def _pressed(self, address: int, key: str, at: int, now: int) -> Iterator[object]:
        word = self._keys.get(key)
        if address != self._address or word is None or word not in WORDS:
            return
        last, when = self._last
        self._last = (key, at)
        if key == last and at - when < BOUNCE_MS:
            return
        if word == "pause" and self._view is not None and self._view.state in {"paused", "wait"}:
            word = "resume_desk"  # one 暂停 key on most pads: it goes and it comes back
        yield self._asking.ask(self._new_id(), WORDS[word](self._desk), now, for_ms=KEY_MS)

    def _mended(self, port: str, now: int) -> Iterator[object]:
        yield from self._devices.changed(port, "", now)
        if port == "sign":
            self._sign = ""  # it may have lost its text with its power
        if port == "pad":
            self._digits = (-1, "")

    def _received(self, topic: str, payload: bytes) -> Iterator[object]:
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
        digits = (min(view.waiting, 999), "".join(char for char in view.ticket if char.isdigit()))
        if digits != self._digits:
            self._digits = digits
            yield ShowDigits(*digits)

    def _sign_text(self, view: DeskView | None) -> str:
        if not (self._linked and self._controller):
            return phrases.sign_lost(hanzi=self._hanzi)
        return self._sign if view is None else phrases.sign(view, hanzi=self._hanzi, day_over=self._day_over)
