"""Breaking the demo's devices on purpose: every fault that each far end can have, and the switch for it."""

from collections.abc import Iterator
from typing import Any, Final

from drivers.virtual.faults import FarEnd, Fault
from firmware_py import phrases
from firmware_py.core.plan import Plan
from firmware_py.demo.far_ends import FarEnds
from firmware_py.demo.requests import Refusing
from firmware_py.demo.wiring import HALL

KINDS: Final = {
    "printer": "printer",
    "keypad": "evaluator",
    "lines": "phone",
    "line": "phone",
    "instance": "daemon",
}
"""What the page calls a device by; every other one by its own name."""


def breakable(ends: FarEnds, plan: Plan) -> dict[str, FarEnd]:
    """The far ends by the name the hall reports their devices under, ``instance/device``."""
    return dict(_breakable(ends, plan))


def _breakable(ends: FarEnds, plan: Plan) -> Iterator[tuple[str, FarEnd]]:
    for kiosk in ends.kiosks.values():
        yield f"{kiosk.id}/printer", kiosk.printer
        yield f"{kiosk.id}/sign", kiosk.sign
        yield f"{kiosk.id}/buttons", kiosk.panel
        yield f"{kiosk.id}/reader", kiosk.reader
    for desk in plan.desks:
        end = ends.desks[desk.id]
        if end.pad is not None and end.sign is not None:
            yield f"{desk.pad}/pad", end.pad
            yield f"{desk.pad}/sign", end.sign
        if end.evaluator is not None and end.speaker is not None:
            yield f"{desk.evaluator}/keypad", end.evaluator
            yield f"{desk.evaluator}/voice", end.speaker
        if end.telephone is not None:
            yield f"{desk.phone}/lines", end.telephone
    yield f"{HALL}/board", ends.board
    yield f"{HALL}/voice", ends.speaker


def kind_of(device: str) -> str:
    """What the page calls the device ``instance/device``."""
    name = device.rpartition("/")[2]
    return KINDS.get(name, name)


def faults(ends: FarEnds, plan: Plan) -> list[dict[str, Any]]:
    """``faults`` of ``GET /api/hall``: each device, what can break, in words, and whether it is broken so now."""
    return [
        {
            "device": name,
            "kind": kind_of(name),
            "faults": [
                {"fault": fault.value, "text": phrases.text(f"breaking.{fault}"), "on": on}
                for fault, on in end.faults.items()
            ],
        }
        for name, end in breakable(ends, plan).items()
    ]


def set_fault(ends: FarEnds, plan: Plan, device: str, fault: str, *, on: bool) -> None:
    """Break a device so, or mend it.

    Raises:
        Refusing: 404, no such device; 422, it cannot have that fault.
    """
    known = breakable(ends, plan)
    end = known.get(device)
    if end is None:
        raise Refusing(404, f"没有这个设备;有:{' '.join(known)}")
    if fault not in end.faults:
        raise Refusing(422, f"这个设备不会有这种故障;可以有:{' '.join(end.faults)}")
    end.set_fault(Fault(fault), on)


def mend_all(ends: FarEnds, plan: Plan) -> None:
    """Everything works again."""
    for end in breakable(ends, plan).values():
        for fault, on in end.faults.items():
            if on:
                end.set_fault(fault, False)
