"""Whose priority a guide has still to confirm (R-KIOSK-09): numbers of one day, kept across power cuts."""

from collections.abc import Iterator

from kiosk.effects import KeepPriorities


class Priorities:
    """The numbers taken with a priority button, in their order, until the hall has answered about each."""

    def __init__(self, kept: KeepPriorities) -> None:
        self._day = kept.day
        self._tickets = list(kept.tickets)
        self._asked: set[str] = set()

    def wants(self, ticket: str, day: str) -> KeepPriorities:
        """This number was taken so; those of another day are another's numbers by now."""
        if day != self._day:
            self._day, self._tickets = day, []
            self._asked.clear()
        self._tickets.append(ticket)
        return self._kept()

    def open(self, day: str) -> bool:
        """Whether any is to be confirmed or answered yet."""
        return bool(self._tickets) and day == self._day

    def next(self, day: str) -> str:
        """Who has waited longest and was not asked about; "" = nobody."""
        waiting = (ticket for ticket in self._tickets if ticket not in self._asked)
        return next(waiting, "") if day == self._day else ""

    def asked(self, ticket: str) -> None:
        """The guide has confirmed this number, of the list or not; the hall has not answered."""
        self._asked.add(ticket)

    def unanswered(self, ticket: str) -> None:
        """Nor will it: the guide must press again."""
        self._asked.discard(ticket)

    def settled(self, ticket: str) -> Iterator[KeepPriorities]:
        """The hall has answered, one way or the other."""
        self._asked.discard(ticket)
        if ticket in self._tickets:
            self._tickets.remove(ticket)
            yield self._kept()

    def _kept(self) -> KeepPriorities:
        return KeepPriorities(self._day, tuple(self._tickets))
