"""What a call must be before it is made: the slow reference of 3.5, and the fairness invariants said directly."""

from firmware_py.core import events as e
from tests.core.account import Card, Reading
from tests.core.next_ticket import candidates, limit, next_ticket, ordinary, priority


def check_call(reading: Reading, event: e.Called) -> None:
    """``event`` has been decided and is not yet true."""
    if event.final:
        _final(reading, event)
        return
    answer = next_ticket(reading, event.desk, event.at)
    assert answer is not None
    assert (event.ticket, event.rule, event.overtaken) == answer[:3]
    assert (_time(event.oldest), _time(event.newest)) == (
        answer.oldest[0] if answer.oldest else 0,
        answer.newest[0] if answer.newest else 0,
    )
    chosen = reading.cards[event.ticket]
    if event.rule != "handed":
        _in_order(reading, event, chosen)
        _bounded(reading, event)


def check_nobody_left_to_call(reading: Reading, desk: int, now: int) -> None:
    """A desk that is told 暂无等候 has nobody it could call."""
    assert next_ticket(reading, desk, now) is None
    if reading.issue_closed and not _work_left(reading):
        assert not _last_round(reading, desk)


def _time(key: int) -> int:
    return key >> 20


def _in_order(reading: Reading, event: e.Called, chosen: Card) -> None:
    """Invariant 3."""
    for card in candidates(reading, event.desk):
        if card.service == chosen.service and card.klass == chosen.klass and not card.handed_back:
            assert chosen.key <= card.key


def _bounded(reading: Reading, event: e.Called) -> None:
    """Invariant 4: neither side starves."""
    xs, gs = ordinary(reading, event.desk), priority(reading, event.desk)
    run = reading.group_run[reading.group_of(event.desk)]
    bound = limit(reading, xs[0] if xs else None, event.at)
    if event.rule == "green" and xs and bound:
        assert run < bound
    if event.rule in {"guard", "ordinary", "returned"} and gs:
        assert run > 0, "a priority ticket passed by two ordinary calls in a row"


def _work_left(reading: Reading) -> bool:
    return any(
        card.state in {"printing", "waiting", "serving"} or (card.state == "called" and not card.final)
        for card in reading.cards.values()
    )


def _last_round(reading: Reading, desk: int) -> list[Card]:
    left = [card for card in reading.cards.values() if card.state in {"passed", "held"}]
    return sorted((card for card in left if card.service in reading.services_of(desk)), key=lambda card: card.key)


def _final(reading: Reading, event: e.Called) -> None:
    """T13: all other work is done, and the oldest is asked first."""
    assert reading.issue_closed
    assert not _work_left(reading)
    assert _last_round(reading, event.desk)[0].number == event.ticket
