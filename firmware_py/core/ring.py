"""Counting rings: from opto-coupler pulses to bursts, from bursts and the hook to what a call came to (R-PHONE-01, 02).

Pure: every edge brings its own time, and ``due`` names the next moment at which silence means something. The numbers
were validated against simulated lines of 22–28 Hz, half and full wave, ±10 % cadence (P-16).
"""

from typing import Literal

from firmware_py.core import facts as f

PULSE_MIN_MS = 12
"""Edges closer than this to the one before are contact noise."""
PERIOD_MIN_MS = 15
PERIOD_MAX_MS = 75
"""Distance of two pulses of ringing current: 20 ms full wave, 40 ms half wave, 13–66 Hz with room."""
BURST_MIN_MS = 300
"""With less ringing current it is a line test, not a ring (phone.min_burst_ms)."""
STARTED_MS = 80
"""Cut off by the hook, a burst that had run this long had begun: two periods of 25 Hz."""
JOIN_MS = 1000
"""A gap shorter than this lies inside one ring (double-ring cadence; phone.burst_join_ms)."""
EPISODE_END_MS = 6000
"""Silence after which nobody is calling any more (phone.episode_end_ms)."""
HOOK_MS = 250
"""The hook must be steady this long: ringing current shakes the loop sensor too."""

Wire = Literal["ring", "hook"]


class LineMonitor:
    """One telephone line. Feed ``edge`` and ``elapse``; both return what has just become certain."""

    def __init__(self, line: str) -> None:
        self.line = line
        self.rings = 0
        self._talking_since: int | None = None
        self._last_pulse: int | None = None
        self._in_burst = False
        self._burst_from = 0
        self._burst_last = 0
        self._burst_ms = 0
        self._burst_counted = False
        self._rung_at = 0
        self._hook = False
        self._hook_steady = False
        self._hook_from = self._hook_at = 0

    def edge(self, wire: Wire, closed: bool, at: int) -> list[f.Fact]:
        """A level changed at monotonic ``at`` milliseconds."""
        found = self.elapse(at)
        if wire == "hook":
            if closed != self._hook:
                if at - self._hook_at > HOOK_MS:
                    self._hook_from = at  # later changes are its bounces
                self._hook, self._hook_at = closed, at
        elif closed:
            found += self._pulse(at)
        return found

    def due(self) -> int | None:
        """The next moment at which ``elapse`` may have something to say; None when all is quiet."""
        moments = []
        if self._hook != self._hook_steady:
            moments.append(self._hook_at + HOOK_MS)
        if self._in_burst:
            moments.append(self._burst_last + JOIN_MS)
        elif self.rings:
            moments.append(self._rung_at + EPISODE_END_MS)
        return min(moments) if moments else None

    def elapse(self, now: int) -> list[f.Fact]:
        """What time alone has made certain by ``now``: a steady hook, the end of a burst, the end of a call."""
        found: list[f.Fact] = []
        while (due := self.due()) is not None and due <= now:
            if self._hook != self._hook_steady and due == self._hook_at + HOOK_MS:
                found += self._hook_settled()
            elif self._in_burst:
                found += self._burst_over()
            else:
                found.append(f.RingingStopped(self.line, self.rings))
                self._reset()
        return found

    def _pulse(self, at: int) -> list[f.Fact]:
        last = self._last_pulse
        if last is not None and at - last < PULSE_MIN_MS:
            return []
        if self._talking_since is not None:
            return []  # the hook decides while somebody talks
        self._last_pulse = at
        if last is None or not PERIOD_MIN_MS <= at - last <= PERIOD_MAX_MS:
            return []  # alone: noise, or the first of a train, which the second will show
        if not self._in_burst:
            self._in_burst, self._burst_from, self._burst_ms, self._burst_counted = True, last, 0, False
        self._burst_last = at
        self._burst_ms += at - last
        if self._burst_counted:
            self._rung_at = at
        elif self._burst_ms >= BURST_MIN_MS:
            return self._count()
        return []

    def _count(self) -> list[f.Fact]:
        self._burst_counted, self._rung_at = True, self._burst_last
        self.rings += 1
        return [f.RingBegan(self.line, self.rings)]

    def _burst_over(self) -> list[f.Fact]:
        self._in_burst = False
        return [f.RingEnded(self.line, self.rings)] if self._burst_counted else []

    def _hook_settled(self) -> list[f.Fact]:
        self._hook_steady = self._hook
        if not self._hook:
            if self._talking_since is None:
                return []
            talked = self._hook_at - self._talking_since
            self._reset()
            return [f.HungUp(self.line, talked)]
        found: list[f.Fact] = []
        cut_off = self._burst_from < self._hook_at and self._hook_from <= self._burst_last + PERIOD_MAX_MS
        if self._in_burst and not self._burst_counted and cut_off and self._burst_ms >= STARTED_MS:
            found += self._count()
        rings = self.rings
        self._reset()
        self._talking_since = self._hook_at
        found.append(f.Lifted(self.line, rings))
        return found

    def _reset(self) -> None:
        self.rings = 0
        self._last_pulse = None
        self._in_burst = self._burst_counted = False
        self._talking_since = None
