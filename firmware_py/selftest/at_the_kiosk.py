"""The self-test of a number dispenser's buttons and code reader: each is tried by hand, and no ticket is taken."""

from typing import Literal

from drivers.buttons import Pressed
from drivers.buttons.lamps import Lamps
from drivers.reader import CodeRead
from firmware_py.phrases import text
from firmware_py.runtime.wire_settings.buttons import ButtonsConfig, lamp_pins, meanings
from firmware_py.runtime.wire_settings.reader import ReaderConfig
from firmware_py.selftest.bench import PRESS_S, Bench
from firmware_py.selftest.console import Inbox
from firmware_py.selftest.hand import Hand, holding
from firmware_py.selftest.results import NotAsItShould
from kiosk.daemon import buttons_driver, lamps_driver, reader_driver

VERB_S = 5.0
LOOK_S = 0.7
"""How long each lamp is lit."""


def try_buttons(panel: ButtonsConfig, bench: Bench) -> None:
    """Light every lamp in turn, then have every button pressed, each when it is named.

    Raises:
        DriverOffline, DriverFault: the drivers'.
        NobodyThere: the panel could be opened.
        NotAsItShould: ``no_lamp``, ``no_key``, ``wrong_button``.
    """
    inbox, tried = Inbox(), set[str]()
    _light_each(panel, bench)
    with holding(buttons_driver(panel, inbox.put), "buttons"):
        bench.need_hands()
        for name in meanings(panel):
            bench.console.say("    " + text("selftest.ask.button", s=PRESS_S, name=name))
            # a button that was tried may bounce, or be let go late
            pressed = bench.await_reading(inbox, lambda item: isinstance(item, Pressed) and item.button not in tried)
            if not isinstance(pressed, Pressed):
                raise NotAsItShould("no_key", s=PRESS_S)
            if pressed.button != name:
                raise NotAsItShould("wrong_button", name=name, found=pressed.button)
            tried.add(name)
            bench.note(text("selftest.saw.button", name=name))


def _light_each(panel: ButtonsConfig, bench: Bench) -> None:
    driver = lamps_driver(panel)
    if driver is None:
        return
    names = list(lamp_pins(panel))
    with holding(driver, "lamps") as hand:
        for name in names:
            _light(hand, name, "steady")
            bench.look(LOOK_S)
            _light(hand, name, "off")
    shown = "、".join(names)
    bench.note(text("selftest.saw.lamps", names=shown))
    if bench.hands and bench.agrees(text("selftest.ask.lamp", names=shown)) is False:
        raise NotAsItShould("no_lamp")


def _light(hand: Hand[Lamps], name: str, mode: Literal["steady", "off"]) -> None:
    hand.do(lambda lamps: lamps.light(name, mode), VERB_S)


def try_reader(wire: ReaderConfig, bench: Bench) -> None:
    """Have any code shown; only its length is told, for it may be a citizen's.

    Raises:
        DriverOffline, DriverFault: the driver's.
        NobodyThere: the reader could be opened.
        NotAsItShould: ``no_code``.
    """
    inbox = Inbox()
    with holding(reader_driver(wire, inbox.put), "reader"):
        bench.need_hands()
        bench.console.say("    " + text("selftest.ask.code", s=PRESS_S))
        read = bench.await_reading(inbox, lambda item: isinstance(item, CodeRead))
        if not isinstance(read, CodeRead):
            raise NotAsItShould("no_code", s=PRESS_S)
        bench.note(text("selftest.saw.code", n=len(read.text)))
