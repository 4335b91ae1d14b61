"""A driver whose wire the test holds in its hand, and the inbox of the port's owner."""

import queue
import threading
from collections.abc import Callable

from drivers import Driver
from firmware_py.errors import DriverFault, DriverOffline
from firmware_py.runtime.clock import ManualClock
from firmware_py.runtime.port import JobDone, JobFailed, PortThread

WAIT_S = 5.0


class Wire(Driver):
    """``plugged``, ``fault`` and ``dead`` (cards that do not answer) are what the test moves."""

    def __init__(self, clock: ManualClock, *, plugged: bool = True) -> None:
        self.clock = clock
        self.plugged = plugged
        self.fault: DriverFault | None = None
        self.fault_at_open: DriverFault | None = None
        self.dead: set[str] = set()
        self.opened_at: list[int] = []
        self.checked_at: list[int] = []
        self.said: list[str] = []
        self.held = False
        self.threads: set[int] = set()

    def open(self) -> None:
        self._here()
        self.opened_at.append(self.clock.mono_ms())
        if not self.plugged:
            raise DriverOffline("cable out")
        if self.fault_at_open is not None:
            raise self.fault_at_open
        self.held = True

    def close(self) -> None:
        self._here()
        self.held = False

    def check(self) -> None:
        self._here()
        self.checked_at.append(self.clock.mono_ms())
        self._must_answer()
        if self.fault is not None:
            raise self.fault

    def say(self, text: str, card: str = "") -> str:
        """The verb."""
        self._here()
        self._must_answer()
        if card in self.dead:
            raise DriverOffline(f"{card} does not answer")
        if text == "":
            raise DriverFault("no_text", "empty")
        self.said.append(text)
        return text.upper()

    def _must_answer(self) -> None:
        if not self.held:
            raise RuntimeError("used while closed")
        if not self.plugged:
            raise DriverOffline("cable out")

    def _here(self) -> None:
        self.threads.add(threading.get_ident())


class Inbox:
    """What a port tells its owner."""

    def __init__(self) -> None:
        self.items: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.put: Callable[[object], None] = self.items.put

    def next(self) -> object:
        """The next item; fails when none comes."""
        return self.items.get(timeout=WAIT_S)

    def until_settled(self, port: PortThread[Wire]) -> list[object]:
        """Everything told until the port has looked at a job submitted now, without that job's own outcome."""
        port.submit("settled?", lambda _: None)
        told: list[object] = []
        while True:
            item = self.next()
            if isinstance(item, JobDone | JobFailed) and item.job_id == "settled?":
                return told
            told.append(item)
