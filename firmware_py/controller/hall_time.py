"""Hall time: milliseconds that start from the wall clock and then only follow the monotonic one (R-CORE-20)."""

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
