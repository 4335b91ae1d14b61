"""``[instance.line]``: the telephone line of a desk."""

from typing import Annotated

import msgspec
from msgspec import Meta

from firmware_py.runtime.value_kinds import Baud, DevicePath, Pin, Pins

AtCommand = Annotated[
    str,
    Meta(pattern=r"\AAT[ -~]{1,60}\Z", description='a modem\'s command, "AT…" of at most 62 characters of ASCII'),
]
CountryCode = Annotated[
    str,
    Meta(pattern=r"\A([0-9A-F]{2})?\Z", description='two hexadecimal digits of T.35, or "" to leave it as it is'),
]


class GpioLine(msgspec.Struct, frozen=True, tag_field="driver", tag="gpio"):
    """Detectors on pins; ``pull_up`` = they pull to ground. Where they are fitted, ``hook`` tells that the handset is
    lifted (without it nobody can say whether a call was answered), ``second`` is the ring detector of the telephone's
    line 2, ``loop`` that of the exchange's voltage."""

    ring: Pin
    hook: Pin | None = None
    second: Pin | None = None
    loop: Pin | None = None
    factory: Pins = "gpio"
    pull_up: bool = True

    @property
    def hook_seen(self) -> bool:
        """Whether something tells when the handset is lifted."""
        return self.hook is not None


class ModemLine(msgspec.Struct, frozen=True, tag_field="driver", tag="modem"):
    """A voice modem beside the telephone. ``init`` follows ``ATZ`` and ``ATE0``; ``country`` is set with ``AT+GCI``;
    ``hook`` = the telephone is plugged into the modem, which tells when its handset is lifted (few do)."""

    port: DevicePath
    baud: Baud = 115200
    init: tuple[AtCommand, ...] = ()
    country: CountryCode = ""
    hook: bool = False

    @property
    def hook_seen(self) -> bool:
        """Whether something tells when the handset is lifted."""
        return self.hook
