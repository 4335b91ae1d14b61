"""``hall.toml``: the hall as its technician writes it down, the same file on every device, read into a ``Plan``.

Services, desks, kiosks and limits are the plan's own structs; what each key may hold stands in ``STRICTER``, because
the plan itself states no limits: it is data of the journal and must stay readable when a limit changes.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from firmware_py.core.limits import (
    CallLimits,
    DeskLimits,
    EvalLimits,
    KioskLimits,
    Limits,
    PassLimits,
    PhoneLimits,
    PrioLimits,
)
from firmware_py.core.plan import DeskPlan, Hours, KioskPlan, Plan, Service
from firmware_py.runtime.problems import Problems
from firmware_py.runtime.shape import Stricter, decode
from firmware_py.runtime.toml_text import read_toml
from firmware_py.runtime.value_kinds import DeskNumber, Name, NameOrNone, Phone, Prefix, Session, Text, TextOrNone

_Seconds = Annotated[int, Meta(ge=1, le=3600)]
_Minutes = Annotated[int, Meta(ge=1, le=480)]
_MinutesOrNone = Annotated[int, Meta(ge=0, le=480)]
_Count = Annotated[int, Meta(ge=1, le=20)]
_CountOrNone = Annotated[int, Meta(ge=0, le=20)]

STRICTER: Final[Stricter] = {
    (Service, "id"): Name,
    (Service, "prefix"): Prefix,
    (Service, "name"): Text,
    (Service, "alias"): TextOrNone,
    (Service, "zone"): TextOrNone,
    (DeskPlan, "id"): DeskNumber,
    (DeskPlan, "services"): Annotated[tuple[Name, ...], Meta(min_length=1)],
    (DeskPlan, "name"): TextOrNone,
    (DeskPlan, "group"): Text,
    (DeskPlan, "pad"): NameOrNone,
    (DeskPlan, "evaluator"): NameOrNone,
    (DeskPlan, "phone"): NameOrNone,
    (DeskPlan, "neighbours"): tuple[DeskNumber, ...],
    (DeskPlan, "roster"): TextOrNone,
    (KioskPlan, "id"): Name,
    (KioskPlan, "place"): TextOrNone,
    (CallLimits, "max_calls"): _Count,
    (CallLimits, "noshow_min_s"): _Seconds,
    (CallLimits, "noshow_green_s"): _Seconds,
    (CallLimits, "recall_gap_s"): _Seconds,
    (CallLimits, "implicit_after_s"): _Seconds,
    (PassLimits, "return_after"): _Count,
    (PassLimits, "max_returns"): _CountOrNone,
    (PrioLimits, "max_run"): _CountOrNone,
    (PrioLimits, "ordinary_max_wait_min"): _Minutes,
    (EvalLimits, "window_s"): _Seconds,
    (EvalLimits, "min_open_s"): _Seconds,
    (EvalLimits, "correct_s"): _Seconds,
    (EvalLimits, "drain_s"): _Seconds,
    (PhoneLimits, "max_rings"): _Count,
    (PhoneLimits, "neighbour_after"): _Count,
    (PhoneLimits, "supervisor_after"): _Count,
    (PhoneLimits, "callback_due_min"): _Minutes,
    (PhoneLimits, "while_serving"): Literal["answer", "neighbour"],
    (KioskLimits, "open_lead_min"): _MinutesOrNone,
    (KioskLimits, "print_timeout_s"): _Seconds,
    (DeskLimits, "wait_max_min"): _Minutes,
}
"""What a key of ``hall.toml`` may hold, beyond its kind."""


class HallTable(msgspec.Struct, frozen=True):
    """``[hall]``: who we are and when we are open."""

    id: Name
    name: Text
    complaint_phone: Phone
    hours: Annotated[tuple[Session, ...], Meta(min_length=1)] = ("09:00-12:00", "13:30-17:30")
    utc_offset_min: Annotated[int, Meta(ge=-720, le=840)] = 480
    notice: Annotated[str, Meta(max_length=200, description="a text of at most 200 characters")] = ""
    supervisors: tuple[Name, ...] = ()


class HallFile(msgspec.Struct, frozen=True):
    """The whole file."""

    hall: HallTable
    service: Annotated[tuple[Service, ...], Meta(min_length=1)]
    desk: Annotated[tuple[DeskPlan, ...], Meta(min_length=1)]
    kiosk: tuple[KioskPlan, ...] = ()
    limits: Limits = Limits()


def read_hall(path: Path, problems: Problems) -> HallFile | None:
    """The file, with blanks where ``problems`` says something is wrong; None when it is no TOML."""
    raw = read_toml(path, problems)
    return None if raw is None else decode(HallFile, raw, problems, STRICTER)


def plan_of(file: HallFile) -> Plan:
    """The plan of a file without problems."""
    return Plan(
        id=file.hall.id,
        name=file.hall.name,
        services=file.service,
        desks=file.desk,
        kiosks=file.kiosk,
        hours=tuple(map(hours_of, file.hall.hours)),
        limits=file.limits,
        complaint_phone=file.hall.complaint_phone,
        utc_offset_min=file.hall.utc_offset_min,
        notice=file.hall.notice,
        supervisors=file.hall.supervisors,
    )


def file_of(plan: Plan) -> HallFile:
    """How that plan would be written down."""
    table = HallTable(
        id=plan.id,
        name=plan.name,
        complaint_phone=plan.complaint_phone,
        hours=tuple(_written(plan.hours)),
        utc_offset_min=plan.utc_offset_min,
        notice=plan.notice,
        supervisors=plan.supervisors,
    )
    return HallFile(table, plan.services, plan.desks, plan.kiosks, plan.limits)


def hours_of(session: str) -> Hours:
    """``"09:00-12:00"`` in minutes after midnight."""
    opens, closes = (int(clock[:2]) * 60 + int(clock[3:]) for clock in session.split("-"))
    return Hours(opens, closes)


def _written(sessions: Iterable[Hours]) -> Iterable[str]:
    for each in sessions:
        (opens, opens_min), (closes, closes_min) = divmod(each.opens, 60), divmod(each.closes, 60)
        yield f"{opens:02}:{opens_min:02}-{closes:02}:{closes_min:02}"
