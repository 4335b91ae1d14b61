"""Deciding when a business day opens, pauses at noon, and closes: by the wall clock, or by a person (rules.md 3.7).

A clock nobody vouches for decides nothing: the day that is in progress goes on, and no other begins by itself. The same
holds for a day opened by hand after its hours; it ends when somebody closes it, or with the next morning (R-CORE-20).
"""

from itertools import pairwise

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.approving import answers
from firmware_py.core.assigning import rota_of_day
from firmware_py.core.callbacks import all_owed
from firmware_py.core.hall import Hall
from firmware_py.core.hours_changes import at_opening
from firmware_py.core.model import Booking
from firmware_py.core.plan import Hours
from firmware_py.core.rating import window_timed_out
from firmware_py.core.schedule import (
    DAY_MS,
    MINUTE_MS,
    clock_text,
    closing,
    date_of,
    day_over,
    hall_time,
    midnight,
    no_hours_now,
    opening,
    wall,
)
from firmware_py.core.states import TERMINAL, TicketState
from firmware_py.core.workdays import covers, surely_opens_on
from firmware_py.errors import Rejected


def by_the_wall(hall: Hall, at: int) -> list[e.Event]:
    """The next of opening, calling, noon and closing that the wall clock has brought.

    A step back before T_open takes no opening of calling back: people are already on their way to the desks, and a
    hall that falls silent over their heads does more harm than one that began too early (R-CORE-19). Nor does a step
    back before T_close open issuing again; that is for a duty person to say (``open_day``).
    """
    if not hall.hours or not hall.clock_trusted:
        return []
    if hall.alerts and (covered := _calendar_known(hall, at)):
        return covered
    if at >= hall.over_at:
        return _new_day(hall, wall(hall, at), at)
    if hall.issue_closed or hall.by_hand:
        return []
    now = wall(hall, at)
    minute = now % DAY_MS // MINUTE_MS
    hours = hall.hours
    if not hall.calling:
        return [_calling(hall, now, at)] if minute >= hours[0].opens and not hall.emergency_at else []
    if len(hours) > 1:
        lunch = _noon(hall, now, minute, at)
        if lunch:
            return lunch
    return [_issue_closed(hall, at)] if minute >= hours[-1].closes else []


def when_empty(hall: Hall, at: int) -> list[e.Event]:
    """The day closes with nobody left, and nobody who may still be brought back by 撤销 (R-CORE-16, R-CORE-29); whoever
    booked and did not come has missed it (R-CORE-08)."""
    if hall.issue_closed and not hall.closed and not hall.open_tickets and not hall.emergency_at and at >= _calm(hall):
        return _closed(hall, at)
    return []


def closes_at(hall: Hall) -> int:
    """Hall time at which a day that nobody is left in closes; 0 = it is not so, or has been."""
    return _calm(hall) if hall.issue_closed and not hall.closed and not hall.open_tickets else 0


def _calm(hall: Hall) -> int:
    """Hall time from which no desk may take anything back any more; 0 when none has done anything."""
    undo_ms = hall.plan.limits.desk.undo_s * 1000
    return max((desk.undo.at + undo_ms + 1 for desk in hall.desks.values() if desk.undo is not None), default=0)


def open_day(hall: Hall, command: c.OpenDay, at: int, by: str) -> list[e.Event]:
    """A duty person opens the day, whatever clock and calendar say; where the clock's hours cannot be believed or are
    over, calling begins at once, and otherwise at T_open (R-CORE-19).

    A day that is running goes on instead, with its numbers: where issuing had stopped before T_close, because the clock
    was stepped past it, or because nobody vouches for the clock since the controller came up.

    Raises:
        Rejected: ``approval_needed``, ``reason_needed``, ``closing_passed`` (``time``: T_close), or ``day_running``
            (``day``), ``day_unconfirmed`` while nobody vouches for the clock: everything goes on already.
    """
    given = answers(hall, by, command.reason)
    now = wall(hall, at)
    if not day_over(hall, at):
        return _reopened(hall, now, at, given.approver)
    found = _opened(hall, date_of(now), at, given.approver)
    if no_hours_now(hall, at):
        found.append(_calling(hall, now, at))
    return found


def _reopened(hall: Hall, now: int, at: int, by: str) -> list[e.Event]:
    if hall.issue_closed and hall.clock_trusted and no_hours_now(hall, at):
        raise Rejected("closing_passed", time=clock_text(hall.hours[-1].closes) if hall.hours else "")
    stopped = hall.issue_closed or not (hall.clock_trusted or hall.by_hand)
    found: list[e.Event] = [e.IssueReopened(at, by)] if stopped else []
    if not hall.calling and no_hours_now(hall, at):
        found.append(_calling(hall, now, at))
    if not found:
        raise Rejected("day_running" if hall.clock_trusted else "day_unconfirmed", day=hall.day)
    return found


def close_day(hall: Hall, command: c.CloseDay, at: int, by: str) -> list[e.Event]:
    """The end of a day over tickets that are still open: possible, and a finding (R-CORE-17, invariant 7).

    A day that does not keep the clock's hours stops issuing first, and whoever waits is still served; asked again, it
    ends.

    Raises:
        Rejected: ``approval_needed``, ``reason_needed``, ``day_closed``, ``before_closing`` (``time``: T_close).
    """
    given = answers(hall, by, command.reason)
    if not hall.day or hall.closed:
        raise Rejected("day_closed")
    if not hall.issue_closed:
        if hall.clock_trusted and not hall.by_hand:
            raise Rejected("before_closing", time=clock_text(hall.hours[-1].closes) if hall.hours else "")
        return [_issue_closed(hall, at)]
    return [*_left_over(hall, at, given.approver), *_closed(hall, at, given.approver, given.reason)]


# --- its parts --------------------------------------------------------------------------------------------------------


def _closed(hall: Hall, at: int, by: str = "", reason: str = "") -> list[e.Event]:
    ended = min(hall.day, date_of(wall(hall, at)))  # a clock that was wrong may have called it by a date to come
    calls, records = all_owed(hall)
    return [*_missed(hall, ended, at), e.DayClosed(at, by, reason, calls, records)]


def _new_day(hall: Hall, now: int, at: int) -> list[e.Event]:
    if hall.emergency_at:
        return [] if not hall.day or hall.issue_closed else [_issue_closed(hall, at)]
    day = date_of(now)
    if surely_opens_on(hall.plan.calendar, day) and opening(hall, now) <= now < closing(hall, now):
        return _opened(hall, day, at)
    return [_issue_closed(hall, at)] if hall.day and not hall.issue_closed else []


def _opened(hall: Hall, day: str, at: int, by: str = "") -> list[e.Event]:
    found = [*_sweep(hall, at, by), e.DayOpened(at, day, by), *at_opening(hall, day, at), *rota_of_day(hall, at, day)]
    year = int(day[:4]) + 1
    if day[5:7] == "12" and not covers(hall.plan.calendar, year) and ("calendar", str(year)) not in hall.alerts:
        found.append(e.AlertRaised(at, "calendar", str(year), year))
    return found


def _calendar_known(hall: Hall, at: int) -> list[e.Event]:
    for kind, year in hall.alerts:
        if kind == "calendar" and covers(hall.plan.calendar, int(year)):
            return [e.AlertCleared(at, kind, year)]
    return []


def _calling(hall: Hall, now: int, at: int) -> e.CallingOpened:
    minute = now % DAY_MS // MINUTE_MS
    closes = 24 * 60
    if not no_hours_now(hall, at):
        closes = next(each.closes for each in hall.hours if minute < each.closes)
    return e.CallingOpened(at, hall_time(hall, midnight(now) + closes * MINUTE_MS))


def _noon(hall: Hall, now: int, minute: int, at: int) -> list[e.Event]:
    """R-CORE-18: the morning's closing and the afternoon's opening; a clock set back into the morning ends noon too."""
    resumes = _resumes(hall.hours, minute)
    if not hall.lunch_at:
        if not resumes:
            return []
        waiting = sum(hall.waiting_in.values())
        moment = hall_time(hall, midnight(now) + resumes * MINUTE_MS)
        return [e.LunchBegan(at, hall.plan.limits.day.lunch, waiting, moment)]
    return [] if resumes or hall.emergency_at else [e.LunchEnded(at)]


def _resumes(hours: tuple[Hours, ...], minute: int) -> int:
    """The minute at which the next session opens, when ``minute`` lies between two; else 0."""
    for morning, afternoon in pairwise(hours):
        if morning.closes <= minute < afternoon.opens:
            return afternoon.opens
    return 0


def _issue_closed(hall: Hall, at: int) -> e.IssueClosed:
    return e.IssueClosed(at, sum(hall.waiting_in.values()))


def _sweep(hall: Hall, at: int, opener: str) -> list[e.Event]:
    """T30: what an earlier day left open, and whoever forgot to log out; early birds of today stay, and so does the
    ``opener``, who is plainly there."""
    found = [*_left_over(hall, at), *_missed(hall, date_of(wall(hall, at)), at, before=True)]
    today = midnight(wall(hall, at))
    found += [
        e.LoggedOut(at, desk.id)
        for desk in hall.desks.values()
        if desk.session is not None and desk.session.staff != opener and wall(hall, desk.session.since) < today
    ]
    return found


def _left_over(hall: Hall, at: int, by: str = "") -> list[e.Event]:
    """Who was only asked to rate has been served: the window ends as by its timeout (T22); others are unserved."""
    found = [window_timed_out(hall, desk, at) for desk in hall.desks.values() if desk.rating]
    left: list[e.Event] = [
        e.Unserved(at, ticket.number, ticket.state.value)
        for ticket in hall.tickets.values()
        if ticket.state not in TERMINAL and ticket.state is not TicketState.RATING
    ]
    if left:
        left.append(e.FindingRaised(at, "tickets_left", by=by, detail=str(len(left))))
    return [*found, *left]


def _missed(hall: Hall, day: str, at: int, *, before: bool = False) -> list[e.Event]:
    return [
        e.BookingMissed(at, each.code)
        for each in hall.bookings.values()
        if not each.missed and not _kept(hall, each) and (each.day < day or (each.day == day and not before))
    ]


def _kept(hall: Hall, booking: Booking) -> bool:
    """Whether somebody has checked in; of a void ticket nobody ever held the slip, or it was a mistake."""
    ticket = hall.tickets.get(booking.ticket)
    return bool(booking.ticket) and (ticket is None or ticket.state is not TicketState.VOID)
