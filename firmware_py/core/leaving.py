"""Deciding about a desk that is left for a while and come back to: 请稍候, 暂停服务, 恢复服务 (rules.md 3.4)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.approving import brief_reason
from firmware_py.core.calling import desk_of, withdraw
from firmware_py.core.coverage import left_alone
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk
from firmware_py.core.states import DeskState
from firmware_py.errors import Rejected

REST = frozenset({DeskState.READY, DeskState.CLOSING, DeskState.CALLING})
"""States a desk may be left from at once."""


def wait(hall: Hall, command: c.Wait, at: int, by: str) -> list[e.Event]:
    """请稍候: a called citizen is handed back to the other desks first (R-CORE-23). Where the hall says 暂停服务 for a
    short leave too (rules.md 1.4), it is a pause like any other."""
    del by
    desk = desk_of(hall, command.desk)
    reason = brief_reason(command.reason)
    if desk.state not in REST:
        raise Rejected(_why_stay(desk))
    if hall.plan.limits.desk.short_leave == "pause":
        return _paused(hall, desk, at, reason, urgent=False)
    return [*withdraw(hall, desk, at, "wait"), e.DeskWaits(at, desk.id, reason)]


def pause(hall: Hall, command: c.Pause, at: int, by: str) -> list[e.Event]:
    """暂停服务: at once when free or calling, after the citizen when serving (R-CORE-23).

    The last open desk of a service is asked for somebody else first, but nobody is kept there (R-CORE-25).
    """
    del by
    desk = desk_of(hall, command.desk)
    reason = brief_reason(command.reason)
    if desk.state in {DeskState.SERVING, DeskState.RATING}:
        alone = _may_leave(hall, desk, urgent=command.urgent)
        return [e.PausePending(at, desk.id, reason), *_finding(hall, desk, at, alone)]
    if desk.state in REST or desk.state is DeskState.WAIT:
        return _paused(hall, desk, at, reason, urgent=command.urgent)
    raise Rejected(_why_stay(desk))


def _paused(hall: Hall, desk: Desk, at: int, reason: str, *, urgent: bool) -> list[e.Event]:
    alone = _may_leave(hall, desk, urgent=urgent)
    withdrawn = withdraw(hall, desk, at, "pause")
    return [*withdrawn, e.DeskPaused(at, desk.id, reason, alone), *_finding(hall, desk, at, alone)]


def waited_too_long(hall: Hall, desk: Desk, at: int) -> list[e.Event]:
    """请稍候 that has lasted too long is a pause, and at the last desk of a service one that nobody agreed to."""
    alone = left_alone(hall, desk)
    return [e.DeskPaused(at, desk.id, "wait_too_long", alone), *_finding(hall, desk, at, alone)]


def _may_leave(hall: Hall, desk: Desk, *, urgent: bool) -> tuple[str, ...]:
    """The services nobody stands for afterwards.

    Raises:
        Rejected: ``last_desk``, with their names; leave that was approved or an emergency is not asked.
    """
    alone = left_alone(hall, desk)
    if alone and not urgent and not _on_leave(hall, desk):
        raise Rejected("last_desk", service=_shown(hall, alone))
    return alone


def _finding(hall: Hall, desk: Desk, at: int, alone: tuple[str, ...]) -> list[e.Event]:
    """Services were left alone and nobody had agreed."""
    if not alone or _on_leave(hall, desk):
        return []
    staff = desk.session.staff if desk.session else ""
    return [e.FindingRaised(at, "last_desk", desk.id, by=staff, detail=_shown(hall, alone))]


def _shown(hall: Hall, services: tuple[str, ...]) -> str:
    return "、".join(service.shown for each in services if (service := hall.plan.service(each)))


def _on_leave(hall: Hall, desk: Desk) -> bool:
    """Whether a supervisor has agreed: to this leave, or to the one that already lasts."""
    return ("leave", str(desk.id)) in hall.approvals or (desk.away_since > 0 and bool(desk.excused))


def resume_desk(hall: Hall, command: c.ResumeDesk, at: int, by: str) -> list[e.Event]:
    """Back from 请稍候, 暂停服务 or 离开办理, or a pause that was only pending is dropped.

    Where people show a card a desk that was left is locked: it is opened by whose it is (R-DESK-02); somebody else
    stands in.
    """
    del by
    desk, plan = desk_of(hall, command.desk), hall.plan.desk(command.desk)
    locked = desk.interrupted or desk.state in {DeskState.WAIT, DeskState.PAUSED}
    if not locked and desk.state is not DeskState.PAUSE_PENDING:
        raise Rejected("not_paused")
    if locked and plan is not None and plan.login == "card" and not command.staff:
        raise Rejected("card_needed")
    if command.staff and desk.session is not None and command.staff != desk.session.staff:
        raise Rejected("not_your_desk", staff=desk.session.staff)
    if desk.interrupted:
        return [e.InterruptionEnded(at, desk.ticket, desk.id)]
    return [e.DeskResumed(at, desk.id)]


def _why_stay(desk: Desk) -> str:
    return {
        DeskState.SERVING: "wait_serving",
        DeskState.RATING: "wait_rating",
        DeskState.WAIT: "already_waiting",
        DeskState.PAUSED: "already_paused",
        DeskState.PAUSE_PENDING: "pause_pending",
        DeskState.FAULT: "desk_fault",
    }.get(desk.state, "log_in_first")
