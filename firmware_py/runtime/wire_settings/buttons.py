"""``[instance.buttons]``: the panel of a kiosk."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from firmware_py.runtime.value_kinds import Name, Pin, Pins


class ButtonConfig(msgspec.Struct, frozen=True):
    """One button: its pin, and the ticket it takes."""

    pin: Pin
    service: Name
    klass: Literal["X", "G"] = "X"


class ButtonsConfig(msgspec.Struct, frozen=True):
    """A kiosk's panel: the button's name → the button. ``pull_up`` = contacts to ground."""

    pins: Annotated[dict[Name, ButtonConfig], Meta(min_length=1)]
    factory: Pins = "gpio"
    pull_up: bool = True
