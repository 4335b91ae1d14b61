"""What facts about telephones and devices make of the hall."""

from typing import Any

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.changing import Handlers
from firmware_py.core.hall import Hall
from firmware_py.core.model import Callback, Device
from firmware_py.core.states import LineState


def _line(hall: Hall, event: e.LineEvent, **changes: Any) -> None:
    hall.lines[event.line] = replace(hall.lines[event.line], **changes)


def _rang(hall: Hall, event: e.Rang) -> None:
    _line(hall, event, state=LineState.RINGING, ring=event.ring)


def _neighbours_alerted(hall: Hall, event: e.NeighboursAlerted) -> None:
    _line(hall, event, alerted=event.desks)


def _supervisor_alerted(hall: Hall, event: e.SupervisorAlerted) -> None:
    _line(hall, event, supervisor=True)


def _pickup_claimed(hall: Hall, event: e.PickupClaimed) -> None:
    _line(hall, event, claimed=event.desk)


def _quiet(hall: Hall, event: e.LineEvent) -> None:
    answered = isinstance(event, e.PhoneOutgoing) or (isinstance(event, e.PhoneAnswered) and not event.inferred)
    state = LineState.TALK if answered else LineState.ON_HOOK
    _line(hall, event, state=state, ring=0, alerted=(), claimed=0, supervisor=False)


def _callback_opened(hall: Hall, event: e.CallbackOpened) -> None:
    hall.tasks = event.task
    hall.callbacks[event.task] = Callback(event.task, event.line, event.due)


def _callback_closed(hall: Hall, event: e.CallbackClosed) -> None:
    hall.callbacks.pop(event.task, None)


def _device_failed(hall: Hall, event: e.DeviceFailed) -> None:
    hall.devices[event.instance, event.device] = Device(event.reason, event.at)


def _device_mended(hall: Hall, event: e.DeviceMended) -> None:
    hall.devices.pop((event.instance, event.device), None)


EVOLVE: Handlers = {
    e.Rang: _rang,
    e.NeighboursAlerted: _neighbours_alerted,
    e.SupervisorAlerted: _supervisor_alerted,
    e.PickupClaimed: _pickup_claimed,
    e.PhoneAnswered: _quiet,
    e.PhoneAbandoned: _quiet,
    e.PhoneMissed: _quiet,
    e.PhoneOutgoing: _quiet,
    e.PhoneUnknown: _quiet,
    e.PhoneEnded: _quiet,
    e.CallbackOpened: _callback_opened,
    e.CallbackClosed: _callback_closed,
    e.DeviceFailed: _device_failed,
    e.DeviceMended: _device_mended,
}
