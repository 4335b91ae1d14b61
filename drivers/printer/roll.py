"""How much of the roll is left, counted by the paper that was fed: for printers without a sensor for its end."""

import contextlib
import logging
import os
from pathlib import Path
from typing import Final

import msgspec

from drivers.printer import Paper

log = logging.getLogger(__name__)

LOW_PART: Final = 0.1
"""The last tenth of a roll is "low": some 50 slips of an ordinary one, time to fetch the next."""


class _Kept(msgspec.Struct):
    fed_mm: float = 0.0
    paper: Paper = Paper.UNKNOWN


class RollCounter:
    """Millimetres fed from the roll in the printer, kept across restarts.

    A roll is new when the printer says that paper is back after it was out or near its end, or when somebody says so by
    removing the file: from any thread or process, also while the printer is away.

    Args:
        path: where the count is kept. Losing it costs a warning, so it is not fsynced.
        roll_m: length of a new roll in metres; 0 = nobody knows, and nothing is ever low by counting.
    """

    def __init__(self, path: Path, roll_m: float) -> None:
        self._path = path
        self._roll_mm = roll_m * 1000
        self._written = False
        """A file of ours should lie there."""
        self._complained = False
        self._kept = self._read()

    @property
    def left_mm(self) -> float | None:
        """What should be left of the roll; None when its length is not known."""
        return max(0.0, self._roll_mm - self._kept.fed_mm) if self._roll_mm else None

    @property
    def low(self) -> bool:
        """Whether the roll should be near its end."""
        left = self.left_mm
        return left is not None and left <= LOW_PART * self._roll_mm

    def fed(self, mm: float) -> None:
        """So much paper has come out."""
        self._heed()
        self._kept.fed_mm = round(self._kept.fed_mm + mm, 1)
        self._write()

    def saw(self, paper: Paper) -> None:
        """The printer's sensor says this."""
        self._heed()
        if paper in {Paper.UNKNOWN, self._kept.paper}:
            return
        before, self._kept.paper = self._kept.paper, paper
        if before is Paper.OUT or (before is Paper.LOW and paper is Paper.OK):
            self.begin()
        else:
            self._write()

    def begin(self) -> None:
        """A new roll is in."""
        log.info("a new roll, after %.1f m", self._kept.fed_mm / 1000)
        self._kept.fed_mm = 0.0
        self._write()

    def _heed(self) -> None:
        if self._written and not self._path.exists():
            self.begin()

    def _read(self) -> _Kept:
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except FileNotFoundError:
            return _Kept()
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            log.warning("%s cannot be read (%s); the roll is counted anew", self._path, error)
            return _Kept()
        self._written = True
        return kept

    def _write(self) -> None:
        fresh = self._path.with_suffix(".new")
        try:
            fresh.write_bytes(msgspec.json.encode(self._kept))
            os.replace(fresh, self._path)  # noqa: PTH105 - the name of the system call that makes it safe
        except OSError as error:
            self._written = False
            if not self._complained:  # not once for every slip
                log.warning("%s cannot be written: %s", self._path, error)
            self._complained = True
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
        else:
            self._written, self._complained = True, False
