"""What the buttons of a kiosk stand for, and the kiosk's habits, in the logic's own words."""

from typing import Literal

import msgspec

from firmware_py.runtime.device_file import KioskInstance
from firmware_py.runtime.wire_settings.buttons import Act, lamp_pins, meanings
from kiosk.presses import DEBOUNCE_MS


class Choice(msgspec.Struct, frozen=True):
    """What a button stands for: a ticket, or an act (``wire_settings.buttons.Act``)."""

    service: str = ""
    klass: Literal["X", "G"] = "X"
    act: Act = "take"
    large: bool = False
    types: str = ""


class Habits(msgspec.Struct, frozen=True):
    """How this kiosk does things; see ``KioskInstance``. ``voice`` = it has a loudspeaker, ``lamps`` are the names of
    its lamps: of buttons, and ``GUIDE_LAMP``."""

    debounce_ms: int = DEBOUNCE_MS
    voice: bool = False
    speak: bool = True
    large_print: Literal["asked", "green"] = "asked"
    priority: Literal["declare", "confirm"] = "declare"
    reprints: int = 10
    transfer_slips: bool = False
    lamps: frozenset[str] = frozenset()


def choices_of(settings: KioskInstance) -> dict[str, Choice]:
    """Every button of the panel and the keypad."""
    buttons = meanings(settings.buttons)
    if settings.keypad is not None:
        buttons |= meanings(settings.keypad)
    return {
        name: Choice(each.service, each.klass, each.act, each.large_print, each.types) for name, each in buttons.items()
    }


def habits_of(settings: KioskInstance) -> Habits:
    """The habits in its settings."""
    return Habits(
        debounce_ms=settings.debounce_ms,
        voice=settings.voice is not None,
        speak=settings.speak,
        large_print=settings.large_print,
        priority=settings.priority,
        reprints=settings.reprints,
        transfer_slips=settings.transfer_slips,
        lamps=frozenset(lamp_pins(settings.buttons)),
    )
