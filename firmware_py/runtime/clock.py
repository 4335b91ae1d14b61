"""The two clocks of a daemon: monotonic for durations, wall for people; and the name of this boot."""

import logging
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol

from firmware_py.runtime.clock_source import Source, vouched_for

log = logging.getLogger(__name__)

_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """Where the shell reads time; logic gets it as data."""

    def mono_ms(self) -> int:
        """Milliseconds that never jump: the clock of ``drivers.monotonic_ms``, for durations and timers."""
        ...

    def wall_ms(self) -> int:
        """Milliseconds since 1970, UTC: may be stepped at any moment (R-CORE-20), so never subtract two of them."""
        ...

    def trusted(self) -> bool:
        """Whether a battery clock or NTP vouches for ``wall_ms`` (R-CORE-20)."""
        ...


class SystemClock:
    """The machine's own clocks, and what its wall clock may be trusted for (``clock_source.vouched_for``)."""

    def __init__(self, source: Source = "none") -> None:
        self._source = source

    def trusted(self) -> bool:
        return vouched_for(self._source, self.wall_ms())

    def mono_ms(self) -> int:
        return time.monotonic_ns() // 1_000_000

    def wall_ms(self) -> int:
        return time.time_ns() // 1_000_000


class OffsetClock(SystemClock):
    """The machine's clocks with the wall moved by the milliseconds written in a file: the demo's hand on the clock.

    Every reading looks at the file's identity, and reads it only when that has changed. No file means no offset; a
    file that holds no whole number is logged once and leaves the offset as it was. The hand is trusted.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._offset_ms = 0

    def trusted(self) -> bool:
        return True

    def wall_ms(self) -> int:
        return super().wall_ms() + self.offset_ms()

    def offset_ms(self) -> int:
        """The offset in force now."""
        try:
            now = os.stat(self._path)  # noqa: PTH116 - half the price of Path.stat, and this is read often
        except OSError:
            self._seen, self._offset_ms = None, 0
            return 0
        seen = (now.st_mtime_ns, now.st_ino, now.st_size)
        if seen != self._seen:
            self._seen = seen
            self._offset_ms = self._read()
        return self._offset_ms

    def _read(self) -> int:
        try:
            return int(self._path.read_text(encoding="ascii"))
        except (OSError, ValueError) as error:
            log.warning("clock offset %s: %s; keeping %d ms", self._path, error, self._offset_ms)
            return self._offset_ms


def write_offset(path: Path, offset_ms: int) -> None:
    """Move the wall clock of every ``OffsetClock`` on ``path``; readers see the old number or the new one, no mixture.

    Raises:
        OSError: the directory cannot be written.
    """
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.write_text(str(offset_ms), encoding="ascii")
    fresh.replace(path)


class ManualClock:
    """A clock that stands still until a test moves it. Whoever waits on it asks to be woken with ``on_advance``;
    ``vouched`` says whether it is to be trusted."""

    def __init__(self, mono_ms: int = 0, wall_ms: int = 0, *, vouched: bool = True) -> None:
        self._mono_ms = mono_ms
        self._wall_ms = wall_ms
        self.vouched = vouched
        self._wakes: list[Callable[[], None]] = []

    def mono_ms(self) -> int:
        return self._mono_ms

    def wall_ms(self) -> int:
        return self._wall_ms

    def trusted(self) -> bool:
        return self.vouched

    def on_advance(self, wake: Callable[[], None]) -> None:
        """Call ``wake`` after every move, from the thread that moves."""
        self._wakes.append(wake)

    def advance(self, ms: int) -> None:
        """Let ``ms`` pass on both clocks."""
        self._mono_ms += ms
        self._wall_ms += ms
        for wake in self._wakes:
            wake()

    def step_wall(self, ms: int) -> None:
        """Step the wall clock alone, back or forth, as NTP or a hand would."""
        self._wall_ms += ms
        for wake in self._wakes:
            wake()


def boot_id(environ: Mapping[str, str] = os.environ, path: Path = _BOOT_ID) -> str:
    """The kernel's random name of this boot: a monotonic time means nothing beside another boot's.

    A unit with ``ProcSubset=pid`` hides the kernel's file; it passes the same name as ``HALL_BOOT_ID=%b``. With neither
    there is a name for this process alone: timers then start anew at every restart, which is late, never wrong.
    """
    try:
        name = path.read_text(encoding="ascii")
    except (OSError, ValueError) as error:
        name = environ.get("HALL_BOOT_ID", "")
        if not name:
            log.warning("%s: %s, and HALL_BOOT_ID is not set; every restart counts as a reboot", path, error)
            return os.urandom(16).hex()
    return name.strip().replace("-", "")
