"""What is printed on a number slip (R-KIOSK-03, layout of rules.md 4.7), in no printer's terms.

``SlipLine``, ``SlipRule`` and ``SlipQr`` have the fields of the printer driver's elements; the kiosk turns one into the
other. Nothing here tells who somebody is or which class a ticket has. Sentences are short: a slip is 400 bytes at most,
half a second on a slow serial line.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

import msgspec

from firmware_py.core.events import Taken
from firmware_py.core.plan import Plan
from firmware_py.core.schedule import hours_text
from firmware_py.phrases.pack import text


class SlipLine(msgspec.Struct, frozen=True):
    """One line of text; ``size`` multiplies width and height."""

    text: str
    size: int = 1
    align: Literal["left", "center", "right"] = "left"
    bold: bool = False


class SlipRule(msgspec.Struct, frozen=True):
    """A horizontal rule across the paper."""


class SlipQr(msgspec.Struct, frozen=True):
    """A QR code and the words that say where it leads: without them it is not printed (R-KIOSK-03)."""

    data: str
    label: str


SlipElement = SlipLine | SlipRule | SlipQr

NUMBER_SIZE = 4
LARGE_SIZE = 2


def ticket_slip(
    plan: Plan,
    taken: Taken,
    wall_ms_local: int,
    *,
    large: bool = False,
    reprint: bool = False,
    qr: SlipQr | None = None,
) -> tuple[SlipElement, ...]:
    """The slip of a number just taken.

    Args:
        plan: the hall.
        taken: the fact; its number, service and people ahead are printed.
        wall_ms_local: when it was taken, milliseconds on the hall's wall clock (``core.schedule.wall``).
        large: the large-print slip: number, people ahead and where to go, nothing else (R-KIOSK-11).
        reprint: a second copy, marked 补打 (R-KIOSK-06).
        qr: only when it leads somewhere; one without words is left out.
    """
    number = [SlipLine(taken.ticket, NUMBER_SIZE, "center", bold=True)]
    if reprint:
        number.append(SlipLine(text("slip.reprint"), align="center", bold=True))
    ahead = text("slip.ahead", n=taken.ahead)
    where = where_called(plan, taken.service)
    if large:
        return (*number, SlipLine(ahead, LARGE_SIZE, "center"), SlipLine(where, LARGE_SIZE, "center"))
    head = [SlipLine(line, align="center", bold=True) for line in (plan.name, _shown(plan, taken.service)) if line]
    foot = [
        text("slip.where", where=where),
        text("slip.taken", time=date_time(wall_ms_local)),
        text("slip.hours", hours=hours_text(plan.hours)) if plan.hours else "",
        text("slip.wait"),
        text("slip.order"),
        text("slip.return"),
        plan.notice,
        text("slip.complaint", phone=plan.complaint_phone) if plan.complaint_phone else "",
    ]
    return (
        *head,
        *number,
        SlipLine(ahead, align="center", bold=True),
        *(SlipLine(sentence) for sentence in foot if sentence),
        *((qr,) if qr is not None and qr.label.strip() else ()),
    )


def _shown(plan: Plan, service_id: str) -> str:
    service = plan.service(service_id)
    return service.shown if service else service_id


def where_called(plan: Plan, service_id: str, desk_id: int = 0) -> str:
    """Zone and desks that call this service, or this desk alone: ``A区1-3、7号窗口`` (C04: 指明准确位置)."""
    service = plan.service(service_id)
    desks = [desk_id] if desk_id else [desk.id for desk in plan.desks if service_id in plan.serves(desk)]
    zone = service.zone if service else ""
    return zone + (text("slip.desks", desks=desk_range(desks)) if desks else text("slip.any_desk"))


def desk_range(desks: Iterable[int]) -> str:
    """``1-3、7`` for 1, 2, 3 and 7; two neighbours stay apart: ``1、2``."""
    runs: list[list[int]] = []
    for desk in sorted(set(desks)):
        if runs and desk == runs[-1][-1] + 1:
            runs[-1].append(desk)
        else:
            runs.append([desk])
    shown: list[str] = []
    for run in runs:
        shown += [f"{run[0]}-{run[-1]}"] if len(run) > 2 else [str(desk) for desk in run]
    return "、".join(shown)


def date_time(wall_ms_local: int) -> str:
    """``2026年11月21日 14:05``."""
    wall = datetime.fromtimestamp(wall_ms_local / 1000, UTC)
    return text("slip.date_time", year=wall.year, month=wall.month, day=wall.day, hour=wall.hour, minute=wall.minute)
