"""Deciding about absence: how long a desk has been left in service hours, and why (R-CORE-24, R-DESK-03).

The facts are for the supervisor; what follows from one is for people to decide, never for the machine.
"""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.approving import needed_reason
from firmware_py.core.calling import desk_of
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk
from firmware_py.core.schedule import MINUTE_MS
from firmware_py.core.service_time import service_moment, service_ms
from firmware_py.errors import Rejected

REPORTED = 2
"""Absence facts that have followed once the absence is one of ten minutes or more."""
LONG = 3
"""All of them: nothing follows any more."""


def give_reason(hall: Hall, command: c.GiveReason, at: int, by: str) -> list[e.Event]:
    """Why the desk was left: while away, or at the desk again after ten minutes or more (R-DESK-03)."""
    del by
    desk = desk_of(hall, command.desk)
    if not (reason_wanted(desk) or (desk.away_since and not desk.excused and not desk.explained)):
        raise Rejected("no_reason_needed")
    return [e.AbsenceExplained(at, desk.id, _staff(desk), needed_reason(command.reason))]


def reason_wanted(desk: Desk) -> bool:
    """Whether this session left for ten minutes or more, without leave, and has not said why; coming back does not
    settle it, nor does leaving again."""
    return desk.owes_reason


def tick(hall: Hall, desk: Desk, at: int) -> e.Event | None:
    """What has become of a desk that was left: reminded, reported, long."""
    wanted = _next_ms(hall, desk)
    if not wanted or at < desk.away_since + wanted:  # service time is never longer than time
        return None
    if service_ms(hall, desk.away_since, at) < wanted:
        return None
    if desk.away_stage == 0:
        return e.AbsenceReminded(at, desk.id, _staff(desk))
    if desk.away_stage < REPORTED:
        return e.AbsenceReported(at, desk.id, _staff(desk), desk.explained)
    return e.AbsenceLong(at, desk.id, _staff(desk))


def due(hall: Hall, desk: Desk, at: int) -> int:
    """Hall time of the next moment at which ``tick`` may find something, 0 = none."""
    wanted = _next_ms(hall, desk)
    if not wanted:
        return 0
    soonest = desk.away_since + wanted
    return soonest if soonest > at else service_moment(hall, desk.away_since, wanted)


def _next_ms(hall: Hall, desk: Desk) -> int:
    """Service time away that the next fact wants, 0 = none follows. Thirty minutes are allowed to the millisecond."""
    if not desk.away_since or desk.session is None or desk.excused or desk.away_stage >= LONG:
        return 0
    limits = hall.plan.limits.absence
    if desk.away_stage == 0:
        return limits.remind_min * MINUTE_MS
    if desk.away_stage < REPORTED:
        return limits.report_min * MINUTE_MS
    return limits.deduct_min * MINUTE_MS + 1


def _staff(desk: Desk) -> str:
    return desk.session.staff if desk.session else ""
