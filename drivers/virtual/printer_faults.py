"""What can break in a virtual printer: the words of ``drivers.virtual.faults``, and the switch behind each of them."""

from collections.abc import Callable
from typing import Final

import msgspec

from drivers.virtual.faults import Fault
from drivers.virtual.printer_delay import PrinterDelay
from drivers.virtual.printer_line import PrinterLine
from drivers.virtual.printer_mechanism import PrinterMechanism

ROWS_BEFORE_THE_END: Final = 3
"""A roll that ends in the next slip ends here."""


class Switch(msgspec.Struct, frozen=True):
    """One fault: whether it is there now, and what breaks (True) or mends it. ``turn`` is for the printer's thread."""

    is_on: Callable[[], bool]
    turn: Callable[[bool], None]


def switches(
    inside: PrinterMechanism, line: PrinterLine, delay: PrinterDelay, *, unplugged: Switch, silent: Switch
) -> dict[Fault, Switch]:
    """Every fault a printer can have."""
    return {
        Fault.PAPER_LOW: Switch(lambda: inside.paper == "low", lambda on: inside.load("low" if on else "ok")),
        Fault.PAPER_OUT: Switch(lambda: inside.paper == "out", lambda on: inside.load("out" if on else "ok")),
        Fault.PAPER_OUT_MID_SLIP: Switch(
            lambda: inside.rows_left > 0 and inside.upset == "paper_out",
            lambda on: inside.upset_after(ROWS_BEFORE_THE_END if on else 0, "paper_out"),
        ),
        Fault.COVER_OPEN: Switch(
            lambda: inside.cover == "open", lambda on: setattr(inside, "cover", "open" if on else "closed")
        ),
        Fault.CUTTER: Switch(
            lambda: inside.cutter == "jammed", lambda on: setattr(inside, "cutter", "jammed" if on else "ok")
        ),
        Fault.UNPLUGGED: unplugged,
        Fault.SILENT: silent,
        Fault.GARBAGE: Switch(lambda: line.garbled, lambda on: setattr(line, "garbled", on)),
        Fault.LOST_BYTES: Switch(lambda: line.loses, lambda on: setattr(line, "loses", on)),
        Fault.SLOW: Switch(lambda: delay.slow, lambda on: setattr(delay, "slow", on)),
        Fault.DUPLICATE: Switch(lambda: line.doubles, lambda on: setattr(line, "doubles", on)),
    }
