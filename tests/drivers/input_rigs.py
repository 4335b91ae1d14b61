"""Button panels and code readers as wired: each real back-end in its port, with its far end."""

import queue
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from drivers import Driver, Put, monotonic_ms
from drivers.buttons import Pressed
from drivers.buttons.evdev_panel import EvdevPanel, Field
from drivers.buttons.gpio import GpioButtons
from drivers.keypad.key_names import code_of
from drivers.reader.hid_reader import HidReader
from drivers.reader.serial_reader import SerialReader
from drivers.virtual.faults import FarEnd, Fault
from drivers.virtual.gpio_pad import VirtualGpioPad
from drivers.virtual.pins import PinBoard
from drivers.virtual.reader import VirtualHidReader, VirtualReader
from drivers.virtual.touch_foil import VirtualFoil
from drivers.virtual.usb_keys import UsbSockets, VirtualUsbKeys
from firmware_py.runtime.back_off import BackOff
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.port_reports import PortDown, PortUp

T = TypeVar("T")
WAIT_S = 10.0
QUICK = BackOff(first_s=0.02, cap_s=0.05)
CHECK_S = 0.02
SOCKET, OTHER_SOCKET = "pci-usb-0:1.3:1.0-event-kbd", "pci-usb-0:1.3:1.0-event-kbd-again"
PATTERN = "*usb-0:1.3:*event*"


class Rig(ABC):
    """One device in its port. ``readings`` come one by one; ``late_by`` is how far the driver's clock is ahead."""

    far: FarEnd
    detail = ""
    """What stands in the words of its troubles."""
    renames = True
    """Whether it may come back under another name."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.late_by = 0
        self.opens = 0
        self._inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.wire()
        self.port: InputPort[Driver] = InputPort(
            self._counted, self._inbox.put, name="device", check_every_s=CHECK_S, back_off=QUICK
        )

    @abstractmethod
    def wire(self) -> None:
        """Put the far end in its place."""

    @abstractmethod
    def driver(self, put: Put) -> Driver:
        """The real back-end."""

    @abstractmethod
    def close_far_end(self) -> None:
        """Put the far end away."""

    @abstractmethod
    def taken_by_another(self, on: bool) -> None:
        """Another process has the device, or no longer."""

    def come_back_elsewhere(self) -> None:
        """Plug it in again under another name."""
        self.far.set_fault(Fault.UNPLUGGED, False)

    def now(self) -> int:
        return monotonic_ms() + self.late_by

    def reading(self, kind: type[T]) -> T:
        """The next reading; a word about the port before it is a failure."""
        item = self._inbox.get(timeout=WAIT_S)
        assert isinstance(item, kind), item
        return item

    def until_up(self) -> None:
        while not isinstance(self._inbox.get(timeout=WAIT_S), PortUp):
            pass

    def until_down(self) -> PortDown:
        while not isinstance(item := self._inbox.get(timeout=WAIT_S), PortDown):
            pass
        return item

    def tries(self, more: int) -> None:
        """Wait until it was opened so many times more."""
        wanted, pause, deadline = self.opens + more, queue.SimpleQueue[None](), time.monotonic() + WAIT_S
        while self.opens < wanted:
            assert time.monotonic() < deadline
            with pytest.raises(queue.Empty):
                pause.get(timeout=0.005)

    def nothing_came(self) -> bool:
        return self._inbox.empty()

    def _counted(self, put: Put) -> Driver:
        driver = self.driver(put)
        real = driver.open

        def opened() -> None:
            self.opens += 1
            real()

        driver.open = opened  # type: ignore[method-assign]
        return driver


# --- buttons ----------------------------------------------------------------------------------------------------------


class ButtonsRig(Rig):
    """A panel with two buttons; ``names`` as its presses carry them, the first of which can stick."""

    names: tuple[str, str]

    @abstractmethod
    def press(self, name: str) -> None:
        """Press and release."""

    def pressed(self, name: str) -> Pressed:
        """Press and hear it."""
        self.press(name)
        found = self.reading(Pressed)
        assert found.button == name
        return found


class GpioPanelRig(ButtonsRig):
    names = ("social", "realty")
    renames = False

    def wire(self) -> None:
        self.board = PinBoard(self.folder / "pins")
        self.board.open()
        self.far = self.pad = VirtualGpioPad(self.board, {"social": 5, "realty": 6})
        self.detail = str(self.folder / "pins")

    def driver(self, put: Put) -> Driver:
        return GpioButtons({"social": 5, "realty": 6}, put, factory=f"socket:{self.folder / 'pins'}", now=self.now)

    def close_far_end(self) -> None:
        self.board.close()

    def taken_by_another(self, on: bool) -> None:
        self.board.hold(6, on)

    def press(self, name: str) -> None:
        self.pad.press(name)


class UsbRig(ButtonsRig):
    """Anything with an event node."""

    device: VirtualUsbKeys

    def wire(self) -> None:
        self.sockets = UsbSockets(self.folder)
        self.device = self.make()
        self.far = Plugged(self.sockets, self.device)
        self.sockets.plug(SOCKET, self.device)
        self.detail = PATTERN

    @abstractmethod
    def make(self) -> VirtualUsbKeys: ...

    def close_far_end(self) -> None:
        self.device.set_fault(Fault.UNPLUGGED, True)

    def taken_by_another(self, on: bool) -> None:
        self.device.grabbed_by = "another process" if on else None

    def come_back_elsewhere(self) -> None:
        self.sockets.plug(OTHER_SOCKET, self.device)


class Plugged:
    """A USB device whose plug is a name in a folder."""

    def __init__(self, sockets: UsbSockets, device: VirtualUsbKeys) -> None:
        self._sockets, self._device = sockets, device

    @property
    def faults(self) -> dict[Fault, bool]:
        return dict(self._device.faults)

    def set_fault(self, fault: Fault, on: bool) -> None:
        if fault is not Fault.UNPLUGGED:
            self._device.set_fault(fault, on)
        elif on:
            self._sockets.unplug(SOCKET)
        else:
            self._sockets.plug(SOCKET, self._device)


class KeyBoxRig(UsbRig):
    names = ("KEY_KP1", "KEY_KP2")

    def make(self) -> VirtualUsbKeys:
        return VirtualUsbKeys([*map(code_of, self.names), 69, 30], "usb-1.3/input0")

    def driver(self, put: Put) -> Driver:
        path = str(self.folder / PATTERN)
        return EvdevPanel(path, put, keys=self.names, open_device=self.sockets.open, now=self.now)

    def press(self, name: str) -> None:
        self.device.tap(code_of(name))


FOIL = {"social": Field(0, 0, 49, 100), "realty": Field(51, 0, 100, 100)}


class FoilRig(UsbRig):
    names = ("social", "realty")

    def make(self) -> VirtualUsbKeys:
        self.foil = VirtualFoil("usb-1.3/input0")
        return self.foil

    def driver(self, put: Put) -> Driver:
        path = str(self.folder / PATTERN)
        return EvdevPanel(path, put, fields=FOIL, open_device=self.sockets.open, now=self.now)

    def press(self, name: str) -> None:
        self.foil.touch(25 if name == "social" else 75, 50)


# --- readers ----------------------------------------------------------------------------------------------------------


class ReaderRig(Rig):
    @abstractmethod
    def scan(self, text: str) -> None:
        """Hold a code before it."""


class SerialReaderRig(ReaderRig):
    def wire(self) -> None:
        self.far = self.device = VirtualReader(link=self.folder / "reader")
        self.device.open()
        self.detail = str(self.folder / "reader")

    def driver(self, put: Put) -> Driver:
        return SerialReader(str(self.folder / "reader"), put, now=self.now)

    def close_far_end(self) -> None:
        self.device.close()

    def taken_by_another(self, on: bool) -> None:
        if on:
            self.other = SerialReader(self.device.path, lambda _: None)
            self.other.open()
        else:
            self.other.close()

    def scan(self, text: str) -> None:
        self.device.scan(text)


class HidReaderRig(ReaderRig):
    def wire(self) -> None:
        self.sockets = UsbSockets(self.folder)
        self.device = VirtualHidReader("usb-1.3/input0")
        self.far = Plugged(self.sockets, self.device)
        self.sockets.plug(SOCKET, self.device)
        self.detail = PATTERN

    def driver(self, put: Put) -> Driver:
        return HidReader(str(self.folder / PATTERN), put, open_device=self.sockets.open, now=self.now)

    def close_far_end(self) -> None:
        self.device.set_fault(Fault.UNPLUGGED, True)

    def taken_by_another(self, on: bool) -> None:
        self.device.grabbed_by = "another process" if on else None

    def come_back_elsewhere(self) -> None:
        self.sockets.plug(OTHER_SOCKET, self.device)

    def scan(self, text: str) -> None:
        self.device.scan(text)


R = TypeVar("R", bound=Rig)


@contextmanager
def wired(kind: Callable[[Path], R], folder: Path) -> Iterator[R]:
    """The rig, its port not yet open; everything is put away afterwards."""
    rig = kind(folder)
    try:
        yield rig
    finally:
        rig.port.close()
        rig.close_far_end()
