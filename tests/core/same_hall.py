"""Comparing halls: with each other, whatever they were rebuilt from, and with the pencilled account."""

from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Ticket
from firmware_py.core.snapshot import freeze
from firmware_py.core.states import TERMINAL, Lane, TicketState
from tests.core.account import OPEN, Card, Reading, Seat
from tests.core.account import TERMINAL as OVER


def assert_same_hall(one: Hall, other: Hall) -> None:
    """The same in everything, what a snapshot leaves out included."""
    assert freeze(one) == freeze(other)
    for name in Hall.__slots__:
        if name not in {"lanes", "groups", "printing", "waiting_in"}:
            assert getattr(one, name) == getattr(other, name), name
    assert all(one.waiting(service.id) == other.waiting(service.id) for service in one.plan.services)
    assert list(one.printing.items()) == list(other.printing.items())
    for lane, queues in one.lanes.items():
        assert {service: list(keys) for service, keys in queues.items()} == {
            service: list(keys) for service, keys in other.lanes[lane].items()
        }


def check_account(reading: Reading, hall: Hall) -> None:
    """What the hall is, and what rules.md 3.6 says it must be."""
    assert hall.seq == reading.seq  # 14
    assert (hall.day, hall.calling, hall.issue_closed) == (reading.day, reading.calling, reading.issue_closed)
    assert (hall.closed, hall.clock_trusted, hall.offset_ms) == (
        reading.day_closed,
        reading.trusted,
        reading.offset_ms,
    )
    assert (hall.emergency_at, bool(hall.lunch_at)) == (reading.emergency_at, bool(reading.lunch_at))
    assert hall.hours == reading.hours
    assert {name: group.calls for name, group in hall.groups.items()} == reading.group_calls
    assert {name: group.prio_run for name, group in hall.groups.items()} == reading.group_run
    assert set(hall.approvals) == set(reading.approvals)
    assert {(kind, subject) for kind, subject in hall.alerts} == reading.alerts
    assert set(hall.callbacks) == set(reading.tasks)
    assert set(hall.devices) == reading.down
    _tickets(reading, hall)
    _desks(reading, hall)
    _queues(hall)


def _tickets(reading: Reading, hall: Hall) -> None:
    assert list(hall.tickets) == list(reading.cards)  # 1: nothing lost, nothing twice
    open_, over = 0, 0
    for number, ticket in hall.tickets.items():
        card = reading.cards[number]
        _ticket(card, ticket)
        open_ += card.state in OPEN
        over += card.state in OVER
    assert open_ == hall.open_tickets
    assert open_ + over == len(hall.tickets)  # 1


def _ticket(card: Card, ticket: Ticket) -> None:
    assert ticket.state.value == card.state, ticket
    assert (ticket.accepted_at, ticket.ordinal - 1) == card.key  # 16
    assert (ticket.service, ticket.klass.value) == (card.service, card.klass), ticket
    assert (ticket.desk, ticket.calls) == (card.desk, card.calls) or card.state not in {"called", "serving"}
    assert ticket.level == (card.levels[-1] if card.levels else 0)
    if card.state == "waiting":
        first = {Lane.GRANTED: "granted", Lane.HANDED: "handed"}.get(ticket.lane, "")
        assert (first, ticket.target) == (card.first, card.target), ticket
    assert list(ticket.legs) == card.legs
    assert card.state != "held" or ticket.back == card.back
    if card.state == "done":  # 9
        assert card.invitations == card.finishes > 0, card


def _desks(reading: Reading, hall: Hall) -> None:
    at_desks: list[str] = []
    for desk in hall.desks.values():
        _desk(hall, desk, reading.seats[desk.id])
        at_desks += [number for number in (desk.ticket, desk.rating) if number]
    busy = {TicketState.CALLED, TicketState.SERVING, TicketState.RATING}
    assert sorted(at_desks) == sorted(t.number for t in hall.tickets.values() if t.state in busy)  # 2


def _desk(hall: Hall, desk: Desk, seat: Seat) -> None:
    assert desk.state.value == seat.state, (desk, seat)
    assert (desk.ticket, desk.rating) == (seat.ticket, seat.rating)
    session = desk.session
    assert (
        (session.staff, session.role, session.acting_for) == (seat.staff, seat.role, seat.acting_for)
        if session
        else (not seat.staff)
    )
    assert (set(desk.services), desk.tide) == (set(seat.services), seat.tide)
    assert (desk.interrupted, desk.testing) == (seat.interrupted, seat.testing)
    assert not desk.ticket or hall.tickets[desk.ticket].state.value in {"called", "serving"}
    assert not desk.rating or hall.tickets[desk.rating].state is TicketState.RATING


def _queues(hall: Hall) -> None:
    waiting = {t.key: t.number for t in hall.tickets.values() if t.state is TicketState.WAITING}
    assert hall.by_key == waiting
    queued = [(lane, queue, key) for lane, qs in hall.lanes.items() for queue, keys in qs.items() for key in keys]
    assert sorted(key for _, _, key in queued) == sorted(waiting)
    counted: dict[str, int] = {}
    for lane, queue, key in queued:
        ticket = hall.tickets[waiting[key]]
        assert (ticket.lane, ticket.queue) == (lane, queue)
        counted[ticket.service] = counted.get(ticket.service, 0) + 1
    assert {service: n for service, n in hall.waiting_in.items() if n} == counted
    assert all(keys for queues in hall.lanes.values() for keys in queues.values())
    printing = {t.number for t in hall.tickets.values() if t.state is TicketState.PRINTING}
    assert set(hall.printing) == printing
    assert hall.open_tickets == sum(t.state not in TERMINAL for t in hall.tickets.values())
