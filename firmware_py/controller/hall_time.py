"""Hall time: milliseconds that start from the wall clock and then only follow the monotonic one (R-CORE-20)."""

from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.runtime.clock import Clock


class HallTime:
    """One boot of the controller's time. It never runs behind what the journal has already seen."""

    def __init__(self, clock: Clock, last_at: int) -> None:
        self._clock = clock
        self._anchor = max(clock.wall_ms(), last_at + 1) - clock.mono_ms()

    def at(self, mono_ms: int) -> int:
        """Hall time at monotonic ``mono_ms``."""
        return self._anchor + mono_ms

    def mono(self, at: int) -> int:
        """Monotonic milliseconds at hall time ``at``: when a timer of the core is due for the loop."""
        return at - self._anchor

    def wall_ms(self) -> int:
        """What the wall clock reads now, UTC."""
        return self._clock.wall_ms()

    def restarted(self, hall: Hall, at: int, *, same_boot: bool) -> e.Restarted:
        """What the wall clock is worth now. Within one boot of the machine a clerk's word for it, and the correction
        that came with it, still hold: the machine's clock has run on (R-CORE-20)."""
        offset = self._clock.wall_ms() - at
        if self._clock.trusted():
            return e.Restarted(at, offset)
        if same_boot and hall.clock_trusted:
            return e.Restarted(at, offset + hall.corrected_ms, corrected_ms=hall.corrected_ms)
        return e.Restarted(at, offset, trusted=False)

    def vouched_for(self, hall: Hall) -> bool:
        """Whether a battery clock or NTP vouches for the wall clock; they are asked only while that would be news."""
        return bool(hall.clock_trusted and not hall.corrected_ms) or self._clock.trusted()
