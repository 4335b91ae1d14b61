"""Deciding by time alone: opening, closing, and everything that waited long enough (rules.md 3.7).

``due`` names the next moment at which ``tick`` may have something to say; a shell sleeps until then.
"""

from firmware_py.core import absence, coverage, desk_fault, leaving, transferring, visiting
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.business_day import by_the_wall, closes_at, when_empty
from firmware_py.core.hall import Hall
from firmware_py.core.model import LIVED_WITH
from firmware_py.core.rating import window_due, window_timed_out
from firmware_py.core.schedule import MINUTE_MS, boundaries
from firmware_py.core.self_test import self_test_over_at
from firmware_py.core.states import DeskState

# looking a member up in its class costs five times a global, and time is asked of every desk after every command
WAIT, FAULT = DeskState.WAIT, DeskState.FAULT


def tick(hall: Hall, at: int) -> list[e.Event]:
    """The one next thing that time has made true by ``at``; ask again until there is none."""
    found = _timers(hall, at) or by_the_wall(hall, at) or when_empty(hall, at)
    return found or ([] if hall.emergency_at else coverage.tick(hall, at))


def _timers(hall: Hall, at: int) -> list[e.Event]:
    limits = hall.plan.limits
    for number, since in hall.printing.items():
        if at >= since + limits.kiosk.print_timeout_s * 1000:
            return [e.PrintUnknown(at, number, "no_outcome")]
        break  # in order of time
    if hall.emergency_at:
        return []  # R-CORE-30: all others stand still
    for desk in hall.desks.values():
        if desk.rating and at >= window_due(hall, desk):
            return [window_timed_out(hall, desk, at)]
        if desk.state is WAIT and at >= desk.since + limits.desk.wait_max_min * MINUTE_MS:
            return leaving.waited_too_long(hall, desk, at)
        if desk.away_since and (missed := absence.tick(hall, desk, at)):
            return [missed]
        if (hall.devices or desk.state is FAULT) and (found := desk_fault.tick(hall, desk, at)):
            return found
        if desk.testing_since and at >= self_test_over_at(desk):
            return [e.SelfTestEnded(at, desk.id)]
    return visiting.tick(hall, at) or (transferring.guided(hall, at) if hall.alerts else [])


def due(hall: Hall, at: int) -> int:
    """Hall time of the next moment worth a ``tick``, later than ``at`` or already past."""
    limits = hall.plan.limits
    moments = [boundaries(hall, at)] if hall.hours else []
    for since in hall.printing.values():
        moments.append(since + limits.kiosk.print_timeout_s * 1000)
        break
    if hall.emergency_at:
        return min(moments, default=at + MINUTE_MS)
    for desk in hall.desks.values():
        if desk.rating:
            moments.append(window_due(hall, desk))
        if desk.state is WAIT:
            moments.append(desk.since + limits.desk.wait_max_min * MINUTE_MS)
        if desk.away_since and (moment := absence.due(hall, desk, at)):
            moments.append(moment)
        if hall.devices and (moment := desk_fault.due(hall, desk)):
            moments.append(moment)
        if desk.testing_since:
            moments.append(self_test_over_at(desk))
    if moment := closes_at(hall):
        moments.append(moment)
    if limit_due := visiting.due(hall):
        moments.append(limit_due)
    if moment := coverage.due(hall, at):
        moments.append(moment)
    return min(moments, default=at + MINUTE_MS)


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
    if device == "keypad" and reason not in LIVED_WITH:  # the other keys still take a level
        for desk in hall.desks.values():
            ticket = hall.tickets.get(desk.rating)
            if ticket is not None and ticket.evaluator == instance and not ticket.level:
                found.append(e.InviteFailed(at, ticket.number, desk.id, "evaluator_fault"))
    return found
