"""USB number pads and the sockets they are plugged into, seen from the kernel's side of ``/dev/input``.

There is no input device without a kernel: this is the boundary ``drivers.keypad.input_device`` reads through, with
``struct input_event`` in a pipe behind it. The real evdev on a real kernel is tried on the virtual Pi (uinput).
"""

import contextlib
import errno
import os
import struct
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from drivers.virtual.faults import Fault

INPUT_EVENT: Final = struct.Struct("@llHHi")
EV_SYN, EV_KEY, EV_REL, EV_MSC = 0, 1, 2, 4
SYN_DROPPED: Final = 3
UP, DOWN, AGAIN = 0, 1, 2
NUMLOCK: Final = 69


class Event(msgspec.Struct, frozen=True):
    """One ``struct input_event`` without its time."""

    type: int
    code: int
    value: int


class VirtualUsbKeys:
    """One device with keys.

    Args:
        codes: the keys it has; a stuck key is the first of them.
        phys: where it hangs, as the kernel says it: ``usb-0000:01:00.0-1.3/input0``.
    """

    def __init__(self, codes: Collection[int], phys: str = "") -> None:
        self.codes = tuple(codes)
        self.phys = phys
        self.opened: list[OpenNode] = []
        self.grabbed_by: OpenNode | str | None = None
        self._faults = {Fault.SILENT: False, Fault.GARBAGE: False, Fault.STUCK_KEY: False, Fault.UNPLUGGED: False}

    @property
    def faults(self) -> Mapping[Fault, bool]:
        """Every fault it can have, and whether it has it now."""
        return dict(self._faults)

    def set_fault(self, fault: Fault, on: bool) -> None:
        """Let it break so, or mend it.

        Raises:
            ValueError: it cannot have that fault.
        """
        if fault not in self._faults:
            raise ValueError(f"a USB pad cannot be {fault.value}")
        before, self._faults[fault] = self._faults[fault], on
        if fault is Fault.UNPLUGGED and on:
            for node in [*self.opened]:
                node.vanish()
            self.opened.clear()
            self.grabbed_by = None
        if fault is Fault.STUCK_KEY and on != before:
            key = self.codes[0]
            self.emit(*([(EV_KEY, key, DOWN), *[(EV_KEY, key, AGAIN)] * 3] if on else [(EV_KEY, key, UP)]))

    def open(self) -> "OpenNode":
        """The kernel's ``open`` of its node.

        Raises:
            OSError: it is not plugged in.
        """
        if self._faults[Fault.UNPLUGGED]:
            raise OSError(errno.ENODEV, "No such device")
        self.opened.append(OpenNode(self))
        return self.opened[-1]

    def tap(self, code: int) -> None:
        """Down and up, each with its scan code and its report, as a USB keyboard sends them."""
        if self._faults[Fault.SILENT]:
            return
        if self._faults[Fault.GARBAGE]:
            self.garbage()
        self.emit((EV_MSC, 4, 458841), (EV_KEY, code, DOWN), (EV_SYN, 0, 0), (EV_KEY, code, UP), (EV_SYN, 0, 0))
        if self._faults[Fault.GARBAGE]:
            self.garbage()

    def garbage(self) -> None:
        """What is no press: wheels, NumLock taps, keys coming up that never went down, repeats of nothing."""
        self.emit(
            (EV_REL, 8, 1), (EV_KEY, NUMLOCK, DOWN), (EV_SYN, 0, 0), (EV_KEY, NUMLOCK, UP), (EV_SYN, SYN_DROPPED, 0)
        )
        self.emit(*((EV_KEY, code, UP) for code in self.codes), (0x15, 0, 7))

    def emit(self, *events: tuple[int, int, int]) -> None:
        """These events, to whoever has it: whoever grabbed it, or else all."""
        data = b"".join(INPUT_EVENT.pack(0, 0, *event) for event in events)
        if not isinstance(self.grabbed_by, str):
            for node in [self.grabbed_by] if self.grabbed_by is not None else self.opened:
                node.feed(data)


class OpenNode:
    """An open file of a device: the part of ``evdev.InputDevice`` that is used."""

    def __init__(self, device: VirtualUsbKeys) -> None:
        self._device = device
        self._end, self._kernel = os.pipe()
        os.set_blocking(self._end, False)
        self.phys = device.phys
        self.closed = False

    def fileno(self) -> int:
        return self._end

    def capabilities(self) -> Mapping[int, Collection[int]]:
        return {EV_SYN: (0,), EV_KEY: self._device.codes}

    def grab(self) -> None:
        if self._device.grabbed_by is not None:
            raise OSError(errno.EBUSY, "Device or resource busy")
        self._device.grabbed_by = self

    def read(self) -> Iterator[Event]:
        data = os.read(self._end, INPUT_EVENT.size * 64)
        if not data:
            raise OSError(errno.ENODEV, "No such device")
        for _, _, kind, code, value in INPUT_EVENT.iter_unpack(data):
            yield Event(kind, code, value)

    def close(self) -> None:
        if self.closed:
            return
        self.closed = True
        self.vanish()
        os.close(self._end)
        if self in self._device.opened:
            self._device.opened.remove(self)
        if self._device.grabbed_by is self:
            self._device.grabbed_by = None

    def feed(self, data: bytes) -> None:
        """Events from the device."""
        with contextlib.suppress(OSError):
            os.write(self._kernel, data)

    def vanish(self) -> None:
        """The device is gone: what was read last was the last."""
        if self._kernel != -1:
            os.close(self._kernel)
            self._kernel = -1


class UsbSockets:
    """A folder like ``/dev/input/by-path``: a name for each socket something is plugged into.

    Args:
        folder: where the names are made, so that patterns find them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._plugged: dict[str, VirtualUsbKeys] = {}
        self.opened: set[str] = set()
        """Every name that was ever opened."""

    def plug(self, name: str, device: VirtualUsbKeys) -> str:
        """Put it in; its path."""
        path = self._folder / name
        path.touch()
        self._plugged[str(path)] = device
        device.set_fault(Fault.UNPLUGGED, False)
        return str(path)

    def unplug(self, name: str) -> VirtualUsbKeys:
        """Pull it out."""
        path = self._folder / name
        path.unlink()
        device = self._plugged.pop(str(path))
        device.set_fault(Fault.UNPLUGGED, True)
        return device

    def open(self, path: str) -> OpenNode:
        """What ``evdev.InputDevice(path)`` does.

        Raises:
            OSError: nothing is plugged in there.
        """
        self.opened.add(Path(path).name)
        if path not in self._plugged:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
        return self._plugged[path].open()
