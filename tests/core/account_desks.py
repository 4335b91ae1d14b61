"""What facts about the day, the desks and the telephones do to the account (rules.md 3.4, 3.7, 3.9)."""

from firmware_py.core import events as e
from tests.core.account import OPEN, TERMINAL, LineCard, Reading, Seat

# --- the day ----------------------------------------------------------------------------------------------------------


def configured(r: Reading, event: e.Configured) -> None:
    r.plan = event.plan
    r.seats = {desk.id: Seat() for desk in event.plan.desks}
    r.lines = {desk.phone: LineCard() for desk in event.plan.desks if desk.phone}
    r.group_calls = {desk.group: 0 for desk in event.plan.desks}
    r.group_run = dict(r.group_calls)


def numbers_known(r: Reading, event: e.NumbersKnown) -> None:
    for prefix, highest in event.highest.items():
        assert highest > r.last_number.get(prefix, 0)
        r.last_number[prefix] = highest


def day_opened(r: Reading, event: e.DayOpened) -> None:
    assert event.day > r.day
    left = [card.number for card in r.cards.values() if card.state in OPEN]
    assert not left, f"a new day begins over {left} (T30)"
    r.day, r.cards, r.last_number = event.day, {}, {}
    r.calling = r.issue_closed = r.day_closed = False
    r.group_calls = dict.fromkeys(r.group_calls, 0)
    r.group_run = dict.fromkeys(r.group_run, 0)
    for seat in r.seats.values():
        if seat.state == "closing":
            seat.state = "ready"


def calling_opened(r: Reading, event: e.CallingOpened) -> None:
    assert r.day and not r.calling
    r.calling = True


def issue_closed(r: Reading, event: e.IssueClosed) -> None:
    assert not r.issue_closed
    assert event.waiting == len(r.waiting())
    r.issue_closed = True
    for seat in r.seats.values():
        if seat.state == "ready":
            seat.state = "closing"


def day_closed(r: Reading, event: e.DayClosed) -> None:
    """Invariant 7."""
    assert r.issue_closed
    assert all(card.state in TERMINAL for card in r.cards.values())
    r.day_closed = True


# --- desks ------------------------------------------------------------------------------------------------------------


def logged_in(r: Reading, event: e.LoggedIn) -> None:
    assert event.staff not in {seat.staff for seat in r.seats.values()}, "one active desk per person"
    r.seat(event.desk, {"closed"}, "ready").staff = event.staff


def logged_out(r: Reading, event: e.LoggedOut) -> None:
    seat = r.seats[event.desk]
    assert seat.staff and not seat.ticket and not seat.rating
    seat.state, seat.staff = "closed", ""


def desk_waits(r: Reading, event: e.DeskWaits) -> None:
    r.seat(event.desk, {"ready"}, "wait")


def desk_paused(r: Reading, event: e.DeskPaused) -> None:
    r.seat(event.desk, {"ready", "wait"}, "paused")


def pause_pending(r: Reading, event: e.PausePending) -> None:
    r.seat(event.desk, {"serving", "rating"}, "pause_pending")


def desk_resumed(r: Reading, event: e.DeskResumed) -> None:
    seat = r.seats[event.desk]
    back = ("serving" if seat.ticket else "rating") if seat.state == "pause_pending" else "ready"
    r.seat(event.desk, {"wait", "paused", "pause_pending"}, back)


# --- telephones -------------------------------------------------------------------------------------------------------


def rang(r: Reading, event: e.Rang) -> None:
    r.lines[event.line].rings = event.ring


def claimed(r: Reading, event: e.PickupClaimed) -> None:
    assert not r.lines[event.line].claimed
    r.lines[event.line].claimed = event.desk


def answered(r: Reading, event: e.PhoneAnswered) -> None:
    """Invariant 19: never more rings than were seen."""
    line = r.lines[event.line]
    assert event.rings <= line.rings
    assert event.neighbour == bool(line.claimed)
    r.lines[event.line] = LineCard(talking=not event.inferred)


def quiet(r: Reading, event: e.LineEvent) -> None:
    r.lines[event.line] = LineCard(talking=isinstance(event, e.PhoneOutgoing))


def missed(r: Reading, event: e.PhoneMissed) -> None:
    assert event.rings >= r.plan.limits.phone.max_rings
    quiet(r, event)


def abandoned(r: Reading, event: e.PhoneAbandoned) -> None:
    assert event.rings < r.plan.limits.phone.max_rings
    quiet(r, event)


def callback_opened(r: Reading, event: e.CallbackOpened) -> None:
    assert event.task not in r.callbacks
    r.callbacks[event.task] = event.line


def callback_closed(r: Reading, event: e.CallbackClosed) -> None:
    del r.callbacks[event.task]
