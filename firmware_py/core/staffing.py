"""Deciding about desks and the people at them: login, 请稍候, 暂停服务, back again (rules.md 3.4)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.calling import desk_of, withdraw
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk
from firmware_py.core.serving import held_at
from firmware_py.core.states import TERMINAL, DeskState
from firmware_py.errors import Rejected

REST = frozenset({DeskState.READY, DeskState.CLOSING})


def login(hall: Hall, command: c.Login, at: int, by: str) -> list[e.Event]:
    """A session begins; one active desk per person (R-CORE-26), the roster names them on a plain pad (R-DESK-02)."""
    del by
    desk, plan = hall.desks.get(command.desk), hall.plan.desk(command.desk)
    if desk is None or plan is None:
        raise Rejected("unknown_desk", desk=command.desk)
    if desk.session is not None:
        raise Rejected("already_logged_in")
    staff = command.staff or plan.roster
    if not staff:
        raise Rejected("no_roster", desk=desk.id)
    for other in hall.desks.values():
        if other.session is not None and other.session.staff == staff:
            raise Rejected("active_elsewhere", desk=other.id)
    return [e.LoggedIn(at, desk.id, staff, command.role, command.acting_for)]


def logout(hall: Hall, command: c.Logout, at: int, by: str) -> list[e.Event]:
    """Leaving for good; refused while somebody with a number would be left behind (R-CORE-17).

    A number called here goes back to the others (T11), one held here is for the group from now on (R-CORE-13), and an
    open rating window keeps its whole minute (R-EVAL-02).
    """
    del by
    desk = desk_of(hall, command.desk)
    withdrawn = withdraw(hall, desk, at, "logout")
    if desk.ticket and not withdrawn:
        raise Rejected("finish_first")
    if desk.rating:
        raise Rejected("rating_first", ticket=desk.rating)
    covered = _covered_by_others(hall, desk)
    held = [ticket for ticket in held_at(hall, desk.id) if ticket.service not in covered]
    if held:
        raise Rejected("held_here", n=len(held))
    left = _left_behind(hall, desk, covered)
    if left:
        raise Rejected("people_waiting", n=left)
    return [*withdrawn, e.LoggedOut(at, desk.id)]


def _covered_by_others(hall: Hall, desk: Desk) -> set[str]:
    """Services another staffed desk stands for; after closing nobody may rely on the others any more."""
    if hall.issue_closed:
        return set()
    others = [other for other in hall.desks.values() if other.id != desk.id and other.session is not None]
    return {service for other in others for service in other.services}


def _left_behind(hall: Hall, desk: Desk, covered: set[str]) -> int:
    """People this desk could serve: all of them after closing, before it those whom no other desk covers."""
    services = set(desk.services) - covered
    if not hall.issue_closed:
        called = hall.tickets.get(desk.ticket)
        return sum(hall.waiting(service) for service in services) + (called is not None and called.service in services)
    return sum(1 for ticket in hall.tickets.values() if ticket.service in services and ticket.state not in TERMINAL)


def wait(hall: Hall, command: c.Wait, at: int, by: str) -> list[e.Event]:
    """请稍候: a called citizen is handed back to the other desks first (R-CORE-23)."""
    del by
    desk = desk_of(hall, command.desk)
    if desk.state in REST or desk.state is DeskState.CALLING:
        return [*withdraw(hall, desk, at, "wait"), e.DeskWaits(at, desk.id, command.reason)]
    raise Rejected(_why_stay(desk))


def pause(hall: Hall, command: c.Pause, at: int, by: str) -> list[e.Event]:
    """暂停服务: at once when free or calling, after the citizen when serving (R-CORE-23)."""
    del by
    desk = desk_of(hall, command.desk)
    if desk.state in {DeskState.SERVING, DeskState.RATING}:
        return [e.PausePending(at, desk.id, command.reason)]
    if desk.state in REST or desk.state in {DeskState.CALLING, DeskState.WAIT}:
        return [*withdraw(hall, desk, at, "pause"), e.DeskPaused(at, desk.id, command.reason)]
    raise Rejected(_why_stay(desk))


def resume_desk(hall: Hall, command: c.ResumeDesk, at: int, by: str) -> list[e.Event]:
    """Back from 请稍候 or 暂停服务, or a pause that was only pending is dropped."""
    del by
    desk = desk_of(hall, command.desk)
    if desk.state not in {DeskState.WAIT, DeskState.PAUSED, DeskState.PAUSE_PENDING}:
        raise Rejected("not_paused")
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
