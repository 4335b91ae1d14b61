"""``[instance.buttons]`` and ``[instance.keypad]`` of a kiosk: its panel, the keys behind it, and its lamps."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from firmware_py.runtime.value_kinds import DevicePath, KeyName, Name, NameOrNone, Pin, Pins

Act = Literal["take", "consult", "complain", "guide_came", "confirm", "reprint", "new_roll", "notice", "repeat", "type"]
"""What a button does: ``take`` a ticket of its ``service``; ask for the guide (``consult``) or for whoever hears
complaints (``complain``) and light the guide's lamp, which ``guide_came`` puts out; behind the panel: ``confirm`` a
priority (R-KIOSK-09), ``reprint`` a slip (R-KIOSK-06), a ``new_roll`` is in, print a ``notice`` (R-KIOSK-12); say the
last sentence again (``repeat``); ``type`` a character of a number (R-KIOSK-08)."""

Typed = Annotated[
    str,
    Meta(
        pattern=r"\A([0-9]|[ABCDFGHJKLMNPRSTUVWXYZ]{1,2}|ok|clear|)\Z",
        description='a digit, the letters before a number, "ok" or "clear"; "" unless act = "type"',
    ),
]
Percent = Annotated[int, Meta(ge=0, le=100)]


class ButtonConfig(msgspec.Struct, frozen=True):
    """What one button means. ``klass`` G = the priority button; ``large_print`` = its slip is the large one;
    ``types`` is what it types."""

    service: NameOrNone = ""
    klass: Literal["X", "G"] = "X"
    act: Act = "take"
    large_print: bool = False
    types: Typed = ""


class PinButton(ButtonConfig, frozen=True, kw_only=True):
    """A contact on a pin, and the lamp inside it."""

    pin: Pin
    lamp: Pin | None = None


class TouchButton(ButtonConfig, frozen=True, kw_only=True):
    """A field of a touch foil, in percent of it from the left and from the top."""

    left: Percent
    top: Percent
    right: Percent
    bottom: Percent


class GpioButtons(msgspec.Struct, frozen=True, tag_field="driver", tag="gpio"):
    """Buttons on pins: the button's name → the button. ``pull_up`` = contacts to ground; ``lamp_high`` = a lit lamp's
    pin is high; ``guide_lamp`` calls the guide (R-KIOSK-10)."""

    pins: Annotated[dict[Name, PinButton], Meta(min_length=1)]
    factory: Pins = "gpio"
    pull_up: bool = True
    lamp_high: bool = True
    guide_lamp: Pin | None = None


class EvdevButtons(msgspec.Struct, frozen=True, tag_field="driver", tag="evdev"):
    """The keys of a USB keyboard, number pad or key box, and the fields of a USB touch foil, as buttons; ``path`` may
    be a pattern. Only this device is ever opened, and it is taken away from the console (R-KIOSK-15)."""

    path: DevicePath
    keys: dict[KeyName, ButtonConfig] = {}
    touch: dict[Name, TouchButton] = {}


ButtonsConfig = GpioButtons | EvdevButtons
"""The panel of a kiosk."""


def tables(panel: ButtonsConfig) -> dict[str, Mapping[str, ButtonConfig]]:
    """The tables of a panel that hold buttons, by their keys in the file."""
    if isinstance(panel, GpioButtons):
        return {"pins": panel.pins}
    return {"keys": panel.keys, "touch": panel.touch}


def meanings(panel: ButtonsConfig) -> dict[str, ButtonConfig]:
    """Every button of a panel by the name its presses carry."""
    return {name: button for table in tables(panel).values() for name, button in table.items()}


def lamp_pins(panel: ButtonsConfig) -> dict[str, int]:
    """The lamps of a panel: a button's name, or ``guide``, → its pin."""
    if not isinstance(panel, GpioButtons):
        return {}
    lamps = {name: button.lamp for name, button in panel.pins.items() if button.lamp is not None}
    return lamps if panel.guide_lamp is None else {**lamps, GUIDE_LAMP: panel.guide_lamp}


GUIDE_LAMP = "guide lamp"
"""The name of the guide's lamp: with a blank in it, so that no button has it."""
