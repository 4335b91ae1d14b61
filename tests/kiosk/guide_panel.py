"""A dispenser with every key behind its panel, and the guide's hands on them."""

from drivers.printer import Printed
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.runtime.port_reports import PortUp
from firmware_py.runtime.wire_settings.buttons import GUIDE_LAMP
from kiosk.choices import Choice, Habits
from kiosk.effects import KeepPriorities, KeepSlips
from tests.hall.small_hall import NINE
from tests.kiosk.waiting import Kiosk, requests

DIGITS = {f"KEY_{digit}": Choice(act="type", types=digit) for digit in "0123456789"}
LETTERS = {f"KEY_{letter}": Choice(act="type", types=letter) for letter in "AB"}
BUTTONS = {
    "left": Choice("social"),
    "right": Choice("realty"),
    "green": Choice("social", "G"),
    "consult": Choice(act="consult"),
    "complain": Choice(act="complain"),
    "came": Choice(act="guide_came"),
    "confirm": Choice(act="confirm"),
    "reprint": Choice(act="reprint"),
    "roll": Choice(act="new_roll"),
    "notice": Choice(act="notice"),
    "KEY_ENTER": Choice(act="type", types="ok"),
    "KEY_C": Choice(act="type", types="clear"),
    **DIGITS,
    **LETTERS,
}
LIT = Habits(lamps=frozenset({"consult", "complain", "came", "confirm", GUIDE_LAMP}))


def kiosk_with(habits: Habits = LIT, kept: KeepSlips | None = None, priorities: KeepPriorities | None = None) -> Kiosk:
    kiosk = Kiosk(buttons=BUTTONS, habits=habits, kept=kept, priorities=priorities)
    kiosk.answers(*requests(kiosk.on(PortUp("buttons"))))
    return kiosk


def ticket(kiosk: Kiosk, number: str, button: str = "left", outcome: Printed | None = Printed.PRINTED) -> list[object]:
    """Somebody takes this number here, and its slip comes out so."""
    kiosk.now += 2000
    [asked] = requests(kiosk.press(button))
    effects = kiosk.taken(asked, number)
    if outcome is not None:
        kiosk.answers(*requests(kiosk.printed(number, outcome)))
    return effects


def yes(kiosk: Kiosk, effects: list[object]) -> list[object]:
    """The hall says yes to the only request."""
    [asked] = requests(effects)
    match asked.command:
        case c.Reprint(number):
            return kiosk.answer(c.Answer(asked.cmd_id, e.Reprinted(NINE, number, "kiosk1")))
        case c.Upgrade(number):
            return kiosk.answer(c.Answer(asked.cmd_id, e.Upgraded(NINE, number, "kiosk1")))
        case _:
            return kiosk.answer(c.Answer(asked.cmd_id))


def types(kiosk: Kiosk, *keys: str) -> list[object]:
    effects = list[object]()
    for key in keys:
        kiosk.now += 200
        effects += kiosk.press(key)
    return effects
