"""Deciding about other opening hours: announced, shown long enough, in force (R-CORE-32, A02, invariant 22)."""

import re

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.approving import answers
from firmware_py.core.hall import Hall
from firmware_py.core.plan import Hours, Plan
from firmware_py.core.schedule import coming, date_of, day_over, hours_text, noticed, wall
from firmware_py.core.workdays import add_working_days, is_day, next_day
from firmware_py.errors import Rejected

SESSIONS_MAX = 4
_SESSION = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)


def announce_hours(hall: Hall, command: c.AnnounceHours, at: int, by: str) -> list[e.Event]:
    """Other hours from a day on that leaves the public two working days' notice, counted from today at the earliest.

    In an emergency any day to come will do, and the short notice is a finding of its own. What counts in the end is
    when the announcement was first shown: see ``at_opening``.

    Raises:
        Rejected: ``approval_needed``, ``reason_needed``, ``hours_malformed`` (``hours``), ``day_malformed`` (``day``),
            ``notice_short`` (``day``: the earliest that will do), ``calendar_missing``, ``clock_unconfirmed``.
    """
    given = answers(hall, by, command.reason)
    if not hall.clock_trusted:
        raise Rejected("clock_unconfirmed")
    hours = _sessions(command.hours)
    if not is_day(command.effective):
        raise Rejected("day_malformed", day=command.effective[:20])
    calendar, today = hall.plan.calendar, date_of(wall(hall, at))
    earliest = next_day(today) if today == hall.day or not day_over(hall, at) else today
    if not command.emergency:
        earliest = max(earliest, add_working_days(calendar, today, calendar.notice_lead_wd))
    if command.effective < earliest:
        raise Rejected("notice_short", day=earliest)
    change = max(hall.hours_changes, default=0) + 1
    found: list[e.Event] = [
        e.HoursAnnounced(at, change, hours, command.effective, given.approver, given.reason, command.emergency)
    ]
    if command.emergency:
        found.append(e.FindingRaised(at, "hours_notice", by=given.approver, detail=command.effective))
    return found


def report_shown(hall: Hall, command: c.ReportShown, at: int, by: str) -> list[e.Event]:
    """The public sees it; only the first time counts, and only a day that is known.

    Raises:
        Rejected: ``clock_unconfirmed``: what day it is will be asked again.
    """
    change = hall.hours_changes.get(command.change)
    if change is None or change.shown or change.state != "announced":
        return []
    if not hall.clock_trusted:
        raise Rejected("clock_unconfirmed")
    return [e.HoursShown(at, change.change, date_of(wall(hall, at)), by)]


def at_opening(hall: Hall, day: str, at: int) -> list[e.Event]:
    """What becomes of announced changes when ``day`` opens: in force when they were shown in time, held back when not.

    An emergency's is in force all the same; that is a violation, and said so.
    """
    found: list[e.Event] = []
    for change in coming(hall, day):
        in_time = noticed(hall, change, change.effective)
        if not in_time and not change.emergency:
            found.append(e.HoursHeldBack(at, change.change, _earliest(hall, change.shown or day, day)))
            continue
        found.append(e.HoursChanged(at, change.change))
        if not in_time:
            found.append(e.FindingRaised(at, "hours_notice", detail=change.effective))
    return found


def by_plan(hall: Hall, plan: Plan, at: int) -> list[e.Event]:
    """A finding when a new ``plan`` brings hours nobody announced; none for a hall's first plan."""
    if not hall.plan.hours or not hall.plan.id or plan.hours in {hall.hours, hall.plan.hours}:
        return []
    return [e.FindingRaised(at, "hours_notice", detail=hours_text(plan.hours))]


def _earliest(hall: Hall, shown: str, day: str) -> str:
    """The first day after ``day`` on which an announcement seen on ``shown`` has hung long enough, as far as known."""
    calendar = hall.plan.calendar
    try:
        return max(next_day(day), add_working_days(calendar, shown, calendar.notice_lead_wd))
    except Rejected:
        return next_day(day)


def _sessions(texts: tuple[str, ...]) -> tuple[Hours, ...]:
    if not 1 <= len(texts) <= SESSIONS_MAX:
        raise Rejected("hours_malformed", hours=",".join(texts)[:60])
    found: list[Hours] = []
    for text in texts:
        clocks = _SESSION.fullmatch(text)
        if clocks is None:
            raise Rejected("hours_malformed", hours=text[:60])
        opens, closes = (int(clocks[n]) * 60 + int(clocks[n + 1]) for n in (1, 3))
        if not (found[-1].closes if found else 0) <= opens < closes <= 24 * 60 or (found and opens == found[-1].closes):
            raise Rejected("hours_malformed", hours=text[:60])
        found.append(Hours(opens, closes))
    return tuple(found)
