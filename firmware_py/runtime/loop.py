"""The daemon loop: one inbox, one thread that owns everything, timers as data, and a crash instead of a guess.

Whatever happens to a daemon - an edge, a message, an answer, a finished job - arrives as an item of its inbox. The loop
takes one item at a time, hands it to the pure logic together with the time, and performs the effects it gets back.
When the logic's next timer is due it hands over ``Timer()`` instead. Nothing else runs in between, so nothing needs a
lock. An exception is a bug: it is logged, everything is closed, and the process ends for systemd to start it afresh
from its journal.
"""

import contextlib
import logging
import queue
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import FrameType
from typing import Final, Protocol

import msgspec

from firmware_py.runtime.clock import Clock
from firmware_py.runtime.sd_notify import Notifier

log = logging.getLogger(__name__)

_LONGEST_WAIT_S: Final = 3600.0
_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)


class Timer(msgspec.Struct, frozen=True):
    """The moment that ``Logic.due`` named has come."""


class Crashed(msgspec.Struct, frozen=True):
    """A helper thread died of a bug; taking this from its inbox, the loop dies of it too."""

    name: str
    error: BaseException


class Logic(Protocol):
    """The part of a daemon that thinks: pure, so that a test needs no thread."""

    def on(self, item: object, now: int) -> Iterable[object]:
        """What to do about ``item`` at monotonic millisecond ``now``: effects, in order."""
        ...

    def due(self) -> int | None:
        """The monotonic millisecond of the next timer, or None. ``on(Timer(), now)`` must move it on."""
        ...


class Resource(Protocol):
    """Something the loop holds while it runs: a journal, a port, a link. Both calls come from the loop's thread."""

    def open(self) -> None: ...

    def close(self) -> None: ...


class _Wake(msgspec.Struct, frozen=True):
    """Look at the clock again."""


class _Probe(msgspec.Struct, frozen=True):
    """The loop's letter to itself: taking it from the inbox proves that it can."""


class _Stop(msgspec.Struct, frozen=True):
    """Everything put before this is still done."""


def _always() -> bool:
    return True


class Loop:
    """One daemon.

    Args:
        name: the instance, for logs.
        logic: see ``Logic``.
        perform: carries out one effect; what comes of it later comes back through the inbox.
        clock: where ``now`` comes from.
        notify: systemd's ear, pinged only from this loop's thread; None for a loop that is not a process's own.
        inbox: where ``put`` puts; given when drivers need it before the loop exists.
        resources: opened in this order before the first item, closed in reverse whatever happens.
        alive: asked before every watchdog ping; False (the link's round trip fails) lets systemd restart the daemon.
        on_crash: told of an exception that ended the loop, after everything is closed. Without it ``run`` raises.
    """

    def __init__(
        self,
        name: str,
        logic: Logic,
        perform: Callable[[object, int], None],
        *,
        clock: Clock,
        notify: Notifier | None = None,
        inbox: queue.SimpleQueue[object] | None = None,
        resources: Sequence[Resource] = (),
        alive: Callable[[], bool] = _always,
        on_crash: Callable[[str, Exception], None] | None = None,
    ) -> None:
        self.name = name
        self.inbox: queue.SimpleQueue[object] = queue.SimpleQueue() if inbox is None else inbox
        self._logic = logic
        self._perform = perform
        self._clock = clock
        self._notify = Notifier() if notify is None else notify
        self._resources = resources
        self._alive = alive
        self._on_crash = on_crash

    def put(self, item: object) -> None:
        """Leave an item in the inbox. From any thread, and from a signal handler; never blocks."""
        self.inbox.put(item)

    def wake(self) -> None:
        """Make the loop look at its clock again: for a clock that does not tick by itself."""
        self.inbox.put(_Wake())

    def stop(self) -> None:
        """End the loop after the items already in the inbox. From any thread, and from a signal handler."""
        self.inbox.put(_Stop())

    def run(self) -> None:
        """Open everything, work until ``stop``, SIGTERM or SIGINT, close everything.

        Signals are listened to only in the process's main thread.

        Raises:
            Exception: whatever a resource, the logic or an effect raised, unless ``on_crash`` takes it.
        """
        try:
            with self._stopped_by_signals(), contextlib.ExitStack() as opened:
                for resource in self._resources:
                    resource.open()
                    opened.callback(resource.close)
                opened.callback(self._notify.stopping)  # told first, closed after
                self._notify.ready()
                log.info("%s: ready", self.name)
                self._work()
                log.info("%s: stopping", self.name)
        except Exception as error:
            log.exception("%s: ended by a bug or a resource it cannot do without", self.name)
            if self._on_crash is None:
                raise
            self._on_crash(self.name, error)

    def _work(self) -> None:
        next_probe = self._next_probe()
        while True:
            now = self._clock.mono_ms()
            due = self._logic.due()
            if due is not None and due <= now:
                # One timer, one item: neither starves the other. A timer that never moves on is a bug; no probe is sent
                # in this branch, so that systemd's watchdog finds it.
                self._do(Timer(), now)
                item = self._take_at_once()
            else:
                if next_probe is not None and next_probe <= now:
                    self.inbox.put(_Probe())
                    next_probe = self._next_probe()
                item = self._take(now, due, next_probe)
            match item:
                case None | _Wake():
                    pass
                case _Stop():
                    return
                case _Probe():
                    if self._alive():
                        self._notify.watchdog()
                case Crashed(name, error):
                    raise RuntimeError(f"{name} crashed: {error}") from error
                case _:
                    self._do(item, self._clock.mono_ms())

    def _do(self, item: object, now: int) -> None:
        for effect in self._logic.on(item, now):
            self._perform(effect, now)

    def _take_at_once(self) -> object | None:
        try:
            return self.inbox.get_nowait()
        except queue.Empty:
            return None

    def _take(self, now: int, *moments: int | None) -> object | None:
        """The next item, or None when a moment has come first."""
        first = min((moment for moment in moments if moment is not None), default=None)
        wait_s = _LONGEST_WAIT_S if first is None else min((first - now) / 1000, _LONGEST_WAIT_S)
        try:
            return self.inbox.get(timeout=wait_s)
        except queue.Empty:
            return None

    def _next_probe(self) -> int | None:
        every = self._notify.watchdog_ms
        return None if every is None else self._clock.mono_ms() + every

    @contextlib.contextmanager
    def _stopped_by_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(_number: int, _frame: FrameType | None) -> None:
            self.stop()

        before = {number: signal.signal(number, stop) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
