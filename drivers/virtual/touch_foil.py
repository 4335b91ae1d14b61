"""The far end of a USB touch foil: a finger at a place, as the kernel reports it."""

import errno
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from drivers.virtual.faults import Fault
from drivers.virtual.usb_keys import DOWN, EV_KEY, EV_SYN, UP, OpenNode, VirtualUsbKeys

BTN_TOUCH: Final = 330
EV_ABS: Final = 3
ABS_X, ABS_Y, ABS_MT_POSITION_X, ABS_MT_POSITION_Y = 0, 1, 53, 54


class AbsInfo(msgspec.Struct, frozen=True):
    """What an axis says of itself, in evdev's words."""

    value: int
    min: int
    max: int


class VirtualFoil(VirtualUsbKeys):
    """One foil; ``size`` is the highest count of its axes."""

    def __init__(self, phys: str = "usb-1.4/input0", size: tuple[int, int] = (4095, 4095)) -> None:
        super().__init__((BTN_TOUCH,), phys)
        self.size = size
        self.counts: dict[int, int] = {}
        """What the kernel knows of each axis: it tells a count only when it changes."""

    def open(self) -> "FoilNode":
        """The kernel's ``open`` of its node (see ``VirtualUsbKeys.open``)."""
        if self._faults[Fault.UNPLUGGED]:
            super().open()  # raises
        node = FoilNode(self)
        self.opened.append(node)
        return node

    def set_fault(self, fault: Fault, on: bool) -> None:
        """Let it break so, or mend it (see ``VirtualUsbKeys.set_fault``); something that lies on it is a report too."""
        super().set_fault(fault, on)
        if fault is Fault.UNPLUGGED:
            self.counts.clear()  # plugged in again it is a new device to the kernel
        self.emit((EV_SYN, 0, 0))

    def garbage(self) -> None:
        """What is no touch (see ``VirtualUsbKeys.garbage``); after a buffer that ran over, half a report."""
        super().garbage()
        self.emit((EV_KEY, BTN_TOUCH, DOWN), (EV_SYN, 0, 0), (EV_KEY, BTN_TOUCH, UP), (EV_SYN, 0, 0))

    def emit(self, *events: tuple[int, int, int]) -> None:
        """These events, as the kernel passes them on: an axis that stays where it is says nothing."""
        passed = []
        for kind, axis, value in events:
            if kind == EV_ABS:
                if self.counts.get(axis, 0) == value:
                    continue
                self.counts[axis] = value
            passed.append((kind, axis, value))
        super().emit(*passed)

    def touch(self, x: int, y: int, *, slide_to: tuple[int, int] | None = None, key_first: bool = False) -> None:
        """A finger comes down at ``x``, ``y`` percent, slides perhaps, and lifts.

        Args:
            x, y: in percent from the left and top edge.
            slide_to: where it slides to before it lifts.
            key_first: this foil reports the touch before the place, in one report as always.
        """
        if self._faults[Fault.SILENT]:
            return
        if self._faults[Fault.GARBAGE]:
            self.garbage()
        place = self._at(x, y)
        down = [(EV_KEY, BTN_TOUCH, DOWN)]
        self.emit(*(down + place if key_first else place + down), (EV_SYN, 0, 0))
        if slide_to is not None:
            self.emit(*self._at(*slide_to), (EV_SYN, 0, 0))
        self.emit((EV_KEY, BTN_TOUCH, UP), (EV_SYN, 0, 0))

    def _at(self, x: int, y: int) -> list[tuple[int, int, int]]:
        across, down = x * self.size[0] // 100, y * self.size[1] // 100
        return [
            (EV_ABS, ABS_MT_POSITION_X, across),
            (EV_ABS, ABS_MT_POSITION_Y, down),
            (EV_ABS, ABS_X, across),
            (EV_ABS, ABS_Y, down),
        ]


class FoilNode(OpenNode):
    """An open file of a foil."""

    def __init__(self, foil: VirtualFoil) -> None:
        super().__init__(foil)
        self._foil = foil

    def capabilities(self) -> Mapping[int, Any]:
        """As evdev says it: axes come with their ranges."""
        axes = [(code, self.absinfo(code)) for code in (ABS_X, ABS_Y, ABS_MT_POSITION_X, ABS_MT_POSITION_Y)]
        return {**super().capabilities(), EV_ABS: axes}

    def absinfo(self, axis_num: int) -> AbsInfo:
        """One axis."""
        if self.closed:
            raise OSError(errno.ENODEV, "No such device")
        slotted = axis_num in (ABS_MT_POSITION_X, ABS_MT_POSITION_Y)  # the kernel tells no count of these
        count = 0 if slotted else self._foil.counts.get(axis_num, 0)
        return AbsInfo(count, 0, self._foil.size[axis_num in (ABS_Y, ABS_MT_POSITION_Y)])
