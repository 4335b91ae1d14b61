"""From the texts of a slip to what the printer driver puts on paper."""

from drivers.printer import Element, Line, Qr, Rule, Slip
from firmware_py.core.events import Taken
from firmware_py.core.plan import Plan
from firmware_py.phrases.slips import SlipLine, SlipQr, ticket_slip


def number_slip(plan: Plan, taken: Taken, wall_ms: int) -> Slip:
    """The slip of one ticket; ``wall_ms`` is local wall time (R-KIOSK-03)."""
    elements: list[Element] = []
    for part in ticket_slip(plan, taken, wall_ms):
        match part:
            case SlipLine():
                elements.append(Line(part.text, part.size, part.align, part.bold))
            case SlipQr():
                elements.append(Qr(part.data, part.label))
            case _:
                elements.append(Rule())
    return Slip(tuple(elements))
