"""The kiosk as a daemon: settings, drivers, inbox, loop; closed in reverse."""

from secrets import token_hex

from msgspec.structs import replace

from drivers import Put
from drivers.buttons.gpio import GpioButtons
from drivers.printer import Printer, PrintResult, Slip
from drivers.reader import CodeReader
from firmware_py.runtime.back_off import BackOff
from firmware_py.runtime.device_file import KioskInstance
from firmware_py.runtime.effects import Send, SetStatus
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.loop import Loop, Resource
from firmware_py.runtime.port import PortThread
from firmware_py.runtime.port_reports import OFFLINE
from firmware_py.runtime.site import Site
from firmware_py.runtime.wires import sign_port
from kiosk.dispenser import Choice, Dispenser, KeepHighest, PrintSlip, ShowText
from kiosk.paper import number_slip
from kiosk.seen import read_seen, write_seen

PRINTER_CHECK_S = 2.0
"""Paper that runs out or is put back, a cable that is plugged in again, is noticed this soon without a press."""


BUTTONS_CHECK_S = 5.0
READER_CHECK_S = 5.0


def build(settings: KioskInstance, site: Site) -> Loop:
    """The daemon of one kiosk, ready to ``run``."""
    seen = site.state / "highest.json"
    printer: PortThread[Printer] = PortThread(
        _printer(settings),
        site.put,
        name="printer",
        check_every_s=PRINTER_CHECK_S,
        back_off=BackOff(cap_s=PRINTER_CHECK_S),
        clock=site.clock,
    )
    sign = sign_port(settings.sign, site, "sign") if settings.sign is not None else None
    panel = settings.buttons

    def buttons(put: Put) -> GpioButtons:
        pins = {name: button.pin for name, button in panel.pins.items()}
        return GpioButtons(pins, put, pull_up=panel.pull_up, factory=panel.factory)

    def put_on_paper(driver: Printer, slip: Slip) -> PrintResult:
        result = driver.print(slip)
        if result.reason == OFFLINE:  # ``print`` never raises; the port must know all the same
            printer.lost(result.detail)
        return result

    def perform(effect: object) -> None:
        match effect:
            case Send(request):
                site.link.send(request)
            case PrintSlip(taken, wall_ms, hours):
                slip = number_slip(replace(site.plan, hours=hours or site.plan.hours), taken, wall_ms)
                printer.submit(taken.ticket, lambda driver: put_on_paper(driver, slip))
            case ShowText(text) if sign is not None and settings.sign is not None:
                address = settings.sign.address
                sign.submit_latest("sign", "sign", lambda driver: driver.show(address, text))
            case KeepHighest():
                write_seen(seen, effect)
            case SetStatus(lifecycle):
                site.link.set_status(lifecycle)

    topics = site.link.topics
    resources: list[Resource] = [printer] if sign is None else [printer, sign]
    resources.append(InputPort(buttons, site.put, name="buttons", check_every_s=BUTTONS_CHECK_S, clock=site.clock))
    if settings.reader is not None:
        wire = settings.reader

        def reader(put: Put) -> CodeReader:
            from drivers.reader.serial_reader import SerialReader

            return SerialReader(wire.port, put, baud=wire.baud)

        resources.append(InputPort(reader, site.put, name="reader", check_every_s=READER_CHECK_S, clock=site.clock))
    choices = {name: Choice(button.service, button.klass) for name, button in panel.pins.items()}
    logic = Dispenser(
        site.plan, settings.id, choices, topics, token_hex, read_seen(seen), debounce_ms=settings.debounce_ms
    )
    return site.loop(logic, perform, resources=resources, patterns=[topics.answer(settings.id), topics.hall_state])


def _printer(settings: KioskInstance) -> Printer:
    from drivers.printer.escpos import EscposPrinter

    wire = settings.printer
    return EscposPrinter(wire.port, width_dots=wire.width_dots, encoding=wire.encoding, font=wire.font or None)
