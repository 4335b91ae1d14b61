"""One grabbed input device of the kernel and the thread that reads its keys: number pads, buttons, code readers.

Only the device that is named is ever opened (R-KIOSK-15): what else is plugged into the Pi stays without effect.
``path`` may be a pattern (``/dev/input/by-path/*usb-0:1.3:*event*``); among the nodes it matches, the one that has the
wanted keys is taken, because many pads show two. By-path links name the socket, so that two pads of one model are told
apart by where they are plugged in; in by-id they collide. A pattern under which two pads would do is refused.

The time of a key is this machine's monotonic clock at the read: the kernel stamps input events with wall time
(hardware.md 3.2). To try this on a real kernel (uinput): ``GrabbedKeys(node, …)`` or a driver above it with the default
``open_device``; nothing else of the module knows what evdev is.
"""

import contextlib
import glob
import os
import select
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final, Protocol

from drivers import Driver, monotonic_ms
from drivers.keypad.held_keys import HeldKeys
from drivers.keypad.key_names import NUMLOCK, name_of
from firmware_py.errors import DriverFault, DriverOffline

_EV_SYN: Final = 0
_EV_KEY: Final = 1
_SYN_DROPPED: Final = 3
_UP: Final = 0
_DOWN: Final = 1  # 2 is the kernel's autorepeat


class InputEvent(Protocol):
    """What evdev yields."""

    @property
    def type(self) -> int: ...
    @property
    def code(self) -> int: ...
    @property
    def value(self) -> int: ...


class InputDevice(Protocol):
    """The part of ``evdev.InputDevice`` used here; the same in evdev 1.6 and 2.x."""

    @property
    def phys(self) -> str: ...
    def fileno(self) -> int: ...
    def capabilities(self) -> Mapping[int, Iterable[int]]: ...
    def grab(self) -> None: ...
    def read(self) -> Iterable[InputEvent]: ...
    def close(self) -> None: ...


OpenDevice = Callable[[str], InputDevice]
OnKey = Callable[[int, bool, int], None]
"""Told (code, whether it went down, at) in the reader's thread; must not block. Never of autorepeat or NumLock."""


def open_evdev(path: str) -> InputDevice:
    """The real device at ``path``.

    Raises:
        DriverOffline: evdev is not installed.
        OSError: no such device, or no permission.
    """
    try:
        import evdev
    except ImportError as error:
        raise DriverOffline(f"{path}: python-evdev is missing; install it with: pip install 'hall[pi]'") from error
    device: InputDevice = evdev.InputDevice(path)
    return device


class GrabbedKeys:
    """The keys of one input device, taken away from the console.

    Args:
        path: device node, or a pattern of nodes.
        on_key: see ``OnKey``.
        lost: told once, in the reader's thread, that the device went away; never after a ``close``.
        what: what it is, for the errors.
        wanted: codes the device must have; none = any device will do.
        torn: told, in the reader's thread, that the kernel's buffer ran over and keys are missing from what came.
        open_device: how a node is opened.
        now: monotonic milliseconds.
    """

    def __init__(
        self,
        path: str,
        on_key: OnKey,
        lost: Callable[[str], None],
        *,
        what: str = "pad",
        wanted: Collection[int] = (),
        torn: Callable[[], None] = lambda: None,
        open_device: OpenDevice = open_evdev,
        now: Callable[[], int] = monotonic_ms,
    ) -> None:
        self._path = path
        self._on_key = on_key
        self._lost = lost
        self._what = what
        self._wanted = frozenset(wanted)
        self._on_torn = torn
        self._open_device = open_device
        self._now = now
        self._held = HeldKeys(f"{what} {path}")
        self._device: InputDevice | None = None
        self._reader: threading.Thread | None = None
        self._wake = -1

    def open(self) -> None:
        """Find the device, take its keys away from the console and start reading.

        Raises:
            DriverOffline: not plugged in, no permission, or grabbed by another process.
            DriverFault: what is there lacks wanted keys (``wrong_keys``), or it is two (``two_pads``).
        """
        self.close()
        device = self._find()
        try:
            device.grab()
        except OSError as error:
            device.close()
            raise DriverOffline(f"{self._what} {self._path} is in use by another process: {error}") from error
        woken, self._wake = os.pipe()
        self._held.clear()
        self._device = device
        self._reader = threading.Thread(
            target=self._read, args=(device, woken), name=f"{self._what} {self._path}", daemon=True
        )
        self._reader.start()

    def close(self) -> None:
        """Stop reading and give the keys back to the console; may be called twice, and before ``open``."""
        device, reader, wake = self._device, self._reader, self._wake
        self._device, self._reader, self._wake = None, None, -1
        if wake != -1:
            os.close(wake)  # the reader's end of the pipe becomes readable
        if reader is not None and reader is not threading.current_thread():
            reader.join()
        if device is not None:
            with contextlib.suppress(OSError):
                device.close()  # closing ends the grab too

    def check(self) -> None:
        """Say whether the device is still there and its keys come up again.

        Raises:
            DriverOffline: closed, or unplugged since ``open``.
            DriverFault: ``stuck_key``.
        """
        if self._reader is None or not self._reader.is_alive():
            raise DriverOffline(f"{self._what} {self._path} is not connected")
        self._held.check(self._now())

    def _find(self) -> InputDevice:
        fit: dict[str, InputDevice] = {}
        lacking: list[str] = []
        trouble: OSError | None = None
        for path in self._nodes():
            try:
                device = self._open_device(path)
            except OSError as error:
                trouble = error
                continue
            missing = self._wanted - set(device.capabilities().get(_EV_KEY, ()))
            if missing:
                device.close()
                lacking.append(f"{path} lacks {', '.join(sorted(map(name_of, missing)))}")
            else:
                fit[path] = device
        if fit:
            return self._only(fit)
        if trouble is not None:
            hint = "; is this user in the group input?" if isinstance(trouble, PermissionError) else ""
            raise DriverOffline(f"{self._what} {self._path}: {trouble}{hint}") from trouble
        raise DriverFault("wrong_keys", "; ".join(lacking))

    def _nodes(self) -> list[str]:
        """The nodes under the path, each once: some systems give a socket two names."""
        paths = sorted(glob.glob(self._path)) if glob.has_magic(self._path) else [self._path]  # noqa: PTH207
        if not paths:
            raise DriverOffline(f"{self._what} {self._path}: no such device")
        return list({os.path.realpath(path): path for path in reversed(paths)}.values())[::-1]

    def _only(self, fit: Mapping[str, InputDevice]) -> InputDevice:
        """The first of several interfaces of one device; two devices are one too many."""
        (path, device), *others = fit.items()
        for _, other in others:
            other.close()
        place = _place(path, device)
        strangers = [other for other, each in others if _place(other, each) != place]
        if strangers:
            device.close()
            names = ", ".join([path, *strangers])
            raise DriverFault("two_pads", f"{self._path} names more than one: {names}; name the socket of one of them")
        return device

    def _read(self, device: InputDevice, woken: int) -> None:
        try:
            while woken not in select.select([device.fileno(), woken], [], [])[0]:
                with contextlib.suppress(BlockingIOError):  # select may wake for nothing
                    for event in device.read():
                        self._hear(event, self._now())
        except OSError as error:  # ENODEV: unplugged
            self._lost(f"{self._path}: {error}")
        finally:
            os.close(woken)

    def _hear(self, event: InputEvent, at: int) -> None:
        if event.type == _EV_SYN and event.code == _SYN_DROPPED:
            self._held.clear()  # a key may have come up unseen
            self._on_torn()
        if event.type != _EV_KEY or event.code == NUMLOCK:  # cheap pads wrap each key in two taps of NumLock
            return
        if event.value == _UP:
            self._held.up(name_of(event.code), at)
            self._on_key(event.code, False, at)
        elif self._held.down(name_of(event.code), at) and event.value == _DOWN:
            self._on_key(event.code, True, at)


class OnInputDevice(Driver):
    """A driver whose whole wire is one grabbed input device, which it makes as ``_device``."""

    _device: GrabbedKeys

    def open(self) -> None:
        """Find the device, take its keys away from the console and start reading (raises as ``GrabbedKeys.open``)."""
        self._device.open()

    def close(self) -> None:
        """Stop reading and give the keys back to the console. It is not reported as lost then."""
        self._device.close()

    def check(self) -> None:
        """Say whether the device is there and its keys come up again (raises as ``GrabbedKeys.check``)."""
        self._device.check()


def _place(path: str, device: InputDevice) -> str:
    """What two interfaces of one device have in common: its socket (``usb-…-1.3`` of ``usb-…-1.3/input0``)."""
    return device.phys.partition("/")[0] or path
