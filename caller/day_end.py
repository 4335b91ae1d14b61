"""When signs and board go dark: a while after the day is closed, so that who comes late still reads why (R-CALL-10)."""

from typing import Final

LATECOMERS_MS: Final = 30 * 60_000
"""How long 今日服务已结束 stands before the LED is switched off (rules.md 3.7, I09)."""


class DayEnd:
    """Times are monotonic milliseconds."""

    def __init__(self) -> None:
        self._dark_at: int | None = None
        self._dark = False

    def hall_is(self, *, closed: bool, now: int) -> None:
        """What the hall says of its day."""
        if not closed:
            self._dark_at, self._dark = None, False
        elif self._dark_at is None and not self._dark:
            self._dark_at = now + LATECOMERS_MS

    def elapse(self, now: int) -> None:
        """Time has passed."""
        if self._dark_at is not None and now >= self._dark_at:
            self._dark_at, self._dark = None, True

    @property
    def dark(self) -> bool:
        """Whether nothing is to be shown any more."""
        return self._dark

    @property
    def due(self) -> int | None:
        """When it gets dark."""
        return self._dark_at
