"""The hall as one value that can be stored and read back: what a restart starts from instead of the whole history."""

import msgspec

from firmware_py.core.commands import Answer
from firmware_py.core.model import TERMINAL, Announcement, Callback, Desk, Group, Hall, Line, Ticket, TicketState
from firmware_py.core.plan import Plan
from firmware_py.core.waiting import WaitingKeys

FORMAT = 1
"""Raised when a field changes meaning; a release writes only what the release before it can read."""


class HallSnapshot(msgspec.Struct, frozen=True):
    """Everything ``Hall`` holds that cannot be derived from the rest of it."""

    format: int
    seq: int
    last_at: int
    plan: Plan
    offset_ms: int
    restarted_at: int
    day: str
    day_offset_ms: int
    calling: bool
    issue_closed: bool
    closed: bool
    issued: dict[str, int]
    tickets: list[Ticket]
    desks: list[Desk]
    groups: dict[str, tuple[int, int]]
    lines: list[Line]
    callbacks: list[Callback]
    tasks: int
    devices: list[tuple[str, str, str]]
    answers: list[Answer]
    announced: list[Announcement]


def freeze(hall: Hall) -> bytes:
    """The hall as bytes."""
    return msgspec.msgpack.encode(
        HallSnapshot(
            FORMAT,
            hall.seq,
            hall.last_at,
            hall.plan,
            hall.offset_ms,
            hall.restarted_at,
            hall.day,
            hall.day_offset_ms,
            hall.calling,
            hall.issue_closed,
            hall.closed,
            hall.issued,
            list(hall.tickets.values()),
            list(hall.desks.values()),
            {name: (group.calls, group.prio_run) for name, group in hall.groups.items()},
            list(hall.lines.values()),
            list(hall.callbacks.values()),
            hall.tasks,
            [(instance, device, reason) for (instance, device), reason in hall.devices.items()],
            list(hall.answers.values()),
            hall.announced,
        )
    )


def thaw(data: bytes) -> Hall | None:
    """The hall again, lanes and counts derived anew; None when the bytes are of a format this release cannot read."""
    try:
        frozen = msgspec.msgpack.decode(data, type=HallSnapshot)
    except msgspec.MsgspecError:
        return None
    if frozen.format != FORMAT:
        return None
    hall = Hall()
    for name in (
        "seq",
        "last_at",
        "plan",
        "offset_ms",
        "restarted_at",
        "day",
        "day_offset_ms",
        "calling",
        "issue_closed",
        "closed",
        "issued",
        "tasks",
        "announced",
    ):
        setattr(hall, name, getattr(frozen, name))
    hall.tickets = {ticket.number: ticket for ticket in frozen.tickets}
    hall.desks = {desk.id: desk for desk in frozen.desks}
    hall.groups = {name: Group(calls, run) for name, (calls, run) in frozen.groups.items()}
    hall.lines = {line.id: line for line in frozen.lines}
    hall.callbacks = {task.task: task for task in frozen.callbacks}
    hall.devices = {(instance, device): reason for instance, device, reason in frozen.devices}
    hall.answers = {answer.cmd_id: answer for answer in frozen.answers}
    _derive(hall)
    return hall


def _derive(hall: Hall) -> None:
    for ticket in sorted(hall.tickets.values(), key=lambda each: each.key):
        if ticket.state not in TERMINAL:
            hall.open_tickets += 1
        if ticket.state is TicketState.WAITING:
            hall.lanes[ticket.lane].setdefault(ticket.service, WaitingKeys()).add(ticket.key)
            hall.by_key[ticket.key] = ticket.number
        elif ticket.state is TicketState.PRINTING:
            hall.printing[ticket.number] = ticket.accepted_at
