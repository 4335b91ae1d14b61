"""What facts about telephones and devices do to the account (rules.md 3.9, 3.10; invariants 19 and 20)."""

from firmware_py.core import events as e
from tests.core.account import LineCard, Reading
from tests.core.account_clock import in_session, opens_by_itself, today


def rang(r: Reading, event: e.Rang) -> None:
    r.lines[event.line].rings = event.ring


def neighbours_alerted(r: Reading, event: e.NeighboursAlerted) -> None:
    """R-PHONE-04: never the desk itself, never one nobody sits at."""
    own = next(desk.id for desk in r.plan.desks if desk.phone == event.line)
    assert event.desks and own not in event.desks
    assert all(r.seats[desk].staff for desk in event.desks)
    r.lines[event.line].alerted = event.desks


def supervisor_alerted(r: Reading, event: e.SupervisorAlerted) -> None:
    assert event.ring >= r.plan.limits.phone.supervisor_after


def caller_noted(r: Reading, event: e.CallerNoted) -> None:
    """R-PHONE-10: a hash of a caller, nothing that could be a number."""
    assert len(event.caller) == 16 and set(event.caller) <= set("0123456789abcdef")
    r.lines[event.line].caller = event.caller


def claimed(r: Reading, event: e.PickupClaimed) -> None:
    line = r.lines[event.line]
    assert not line.claimed and event.desk in line.alerted
    line.claimed = event.desk


def answered(r: Reading, event: e.PhoneAnswered) -> None:
    """Invariant 19: never more rings than were seen."""
    line = r.lines[event.line]
    own = next(desk.id for desk in r.plan.desks if desk.phone == event.line)
    assert event.rings <= line.rings
    assert event.neighbour == (event.desk != own)
    if line.claimed:
        assert event.desk == line.claimed
    elif event.neighbour:
        assert event.inferred, "taken elsewhere, and nobody pressed 代接"
    r.lines[event.line] = LineCard(talking=not event.inferred, caller=line.caller)


def quiet(r: Reading, event: e.LineEvent) -> None:
    r.lines[event.line] = LineCard(talking=isinstance(event, e.PhoneOutgoing))


def missed(r: Reading, event: e.PhoneMissed) -> None:
    """Invariant 20 begins here: a call is owed."""
    assert event.rings >= r.plan.limits.phone.max_rings
    _owed(r, event)
    quiet(r, event)


def busy_missed(r: Reading, event: e.PhoneBusyMissed) -> None:
    assert r.lines[event.line].talking
    _owed(r, event)


def _owed(r: Reading, event: e.PhoneMissed | e.PhoneBusyMissed) -> None:
    day = today(r, event.at)
    if r.day == day or opens_by_itself(r.plan.calendar, day):
        assert event.in_hours == in_session(r, event.at)
    if event.in_hours:
        r.owed.append(event.line)


def abandoned(r: Reading, event: e.PhoneAbandoned) -> None:
    assert event.rings < r.plan.limits.phone.max_rings
    quiet(r, event)


def callback_opened(r: Reading, event: e.CallbackOpened) -> None:
    """R-PHONE-06: one call for one caller."""
    assert event.task not in r.tasks and event.due > event.at
    if event.caller:
        owed = {caller for _, caller, kind in r.tasks.values() if kind == "call"}
        assert event.caller not in owed, "two calls are owed to one caller"
    r.tasks[event.task] = event.line, event.caller, "call"
    r.owed.remove(event.line)


def callback_merged(r: Reading, event: e.CallbackMerged) -> None:
    _, caller, kind = r.tasks[event.task]
    assert caller and kind == "call"
    r.owed.remove(event.line)


def callback_closed(r: Reading, event: e.CallbackClosed) -> None:
    assert r.tasks.pop(event.task)[2] == "call"


def record_owed(r: Reading, event: e.RecordOwed) -> None:
    """R-PHONE-08."""
    assert event.task not in r.tasks
    assert next(desk for desk in r.plan.desks if desk.phone == event.line).complaint_line
    r.tasks[event.task] = event.line, "", "record"


def record_filed(r: Reading, event: e.RecordFiled) -> None:
    assert r.tasks.pop(event.task)[2] == "record"


# --- devices ----------------------------------------------------------------------------------------------------------


def device_failed(r: Reading, event: e.DeviceFailed) -> None:
    r.down.add((event.instance, event.device))


def device_mended(r: Reading, event: e.DeviceMended) -> None:
    r.down.remove((event.instance, event.device))
