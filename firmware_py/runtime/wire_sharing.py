"""Which instances may hang on the same wire: those of one process, each at an address of its own, at one speed."""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from firmware_py.runtime.device_file import AnyInstance, DeskInstance, EvaluatorInstance, HallInstance, KioskInstance
from firmware_py.runtime.problems import Problems, shown
from firmware_py.runtime.wire_settings.keypad import Ff68Keypad
from firmware_py.runtime.wire_settings.pad import Ff68Pad
from firmware_py.runtime.wire_settings.sign import OnbonSign, SignConfig, StripSign


class Place(msgspec.Struct, frozen=True):
    """Where something hangs on a bus. ``what`` tells a pad from an evaluator at the same address: their keys differ on
    the wire (hardware.md 3.1)."""

    table: str
    together: str
    protocol: str
    baud: int
    what: Literal["pad", "keypad", "sign"]
    address: int


def check_sharing(
    named: Iterable[tuple[str, AnyInstance]], wires: Iterable[tuple[str, str]], problems: Problems
) -> None:
    """Note every wire with two owners, but for a bus whose instances run ``together``.

    Args:
        named: the instances with their paths.
        wires: path and name of each wire; "" and what has a problem already do not count.
    """
    places = {f"{place.table}.port": place for path, each in named for place in _places(path, each)}
    on: dict[str, list[str]] = {}
    for path, wire in wires:
        if not wire or problems.has(path):
            continue
        for other in on.get(wire, [])[:1]:
            _check_pair(path, wire, other, places, problems)
        on.setdefault(wire, []).append(path)
    for paths in on.values():
        _check_addresses([places[path] for path in paths if path in places], problems)


def _check_pair(path: str, wire: str, other: str, places: dict[str, Place], problems: Problems) -> None:
    mine, first = places.get(path), places.get(other)
    if mine is None or first is None or mine.protocol != first.protocol:
        problems.add(path, shown(wire), f"a wire of its own; {other} has this one")
    elif not mine.together or mine.together != first.together:
        allowed = f'a wire of its own; {other} has this one, which it shares with instances of the same "together"'
        problems.add(path, shown(wire), allowed)
    elif mine.baud != first.baud:
        problems.add(f"{mine.table}.baud", shown(mine.baud), f"{first.baud}, as at {first.table}: one wire, one speed")


def _check_addresses(places: list[Place], problems: Problems) -> None:
    for what in ("pad", "keypad", "sign"):
        problems.add_repeats(
            ((f"{place.table}.address", place.address) for place in places if place.what == what),
            "an address of its own on the wire",
        )


def _places(path: str, each: AnyInstance) -> Iterator[Place]:
    match each:
        case DeskInstance(pad=pad, sign=sign):
            if isinstance(pad, Ff68Pad):
                yield Place(f"{path}.pad", each.together, "ff68", pad.baud, "pad", pad.address)
            yield from _signs(f"{path}.sign", each.together, sign)
        case EvaluatorInstance(keypad=Ff68Keypad() as keypad):
            yield Place(f"{path}.keypad", each.together, "ff68", keypad.baud, "keypad", keypad.address)
        case HallInstance(board=board):
            yield from _signs(f"{path}.board", each.together, board)
        case KioskInstance(sign=sign):
            yield from _signs(f"{path}.sign", each.together, sign)
        case _:
            pass


def _signs(table: str, together: str, sign: SignConfig | None) -> Iterator[Place]:
    match sign:
        case OnbonSign():
            yield Place(table, together, f"onbon {sign.card}", sign.baud, "sign", sign.address)
        case StripSign():
            yield Place(table, together, f"strip {sign.kind} {sign.checksum}", sign.baud, "sign", sign.address)
        case _:  # no sign, or one whose frames name no address
            pass
