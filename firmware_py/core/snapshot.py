"""The hall as one value that can be stored and read back: what a restart starts from instead of the whole history."""

from typing import Any

import msgspec

from firmware_py.core.changing import join_lane
from firmware_py.core.commands import Answer
from firmware_py.core.hall import Group, Hall
from firmware_py.core.model import (
    Alert,
    Announcement,
    Approval,
    Booking,
    Callback,
    Desk,
    Device,
    HoursChange,
    Line,
    Ticket,
)
from firmware_py.core.plan import Hours, Plan
from firmware_py.core.schedule import over_at
from firmware_py.core.states import TERMINAL, TicketState

FORMAT = 2
"""Raised when a field changes meaning; a release writes only what the release before it can read."""


class HallSnapshot(msgspec.Struct, frozen=True):
    """Everything ``Hall`` holds that cannot be derived from the rest of it."""

    format: int
    seq: int
    last_at: int
    plan: Plan
    hours: tuple[Hours, ...]
    hours_changes: dict[int, HoursChange]
    clock_trusted: bool
    corrected_ms: int
    floor_offset_ms: int
    offset_ms: int
    restarted_at: int
    day: str
    opened_ms: int
    day_offset_ms: int
    by_hand: bool
    calling: bool
    lunch_at: int
    issue_closed: bool
    closed: bool
    emergency_at: int
    frozen: list[tuple[int, int]]
    issued: dict[str, int]
    issued_on: dict[str, dict[str, int]]
    tickets: dict[str, Ticket]
    unserved: dict[str, str]
    desks: dict[int, Desk]
    lines: dict[str, Line]
    callbacks: dict[int, Callback]
    tasks: int
    bookings: dict[str, Booking]
    patrolled: dict[str, int]
    voices: set[str]
    answers: dict[str, Answer]
    announced: list[Announcement]
    groups: dict[str, tuple[int, int]]
    approvals: list[tuple[str, str, Approval]]
    alerts: list[tuple[str, str, Alert]]
    devices: list[tuple[str, str, Device]]


_AS_THEY_ARE = [
    name
    for name in HallSnapshot.__struct_fields__
    if name not in {"format", "groups", "approvals", "alerts", "devices"}
]


def freeze(hall: Hall) -> bytes:
    """The hall as bytes."""
    as_they_are: dict[str, Any] = {name: getattr(hall, name) for name in _AS_THEY_ARE}
    told_apart: dict[str, Any] = {
        "format": FORMAT,
        "groups": {name: (group.calls, group.prio_run) for name, group in hall.groups.items()},
        "approvals": [(*key, each) for key, each in hall.approvals.items()],
        "alerts": [(*key, each) for key, each in hall.alerts.items()],
        "devices": [(*key, each) for key, each in hall.devices.items()],
    }
    return msgspec.msgpack.encode(HallSnapshot(**as_they_are, **told_apart))


def thaw(data: bytes) -> Hall | None:
    """The hall again, lanes and counts derived anew; None when the bytes are of a format this release cannot read."""
    try:
        frozen = msgspec.msgpack.decode(data, type=HallSnapshot)
    except msgspec.MsgspecError:
        return None
    if frozen.format != FORMAT:
        return None
    hall = Hall()
    for name in _AS_THEY_ARE:
        setattr(hall, name, getattr(frozen, name))
    hall.groups = {name: Group(calls, run) for name, (calls, run) in frozen.groups.items()}
    hall.approvals = {(kind, subject): each for kind, subject, each in frozen.approvals}
    hall.alerts = {(kind, subject): each for kind, subject, each in frozen.alerts}
    hall.devices = {(instance, device): each for instance, device, each in frozen.devices}
    hall.follow(frozen.plan)
    hall.over_at = over_at(hall)
    _derive(hall)
    return hall


def _derive(hall: Hall) -> None:
    for ticket in sorted(hall.tickets.values(), key=lambda each: each.key):
        if ticket.state not in TERMINAL:
            hall.open_tickets += 1
        if ticket.state is TicketState.WAITING:
            join_lane(hall, ticket)
        elif ticket.state is TicketState.HELD or ticket.state is TicketState.PASSED:
            hall.aside.add(ticket.number)
            if ticket.back and ticket.state is TicketState.HELD:
                hall.back.add(ticket.number)
        elif ticket.state is TicketState.PRINTING:
            hall.printing[ticket.number] = ticket.accepted_at
