"""Deciding who sits at a desk: login, 替岗, logout (rules.md 3.4, R-CORE-17, R-CORE-26)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.approving import STAFF_MAX, known_staff
from firmware_py.core.calling import desk_of, has_next, withdraw
from firmware_py.core.coverage import attended, in_need, open_numbers
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Session, Ticket
from firmware_py.core.plan import DeskPlan
from firmware_py.core.serving import held_at
from firmware_py.core.states import TicketState
from firmware_py.errors import Rejected

WAITING, SERVING, PASSED = TicketState.WAITING, TicketState.SERVING, TicketState.PASSED
AT_DESK = frozenset({TicketState.CALLED, TicketState.HELD})


def login(hall: Hall, command: c.Login, at: int, by: str) -> list[e.Event]:
    """A session begins; one active desk per person (R-CORE-26), the roster names them on a plain pad (R-DESK-02)."""
    del by
    desk, plan = hall.desks.get(command.desk), hall.plan.desk(command.desk)
    if desk is None or plan is None:
        raise Rejected("unknown_desk", desk=command.desk)
    if desk.session is not None:
        raise Rejected("already_logged_in")
    staff = _named(plan, command.staff, plan.roster)
    if not staff:
        raise Rejected("no_roster", desk=desk.id)
    for each in filter(None, (staff, command.acting_for)):
        _must_be_known(hall, each)
    approver = _one_desk_each(hall, staff, desk.id)
    return [e.LoggedIn(at, desk.id, staff, command.role, command.acting_for, approver)]


def stand_in(hall: Hall, command: c.StandIn, at: int, by: str) -> list[e.Event]:
    """替岗: somebody takes the desk over as it stands, citizen, held tickets and all; whoever it is kept for comes back
    in role A (scenario 8). Both may stand at the desk meanwhile: the session is theirs who works."""
    del by
    desk, plan = desk_of(hall, command.desk), hall.plan.desk(command.desk)
    session = desk.session
    if plan is None or session is None:
        raise Rejected("unknown_desk", desk=command.desk)
    kept_for = _kept_for(plan, session)
    staff = _named(plan, command.staff, kept_for if session.role == "B" else plan.stand_in)
    if not staff:
        raise Rejected("no_stand_in", desk=desk.id)
    if staff == session.staff:
        raise Rejected("sits_here", staff=staff)
    _must_be_known(hall, staff)
    approver = _one_desk_each(hall, staff, desk.id)
    back = staff == kept_for
    found: list[e.Event] = [e.InterruptionEnded(at, desk.ticket, desk.id)] if desk.interrupted else []
    return [*found, e.StoodIn(at, desk.id, staff, "A" if back else "B", "" if back else kept_for, approver)]


def _kept_for(plan: DeskPlan, session: Session) -> str:
    """Whose desk it is while somebody stands in."""
    return session.staff if session.role == "A" else session.acting_for or plan.roster


def _named(plan: DeskPlan, staff: str, planned: str) -> str:
    """Who is meant; a key alone means whom the plan names, but not where people show a card (R-DESK-02)."""
    if not staff and plan.login == "card":
        raise Rejected("card_needed")
    return staff or planned


def _must_be_known(hall: Hall, staff: str) -> None:
    if len(staff) > STAFF_MAX or not known_staff(hall.plan, staff):
        raise Rejected("unknown_staff", staff=staff[:STAFF_MAX])


def _one_desk_each(hall: Hall, staff: str, desk_id: int) -> str:
    """Who allowed a second desk, "" where it is the only one (R-CORE-26, scenario 9)."""
    for other in hall.desks.values():
        if other.session is not None and other.session.staff == staff and other.id != desk_id:
            allowed = hall.approvals.get(("second_desk", staff))
            if allowed is None:
                raise Rejected("active_elsewhere", desk=other.id)
            return allowed.approver
    return ""


# --- leaving for good -------------------------------------------------------------------------------------------------


def logout(hall: Hall, command: c.Logout, at: int, by: str) -> list[e.Event]:
    """Leaving for good; refused while somebody with a number would be left behind (R-CORE-17).

    A number called here goes back to the others (T11), one held here is for the group from now on (R-CORE-13), and an
    open rating window keeps its whole minute (R-EVAL-02). With an approval given before people may be left behind:
    that is a finding of its own.

    Raises:
        Rejected: ``finish_first``, ``rating_first``, ``held_here`` (``n``); ``people_waiting`` (``n``) while 下一位
            would call one of them; else ``people_elsewhere`` (one of them, and the ``desk`` that has it) or
            ``people_later`` (one who cannot be called now, and the ``service``).
    """
    del by
    desk = desk_of(hall, command.desk)
    withdrawn = withdraw(hall, desk, at, "logout")
    if desk.ticket and not withdrawn:
        raise Rejected("finish_first")
    if desk.rating:
        raise Rejected("rating_first", ticket=desk.rating)
    protected = _protected(hall)
    covered = set[str]() if protected else _covered_by_others(hall, desk)
    held = [ticket for ticket in held_at(hall, desk.id) if ticket.service not in covered]
    behind = _left_behind(hall, desk) if protected else []
    left = len(behind) if protected else _in_need_here(hall, desk, covered) + len(held)
    allowed = hall.approvals.get(("logout", str(desk.id)))
    if left and allowed is not None:
        finding = e.FindingRaised(at, "tickets_left", desk.id, by=allowed.approver, detail=allowed.reason)
        return [*withdrawn, e.LoggedOut(at, desk.id, left, allowed.approver), finding]
    if held:
        raise Rejected("held_here", n=len(held))
    if left and (desk.ticket or has_next(hall, desk, at)):
        raise Rejected("people_waiting", n=left)
    if left:
        raise _others_first(hall, desk, behind or _needing(hall, desk, covered), left)
    return [*withdrawn, e.LoggedOut(at, desk.id)]


def _protected(hall: Hall) -> bool:
    """Whether everybody with a number is to be served before a desk may leave: after closing, and at noon where the
    morning is drained (R-CORE-17, 18). Nobody may rely on the other desks any more."""
    return hall.issue_closed or (hall.lunch_at > 0 and hall.plan.limits.day.lunch == "drain")


def _covered_by_others(hall: Hall, desk: Desk) -> set[str]:
    """Services another staffed desk stands for."""
    others = [other for other in hall.desks.values() if other.id != desk.id and other.session is not None]
    return {service for other in others for service in other.services}


def _uncovered(hall: Hall, desk: Desk, covered: set[str]) -> set[str]:
    """What nobody would stand for without this desk: of its own services, and of whoever is called here."""
    called = hall.tickets.get(desk.ticket)
    return {*desk.services, *((called.service,) if called else ())} - covered


def _in_need_here(hall: Hall, desk: Desk, covered: set[str]) -> int:
    """People with a number who need what no other desk covers; at noon passed ones have the afternoon."""
    return sum(in_need(hall, each, passed=not hall.lunch_at) for each in _uncovered(hall, desk, covered))


def _needing(hall: Hall, desk: Desk, covered: set[str]) -> list[Ticket]:
    services = _uncovered(hall, desk, covered)
    found = [ticket for number in open_numbers(hall) if (ticket := hall.tickets[number]).service in services]
    return [ticket for ticket in found if ticket.state is not SERVING]


def _left_behind(hall: Hall, desk: Desk) -> list[Ticket]:
    """People with a number this desk could serve; or, with ``drain_at_desk``, those that are at this desk.

    At noon those of the morning, without the passed ones: their final call is in the evening.
    """
    at_desk = hall.plan.limits.day.close == "drain_at_desk"
    noon = 0 if hall.issue_closed else hall.lunch_at
    rated = [other.rating for other in hall.desks.values() if other.rating]
    found: list[Ticket] = []
    for number in (*open_numbers(hall), *rated):
        ticket = hall.tickets[number]
        if noon and (ticket.accepted_at >= noon or ticket.state is PASSED):
            continue
        if (ticket.desk == desk.id and ticket.state in AT_DESK) if at_desk else ticket.service in desk.services:
            found.append(ticket)
    return found


def _others_first(hall: Hall, desk: Desk, left: list[Ticket], count: int) -> Rejected:
    """Nobody this desk could call now, and yet it must stay: who keeps it, and where he is."""
    for ticket in left:
        place = ticket.target if ticket.state is WAITING else 0 if ticket.state is PASSED else ticket.desk
        if place != desk.id and attended(hall, place):
            return Rejected("people_elsewhere", n=count, ticket=ticket.number, desk=place)
    service = hall.plan.service(left[0].service) if left else None
    number = left[0].number if left else ""
    return Rejected("people_later", n=count, ticket=number, service=service.shown if service else "")
