"""What a ``device.toml`` must mean: each wire has one owner, each key a sense, each instance a place in the hall."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from firmware_py.errors import ConfigError
from firmware_py.runtime.device_file import (
    AnyInstance,
    ControllerInstance,
    DeskInstance,
    DeviceConfig,
    EvaluatorInstance,
    HallInstance,
    KioskInstance,
    LinkConfig,
    PhoneInstance,
    UplinkInstance,
)
from firmware_py.runtime.kiosk_checks import check_kiosk, panels
from firmware_py.runtime.pad_checks import check_keypad, check_pad, pins_of
from firmware_py.runtime.problems import Problems, inner, one_of, shown
from firmware_py.runtime.wire_settings.buttons import ButtonsConfig, EvdevButtons
from firmware_py.runtime.wire_settings.keypad import EvdevKeypad, Ff68Keypad, KeypadConfig
from firmware_py.runtime.wire_settings.pad import EvdevPad, Ff68Pad, PadConfig
from firmware_py.runtime.wire_settings.phone import GpioLine, ModemLine
from firmware_py.runtime.wire_settings.reader import SerialReaderConfig
from firmware_py.runtime.wire_settings.voice import Syn6288Config, VoiceConfig
from firmware_py.runtime.wire_sharing import check_sharing

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")


def check_device(device: DeviceConfig, problems: Problems) -> None:
    """Note everything that each key by itself allows and the whole does not."""
    named = list(instances(device, problems))
    problems.add_repeats(((f"{path}.id", each.id) for path, each in named), "a name of its own")
    check_sharing(named, _wires(named), problems)
    controllers = [path for path, each in named if isinstance(each, ControllerInstance)]
    for path in controllers[1:]:
        problems.add(f"{path}.role", '"controller"', f"one controller; {controllers[0]} is one")
    _check_link("link", device.link, problems)
    for path, each in named:
        match each:
            case KioskInstance():
                _check_printer(f"{path}.printer.port", each.printer.port, problems)
                check_kiosk(path, each, problems)
            case DeskInstance():
                check_pad(f"{path}.pad", each.pad, problems)
            case EvaluatorInstance():
                check_keypad(f"{path}.keypad", each.keypad, problems, reduced_scale=each.reduced_scale)
            case PhoneInstance(line=GpioLine(hook=None) as line):
                _check_blind(f"{path}.line", line, problems)
            case UplinkInstance():
                _check_link(f"{path}.centre", each.centre, problems)
                if each.together and not problems.has(f"{path}.together"):
                    problems.add(f"{path}.together", shown(each.together), "nothing: the uplink runs by itself")
            case HallInstance(board=None, voice=None) if not problems.has(f"{path}.board"):
                problems.add(path, "neither board nor voice", "a hall instance with board, voice or both")
            case _:
                pass


def instances(device: DeviceConfig, problems: Problems) -> Iterator[tuple[str, AnyInstance]]:
    """The instances with their paths; one without a role is a blank that means nothing."""
    for place, each in enumerate(device.instances):
        path = f"instance[{place}]"
        if not problems.has(path) and not problems.has(f"{path}.role"):
            yield path, each


def _wires(named: list[tuple[str, AnyInstance]]) -> Iterator[tuple[str, str]]:
    """Everything a process must have for itself: serial ports, input devices, pins."""
    for path, each in named:
        match each:
            case KioskInstance(printer=printer, sign=sign, reader=reader):
                yield f"{path}.printer.port", _wire(printer.port)
                if sign is not None:
                    yield f"{path}.sign.port", _wire(sign.port)
                if isinstance(reader, SerialReaderConfig):
                    yield f"{path}.reader.port", _wire(reader.port)
                elif reader is not None:
                    yield f"{path}.reader.path", _wire(reader.path)
                for place, panel in panels(each, path):
                    yield from _panel_wires(place, panel)
            case DeskInstance(pad=pad, sign=sign):
                yield from _pad_wires(f"{path}.pad", pad)
                if sign is not None:
                    yield f"{path}.sign.port", _wire(sign.port)
            case HallInstance(board=board) if board is not None:
                yield f"{path}.board.port", _wire(board.port)
            case EvaluatorInstance(keypad=keypad):
                yield from _pad_wires(f"{path}.keypad", keypad)
            case PhoneInstance(line=ModemLine(port=port)):
                yield f"{path}.line.port", _wire(port)
            case PhoneInstance(line=GpioLine() as line):
                for wire in ("ring", "hook", "second", "loop"):
                    pin: int | None = getattr(line, wire)
                    if pin is not None:
                        yield f"{path}.line.{wire}", _pin(line.factory, pin)
            case _:
                pass
        if isinstance(each, KioskInstance | HallInstance | EvaluatorInstance) and each.voice is not None:
            yield _voice_wire(f"{path}.voice", each.voice)


def _voice_wire(path: str, wire: VoiceConfig) -> tuple[str, str]:
    """What is said at a desk must not come out in the hall, nor the one over the other (R-EVAL-06)."""
    if isinstance(wire, Syn6288Config):
        return f"{path}.port", _wire(wire.port)
    return f"{path}.device", f"{' '.join(wire.player)} -D {wire.device or 'default'}"


def _pad_wires(path: str, wire: PadConfig | KeypadConfig) -> Iterator[tuple[str, str]]:
    if isinstance(wire, EvdevPad | EvdevKeypad):
        yield f"{path}.path", _wire(wire.path)
    elif isinstance(wire, Ff68Pad | Ff68Keypad):
        yield f"{path}.port", _wire(wire.port)
    else:
        yield from ((place, _pin(wire.factory, pin)) for place, pin in pins_of(path, wire))


def _panel_wires(path: str, panel: ButtonsConfig) -> Iterator[tuple[str, str]]:
    if isinstance(panel, EvdevButtons):
        yield f"{path}.path", _wire(panel.path)
        return
    for name, button in panel.pins.items():
        yield f"{inner(f'{path}.pins', name)}.pin", _pin(panel.factory, button.pin)
        if button.lamp is not None:
            yield f"{inner(f'{path}.pins', name)}.lamp", _pin(panel.factory, button.lamp)
    if panel.guide_lamp is not None:
        yield f"{path}.guide_lamp", _pin(panel.factory, panel.guide_lamp)


def _wire(port: str) -> str:
    """A port's name without what does not tell it from another: scheme, settings, doubled slashes."""
    if port.startswith("tcp:"):
        return port
    path = port.partition("?")[0].removeprefix("serial://").removeprefix("file://")
    return str(PurePosixPath(path)) if path else ""


def _pin(factory: str, pin: int) -> str:
    return f"{factory} {pin}" if pin else ""


def _check_link(path: str, link: LinkConfig, problems: Problems) -> None:
    if problems.has(path):
        return
    files = {"ca": link.ca, "cert": link.cert, "key": link.key}
    missing = [name for name, file in files.items() if not file]
    if 0 < len(missing) < len(files):
        for name in missing:
            problems.add(f"{path}.{name}", "nothing", "a path: ca, cert and key belong together")
    if len(missing) == len(files) and link.host not in _LOOPBACK:
        problems.add(
            f"{path}.host",
            f"{shown(link.host)} without ca, cert and key",
            f"an open link to {one_of(_LOOPBACK)} only; elsewhere each instance proves itself with a certificate",
        )


def _check_printer(path: str, port: str, problems: Problems) -> None:
    from drivers.printer.ports import SHAPES, parse_port

    try:
        parse_port(port)
    except ConfigError:
        problems.add(path, shown(port), one_of(SHAPES))


def _check_blind(path: str, line: GpioLine, problems: Problems) -> None:
    """What a line without a hook detector cannot have: a lifted handset takes the voltage down as a cut line does, and
    a second call is one that comes during a conversation."""
    for wire in ("second", "loop"):
        if getattr(line, wire) is not None and not problems.has(f"{path}.hook"):
            problems.add(f"{path}.{wire}", shown(getattr(line, wire)), "nothing, or a hook detector beside it")
