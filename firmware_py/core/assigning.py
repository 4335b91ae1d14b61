"""Deciding what a desk serves: rota, reassignment, tide, and whether a new plan leaves nobody alone (R-CORE-09, 10)."""

from datetime import date

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.approving import answers, approver_at
from firmware_py.core.coverage import in_need, open_numbers, still_needed
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk
from firmware_py.core.plan import DeskPlan, Plan
from firmware_py.core.schedule import day_over
from firmware_py.errors import Rejected


def services_on(plan: Plan, desk: DeskPlan, day: str) -> tuple[str, ...]:
    """What the desk serves on ``day`` (``2026-11-21``, "" = no day in particular) by its rota: the first row that
    fits, else its own services."""
    weekday = date.fromisoformat(day).isoweekday() if day else 0
    for row in desk.rota if day else ():
        since, until = row.since or day, row.until or day
        if since <= day <= until and (not row.weekdays or weekday in row.weekdays):
            return _all_of(plan, row.services)
    return plan.serves(desk)


def _all_of(plan: Plan, services: tuple[str, ...]) -> tuple[str, ...]:
    """``*`` spelled out, each once."""
    if "*" in services:
        return tuple(service.id for service in plan.services)
    return tuple(dict.fromkeys(services))


def rota_of_day(hall: Hall, at: int, day: str) -> list[e.Event]:
    """What changes at the desks when ``day`` begins: reassignments and tides of the day before end with it."""
    found: list[e.Event] = []
    for plan in hall.plan.desks:
        desk, services = hall.desks[plan.id], services_on(hall.plan, plan, day)
        if desk.services != services or desk.tide:
            found.append(e.DeskAssigned(at, plan.id, services, "rota"))
    return found


def rota_of_plan(hall: Hall, plan: Plan, at: int) -> list[e.Event]:
    """What a new plan's rota says for the business day that is going on; to stand behind its ``Configured``."""
    if not hall.day or hall.closed or day_over(hall, at):
        return []
    found: list[e.Event] = []
    for desk in plan.desks:
        services = services_on(plan, desk, hall.day)
        if services != plan.serves(desk):
            found.append(e.DeskAssigned(at, desk.id, services, "rota"))
    return found


def plan_refusal(hall: Hall, plan: Plan, at: int) -> Rejected | None:
    """Why ``plan`` may not replace the hall's now: somebody sits, is called, served or rates at a desk it has no more
    (``plan_removes_desk``), or somebody with a number needs a service that no desk of it serves today
    (``plan_uncovers``).

    People of an earlier day bind nobody; they are swept at the opening (T30).
    """
    if hall.closed or day_over(hall, at):
        return None
    for desk in hall.desks.values():
        if plan.desk(desk.id) is None and (desk.session or desk.ticket or desk.rating):
            return Rejected("plan_removes_desk", desk=desk.id)
    offered = {service for desk in plan.desks for service in services_on(plan, desk, hall.day)}
    needed = [hall.tickets[number].service for number in open_numbers(hall)]
    for service in needed:
        if service not in offered:
            return Rejected("plan_uncovers", service=_shown(hall, service), n=needed.count(service))
    return None


def assign_services(hall: Hall, command: c.AssignServices, at: int, by: str) -> list[e.Event]:
    """The desk serves these for the rest of the day; merging or splitting desks is several of these.

    Raises:
        Rejected: ``approval_needed``, ``reason_needed`` or ``reason_long``; ``unknown_desk``; ``no_such_service``;
            ``still_waiting_there`` when somebody would be left whom no open desk serves.
    """
    given = answers(hall, by, command.reason)
    desk, _ = _planned(hall, command.desk)
    for service in command.services or ("",):
        if service != "*" and hall.plan.service(service) is None:
            raise Rejected("no_such_service", service=service[:32])
    services = _all_of(hall.plan, command.services)
    _leave_nobody(hall, desk, services)
    return [e.DeskAssigned(at, desk.id, services, given.reason, given.approver)]


def open_tide(hall: Hall, command: c.OpenTide, at: int, by: str) -> list[e.Event]:
    """The tidal services too, until the tide is closed or the day ends."""
    approver = _supervisor(hall, by)
    desk, plan = _planned(hall, command.desk)
    if not plan.tidal:
        raise Rejected("not_tidal", desk=desk.id)
    if desk.tide:
        raise Rejected("tide_open", desk=desk.id)
    return [e.TideOpened(at, desk.id, _all_of(hall.plan, (*desk.services, *plan.tidal)), approver)]


def close_tide(hall: Hall, command: c.CloseTide, at: int, by: str) -> list[e.Event]:
    """The desk's own services again."""
    approver = _supervisor(hall, by)
    desk, plan = _planned(hall, command.desk)
    if not desk.tide:
        raise Rejected("tide_not_open", desk=desk.id)
    own = services_on(hall.plan, plan, hall.day)
    tidal = set(_all_of(hall.plan, plan.tidal)) - set(own)
    services = tuple(service for service in desk.services if service not in tidal)
    _leave_nobody(hall, desk, services)
    return [e.TideClosed(at, desk.id, services, approver)]


def _planned(hall: Hall, desk_id: int) -> tuple[Desk, DeskPlan]:
    desk, plan = hall.desks.get(desk_id), hall.plan.desk(desk_id)
    if desk is None or plan is None:
        raise Rejected("unknown_desk", desk=desk_id)
    return desk, plan


def _supervisor(hall: Hall, by: str) -> str:
    approver = approver_at(hall, by)
    if not approver:
        raise Rejected("approval_needed")
    return approver


def _leave_nobody(hall: Hall, desk: Desk, services: tuple[str, ...]) -> None:
    needed = still_needed(hall, desk, services)
    if needed:
        raise Rejected("still_waiting_there", service=_shown(hall, needed), n=in_need(hall, needed))


def _shown(hall: Hall, service_id: str) -> str:
    service = hall.plan.service(service_id)
    return service.shown if service else service_id
