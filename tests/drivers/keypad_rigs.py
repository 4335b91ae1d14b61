"""Every back-end of a staff pad with the far end of its cable, for the contract that all of them keep."""

import contextlib
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

from drivers import Put, monotonic_ms
from drivers.keypad import PadBus
from drivers.keypad.evdev_pad import EvdevPad
from drivers.keypad.ff68_bus import REPEAT_MS, Ff68Bus
from drivers.keypad.gpio_pad import GpioPad
from drivers.keypad.key_names import code_of
from drivers.virtual.faults import FarEnd, Fault
from drivers.virtual.gpio_pad import VirtualGpioPad
from drivers.virtual.pads import VirtualPads
from drivers.virtual.pins import PinBoard
from drivers.virtual.usb_keys import UsbSockets, VirtualUsbKeys

ADDRESS = 3


class HandClock:
    """Monotonic milliseconds that only a test moves on; edges on pins carry the machine's time, so it begins there."""

    def __init__(self) -> None:
        self.at = time.monotonic_ns() // 1_000_000

    def now(self) -> int:
        return self.at


class Rig(ABC):
    """One back-end and its far end. ``stuck`` is the key that sticks, ``other`` one that does not."""

    stuck: str
    other: str
    far: FarEnd

    @abstractmethod
    def pad(self, put: Put, *, now: Callable[[], int] | None = None) -> PadBus:
        """A new driver at the near end."""

    @abstractmethod
    def press(self, key: str) -> None:
        """A finger comes down and goes up."""

    def hold(self, clock: HandClock, seconds: int) -> None:
        """Let time pass while the stuck key is down."""
        clock.at += seconds * 1000

    def settle(self) -> None:  # noqa: B027 - most wires have nothing under way
        """Wait until nothing of the stuck key is under way any more."""

    @abstractmethod
    def replug_elsewhere(self) -> None:
        """Put the cable in again, where the system gives it another name."""

    @abstractmethod
    def taken(self) -> contextlib.AbstractContextManager[object]:
        """While another owner holds the near end."""

    @abstractmethod
    def close(self) -> None:
        """Put it away."""


class Ff68Rig(Rig):
    stuck, other = "0C", "0D"

    def __init__(self, folder: Path) -> None:
        self.far = self.pads = VirtualPads([ADDRESS, 4], link=folder / "pads", ack_s=0.05, stuck_s=0.002, late_s=0.13)
        self.pads.open()

    def pad(self, put: Put, *, now: Callable[[], int] | None = None) -> PadBus:
        return Ff68Bus(self.pads.path, put, between_beeps_s=0.0, now=now or monotonic_ms)

    def press(self, key: str) -> None:
        self.pads.press(ADDRESS, key)

    def hold(self, clock: HandClock, seconds: int) -> None:
        for _ in range(seconds * 1000 // REPEAT_MS + 1):  # it sends itself again and again: none of it may be missed
            clock.at += REPEAT_MS
            heard = self.pads.face(ADDRESS).heard
            assert self.pads.wait_for(lambda heard=heard: self.pads.face(ADDRESS).heard > heard + 1)  # type: ignore[misc]

    def settle(self) -> None:
        assert self.pads.wait_for(self.pads.idle)

    def replug_elsewhere(self) -> None:
        self.pads.replug()  # a new pty under the same link

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        other = Ff68Bus(self.pads.path, lambda _: None)
        other.open()
        try:
            yield
        finally:
            other.close()

    def close(self) -> None:
        self.pads.close()


class EvdevRig(Rig):
    stuck, other = "KEY_KP1", "KEY_KP2"
    NAME, ELSEWHERE = "xhci-usb-0:1.3:1.0-event-kbd", "xhci-usb-0:1.3:1.1-event-kbd"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sockets = UsbSockets(folder)
        self.far = self.keys = VirtualUsbKeys([code_of(key) for key in (self.stuck, self.other)])
        self.keys.set_fault(Fault.UNPLUGGED, False)
        self.sockets.plug(self.NAME, self.keys)

    def pad(self, put: Put, *, now: Callable[[], int] | None = None) -> PadBus:
        return EvdevPad(
            str(self.folder / "*usb-0:1.3:*event-kbd"),
            put,
            address=ADDRESS,
            keys=[self.stuck, self.other],
            open_device=self.sockets.open,
            now=now or monotonic_ms,
        )

    def press(self, key: str) -> None:
        self.keys.tap(code_of(key))

    def replug_elsewhere(self) -> None:
        self.sockets.unplug(self.NAME)
        self.sockets.plug(self.ELSEWHERE, self.keys)

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        self.keys.grabbed_by = "another process"
        try:
            yield
        finally:
            self.keys.grabbed_by = None

    def close(self) -> None:
        self.keys.set_fault(Fault.UNPLUGGED, True)


class GpioRig(Rig):
    stuck, other = "next", "recall"
    PINS: ClassVar = {"next": 5, "recall": 6}

    def __init__(self, folder: Path) -> None:
        self.path = folder / "pins"
        self.board = PinBoard(self.path)
        self.board.open()
        self.far = self.buttons = VirtualGpioPad(self.board, self.PINS, {"desk": 12})
        self._at = time.monotonic_ns()

    def pad(self, put: Put, *, now: Callable[[], int] | None = None) -> PadBus:
        return GpioPad(
            put,
            address=ADDRESS,
            keys=self.PINS,
            lamps={"desk": 12},
            beeper=13,
            factory=f"socket:{self.path}",
            now=now or monotonic_ms,
        )

    def press(self, key: str) -> None:
        self._at += 200_000_000
        self.buttons.press(key, at_ns=self._at)

    def replug_elsewhere(self) -> None:
        self.buttons.set_fault(Fault.UNPLUGGED, False)  # a header has one name

    @contextlib.contextmanager
    def taken(self) -> Iterator[None]:
        other = GpioPad(lambda _: None, address=1, keys={"next": 5}, factory=f"socket:{self.path}")
        other.open()
        try:
            yield
        finally:
            other.close()

    def close(self) -> None:
        self.board.close()


RIGS: dict[str, Callable[[Path], Rig]] = {"ff68": Ff68Rig, "evdev": EvdevRig, "gpio": GpioRig}
