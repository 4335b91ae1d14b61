"""What facts about the hall and its day do to the account (rules.md 3.7, R-CORE-16 to 20, 30, 32)."""

from firmware_py.core import events as e
from tests.core.account import OPEN, TERMINAL, LineCard, Reading, Seat
from tests.core.account_clock import (
    covered,
    day_text,
    in_session,
    minute,
    moment,
    opens_by_itself,
    today,
    wall,
    workdays_later,
)
from tests.core.account_numbers import moved_slot

STANDS_STILL = (e.TicketEvent, e.DeskEvent, e.CallingOpened, e.LunchEnded, e.AlertRaised)
REPORTED = e.Printed | e.PrintFailed | e.PrintUnknown | e.Announced
GOES_ON = REPORTED | e.Rated | e.RatingCorrected | e.RatingLocked | e.RatingClosed | e.InviteFailed


def stands_still(r: Reading, event: e.Event) -> None:
    """R-CORE-30: nothing of the queue moves in an emergency."""
    if r.emergency_at and isinstance(event, STANDS_STILL):
        assert isinstance(event, GOES_ON), f"{event} in an emergency"


def configured(r: Reading, event: e.Configured) -> None:
    r.plan, r.hours = event.plan, event.plan.hours
    r.seats = {desk.id: Seat(services=event.plan.serves(desk)) for desk in event.plan.desks}
    r.lines = {desk.phone: LineCard() for desk in event.plan.desks if desk.phone}
    r.group_calls = {desk.group: 0 for desk in event.plan.desks}
    r.group_run = dict(r.group_calls)


def numbers_known(r: Reading, event: e.NumbersKnown) -> None:
    for prefix, highest in event.highest.items():
        assert highest > r.last_number.get(prefix, 0)
        r.last_number[prefix] = highest


# --- the clock --------------------------------------------------------------------------------------------------------


def restarted(r: Reading, event: e.Restarted) -> None:
    r.offset_ms, r.trusted, r.confirmed = event.offset_ms, event.trusted, bool(event.corrected_ms)


def clock_stepped(r: Reading, event: e.ClockStepped) -> None:
    assert abs(event.offset_ms - r.offset_ms) >= 2000
    r.offset_ms = event.offset_ms


def clock_trusted(r: Reading, event: e.ClockTrusted | e.ClockConfirmed) -> None:
    """R-CORE-20: once; and a battery clock or NTP after a clerk who had only confirmed it."""
    if isinstance(event, e.ClockConfirmed):
        assert not r.trusted and event.staff
        r.confirmed = r.confirmed or event.offset_ms != r.offset_ms
    else:
        assert not r.trusted or r.confirmed
        r.confirmed = False
    r.by_hand = r.by_hand and r.trusted
    r.offset_ms, r.trusted = event.offset_ms, True


# --- the day ----------------------------------------------------------------------------------------------------------


def day_opened(r: Reading, event: e.DayOpened) -> None:
    assert event.day > r.day
    left = [card.number for card in r.cards.values() if card.state in OPEN]
    assert not left, f"a new day begins over {left} (T30)"
    if event.by:
        assert event.by in r.answerers()
    else:
        assert r.trusted, "an untrusted clock opens nothing (R-CORE-20)"
        assert opens_by_itself(r.plan.calendar, event.day)
        assert event.day == today(r, event.at)
    forgotten = [each.code for each in r.bookings.values() if each.day <= r.day and each.code not in r.checked_in]
    assert not forgotten, f"nobody said that {forgotten} were missed"
    r.day, r.cards, r.last_number = event.day, {}, {}
    r.by_hand = bool(event.by) and (not r.trusted or minute(r, event.at) >= r.hours[-1].closes)
    r.calling = r.issue_closed = r.day_closed = False
    r.hurried = []
    r.lunch_at = 0
    r.frozen = []
    r.approvals = {}
    r.voices = set()
    r.alerts = {(kind, subject) for kind, subject in r.alerts if kind == "calendar"}
    r.group_calls = dict.fromkeys(r.group_calls, 0)
    r.group_run = dict.fromkeys(r.group_run, 0)
    for desk, seat in r.seats.items():
        assert not seat.rating, f"a window of yesterday is open at {desk}"
        seat.undo = None
        if seat.state == "closing":
            seat.state = "ready"


def calling_opened(r: Reading, event: e.CallingOpened) -> None:
    """R-CORE-19."""
    assert r.day and not r.calling
    assert r.by_hand or not r.trusted or minute(r, event.at) >= r.hours[0].opens
    r.calling = True


def lunch_began(r: Reading, event: e.LunchBegan) -> None:
    """R-CORE-18."""
    assert r.calling and not r.lunch_at and not r.issue_closed
    assert len(r.hours) > 1 and not in_session(r, event.at)
    assert event.mode == r.plan.limits.day.lunch
    assert event.waiting == len(r.waiting())
    opens = min(hours.opens for hours in r.hours if hours.opens > minute(r, event.at))
    assert event.resumes == moment(r, day_text(wall(r, event.at)), opens)
    r.lunch_at = event.at


def lunch_ended(r: Reading, event: e.LunchEnded) -> None:
    assert r.lunch_at
    r.lunch_at = 0


def issue_closed(r: Reading, event: e.IssueClosed) -> None:
    """R-CORE-16."""
    assert r.day and not r.issue_closed
    believed = r.trusted and not r.by_hand
    assert not believed or today(r, event.at) > r.day or minute(r, event.at) >= r.hours[-1].closes
    assert event.waiting == len(r.waiting())
    r.issue_closed, r.lunch_at = True, 0
    for seat in r.seats.values():
        if seat.state == "ready":
            seat.state = "closing"


def issue_reopened(r: Reading, event: e.IssueReopened) -> None:
    """R-CORE-20: somebody answers for a day that a wrong clock had ended."""
    assert (r.issue_closed or not r.trusted) and event.by in r.answerers()
    r.by_hand = r.by_hand or not r.trusted or minute(r, event.at) >= r.hours[-1].closes
    if r.by_hand:
        r.lunch_at = 0
    r.issue_closed = r.day_closed = False
    for seat in r.seats.values():
        if seat.state == "closing":
            seat.state = "ready"


def day_closed(r: Reading, event: e.DayClosed) -> None:
    """Invariant 7: a supervisor may end it over people, whose tickets are unserved then."""
    assert r.day and not r.day_closed
    assert r.issue_closed or event.by
    assert all(card.state in TERMINAL for card in r.cards.values())
    if event.by:
        assert event.by in r.answerers() and event.reason
    elif not r.issue_closed:
        raise AssertionError("closed before T_close")
    r.day_closed = True
    r.hurried = []


# --- emergencies ------------------------------------------------------------------------------------------------------


def emergency_began(r: Reading, event: e.EmergencyBegan) -> None:
    assert not r.emergency_at and event.by in r.answerers() and event.reason
    r.emergency_at = event.at


def emergency_ended(r: Reading, event: e.EmergencyEnded) -> None:
    assert r.emergency_at and event.by
    assert event.lasted_ms == event.at - r.emergency_at
    r.frozen.append((r.emergency_at, event.at))
    for card in r.cards.values():
        if card.slot[1]:
            card.slot = moved_slot(card.slot, r.emergency_at, event.at)
    r.emergency_at = 0


# --- other hours ------------------------------------------------------------------------------------------------------


def hours_announced(r: Reading, event: e.HoursAnnounced) -> None:
    """R-CORE-32: two working days of notice at least, or it is an emergency."""
    assert event.change not in r.hours_announced
    assert event.approver in r.answerers() and event.reason
    calendar = r.plan.calendar
    if not event.emergency:
        assert event.effective >= workdays_later(calendar, today(r, event.at), calendar.notice_lead_wd)
    r.hours_announced[event.change] = event
    r.hours_effective[event.change] = event.effective


def hours_shown(r: Reading, event: e.HoursShown) -> None:
    assert event.change in r.hours_announced and event.change not in r.hours_shown
    assert event.day == today(r, event.at)
    r.hours_shown[event.change] = event.day


def long_enough_shown(r: Reading, change: int) -> bool:
    """Whether two working days lay between the first display and the day it takes effect."""
    shown, calendar = r.hours_shown.get(change, ""), r.plan.calendar
    if not shown or not covered(calendar, shown):
        return False
    return workdays_later(calendar, shown, calendar.notice_lead_wd) <= r.hours_effective[change]


def hours_changed(r: Reading, event: e.HoursChanged) -> None:
    """Invariant 22; its violation is checked once the whole decision is there."""
    change = r.hours_announced[event.change]
    assert r.hours_effective[event.change] <= r.day
    assert long_enough_shown(r, event.change) or change.emergency
    r.hours = change.hours


def hours_held_back(r: Reading, event: e.HoursHeldBack) -> None:
    change = r.hours_announced[event.change]
    assert not change.emergency and r.hours_effective[event.change] <= r.day
    assert not long_enough_shown(r, event.change)
    assert event.until > r.day
    r.hours_effective[event.change] = event.until
