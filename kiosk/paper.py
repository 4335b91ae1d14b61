"""Every sheet a kiosk prints, from the logic's effect to the printer driver's slip (R-KIOSK-03, R-KIOSK-12)."""

from collections.abc import Iterable

from msgspec.structs import replace

from drivers.printer import Element, Line, Qr, Rule, Slip
from firmware_py.core.plan import Plan
from firmware_py.phrases.other_slips import device_fault_slip, fault_slip, hours_change_slip, transfer_slip
from firmware_py.phrases.slips import SlipElement, SlipLine, SlipQr, ticket_slip
from kiosk.effects import PrintNotice, PrintSlip, PrintTransfer


def number_slip(plan: Plan, effect: PrintSlip) -> Slip:
    """A number's slip, with the hours that are in force today."""
    plan = replace(plan, hours=effect.hours or plan.hours)
    return on_paper(ticket_slip(plan, effect.taken, effect.wall_ms, large=effect.large, reprint=effect.reprint))


def transfer_sheet(plan: Plan, effect: PrintTransfer) -> Slip:
    """Where whoever was transferred has to go."""
    return on_paper(transfer_slip(plan, effect.ticket, effect.service, effect.desk, effect.wall_ms))


def notice_sheet(plan: Plan, effect: PrintNotice, wall_ms: int) -> Slip:
    """A sheet to put up, printed at local wall time ``wall_ms``."""
    coming = effect.hall.coming
    if effect.kind == "hours" and coming is not None:
        return on_paper(hours_change_slip(plan, coming.effective, coming.hours, wall_ms))
    if effect.kind == "device":
        return on_paper(device_fault_slip(plan, wall_ms))
    return on_paper(fault_slip(plan, effect.place, wall_ms))


def on_paper(parts: Iterable[SlipElement]) -> Slip:
    """The texts of a sheet as the printer takes them."""
    elements: list[Element] = []
    for part in parts:
        match part:
            case SlipLine():
                elements.append(Line(part.text, part.size, part.align, part.bold))
            case SlipQr():
                elements.append(Qr(part.data, part.label))
            case _:
                elements.append(Rule())
    return Slip(tuple(elements))
