"""What the front panel knows of the hall: the retained states and refusals as any reader of the link sees them."""

import queue
import threading
from collections.abc import Callable

import msgspec

from firmware_py import phrases
from firmware_py.core.views import BoardView, DeskView, HallView, QueueView
from firmware_py.demo.running import DUTY
from firmware_py.link import Kind, Link, LinkDown, LinkUp, Malformed, Received, Status, decode, parse
from firmware_py.link.payloads import PublicEvent

_STOP = object()


class Refusal(msgspec.Struct, frozen=True):
    """What was refused to whom; ``text`` is what a person may read."""

    cmd_id: str
    instance: str
    desk: int
    reason: str
    text: str


class _Refused(msgspec.Struct):
    cmd_id: str
    instance: str
    desk: int
    reason: str
    details: dict[str, str | int] = {}


class Observer:
    """Follows the hall on a viewer's link, in a thread of its own; ``told`` hears after everything that arrives."""

    def __init__(self, link: Link, told: Callable[[], None], on_refusal: Callable[[Refusal], None]) -> None:
        self._link = link
        self._told = told
        self._on_refusal = on_refusal
        self._inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="observer", daemon=True)
        self.up = False
        self.hall: HallView | None = None
        self.board: BoardView | None = None
        self.desks: dict[int, DeskView] = {}
        self.queues: dict[str, QueueView] = {}
        self.statuses: dict[str, str] = {}
        self.refused: dict[int, Refusal] = {}

    def open(self) -> None:
        """Begin to look."""
        topics = self._link.topics
        for pattern in (topics.states, topics.event("refused"), topics.status("+")):
            self._link.subscribe(pattern)
        self._thread.start()
        self._link.open(self._inbox.put)

    def close(self) -> None:
        """Look away."""
        self._link.close()
        self._inbox.put(_STOP)
        self._thread.join(5)

    def _run(self) -> None:
        while (item := self._inbox.get()) is not _STOP:
            match item:
                case LinkUp():
                    self.up = True
                case LinkDown():
                    self.up = False
                case Received(topic, payload) if payload:
                    try:
                        self._received(topic, payload)
                    except Malformed:
                        continue  # a stranger's message says nothing about the hall
                case _:
                    continue
            self._told()

    def _received(self, topic: str, payload: bytes) -> None:
        address = parse(topic)
        if address is None:
            return
        match address.kind:
            case Kind.STATE_DESK:
                self._desk(decode(payload, DeskView))
            case Kind.STATE_QUEUE:
                view = decode(payload, QueueView)
                self.queues[view.service] = view
            case Kind.STATE_BOARD:
                self.board = decode(payload, BoardView)
            case Kind.STATE_HALL:
                self.hall = decode(payload, HallView)
            case Kind.STATUS:
                self.statuses[address.name] = decode(payload, Status).state.value
            case Kind.EVENT:
                self._refusal(decode(payload, PublicEvent))
            case _:
                pass

    def _desk(self, view: DeskView) -> None:
        before = self.desks.get(view.desk)
        self.desks[view.desk] = view
        if before is not None and _doing(before) != _doing(view):
            self.refused.pop(view.desk, None)  # something was done since: the refusal is history

    def _refusal(self, event: PublicEvent) -> None:
        said = decode(bytes(event.data), _Refused)
        text = phrases.refusal(said.reason, said.details)
        refusal = Refusal(said.cmd_id, said.instance, said.desk, said.reason, text)
        if said.desk and said.instance != DUTY:
            self.refused[said.desk] = refusal
        self._on_refusal(refusal)


def _doing(view: DeskView) -> tuple[object, ...]:
    return view.state, view.ticket, view.calls, view.rating, view.held, view.staff
