"""What a telephone's watcher does with a caller's number: into the restricted file, and only its hash comes out."""

import logging
from pathlib import Path

from firmware_py.errors import JournalError
from firmware_py.journal.callers import FILE, Callers
from firmware_py.runtime.clock import Clock

log = logging.getLogger(__name__)

PURGE_EVERY_MS = 24 * 60 * 60_000


class CallerNumbers:
    """A resource of the loop. The file exists only where a line ever told a number; without it, calls are merely not
    merged, so none of its troubles stops the watch. No number is ever logged.

    Args:
        folder: the instance's own.
        clock: the wall's time is kept with a number, for the purge.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._callers: Callers | None = None
        self._purged_at = 0

    def open(self) -> None:
        """Forget who called too long ago."""
        if (self._folder / FILE).exists():
            self._purge()

    def close(self) -> None:
        """Let go of the file."""
        if self._callers is not None:
            self._callers.close()
            self._callers = None

    def hash_of(self, number: str) -> str:
        """Keep the number and return what stands for it, "" when nothing can."""
        try:
            callers = self._opened()
            caller = callers.remember(number, self._clock.wall_ms())
        except JournalError as error:
            log.error("a caller's number was not kept: %s", error)
            return ""
        if self._clock.mono_ms() - self._purged_at >= PURGE_EVERY_MS:
            self._purge()
        return caller

    def due(self) -> int | None:
        """When the file is to be purged next, on the monotonic clock; None while there is none."""
        return self._purged_at + PURGE_EVERY_MS if self._callers is not None else None

    def elapse(self, now: int) -> None:
        """Once a day, whether anybody calls or not."""
        due = self.due()
        if due is not None and now >= due:
            self._purge()

    def _opened(self) -> Callers:
        if self._callers is None:
            self._callers = Callers.open(self._folder)
            self._purged_at = self._clock.mono_ms()
        return self._callers

    def _purge(self) -> None:
        self._purged_at = self._clock.mono_ms()
        try:
            gone = self._opened().purge(self._clock.wall_ms())
        except JournalError as error:
            log.error("old callers' numbers are not purged: %s", error)
        else:
            if gone:
                log.info("the numbers of %d callers were purged", gone)
