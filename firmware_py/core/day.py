"""Deciding by time alone: opening, closing, and everything that waited long enough (rules.md 3.7).

``due`` names the next moment at which ``tick`` may have something to say; a shell sleeps until then.
"""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.rating import window_due, window_timed_out
from firmware_py.core.schedule import (
    MINUTE_MS,
    boundaries,
    calling_opens,
    closing,
    date_of,
    day_over,
    hall_time,
    midnight,
    opening,
    wall,
)
from firmware_py.core.states import TERMINAL, DeskState, TicketState


def tick(hall: Hall, at: int) -> list[e.Event]:
    """The one next thing that time has made true by ``at``; ask again until there is none."""
    return _timers(hall, at) or _calendar(hall, at)


def _timers(hall: Hall, at: int) -> list[e.Event]:
    limits = hall.plan.limits
    for number, since in hall.printing.items():
        if at >= since + limits.kiosk.print_timeout_s * 1000:
            return [e.PrintUnknown(at, number, "no_outcome")]
        break  # in order of time
    for desk in hall.desks.values():
        if desk.rating and at >= window_due(hall, desk):
            return [window_timed_out(hall, desk, at)]
        if desk.state is DeskState.WAIT and at >= desk.since + limits.desk.wait_max_min * MINUTE_MS:
            return [e.DeskPaused(at, desk.id, "wait_too_long")]
    return []


def _calendar(hall: Hall, at: int) -> list[e.Event]:
    if not hall.hours:
        return []
    now = wall(hall, at)
    over = day_over(hall, at)
    if over and opening(hall, now) <= now < closing(hall, now):
        return [*_sweep(hall, at), e.DayOpened(at, date_of(now))]
    if hall.day and not over and not hall.calling and calling_opens(hall, now) <= now:
        return [e.CallingOpened(at, hall_time(hall, closing(hall, now)))]
    if hall.day and not hall.issue_closed and (over or closing(hall, now) <= now):
        return [e.IssueClosed(at, sum(hall.waiting(service.id) for service in hall.plan.services))]
    if hall.issue_closed and not hall.closed and not hall.open_tickets:
        return [e.DayClosed(at)]
    return []


def _sweep(hall: Hall, at: int) -> list[e.Event]:
    """T30: what an earlier day left open, and whoever forgot to log out; early birds of today stay.

    Who was only asked to rate has been served: that window ends as by its timeout (T22, T23).
    """
    found = [window_timed_out(hall, desk, at) for desk in hall.desks.values() if desk.rating]
    found += [
        e.Unserved(at, ticket.number, ticket.state.value)
        for ticket in hall.tickets.values()
        if ticket.state not in TERMINAL and ticket.state is not TicketState.RATING
    ]
    today = midnight(wall(hall, at))
    found += [
        e.LoggedOut(at, desk.id)
        for desk in hall.desks.values()
        if desk.session is not None and wall(hall, desk.session.since) < today
    ]
    return found


def due(hall: Hall, at: int) -> int:
    """Hall time of the next moment worth a ``tick``, later than ``at`` or already past."""
    limits = hall.plan.limits
    moments = [boundaries(hall, at)] if hall.hours else []
    for since in hall.printing.values():
        moments.append(since + limits.kiosk.print_timeout_s * 1000)
        break
    for desk in hall.desks.values():
        if desk.rating:
            moments.append(window_due(hall, desk))
        if desk.state is DeskState.WAIT:
            moments.append(desk.since + limits.desk.wait_max_min * MINUTE_MS)
    return min(moments, default=at + MINUTE_MS)


def clock_read(hall: Hall, wall_utc_ms: int, at: int) -> list[e.Event]:
    """The wall clock was looked at: a step of two seconds or more is a fact (R-CORE-20)."""
    offset = wall_utc_ms - at
    return [e.ClockStepped(at, offset)] if abs(offset - hall.offset_ms) >= 2000 else []


def device_down(hall: Hall, fact: f.DeviceDown, at: int, by: str) -> list[e.Event]:
    """A device of an instance with a journal; a rating window on a dead evaluator ends (T23)."""
    return _device(hall, by, fact.device, fact.reason, at)


def device_up(hall: Hall, fact: f.DeviceUp, at: int, by: str) -> list[e.Event]:
    """It works again."""
    return _device(hall, by, fact.device, "", at)


def report_device(hall: Hall, command: c.ReportDevice, at: int, by: str) -> list[e.Event]:
    """The same from an instance that keeps no journal."""
    return _device(hall, by, command.device, command.reason, at)


def _device(hall: Hall, instance: str, device: str, reason: str, at: int) -> list[e.Event]:
    known = hall.devices.get((instance, device))
    if reason == (known.reason if known else ""):
        return []
    if not reason:
        return [e.DeviceMended(at, instance, device)]
    found: list[e.Event] = [e.DeviceFailed(at, instance, device, reason)]
    if device == "keypad":
        for desk in hall.desks.values():
            ticket = hall.tickets.get(desk.rating)
            if ticket is not None and ticket.evaluator == instance and not ticket.level:
                found.append(e.InviteFailed(at, ticket.number, desk.id, "evaluator_fault"))
    return found
