"""The invariants of rules.md 3.6 the core alone can keep, each a check with its number.

Those about a single fact stand where that fact is read: 3, 4 in ``call_rules``; 5 in ``account_numbers``; 6, 8, 12, 13
in ``account_tickets``; 9 in ``account_ratings``; 17 in ``account_desks``; 19, 20 in ``account_lines``; 22 in
``account_day``. 14 and 15 are ``same_hall`` and the restarts of the random days. 21 and 24 are not the core's.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from tests.core.account import OPEN, TERMINAL, Reading
from tests.core.account_clock import service_ms
from tests.core.account_day import long_enough_shown
from tests.core.account_oversight import open_desks

MINUTE = 60_000


def numbers_are_accounted_for(r: Reading, hall: Hall, at: int) -> None:
    """1: issued = terminal + non-terminal; none twice."""
    del at
    issued = [card for card in r.cards.values() if card.state in OPEN | TERMINAL]
    assert len(issued) == len(r.cards) == len(hall.tickets)
    assert hall.open_tickets == sum(card.state in OPEN for card in r.cards.values())


def one_ticket_one_desk(r: Reading, hall: Hall, at: int) -> None:
    """2."""
    del r, at
    at_desks = [number for desk in hall.desks.values() for number in (desk.ticket, desk.rating) if number]
    assert len(at_desks) == len(set(at_desks))
    for desk in hall.desks.values():
        assert not desk.ticket or hall.tickets[desk.ticket].state.value in {"called", "serving"}
        assert not desk.rating or hall.tickets[desk.rating].state.value == "rating"


def only_final_calls_expire(r: Reading, hall: Hall, at: int) -> None:
    """6."""
    del hall, at
    assert all(card.final for card in r.cards.values() if card.state == "expired")


def a_closed_day_left_nobody(r: Reading, hall: Hall, at: int) -> None:
    """7."""
    del at
    if hall.closed:
        assert all(card.state in TERMINAL for card in r.cards.values())


def whoever_was_served_was_invited(r: Reading, hall: Hall, at: int) -> None:
    """9: exactly once for each visit, rated at most once, and hurried by nobody."""
    del at
    assert not r.hurried
    for number, card in r.cards.items():
        if card.state == "done":
            assert card.invitations == card.finishes > 0
        assert hall.tickets[number].level == (card.levels[-1] if card.levels else 0)


def who_is_away_calls_nobody(r: Reading, hall: Hall, at: int) -> None:
    """12."""
    del r, at
    for desk in hall.desks.values():
        if desk.state.value in {"wait", "paused", "closed", "fault"}:
            assert not desk.ticket


def arrival_never_changes(r: Reading, hall: Hall, at: int) -> None:
    """16."""
    del at
    for number, ticket in hall.tickets.items():
        assert ticket.accepted_at == r.cards[number].taken_at


def absence_is_told_in_time(r: Reading, hall: Hall, at: int) -> None:
    """17: who is away in service hours without leave is reminded at 8, reported at 10, long after 30 minutes."""
    if r.emergency_at or not r.day:
        return
    limits = r.plan.limits.absence
    for desk, seat in r.seats.items():
        if seat.away_since and seat.staff and not seat.excused:
            away = service_ms(r, seat.away_since, at)
            stages = ((away >= limits.remind_min * MINUTE) + (away >= limits.report_min * MINUTE)) + (
                away > limits.deduct_min * MINUTE
            )
            assert seat.away_stage >= stages, f"desk {desk} is away {away} ms"  # a clock set back unsays nothing


def who_waits_alone_is_seen(r: Reading, at: int) -> None:
    """R-CORE-10: while people are called, a service nobody stands for, or too few, is an alert."""
    noon = r.lunch_at and r.plan.limits.day.lunch != "duty"
    if not r.calling or r.day_closed or r.emergency_at or noon:
        return
    for service in r.plan.services:
        waiting = sum(card.service == service.id for card in r.waiting())
        desks = open_desks(r, service.id)
        if waiting and not desks:
            assert ("uncovered", service.id) in r.alerts, f"{at}: nobody serves {service.id}"
        if waiting > r.plan.limits.tidal.open_waiting * max(1, desks):
            assert ("crowd", service.id) in r.alerts, f"{at}: {waiting} wait for {service.id}"


def every_missed_call_is_owed_one(r: Reading, hall: Hall, at: int) -> None:
    """20."""
    del at
    assert not r.owed
    assert set(hall.callbacks) == set(r.tasks)


def hours_change_with_notice(r: Reading, hall: Hall, at: int) -> None:
    """22: or the violation is on record."""
    del at
    violations = {finding.detail for finding in r.findings if finding.kind == "hours_notice"}
    for change in hall.hours_changes.values():
        if change.state == "active" and not violations:
            assert long_enough_shown(r, change.change), "in force and not shown long enough"


INVARIANTS: dict[int, Callable[[Reading, Hall, int], None]] = {
    1: numbers_are_accounted_for,
    2: one_ticket_one_desk,
    6: only_final_calls_expire,
    7: a_closed_day_left_nobody,
    9: whoever_was_served_was_invited,
    12: who_is_away_calls_nobody,
    16: arrival_never_changes,
    17: absence_is_told_in_time,
    20: every_missed_call_is_owed_one,
    22: hours_change_with_notice,
}


def check_invariants(r: Reading, hall: Hall, at: int) -> None:
    """All of them, about the hall as it stands."""
    for number, check in INVARIANTS.items():
        try:
            check(r, hall, at)
        except AssertionError as broken:
            broken.add_note(f"invariant {number}")
            raise


def check_decision(asked: c.Command | f.Fact, events: Sequence[e.Event], r: Reading) -> None:
    """10: nothing anybody asks for becomes a level; and who answers for a violation has it on record."""
    if not isinstance(asked, f.LevelChosen):
        assert not any(isinstance(event, e.Rated | e.RatingCorrected) for event in events)
    findings = {event.kind for event in events if isinstance(event, e.FindingRaised)}
    for event in events:
        if isinstance(event, e.LoggedOut) and event.left:
            assert "tickets_left" in findings
        if isinstance(event, e.DeskPaused) and event.uncovered and ("leave", str(event.desk)) not in r.approvals:
            assert "last_desk" in findings
        if isinstance(event, e.DayClosed) and event.by and any(isinstance(each, e.Unserved) for each in events):
            assert "tickets_left" in findings


@contextmanager
def check_step(event: e.Event, hall: Hall) -> Iterator[None]:
    """11, 18, 23: what one fact may not touch."""
    tickets, lines, order = dict(hall.tickets), dict(hall.lines), _order(hall)
    yield
    if isinstance(event, e.LineEvent):  # 18
        assert tickets == hall.tickets
    elif not isinstance(event, e.Configured | e.DayOpened | e.EmergencyEnded):
        assert {line: _outcome(hall, line) for line in hall.lines} == {
            line: _seen(each) for line, each in lines.items()
        }
    if isinstance(event, e.DeskEvent | e.EmergencyBegan | e.EmergencyEnded):  # 11, 23
        assert _order(hall) == order
        assert {n: t.key for n, t in hall.tickets.items()} == {n: t.key for n, t in tickets.items()}


def _order(hall: Hall) -> list[tuple[str, str, list[int]]]:
    return [(lane, queue, list(keys)) for lane, queues in hall.lanes.items() for queue, keys in queues.items()]


def _seen(line: object) -> tuple[object, ...]:
    return tuple(getattr(line, name) for name in ("state", "ring", "claimed", "alerted", "caller"))


def _outcome(hall: Hall, line: str) -> tuple[object, ...]:
    return _seen(hall.lines[line])
