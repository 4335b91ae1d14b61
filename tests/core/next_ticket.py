"""Who is next, word for word as rules.md 3.5 says it, over the pencilled account: the slow reference of ``picking``."""

from typing import NamedTuple

from tests.core.account import Card, Reading


class Answer(NamedTuple):
    """The ticket, why, and whom it overtakes."""

    number: str
    rule: str
    overtaken: int
    oldest: tuple[int, int] | None
    newest: tuple[int, int] | None


def candidates(reading: Reading, desk: int) -> list[Card]:
    """C: waiting, served by the desk, and eligible; in order of (accepted_at, seq)."""
    served = [card for card in reading.waiting() if card.service in reading.services_of(desk)]
    ripe = [card for card in served if not unripe(reading, card)]
    return ripe or served  # "or if nothing else waits"


def unripe(reading: Reading, card: Card) -> bool:
    """A returned ticket before ``pass.return_after`` calls of the group."""
    return card.klass == "R" and not card.handed_back and reading.group_calls[card.group] < card.ripe_at


def ordinary(reading: Reading, desk: int) -> list[Card]:
    """X and R together."""
    return [card for card in candidates(reading, desk) if card.klass in {"X", "R"} and not card.handed_back]


def priority(reading: Reading, desk: int) -> list[Card]:
    """G."""
    return [card for card in candidates(reading, desk) if card.klass == "G" and not card.handed_back]


def limit(reading: Reading, x: Card | None, now: int) -> int:
    """How many priority calls in a row are allowed; 0 = any number."""
    limits = reading.plan.limits.prio
    if limits.max_run and x is not None and now - x.taken_at > limits.ordinary_max_wait_min * 60_000:
        return 1
    return limits.max_run


def next_ticket(reading: Reading, desk: int, now: int) -> Answer | None:
    """The function of rules.md 3.5."""
    c = candidates(reading, desk)
    if not c:
        return None
    handed = [card for card in c if card.handed_back]
    x = next(iter(ordinary(reading, desk)), None)
    g = next(iter(priority(reading, desk)), None)
    bound = limit(reading, x, now)
    if handed:
        t, rule = handed[0], "handed"
    elif x is not None and bound and reading.group_run[reading.group_of(desk)] >= bound:
        t, rule = x, "guard" if g is not None else _class(x)
    elif g is not None:
        t, rule = g, "green"
    else:
        assert x is not None
        t, rule = x, _class(x)
    keys = [u.key for u in c if u.key < t.key]
    return Answer(t.number, rule, len(keys), min(keys, default=None), max(keys, default=None))


def _class(x: Card) -> str:
    return "returned" if x.klass == "R" else "ordinary"
