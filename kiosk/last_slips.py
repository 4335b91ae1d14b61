"""The slips of the day that a guide can print again: which there are, and which one a press of the key means."""

from msgspec.structs import replace

from kiosk.effects import KeepSlips, KeptSlip

STEP_MS = 10_000
"""Pressed again within this time, the key means the slip before the one it meant last."""


class LastSlips:
    """The newest ``most`` slips of one day. Times are monotonic milliseconds."""

    def __init__(self, kept: KeepSlips, most: int) -> None:
        self._day = kept.day
        self._slips = list(kept.slips)[-most:]
        self._most = most
        self._back = 0
        self._pressed_at: int | None = None

    def took(self, day: str, slip: KeptSlip) -> KeepSlips:
        """A number was taken here: its slip is the newest."""
        if day != self._day:
            self._day, self._slips = day, []
        self._slips = [*(each for each in self._slips if each.taken.ticket != slip.taken.ticket), slip][-self._most :]
        self._pressed_at = None
        return KeepSlips(self._day, tuple(self._slips))

    def came_out(self, number: str, *, sure: bool) -> KeepSlips | None:
        """The printer's word about a slip; None when nothing changes."""
        kept = self.find(number)
        if kept is None or kept.sure == sure:
            return None
        self._slips = [replace(each, sure=sure) if each is kept else each for each in self._slips]
        return KeepSlips(self._day, tuple(self._slips))

    def never_was(self, number: str) -> KeepSlips | None:
        """Nothing of it reached paper and nobody holds the number: it cannot be printed again."""
        kept = self.find(number)
        if kept is None:
            return None
        self._slips.remove(kept)
        return KeepSlips(self._day, tuple(self._slips))

    def find(self, number: str) -> KeptSlip | None:
        """The slip of this number."""
        return next((each for each in self._slips if each.taken.ticket == number), None)

    def typed(self, day: str, number: str) -> KeptSlip | None:
        """The slip of a number a guide typed on ``day``: the same number of another day is somebody else's."""
        return self.find(number) if day == self._day else None

    def pressed(self, day: str, at: int) -> KeptSlip | None:
        """The slip the key means now: the newest, then step by step the ones before it; None = there is none."""
        if day != self._day or not self._slips:
            return None
        again = self._pressed_at is not None and at - self._pressed_at < STEP_MS
        self._back = self._back + 1 if again else 0
        self._pressed_at = at
        return self._slips[-1 - self._back % len(self._slips)]
