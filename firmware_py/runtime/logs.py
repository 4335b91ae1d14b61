"""Logs: one line a fact on stderr, with journald's priority in front when journald reads it (sd-daemon(3))."""

import logging
import os
import sys
from collections.abc import Mapping
from typing import Final, TextIO

LEVELS: Final = ("DEBUG", "INFO", "WARNING", "ERROR")
"""What ``HALL_LOG`` may say."""

_PRIORITIES: Final = (
    (logging.CRITICAL, 2),
    (logging.ERROR, 3),
    (logging.WARNING, 4),
    (logging.INFO, 6),
)

log = logging.getLogger(__name__)


class _Plain(logging.Formatter):
    """For eyes: level, who, what."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")


class _Journal(logging.Formatter):
    """For journald, which cuts at line ends and keeps time and unit itself: every line carries the priority, else a
    traceback would be filed as plain information."""

    def __init__(self) -> None:
        super().__init__("%(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        priority = next((number for level, number in _PRIORITIES if record.levelno >= level), 7)
        return "\n".join(f"<{priority}>{line}" for line in super().format(record).splitlines())


def configure(environ: Mapping[str, str] = os.environ, stream: TextIO | None = None) -> None:
    """Send every logger's records to ``stream`` (stderr) from the level ``HALL_LOG`` names (INFO) upwards.

    Called once, first thing in a daemon's ``main`` and before any driver is imported: python-escpos configures
    logging for itself unless somebody already has.
    """
    out = sys.stderr if stream is None else stream
    handler = logging.StreamHandler(out)
    handler.setFormatter(_Journal() if _read_by_journald(out, environ) else _Plain())
    wanted = environ.get("HALL_LOG", "INFO").upper()
    logging.basicConfig(handlers=[handler], level=wanted if wanted in LEVELS else "INFO", force=True)
    if wanted not in LEVELS:
        log.warning("HALL_LOG: found %r; allowed: %s; using INFO", environ["HALL_LOG"], ", ".join(LEVELS))


def _read_by_journald(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether ``stream`` is the very socket journald named: one whose stderr went elsewhere has the variable too."""
    device, _, inode = environ.get("JOURNAL_STREAM", "").partition(":")
    try:
        end = os.fstat(stream.fileno())
    except (OSError, ValueError):  # ValueError: io.UnsupportedOperation, or a closed stream
        return False
    return (device, inode) == (str(end.st_dev), str(end.st_ino))
