"""What facts about the hall and its day make of the hall."""

from msgspec.structs import replace

from firmware_py.core import events as e
from firmware_py.core.changing import Handlers, desk_after
from firmware_py.core.hall import Group, Hall
from firmware_py.core.model import Desk, Line


def _configured(hall: Hall, event: e.Configured) -> None:
    hall.plan = event.plan
    hall.hours = event.plan.hours
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
    hall.restarted_at = event.at
    hall.offset_ms = hall.day_offset_ms = event.offset_ms


def _clock_stepped(hall: Hall, event: e.ClockStepped) -> None:
    hall.offset_ms = event.offset_ms


def _day_opened(hall: Hall, event: e.DayOpened) -> None:
    hall.day, hall.day_offset_ms = event.day, hall.offset_ms
    hall.calling = hall.issue_closed = hall.closed = False
    for queues in hall.lanes.values():
        queues.clear()
    for mapping in (hall.issued, hall.tickets, hall.by_key, hall.printing, hall.answers, hall.waiting_in):
        mapping.clear()
    hall.open_tickets = 0
    hall.announced = []
    hall.groups = {name: Group() for name in hall.groups}
    for desk_id in hall.desks:
        hall.desks[desk_id] = desk_after(hall, desk_id, event)


def _calling_opened(hall: Hall, _: e.CallingOpened) -> None:
    hall.calling = True


def _issue_closed(hall: Hall, event: e.IssueClosed) -> None:
    hall.issue_closed = True
    for desk_id in hall.desks:
        hall.desks[desk_id] = desk_after(hall, desk_id, event)


def _day_closed(hall: Hall, _: e.DayClosed) -> None:
    hall.closed = True


EVOLVE: Handlers = {
    e.Configured: _configured,
    e.NumbersKnown: _numbers_known,
    e.Restarted: _restarted,
    e.ClockStepped: _clock_stepped,
    e.DayOpened: _day_opened,
    e.CallingOpened: _calling_opened,
    e.IssueClosed: _issue_closed,
    e.DayClosed: _day_closed,
}
