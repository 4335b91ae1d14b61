"""Several daemons in one process, because their devices hang on one wire: they begin and end together.

Each has its thread, its link and its journal as if it were alone. systemd hears that the process is ready when all of
them are, and that it is alive while each of them is; when one ends by a bug, all end, for systemd to start them afresh.
"""

import logging
import queue
import signal
import threading
from collections.abc import Sequence
from types import FrameType
from typing import Final

from firmware_py.runtime.loop import Loop
from firmware_py.runtime.sd_notify import Notifier

log = logging.getLogger(__name__)

STOP_S: Final = 10.0
"""How long a daemon may take to close what it holds."""


class Choir:
    """What systemd hears of them all.

    Args:
        notify: the process's line to systemd.
        names: the daemons.
    """

    def __init__(self, notify: Notifier, names: Sequence[str]) -> None:
        self.notify = notify
        self._turn = threading.Lock()
        self._unready = set(names)
        self._names = frozenset(names)
        self._unheard = set(names)

    def part(self, name: str) -> Notifier:
        """What one daemon is given as its line to systemd."""
        return _Part(self, name)

    def ready(self, name: str) -> None:
        """One of them is; the process is when the last one says so."""
        with self._turn:
            waiting = bool(self._unready)
            self._unready.discard(name)
            last = waiting and not self._unready
        if last:
            self.notify.ready()

    def watchdog(self, name: str) -> None:
        """One of them is alive; the process is while each of them says so again and again."""
        with self._turn:
            self._unheard.discard(name)
            all_heard = not self._unheard
            if all_heard:
                self._unheard = set(self._names)
        if all_heard:
            self.notify.watchdog()


class _Part(Notifier):
    def __init__(self, choir: Choir, name: str) -> None:
        super().__init__(watchdog_ms=choir.notify.watchdog_ms)
        self._choir = choir
        self._name = name

    def ready(self, status: str = "") -> None:
        del status
        self._choir.ready(self._name)

    def status(self, text: str) -> None:
        self._choir.notify.status(f"{self._name}: {text}")

    def watchdog(self) -> None:
        self._choir.watchdog(self._name)

    def stopping(self) -> None:
        """The process says so when all of them end."""


class Together:
    """The loops of one process. ``ended`` is every loop's ``on_crash``."""

    def __init__(self) -> None:
        self._ends: queue.SimpleQueue[tuple[str, Exception] | None] = queue.SimpleQueue()

    def ended(self, name: str, error: Exception) -> None:
        """A daemon ended by a bug, says its thread."""
        self._ends.put((name, error))

    def stop(self) -> None:
        """End them all. From any thread, and from a signal handler."""
        self._ends.put(None)

    def run(self, loops: Sequence[Loop], notify: Notifier) -> bool:
        """Work until ``stop``, SIGTERM or SIGINT, or until one of them ends by a bug; False = by a bug.

        They are stopped in reverse order. Call it from the main thread: signals are heard there alone.
        """

        def on_signal(_number: int, _frame: FrameType | None) -> None:
            self.stop()

        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, on_signal)
        threads = [threading.Thread(target=loop.run, name=loop.name, daemon=True) for loop in loops]
        for thread in threads:
            thread.start()
        bug = self._ends.get()
        if bug is not None:
            log.error("%s ended: %s; its neighbours end with it", *bug)
        notify.stopping()
        for loop, thread in zip(reversed(loops), reversed(threads), strict=True):
            loop.stop()
            thread.join(STOP_S)
            if thread.is_alive():
                log.warning("%s did not end in %g s", loop.name, STOP_S)
        return bug is None
