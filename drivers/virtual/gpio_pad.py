"""The far end of a pad of push buttons: contacts, lamps and a beeper on a virtual board of pins."""

from collections.abc import Mapping, Sequence
from typing import Final

from drivers.virtual.faults import Fault
from drivers.virtual.pins import BOUNCING, CLEAN, PinBoard

_FAULTS: Final = (Fault.UNPLUGGED, Fault.SILENT, Fault.GARBAGE, Fault.STUCK_KEY)


class VirtualGpioPad:
    """One pad whose buttons close to ground; a stuck key is the first of them.

    Args:
        board: the pins, opened by their owner.
        keys: key → BCM number.
        lamps: lamp → BCM number.
    """

    def __init__(self, board: PinBoard, keys: Mapping[str, int], lamps: Mapping[str, int] | None = None) -> None:
        self._board = board
        self._keys = dict(keys)
        self._lamps = dict(lamps or {})
        self._faults = dict.fromkeys(_FAULTS, False)

    @property
    def faults(self) -> Mapping[Fault, bool]:
        """Every fault it can have: ``UNPLUGGED`` = the board of pins is gone, ``SILENT`` = the buttons' plug is out,
        ``GARBAGE`` = worn contacts that bounce."""
        return dict(self._faults)

    def set_fault(self, fault: Fault, on: bool) -> None:
        """Let it break so, or mend it.

        Raises:
            ValueError: it cannot have that fault.
        """
        if fault not in self._faults:
            raise ValueError(f"a pad on pins cannot be {fault.value}")
        self._faults[fault] = on
        if fault is Fault.UNPLUGGED:
            (self._board.close if on else self._board.open)()
        if fault is Fault.STUCK_KEY:
            self._board.drive(next(iter(self._keys.values())), low=on)

    def press(self, key: str, *, held_ms: int = 80, at_ns: int | None = None) -> None:
        """Press and release a key.

        Raises:
            KeyError: no such key.
        """
        if not self._faults[Fault.SILENT]:
            contact: Sequence[int] = BOUNCING if self._faults[Fault.GARBAGE] else CLEAN
            self._board.press(self._keys[key], held_ms=held_ms, contact=contact, at_ns=at_ns)

    def shines(self, lamp: str) -> bool:
        """Whether a lamp is lit."""
        return self._board.level(self._lamps[lamp])
