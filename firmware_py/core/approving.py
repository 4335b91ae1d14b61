"""Deciding who answers for what is out of the ordinary: approvals given once, used once (R-CORE-07, R-DESK-05)."""

from firmware_py.core.authority import is_supervisor
from firmware_py.core.hall import Hall
from firmware_py.core.model import Approval
from firmware_py.errors import Rejected


def approver_at(hall: Hall, by: str) -> str:
    """Who answers when instance ``by`` asks: the staff at a supervisor's desk, else the duty panel itself; "" = nobody.

    A supervisor's desk nobody is logged in at answers for nothing.
    """
    if not is_supervisor(hall.plan, by):
        return ""
    for desk in hall.plan.desks:
        if desk.pad == by:
            session = hall.desks[desk.id].session
            return session.staff if session else ""
    return by


def approval(hall: Hall, by: str, kind: str, subject: str, reason: str = "") -> Approval:
    """Whoever answers for ``kind`` about ``subject``: the supervisor who asks it himself, or one who approved before.

    Raises:
        Rejected: ``approval_needed``, or ``reason_needed`` when the supervisor gives none.
    """
    given = hall.approvals.get((kind, subject))
    if given is not None:
        return given
    approver = approver_at(hall, by)
    if not approver:
        raise Rejected("approval_needed")
    if not reason.strip():
        raise Rejected("reason_needed")
    return Approval(approver, reason.strip())
