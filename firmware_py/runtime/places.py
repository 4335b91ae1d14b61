"""Whether a device fits its hall: every instance is one the hall names, at the desk the hall gives it."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Final

from firmware_py.core.plan import DeskPlan
from firmware_py.link import CONTROLLER
from firmware_py.runtime.device_checks import instances
from firmware_py.runtime.device_file import (
    ControllerInstance,
    DeskInstance,
    DeviceConfig,
    EvaluatorInstance,
    HallInstance,
    KioskInstance,
    PhoneInstance,
)
from firmware_py.runtime.hall_file import HallFile
from firmware_py.runtime.kiosk_checks import placed_buttons, typed_by
from firmware_py.runtime.problems import Problems, did_you_mean, one_of, shown

VOICE_DESKS_MAX: Final = 10
"""Desks one voice can call for (R-CALL-02)."""
_DIGITS: Final = frozenset("0123456789")


def check_places(device: DeviceConfig, hall: HallFile, problems: Problems) -> None:
    """Note every instance, desk and service of ``device`` that ``hall`` does not know."""
    kiosks = [kiosk.id for kiosk in hall.kiosk if kiosk.id]
    pads, evaluators, phones = (_desks_by(hall.desk, key) for key in ("pad", "evaluator", "phone"))
    for path, each in instances(device, problems):
        match each:
            case KioskInstance():
                _check_name(f"{path}.id", each.id, kiosks, "a kiosk", problems)
                _check_services(path, each, hall, problems)
                _check_letters(path, each, hall, problems)
            case DeskInstance():
                _check_name(f"{path}.id", each.id, pads, "the pad of a desk", problems)
                _check_desk(f"{path}.desk", each.desk, pads.get(each.id), hall, problems)
                _check_login(f"{path}.pad", each, hall, problems)
            case EvaluatorInstance():
                _check_name(f"{path}.id", each.id, evaluators, "the evaluator of a desk", problems)
                _check_desk(f"{path}.desk", each.desk, evaluators.get(each.id), hall, problems)
            case PhoneInstance():
                _check_name(f"{path}.id", each.id, phones, "the phone of a desk", problems)
            case HallInstance() if each.id not in (*kiosks, *pads, *evaluators, *phones):
                _check_zone(f"{path}.zone", each, hall, problems)
            case ControllerInstance() if each.id != CONTROLLER:
                problems.add(f"{path}.id", shown(each.id), f'"{CONTROLLER}", the name by which signs look for it')
            case _:  # the controller and the board belong to no desk
                if each.id in (*kiosks, *pads, *evaluators, *phones):
                    problems.add(f"{path}.id", shown(each.id), "a name that hall.toml gives to no kiosk and no desk")


def _desks_by(desks: tuple[DeskPlan, ...], key: str) -> dict[str, int]:
    """Instance → its desk."""
    name_of = attrgetter(key)
    return {str(name_of(desk)): desk.id for desk in desks if name_of(desk)}


def _check_name(path: str, name: str, known: Mapping[str, int] | list[str], what: str, problems: Problems) -> None:
    if name and name not in known:
        problems.add(path, shown(name), f"{what} in hall.toml: {one_of(known)}", did_you_mean(name, known))


def _check_desk(path: str, desk: int, own: int | None, hall: HallFile, problems: Problems) -> None:
    if own is not None and desk != own:
        problems.add(path, shown(desk), f"{own}, whose it is in hall.toml")
    elif own is None and all(each.id != desk for each in hall.desk):
        problems.add(path, shown(desk), f"a desk of hall.toml: {one_of(each.id for each in hall.desk)}")


def _check_zone(path: str, caller: HallInstance, hall: HallFile, problems: Problems) -> None:
    """A voice speaks for desks there are, and for no more than it can: two readings and a chime take 12 s."""
    known = {desk.id for desk in hall.desk}
    for place, desk in enumerate(caller.zone):
        if desk not in known:
            problems.add(f"{path}[{place}]", shown(desk), f"a desk of hall.toml: {one_of(sorted(known))}")
    served = len(caller.zone or known)
    if caller.voice is not None and served > VOICE_DESKS_MAX:
        allowed = f"the desks this voice speaks for, {VOICE_DESKS_MAX} at most, and an instance for each zone"
        problems.add(path, f"{served} desks for one voice", allowed)


def _check_login(path: str, desk: DeskInstance, hall: HallFile, problems: Problems) -> None:
    """Where people name themselves by their number, the pad must have every digit of it (R-DESK-02)."""
    by_number = any(each.id == desk.desk and each.login == "card" for each in hall.desk)
    if not by_number or problems.has(f"{path}.keys") or problems.has(f"{path}.keymap"):
        return
    allowed = 'a pad with digits, or login = "roster" for this desk in hall.toml (R-DESK-02)'
    missing = sorted(_DIGITS - set(desk.pad.digits.values()))
    if desk.pad.keymap == "three":
        problems.add(f"{path}.keymap", '"three" where people type their staff number', allowed)
    elif missing:
        problems.add(f"{path}.keys", f"no key for {', '.join(missing)} where people type their staff number", allowed)


def _check_services(path: str, kiosk: KioskInstance, hall: HallFile, problems: Problems) -> None:
    known = [service.id for service in hall.service if service.id]
    for place, button in placed_buttons(kiosk, path):
        if button.service and button.service not in known:
            problems.add(f"{place}.service", shown(button.service), one_of(known), did_you_mean(button.service, known))


def _check_letters(path: str, kiosk: KioskInstance, hall: HallFile, problems: Problems) -> None:
    """What is typed before a number stands before some of this hall's numbers, and where they differ, is there."""
    numbers = sorted({service.prefix for service in hall.service if service.prefix})
    known = sorted({*numbers, hall.hall.manual_prefix} - {""})
    typed = typed_by(kiosk)
    letters = sorted(each for each in typed if each.isupper())
    for letter in letters:
        if letter not in known:
            problems.add(
                f"{path}.keypad", f"a key that types {shown(letter)}", f"a prefix of hall.toml: {one_of(known)}"
            )
    if typed and not letters and len(numbers) > 1:
        found = "keys that type digits, and none the letters before them"
        problems.add(f"{path}.keypad", found, f"keys for the prefixes of hall.toml: {one_of(numbers)}")
