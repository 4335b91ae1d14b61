"""The hand on the demo's clock: the hall is open at whatever hour the demo is started, and 17:30 comes when asked."""

import time
from pathlib import Path

from firmware_py.core.plan import Plan
from firmware_py.core.schedule import DAY_MS, MINUTE_MS, midnight
from firmware_py.runtime.clock import OffsetClock, write_offset

BEFORE_CLOSE_MIN = 60
"""Started later than this before closing, the demo begins in the morning instead: a visit needs time."""


class HallClock:
    """Moves the wall clock of all the hall's daemons through the file they read it from."""

    def __init__(self, path: Path, plan: Plan) -> None:
        self.path = path
        self._plan = plan
        self._clock = OffsetClock(path)

    def local_ms(self) -> int:
        """What the clock on the hall's wall reads."""
        return self._clock.wall_ms() + self._plan.utc_offset_min * MINUTE_MS

    def open_the_hall(self) -> None:
        """Set the clock to a moment in service hours unless it shows one, or is in the middle of a day being tried."""
        now = self.local_ms()
        minute = (now - midnight(now)) // MINUTE_MS
        first, last = self._plan.hours[0], self._plan.hours[-1]
        kept = self.path.exists()
        if first.opens <= minute < (24 * 60 if kept else last.closes - BEFORE_CLOSE_MIN):
            return
        day = midnight(now) if not kept or minute < first.opens else midnight(now) + DAY_MS
        self._set(day + (first.opens + BEFORE_CLOSE_MIN) * MINUTE_MS)

    def to_closing(self) -> None:
        """到17:30: step to the end of today's last session."""
        now = self.local_ms()
        closing = midnight(now) + self._plan.hours[-1].closes * MINUTE_MS
        if now < closing:
            self._set(closing)

    def to_morning(self) -> None:
        """次日上午: step to the next day's service hours."""
        now = self.local_ms()
        self._set(midnight(now) + DAY_MS + (self._plan.hours[0].opens + BEFORE_CLOSE_MIN) * MINUTE_MS)

    def _set(self, local_ms: int) -> None:
        real = time.time_ns() // 1_000_000
        write_offset(self.path, local_ms - self._plan.utc_offset_min * MINUTE_MS - real)
