"""The journal read aloud: one Chinese sentence for each event, and why this ticket was called first.

For people who look after a hall: the supervisor's screen, the demo's page, ``hall journal tail``. A sentence tells that
somebody rated, never how (R-EVAL-07), and no class of a ticket; ``why`` names the rule and is for staff only.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from firmware_py.core import events as e
from firmware_py.core.plan import Plan
from firmware_py.core.schedule import hours_text
from firmware_py.phrases.pack import pack, text
from firmware_py.phrases.slips import desk_range

Values = dict[str, str | int]


def sentence(event: e.HallEvent, plan: Plan) -> str:
    """One sentence for any event, in the words of ``plan``, the hall's plan at that time."""
    tag = str(event.__struct_config__.tag)
    vary = _VARIANTS.get(type(event))
    key = f"journal.{tag}{vary(event) if vary else ''}"
    return text(key if key in pack() else "journal.other", **_values(event, plan))


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

_VARIANTS: dict[type[e.Event], Callable[[Any], str]] = {
    e.Arrived: lambda event: "_implicit" if event.implicit else "",
    e.Finished: lambda event: "_implicit" if event.implicit else "",
    e.Taken: lambda event: "_redeemed" if event.redeems else "_booked" if event.booking else "",
    e.Called: lambda event: "_final" if event.final else "_approved" if event.approver else "",
    e.Announced: lambda event: f"_{event.by}",
    e.LoggedIn: lambda event: "_second" if event.approver else "_for" if event.acting_for else "",
    e.StoodIn: lambda event: "" if event.acting_for else "_back",
    e.LoggedOut: lambda event: "_left" if event.approver else "",
    e.DeskPaused: lambda event: "_uncovered" if event.uncovered else "",
    e.AbsenceReported: lambda event: "_explained" if event.explained else "",
    e.DayOpened: lambda event: "_by" if event.by else "",
    e.DayClosed: lambda event: "_by" if event.by else "",
    e.LunchBegan: lambda event: f"_{event.mode}",
    e.HoursAnnounced: lambda event: "_emergency" if event.emergency else "",
    e.PhoneAnswered: lambda event: "_neighbour" if event.neighbour else "",
    e.PhoneMissed: lambda event: "" if event.in_hours else "_out",
    e.PhoneUnknown: lambda event: "_rang" if event.rings else "",
    e.Approved: lambda event: f"_{event.kind}",
    e.AlertRaised: lambda event: f"_{event.kind}",
    e.FindingRaised: lambda event: f"_{event.kind}",
    e.Patrolled: lambda event: "_finding" if event.finding else "",
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
    for name in ("services", "uncovered"):
        if name in found:
            values[name] = text("telling.between").join(_service(each, plan) for each in found[name])
    if "kind" in found and "subject" in found:
        values |= _about(found["kind"], found["subject"], plan)
    match event:
        case e.Configured():
            values |= {"hall": event.plan.name, "services": len(event.plan.services), "desks": len(event.plan.desks)}
        case e.ClockStepped():
            values["seconds"] = round(event.offset_ms / 1000)
        case e.Transferred():
            values["target"] = text("telling.desk", desk=event.target) if event.target else values["service"]
        case e.DayClosed():
            owed = {"calls_owed": event.callbacks, "records_owed": event.records}
            values["owed"] = "".join(text(f"telling.{each}", n=n) for each, n in owed.items() if n)
        case e.HoursAnnounced():
            values["hours"] = hours_text(event.hours)
        case e.EmergencyEnded():
            values["seconds"] = round(event.lasted_ms / 1000)
        case e.AbsenceReminded() | e.AbsenceReported() | e.AbsenceLong():
            values |= msgspec.structs.asdict(plan.limits.absence)
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


def _about(kind: str, subject: str, plan: Plan) -> Values:
    """What an alert is about, in words: a service by its name, anything else by itself."""
    shown = _kiosk(subject, plan) if kind in {"consult", "complain", "priority"} else _service(subject, plan)
    return {"subject": shown, "alert": text(f"alerts.{kind}", subject=shown) if f"alerts.{kind}" in pack() else shown}


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
