"""A USB number pad as staff pad or evaluator: one grabbed input device, one reader thread.

A pad with two interfaces shows two event devices; ``path`` may be a pattern (``/dev/input/by-path/*usb-0:1.3:*event*``)
and the first device that has every wanted key is taken. Pads without a serial number collide in ``by-id``: use
``by-path`` or the hall's udev links. The presses' time is this machine's monotonic clock at the read, because the
kernel stamps input events with wall time (hardware.md 3.2).
"""

import contextlib
import glob
import os
import select
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final, Protocol

from drivers import Put, monotonic_ms
from drivers.keypad import KeyPressed, LevelPressed, PadBus, PadLost
from drivers.keypad.key_names import NUMLOCK, code_of, name_of
from firmware_py.errors import DriverFault, DriverOffline

_EV_KEY: Final = 1
_DOWN: Final = 1  # 0 is up, 2 is the kernel's autorepeat


class InputEvent(Protocol):
    """What evdev yields."""

    type: int
    code: int
    value: int


class InputDevice(Protocol):
    """The part of ``evdev.InputDevice`` used here; the same in evdev 1.6 and 2.x."""

    def fileno(self) -> int: ...
    def capabilities(self) -> Mapping[int, Iterable[int]]: ...
    def grab(self) -> None: ...
    def read(self) -> Iterable[InputEvent]: ...
    def close(self) -> None: ...


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


class EvdevPad(PadBus):
    """One USB pad, reported under one address.

    Args:
        path: device node, or a pattern of nodes.
        put: where ``KeyPressed``, ``LevelPressed`` and ``PadLost`` go.
        address: the address its presses carry, since the pad has none of its own.
        keys: names of the keys to report; None reports every key that is no position. NumLock is never reported,
            because cheap pads wrap each key in two taps of it.
        positions: evaluator keys, ``{"KEY_KP1": 0, …}`` counted from the left.
        open_device: how a node is opened.
        now: monotonic milliseconds.

    Raises:
        ConfigError: a key name that does not exist.
    """

    def __init__(
        self,
        path: str,
        put: Put,
        *,
        address: int,
        keys: Collection[str] | None = None,
        positions: Mapping[str, int] | None = None,
        open_device: Callable[[str], InputDevice] = open_evdev,
        now: Callable[[], int] = monotonic_ms,
    ) -> None:
        self._path = path
        self._put = put
        self._address = address
        self._keys = None if keys is None else frozenset(code_of(name) for name in keys)
        self._positions = {code_of(name): position for name, position in (positions or {}).items()}
        self._open_device = open_device
        self._now = now
        self._device: InputDevice | None = None
        self._reader: threading.Thread | None = None
        self._wake = -1

    def open(self) -> None:
        """Find the pad, take its keys away from the console and start reading.

        Raises:
            DriverOffline: not plugged in, no permission, or grabbed by another process.
            DriverFault: a pad is there and lacks wanted keys (``wrong_keys``).
        """
        self.close()
        device = self._find()
        try:
            device.grab()
        except OSError as error:
            device.close()
            raise DriverOffline(f"pad {self._path} is in use by another process: {error}") from error
        woken, self._wake = os.pipe()
        self._device = device
        self._reader = threading.Thread(target=self._read, args=(device, woken), name=f"pad {self._path}", daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Stop reading and give the keys back to the console. No ``PadLost`` follows a close."""
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
        """Say whether the pad is still there.

        Raises:
            DriverOffline: closed, or unplugged since ``open``.
        """
        if self._reader is None or not self._reader.is_alive():
            raise DriverOffline(f"pad {self._path} is not connected")

    def show_digits(self, address: int, waiting: int, ticket: str) -> None:  # noqa: ARG002
        """Nothing: a USB number pad has no display. Raises as ``check`` does."""
        self.check()

    def beep(self, address: int) -> None:  # noqa: ARG002
        """Nothing: a USB number pad has no sounder. Raises as ``check`` does."""
        self.check()

    def invite(self, address: int) -> None:  # noqa: ARG002
        """Nothing: a USB number pad has no light to invite with. Raises as ``check`` does."""
        self.check()

    def _find(self) -> InputDevice:
        wanted = set(self._positions) | (self._keys or set())
        paths = sorted(glob.glob(self._path)) if glob.has_magic(self._path) else [self._path]  # noqa: PTH207
        if not paths:
            raise DriverOffline(f"pad {self._path}: no such device")
        lacking: list[str] = []
        for path in paths:
            try:
                device = self._open_device(path)
            except OSError as error:
                hint = "; is this user in the group input?" if isinstance(error, PermissionError) else ""
                raise DriverOffline(f"pad {path}: {error}{hint}") from error
            missing = wanted - set(device.capabilities().get(_EV_KEY, ()))
            if not missing:
                return device
            device.close()
            lacking.append(f"{path} lacks {', '.join(sorted(map(name_of, missing)))}")
        raise DriverFault("wrong_keys", "; ".join(lacking))

    def _read(self, device: InputDevice, woken: int) -> None:
        try:
            while woken not in select.select([device.fileno(), woken], [], [])[0]:
                with contextlib.suppress(BlockingIOError):  # select may wake for nothing
                    for event in device.read():
                        if event.type == _EV_KEY and event.value == _DOWN:
                            self._on_key(event.code, self._now())
        except OSError as error:  # ENODEV: unplugged
            self._put(PadLost(f"{self._path}: {error}"))
        finally:
            os.close(woken)

    def _on_key(self, code: int, at: int) -> None:
        if code in self._positions:
            self._put(LevelPressed(self._address, self._positions[code], at))
        elif code != NUMLOCK and (self._keys is None or code in self._keys):
            self._put(KeyPressed(self._address, name_of(code), at))
