"""What facts about the hall and its day make of the hall."""

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.changing import Handlers, desk_after
from firmware_py.core.emergency import thawed_desk, thawed_ticket
from firmware_py.core.hall import Group, Hall
from firmware_py.core.model import Desk, HoursChange, Line
from firmware_py.core.schedule import no_hours_now, over_at, wall
from firmware_py.core.workdays import days_before

REDEEMED_WITHIN_D = 7
"""Days for which an unserved ticket may still be redeemed (T30)."""


def _configured(hall: Hall, event: e.Configured) -> None:
    if event.plan.hours != hall.plan.hours or not hall.hours:
        hall.hours = event.plan.hours  # else an announced change stays in force
    hall.follow(event.plan)
    hall.over_at = over_at(hall)
    kept = {number: desk for number, desk in hall.desks.items() if desk.ticket or desk.rating}
    planned = {
        desk.id: replace(
            hall.desks.get(desk.id) or Desk(desk.id, since=event.at), services=event.plan.serves(desk), tide=False
        )
        for desk in event.plan.desks
    }
    hall.desks = kept | planned  # a desk taken out of the plan keeps its citizen until the day is over
    hall.groups = {desk.group: hall.groups.get(desk.group) or Group() for desk in event.plan.desks}
    hall.lines = {
        desk.phone: replace(hall.lines.get(desk.phone) or Line(desk.phone, desk.id), desk=desk.id)
        for desk in event.plan.desks
        if desk.phone
    }


def _numbers_known(hall: Hall, event: e.NumbersKnown) -> None:
    for prefix, highest in event.highest.items():
        hall.issued[prefix] = max(hall.issued.get(prefix, 0), highest)


def _restarted(hall: Hall, event: e.Restarted) -> None:
    """Within one boot hall time has run on, so that a clock that reads something else has been stepped meanwhile."""
    if not event.same_boot:
        known = hall.offset_ms if hall.clock_trusted else max(hall.offset_ms, hall.floor_offset_ms)
        hall.floor_offset_ms = hall.last_at + known - event.at
        _day_read_with(hall, event.offset_ms, event.at)
    hall.restarted_at = event.at
    hall.offset_ms = event.offset_ms
    hall.clock_trusted, hall.corrected_ms = event.trusted, event.corrected_ms
    hall.over_at = over_at(hall)


def _clock_stepped(hall: Hall, event: e.ClockStepped) -> None:
    hall.offset_ms = event.offset_ms
    hall.over_at = over_at(hall)


def _clock_trusted(hall: Hall, event: e.ClockTrusted) -> None:
    hall.corrected_ms = 0
    _vouched_for(hall, event.offset_ms, event.at)


def _clock_confirmed(hall: Hall, event: e.ClockConfirmed) -> None:
    hall.corrected_ms += event.offset_ms - hall.offset_ms
    _vouched_for(hall, event.offset_ms, event.at)


def _vouched_for(hall: Hall, offset_ms: int, at: int) -> None:
    """Only now is it known what day it is; a day that a person opened meanwhile is today's, whatever it was called."""
    if not hall.clock_trusted and not hall.by_hand:
        _day_read_with(hall, offset_ms, at)
    if not hall.clock_trusted:
        hall.by_hand = False
    hall.offset_ms = offset_ms
    hall.clock_trusted = True
    hall.over_at = over_at(hall)


def _day_read_with(hall: Hall, offset_ms: int, at: int) -> None:
    """The wall now reads hall time plus ``offset_ms`` and goes on from what it read last, as far as anybody knows; but
    the day was not opened later than it is ``at`` this moment."""
    opened_ms = hall.opened_ms + hall.offset_ms - hall.day_offset_ms
    now = wall(hall, at) - hall.offset_ms + offset_ms
    hall.day_offset_ms, hall.opened_ms = offset_ms, min(opened_ms, now)


def _day_opened(hall: Hall, event: e.DayOpened) -> None:
    if hall.day:
        hall.issued_on[hall.day] = hall.issued
    hall.issued = hall.issued_on.pop(event.day, {})
    for day in [*hall.issued_on][:-REDEEMED_WITHIN_D]:  # those opened last stand last
        del hall.issued_on[day]
    ended = min(hall.day or event.day, event.day)  # the date that begins may yet prove wrong, and lose nobody anything
    hall.bookings = {
        code: each for code, each in hall.bookings.items() if not each.ticket and (each.day >= ended or not each.missed)
    }
    oldest = days_before(ended, REDEEMED_WITHIN_D - 1)
    hall.unserved = {key: service for key, service in hall.unserved.items() if key >= oldest}
    hall.day, hall.day_offset_ms = event.day, hall.offset_ms
    hall.opened_ms = wall(hall, event.at)
    hall.over_at = over_at(hall)
    hall.by_hand = bool(event.by) and no_hours_now(hall, event.at)
    hall.calling = hall.issue_closed = hall.closed = False
    hall.lunch_at = 0
    hall.frozen = []
    hall.approvals.clear()
    hall.alerts = {key: alert for key, alert in hall.alerts.items() if key[0] == "calendar"}
    for queues in hall.lanes.values():
        queues.clear()
    for mapping in (hall.tickets, hall.by_key, hall.printing, hall.answers, hall.waiting_in):
        mapping.clear()
    hall.open_tickets = hall.targeted = 0
    hall.back.clear()
    hall.aside.clear()
    hall.voices.clear()
    hall.announced = []
    hall.groups = {name: Group() for name in hall.groups}
    for desk_id in hall.desks:
        hall.desks[desk_id] = desk_after(hall, desk_id, event)


def _calling_opened(hall: Hall, _: e.CallingOpened) -> None:
    hall.calling = True


def _lunch_began(hall: Hall, event: e.LunchBegan) -> None:
    hall.lunch_at = event.at


def _lunch_ended(hall: Hall, _: e.LunchEnded) -> None:
    hall.lunch_at = 0


def _issue_closed(hall: Hall, event: e.IssueClosed) -> None:
    hall.issue_closed = True
    hall.lunch_at = 0
    for desk_id in hall.desks:
        hall.desks[desk_id] = desk_after(hall, desk_id, event)


def _issue_reopened(hall: Hall, event: e.IssueReopened) -> None:
    hall.issue_closed = hall.closed = False
    hall.by_hand = hall.by_hand or no_hours_now(hall, event.at)
    if hall.by_hand:
        hall.lunch_at = 0  # noon is one of the clock's hours
    for desk_id in hall.desks:
        hall.desks[desk_id] = desk_after(hall, desk_id, event)


def _day_closed(hall: Hall, _: e.DayClosed) -> None:
    hall.closed = True


def _hours_announced(hall: Hall, event: e.HoursAnnounced) -> None:
    hall.hours_changes[event.change] = HoursChange(event.change, event.hours, event.effective, event.emergency)


def _hours_shown(hall: Hall, event: e.HoursShown) -> None:
    hall.hours_changes[event.change] = replace(hall.hours_changes[event.change], shown=event.day)


def _hours_changed(hall: Hall, event: e.HoursChanged) -> None:
    for number, change in hall.hours_changes.items():
        if change.state == "active":
            hall.hours_changes[number] = replace(change, state="past")
    change = hall.hours_changes[event.change]
    hall.hours_changes[event.change] = replace(change, state="active")
    hall.hours = change.hours


def _hours_held_back(hall: Hall, event: e.HoursHeldBack) -> None:
    hall.hours_changes[event.change] = replace(hall.hours_changes[event.change], effective=event.until)


def _emergency_began(hall: Hall, event: e.EmergencyBegan) -> None:
    hall.emergency_at = event.at


def _emergency_ended(hall: Hall, event: e.EmergencyEnded) -> None:
    began, ended = hall.emergency_at, event.at
    hall.frozen.append((began, ended))
    hall.emergency_at = 0
    for number, ticket in hall.tickets.items():
        hall.tickets[number] = thawed_ticket(ticket, began, ended)  # neither state nor key: no lane moves
    for desk_id, desk in hall.desks.items():
        hall.desks[desk_id] = thawed_desk(desk, began, ended)


EVOLVE: Handlers = {
    e.Configured: _configured,
    e.NumbersKnown: _numbers_known,
    e.Restarted: _restarted,
    e.ClockStepped: _clock_stepped,
    e.ClockTrusted: _clock_trusted,
    e.ClockConfirmed: _clock_confirmed,
    e.DayOpened: _day_opened,
    e.CallingOpened: _calling_opened,
    e.LunchBegan: _lunch_began,
    e.LunchEnded: _lunch_ended,
    e.IssueClosed: _issue_closed,
    e.IssueReopened: _issue_reopened,
    e.DayClosed: _day_closed,
    e.HoursAnnounced: _hours_announced,
    e.HoursShown: _hours_shown,
    e.HoursChanged: _hours_changed,
    e.HoursHeldBack: _hours_held_back,
    e.EmergencyBegan: _emergency_began,
    e.EmergencyEnded: _emergency_ended,
}
