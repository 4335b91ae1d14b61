"""The highest numbers this kiosk has handed out: a controller with a new journal starts above them (design 3)."""

from collections.abc import Iterator

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.plan import Plan
from kiosk.effects import KeepHighest


class NumbersSeen:
    """Of one day; kept across power cuts by the effects it yields."""

    def __init__(self, plan: Plan, seen: KeepHighest) -> None:
        self._plan = plan
        self.day = seen.day
        self._highest = dict(seen.highest)
        self._told_log = ""

    def took(self, taken: e.Taken, day: str) -> Iterator[KeepHighest]:
        """A number was handed out on ``day``."""
        service = self._plan.service(taken.service)
        if service is None:
            return
        number = int(taken.ticket[len(service.prefix) :])
        if day != self.day:
            self.day, self._highest = day, {}
        self._highest[service.prefix] = max(number, self._highest.get(service.prefix, 0))
        yield KeepHighest(self.day, dict(self._highest))

    def hello(self, log: str) -> c.KioskStarted | None:
        """What a controller is told that does not know yet: this process is new, or the controller's journal is."""
        if log == self._told_log:
            return None
        self._told_log = log
        return c.KioskStarted(self.day, dict(self._highest))

    def untold(self) -> None:
        """It never answered: the next word of any controller is reason to tell again."""
        self._told_log = ""
