"""Hall time: milliseconds that start from the wall clock and then only follow the monotonic one (R-CORE-20)."""

from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.runtime.clock import Clock


class HallTime:
    """One life of the controller's time. It never runs behind what the journal has already seen.

    ``anchor`` is where hall time stood at monotonic 0 in an earlier life since the machine was started: it simply runs
    on, whatever the wall clock has done meanwhile. None = there was none, and the wall clock is where it starts from.
    """

    def __init__(self, clock: Clock, last_at: int, anchor: int | None = None) -> None:
        self._clock = clock
        mono = clock.mono_ms()
        runs_on = anchor is not None and anchor + mono > last_at
        self._anchor = anchor if anchor is not None and runs_on else max(clock.wall_ms(), last_at + 1) - mono

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
            return e.Restarted(at, offset, same_boot=same_boot)
        if same_boot and hall.clock_trusted:
            corrected = hall.corrected_ms
            return e.Restarted(at, offset + corrected, corrected_ms=corrected, same_boot=True)
        return e.Restarted(at, offset, trusted=False, same_boot=same_boot)

    def vouched_for(self, hall: Hall) -> bool:
        """Whether a battery clock or NTP vouches for the wall clock; they are asked only while that would be news."""
        return bool(hall.clock_trusted and not hall.corrected_ms) or self._clock.trusted()
