"""``[instance.sign]`` and ``[instance.board]``: an LED sign over a desk, at a kiosk, or the board of the hall."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from firmware_py.runtime.value_kinds import Baud, CardAddress, DevicePath


class SignConfig(msgspec.Struct, frozen=True):
    """An LED card; 16 px of height for each line of text."""

    port: DevicePath
    driver: Literal["onbon"] = "onbon"
    address: CardAddress = 1
    baud: Baud = 57600
    width_px: Annotated[int, Meta(ge=16, le=4096)] = 64
    lines: Annotated[int, Meta(ge=1, le=16)] = 1

    @property
    def height_px(self) -> int:
        """Height of the card."""
        return self.lines * 16
