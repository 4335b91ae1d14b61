"""Everything at the other end of the demo hall's cables: printers, signs, pads, telephones, loudspeakers."""

import contextlib
from collections.abc import Callable
from pathlib import Path

from drivers.virtual.faults import Fault
from drivers.virtual.gpio_pad import VirtualGpioPad
from drivers.virtual.led_card import VirtualLedBus
from drivers.virtual.loudspeaker import VirtualLoudspeaker
from drivers.virtual.pads import VirtualPads
from drivers.virtual.pins import PinBoard
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.reader import VirtualReader
from drivers.virtual.telephone import VirtualTelephone
from firmware_py.core.plan import DeskPlan, KioskPlan, Plan

ADDRESS = 1
"""Each demo device is alone on its bus."""
RING_PIN, HOOK_PIN, LOOP_PIN = 5, 6, 13
FIRST_BUTTON_PIN, PINS = 2, 26
"""A header has so many pins, from this one on: buttons first, then a lamp in each button where there are enough."""
SIGN_PX = 128
BOARD_PX, BOARD_LINES = 192, 4
KIOSK_PX, KIOSK_LINES = 256, 3

Changed = Callable[[str], None]
"""Told what changed, e.g. ``"sign/1"``; called from far ends' threads, must not block."""


class KioskEnd:
    """A kiosk's buttons, printer, sign and code reader. ``buttons`` maps (service, class) to its pin, ``lamps`` to that
    of the lamp inside it."""

    def __init__(
        self, kiosk: KioskPlan, plan: Plan, cables: Path, changed: Changed, close: contextlib.ExitStack
    ) -> None:
        self.id = kiosk.id
        choices = [(service.id, klass) for service in plan.services for klass in ("X", "G")]
        self.buttons = {choice: FIRST_BUTTON_PIN + place for place, choice in enumerate(choices)}
        lit = choices if 2 * len(choices) <= PINS else []
        self.lamps = {choice: FIRST_BUTTON_PIN + len(choices) + place for place, choice in enumerate(lit)}
        self.board_path = cables / f"{kiosk.id}-pins"
        self.board = PinBoard(self.board_path, on_change=lambda *_: changed(f"kiosk/{kiosk.id}"))
        self.board.open()
        close.callback(self.board.close)
        self.panel = VirtualGpioPad(
            self.board,
            {button_name(*choice): pin for choice, pin in self.buttons.items()},
            {button_name(*choice): pin for choice, pin in self.lamps.items()},
        )
        self.printer = VirtualPrinter("tcp", on_change=lambda: changed(f"kiosk/{kiosk.id}"))
        close.callback(self.printer.close)
        self.sign = VirtualLedBus(
            [ADDRESS], link=cables / f"{kiosk.id}-sign", on_change=lambda _: changed(f"kiosk/{kiosk.id}")
        )
        close.callback(self.sign.close)
        self.reader = VirtualReader(link=cables / f"{kiosk.id}-reader")
        self.reader.open()
        close.callback(self.reader.close)

    def lit(self) -> dict[str, bool]:
        """The lamps by their buttons' names, and whether they shine; none without the panel's cable."""
        names = [] if self.panel.faults[Fault.UNPLUGGED] else [button_name(*choice) for choice in self.lamps]
        return {name: self.panel.shines(name) for name in names}


def button_name(service: str, klass: str) -> str:
    """What device.toml calls the button of a service, or its priority button."""
    return service if klass == "X" else f"{service}-first"


class DeskEnd:
    """What stands on and over one desk. A part the plan does not give it is None."""

    def __init__(self, desk: DeskPlan, cables: Path, changed: Changed, close: contextlib.ExitStack) -> None:
        self.id = desk.id
        self.pad: VirtualPads | None = None
        self.evaluator: VirtualPads | None = None
        self.sign: VirtualLedBus | None = None
        self.telephone: VirtualTelephone | None = None
        self.speaker: VirtualLoudspeaker | None = None
        self.phone_board_path = cables / f"desk{desk.id}-line"
        if desk.pad:
            self.pad = VirtualPads(
                [ADDRESS], link=cables / f"desk{desk.id}-pad", on_change=lambda _: changed(f"pad/{desk.id}")
            )
            self.pad.open()
            close.callback(self.pad.close)
            self.sign = VirtualLedBus(
                [ADDRESS], link=cables / f"desk{desk.id}-sign", on_change=lambda _: changed(f"sign/{desk.id}")
            )
            close.callback(self.sign.close)
        if desk.evaluator:
            self.evaluator = VirtualPads(
                [], [ADDRESS], link=cables / f"desk{desk.id}-eval", on_change=lambda _: changed(f"evaluator/{desk.id}")
            )
            self.evaluator.open()
            close.callback(self.evaluator.close)
            self.speaker = VirtualLoudspeaker(on_change=lambda _: changed("voice"))
            close.callback(self.speaker.close)
        if desk.phone:
            board = PinBoard(self.phone_board_path)
            board.open()
            close.callback(board.close)
            self.telephone = VirtualTelephone(
                board, RING_PIN, HOOK_PIN, loop_pin=LOOP_PIN, on_change=lambda _: changed(f"phone/{desk.id}")
            )
            close.callback(self.telephone.close)


class FarEnds:
    """All of them. ``cables`` is a folder with a short path: sockets and links to ptys live there."""

    def __init__(self, plan: Plan, cables: Path, changed: Changed) -> None:
        self._close = contextlib.ExitStack()
        try:
            self.kiosks = {kiosk.id: KioskEnd(kiosk, plan, cables, changed, self._close) for kiosk in plan.kiosks}
            self.desks = {desk.id: DeskEnd(desk, cables, changed, self._close) for desk in plan.desks}
            self.board = VirtualLedBus([ADDRESS], link=cables / "board", on_change=lambda _: changed("board"))
            self._close.callback(self.board.close)
            self.speaker = VirtualLoudspeaker(on_change=lambda _: changed("voice"))
            self._close.callback(self.speaker.close)
        except BaseException:
            self.close()
            raise

    def power(self, on: bool) -> None:
        """The mains of the signs and the board: without it they are dark, and come back dark."""
        signs = [kiosk.sign for kiosk in self.kiosks.values()]
        signs += [desk.sign for desk in self.desks.values() if desk.sign is not None]
        for bus in (*signs, self.board):
            bus.set_mute(ADDRESS, not on)

    def close(self) -> None:
        """Unplug and put away everything."""
        self._close.close()
