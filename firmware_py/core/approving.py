"""Deciding who answers for what is out of the ordinary: approvals given once, used once (R-CORE-07, R-DESK-05)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.authority import is_supervisor
from firmware_py.core.hall import Hall
from firmware_py.core.model import Approval
from firmware_py.core.plan import Plan
from firmware_py.core.states import TERMINAL, TicketState
from firmware_py.errors import Rejected

REASON_MAX = 100
"""Letters of a reason: it is read on one line of the day sheet."""
STAFF_MAX = 32


def brief_reason(text: str) -> str:
    """The reason without the blanks around it; it may be empty.

    Raises:
        Rejected: ``reason_long``.
    """
    reason = text.strip()
    if len(reason) > REASON_MAX:
        raise Rejected("reason_long", n=REASON_MAX)
    return reason


def needed_reason(text: str) -> str:
    """The same where there must be one.

    Raises:
        Rejected: ``reason_needed`` or ``reason_long``.
    """
    reason = brief_reason(text)
    if not reason:
        raise Rejected("reason_needed")
    return reason


def approver_at(hall: Hall, by: str) -> str:
    """Who answers when instance ``by`` asks: the staff at a supervisor's desk, else the duty panel itself; "" = nobody.

    A supervisor's desk nobody is logged in at answers for nothing; nor does, where the hall names its approvers,
    somebody who is none of them.
    """
    plan = hall.plan
    if not is_supervisor(plan, by):
        return ""
    for desk in plan.desks:
        if desk.pad == by:
            session = hall.desks[desk.id].session
            if session is None:
                return ""
            named = [person.id for person in plan.staff if person.approver]
            return session.staff if not named or session.staff in named else ""
    return by


def answers(hall: Hall, by: str, reason: str) -> Approval:
    """The supervisor who asks something himself, and why.

    Raises:
        Rejected: ``approval_needed``, or ``reason_needed`` or ``reason_long`` when there is no fit reason.
    """
    approver = approver_at(hall, by)
    if not approver:
        raise Rejected("approval_needed")
    return Approval(approver, needed_reason(reason))


def has_approval(hall: Hall, by: str, kind: str, subject: str) -> bool:
    """Whether anybody answers for ``kind`` about ``subject``: somebody approved before, or a supervisor asks."""
    return (kind, subject) in hall.approvals or bool(approver_at(hall, by))


def approval(hall: Hall, by: str, kind: str, subject: str, reason: str = "") -> Approval:
    """Whoever answers for ``kind`` about ``subject``: the supervisor who asks it himself, or one who approved before.

    Raises:
        Rejected: ``approval_needed``, or ``reason_needed`` when the supervisor gives none.
    """
    return hall.approvals.get((kind, subject)) or answers(hall, by, reason)


def approve(hall: Hall, command: c.Approve, at: int, by: str) -> list[e.Event]:
    """One thing is allowed once, and named with who allowed it (R-CORE-07).

    Raises:
        Rejected: ``already_approved`` while the one given before is not used up; ``not_for_yourself`` for a second desk
            of one's own; what ``answers`` raises; or there is no such ticket, desk or person, or the ticket is past it.
    """
    given = answers(hall, by, command.reason)
    subject = _subject(hall, command)
    if command.kind == "second_desk" and subject == given.approver and _others_answer(hall.plan, subject):
        raise Rejected("not_for_yourself")
    if (command.kind, subject) in hall.approvals:
        raise Rejected("already_approved")
    return [e.Approved(at, command.kind, subject, given.approver, given.reason)]


def _others_answer(plan: Plan, staff: str) -> bool:
    """Whether the hall has anybody else who may approve. In one that has nobody else its only supervisor allows himself
    a second desk, and the journal names him twice (R-CORE-26)."""
    named = [person.id for person in plan.staff if person.approver]
    return bool(plan.supervisors) or (any(each != staff for each in named) if named else len(plan.supervisor_desks) > 1)


def _subject(hall: Hall, command: c.Approve) -> str:
    subject = command.subject.strip()
    if command.kind in {"logout", "leave"}:
        if not any(str(desk) == subject for desk in hall.desks):
            raise Rejected("unknown_desk", desk=subject[:STAFF_MAX])
        return subject
    if command.kind == "second_desk":
        if not subject or len(subject) > STAFF_MAX or not known_staff(hall.plan, subject):
            raise Rejected("unknown_staff", staff=subject[:STAFF_MAX])
        return subject
    ticket = hall.tickets.get(subject.upper())
    if ticket is None:
        raise Rejected("unknown_ticket", ticket=subject[:STAFF_MAX])
    if ticket.state in TERMINAL or (command.kind == "call" and ticket.state is not TicketState.WAITING):
        raise Rejected("ticket_state", ticket=ticket.number, state=ticket.state.value)
    return ticket.number


def known_staff(plan: Plan, staff: str) -> bool:
    """Whether the hall knows this person; one that lists nobody knows everybody."""
    return (
        not plan.staff
        or any(person.id == staff for person in plan.staff)
        or any(staff in {desk.roster, desk.stand_in} for desk in plan.desks)
    )
