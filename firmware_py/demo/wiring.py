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
    RING_PIN,
    SIGN_PX,
    FarEnds,
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
        yield _table("instance.sign", port=kiosk.sign.path, address=ADDRESS, width_px=KIOSK_PX, lines=KIOSK_LINES)
        yield _table("instance.reader", port=kiosk.reader.path)
        yield _table("instance.buttons", factory=f"socket:{kiosk.board_path}")
        for (service, klass), pin in kiosk.buttons.items():
            name = service if klass == "X" else f"{service}-first"
            yield _table(f"instance.buttons.pins.{name}", pin=pin, service=service, klass=klass)
    for desk in plan.desks:
        end = ends.desks[desk.id]
        if end.pad is not None and end.sign is not None:
            yield _table("[instance]", id=desk.pad, role="desk", desk=desk.id)
            yield _table("instance.pad", driver="ff68", port=end.pad.path, address=ADDRESS)
            yield _table("instance.sign", port=end.sign.path, address=ADDRESS, width_px=SIGN_PX)
        if end.evaluator is not None and end.speaker is not None:
            yield _table("[instance]", id=desk.evaluator, role="evaluator", desk=desk.id)
            yield _table("instance.keypad", driver="ff68", port=end.evaluator.path, address=ADDRESS)
            yield _table("instance.voice", player=list(end.speaker.player_command))
        if end.telephone is not None:
            yield _table(
                "[instance]",
                id=desk.phone,
                role="phone",
                ring=RING_PIN,
                hook=HOOK_PIN,
                factory=f"socket:{end.phone_board_path}",
            )
    yield _table("[instance]", id=HALL, role="hall")
    yield _table("instance.board", port=ends.board.path, address=ADDRESS, width_px=BOARD_PX, lines=BOARD_LINES)
    yield _table("instance.voice", player=list(ends.speaker.player_command))


def _table(name: str, **values: object) -> str:
    # strings and lists of strings are written alike in JSON and TOML
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return f"[{name}]\n" + "\n".join(lines) + "\n"
