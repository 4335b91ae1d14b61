"""Deciding about telephones (rules.md 3.9, 3.10): who is asked to answer, who did, and what a call came to.

Ring counting is ``ring``'s; here its facts meet the desks. No telephone ever moves a ticket, no ticket ever changes
what a call came to (invariant 18). For whom a call counts is settled when it begins, by where its desk's staff are.
"""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.callbacks import owe_call, owe_record
from firmware_py.core.calling import desk_of
from firmware_py.core.hall import Hall
from firmware_py.core.model import Line
from firmware_py.core.neighbours import answers_itself, claim_stands, neighbours, picked_up_at
from firmware_py.core.overlap import overlap_ms
from firmware_py.core.ring import DEVICE
from firmware_py.core.schedule import in_hours
from firmware_py.core.states import LineState
from firmware_py.errors import Rejected

CALLER_DIGITS = 16
"""A caller is known by so many hexadecimal digits of a keyed hash, which name nobody (R-PHONE-10)."""


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
    if not answers_itself(hall, hall.desks[line.desk]) and not line.alerted:
        found += _alert(hall, line, at, fact.ring)
    late = fact.ring >= hall.plan.limits.phone.supervisor_after
    if late and not line.supervisor and not claim_stands(line, fact.ring):
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


def caller_known(hall: Hall, fact: f.CallerKnown, at: int, by: str) -> list[e.Event]:
    """Who is calling, as a hash; anything that could be a number is thrown away here (R-PHONE-10).

    It belongs to the call that rings; during a conversation to the second call that knocks.
    """
    line = _line(hall, fact.line, by)
    if line is None or line.state is LineState.ON_HOOK or fact.caller == line.caller:
        return []
    if len(fact.caller) != CALLER_DIGITS or not set(fact.caller) <= set("0123456789abcdef"):
        return []
    return [e.CallerNoted(at, line.id, fact.caller)]


def lifted(hall: Hall, fact: f.Lifted, at: int, by: str) -> list[e.Event]:
    """ANSWERED_OWN, ANSWERED_NEIGHBOUR after 代接, or an outgoing call."""
    line = _line(hall, fact.line, by)
    if line is None:
        return []
    if fact.rings == 0:
        return [e.PhoneOutgoing(at, line.id)]
    return _answered(hall, line, at, fact.rings, line.claimed or line.desk)


def _answered(
    hall: Hall, line: Line, at: int, rings: int, desk: int, *, neighbour: bool = False, inferred: bool = False
) -> list[e.Event]:
    neighbour = neighbour or bool(line.claimed)
    answered = e.PhoneAnswered(at, line.id, desk, rings, neighbour, inferred, line.charged)
    return [answered, *owe_record(hall, line, at)]


def hung_up(hall: Hall, fact: f.HungUp, at: int, by: str) -> list[e.Event]:
    """The end of a call; its length is kept, and how much of it a citizen sat there."""
    line = _line(hall, fact.line, by)
    if line is None:
        return []
    return [e.PhoneEnded(at, line.id, fact.talk_ms, max(0, min(overlap_ms(line, at), fact.talk_ms)))]


def ringing_stopped(hall: Hall, fact: f.RingingStopped, at: int, by: str) -> list[e.Event]:
    """Six seconds of silence: taken elsewhere by who pressed 代接 or who lifted just then, abandoned, or missed.

    Who pressed 代接 counts if the call rang at most once more, or if their own telephone was lifted just then; else
    they never came, and the call is as missed as any (invariant 20). On a line that shows no hook the desk itself may
    have answered: what somebody did with 代接 stands, everything else would be a guess.
    """
    line = _line(hall, fact.line, by)
    if line is None:
        return []
    taken_at = line.claimed if claim_stands(line, fact.rings) else 0
    if not taken_at and fact.hook_seen:
        taken_at = picked_up_at(hall, line, at)
    if taken_at:
        return _answered(hall, line, at, fact.rings, taken_at, neighbour=True, inferred=True)
    hours = in_hours(hall, at)
    if not fact.hook_seen:
        return [e.PhoneUnknown(at, line.id, fact.rings, hours)]
    if fact.rings < hall.plan.limits.phone.max_rings:
        return [e.PhoneAbandoned(at, line.id, fact.rings), *_unanswered(hall, line, at, hours=hours)]
    found: list[e.Event] = [e.PhoneMissed(at, line.id, fact.rings, hours, line.charged)]
    if hours:
        found += owe_call(hall, line, at)
    return [*found, *_unanswered(hall, line, at, hours=hours)]


def second_call_ended(hall: Hall, fact: f.SecondCallEnded, at: int, by: str) -> list[e.Event]:
    """BUSY_MISSED: somebody else called during a conversation and gave up; a call is owed in hours (R-PHONE-06)."""
    line = _line(hall, fact.line, by)
    if line is None:
        return []
    hours = in_hours(hall, at)
    found: list[e.Event] = [e.PhoneBusyMissed(at, line.id, fact.rings, hours)]
    if hours:
        found += owe_call(hall, line, at)
    return [*found, *_complaint_unanswered(hall, line, at, hours=hours)]


def _unanswered(hall: Hall, line: Line, at: int, *, hours: bool) -> list[e.Event]:
    """What an unanswered call in hours may be besides: a closed desk's, or the complaint line's (R-PHONE-08, 3.10)."""
    found = _complaint_unanswered(hall, line, at, hours=hours)
    if hours and line.uncovered:
        found.append(e.FindingRaised(at, "phone_uncovered", desk=line.desk, line=line.id))
    return found


def _complaint_unanswered(hall: Hall, line: Line, at: int, *, hours: bool) -> list[e.Event]:
    plan = hall.plan.desk(line.desk)
    if not hours or plan is None or not plan.complaint_line:
        return []
    return [e.FindingRaised(at, "complaint_line", desk=line.desk, line=line.id)]


def watch_began(hall: Hall, fact: f.WatchBegan, at: int, by: str) -> list[e.Event]:
    """A watcher came up: a call it did not see to its end is over as far as anybody can tell, and so is a fault of the
    line it has not found again."""
    line = _line(hall, fact.line, by)
    if line is None:
        return []
    found: list[e.Event] = [] if line.state is LineState.ON_HOOK else [e.PhoneUnknown(at, line.id)]
    if (by, DEVICE) in hall.devices:
        found.append(e.DeviceMended(at, by, DEVICE))
    return found


def pickup(hall: Hall, command: c.Pickup, at: int, by: str) -> list[e.Event]:
    """代接: for the line this desk was alerted about; again where it rings on although somebody had pressed it.

    Raises:
        Rejected: ``already_claimed`` or ``no_neighbour_call``.
    """
    del by
    desk = desk_of(hall, command.desk)
    claimed = 0
    for line in hall.lines.values():
        if desk.id in line.alerted and line.state is LineState.RINGING:
            if not claim_stands(line, line.ring):
                return [e.PickupClaimed(at, line.id, desk.id)]
            claimed = line.claimed
    if claimed:
        raise Rejected("already_claimed", desk=claimed)
    raise Rejected("no_neighbour_call")
