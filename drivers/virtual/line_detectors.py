"""The detectors of a telephone line on the pins of a board: what they see, and how they break."""

from typing import Final, Literal

from drivers.virtual.crackling import Crackling
from drivers.virtual.faults import Fault
from drivers.virtual.pins import PinBoard

Detector = Literal["ring", "hook", "second", "loop"]

BREAKS: Final = (Fault.STUCK_RING, Fault.GARBAGE, Fault.UNPLUGGED)
"""An opto that has burnt through, crackling on the line, the detectors' cable pulled off the Pi."""


class LineDetectors:
    """Each of them closes a contact to ground, or is not fitted.

    Args:
        board: where they are, and nothing else: pulling their cable takes it away.
        pins: BCM number of each that is fitted.
    """

    def __init__(self, board: PinBoard, pins: dict[Detector, int]) -> None:
        self._board = board
        self._pins = pins
        self._stuck = False
        self._noise = Crackling(self._spike)

    def drive(self, detector: Detector, closed: bool, at_ns: int | None = None) -> None:
        """It sees something, or no more; at a monotonic nanosecond, or now."""
        pin = self._pins.get(detector)
        if pin is not None:
            self._board.drive(pin, closed or (detector == "ring" and self._stuck), at_ns)

    def set_fault(self, fault: Fault, on: bool) -> None:
        """Break one of ``BREAKS``, or mend it."""
        match fault:
            case Fault.STUCK_RING:
                self._stuck = on
                self.drive("ring", on)
            case Fault.GARBAGE:
                (self._noise.start if on else self._noise.stop)()
            case _:
                (self._board.close if on else self._board.open)()

    def close(self) -> None:
        """No more crackling."""
        self._noise.stop()

    def _spike(self, begins_ns: int, ends_ns: int) -> None:
        self.drive("ring", True, begins_ns)
        self.drive("ring", False, ends_ns)
