"""Ticket printers: what may be put on a slip, and what a printer can say about having printed it."""

from abc import abstractmethod
from enum import StrEnum
from typing import Literal

import msgspec

from drivers import Driver

Align = Literal["left", "center", "right"]


class Line(msgspec.Struct, frozen=True, tag="line"):
    """One line of text; ``size`` multiplies width and height (1…8), ``""`` is an empty line."""

    text: str
    size: int = 1
    align: Align = "left"
    bold: bool = False


class Rule(msgspec.Struct, frozen=True, tag="rule"):
    """A horizontal rule across the paper."""


class Qr(msgspec.Struct, frozen=True, tag="qr"):
    """A QR code with the sentence that says where it leads (R-KIOSK-03: a QR is labelled)."""

    data: str
    label: str


Element = Line | Rule | Qr


class Slip(msgspec.Struct, frozen=True):
    """What goes on one piece of paper, top to bottom; the cut at its end is implied."""

    elements: tuple[Element, ...]


class Paper(StrEnum):
    """How much paper the printer says it has."""

    OK = "ok"
    LOW = "low"
    OUT = "out"
    UNKNOWN = "unknown"


class PrinterStatus(msgspec.Struct, frozen=True):
    """What the printer says of itself: DLE EOT 1–4, automatic status back, or the lines of its port."""

    online: bool
    paper: Paper
    cover_open: bool = False
    cutter_fault: bool = False
    error: bool = False

    @property
    def fault(self) -> str | None:
        """Code of what keeps it from printing, or None: ``cover_open``, ``paper_out``, ``cutter``, ``printer_error``.
        Paper near its end (``Paper.LOW``) keeps it from nothing."""
        if self.cover_open:
            return "cover_open"
        if self.paper is Paper.OUT:
            return "paper_out"
        if self.cutter_fault:
            return "cutter"
        if self.error:
            return "printer_error"
        return None


class Printed(StrEnum):
    """What is known of a slip after ``print`` (rules.md 3.3: T02, T03, T04)."""

    PRINTED = "printed"
    """The printer gave a receipt for it, and is in order behind it: the whole slip is on paper."""
    FAILED = "failed"
    """Nothing of it reached paper, definitely: no byte was sent, or the printer refused before the first."""
    UNKNOWN = "unknown"
    """Some of it may be on paper."""


class PrintResult(msgspec.Struct, frozen=True):
    """Outcome of one slip, and for anything but PRINTED the code and detail of what was seen."""

    outcome: Printed
    reason: str = ""
    detail: str = ""


class Printer(Driver):
    """A ticket printer."""

    @abstractmethod
    def status(self) -> PrinterStatus:
        """Ask the printer; takes at most its reply time-out.

        Raises:
            DriverOffline: the cable is out or nothing answers.
        """

    @abstractmethod
    def print(self, slip: Slip) -> PrintResult:
        """Print and cut one slip; never raises, always says what is known. Blocks a bounded time."""
