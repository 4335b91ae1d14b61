"""Push buttons that are the keys of a USB key box or number pad, or fields of a USB touch foil.

On a virtual Pi: ``EvdevPanel(node, inbox.put, keys=[…])`` with nothing else given opens the real evdev.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Final, Protocol, cast

import msgspec

from drivers import Put, monotonic_ms
from drivers.buttons import Buttons, ButtonsLost, Pressed
from drivers.keypad.input_device import GrabbedKeys, InputDevice, InputEvent, OnInputDevice, OpenDevice, open_evdev
from drivers.keypad.key_names import code_of
from firmware_py.errors import DriverFault, DriverOffline

BTN_TOUCH: Final = 330
_EV_SYN: Final = 0
_EV_ABS: Final = 3
_SYN_REPORT: Final = 0
_SYN_DROPPED: Final = 3
_AXES: Final = ((0, 53), (1, 54))
"""ABS_X and ABS_Y, and their multi-touch twins for a foil that tells only those: they may be any finger's."""


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
    def value(self) -> int: ...
    @property
    def min(self) -> int: ...
    @property
    def max(self) -> int: ...


class TouchDevice(InputDevice, Protocol):
    """An input device with axes."""

    def absinfo(self, axis_num: int) -> Axis: ...


class EvdevPanel(OnInputDevice, Buttons):
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
        self._keys = {code_of(name): name for name in keys}
        self._fields = dict(fields or {})
        wanted = self._keys.keys() | ({BTN_TOUCH} if self._fields else set())
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

    def _on_key(self, code: int, down: bool, at: int) -> None:
        if not down:
            return
        if code in self._keys:
            self._put(Pressed(self._keys[code], at))
        elif code == BTN_TOUCH and isinstance(self._device, _TouchedKeys):
            x, y = self._device.touched
            for name, field in self._fields.items():
                if field.holds(x, y):
                    self._put(Pressed(name, at))
                    return


class _TouchedKeys(GrabbedKeys):
    """Grabbed keys that also know where the foil was touched.

    A report carries key and position in any order: the touch counts at the report's end, and a finger that slides on
    is no second touch. The kernel tells a position only when it changes: where nothing was told yet, or was lost, it
    is asked.
    """

    _foil: TouchDevice | None = None
    _ranges: Mapping[int, tuple[int, int]] = {}
    """Axis → its lowest and highest count: ABS_X or its twin first, then ABS_Y or its twin."""
    _counts: dict[int, int]
    """Axis → where it stands."""
    _report: tuple[InputEvent, ...] = ()
    _torn = False
    """Whether the kernel's buffer ran over: what comes before the next report's end is half of something."""

    @property
    def touched(self) -> tuple[float, float]:
        """The last touch, in percent of the foil; (-1, -1) = of no foil."""
        x, y = (
            100 * (self._counts[axis] - low) / (high - low) if high > low else -1.0
            for axis, (low, high) in self._ranges.items()
        )
        return x, y

    def _find(self) -> InputDevice:
        device = super()._find()
        foil = cast("TouchDevice", device)
        told = {
            code for code, _ in cast("Mapping[int, Iterable[tuple[int, Axis]]]", device.capabilities()).get(_EV_ABS, ())
        }
        axes = [axis for twins in _AXES for axis in [each for each in twins if each in told][:1]]
        if len(axes) < len(_AXES):
            device.close()
            raise DriverFault("wrong_keys", f"{self._path} is touched, and never tells where")
        try:
            self._ranges = {axis: (foil.absinfo(axis).min, foil.absinfo(axis).max) for axis in axes}
            self._ask_where(foil)
        except OSError as error:  # unplugged meanwhile
            device.close()
            raise DriverOffline(f"{self._what} {self._path}: {error}") from error
        self._foil, self._report, self._torn = foil, (), False
        return device

    def _ask_where(self, foil: TouchDevice) -> None:
        self._counts = {axis: foil.absinfo(axis).value for axis in self._ranges}

    def _hear(self, event: InputEvent, at: int) -> None:
        if event.type == _EV_SYN and event.code == _SYN_DROPPED:
            self._report, self._torn = (), True
            super()._hear(event, at)
        elif event.type == _EV_SYN and event.code == _SYN_REPORT:
            report, self._report = self._report, ()
            if self._torn:
                self._torn = False
                if self._foil is not None:
                    self._ask_where(self._foil)
                return
            for each in report:
                super()._hear(each, at)
        elif event.type == _EV_ABS:
            if event.code in self._counts:
                self._counts[event.code] = event.value
        else:
            self._report = (*self._report[-63:], event)  # a report is a few events; more is noise
