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


def of_the_morning(reading: Reading, card: Card) -> bool:
    """R-CORE-18: while the morning is drained, who came for the afternoon waits for it."""
    drains = reading.lunch_at and reading.plan.limits.day.lunch == "drain"
    return not drains or card.taken_at < reading.lunch_at


def served(reading: Reading, desk: int) -> list[Card]:
    """Who waits and may be called by this desk, in order of (accepted_at, seq)."""
    return [card for card in reading.waiting() if reading.serves(desk, card) and of_the_morning(reading, card)]


def unripe(reading: Reading, card: Card) -> bool:
    """A returned ticket before ``pass.return_after`` calls of the group, as long as the group calls anybody."""
    group_calls_still = any(plan.group == card.group and reading.attended(plan.id) for plan in reading.plan.desks)
    return card.klass == "R" and not card.first and group_calls_still and reading.group_calls[card.group] < card.ripe_at


def ripe(reading: Reading, desk: int) -> list[Card]:
    return [card for card in served(reading, desk) if not unripe(reading, card)]


def candidates(reading: Reading, desk: int) -> list[Card]:
    """C: waiting, served by the desk, and eligible; a returned ticket also "if nothing else waits"."""
    return ripe(reading, desk) or served(reading, desk)


def reported_back(reading: Reading, desk: int) -> Card | None:
    """h: held here, or at a desk nobody serves at now (R-CORE-13), and the citizen is there again."""
    found = [
        card
        for card in reading.cards.values()
        if card.state == "held" and card.back and of_the_morning(reading, card)
        if card.desk == desk or (not reading.attended(card.desk) and card.service in reading.seats[desk].services)
    ]
    return min(found, key=lambda card: card.key, default=None)


def in_slot(card: Card, now: int) -> bool:
    return card.klass == "A" and card.slot[0] <= now <= card.slot[1]


def ordinary(reading: Reading, desk: int, now: int) -> list[Card]:
    """X and R together, and whose appointment is not now."""
    return [
        card
        for card in candidates(reading, desk)
        if not card.first and (card.klass in {"X", "R"} or (card.klass == "A" and not in_slot(card, now)))
    ]


def priority(reading: Reading, desk: int, now: int) -> list[Card]:
    """G, and whose appointment is now."""
    return [card for card in candidates(reading, desk) if not card.first and (card.klass == "G" or in_slot(card, now))]


def limit(reading: Reading, x: Card | None, now: int) -> int:
    """How many priority calls in a row are allowed; 0 = any number."""
    limits = reading.plan.limits.prio
    if limits.max_run and x is not None and reading.elapsed(x.taken_at, now) > limits.ordinary_max_wait_min * 60_000:
        return 1
    return limits.max_run


def next_ticket(reading: Reading, desk: int, now: int) -> Answer | None:
    """The function of rules.md 3.5."""
    h = reported_back(reading, desk)
    if h is not None:
        return record(reading, desk, h, "held")
    c = candidates(reading, desk)
    if not c:
        return None
    for first in ("granted", "handed"):
        of_rank = [card for card in c if card.first == first]
        if of_rank:
            return record(reading, desk, of_rank[0], first)
    x = next(iter(ordinary(reading, desk, now)), None)
    g = next((card for card in c if card.klass == "G" and not card.first), None)
    a = next((card for card in c if in_slot(card, now) and not card.first), None)
    bound = limit(reading, x, now)
    if g is not None and reading.desk_plan(desk).special:
        return record(reading, desk, g, "green")
    if x is not None and bound and reading.group_run[reading.group_of(desk)] >= bound:
        return record(reading, desk, x, "guard" if g or a else _class(x))
    if g is not None:
        return record(reading, desk, g, "green")
    if a is not None:
        return record(reading, desk, a, "booked")
    assert x is not None
    return record(reading, desk, x, _class(x))


def record(reading: Reading, desk: int, t: Card, rule: str) -> Answer:
    """The decision record: count and key range of {u in C with key(u) < key(t)}."""
    keys = [u.key for u in ripe(reading, desk) if u.key < t.key]
    return Answer(t.number, rule, len(keys), min(keys, default=None), max(keys, default=None))


def _class(x: Card) -> str:
    return "returned" if x.klass == "R" else "ordinary"
