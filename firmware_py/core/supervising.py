"""Deciding about help that is called and rounds that are made (R-DESK-06, R-DESK-07)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.approving import STAFF_MAX, approver_at, brief_reason
from firmware_py.core.hall import Hall
from firmware_py.core.schedule import MINUTE_MS
from firmware_py.errors import Rejected

SAME_ROUND_MS = 5 * MINUTE_MS
"""An inspector who is back within this time is still on the same round (scenario 34)."""


def assist(hall: Hall, command: c.Assist, at: int, by: str) -> list[e.Event]:
    """协助: somebody should come, at once and without a word; pressed again it is still one call for help. It asks for
    no login: who needs help may not have got so far."""
    del by
    if command.desk not in hall.desks:
        raise Rejected("unknown_desk", desk=command.desk)
    if ("assist", str(command.desk)) in hall.alerts:
        return []
    return [e.AlertRaised(at, "assist", str(command.desk))]


def end_assist(hall: Hall, command: c.EndAssist, at: int, by: str) -> list[e.Event]:
    """Help is there."""
    if command.desk not in hall.desks:
        raise Rejected("unknown_desk", desk=command.desk)
    if ("assist", str(command.desk)) not in hall.alerts:
        raise Rejected("no_assist", desk=command.desk)
    return [e.AlertCleared(at, "assist", str(command.desk), approver_at(hall, by) or by)]


def patrol(hall: Hall, command: c.Patrol, at: int, by: str) -> list[e.Event]:
    """An inspector or leader is on the round, and what was found; the same one again within five minutes is a repeat
    that no count takes for a second round."""
    del by
    inspector = command.inspector.strip()
    if not inspector or len(inspector) > STAFF_MAX:
        raise Rejected("inspector_needed")
    if command.desk and command.desk not in hall.desks:
        raise Rejected("unknown_desk", desk=command.desk)
    before = hall.patrolled.get(inspector)
    repeat = before is not None and at - before <= SAME_ROUND_MS
    return [e.Patrolled(at, inspector, command.role, brief_reason(command.finding), command.desk, repeat)]
