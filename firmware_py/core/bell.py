"""Counting rings: pulses of one ringing detector become bursts, bursts become rings (R-PHONE-01, P-16).

The numbers were validated against simulated lines of 22–28 Hz, half and full wave, ±10 % cadence. A modem counts the
bursts itself and says ``RING`` for each, at its start or at its end; its word is taken (``told``).
"""

PULSE_MIN_MS = 12
"""Edges closer than this to the one before are contact noise."""
PERIOD_MIN_MS = 15
PERIOD_MAX_MS = 75
"""Distance of two pulses of ringing current: 20 ms full wave, 40 ms half wave, 13–66 Hz with room."""
BURST_MIN_MS = 300
"""With less ringing current it is a line test, not a ring (phone.min_burst_ms)."""
STARTED_MS = 80
"""Cut off by the hook, a burst that had run this long had begun: two periods of 25 Hz."""
BREAK_MS = 350
"""A gap longer than this, and than any inside a double ring, begins anew what is no ring yet: crackling never adds up
to one, however long."""
JOIN_MS = 1000
"""A gap shorter than this lies inside one ring (double-ring cadence; phone.burst_join_ms)."""
EPISODE_END_MS = 6000
"""Silence after which nobody is calling any more (phone.episode_end_ms)."""
TOLD_JOIN_MS = 1500
"""Words for rings that follow each other faster are of one ring: no two rings are so close (``BURST_MIN_MS`` and
``JOIN_MS``), the parts of a double ring and a word said twice are."""
TOLD_END_MS = 8000
"""Silence after a word for a ring that ends the call: rings are up to 5.5 s apart, and a modem may be late with one."""
STUCK_MS = 60_000
"""No exchange rings so long without a pause: the detector or the line is faulty (R-PHONE-12)."""


class Bell:
    """The rings of one call. ``pulse`` and ``burst_over`` tell what became certain; ``due`` when silence will."""

    def __init__(self) -> None:
        self.rings = 0
        self.stuck = False
        self._last_pulse: int | None = None
        self._in_burst = False
        self._burst_from = 0
        self._burst_last = 0
        self._burst_ms = 0
        self._counted = False
        self._rung_at = 0
        self._join_ms, self._end_ms = JOIN_MS, EPISODE_END_MS

    @property
    def in_burst(self) -> bool:
        """Whether ringing current flows, or flowed less than ``JOIN_MS`` ago."""
        return self._in_burst

    def pulse(self, at: int) -> bool:
        """The detector closed at ``at``; True when this makes another ring certain, or the bell known to be stuck."""
        last = self._last_pulse
        if last is not None and at - last < PULSE_MIN_MS:
            return False
        self._last_pulse = at
        if last is None or not PERIOD_MIN_MS <= at - last <= PERIOD_MAX_MS:
            if last is not None and at - last > BREAK_MS and not self._counted:
                self._in_burst = False
            return False  # alone: noise, or the first of a train, which the second will show
        if not self._in_burst:
            self._in_burst, self._burst_from, self._burst_ms, self._counted = True, last, 0, False
        self._burst_last = at
        self._burst_ms += at - last
        return self._flows(at)

    def told(self, at: int) -> bool:
        """A device that counts by itself says at ``at`` that it rings; True as for ``pulse``."""
        self._join_ms, self._end_ms = TOLD_JOIN_MS, TOLD_END_MS
        if not self._in_burst:
            self._in_burst, self._burst_from, self._burst_ms, self._counted = True, at, BURST_MIN_MS, False
        self._burst_last = at
        return self._flows(at)

    def due(self) -> int | None:
        """When silence ends the burst, or the call; None when nothing rings."""
        if self._in_burst:
            return self._burst_last + self._join_ms
        return self._rung_at + self._end_ms if self.rings else None

    def burst_over(self) -> bool:
        """Silence has ended the burst; True when it was a ring."""
        self._in_burst = False
        return self._counted and not self.stuck

    def cut_off(self, lifted_from: int, lifted_at: int) -> bool:
        """A handset lifted between ``lifted_from`` and ``lifted_at`` stopped the current; True when the burst it cut
        off had begun and is a ring, however little of it was heard."""
        begun = self._burst_from < lifted_at and lifted_from <= self._burst_last + PERIOD_MAX_MS
        if self._in_burst and not self._counted and begun and self._burst_ms >= STARTED_MS:
            self._count()
            return True
        return False

    def reset(self) -> None:
        """The call is over, or answered."""
        self.rings = 0
        self.stuck = False
        self._last_pulse = None
        self._in_burst = self._counted = False

    def _flows(self, at: int) -> bool:
        if self.stuck:
            return False
        if at - self._burst_from >= STUCK_MS:
            self.stuck, self.rings = True, 0
            return True
        if self._counted:
            self._rung_at = at
            return False
        if self._burst_ms >= BURST_MIN_MS:
            self._count()
            return True
        return False

    def _count(self) -> None:
        self._counted, self._rung_at = True, self._burst_last
        self.rings += 1
