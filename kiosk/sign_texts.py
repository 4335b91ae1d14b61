"""What the sign of a dispenser says: what may be expected of it, what became of a press or a code, where else to go."""

from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.notices import issues_nothing
from firmware_py.core.plan import Plan
from firmware_py.core.schedule import hours_text
from firmware_py.core.states import Klass
from firmware_py.core.views import HallView


def idle_text(plan: Plan, hall: HallView | None, *, linked: bool) -> str:
    """While nobody is doing anything; ``hall`` as it was heard last, None = not yet."""
    if hall is None:
        return phrases.text("kiosk.starting")
    if not linked:
        return phrases.text("kiosk.lost")
    if hall.reason:
        return phrases.refusal(hall.reason, {"hours": hours_text(hall.hours or plan.hours), "time": hall.opens})
    return phrases.text("kiosk.idle")


def elsewhere_text(plan: Plan, instance: str, hall: HallView | None) -> str:
    """This dispenser is in trouble: the citizen needs to know where to go; what to mend is the staff's page. A
    dispenser the hall knows to be in trouble too is no place to go."""
    troubles = hall.devices if hall else ()
    others = (each for each in plan.kiosks if each.id != instance and not issues_nothing(each.id, troubles))
    return phrases.refusal("printer_fault", {"place": next((each.place for each in others if each.place), "")})


def answer_text(answer: c.Answer) -> tuple[str, bool]:
    """What became of a press or a code, "" = nothing the citizen must read; and whether it is said at once: a number is
    said when its slip is out."""
    match answer.event:
        case e.Taken(ticket=number, klass=klass, ahead=ahead, booking=booking):
            if booking and klass == Klass.ORDINARY.value:
                return phrases.text("kiosk.late_booking"), True
            return phrases.text("kiosk.take_slip_ahead" if ahead else "kiosk.take_slip", ticket=number, n=ahead), False
        case e.Returned(ticket=number):
            return phrases.text("kiosk.returned", ticket=number), True
        case e.ReportedBack(ticket=number):
            return phrases.text("kiosk.back", ticket=number), True
    return phrases.refusal(answer.refusal, answer.details) if answer.refusal else "", True
