"""Whether a device fits its hall: every instance is one the hall names, at the desk the hall gives it."""

from collections.abc import Mapping
from operator import attrgetter

from firmware_py.core.plan import DeskPlan
from firmware_py.link import CONTROLLER
from firmware_py.runtime.device_checks import instances
from firmware_py.runtime.device_file import (
    ControllerInstance,
    DeskInstance,
    DeviceConfig,
    EvaluatorInstance,
    KioskInstance,
    PhoneInstance,
)
from firmware_py.runtime.hall_file import HallFile
from firmware_py.runtime.problems import Problems, did_you_mean, inner, one_of, shown
from firmware_py.runtime.wire_settings.buttons import ButtonsConfig


def check_places(device: DeviceConfig, hall: HallFile, problems: Problems) -> None:
    """Note every instance, desk and service of ``device`` that ``hall`` does not know."""
    kiosks = [kiosk.id for kiosk in hall.kiosk if kiosk.id]
    pads, evaluators, phones = (_desks_by(hall.desk, key) for key in ("pad", "evaluator", "phone"))
    for path, each in instances(device, problems):
        match each:
            case KioskInstance():
                _check_name(f"{path}.id", each.id, kiosks, "a kiosk", problems)
                _check_services(f"{path}.buttons.pins", each.buttons, hall, problems)
            case DeskInstance():
                _check_name(f"{path}.id", each.id, pads, "the pad of a desk", problems)
                _check_desk(f"{path}.desk", each.desk, pads.get(each.id), hall, problems)
            case EvaluatorInstance():
                _check_name(f"{path}.id", each.id, evaluators, "the evaluator of a desk", problems)
                _check_desk(f"{path}.desk", each.desk, evaluators.get(each.id), hall, problems)
            case PhoneInstance():
                _check_name(f"{path}.id", each.id, phones, "the phone of a desk", problems)
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


def _check_services(path: str, buttons: ButtonsConfig, hall: HallFile, problems: Problems) -> None:
    known = [service.id for service in hall.service if service.id]
    for name, button in buttons.pins.items():
        if button.service not in known:
            place = f"{inner(path, name)}.service"
            problems.add(place, shown(button.service), one_of(known), did_you_mean(button.service, known))
