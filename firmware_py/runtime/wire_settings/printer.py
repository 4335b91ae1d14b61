"""``[instance.printer]``: the ticket printer of a kiosk."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from firmware_py.runtime.value_kinds import RootedOrNone

DOTS: Final = {58: 384, 80: 576}
"""Print width of a paper in dots, by its width in millimetres (hardware.md 1.2)."""


class PrinterConfig(msgspec.Struct, frozen=True):
    """A ticket printer; ``port`` as ``drivers.printer.ports.parse_port`` reads it.

    ``cutter`` = false for one without a knife; ``roll_m`` is the length of a new roll in metres, for a warning before
    its end where the printer has no sensor for that, 0 = no counting; ``font`` draws what the printer's own font has
    not. What the printer can answer needs no key: it is asked when the wire is opened.
    """

    port: str
    driver: Literal["escpos"] = "escpos"
    width_mm: Literal[80, 58] = 80
    encoding: Literal["gb18030", "gbk", "utf-8"] = "gb18030"
    font: RootedOrNone = ""
    cutter: bool = True
    roll_m: Annotated[int, Meta(ge=0, le=500)] = 0

    @property
    def width_dots(self) -> int:
        """Width of the print head."""
        return DOTS[self.width_mm]
