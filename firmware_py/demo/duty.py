"""The demo's duty panel: asks what only a supervisor may ask, as an instance of its own on the link (R-DESK-05)."""

from collections.abc import Callable, Iterator
from queue import SimpleQueue
from secrets import token_hex
from threading import Thread

import msgspec

from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.demo.observing import Refusal
from firmware_py.demo.running import DUTY
from firmware_py.link import Lifecycle, Link, LinkUp, Malformed, Received, Topics, decode
from firmware_py.runtime.asking import Asking, Unanswered
from firmware_py.runtime.clock import SystemClock
from firmware_py.runtime.effects import Send, SetStatus
from firmware_py.runtime.loop import Loop, Timer
from firmware_py.runtime.on_link import OnLink

ASK_MS = 5000
"""How long a command is repeated before the panel says that nobody answered."""
STOP_S = 5.0


class Asked(msgspec.Struct, frozen=True):
    """Somebody at the panel asks for this."""

    command: c.HallCommand


class Told(msgspec.Struct, frozen=True):
    """Effect: nobody answered. What is refused reaches the page as the event ``refused`` (ADR 5)."""

    refusal: Refusal


class DutyPanel:
    """The panel's logic: a command is asked until it is answered, or given up and said so."""

    def __init__(self, topics: Topics, new_id: Callable[[], str]) -> None:
        self._topics = topics
        self._new_id = new_id
        self._asking = Asking()

    def on(self, item: object, now: int) -> Iterator[object]:
        """Effects of one inbox item at monotonic ``now``."""
        match item:
            case Asked(command):
                yield self._asking.ask(self._new_id(), command, now, for_ms=ASK_MS)
            case Received(topic, payload) if topic == self._topics.answer(DUTY):
                try:
                    self._asking.answered(decode(payload, c.Answer))
                except Malformed:
                    return  # not the controller's: the command goes on being asked
            case LinkUp():
                yield SetStatus(Lifecycle.READY)
                yield from self._asking.again(now)
            case Timer():
                for each in self._asking.elapse(now):
                    if isinstance(each, Unanswered):
                        text = phrases.text("duty.no_answer")
                        yield Told(Refusal(each.cmd_id, DUTY, 0, "no_answer", text))
                    else:
                        yield each
            case _:
                pass

    def due(self) -> int | None:
        """The next retry."""
        return self._asking.due()


class Duty:
    """The running panel: its loop in a thread, its link, ``ask`` from any thread."""

    def __init__(self, link: Link, told: Callable[[Refusal], None]) -> None:
        def perform(effect: object, _: int) -> None:
            match effect:
                case Send(request):
                    link.send(request)
                case SetStatus(lifecycle):
                    link.set_status(lifecycle)
                case Told(refusal):
                    told(refusal)

        inbox: SimpleQueue[object] = SimpleQueue()
        logic = DutyPanel(link.topics, lambda: token_hex(8))
        on_link = OnLink(link, inbox.put, [link.topics.answer(DUTY)])
        self._loop = Loop(DUTY, logic, perform, clock=SystemClock(), inbox=inbox, resources=[on_link])
        self._thread = Thread(target=self._loop.run, name=DUTY, daemon=True)

    def open(self) -> None:
        """Switch the panel on."""
        self._thread.start()

    def close(self) -> None:
        """Switch it off."""
        self._loop.stop()
        self._thread.join(STOP_S)

    def ask(self, command: c.HallCommand) -> None:
        """Ask for it; what comes of it is an event, or a refusal."""
        self._loop.put(Asked(command))
