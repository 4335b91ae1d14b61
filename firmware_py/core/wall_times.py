"""Reading the dates and times that people write: ``2026-11-22``, ``14:05``."""

import re
from calendar import timegm
from datetime import date

TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


def minute_of(text: str) -> int | None:
    """Minutes after midnight for ``14:05`` or ``9:05``; None when it is no time of day."""
    found = TIME.fullmatch(text.strip())
    return int(found[1]) * 60 + int(found[2]) if found else None


def day_of(text: str) -> str | None:
    """The same day as ``2026-11-22``; None when it is no date."""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return None


def day_start(day: str) -> int:
    """Midnight of a day, milliseconds on the wall clock as if it were UTC.

    Raises:
        ValueError: it is no date.
    """
    return timegm(date.fromisoformat(day).timetuple()) * 1000
