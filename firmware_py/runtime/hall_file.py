"""``hall.toml``: the hall as its technician writes it down, the same file on every device, read into a ``Plan``.

Services, desks, kiosks, staff and limits are the plan's own structs; what each key may hold stands in ``hall_keys``.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from firmware_py.core.limits import Limits
from firmware_py.core.plan import Calendar, DeskPlan, Hours, KioskPlan, Notice, Plan, Service, StaffPlan
from firmware_py.runtime.hall_keys import STRICTER
from firmware_py.runtime.problems import Problems
from firmware_py.runtime.profile import with_profile
from firmware_py.runtime.shape import decode
from firmware_py.runtime.toml_text import read_toml
from firmware_py.runtime.value_kinds import Name, Phone, PrefixOrNone, Session, Text, WebAddressOrNone


class HallTable(msgspec.Struct, frozen=True):
    """``[hall]``: who we are and when we are open; ``profile`` names the norm whose choices hold where the file is
    silent."""

    id: Name
    name: Text
    complaint_phone: Phone
    hours: Annotated[tuple[Session, ...], Meta(min_length=1)] = ("09:00-12:00", "13:30-17:30")
    utc_offset_min: Annotated[int, Meta(ge=-720, le=840)] = 480
    notice: Annotated[str, Meta(max_length=200, description="a text of at most 200 characters")] = ""
    supervisors: tuple[Name, ...] = ()
    manual_prefix: PrefixOrNone = ""
    rating_qr: WebAddressOrNone = ""
    profile: str | None = None


class HallFile(msgspec.Struct, frozen=True):
    """The whole file."""

    hall: HallTable
    service: Annotated[tuple[Service, ...], Meta(min_length=1)]
    desk: Annotated[tuple[DeskPlan, ...], Meta(min_length=1)]
    kiosk: tuple[KioskPlan, ...] = ()
    staff: tuple[StaffPlan, ...] = ()
    notice: tuple[Notice, ...] = ()
    calendar: Calendar = Calendar()
    limits: Limits = Limits()


def read_hall(path: Path, problems: Problems) -> HallFile | None:
    """The file, with blanks where ``problems`` says something is wrong; None when it is no TOML."""
    raw = read_toml(path, problems)
    return None if raw is None else decode(HallFile, with_profile(raw, problems), problems, STRICTER)


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
        calendar=file.calendar,
        staff=file.staff,
        manual_prefix=file.hall.manual_prefix,
        rating_qr=file.hall.rating_qr,
        notices=file.notice,
    )


def file_of(plan: Plan) -> HallFile:
    """How that plan would be written down, without a profile."""
    table = HallTable(
        id=plan.id,
        name=plan.name,
        complaint_phone=plan.complaint_phone,
        hours=tuple(_written(plan.hours)),
        utc_offset_min=plan.utc_offset_min,
        notice=plan.notice,
        supervisors=plan.supervisors,
        manual_prefix=plan.manual_prefix,
        rating_qr=plan.rating_qr,
    )
    return HallFile(table, plan.services, plan.desks, plan.kiosks, plan.staff, plan.notices, plan.calendar, plan.limits)


def hours_of(session: str) -> Hours:
    """``"09:00-12:00"`` in minutes after midnight."""
    opens, closes = (int(clock[:2]) * 60 + int(clock[3:]) for clock in session.split("-"))
    return Hours(opens, closes)


def _written(sessions: Iterable[Hours]) -> Iterable[str]:
    for each in sessions:
        (opens, opens_min), (closes, closes_min) = divmod(each.opens, 60), divmod(each.closes, 60)
        yield f"{opens:02}:{opens_min:02}-{closes:02}:{closes_min:02}"
