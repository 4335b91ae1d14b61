"""What facts about telephones and devices make of the hall."""

from typing import Any

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.callbacks import CALL, RECORD
from firmware_py.core.changing import Handlers, nothing
from firmware_py.core.hall import Hall
from firmware_py.core.lines import line_after
from firmware_py.core.model import Callback, Device, Line
from firmware_py.core.neighbours import answers_itself
from firmware_py.core.overlap import served_at
from firmware_py.core.rating import HEARD_MS
from firmware_py.core.schedule import in_hours
from firmware_py.core.states import DeskState, LineState


def _line(hall: Hall, event: e.LineEvent, **changes: Any) -> None:
    hall.lines[event.line] = replace(hall.lines[event.line], **changes)


def _rang(hall: Hall, event: e.Rang) -> None:
    line = hall.lines[event.line]
    state = line_after(line.state, event)
    if state is not LineState.RINGING:
        return  # a telephone that is lifted does not ring
    if line.state is not LineState.RINGING:
        line = _call_began(hall, line, event.at)
    hall.lines[event.line] = replace(line, state=state, ring=event.ring, rang_at=event.at)


def _call_began(hall: Hall, line: Line, at: int) -> Line:
    desk, hours = hall.desks[line.desk], in_hours(hall, at)
    return replace(
        line,
        charged=hours and answers_itself(hall, desk),
        uncovered=hours and desk.state is DeskState.CLOSED,
    )


def _neighbours_alerted(hall: Hall, event: e.NeighboursAlerted) -> None:
    _line(hall, event, alerted=event.desks)


def _supervisor_alerted(hall: Hall, event: e.SupervisorAlerted) -> None:
    _line(hall, event, supervisor=True)


def _pickup_claimed(hall: Hall, event: e.PickupClaimed) -> None:
    _line(hall, event, claimed=event.desk, claimed_ring=hall.lines[event.line].ring)


def _caller_noted(hall: Hall, event: e.CallerNoted) -> None:
    _line(hall, event, caller=event.caller)


def _call_over(hall: Hall, event: e.LineEvent) -> None:
    """Answered, given up or hung up: nothing of the call before remains but when the handset was lifted."""
    old = hall.lines[event.line]
    new = Line(old.id, old.desk, line_after(old.state, event), lifted_at=old.lifted_at)
    if new.state is LineState.TALK and old.state is not LineState.TALK and served_at(hall, old.desk):
        new = replace(new, overlap_from=event.at)
    hall.lines[event.line] = new


def _answered(hall: Hall, event: e.PhoneAnswered) -> None:
    _call_over(hall, event)
    if event.inferred:
        _explained(hall, event.desk)


def _explained(hall: Hall, desk: int) -> None:
    """One lift takes one call: it explains no second one."""
    plan = hall.plan.desk(desk)
    line = hall.lines.get(plan.phone) if plan else None
    if line is not None:
        hall.lines[line.id] = replace(line, lifted_at=0)


def _outgoing(hall: Hall, event: e.PhoneOutgoing) -> None:
    _call_over(hall, event)
    _line(hall, event, lifted_at=event.at)


def _busy_missed(hall: Hall, event: e.PhoneBusyMissed) -> None:
    _line(hall, event, state=line_after(hall.lines[event.line].state, event), caller="")


def _callback_opened(hall: Hall, event: e.CallbackOpened) -> None:
    hall.tasks = event.task
    hall.callbacks[event.task] = Callback(event.task, event.line, event.due, event.caller, CALL)


def _record_owed(hall: Hall, event: e.RecordOwed) -> None:
    hall.tasks = event.task
    hall.callbacks[event.task] = Callback(event.task, event.line, 0, kind=RECORD)


def _task_done(hall: Hall, event: e.CallbackClosed | e.RecordFiled) -> None:
    hall.callbacks.pop(event.task, None)


def _device_failed(hall: Hall, event: e.DeviceFailed) -> None:
    hall.devices[event.instance, event.device] = Device(event.reason, event.at)
    if event.device == "instance":
        _presses_late(hall, event, hall.plan.limits.eval.drain_s * 1000)


def _device_mended(hall: Hall, event: e.DeviceMended) -> None:
    hall.devices.pop((event.instance, event.device), None)
    if event.device == "instance":
        _presses_late(hall, event, HEARD_MS)


def _presses_late(hall: Hall, event: e.DeviceFailed | e.DeviceMended, wait_ms: int) -> None:
    """What was pressed on an evaluator out of reach has ``wait_ms`` to arrive, but no longer than its window lasts."""
    window_ms = hall.plan.limits.eval.window_s * 1000
    for desk in hall.desks.values():
        ticket = hall.tickets.get(desk.rating)
        if ticket is not None and ticket.evaluator == event.instance:
            late_until = min(event.at + wait_ms, ticket.opened_at + window_ms)
            hall.tickets[ticket.number] = replace(ticket, late_until=late_until)


EVOLVE: Handlers = {
    e.Rang: _rang,
    e.NeighboursAlerted: _neighbours_alerted,
    e.SupervisorAlerted: _supervisor_alerted,
    e.PickupClaimed: _pickup_claimed,
    e.CallerNoted: _caller_noted,
    e.PhoneAnswered: _answered,
    e.PhoneAbandoned: _call_over,
    e.PhoneMissed: _call_over,
    e.PhoneBusyMissed: _busy_missed,
    e.PhoneOutgoing: _outgoing,
    e.PhoneUnknown: _call_over,
    e.PhoneEnded: _call_over,
    e.CallbackOpened: _callback_opened,
    e.CallbackMerged: nothing,
    e.CallbackClosed: _task_done,
    e.RecordOwed: _record_owed,
    e.RecordFiled: _task_done,
    e.DeviceFailed: _device_failed,
    e.DeviceMended: _device_mended,
}
