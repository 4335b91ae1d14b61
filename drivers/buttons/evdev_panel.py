"""Push buttons that are the keys of a USB key box or number pad, or fields of a USB touch foil.

On a virtual Pi: ``EvdevPanel(node, inbox.put, keys=[…])`` with nothing else given opens the real evdev.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final, Protocol, cast

import msgspec

from drivers import Put, monotonic_ms
from drivers.buttons import Buttons, ButtonsLost, Pressed
from drivers.keypad.input_device import GrabbedKeys, InputDevice, InputEvent, OpenDevice, open_evdev
from drivers.keypad.key_names import code_of, name_of

BTN_TOUCH: Final = 330
_EV_SYN: Final = 0
_EV_ABS: Final = 3
_SYN_REPORT: Final = 0
_AXES: Final = {0: "x", 1: "y", 53: "x", 54: "y"}
"""ABS_X, ABS_Y and their multi-touch twins: a foil tells either or both."""


class Field(msgspec.Struct, frozen=True):
    """A field of a touch foil, in percent from its left and top edge."""

    left: int
    top: int
    right: int
    bottom: int

    def holds(self, x: float, y: float) -> bool:
        """Whether a touch there is on it."""
        return self.left <= x <= self.right and self.top <= y <= self.bottom


class Axis(Protocol):
    """The part of ``evdev.AbsInfo`` used here."""

    @property
    def min(self) -> int: ...
    @property
    def max(self) -> int: ...


class TouchDevice(InputDevice, Protocol):
    """An input device with axes."""

    def absinfo(self, axis_num: int) -> Axis: ...


class EvdevPanel(Buttons):
    """The keys and fields of one input device; every other key of it is ignored (R-KIOSK-15).

    Args:
        path: device node, or a pattern of nodes (``drivers.keypad.input_device``).
        put: where ``Pressed`` and ``ButtonsLost`` go.
        keys: names of the keys that are buttons (``KEY_KP1``), and of their presses.
        fields: the name of each field of the foil → where it lies.
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
        keys: Collection[str] = (),
        fields: Mapping[str, Field] | None = None,
        open_device: OpenDevice = open_evdev,
        now: Callable[[], int] = monotonic_ms,
    ) -> None:
        self._put = put
        self._keys = frozenset(code_of(name) for name in keys)
        self._fields = dict(fields or {})
        wanted = self._keys | ({BTN_TOUCH} if self._fields else set())
        kind = _TouchedKeys if self._fields else GrabbedKeys
        self._device = kind(
            path,
            self._on_key,
            lambda reason: put(ButtonsLost(reason)),
            what="buttons",
            wanted=wanted,
            open_device=open_device,
            now=now,
        )

    def open(self) -> None:
        """Find the device, take its keys away from the console and start reading.

        Raises:
            DriverOffline: not plugged in, no permission, or grabbed by another process.
            DriverFault: ``wrong_keys`` - a device is there and lacks wanted keys; ``two_pads`` - two are.
        """
        self._device.open()

    def close(self) -> None:
        """Stop reading and give the keys back to the console. No ``ButtonsLost`` follows a close."""
        self._device.close()

    def check(self) -> None:
        """Say whether it is still there and its keys come up again.

        Raises:
            DriverOffline: closed, or unplugged since ``open``.
            DriverFault: ``stuck_key``.
        """
        self._device.check()

    def _on_key(self, code: int, down: bool, at: int) -> None:
        if not down:
            return
        if code in self._keys:
            self._put(Pressed(name_of(code), at))
        elif code == BTN_TOUCH and isinstance(self._device, _TouchedKeys):
            x, y = self._device.touched
            for name, field in self._fields.items():
                if field.holds(x, y):
                    self._put(Pressed(name, at))
                    return


class _TouchedKeys(GrabbedKeys):
    """Grabbed keys that also know where the foil was touched.

    A report carries key and position in any order: the touch counts at the report's end, and a finger that slides on
    is no second touch.
    """

    touched: tuple[float, float] = (-1.0, -1.0)
    """The last touch, in percent of the foil."""
    _device_axes: Mapping[int, tuple[int, int]] = {}
    _report: tuple[InputEvent, ...] = ()

    def _find(self) -> InputDevice:
        device = super()._find()
        foil = cast("TouchDevice", device)
        axes = cast("Mapping[int, Iterable[tuple[int, Axis]]]", device.capabilities()).get(_EV_ABS, ())
        ranges = {code: foil.absinfo(code) for code, _ in axes if code in _AXES}
        self._device_axes = {code: (axis.min, axis.max) for code, axis in ranges.items()}
        self.touched, self._report = (-1.0, -1.0), ()
        return device

    def _hear(self, event: InputEvent, at: int) -> None:
        if event.type == _EV_ABS:
            self._moved(event.code, event.value)
        elif event.type == _EV_SYN:
            report, self._report = self._report, ()
            for each in report:
                super()._hear(each, at)
            super()._hear(event, at)
        else:
            self._report = (*self._report[-63:], event)  # a report is a few events; more is noise

    def _moved(self, code: int, value: int) -> None:
        low, high = self._device_axes.get(code, (0, 0))
        if high > low:
            percent = 100 * (value - low) / (high - low)
            x, y = self.touched
            self.touched = (percent, y) if _AXES[code] == "x" else (x, percent)
