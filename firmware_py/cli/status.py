"""``hall status``: what the hall is doing now, as its retained states say it."""

import queue
import sys
import time
from pathlib import Path
from secrets import token_hex

import msgspec

from firmware_py import phrases
from firmware_py.core.views import DeskView, HallView, QueueView, View
from firmware_py.link import Kind, LinkUp, Received, Role, Status, decode, parse
from firmware_py.runtime.config import load
from sync.mqtt.connecting import connect

EX_UNAVAILABLE = 69
VIEWER = "status"
SETTLED_S = 0.3
"""Retained states arrive at once after the link is up; this long without another, and they are all here."""


class HallStatus(msgspec.Struct):
    """Everything ``--json`` prints."""

    hall: HallView | None = None
    desks: dict[int, DeskView] = {}
    queues: dict[str, QueueView] = {}
    instances: dict[str, str] = {}


def status(config: Path, *, wait_s: float, as_json: bool) -> int:
    """Print it; 0, or 69 when the hall's link does not answer."""
    plan, device = load(config / "hall.toml", config / "device.toml")
    link = connect(device.link, VIEWER, Role.VIEWER, plan.id, token_hex(8))
    inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
    for pattern in (link.topics.states, link.topics.status("+")):
        link.subscribe(pattern)
    link.open(inbox.put)
    try:
        found = _collect(inbox, wait_s)
    finally:
        link.close()
    if found is None:
        print(
            f"no answer from the hall's link at {device.link.host}:{device.link.port} in {wait_s:g} s", file=sys.stderr
        )
        return EX_UNAVAILABLE
    print(msgspec.json.encode(found).decode() if as_json else _in_words(found))
    return 0


def _collect(inbox: "queue.SimpleQueue[object]", wait_s: float) -> HallStatus | None:
    found, up = HallStatus(), False
    deadline = time.monotonic() + wait_s
    while (left := deadline - time.monotonic()) > 0:
        try:
            item = inbox.get(timeout=left)
        except queue.Empty:
            break
        if isinstance(item, LinkUp):
            up = True
            deadline = min(deadline, time.monotonic() + SETTLED_S)
        elif isinstance(item, Received) and item.payload:
            _note(item, found)
            deadline = time.monotonic() + SETTLED_S
    return found if up else None


def _note(item: Received, found: HallStatus) -> None:
    address = parse(item.topic)
    kinds: dict[Kind, type[View]] = {
        Kind.STATE_HALL: HallView,
        Kind.STATE_DESK: DeskView,
        Kind.STATE_QUEUE: QueueView,
    }
    if address is None:
        return
    if address.kind is Kind.STATUS:
        found.instances[address.name] = decode(item.payload, Status).state.value
    elif address.kind in kinds:
        view = decode(item.payload, kinds[address.kind])
        match view:
            case HallView():
                found.hall = view
            case DeskView():
                found.desks[view.desk] = view
            case QueueView():
                found.queues[view.service] = view


def _in_words(found: HallStatus) -> str:
    lines = []
    if found.hall is not None:
        hall = found.hall
        state = "取号中" if hall.issuing else "停止取号"
        lines.append(f"{hall.day or '今日未开门'}  {state}  等候 {hall.waiting} 人  流水 {hall.seq}")
    lines += [f"  {view.prefix} {view.name}: 等候 {view.waiting} 人" for view in found.queues.values()]
    for _, desk in sorted(found.desks.items()):
        doing = phrases.text(f"desk_states.{desk.state}")
        lines.append(f"  {desk.name}: {doing} {desk.ticket or desk.rating}".rstrip())
    for name, state in sorted(found.instances.items()):
        if state != "ready":
            lines.append(f"  {name}: {state}")
    for instance, device, reason in found.hall.devices if found.hall else ():
        lines.append(f"  {instance}/{device}: {phrases.fault(reason).staff}")
    return "\n".join(lines)
