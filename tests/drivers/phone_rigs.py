"""Telephone lines as wired: each real back-end in its port, its far end, and the watcher that makes facts of it.

Time is the rig's: what happens on a line carries it, and silence is only ever awaited, never slept through.
"""

import queue
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from drivers import Put, monotonic_ms
from drivers.phone import CallerHeard, Edge, Lines, RingHeard
from drivers.phone.gpio_lines import GpioLines, LinePins
from drivers.phone.modem import ModemLines
from drivers.virtual.faults import FarEnd, Fault
from drivers.virtual.modem import VirtualModem
from drivers.virtual.pins import PinBoard
from drivers.virtual.ringing import Ringing, edges
from drivers.virtual.telephone import VirtualTelephone
from evaluator.phone import PhoneWatch
from firmware_py.core import facts as f
from firmware_py.runtime.back_off import BackOff
from firmware_py.runtime.effects import Keep
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.loop import Timer
from firmware_py.runtime.port_reports import PortDown, PortUp

LINE = "desk1-phone"
RING_MS, SILENCE_MS = 1000, 4000
MS = 1_000_000
WAIT_S = 10.0
QUICK = BackOff(first_s=0.02, cap_s=0.1)
RING_PIN, HOOK_PIN, SECOND_PIN, LOOP_PIN = 5, 6, 13, 19


class Counted(Lines):
    """A back-end whose attempts to open are counted."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._tried = threading.Condition()
        self._opens = 0

    def open(self) -> None:
        with self._tried:
            self._opens += 1
            self._tried.notify_all()
        self._lines.open()

    def close(self) -> None:
        self._lines.close()

    def check(self) -> None:
        self._lines.check()

    def tries(self, more: int) -> bool:
        """Wait until it has tried so many times more."""
        with self._tried:
            wanted = self._opens + more
            return self._tried.wait_for(lambda: self._opens >= wanted, WAIT_S)


class Rig(ABC):
    """One line. ``facts`` is everything its watcher has kept so far, ``moments`` when it knew each."""

    hook_seen = True
    far: FarEnd

    def __init__(self, tmp_path: Path) -> None:
        self.path = tmp_path
        self.now = monotonic_ms()
        self.facts: list[f.EdgeFact] = []
        self.moments: list[int] = []
        self.items: list[object] = []
        self.up = False
        self.watch = PhoneWatch([LINE], lambda number: "0123456789abcdef", hook_seen=self.hook_seen)
        self._inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.driver: Counted
        self.port = InputPort(
            self._make, self._inbox.put, name="lines", check_every_s=0.05, back_off=QUICK, close_s=WAIT_S
        )

    def _make(self, put: Put) -> Lines:
        self.driver = Counted(self.back_end(put))
        return self.driver

    @abstractmethod
    def plug_in(self) -> None:
        """Bring the far end into being."""

    @abstractmethod
    def take_away(self) -> None:
        """And out of it."""

    @abstractmethod
    def back_end(self, put: Put) -> Lines:
        """The real driver, not yet open."""

    @abstractmethod
    def ring(self) -> None:
        """One ring of a second, heard to its end."""

    @abstractmethod
    def lift(self) -> None:
        """The handset is lifted now, steadily."""

    @abstractmethod
    def hang_up(self) -> None:
        """It is put down."""

    def until(self, seen: Callable[[], bool]) -> None:
        """Take what comes until something is to be seen.

        Raises:
            AssertionError: it did not come.
        """
        deadline = time.monotonic() + WAIT_S
        while not seen():
            try:
                self._take(self._inbox.get(timeout=max(0.0, deadline - time.monotonic())))
                self._wake(self.now)
            except queue.Empty:
                raise AssertionError(f"waited in vain; heard {self.items[-5:]}, kept {self.facts[-5:]}") from None

    def until_up(self) -> None:
        """Take what comes until the line is watched."""
        self.until(lambda: self.up)

    def until_down(self) -> PortDown:
        """Take what comes until the port says that it is down, and what it says."""
        self.until(lambda: any(isinstance(each, PortDown) for each in self.items))
        return next(each for each in reversed(self.items) if isinstance(each, PortDown))

    def wait(self, ms: int) -> None:
        """Let so much of the rig's time pass."""
        self.now += ms
        self._wake(self.now)

    def rings(self, times: int) -> None:
        """A call of so many rings, with the silence between two but not behind the last."""
        for ring in range(times):
            if ring:
                self.wait(SILENCE_MS)
            self.ring()

    def forget(self) -> None:
        """Begin a new list of facts and items."""
        self.facts.clear()
        self.moments.clear()
        self.items.clear()

    def _wake(self, now: int) -> None:
        while (due := self.watch.due()) is not None and due <= now:
            self._kept(Timer(), due)

    def _take(self, item: object) -> None:
        self.items.append(item)
        if isinstance(item, PortUp | PortDown):
            self.up = isinstance(item, PortUp)
        at = item.at if isinstance(item, Edge | RingHeard | CallerHeard) else self.now
        self._wake(at)
        self._kept(item, at)

    def _kept(self, item: object, now: int) -> None:
        kept = [effect.fact for effect in self.watch.on(item, now) if isinstance(effect, Keep)]
        self.facts += kept
        self.moments += [now] * len(kept)

    def edges(self, wire: str) -> list[Edge]:
        """What it has heard of one detector, oldest first."""
        return [each for each in self.items if isinstance(each, Edge) and each.wire == wire]

    def _until_hook(self, lifted: bool) -> None:
        self.until(lambda: bool(edges := self.edges("hook")) and edges[-1].closed == lifted)
        self.wait(RING_MS)


class GpioRig(Rig):
    """All four detectors, on pins; ``ringing`` is how the exchange rings."""

    ringing = Ringing()

    def plug_in(self) -> None:
        self.board = PinBoard(self.path / "pins")
        self.board.open()
        self.far = self.telephone = self.telephone_on(self.board)

    def telephone_on(self, board: PinBoard) -> VirtualTelephone:
        return VirtualTelephone(
            board, RING_PIN, HOOK_PIN, second_pin=SECOND_PIN, loop_pin=LOOP_PIN, ringing=self.ringing
        )

    def take_away(self) -> None:
        self.telephone.close()
        self.board.close()

    def pins(self) -> LinePins:
        return LinePins(RING_PIN, HOOK_PIN, SECOND_PIN, LOOP_PIN)

    def back_end(self, put: Put) -> Lines:
        return GpioLines({LINE: self.pins()}, put, factory=f"socket:{self.path / 'pins'}")

    def ring(self) -> None:
        begins = self.now
        self.play(1)
        self.wait(begins + RING_MS - self.now)

    def play(self, rings: int, *, cut_ms: int | None = None, line_2: bool = False) -> None:
        """A call's rings up to its last edge; ``cut_ms`` after its beginning the ringing is cut."""
        start, wire = self.now * MS, "second" if line_2 else "ring"
        until = None if cut_ms is None else start + cut_ms * MS
        last = list(edges(rings, self.ringing, start_ns=start, until_ns=until))[-1].at_ns // MS
        self.telephone.ring_at_once(rings, start, until_ns=until, line_2=line_2)
        self.until(lambda: bool(heard := self.edges(wire)) and heard[-1].at >= last)
        self.now = last

    def lift(self) -> None:
        self._hook(True)

    def hang_up(self) -> None:
        self._hook(False)

    def _hook(self, lifted: bool) -> None:
        self.telephone.hook_at_once(lifted, self.now * MS)
        self._until_hook(lifted)


class BlindGpioRig(GpioRig):
    """A ring detector alone."""

    hook_seen = False

    def telephone_on(self, board: PinBoard) -> VirtualTelephone:
        return VirtualTelephone(board, RING_PIN, None)

    def pins(self) -> LinePins:
        return LinePins(RING_PIN)


class ModemRig(Rig):
    """A modem beside the telephone, which it does not see."""

    hook_seen = False
    number = ""
    """Who calls."""

    def plug_in(self) -> None:
        self.far = self.modem = VirtualModem(self.path / "modem", reports_handset=self.hook_seen)
        self.modem.open()

    def take_away(self) -> None:
        self.modem.close()

    def back_end(self, put: Put) -> Lines:
        return ModemLines(LINE, str(self.path / "modem"), put, hook=self.hook_seen, answer_s=0.25, now=lambda: self.now)

    def ring(self) -> None:
        words = 2 if self.modem.faults[Fault.DUPLICATE] else 1
        wanted = self._heard() + words
        self.modem.ring(self.number)
        self.until(lambda: self._heard() >= wanted)
        self.wait(RING_MS)

    def lift(self) -> None:
        self.modem.lift()
        self._until_hook(True)

    def hang_up(self) -> None:
        self.modem.hang_up()
        self._until_hook(False)

    def _heard(self) -> int:
        return sum(isinstance(each, RingHeard) for each in self.items)


class SeeingModemRig(ModemRig):
    """A modem into which the telephone is plugged, and which tells of its handset."""

    hook_seen = True


RIGS: tuple[type[Rig], ...] = (GpioRig, BlindGpioRig, ModemRig, SeeingModemRig)


@contextmanager
def wired(kind: type[Rig], tmp_path: Path) -> Iterator[Rig]:
    """A rig with its far end plugged in; its port is not open yet, and closed in the end."""
    rig = kind(tmp_path)
    rig.plug_in()
    try:
        yield rig
    finally:
        rig.port.close()
        rig.take_away()
