"""What a ``device.toml`` must mean: each wire has one owner, each key a sense, each instance a place in the hall."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from drivers.keypad.key_names import code_of
from drivers.keypad.keycaps import DESK_KEYS, TYPED
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
from firmware_py.runtime.problems import Problems, did_you_mean, inner, one_of, shown
from firmware_py.runtime.wire_settings.buttons import ButtonsConfig
from firmware_py.runtime.wire_settings.keypad import EvdevKeypad
from firmware_py.runtime.wire_settings.pad import EvdevPad

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
_FULL_SCALE: Final = (1, 2, 3, 4, 5)


def check_device(device: DeviceConfig, problems: Problems) -> None:
    """Note everything that each key by itself allows and the whole does not."""
    named = list(instances(device, problems))
    problems.add_repeats(((f"{path}.id", each.id) for path, each in named), "a name of its own")
    problems.add_repeats(_wires(named), "a wire of its own")
    controllers = [path for path, each in named if isinstance(each, ControllerInstance)]
    for path in controllers[1:]:
        problems.add(f"{path}.role", '"controller"', f"one controller; {controllers[0]} is one")
    _check_link("link", device.link, problems)
    for path, each in named:
        match each:
            case KioskInstance():
                _check_printer(f"{path}.printer.port", each.printer.port, problems)
            case DeskInstance():
                _check_keys(f"{path}.pad.keys", each, problems)
            case EvaluatorInstance():
                _check_levels(f"{path}.keypad", each, problems)
            case UplinkInstance():
                _check_link(f"{path}.centre", each.centre, problems)
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
            case KioskInstance(printer=printer, buttons=buttons, sign=sign, reader=reader):
                yield f"{path}.printer.port", _wire(printer.port)
                if sign is not None:
                    yield f"{path}.sign.port", _wire(sign.port)
                if reader is not None:
                    yield f"{path}.reader.port", _wire(reader.port)
                yield from _button_pins(f"{path}.buttons.pins", buttons)
            case DeskInstance(pad=pad, sign=sign):
                yield (
                    (f"{path}.pad.path", _wire(pad.path))
                    if isinstance(pad, EvdevPad)
                    else (
                        f"{path}.pad.port",
                        _wire(pad.port),
                    )
                )
                if sign is not None:
                    yield f"{path}.sign.port", _wire(sign.port)
            case HallInstance(board=board) if board is not None:
                yield f"{path}.board.port", _wire(board.port)
            case EvaluatorInstance(keypad=keypad):
                yield (
                    (f"{path}.keypad.path", _wire(keypad.path))
                    if isinstance(keypad, EvdevKeypad)
                    else (
                        f"{path}.keypad.port",
                        _wire(keypad.port),
                    )
                )
            case PhoneInstance():
                for wire in ("ring", "hook", "second", "loop"):
                    pin: int | None = getattr(each, wire)
                    if pin is not None:
                        yield f"{path}.{wire}", _pin(each.factory, pin)
            case _:
                pass


def _button_pins(path: str, buttons: ButtonsConfig) -> Iterator[tuple[str, str]]:
    for name, button in buttons.pins.items():
        yield f"{inner(path, name)}.pin", _pin(buttons.factory, button.pin)


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
    from drivers.printer.transport import parse_port

    try:
        parse_port(port)
    except ConfigError:
        problems.add(path, shown(port), '"tcp://HOST:9100", "serial:///dev/…?baud=19200" or "file:///dev/usb/lp0"')


def _check_keys(path: str, desk: DeskInstance, problems: Problems) -> None:
    for key, word in desk.pad.keys.items():
        place = inner(path, key)
        if isinstance(desk.pad, EvdevPad):
            _check_key_name(place, key, problems)
        elif word == "":  # takes a key of the table out of use
            continue
        if word not in DESK_KEYS and word not in TYPED:
            problems.add(place, shown(word), one_of(sorted(DESK_KEYS)), did_you_mean(word, DESK_KEYS))


def _check_key_name(path: str, name: str, problems: Problems) -> None:
    try:
        code_of(name)
    except ConfigError:
        problems.add(path, shown(name), 'a key the kernel knows, such as "KEY_KP1", "KEY_ENTER" or "KEY_582"')


def _check_levels(path: str, evaluator: EvaluatorInstance, problems: Problems) -> None:
    keypad = evaluator.keypad
    if isinstance(keypad, EvdevKeypad):
        problems.add_repeats(((f"{path}.keys[{place}]", each) for place, each in enumerate(keypad.keys)), "a key once")
        for place, each in enumerate(keypad.keys):
            _check_key_name(f"{path}.keys[{place}]", each, problems)
        if len(keypad.keys) != len(keypad.levels):
            problems.add(
                f"{path}.keys", f"{len(keypad.keys)} keys", f"as many as levels, which are {len(keypad.levels)}"
            )
    if any(problems.has(f"{path}.levels[{place}]") for place in range(len(keypad.levels))):
        return
    found = f"[{', '.join(map(str, keypad.levels))}]"
    if evaluator.reduced_scale:
        if len(keypad.levels) not in (3, 4) or len(set(keypad.levels)) != len(keypad.levels):
            problems.add(f"{path}.levels", found, "three or four different levels, since reduced_scale is true")
    elif tuple(sorted(keypad.levels)) != _FULL_SCALE:
        problems.add(f"{path}.levels", found, "each of 1, 2, 3, 4, 5 once; an old keypad needs reduced_scale = true")
