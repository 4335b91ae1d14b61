"""What a dispenser prints beside numbers (R-KIOSK-12): where to go, what is due, notices to put up, the day in figures.

Sentences of rules.md 4.1 on 58 and 80 mm paper alike; the printer's driver folds what is too long. Nothing here tells
who somebody is: papers are handed out by number.
"""

from collections.abc import Iterable
from typing import Literal

from firmware_py.core.plan import Hours, Plan
from firmware_py.core.schedule import hours_text
from firmware_py.phrases.pack import text
from firmware_py.phrases.slips import NUMBER_SIZE, SlipElement, SlipLine, SlipRule, date_time, where_called

NOTICE_SIZE = 2
"""A sheet on a wall is read from two metres."""


def transfer_slip(plan: Plan, ticket: str, service: str, desk: int, wall_ms_local: int) -> tuple[SlipElement, ...]:
    """Where whoever was transferred goes, his number unchanged: to ``desk``, 0 = any of the service's (R-CORE-14)."""
    where = where_called(plan, service, desk)
    return (
        *_head(plan),
        SlipLine(ticket, NUMBER_SIZE, "center", bold=True),
        SlipLine(text("slip.transfer_to", where=where), NOTICE_SIZE, "center"),
        SlipLine(text("slip.keeps_number")),
        SlipLine(text("slip.wait")),
        *_foot(plan, wall_ms_local),
    )


def fault_slip(plan: Plan, place: str, wall_ms_local: int) -> tuple[SlipElement, ...]:
    """A sheet for the dispenser that is out of order; ``place`` is where to go instead, "" = the consultation desk."""
    return _notice(plan, text("slip.fault", place=place or text("unsaid.place")), wall_ms_local)


def device_fault_slip(plan: Plan, wall_ms_local: int) -> tuple[SlipElement, ...]:
    """A sheet for any other device that is out of order: nobody has to go anywhere else for a number."""
    return _notice(plan, text("slip.fault_device"), wall_ms_local)


def hours_change_slip(plan: Plan, date: str, hours: tuple[Hours, ...], wall_ms_local: int) -> tuple[SlipElement, ...]:
    """A sheet that announces other hours from ``date`` (``2026-11-25``) on (A02, A17)."""
    return _notice(plan, text("slip.hours_change", date=date, hours=hours_text(hours)), wall_ms_local)


def acceptance_slip(
    plan: Plan, ticket: str, service: str, days: int, where: str, wall_ms_local: int
) -> tuple[SlipElement, ...]:
    """The promise of an answer within ``days``, and ``where`` its progress can be looked up (H05)."""
    return (
        *_head(plan, service),
        SlipLine(ticket, NOTICE_SIZE, "center", bold=True),
        SlipLine(text("slip.accepted", days=days)),
        SlipLine(text("slip.progress", where=where)) if where else SlipLine(text("slip.accepted_keep")),
        *_foot(plan, wall_ms_local),
    )


def one_time_notice(
    plan: Plan,
    kind: Literal["missing", "consult"],
    ticket: str,
    service: str,
    items: Iterable[str],
    wall_ms_local: int,
) -> tuple[SlipElement, ...]:
    """Everything that is still needed, told once (H03): what is ``missing`` now, or what to bring (``consult``)."""
    listed = tuple(items)
    closing = text("slip.materials_short") if kind == "missing" else text("slip.consult_closing")
    return (
        *_head(plan, service),
        SlipLine(text("slip.one_time_notice" if kind == "missing" else "slip.consult_notice"), NOTICE_SIZE, "center"),
        SlipLine(ticket, align="center", bold=True),
        SlipRule(),
        *(SlipLine(f"{place}. {item}") for place, item in enumerate(listed, 1)),
        SlipRule(),
        SlipLine(closing),
        *_foot(plan, wall_ms_local),
    )


def summary_slip(
    plan: Plan, title: str, figures: Iterable[tuple[str, str | int]], wall_ms_local: int
) -> tuple[SlipElement, ...]:
    """The day or the morning briefing in figures, a line for each."""
    return (
        *_head(plan),
        SlipLine(title, NOTICE_SIZE, "center", bold=True),
        SlipRule(),
        *(SlipLine(f"{name}:{figure}") for name, figure in figures),
        SlipRule(),
        SlipLine(text("slip.printed", time=date_time(wall_ms_local))),
    )


def _head(plan: Plan, service_id: str = "") -> tuple[SlipLine, ...]:
    service = plan.service(service_id)
    names = (plan.name, service.shown if service else service_id)
    return tuple(SlipLine(name, align="center", bold=True) for name in names if name)


def _foot(plan: Plan, wall_ms_local: int) -> tuple[SlipLine, ...]:
    lines = (
        text("slip.printed", time=date_time(wall_ms_local)),
        text("slip.complaint", phone=plan.complaint_phone) if plan.complaint_phone else "",
    )
    return tuple(SlipLine(line) for line in lines if line)


def _notice(plan: Plan, sentence: str, wall_ms_local: int) -> tuple[SlipElement, ...]:
    return (
        SlipLine(plan.name, NOTICE_SIZE, "center", bold=True),
        SlipLine(sentence, NOTICE_SIZE),
        SlipLine(text("slip.printed", time=date_time(wall_ms_local))),
    )
