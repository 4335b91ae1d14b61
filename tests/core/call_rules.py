"""What a call must be before it is made: the slow reference of 3.5, and the fairness invariants said directly."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from tests.core.account import Card, Reading
from tests.core.account_clock import today
from tests.core.account_desks import left_behind
from tests.core.account_numbers import issuing
from tests.core.account_tickets import may_pass
from tests.core.next_ticket import candidates, limit, next_ticket, ordinary, priority, record

OUT_OF_LINE = {"held", "granted", "handed", "approved"}


def check_call(reading: Reading, event: e.Called) -> None:
    """``event`` has been decided and is not yet true."""
    assert not (reading.lunch_at and reading.plan.limits.day.lunch == "carry"), "nobody is called at noon"
    if event.final:
        _final(reading, event)
        return
    chosen = reading.cards[event.ticket]
    if event.rule == "approved":
        assert chosen.service in reading.seats[event.desk].services
        answer = record(reading, event.desk, chosen, "approved")
    else:
        found = next_ticket(reading, event.desk, event.at)
        assert found is not None
        answer = found
    assert (event.ticket, event.rule, event.overtaken) == answer[:3]
    assert (_time(event.oldest), _time(event.newest)) == (
        answer.oldest[0] if answer.oldest else 0,
        answer.newest[0] if answer.newest else 0,
    )
    if event.rule not in OUT_OF_LINE:
        _in_order(reading, event, chosen)
        _bounded(reading, event)


def check_refusal(reading: Reading, asked: c.Command, reason: str, at: int) -> None:
    """A clerk who is told to wait has to wait, and who is told that somebody is left behind leaves somebody behind."""
    if isinstance(asked, c.Next) and reason == "nobody_waiting":
        check_nobody_left_to_call(reading, asked.desk, at)
    elif isinstance(asked, c.Pass) and reason.startswith("pass_"):
        assert not may_pass(reading, reading.cards[reading.seats[asked.desk].ticket], at)
    elif isinstance(asked, c.Undo) and reason == "undo_late":
        undo = reading.seats[asked.desk].undo
        assert undo is None or reading.elapsed(undo[2], at) > reading.plan.limits.desk.undo_s * 1000
    elif isinstance(asked, c.Logout) and reason in {"held_here", "people_waiting"}:
        assert left_behind(reading, asked.desk)
    elif isinstance(asked, c.Take) and reason in {"before_issue", "noon", "issue_closed", "closed_today"}:
        assert reading.issue_closed or reading.day != today(reading, at) or not issuing(reading, at)


def check_nobody_left_to_call(reading: Reading, desk: int, now: int) -> None:
    """A desk that is told 暂无等候 has nobody it could call."""
    if reading.lunch_at and reading.plan.limits.day.lunch == "carry":
        return
    assert next_ticket(reading, desk, now) is None
    if reading.issue_closed and not _work_left(reading):
        assert not _last_round(reading, desk)


def _time(key: int) -> int:
    return key >> 20


def _in_order(reading: Reading, event: e.Called, chosen: Card) -> None:
    """Invariant 3."""
    for card in candidates(reading, event.desk):
        if (card.service, card.klass) == (chosen.service, chosen.klass) and not card.first and card.klass != "A":
            assert chosen.key <= card.key


def _bounded(reading: Reading, event: e.Called) -> None:
    """Invariant 4: neither side starves."""
    xs, gs = ordinary(reading, event.desk, event.at), priority(reading, event.desk, event.at)
    run = reading.group_run[reading.group_of(event.desk)]
    bound = limit(reading, xs[0] if xs else None, event.at)
    special = event.rule == "green" and reading.desk_plan(event.desk).special
    if event.rule in {"green", "booked"} and xs and bound and not special:
        assert run < bound
    if event.rule in {"guard", "ordinary", "returned"} and gs:
        assert run > 0, "a priority ticket passed by two ordinary calls in a row"


def _work_left(reading: Reading) -> bool:
    """Whether somebody is still to be served whom a desk could serve that somebody is logged in at."""
    served = {service for seat in reading.seats.values() if seat.staff for service in seat.services}
    return any(
        card.state in {"printing", "serving"}
        or (card.state == "waiting" and card.service in served)
        or (card.state == "called" and not card.final)
        for card in reading.cards.values()
    )


def _last_round(reading: Reading, desk: int) -> list[Card]:
    left = [card for card in reading.cards.values() if card.state in {"passed", "held"}]
    mine = [card for card in left if card.service in reading.seats[desk].services]
    return sorted(mine, key=lambda card: card.key)


def _final(reading: Reading, event: e.Called) -> None:
    """T13: all other work is done, and the oldest is asked first."""
    assert reading.issue_closed
    assert not _work_left(reading)
    assert _last_round(reading, event.desk)[0].number == event.ticket
