"""Deciding about telephones (rules.md 3.9, 3.10): who is asked to answer, who did, and what is owed.

Ring counting is ``ring``'s; here its facts meet the desks. No telephone ever moves a ticket, no ticket ever changes
what a call came to (invariant 18).
"""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.calling import desk_of
from firmware_py.core.hall import Hall
from firmware_py.core.model import Line
from firmware_py.core.schedule import DAY_MS, MINUTE_MS, hall_time, in_hours, midnight, wall
from firmware_py.core.states import DeskState, LineState
from firmware_py.errors import Rejected

AWAY = frozenset({DeskState.WAIT, DeskState.PAUSED, DeskState.CLOSED, DeskState.FAULT})
BUSY = frozenset({DeskState.CALLING, DeskState.SERVING, DeskState.RATING, DeskState.PAUSE_PENDING})
FREE = frozenset({DeskState.READY, DeskState.CLOSING})


def neighbours(hall: Hall, desk: int) -> tuple[int, ...]:
    """Desks to ask when ``desk`` does not answer (R-PHONE-04): free ones of its neighbours, else busy ones, else the
    same among all desks; never one that is away or on the telephone itself."""
    plan = hall.plan.desk(desk)
    near = plan.neighbours if plan else ()
    everybody = tuple(other.id for other in hall.plan.desks if other.id != desk)
    for circle in (near, everybody):
        for states in (FREE, BUSY):
            found = tuple(
                each
                for each in circle
                if each in hall.desks and hall.desks[each].state in states and not _talking(hall, each)
            )
            if found:
                return found
    return ()


def _talking(hall: Hall, desk: int) -> bool:
    return any(line.desk == desk and line.state is LineState.TALK for line in hall.lines.values())


def _line(hall: Hall, line: str, by: str) -> Line | None:
    return hall.lines.get(line) if line == by else None


def ring_began(hall: Hall, fact: f.RingBegan, at: int, by: str) -> list[e.Event]:
    """A burst: prompt at ring 1, warning at 2, supervisor at 5; neighbours at once when nobody may be asked."""
    line = _line(hall, fact.line, by)
    if line is None:
        return []
    found: list[e.Event] = [e.Rang(at, line.id, fact.ring)]
    if not in_hours(hall, at):
        return found
    limits = hall.plan.limits.phone
    desk = hall.desks[line.desk]
    at_once = desk.state in AWAY or (limits.while_serving == "neighbour" and desk.state is DeskState.SERVING)
    if at_once and not line.alerted:
        found += _alert(hall, line, at, fact.ring)
    if fact.ring >= limits.supervisor_after and not line.supervisor and not line.claimed:
        found.append(e.SupervisorAlerted(at, line.id, fact.ring))
    return found


def ring_ended(hall: Hall, fact: f.RingEnded, at: int, by: str) -> list[e.Event]:
    """Ring 3 has ended and nobody has lifted: the neighbours (R-PHONE-03)."""
    line = _line(hall, fact.line, by)
    if line is None or line.state is not LineState.RINGING or line.alerted or not in_hours(hall, at):
        return []
    if fact.ring < hall.plan.limits.phone.neighbour_after:
        return []
    return _alert(hall, line, at, fact.ring)


def _alert(hall: Hall, line: Line, at: int, ring: int) -> list[e.Event]:
    desks = neighbours(hall, line.desk)
    return [e.NeighboursAlerted(at, line.id, desks, ring)] if desks else []


def lifted(hall: Hall, fact: f.Lifted, at: int, by: str) -> list[e.Event]:
    """ANSWERED_OWN, ANSWERED_NEIGHBOUR after 代接, or an outgoing call."""
    line = _line(hall, fact.line, by)
    if line is None:
        return []
    if fact.rings == 0:
        return [e.PhoneOutgoing(at, line.id)]
    if line.claimed:
        return [e.PhoneAnswered(at, line.id, line.claimed, fact.rings, neighbour=True)]
    return [e.PhoneAnswered(at, line.id, line.desk, fact.rings)]


def hung_up(hall: Hall, fact: f.HungUp, at: int, by: str) -> list[e.Event]:
    """The end of a call; only its length is kept."""
    line = _line(hall, fact.line, by)
    return [] if line is None else [e.PhoneEnded(at, line.id, fact.talk_ms)]


def ringing_stopped(hall: Hall, fact: f.RingingStopped, at: int, by: str) -> list[e.Event]:
    """Six seconds of silence: abandoned, missed and owed a call, or taken elsewhere by who pressed 代接."""
    line = _line(hall, fact.line, by)
    if line is None:
        return []
    if line.claimed:
        return [e.PhoneAnswered(at, line.id, line.claimed, fact.rings, neighbour=True, inferred=True)]
    if fact.rings < hall.plan.limits.phone.max_rings:
        return [e.PhoneAbandoned(at, line.id, fact.rings)]
    hours = in_hours(hall, at)
    found: list[e.Event] = [e.PhoneMissed(at, line.id, fact.rings, in_hours=hours)]
    if hours:
        # never past the same day (F13: 不过夜)
        last = hall_time(hall, midnight(wall(hall, at)) + DAY_MS - MINUTE_MS)
        due = min(at + hall.plan.limits.phone.callback_due_min * MINUTE_MS, last)
        found.append(e.CallbackOpened(at, line.id, hall.tasks + 1, due))
    return found


def watch_began(hall: Hall, fact: f.WatchBegan, at: int, by: str) -> list[e.Event]:
    """A watcher came up: a call it did not see to its end is over as far as anybody can tell."""
    line = _line(hall, fact.line, by)
    if line is None or line.state is LineState.ON_HOOK:
        return []
    return [e.PhoneUnknown(at, line.id)]


def pickup(hall: Hall, command: c.Pickup, at: int, by: str) -> list[e.Event]:
    """代接: for the line this desk was alerted about."""
    del by
    desk = desk_of(hall, command.desk)
    for line in hall.lines.values():
        if desk.id in line.alerted and line.state is LineState.RINGING:
            if line.claimed:
                raise Rejected("already_claimed", desk=line.claimed)
            return [e.PickupClaimed(at, line.id, desk.id)]
    raise Rejected("no_neighbour_call")


def callback_done(hall: Hall, command: c.CallbackDone, at: int, by: str) -> list[e.Event]:
    """回拨完成: the oldest call owed by this desk's line."""
    del by
    desk = desk_of(hall, command.desk)
    for task in hall.callbacks.values():
        line = hall.lines.get(task.line)  # None when a new plan has no such line
        if line is not None and line.desk == desk.id:
            return [e.CallbackClosed(at, task.line, task.task, desk.id)]
    raise Rejected("no_callback")
