"""The kiosk as a daemon: settings, drivers, inbox, loop; closed in reverse."""

import queue
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from drivers import Put
from drivers.buttons.gpio import GpioButtons
from drivers.led import LedBus
from drivers.printer import Printer, PrintResult, Slip
from firmware_py.core.plan import Plan
from firmware_py.link import Link
from firmware_py.runtime.clock import Clock
from firmware_py.runtime.device_file import KioskInstance
from firmware_py.runtime.effects import Send, SetStatus
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.loop import Loop, Resource
from firmware_py.runtime.on_link import OnLink
from firmware_py.runtime.port import PortThread
from firmware_py.runtime.port_reports import OFFLINE
from firmware_py.runtime.sd_notify import Notifier
from kiosk.dispenser import Choice, Dispenser, KeepHighest, PrintSlip, ShowText
from kiosk.paper import number_slip
from kiosk.seen import read_seen, write_seen

PRINTER_CHECK_S = 2.0
"""Paper that runs out, or is put back, is noticed this soon without anybody pressing."""


def build(
    plan: Plan,
    settings: KioskInstance,
    link: Link,
    state: Path,
    clock: Clock,
    notify: Notifier,
    boot: str,
    on_crash: Callable[[str, Exception], None] | None = None,
) -> Loop:
    """The daemon of one kiosk, ready to ``run``; ``state`` is its directory."""
    del boot  # a kiosk keeps no journal
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    seen = state / "highest.json"
    printer: PortThread[Printer] = PortThread(
        _printer(settings), inbox.put, name="printer", check_every_s=PRINTER_CHECK_S, clock=clock
    )
    sign = _sign(settings, inbox.put, clock)
    panel = settings.buttons

    def buttons(put: Put) -> GpioButtons:
        pins = {name: button.pin for name, button in panel.pins.items()}
        return GpioButtons(pins, put, pull_up=panel.pull_up, factory=panel.factory)

    def put_on_paper(driver: Printer, slip: Slip) -> PrintResult:
        result = driver.print(slip)
        if result.reason == OFFLINE:  # ``print`` never raises; the port must know all the same
            printer.lost(result.detail)
        return result

    def perform(effect: object, now: int) -> None:
        del now
        match effect:
            case Send(request):
                link.send(request)
            case PrintSlip(taken, wall_ms):
                slip = number_slip(plan, taken, wall_ms)
                printer.submit(taken.ticket, lambda driver: put_on_paper(driver, slip))
            case ShowText(text) if sign is not None and settings.sign is not None:
                address = settings.sign.address
                sign.submit_latest("sign", "sign", lambda driver: driver.show(address, text))
            case KeepHighest():
                write_seen(seen, effect)
            case SetStatus(lifecycle):
                link.set_status(lifecycle)

    topics = link.topics
    resources: list[Resource] = [printer]
    if sign is not None:
        resources.append(sign)
    resources += [
        InputPort(buttons, inbox.put, name="buttons", check_every_s=5.0, clock=clock),
        OnLink(link, inbox.put, [topics.answer(settings.id), topics.hall_state]),
    ]
    choices = {name: Choice(button.service, button.klass) for name, button in panel.pins.items()}
    return Loop(
        settings.id,
        Dispenser(plan, settings.id, choices, topics, token_hex, read_seen(seen), debounce_ms=settings.debounce_ms),
        perform,
        clock=clock,
        notify=notify,
        inbox=inbox,
        resources=resources,
        alive=lambda: link.alive(clock.mono_ms()),
        on_crash=on_crash,
    )


def _printer(settings: KioskInstance) -> Printer:
    from drivers.printer.escpos import EscposPrinter

    wire = settings.printer
    return EscposPrinter(wire.port, width_dots=wire.width_dots, encoding=wire.encoding, font=wire.font or None)


def _sign(settings: KioskInstance, put: Put, clock: Clock) -> PortThread[LedBus] | None:
    wire = settings.sign
    if wire is None:
        return None
    from drivers.led.onbon import OnbonBus

    bus = OnbonBus(wire.port, baud=wire.baud, width_px=wire.width_px, height_px=wire.height_px)
    return PortThread(bus, put, name="sign", when_offline="keep_latest", check_every_s=30.0, clock=clock)
