"""Which presses count: contact bounce, impatience and children at the button (R-KIOSK-01, scenario 36)."""

from collections import deque
from typing import Literal

Verdict = Literal["take", "ignore", "hold_off"]

DEBOUNCE_MS = 1500
"""One press, one ticket: whatever the same button does within this time belongs to the first press."""
MANY = 5
MANY_WITHIN_MS = 10_000
HOLD_OFF_MS = 10_000
"""More than five presses of one button in ten seconds: it rests for as long again."""


class Presses:
    """Judges the presses of one button by their own times (monotonic ms)."""

    def __init__(self, debounce_ms: int = DEBOUNCE_MS) -> None:
        self._debounce_ms = debounce_ms
        self._accepted: int | None = None
        self._recent: deque[int] = deque(maxlen=MANY + 1)
        self._resting_until: int | None = None

    @property
    def rests_until(self) -> int | None:
        """When the button may be pressed again; None = now. Monotonic ms."""
        return self._resting_until

    def elapse(self, now: int) -> None:
        """Time has passed: the rest may be over."""
        if self._resting_until is not None and now >= self._resting_until:
            self._resting_until = None
            self._recent.clear()

    def judge(self, at: int) -> Verdict:
        """``"take"``, ``"ignore"`` (it bounced, or the button rests) or ``"hold_off"`` (say so, once)."""
        self.elapse(at)
        if self._resting_until is not None:
            self._resting_until = max(self._resting_until, at + self._debounce_ms)
            return "ignore"
        bounced = self._recent and at - self._recent[-1] < 50
        if bounced:
            return "ignore"
        self._recent.append(at)
        if len(self._recent) > MANY and at - self._recent[0] <= MANY_WITHIN_MS:
            self._resting_until = at + HOLD_OFF_MS
            return "hold_off"
        if self._accepted is not None and at - self._accepted < self._debounce_ms:
            return "ignore"
        self._accepted = at
        return "take"


KEY_BOUNCE_MS = 300
"""A key behind the panel is pressed by somebody who knows what he does, and perhaps several times in a second."""


class KeyPresses:
    """Judges the presses of one guide's key: contacts bounce, guides do not play."""

    def __init__(self) -> None:
        self._last: int | None = None

    rests_until: int | None = None
    """It never does."""

    def elapse(self, now: int) -> None:
        """Nothing changes with time."""

    def judge(self, at: int) -> Verdict:
        """``"take"`` or ``"ignore"``."""
        bounced = self._last is not None and at - self._last < KEY_BOUNCE_MS
        self._last = at
        return "ignore" if bounced else "take"
