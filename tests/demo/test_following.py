"""What the page is told from the journal alone: queues without classes, what was implied, what needs somebody."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.machine import decide, evolve, tick
from firmware_py.demo.following import Follower
from tests.core.halls import EIGHT, ISSUING, NINE, PLAN, SECOND, sender


class Told:
    """A hall, and somebody who follows its journal."""

    def __init__(self) -> None:
        self.hall, self.follower = Hall(), Follower()
        self._happen([e.Configured(EIGHT, PLAN)])
        self.until(ISSUING)

    def until(self, at: int) -> None:
        while events := tick(self.hall, at):
            self._happen(events)

    def ask(self, command: c.Command, at: int, by: str = "") -> list[e.Event]:
        self.until(at)
        events = decide(self.hall, command, at, by or sender(self.hall, command))
        self._happen(events)
        return events

    def take(self, at: int, klass: str = "X") -> str:
        [taken] = self.ask(c.Take("a", "G" if klass == "G" else "X"), at)
        assert isinstance(taken, e.Taken)
        self.ask(c.ReportPrinted(taken.ticket), at)
        return taken.ticket

    def _happen(self, events: list[e.Event]) -> None:
        for event in events:
            evolve(self.hall, event)
            self.follower.follow(event)


@pytest.mark.req("R-CORE-06", "R-CORE-05")
def test_a_queue_is_shown_in_order_of_arrival_so_that_it_shows_no_class() -> None:
    told = Told()
    numbers = [told.take(NINE - 60 * SECOND), told.take(NINE - 50 * SECOND, "G"), told.take(NINE - 40 * SECOND)]

    assert told.follower.waiting() == {"a": numbers}


@pytest.mark.req("R-DESK-01")
def test_a_desk_that_went_on_without_a_word_is_told_whom_it_finished() -> None:
    told = Told()
    first, second, third = (told.take(NINE - 60 * SECOND) for _ in range(3))
    told.ask(c.Login(1), NINE)
    told.ask(c.Next(1), NINE)
    assert (told.follower.implied, told.follower.open_tickets()) == ({}, [first])

    told.ask(c.Next(1), NINE + 30 * SECOND)

    assert told.follower.implied == {1: first}
    told.ask(c.Arrive(1), NINE + 50 * SECOND)
    assert told.follower.implied == {}, "the staff know where they are again"
    assert told.follower.open_tickets() == [second]
    assert told.follower.waiting() == {"a": [third]}


@pytest.mark.req("R-DESK-07")
def test_a_call_for_help_stands_until_somebody_comes() -> None:
    told = Told()
    told.ask(c.Login(2), NINE)
    told.ask(c.Assist(2), NINE)

    assert [key for key, _ in told.follower.alerts()] == [("assist", "2")]
    told.ask(c.EndAssist(2), NINE + SECOND, "desk1")
    assert told.follower.alerts() == []


def test_a_journal_that_begins_in_the_middle_tells_nothing_and_breaks_nothing() -> None:
    follower = Follower()
    for event in (
        e.Called(NINE, "A001", 1, "ordinary"),
        e.Configured(NINE, PLAN),
        e.Finished(NINE, "A001", 1, "办结", ""),
    ):
        follower.follow(event)

    assert (follower.waiting(), follower.open_tickets(), follower.alerts()) == ({}, [], [])
    assert not follower.tide(1)
