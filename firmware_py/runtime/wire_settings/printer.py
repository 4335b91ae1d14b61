"""``[instance.printer]``: the ticket printer of a kiosk."""

from typing import Final, Literal

import msgspec

from firmware_py.runtime.value_kinds import RootedOrNone

DOTS: Final = {58: 384, 80: 576}
"""Print width of a paper in dots, by its width in millimetres (hardware.md 1.2)."""


class PrinterConfig(msgspec.Struct, frozen=True):
    """A ticket printer; ``port`` as ``drivers.printer.transport.parse_port`` reads it."""

    port: str
    driver: Literal["escpos"] = "escpos"
    width_mm: Literal[80, 58] = 80
    encoding: Literal["gb18030", "gbk", "utf-8"] = "gb18030"
    font: RootedOrNone = ""

    @property
    def width_dots(self) -> int:
        """Width of the print head."""
        return DOTS[self.width_mm]
