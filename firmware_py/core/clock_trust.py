"""Deciding what the wall clock is worth: steps, trust, and the clerk who confirms it with one key (R-CORE-20)."""

import re
from datetime import UTC, datetime

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.approving import approver_at
from firmware_py.core.hall import Hall
from firmware_py.core.schedule import MINUTE_MS, wall
from firmware_py.errors import Rejected

STEP_MS = 2000
"""Less than this between two looks is drift, and no fact."""
_READS = re.compile(r"2[01]\d\d-\d\d-\d\d \d\d:\d\d", re.ASCII)


def clock_read(hall: Hall, wall_utc_ms: int, at: int, trusted: bool = True) -> list[e.Event]:
    """The machine's own wall clock was looked at: a step of two seconds or more is a fact, and so is the first look at
    which a battery clock or NTP vouches for it (``trusted``)."""
    if trusted and (not hall.clock_trusted or hall.corrected_ms):
        return [e.ClockTrusted(at, wall_utc_ms - at)]
    offset = wall_utc_ms + hall.corrected_ms - at
    return [e.ClockStepped(at, offset)] if abs(offset - hall.offset_ms) >= STEP_MS else []


def confirm_clock(hall: Hall, command: c.ConfirmClock, at: int, by: str) -> list[e.Event]:
    """A clerk says that the clock is right as displayed, or what it should read.

    The last journal time is the floor: it cannot be earlier now than it was then, plus what has passed since the
    controller is up again.

    Raises:
        Rejected: ``clock_known`` (somebody vouches for it already), ``clock_malformed``, ``clock_behind`` (``time``:
            the floor), ``no_roster`` (nobody to confirm it at this desk).
    """
    if hall.clock_trusted:
        raise Rejected("clock_known")
    staff = _clerk(hall, by)
    offset = _offset(hall, command.reads.strip(), at)
    if offset < hall.floor_offset_ms:
        floor = wall(hall, at) - hall.offset_ms + hall.floor_offset_ms
        raise Rejected("clock_behind", time=wall_text(floor + MINUTE_MS - 1))  # rounded up: it may be confirmed so
    return [e.ClockConfirmed(at, offset, staff)]


def wall_text(wall_ms: int) -> str:
    """``2026-11-22 08:40`` for milliseconds on the wall."""
    return f"{datetime.fromtimestamp(wall_ms // 1000, UTC):%Y-%m-%d %H:%M}"


def _clerk(hall: Hall, by: str) -> str:
    for plan in hall.plan.desks:
        if plan.pad == by:
            session = hall.desks[plan.id].session
            staff = session.staff if session else plan.roster
            if not staff:
                raise Rejected("no_roster", desk=plan.id)
            return staff
    return approver_at(hall, by) or by


def _offset(hall: Hall, reads: str, at: int) -> int:
    """The offset with which the wall reads ``reads``; as displayed to the minute, it keeps its seconds."""
    now = wall(hall, at)
    if not reads or reads == wall_text(now):
        return hall.offset_ms
    if _READS.fullmatch(reads) is None:
        raise Rejected("clock_malformed")
    try:
        meant = datetime.fromisoformat(reads).replace(tzinfo=UTC)
    except ValueError as error:
        raise Rejected("clock_malformed") from error
    return hall.offset_ms + int(meant.timestamp()) * 1000 - now
