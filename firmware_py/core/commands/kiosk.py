"""What a number dispenser and its guide may ask."""

from typing import Literal

import msgspec

from firmware_py.core.commands.base import Command


class Take(Command, frozen=True, tag="take"):
    """A citizen pressed a button: one ticket, please. Class A needs a booking and comes with check-in."""

    service: str
    klass: Literal["X", "G"] = "X"


class ReportPrinted(Command, frozen=True, tag="printed"):
    """The slip is on paper."""

    ticket: str


class ReportPrintFailed(Command, frozen=True, tag="print_failed"):
    """Nothing of the slip is on paper, definitely."""

    ticket: str
    reason: str


class ReportPrintUnknown(Command, frozen=True, tag="print_unknown"):
    """Some of the slip may be on paper."""

    ticket: str
    reason: str


class KioskStarted(Command, frozen=True, tag="kiosk_started"):
    """A kiosk came up: what it was printing is unknown (T04); these are the highest numbers it has seen today."""

    day: str = ""
    highest: dict[str, int] = msgspec.field(default_factory=dict)


class ReturnTicket(Command, frozen=True, tag="return_ticket"):
    """The holder of a number is back, at a kiosk or a desk: a passed one queues again (T12), a held one goes first at
    its desk, an unserved one of an earlier ``day`` (``2026-11-20``) gets a new number that goes next (T30)."""

    ticket: str
    day: str = ""


class Cancel(Command, frozen=True, tag="cancel"):
    """The holder gives the number up (T05)."""

    ticket: str


class CheckIn(Command, frozen=True, tag="check_in"):
    """Somebody with an appointment is here (R-CORE-08); the answer is a ticket."""

    code: str


class EnterManual(Command, frozen=True, tag="enter_manual"):
    """A pre-printed slip was handed out at ``handed`` (``14:05`` on the wall, today) and is queued by that time
    (R-CORE-31)."""

    ticket: str
    service: str
    handed: str


class CallGuide(Command, frozen=True, tag="call_guide"):
    """Somebody at the dispenser wants a person (R-KIOSK-10): to ask, to complain, or to have a priority confirmed."""

    about: Literal["consult", "complain", "priority"] = "consult"


class GuideCame(Command, frozen=True, tag="guide_came"):
    """A guide is with whoever called from this dispenser; ``about`` "" = whatever it was about, ``kiosk`` "" = the
    sender (a duty panel names one)."""

    about: Literal["", "consult", "complain", "priority"] = ""
    kiosk: str = ""


class Reprint(Command, frozen=True, tag="reprint"):
    """The guide prints this number's slip once more (R-KIOSK-06)."""

    ticket: str


KioskCommands = (
    Take
    | ReportPrinted
    | ReportPrintFailed
    | ReportPrintUnknown
    | KioskStarted
    | ReturnTicket
    | Cancel
    | CheckIn
    | EnterManual
    | CallGuide
    | GuideCame
    | Reprint
)
