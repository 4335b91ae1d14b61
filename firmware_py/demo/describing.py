"""The hall as the front panel's JSON: what the far ends show, beside what the hall says of itself."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec

from drivers.virtual.loudspeaker import Heard, VirtualLoudspeaker
from drivers.virtual.slip_paper import PrintedSlip
from firmware_py import phrases
from firmware_py.core.schedule import hours_text
from firmware_py.core.views import DeskView
from firmware_py.demo.breaking import faults, kind_of
from firmware_py.demo.duty_view import duty
from firmware_py.demo.far_ends import ADDRESS, DeskEnd, KioskEnd
from firmware_py.demo.following import Follower
from firmware_py.demo.listening import heard
from firmware_py.demo.observing import Observer
from firmware_py.demo.running import DUTY
from firmware_py.demo.virtual_hall import VirtualHall
from firmware_py.demo.wiring import HALL
from firmware_py.journal.record import Record

Json = dict[str, Any]

AWAY = {"closed": ["login"], "wait": ["resume_desk"], "paused": ["resume_desk"], "pause_pending": ["finish"]}
FREE = {"ready", "closing", "rating"}


def hall(virtual: VirtualHall, seen: Observer, told: Follower) -> Json:
    """``GET /api/hall``."""
    plan, view = virtual.plan, seen.hall
    clock = datetime.fromtimestamp(virtual.clock.local_ms() / 1000, UTC)
    reason = view.reason if view else ""
    details = {"hours": hours_text(plan.hours), "time": view.opens if view else ""}
    numbers = told.waiting()
    return {
        "name": plan.name,
        "time": f"{clock:%Y-%m-%d %H:%M:%S}",
        "powered": virtual.powered,
        "issuing": bool(view and view.issuing),
        "calling": bool(view and view.calling),
        "closed": bool(view and view.closed),
        "reason": reason,
        "notice": phrases.refusal(reason, details) if reason else "",
        "hours": hours_text(plan.hours),
        "waiting": view.waiting if view else 0,
        "seq": max((each.seq for each in seen.desks.values()), default=0) if view is None else view.seq,
        "voice_problem": _voice_problem(seen),
        "services": [
            {
                "id": service.id,
                "prefix": service.prefix,
                "name": service.shown,
                "waiting": seen.queues[service.id].waiting if service.id in seen.queues else 0,
                "numbers": numbers.get(service.id, []),
            }
            for service in plan.services
        ],
        "kiosks": [_kiosk(end, virtual, seen) for end in virtual.ends.kiosks.values()],
        "desks": [
            _desk(virtual.ends.desks[desk.id], seen.desks.get(desk.id), virtual, seen, told) for desk in plan.desks
        ],
        "open": told.open_tickets(),
        "final": told.final_calls(),
        "may_report": told.may_report(),
        "redeemable": told.redeemable(),
        "duty": duty(plan, told) if DUTY in plan.supervisors else None,
        "board": virtual.ends.board.cards[ADDRESS].text,
        "devices": _devices(virtual, seen),
        "faults": faults(virtual.ends, virtual.plan),
        "crashed": dict(virtual.crashed),
    }


def _faults(seen: Observer) -> dict[tuple[str, str], str]:
    return {(instance, device): reason for instance, device, reason in (seen.hall.devices if seen.hall else ())}


def _voice_problem(seen: Observer) -> str:
    """Of the hall's loudspeaker; one at a desk is among the devices."""
    reason = _faults(seen).get((HALL, "voice"), "")
    return phrases.fault(reason).staff if reason else ""


def _kiosk(end: KioskEnd, virtual: VirtualHall, seen: Observer) -> Json:
    plan, state = virtual.plan, end.printer.state
    reason = _faults(seen).get((end.id, "printer"), "")
    return {
        "id": end.id,
        "place": next((kiosk.place for kiosk in plan.kiosks if kiosk.id == end.id), ""),
        "sign": end.sign.cards[ADDRESS].text,
        "printer": {"paper": state.paper, "cover": state.cover, "cable": state.cable, "online": state.online},
        "fault": phrases.fault(reason).staff if reason else "",
        "slips": len(end.printer.slips()),
        "lamps": end.lit() if virtual.powered else {},
    }


def _desk(end: DeskEnd, view: DeskView | None, virtual: VirtualHall, seen: Observer, told: Follower) -> Json:
    plan = virtual.plan.desk(end.id)
    state = view.state if view else "closed"
    refused = seen.refused.get(end.id)
    phone = view.phone if view else None
    return {
        "id": end.id,
        "name": plan.shown if plan else "",
        "services": list(view.services) if view else list(plan.services if plan else ()),
        "state": state,
        "state_text": phrases.text(f"desk_states.{state}"),
        "ticket": (view.ticket or None) if view else None,
        "rating": (view.rating or None) if view else None,
        "held": list(view.held) if view else [],
        "sign": end.sign.cards[ADDRESS].text if end.sign else "",
        "refused": refused.text if refused else None,
        "waiting": view.waiting if view else 0,
        "calls": view.calls if view else 0,
        "staff": (view.staff or None) if view else None,
        "digits": end.pad.digits(ADDRESS) if end.pad else "",
        "beeps": end.pad.beeps(ADDRESS) if end.pad else 0,
        "invited": bool(end.evaluator and end.evaluator.invited(ADDRESS)),
        "rated": bool(view and view.last_rating_done),
        "prompts": _prompts(view, virtual, seen, told) if view else [],
        "next_keys": _next_keys(view) if view else [],
        "items": list(view.items) if view else [],
        "tidal": [service.shown for each in (plan.tidal if plan else ()) if (service := virtual.plan.service(each))],
        "tide": told.tide(end.id),
        "interrupted": bool(view and view.interrupted),
        "reason_wanted": bool(view and view.reason_wanted),
        "phone": {
            "ring": phone.ring if phone else 0,
            "talking": bool(phone and phone.talking),
            "callbacks": phone.callbacks if phone else 0,
            "line": end.telephone.state.value if end.telephone else "",
        },
        "neighbours": list(view.neighbours) if view else [],
    }


def _prompts(view: DeskView, virtual: VirtualHall, seen: Observer, told: Follower) -> list[str]:
    """The staff screen's sentences, most urgent first (rules.md 4.3, 4.6)."""
    found = []
    if view.desk in told.implied:
        found.append(phrases.text("desk.implied", ticket=told.implied[view.desk]))
    for desk in view.neighbours:
        ringing = seen.desks.get(desk)
        away = ringing is not None and ringing.phone.ring < virtual.plan.limits.phone.neighbour_after
        found.append(phrases.text("phone.neighbour_now" if away else "phone.neighbour", desk=desk))
    if view.phone.ring == 1:
        found.append(phrases.text("phone.greeting", hall=virtual.plan.name, desk=view.desk))
    elif view.phone.ring > 1:
        found.append(phrases.text("phone.warning", n=view.phone.ring))
    if view.phone.callbacks:
        found.append(phrases.text("phone.callbacks", n=view.phone.callbacks))
    if view.reason_wanted:
        found.append(phrases.text("desk.reason_wanted"))
    if view.warned:
        found.append(phrases.text("desk.limit_near" if view.warned == 1 else "desk.limit_passed"))
    if view.state == "pause_pending":
        found.append(phrases.text("desk.pause_pending"))
    if view.state == "serving":
        found.append(phrases.text("desk.arrive"))
    if view.state == "rating" or view.rating:
        found.append(phrases.text("desk.rated" if view.last_rating_done else "desk.rating_wait"))
    if view.held:
        found.append(phrases.text("desk.held", n=len(view.held), tickets=" ".join(view.held)))
    if view.staff and view.state in FREE and not view.waiting:
        found.append(phrases.text("desk.nobody"))
    return found


def _next_keys(view: DeskView) -> list[str]:
    keys = ["pickup"] if view.neighbours else []
    if view.interrupted:
        return [*keys, "resume_desk"]
    if view.state in AWAY:
        return [*keys, *AWAY[view.state]]
    if view.state == "calling":
        return [*keys, "arrive"]
    if view.state == "serving":
        return [*keys, "finish"]
    if view.state in FREE and view.waiting:
        keys.append("next")
    return keys


def _devices(virtual: VirtualHall, seen: Observer) -> list[Json]:
    faults = _faults(seen)
    found: list[Json] = []
    for (instance, device), reason in faults.items():
        name = f"{instance}/{device}"
        found.append({"id": name, "kind": kind_of(name), "status": reason, "text": phrases.fault(reason).staff})
    for instance, status in sorted(seen.statuses.items()):
        if (instance, "instance") not in faults:
            ok = status == "ready"
            text = "" if ok else phrases.fault("offline").staff
            found.append({"id": instance, "kind": "daemon", "status": "ok" if ok else status, "text": text})
    for name, error in virtual.crashed.items():
        found.append({"id": name, "kind": "daemon", "status": "crashed", "text": error})
    return found


def slip(printed: PrintedSlip) -> Json:
    """A piece of paper."""
    built: Json = msgspec.to_builtins(printed)
    return built


def sounds(virtual: VirtualHall, *, wav: bool) -> list[Json]:
    """``GET /api/voice``: what the loudspeakers have played, oldest first; ``text`` is what an ear makes of it."""
    speakers: dict[str, VirtualLoudspeaker] = {"hall": virtual.ends.speaker}
    for desk in virtual.ends.desks.values():
        if desk.speaker is not None:
            speakers[f"desk{desk.id}"] = desk.speaker
    found = [(each.start, where, each) for where, speaker in speakers.items() for each in speaker.played()]
    return [_sound(where, each, wav=wav) for _, where, each in sorted(found, key=lambda part: part[:2])]


def _sound(where: str, each: Heard, *, wav: bool) -> Json:
    built: Json = {
        "number": each.number,
        "where": where,
        "text": heard(each.wav),
        "start": each.start,
        "duration_ms": each.duration_ms,
        "ending": each.ending.value,
        "url": f"/api/voice/{where}/{each.number}.wav",
    }
    if wav:
        built["wav"] = base64.b64encode(each.wav).decode()
    return built


def journal_record(record: Record, tell: Callable[[Record], tuple[str, str]], local: str) -> Json:
    """One line of the journal, in words."""
    text, why = tell(record)
    return {
        "seq": record.seq,
        "wall": record.wall,
        "time": local,
        "type": record.type,
        "ticket": record.ticket,
        "desk": record.desk,
        "text": text,
        "why": why,
    }
