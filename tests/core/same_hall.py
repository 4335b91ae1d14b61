"""Comparing halls: with each other, whatever they were rebuilt from, and with the pencilled account."""

from firmware_py.core.hall import Hall
from firmware_py.core.snapshot import freeze
from firmware_py.core.states import TERMINAL, TicketState
from tests.core.account import OPEN, Reading
from tests.core.account import TERMINAL as OVER


def assert_same_hall(one: Hall, other: Hall) -> None:
    """The same in everything, what a snapshot leaves out included."""
    assert freeze(one) == freeze(other)
    assert one.by_key == other.by_key
    assert list(one.printing.items()) == list(other.printing.items())
    assert one.open_tickets == other.open_tickets
    for lane, queues in one.lanes.items():
        assert {service: list(keys) for service, keys in queues.items()} == {
            service: list(keys) for service, keys in other.lanes[lane].items()
        }


def check_account(reading: Reading, hall: Hall) -> None:
    """What the hall is, and what rules.md 3.6 says it must be."""
    assert hall.seq == reading.seq  # 14
    assert (hall.day, hall.calling, hall.issue_closed) == (reading.day, reading.calling, reading.issue_closed)
    assert {name: group.calls for name, group in hall.groups.items()} == reading.group_calls
    assert {name: group.prio_run for name, group in hall.groups.items()} == reading.group_run
    _tickets(reading, hall)
    _desks(reading, hall)
    _queues(hall)


def _tickets(reading: Reading, hall: Hall) -> None:
    assert list(hall.tickets) == list(reading.cards)  # 1: nothing lost, nothing twice
    open_, over = 0, 0
    for number, ticket in hall.tickets.items():
        card = reading.cards[number]
        assert ticket.state.value == card.state
        assert (ticket.accepted_at, ticket.ordinal - 1) == card.key  # 16
        assert ticket.klass.value == card.klass
        assert (ticket.desk, ticket.calls) == (card.desk, card.calls) or card.state not in {"called", "serving"}
        assert ticket.level == (card.levels[-1] if card.levels else 0)
        open_ += card.state in OPEN
        over += card.state in OVER
        if card.state == "done":  # 9
            assert card.invitations == card.finishes > 0
    assert open_ == hall.open_tickets
    assert open_ + over == len(hall.tickets)  # 1


def _desks(reading: Reading, hall: Hall) -> None:
    at_desks: list[str] = []
    for desk in hall.desks.values():
        seat = reading.seats[desk.id]
        assert desk.state.value == seat.state
        assert (desk.ticket, desk.rating) == (seat.ticket, seat.rating)
        assert (desk.session.staff if desk.session else "") == seat.staff
        assert not desk.ticket or hall.tickets[desk.ticket].state.value in {"called", "serving"}
        assert not desk.rating or hall.tickets[desk.rating].state is TicketState.RATING
        at_desks += [number for number in (desk.ticket, desk.rating) if number]
    busy = {TicketState.CALLED, TicketState.SERVING, TicketState.RATING}
    assert sorted(at_desks) == sorted(t.number for t in hall.tickets.values() if t.state in busy)  # 2


def _queues(hall: Hall) -> None:
    waiting = {t.key: t.number for t in hall.tickets.values() if t.state is TicketState.WAITING}
    assert hall.by_key == waiting
    queued = [(lane, service, key) for lane, qs in hall.lanes.items() for service, keys in qs.items() for key in keys]
    assert sorted(key for _, _, key in queued) == sorted(waiting)
    for lane, service, key in queued:
        ticket = hall.tickets[waiting[key]]
        assert (ticket.lane, ticket.service) == (lane, service)
    assert all(keys for queues in hall.lanes.values() for keys in queues.values())
    printing = {t.number for t in hall.tickets.values() if t.state is TicketState.PRINTING}
    assert set(hall.printing) == printing
    assert hall.open_tickets == sum(t.state not in TERMINAL for t in hall.tickets.values())
