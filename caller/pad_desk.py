"""What a desk device does: keys become commands, the sign over the desk shows what the hall says of it.

What a key asks for is ``pad_presses``'. A pad has no screen: what it tells its user, and with what, stands in
``pad_signals``.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from caller.day_end import DayEnd
from caller.pad_presses import Ask, PadPresses, Refuse, Wish
from caller.pad_signals import PadFace, Signal, news
from drivers.keypad import KeyPressed, Shows
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
        self._presses = PadPresses(desk, keys=keys, typing=typing, three=three, services=services, card=card)
        self._face = PadFace(shows, three=three)
        self._hanzi = hanzi
        self._topics = topics
        self._new_id = new_id
        self._asking = Asking()
        self._view: DeskView | None = None
        self._controller = False
        self._day_over = False
        self._day_end = DayEnd()
        self._linked = False
        self._sign: str | None = None
        """What the sign was told; None = nobody knows what it shows."""
        self._devices = DeviceReports(self._asking, new_id)

    def on(self, item: object, now: int) -> Iterator[object]:
        """Effects of one inbox item at monotonic ``now``."""
        match item:
            case KeyPressed(address, key, at) if address == self._address:
                yield from self._wished(self._presses.press(key, at, self._view, now), now)
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
                yield from self._wished(self._presses.elapse(self._view, now), now)
                for each in self._asking.elapse(now):
                    if not isinstance(each, Unanswered):
                        yield each
                        continue
                    self._presses.unanswered(each.cmd_id)
                    if not isinstance(each.command, c.ReportDevice):
                        yield from self._face.signal(Signal.UNANSWERED)
            case Refused(topic, reason):
                log.error("the broker refused %s: %s", topic, reason)
            case _:
                pass
        yield from self._show()

    def due(self) -> int | None:
        """The next retry, the end of a pause in typing, or of the day."""
        moments = (self._asking.due(), self._presses.due, self._day_end.due)
        return min((moment for moment in moments if moment is not None), default=None)

    def _wished(self, wish: Wish, now: int) -> Iterator[object]:
        match wish:
            case Ask(command):
                cmd_id = self._new_id()
                self._presses.asked(cmd_id, wish)
                yield self._asking.ask(cmd_id, command, now, for_ms=KEY_MS)
            case Refuse():
                yield from self._face.signal(Signal.REFUSED)

    def _mended(self, port: str, now: int) -> Iterator[object]:
        yield from self._devices.changed(port, "", now)
        if port == "sign":
            self._sign = None  # it may have lost its text with its power
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
        if command is not None and not isinstance(command, c.ReportDevice):
            yield from self._wished(self._presses.answered(command, answer, self._view, now), now)

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
        if self._hanzi and text is not None and text != self._sign:
            self._sign = text
            yield ShowSign(text)
        yield from self._face.show(view, self._presses.typed)

    def _sign_text(self, view: DeskView | None) -> str | None:
        if not (self._linked and self._controller):
            return phrases.sign_lost(hanzi=self._hanzi)
        if self._day_end.dark:
            return ""
        return self._sign if view is None else phrases.sign(view, hanzi=self._hanzi, day_over=self._day_over)
