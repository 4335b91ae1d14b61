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
from firmware_py.runtime.kiosk_checks import placed_buttons
from firmware_py.runtime.problems import Problems, did_you_mean, one_of, shown

VOICE_DESKS_MAX: Final = 10
"""Desks one voice can call for (R-CALL-02)."""


def check_places(device: DeviceConfig, hall: HallFile, problems: Problems) -> None:
    """Note every instance, desk and service of ``device`` that ``hall`` does not know."""
    kiosks = [kiosk.id for kiosk in hall.kiosk if kiosk.id]
    pads, evaluators, phones = (_desks_by(hall.desk, key) for key in ("pad", "evaluator", "phone"))
    for path, each in instances(device, problems):
        match each:
            case KioskInstance():
                _check_name(f"{path}.id", each.id, kiosks, "a kiosk", problems)
                _check_services(path, each, hall, problems)
            case DeskInstance():
                _check_name(f"{path}.id", each.id, pads, "the pad of a desk", problems)
                _check_desk(f"{path}.desk", each.desk, pads.get(each.id), hall, problems)
                _check_login(f"{path}.pad.keymap", each, hall, problems)
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
    if desk.pad.keymap == "three" and any(each.id == desk.desk and each.login == "card" for each in hall.desk):
        allowed = 'a pad with digits, or login = "roster" for this desk in hall.toml (R-DESK-02)'
        problems.add(path, '"three" where people type their staff number', allowed)


def _check_services(path: str, kiosk: KioskInstance, hall: HallFile, problems: Problems) -> None:
    known = [service.id for service in hall.service if service.id]
    for place, button in placed_buttons(kiosk, path):
        if button.service and button.service not in known:
            problems.add(f"{place}.service", shown(button.service), one_of(known), did_you_mean(button.service, known))
