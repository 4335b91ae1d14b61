"""The kiosk as a daemon: settings, drivers, inbox, loop; closed in reverse."""

from collections.abc import Iterator
from functools import partial
from secrets import token_hex
from typing import TYPE_CHECKING

from drivers import Put
from drivers.buttons import Buttons
from drivers.led import FONT_PX
from drivers.printer import Printer, PrintResult, Slip
from drivers.printer.roll import RollCounter
from drivers.reader import CodeReader
from drivers.voice import Utterance
from firmware_py import phrases
from firmware_py.core.schedule import MINUTE_MS
from firmware_py.runtime.back_off import BackOff
from firmware_py.runtime.device_file import KioskInstance
from firmware_py.runtime.effects import Send, SetStatus
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.loop import Loop, Resource
from firmware_py.runtime.port import PortThread
from firmware_py.runtime.port_reports import OFFLINE
from firmware_py.runtime.site import Site
from firmware_py.runtime.wire_settings.buttons import ButtonsConfig, EvdevButtons, lamp_pins
from firmware_py.runtime.wire_settings.printer import PrinterConfig
from firmware_py.runtime.wire_settings.reader import HidReaderConfig, ReaderConfig
from firmware_py.runtime.wires import sign_port, voice_port
from kiosk.choices import choices_of, habits_of
from kiosk.dispenser import Dispenser
from kiosk.effects import (
    KeepHighest,
    KeepPriorities,
    KeepSlips,
    LightLamp,
    NewRoll,
    PrintNotice,
    PrintSlip,
    PrintTransfer,
    Say,
    ShowText,
)
from kiosk.paper import notice_sheet, number_slip, transfer_sheet
from kiosk.seen import read_priorities, read_seen, read_slips, write_priorities, write_seen, write_slips

if TYPE_CHECKING:  # gpiozero is loaded only where there are pins
    from drivers.buttons.lamps import Lamps

PRINTER_CHECK_S = 2.0
"""Paper that runs out or is put back, a cable that is plugged in again, is noticed this soon without a press."""
ROLL = "roll.json"
"""Where the paper that was fed is counted, in the kiosk's state directory."""
BUTTONS_CHECK_S = 5.0
READER_CHECK_S = 5.0
LAMPS_CHECK_S = 30.0


def build(settings: KioskInstance, site: Site) -> Loop:
    """The daemon of one kiosk, ready to ``run``."""
    seen, slips, priorities = (site.state / f"{name}.json" for name in ("highest", "slips", "priorities"))
    printer: PortThread[Printer] = PortThread(
        printer_driver(settings.printer, RollCounter(site.state / ROLL, settings.printer.roll_m)),
        site.put,
        name="printer",
        check_every_s=PRINTER_CHECK_S,
        back_off=BackOff(cap_s=PRINTER_CHECK_S),
        clock=site.clock,
    )
    sign = sign_port(settings.sign, site, "sign") if settings.sign is not None else None
    voice = voice_port(settings.voice, site) if settings.voice is not None else None
    lamps = lamps_port(settings.buttons, site)
    inputs = list(_inputs(settings, site))

    def put_on_paper(job_id: str, slip: Slip) -> None:
        def do(driver: Printer) -> PrintResult:
            result = driver.print(slip)
            if result.reason == OFFLINE:  # ``print`` never raises; the port must know all the same
                printer.lost(result.detail)
            return result

        printer.submit(job_id, do)

    def perform(effect: object) -> None:
        match effect:
            case Send(request):
                site.link.send(request)
            case PrintSlip():
                put_on_paper(effect.job_id, number_slip(site.plan, effect))
            case PrintTransfer():
                put_on_paper(effect.job_id, transfer_sheet(site.plan, effect))
            case PrintNotice():
                wall_ms = site.clock.wall_ms() + site.plan.utc_offset_min * MINUTE_MS
                put_on_paper(effect.job_id, notice_sheet(site.plan, effect, wall_ms))
            case NewRoll():
                (site.state / ROLL).unlink(missing_ok=True)  # how ``drivers.printer.roll`` is told
            case ShowText(text) if sign is not None and settings.sign is not None:
                address, rows, hanzi = settings.sign.address, settings.sign.lines, settings.sign.width_px // FONT_PX
                fitted = phrases.kiosk_sign(text, rows=rows, hanzi=hanzi)
                sign.submit_latest("sign", "sign", lambda driver: driver.show(address, fitted))
            case Say(text, slow) if voice is not None:
                utterance = Utterance(text, slow=slow)
                voice.submit_latest("say", "say", lambda driver: driver.say(utterance))
            case LightLamp(name, mode) if lamps is not None:
                lamps.submit_latest(name, name, lambda driver: driver.light(name, mode))
            case KeepHighest():
                write_seen(seen, effect)
            case KeepSlips():
                write_slips(slips, effect)
            case KeepPriorities():
                write_priorities(priorities, effect)
            case SetStatus(lifecycle):
                site.link.set_status(lifecycle)

    topics = site.link.topics
    logic = Dispenser(
        site.plan,
        settings.id,
        choices_of(settings),
        topics,
        token_hex,
        read_seen(seen),
        kept=read_slips(slips),
        priorities=read_priorities(priorities),
        habits=habits_of(settings),
    )
    outputs: list[Resource | None] = [printer, sign, voice, lamps]
    patterns = [topics.answer(settings.id), topics.hall_state]
    if settings.transfer_slips:
        patterns.append(topics.event("transferred"))
    return site.loop(
        logic, perform, resources=[*(each for each in outputs if each is not None), *inputs], patterns=patterns
    )


def _inputs(settings: KioskInstance, site: Site) -> Iterator[Resource]:
    yield InputPort(
        partial(buttons_driver, settings.buttons),
        site.put,
        name="buttons",
        check_every_s=BUTTONS_CHECK_S,
        clock=site.clock,
    )
    if settings.keypad is not None:
        yield InputPort(
            partial(buttons_driver, settings.keypad),
            site.put,
            name="keypad",
            check_every_s=BUTTONS_CHECK_S,
            clock=site.clock,
        )
    if settings.reader is not None:
        yield InputPort(
            partial(reader_driver, settings.reader),
            site.put,
            name="reader",
            check_every_s=READER_CHECK_S,
            clock=site.clock,
        )


def lamps_port(panel: ButtonsConfig, site: Site) -> "PortThread[Lamps] | None":
    """The lamps of a panel; what could not be lit is lit when the pins are back."""
    driver = lamps_driver(panel)
    if driver is None:
        return None
    return PortThread(
        driver, site.put, name="lamps", check_every_s=LAMPS_CHECK_S, when_offline="keep_latest", clock=site.clock
    )


def lamps_driver(panel: ButtonsConfig) -> "Lamps | None":
    """The lamps of a panel, not yet open; None = it has none."""
    pins = lamp_pins(panel)
    if isinstance(panel, EvdevButtons) or not pins:
        return None
    from drivers.buttons.lamps import Lamps

    return Lamps(pins, factory=panel.factory, active_high=panel.lamp_high)


def printer_driver(wire: PrinterConfig, roll: RollCounter | None = None) -> Printer:
    """The printer, not yet open; for its port and for ``hall selftest``, as the two below."""
    from drivers.printer.escpos import EscposPrinter

    return EscposPrinter(
        wire.port,
        width_dots=wire.width_dots,
        encoding=wire.encoding,
        font=wire.font or None,
        cutter=wire.cutter,
        roll=roll,
    )


def buttons_driver(panel: ButtonsConfig, put: Put) -> Buttons:
    """The panel, or the keypad, not yet open."""
    if isinstance(panel, EvdevButtons):
        from drivers.buttons.evdev_panel import EvdevPanel, Field

        fields = {name: Field(each.left, each.top, each.right, each.bottom) for name, each in panel.touch.items()}
        return EvdevPanel(panel.path, put, keys=panel.keys, fields=fields)
    from drivers.buttons.gpio import GpioButtons

    pins = {name: button.pin for name, button in panel.pins.items()}
    return GpioButtons(pins, put, pull_up=panel.pull_up, factory=panel.factory)


def reader_driver(wire: ReaderConfig, put: Put) -> CodeReader:
    """The code reader, not yet open."""
    if isinstance(wire, HidReaderConfig):
        from drivers.reader.hid_reader import HidReader

        return HidReader(wire.path, put)
    from drivers.reader.serial_reader import SerialReader

    return SerialReader(wire.port, put, baud=wire.baud)
