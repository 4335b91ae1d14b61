"""The journal read aloud: one Chinese sentence for each event, and why this ticket was called first.

For people who look after a hall: the supervisor's screen, the demo's page, ``hall journal tail``. A sentence tells that
somebody rated, never how (R-EVAL-07), and no class of a ticket; ``why`` names the rule and is for staff only.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from firmware_py.core import events as e
from firmware_py.core.plan import Plan
from firmware_py.phrases.pack import pack, text
from firmware_py.phrases.slips import desk_range

Values = dict[str, str | int]


def sentence(event: e.HallEvent, plan: Plan) -> str:
    """One sentence for any event, in the words of ``plan``, the hall's plan at that time."""
    tag = str(event.__struct_config__.tag)
    variant = _VARIANTS.get(type(event), _plain)(event)
    return text(f"journal.{tag}{variant}", **_values(event, plan))


def why(event: e.Called, plan: Plan) -> str:
    """为什么先叫他: the rule behind a call and whom it overtook; "" when the order needs no explaining (R-CORE-05)."""
    if event.rule == "ordinary" and not event.overtaken:
        return ""
    max_run = plan.limits.prio.max_run
    rule = event.rule if f"why.{event.rule}" in pack() else "other"
    if rule == "green" and not max_run:
        rule = "green_absolute"
    after = text("why.overtaken", n=event.overtaken) if event.overtaken else text("why.nobody")
    return text(f"why.{rule}", max_run=max_run) + after


# --- one sentence or another for the same kind of event ---------------------------------------------------------------


def _plain(_: e.Event) -> str:
    return ""


def _implicit(event: e.Arrived | e.Finished) -> str:
    return "_implicit" if event.implicit else ""


def _called(event: e.Called) -> str:
    return "_final" if event.final else ""


def _logged_in(event: e.LoggedIn) -> str:
    return "_for" if event.acting_for else ""


def _phone_answered(event: e.PhoneAnswered) -> str:
    return "_neighbour" if event.neighbour else ""


def _phone_missed(event: e.PhoneMissed) -> str:
    return "" if event.in_hours else "_out"


_VARIANTS: dict[type[e.Event], Callable[[Any], str]] = {
    e.Arrived: _implicit,
    e.Finished: _implicit,
    e.Called: _called,
    e.LoggedIn: _logged_in,
    e.PhoneAnswered: _phone_answered,
    e.PhoneMissed: _phone_missed,
}


# --- values: ids become what people call them -------------------------------------------------------------------------


def _values(event: e.HallEvent, plan: Plan) -> Values:
    found = msgspec.structs.asdict(event)
    values: Values = {name: value for name, value in found.items() if isinstance(value, str | int)}
    values["because"] = _because(found.get("reason", ""))
    if "service" in found:
        values["service"] = _service(found["service"], plan)
    if "kiosk" in found:
        values["kiosk"] = _kiosk(found["kiosk"], plan)
    if "line" in found:
        values["line"] = _line(found["line"], plan)
    if "state" in found:
        values["state"] = pack().get(f"states.{found['state']}", found["state"])
    match event:
        case e.Configured():
            values |= {"hall": event.plan.name, "services": len(event.plan.services), "desks": len(event.plan.desks)}
        case e.ClockStepped():
            values["seconds"] = round(event.offset_ms / 1000)
        case e.Transferred():
            values["target"] = text("telling.desk", desk=event.target) if event.target else values["service"]
        case e.NeighboursAlerted():
            values["desks"] = desk_range(event.desks)
        case e.PhoneEnded():
            values["seconds"] = round(event.talk_ms / 1000)
        case e.CallbackOpened():
            values["minutes"] = max(0, (event.due - event.at) // 60_000)
        case e.DeviceFailed() | e.DeviceMended():
            values["where"] = _instance(event.instance, plan)
            values["device"] = pack().get(f"devices.{event.device}", event.device)
        case _:
            pass
    return values


def _because(reason: str) -> str:
    if not reason:
        return ""
    phrases = pack()
    known = phrases.get(f"reasons.{reason}") or phrases.get(f"faults.{reason}.brief", reason)
    return text("telling.because", reason=known)


def _service(service_id: str, plan: Plan) -> str:
    service = plan.service(service_id)
    return service.shown if service else service_id


def _kiosk(instance: str, plan: Plan) -> str:
    place = next((kiosk.place for kiosk in plan.kiosks if kiosk.id == instance), "")
    return place or text("telling.kiosk", id=instance)


def _line(line: str, plan: Plan) -> str:
    desk = next((desk.id for desk in plan.desks if desk.phone == line), 0)
    return text("telling.line", desk=desk) if desk else text("telling.line_unknown", line=line)


def _instance(instance: str, plan: Plan) -> str:
    for desk in plan.desks:
        if instance in {desk.pad, desk.evaluator, desk.phone}:
            return text("telling.desk", desk=desk.id)
    if any(kiosk.id == instance for kiosk in plan.kiosks):
        return _kiosk(instance, plan)
    return instance
