"""Deciding about what is owed after a call: the call back (R-PHONE-06) and the complaint line's record (R-PHONE-08)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.calling import desk_of
from firmware_py.core.hall import Hall
from firmware_py.core.model import Callback, Line
from firmware_py.core.schedule import DAY_MS, MINUTE_MS, hall_time, midnight, wall
from firmware_py.errors import Rejected

CALL, RECORD = "call", "record"
"""Kinds of ``model.Callback``."""


def owe_call(hall: Hall, line: Line, at: int) -> list[e.Event]:
    """A missed call in hours: one call back is owed, and to the same caller only one (F12, invariant 20).

    A caller nobody knows is owed a call of his own each time.
    """
    if line.caller:
        for task in hall.callbacks.values():
            if task.caller == line.caller:
                return [e.CallbackMerged(at, line.id, task.task)]
    # never past the same day (F13: 不过夜)
    last = hall_time(hall, midnight(wall(hall, at)) + DAY_MS - MINUTE_MS)
    due = min(at + hall.plan.limits.phone.callback_due_min * MINUTE_MS, last)
    return [e.CallbackOpened(at, line.id, hall.tasks + 1, due, line.caller)]


def owe_record(hall: Hall, line: Line, at: int) -> list[e.Event]:
    """A call on the complaint line was answered, at whatever hour: what was said is written down (F11)."""
    plan = hall.plan.desk(line.desk)
    return [e.RecordOwed(at, line.id, hall.tasks + 1)] if plan is not None and plan.complaint_line else []


def callback_done(hall: Hall, command: c.CallbackDone, at: int, by: str) -> list[e.Event]:
    """回拨完成: the oldest call owed by this desk's line.

    Raises:
        Rejected: ``no_callback``.
    """
    del by
    task = _oldest(hall, command.desk, CALL)
    if task is None:
        raise Rejected("no_callback")
    return [e.CallbackClosed(at, task.line, task.task, command.desk)]


def record_done(hall: Hall, command: c.RecordDone, at: int, by: str) -> list[e.Event]:
    """记录完成: the oldest record owed by this desk's line.

    Raises:
        Rejected: ``no_record``.
    """
    del by
    task = _oldest(hall, command.desk, RECORD)
    if task is None:
        raise Rejected("no_record")
    return [e.RecordFiled(at, task.line, task.task, command.desk)]


def owed(hall: Hall, line: str, kind: str) -> int:
    """How many of ``kind`` this line owes."""
    return sum(1 for task in hall.callbacks.values() if task.line == line and task.kind == kind)


def all_owed(hall: Hall) -> tuple[int, int]:
    """How many calls back and how many records are owed by all lines together."""
    if not hall.callbacks:
        return 0, 0
    calls = sum(1 for task in hall.callbacks.values() if task.kind == CALL)
    return calls, len(hall.callbacks) - calls


def _oldest(hall: Hall, desk_id: int, kind: str) -> Callback | None:
    desk = desk_of(hall, desk_id)
    for task in hall.callbacks.values():
        line = hall.lines.get(task.line)  # None when a new plan has no such line
        if task.kind == kind and line is not None and line.desk == desk.id:
            return task
    return None
