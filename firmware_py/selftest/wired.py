"""Every wire of this Pi with its test: what ``device.toml`` names, and what the Pi itself must have."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from msgspec import Struct

from firmware_py.runtime.device_file import (
    AnyInstance,
    DeskInstance,
    DeviceConfig,
    EvaluatorInstance,
    HallInstance,
    KioskInstance,
    PhoneInstance,
    UplinkInstance,
)
from firmware_py.selftest.at_the_desk import try_evaluator, try_pad
from firmware_py.selftest.at_the_kiosk import try_buttons, try_reader
from firmware_py.selftest.at_the_sign import try_sign, try_voice
from firmware_py.selftest.bench import Bench
from firmware_py.selftest.in_this_pi import try_clock, try_link, try_storage
from firmware_py.selftest.on_paper import try_printer
from firmware_py.selftest.on_the_line import try_line

PI: Final = "pi"
"""Stands where an instance's name does, for what the Pi itself has."""


class Wired(Struct, frozen=True):
    """One device: ``id`` is its instance's, ``kind`` a folder of ``drivers``, or "" for what is no wire."""

    id: str
    device: str
    kind: str
    driver: str
    wire: str
    test: Callable[[Bench], None]
    instance: AnyInstance | None = None


NO_PINS: Final = frozenset({"address", "levels", "service", "baud"})
"""Numbers in a table of pins that are none."""


def wired(device: DeviceConfig) -> Iterator[Wired]:
    """All of them, in the order of the file; the Pi's own first."""
    yield Wired(PI, "clock", "", "", device.clock.source, partial(try_clock, device))
    yield Wired(PI, "storage", "", "", device.state, partial(try_storage, device))
    owner = device.instances[0].id
    place = f"{device.link.host}:{device.link.port}"
    yield Wired(PI, "link", "", device.link.kind, place, partial(try_link, device.link, owner))
    for each in device.instances:
        yield from _of(each)


def _of(each: AnyInstance) -> Iterator[Wired]:
    match each:
        case KioskInstance():
            yield _wired(each, "printer", "printer", each.printer, partial(try_printer, each))
            yield _wired(each, "buttons", "buttons", each.buttons, partial(try_buttons, each.buttons))
            if each.keypad is not None:
                yield _wired(each, "keys", "buttons", each.keypad, partial(try_buttons, each.keypad))
            if each.sign is not None:
                yield _wired(each, "sign", "led", each.sign, partial(try_sign, each.sign))
            if each.reader is not None:
                yield _wired(each, "reader", "reader", each.reader, partial(try_reader, each.reader))
            if each.voice is not None:
                yield _wired(each, "voice", "voice", each.voice, partial(try_voice, each.voice))
        case DeskInstance():
            yield _wired(each, "pad", "keypad", each.pad, partial(try_pad, each))
            if each.sign is not None:
                yield _wired(each, "sign", "led", each.sign, partial(try_sign, each.sign))
        case HallInstance():
            if each.board is not None:
                yield _wired(each, "board", "led", each.board, partial(try_sign, each.board))
            if each.voice is not None:
                yield _wired(each, "voice", "voice", each.voice, partial(try_voice, each.voice))
        case EvaluatorInstance():
            yield _wired(each, "keypad", "keypad", each.keypad, partial(try_evaluator, each))
            if each.voice is not None:
                yield _wired(each, "voice", "voice", each.voice, partial(try_voice, each.voice))
        case PhoneInstance():
            yield _wired(each, "line", "phone", each.line, partial(try_line, each))
        case UplinkInstance():
            place = f"{each.centre.host}:{each.centre.port}"
            yield Wired(each.id, "centre", "", each.centre.kind, place, partial(try_link, each.centre, each.id))
        case _:
            pass


def driver_of(settings: Struct) -> str:
    """The word after ``driver =``."""
    tag = settings.__struct_config__.tag
    return str(tag if tag is not None else getattr(settings, "driver", ""))


def wire_of(settings: Struct) -> str:
    """Where the device hangs, in the words of device.toml: a port or path without its settings, or pins."""
    for key in ("port", "path"):
        name: str = getattr(settings, key, "")
        if name:
            return name.partition("?")[0].removeprefix("serial://").removeprefix("file://")
    if hasattr(settings, "factory"):
        pins = sorted(set(_pins(settings)))
        return f"{settings.factory} {','.join(map(str, pins))}"
    return str(getattr(settings, "device", "") or "default")


def _pins(settings: object) -> Iterator[int]:
    """Every pin number in a table of pins, at any depth."""
    if isinstance(settings, int) and not isinstance(settings, bool):
        yield settings
    elif isinstance(settings, Mapping):
        for each in settings.values():
            yield from _pins(each)
    elif isinstance(settings, tuple):
        for each in settings:
            yield from _pins(each)
    elif isinstance(settings, Struct):
        for name in settings.__struct_fields__:
            if name not in NO_PINS:
                yield from _pins(getattr(settings, name))


def _wired(instance: AnyInstance, device: str, kind: str, settings: Struct, test: Callable[[Bench], None]) -> Wired:
    return Wired(instance.id, device, kind, driver_of(settings), wire_of(settings), test, instance)
