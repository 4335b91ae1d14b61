"""``[instance.sign]`` and ``[instance.board]``: an LED sign over a desk, at a kiosk, or the board of the hall.

Every kind has ``port``, ``address``, ``width_px``, ``lines`` (16 px of height each), ``colour`` and ``check_s``, the
seconds between two looks at it; what a wire does not have is a constant here and no key of the file.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from drivers.led import FONT_PX
from firmware_py.runtime.value_kinds import Baud, CardAddress, DevicePath

LedPort = Annotated[
    str,
    Meta(
        pattern=r"\A(/.+|tcp://[A-Za-z0-9.-]+:[0-9]{1,5})\Z",
        description='a serial port, best a udev link that survives replugging: "/dev/…", or "tcp://HOST:5005"',
    ),
]
Width = Annotated[int, Meta(ge=16, le=4096)]
Refresh = Annotated[int, Meta(ge=5, le=600)]
StripAddress = Annotated[int, Meta(ge=1, le=254)]


class OnbonSign(msgspec.Struct, frozen=True, tag_field="driver", tag="onbon"):
    """An Onbon font card; it answers (hardware.md 2.1). ``baud`` counts on a serial port only."""

    port: LedPort
    address: CardAddress = 1
    baud: Baud = 57600
    width_px: Width = 64
    lines: Annotated[int, Meta(ge=1, le=16)] = 1
    card: Literal["any", "5K1", "5K2", "5MK1", "5MK2", "6K1", "6K2", "6K3"] = "any"
    colour: Literal["own", "red", "green", "yellow"] = "own"

    @property
    def check_s(self) -> float:
        """It is asked how it is."""
        return 30.0

    @property
    def height_px(self) -> int:
        """Height of the card."""
        return self.lines * FONT_PX


class StripSign(msgspec.Struct, frozen=True, tag_field="driver", tag="strip"):
    """A calling-system strip of the ``AA … BB 51 54`` family; it never answers (hardware.md 2.2).

    ``checksum`` says whether the closing ``FF`` is summed; without it, what the known programs do for that ``kind``.
    ``refresh_s`` is how often it is sent again what it shows.
    """

    port: DevicePath
    address: StripAddress = 1
    baud: Baud = 9600
    width_px: Width = 64
    kind: Literal["strip", "screen", "wpf"] = "strip"
    checksum: Literal["with_end", "without_end"] | None = None
    refresh_s: Refresh = 30

    @property
    def lines(self) -> int:
        """No order of its frame names a line."""
        return 1

    @property
    def colour(self) -> Literal["own"]:
        """No order of its frame names a colour."""
        return "own"

    @property
    def check_s(self) -> float:
        """It is sent again what it shows."""
        return float(self.refresh_s)

    @property
    def height_px(self) -> int:
        """Height of the strip."""
        return FONT_PX


class WeilipuSign(msgspec.Struct, frozen=True, tag_field="driver", tag="weilipu"):
    """A Weilipu 威利普 card of one to three lines, alone on its port; it never answers (hardware.md 2.3)."""

    port: DevicePath
    baud: Baud = 9600
    width_px: Width = 64
    lines: Annotated[int, Meta(ge=1, le=3)] = 1
    colour: Literal["red", "green", "blue"] = "red"
    refresh_s: Refresh = 30

    @property
    def address(self) -> int:
        """Its frame names none: one card has the wire for itself."""
        return 1

    @property
    def check_s(self) -> float:
        """It is sent again what it shows."""
        return float(self.refresh_s)

    @property
    def height_px(self) -> int:
        """Height of the card."""
        return self.lines * FONT_PX


SignConfig = OnbonSign | StripSign | WeilipuSign
