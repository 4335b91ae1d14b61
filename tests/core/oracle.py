"""A clerk with a pencil: reads the hall's events one by one and keeps account of them as rules.md 3.2–3.6 says.

Written from the rules, not from the code: one card per number, one seat per desk, and an ``assert`` wherever an event
may not follow. Slow and obvious on purpose.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from firmware_py.core import events as e
from firmware_py.core.plan import Plan

OPEN = {"printing", "waiting", "called", "serving", "held", "passed", "rating"}
TERMINAL = {"done", "cancelled", "void", "expired", "unserved"}


@dataclass
class Card:
    """One number of today."""

    number: str
    service: str
    klass: str
    taken_at: int
    place: int
    kiosk: str
    state: str = "printing"
    unconfirmed: bool = False
    handed_back: bool = False
    desk: int = 0
    calls: int = 0
    called_at: int = 0
    last_call_at: int = 0
    final: bool = False
    returns: int = 0
    ripe_at: int = 0
    group: str = ""
    finishes: int = 0
    implicit: bool = False
    finished_by: str = ""
    invitations: int = 0
    window: int = 0
    opened_at: int = 0
    levels: list[int] = field(default_factory=list)
    first_elapsed: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """(accepted_at, seq) of R-CORE-04."""
        return self.taken_at, self.place


@dataclass
class Seat:
    """One desk."""

    state: str = "closed"
    staff: str = ""
    ticket: str = ""
    rating: str = ""


@dataclass
class LineCard:
    """One telephone line."""

    rings: int = 0
    talking: bool = False
    claimed: int = 0


class Reading:
    """What the events so far amount to."""

    def __init__(self) -> None:
        self.seq = 0
        self.plan = Plan("", "", (), ())
        self.day = ""
        self.calling = self.issue_closed = self.day_closed = False
        self.cards: dict[str, Card] = {}
        self.seats: dict[int, Seat] = {}
        self.lines: dict[str, LineCard] = {}
        self.callbacks: dict[int, str] = {}
        self.last_number: dict[str, int] = {}
        self.group_calls: dict[str, int] = {}
        self.group_run: dict[str, int] = {}

    def add(self, event: e.Event) -> None:
        """One more event."""
        self.seq += 1
        READ[type(event)](self, event)

    # --- reading aids -------------------------------------------------------------------------------------------------

    def waiting(self) -> list[Card]:
        return sorted((card for card in self.cards.values() if card.state == "waiting"), key=lambda card: card.key)

    def group_of(self, desk: int) -> str:
        return next(each.group for each in self.plan.desks if each.id == desk)

    def services_of(self, desk: int) -> tuple[str, ...]:
        return next(each.services for each in self.plan.desks if each.id == desk)

    def move(self, event: e.TicketEvent, old: set[str], new: str) -> Card:
        """The card follows the event, which is only lawful in these states (rules.md 3.3)."""
        card = self.cards[event.ticket]
        assert card.state in old, f"{event} meets a ticket in {card.state}"
        card.state = new
        return card

    def seat(self, desk: int, old: set[str], new: str) -> Seat:
        """The desk follows, from these states only (rules.md 3.4); "ready" after T_close is "closing"."""
        seat = self.seats[desk]
        if "ready" in old:
            old = old | {"closing"}
        assert seat.state in old, f"desk {desk} is {seat.state}"
        seat.state = "closing" if new == "ready" and self.issue_closed else new
        return seat


# --- the day ----------------------------------------------------------------------------------------------------------


def _configured(r: Reading, event: e.Configured) -> None:
    r.plan = event.plan
    r.seats = {desk.id: Seat() for desk in event.plan.desks}
    r.lines = {desk.phone: LineCard() for desk in event.plan.desks if desk.phone}
    r.group_calls = {desk.group: 0 for desk in event.plan.desks}
    r.group_run = dict(r.group_calls)


def _numbers_known(r: Reading, event: e.NumbersKnown) -> None:
    for prefix, highest in event.highest.items():
        assert highest > r.last_number.get(prefix, 0)
        r.last_number[prefix] = highest


def _day_opened(r: Reading, event: e.DayOpened) -> None:
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


def _calling_opened(r: Reading, event: e.CallingOpened) -> None:
    assert r.day and not r.calling
    r.calling = True


def _issue_closed(r: Reading, event: e.IssueClosed) -> None:
    assert not r.issue_closed
    assert event.waiting == len(r.waiting())
    r.issue_closed = True
    for seat in r.seats.values():
        if seat.state == "ready":
            seat.state = "closing"


def _day_closed(r: Reading, event: e.DayClosed) -> None:
    """Invariant 7."""
    assert r.issue_closed
    assert all(card.state in TERMINAL for card in r.cards.values())
    r.day_closed = True


# --- tickets ----------------------------------------------------------------------------------------------------------


def _taken(r: Reading, event: e.Taken) -> None:
    """T01, R-CORE-03, invariants 1 and 5 (the window is the schedule's)."""
    assert r.day and not r.issue_closed
    assert event.ticket not in r.cards, "a number issued twice in one day"
    prefix = next(service.prefix for service in r.plan.services if service.id == event.service)
    number = r.last_number.get(prefix, 0) + 1
    assert event.ticket == prefix + str(number).rjust(3, "0")
    r.last_number[prefix] = number
    r.cards[event.ticket] = Card(event.ticket, event.service, event.klass, event.at, len(r.cards), event.kiosk)


def _printed(r: Reading, event: e.Printed) -> None:
    card = r.cards[event.ticket]
    assert card.state == "printing" or card.unconfirmed
    r.move(event, {"printing", "waiting"}, "waiting").unconfirmed = False


def _print_failed(r: Reading, event: e.PrintFailed) -> None:
    card = r.cards[event.ticket]
    assert card.state == "printing" or card.unconfirmed
    r.move(event, {"printing", "waiting"}, "void")


def _print_unknown(r: Reading, event: e.PrintUnknown) -> None:
    r.move(event, {"printing"}, "waiting").unconfirmed = True


def _cancelled(r: Reading, event: e.Cancelled) -> None:
    r.move(event, {"waiting"}, "cancelled")


def _called(r: Reading, event: e.Called) -> None:
    """T06 and T13; who it may be is ``next_ticket``'s business, checked before."""
    assert r.calling, "invariant 5: no call before T_open"
    if event.final:
        assert r.issue_closed
        card = r.move(event, {"passed", "held"}, "called")
    else:
        card = r.move(event, {"waiting"}, "called")
    group = r.group_of(event.desk)
    r.group_calls[group] += 1
    if event.rule in {"green", "guard", "ordinary", "returned"}:
        r.group_run[group] = r.group_run[group] + 1 if event.rule == "green" else 0
    card.desk, card.group, card.final = event.desk, group, event.final
    card.calls, card.called_at, card.last_call_at = 1, event.at, event.at
    r.seat(event.desk, {"ready", "rating"}, "calling").ticket = card.number


def _recalled(r: Reading, event: e.Recalled) -> None:
    """T08."""
    card = r.move(event, {"called"}, "called")
    assert not card.final
    assert event.at - card.last_call_at >= r.plan.limits.call.recall_gap_s * 1000
    card.calls, card.last_call_at = card.calls + 1, event.at
    assert event.calls == card.calls <= r.plan.limits.call.max_calls


def _arrived(r: Reading, event: e.Arrived) -> None:
    card = r.move(event, {"called"}, "serving")
    if event.implicit:  # T25
        assert event.at - card.called_at >= r.plan.limits.call.implicit_after_s * 1000
    r.seat(event.desk, {"calling"}, "serving")


def _patience_s(r: Reading, card: Card) -> int:
    limits = r.plan.limits.call
    return limits.noshow_green_s if card.klass == "G" else limits.noshow_min_s


def _passed(r: Reading, event: e.Passed) -> None:
    """T10, invariant 8."""
    card = r.move(event, {"called"}, "passed")
    assert not card.final
    assert card.calls >= r.plan.limits.call.max_calls
    assert event.at - card.called_at >= _patience_s(r, card) * 1000
    r.seat(event.desk, {"calling"}, "ready").ticket = ""


def _expired(r: Reading, event: e.Expired) -> None:
    """T14, invariant 6."""
    card = r.move(event, {"called"}, "expired")
    assert card.final
    assert event.at - card.called_at >= _patience_s(r, card) * 1000
    r.seat(card.desk, {"calling"}, "ready").ticket = ""


def _withdrawn(r: Reading, event: e.Withdrawn) -> None:
    """T11."""
    card = r.move(event, {"called"}, "waiting")
    card.handed_back, card.desk, card.calls = True, 0, 0
    r.seat(event.desk, {"calling"}, "ready").ticket = ""


def _returned(r: Reading, event: e.Returned) -> None:
    """T12; and T25's holder, whom a 3-key pad finished without ever seeing."""
    card = r.cards[event.ticket]
    if card.state == "done":
        assert card.implicit and not card.levels and not r.day_closed
    r.move(event, {"passed", "done"}, "waiting")
    card.returns += 1
    assert card.returns <= r.plan.limits.passing.max_returns
    card.klass, card.handed_back, card.desk, card.implicit = "R", False, 0, False
    card.ripe_at = r.group_calls[card.group] + r.plan.limits.passing.return_after
    assert event.ripe_at == card.ripe_at


def _held(r: Reading, event: e.Held) -> None:
    """T16: the desk is free, or takes the pause it had put off."""
    r.move(event, {"serving"}, "held")
    seat = r.seats[event.desk]
    r.seat(event.desk, {"serving", "pause_pending"}, "paused" if seat.state == "pause_pending" else "ready").ticket = ""


def _resumed(r: Reading, event: e.Resumed) -> None:
    """T17."""
    r.move(event, {"held"}, "serving").desk = event.desk
    r.seat(event.desk, {"ready", "rating"}, "serving").ticket = event.ticket


def _finished(r: Reading, event: e.Finished) -> None:
    """T20."""
    card = r.move(event, {"serving"}, "rating")
    assert card.desk == event.desk
    seat = r.seats[event.desk]
    assert event.staff == seat.staff
    assert not seat.rating, "invariant 2: one rating at a desk"
    card.finishes, card.implicit, card.finished_by = card.finishes + 1, event.implicit, event.staff
    r.seat(event.desk, {"serving", "pause_pending"}, seat.state if seat.state == "pause_pending" else "rating")
    seat.ticket, seat.rating = "", card.number


def _rating_opened(r: Reading, event: e.RatingOpened) -> None:
    card = r.move(event, {"rating"}, "rating")
    assert event.evaluator == next(desk.evaluator for desk in r.plan.desks if desk.id == event.desk)
    card.invitations, card.window, card.opened_at = card.invitations + 1, r.seq, event.at


def _rated(r: Reading, event: e.Rated) -> None:
    """T21, invariant 9: at most one rating, by the desk that finished, inside the window."""
    card = r.move(event, {"rating"}, "rating")
    assert not card.levels and event.level in {1, 2, 3, 4, 5}
    assert card.desk == event.desk and r.seats[event.desk].rating == card.number
    assert 0 <= event.elapsed_ms <= r.plan.limits.eval.window_s * 1000
    card.levels, card.first_elapsed = [event.level], event.elapsed_ms


def _rating_corrected(r: Reading, event: e.RatingCorrected) -> None:
    card = r.move(event, {"rating"}, "rating")
    assert card.levels and event.level != card.levels[-1]
    assert 0 <= event.elapsed_ms - card.first_elapsed <= r.plan.limits.eval.correct_s * 1000
    card.levels.append(event.level)


def _window_over(r: Reading, event: e.RatingLocked | e.RatingClosed | e.InviteFailed) -> Card:
    card = r.move(event, {"rating"}, "done")
    seat = r.seats[event.desk]
    assert seat.rating == card.number
    seat.rating = ""
    if seat.state == "rating":
        r.seat(event.desk, {"rating"}, "ready")
    elif seat.state == "pause_pending" and not seat.ticket:
        seat.state = "paused"
    return card


def _rating_locked(r: Reading, event: e.RatingLocked) -> None:
    assert _window_over(r, event).levels


def _rating_closed(r: Reading, event: e.RatingClosed) -> None:
    """T22: nobody rated, and nobody was hurried."""
    served = r.cards.get(r.seats[event.desk].ticket)
    card = _window_over(r, event)
    assert not card.levels
    assert event.reason in {"timeout", "next_arrived"}
    if event.reason == "next_arrived":
        assert served is not None and served.state == "serving"
        assert event.at - card.opened_at >= r.plan.limits.eval.min_open_s * 1000


def _invite_failed(r: Reading, event: e.InviteFailed) -> None:
    """T23."""
    card = _window_over(r, event)
    assert not card.levels
    card.invitations += card.invitations < card.finishes


def _unserved(r: Reading, event: e.Unserved) -> None:
    """T30."""
    card = r.move(event, OPEN, "unserved")
    for seat in r.seats.values():
        if card.number in {seat.ticket, seat.rating}:
            seat.ticket = "" if seat.ticket == card.number else seat.ticket
            seat.rating = "" if seat.rating == card.number else seat.rating
            if not seat.ticket and not seat.rating and seat.state not in {"wait", "paused", "closed"}:
                seat.state = "ready"


# --- desks ------------------------------------------------------------------------------------------------------------


def _logged_in(r: Reading, event: e.LoggedIn) -> None:
    assert event.staff not in {seat.staff for seat in r.seats.values()}, "one active desk per person"
    r.seat(event.desk, {"closed"}, "ready").staff = event.staff


def _logged_out(r: Reading, event: e.LoggedOut) -> None:
    seat = r.seats[event.desk]
    assert seat.staff and not seat.ticket and not seat.rating
    seat.state, seat.staff = "closed", ""


def _desk_waits(r: Reading, event: e.DeskWaits) -> None:
    r.seat(event.desk, {"ready"}, "wait")


def _desk_paused(r: Reading, event: e.DeskPaused) -> None:
    r.seat(event.desk, {"ready", "wait"}, "paused")


def _pause_pending(r: Reading, event: e.PausePending) -> None:
    r.seat(event.desk, {"serving", "rating"}, "pause_pending")


def _desk_resumed(r: Reading, event: e.DeskResumed) -> None:
    seat = r.seats[event.desk]
    back = ("serving" if seat.ticket else "rating") if seat.state == "pause_pending" else "ready"
    r.seat(event.desk, {"wait", "paused", "pause_pending"}, back)


# --- telephones -------------------------------------------------------------------------------------------------------


def _rang(r: Reading, event: e.Rang) -> None:
    r.lines[event.line].rings = event.ring


def _claimed(r: Reading, event: e.PickupClaimed) -> None:
    assert not r.lines[event.line].claimed
    r.lines[event.line].claimed = event.desk


def _answered(r: Reading, event: e.PhoneAnswered) -> None:
    """Invariant 19: never more rings than were seen."""
    line = r.lines[event.line]
    assert event.rings <= line.rings
    assert event.neighbour == bool(line.claimed)
    r.lines[event.line] = LineCard(talking=not event.inferred)


def _quiet(r: Reading, event: e.LineEvent) -> None:
    r.lines[event.line] = LineCard(talking=isinstance(event, e.PhoneOutgoing))


def _missed(r: Reading, event: e.PhoneMissed) -> None:
    assert event.rings >= r.plan.limits.phone.max_rings
    _quiet(r, event)


def _abandoned(r: Reading, event: e.PhoneAbandoned) -> None:
    assert event.rings < r.plan.limits.phone.max_rings
    _quiet(r, event)


def _callback_opened(r: Reading, event: e.CallbackOpened) -> None:
    assert event.task not in r.callbacks
    r.callbacks[event.task] = event.line


def _callback_closed(r: Reading, event: e.CallbackClosed) -> None:
    del r.callbacks[event.task]


def _nothing(r: Reading, event: e.Event) -> None:
    """For the record."""


READ: dict[type, Callable[..., None]] = {
    e.Configured: _configured,
    e.NumbersKnown: _numbers_known,
    e.Restarted: _nothing,
    e.ClockStepped: _nothing,
    e.DayOpened: _day_opened,
    e.CallingOpened: _calling_opened,
    e.IssueClosed: _issue_closed,
    e.DayClosed: _day_closed,
    e.Taken: _taken,
    e.Printed: _printed,
    e.PrintFailed: _print_failed,
    e.PrintUnknown: _print_unknown,
    e.Cancelled: _cancelled,
    e.Called: _called,
    e.Recalled: _recalled,
    e.Arrived: _arrived,
    e.Passed: _passed,
    e.Expired: _expired,
    e.Withdrawn: _withdrawn,
    e.Returned: _returned,
    e.Held: _held,
    e.Resumed: _resumed,
    e.Finished: _finished,
    e.RatingOpened: _rating_opened,
    e.Rated: _rated,
    e.RatingCorrected: _rating_corrected,
    e.RatingLocked: _rating_locked,
    e.RatingClosed: _rating_closed,
    e.InviteFailed: _invite_failed,
    e.Unserved: _unserved,
    e.StrayRating: _nothing,
    e.LoggedIn: _logged_in,
    e.LoggedOut: _logged_out,
    e.DeskWaits: _desk_waits,
    e.DeskPaused: _desk_paused,
    e.PausePending: _pause_pending,
    e.DeskResumed: _desk_resumed,
    e.Rang: _rang,
    e.NeighboursAlerted: _nothing,
    e.SupervisorAlerted: _nothing,
    e.PickupClaimed: _claimed,
    e.PhoneAnswered: _answered,
    e.PhoneAbandoned: _abandoned,
    e.PhoneMissed: _missed,
    e.PhoneOutgoing: _quiet,
    e.PhoneEnded: _quiet,
    e.CallbackOpened: _callback_opened,
    e.CallbackClosed: _callback_closed,
    e.DeviceFailed: _nothing,
    e.DeviceMended: _nothing,
}
"""Events of later releases stand in no row: met today, they are a defect."""
