"""Writes the demo hall's device.toml: the real drivers, each at the near end of a cable whose far end is virtual."""

import json
from collections.abc import Iterator
from pathlib import Path

from firmware_py.core.plan import Plan
from firmware_py.demo.far_ends import (
    ADDRESS,
    BOARD_LINES,
    BOARD_PX,
    HOOK_PIN,
    KIOSK_LINES,
    KIOSK_PX,
    LOOP_PIN,
    RING_PIN,
    SIGN_PX,
    FarEnds,
    button_name,
)
from firmware_py.link import CONTROLLER

HALL = "hall"


def device_toml(plan: Plan, ends: FarEnds, *, state: Path, clock_file: Path, port: int, password_file: str) -> str:
    """The whole file. ``port`` is the broker's; the in-process hall has none and gives any."""
    parts = [
        _table("link", host="127.0.0.1", port=port, password_file=password_file),
        _table("clock", source="ntp", offset_file=str(clock_file)),
        *_instances(plan, ends),
    ]
    return f"state = {json.dumps(str(state))}\n\n" + "\n".join(parts)


def _instances(plan: Plan, ends: FarEnds) -> Iterator[str]:
    yield _table("[instance]", id=CONTROLLER, role="controller")
    for kiosk in ends.kiosks.values():
        yield _table("[instance]", id=kiosk.id, role="kiosk")
        yield _table("instance.printer", port=kiosk.printer.port)
        yield _sign("instance.sign", kiosk.sign.path, KIOSK_PX, KIOSK_LINES)
        yield _table("instance.reader", driver="serial", port=kiosk.reader.path)
        yield _table("instance.buttons", driver="gpio", factory=f"socket:{kiosk.board_path}")
        for (service, klass), pin in kiosk.buttons.items():
            name = button_name(service, klass)
            lamp = {"lamp": kiosk.lamps[service, klass]} if kiosk.lamps else {}
            yield _table(f"instance.buttons.pins.{name}", pin=pin, service=service, klass=klass, **lamp)
    for desk in plan.desks:
        end = ends.desks[desk.id]
        if end.pad is not None and end.sign is not None:
            yield _table("[instance]", id=desk.pad, role="desk", desk=desk.id)
            yield _table("instance.pad", driver="ff68", port=end.pad.path, address=ADDRESS)
            yield _sign("instance.sign", end.sign.path, SIGN_PX, 1)
        if end.evaluator is not None and end.speaker is not None:
            yield _table("[instance]", id=desk.evaluator, role="evaluator", desk=desk.id)
            yield _table("instance.keypad", driver="ff68", port=end.evaluator.path, address=ADDRESS)
            yield _table("instance.voice", driver="speaker", player=list(end.speaker.player_command))
        if end.telephone is not None:
            yield _table("[instance]", id=desk.phone, role="phone")
            yield _table(
                "instance.line",
                driver="gpio",
                ring=RING_PIN,
                hook=HOOK_PIN,
                loop=LOOP_PIN,
                factory=f"socket:{end.phone_board_path}",
            )
    yield _table("[instance]", id=HALL, role="hall")
    yield _sign("instance.board", ends.board.path, BOARD_PX, BOARD_LINES)
    yield _table("instance.voice", driver="speaker", player=list(ends.speaker.player_command))


def _sign(name: str, port: str, width_px: int, lines: int) -> str:
    return _table(name, driver="onbon", port=port, address=ADDRESS, width_px=width_px, lines=lines)


def _table(name: str, **values: object) -> str:
    # strings and lists of strings are written alike in JSON and TOML
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return f"[{name}]\n" + "\n".join(lines) + "\n"
