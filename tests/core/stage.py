"""A hall on the operating table: every step is decided, checked, made true and checked again."""

from hypothesis.stateful import RuleBasedStateMachine, invariant

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.machine import decide, due, evolve, remember, tick
from firmware_py.core.snapshot import freeze
from firmware_py.core.states import DeskState
from firmware_py.errors import Rejected
from tests.core import halls
from tests.core.account import Reading
from tests.core.call_rules import check_call, check_nobody_left_to_call
from tests.core.halls import SECOND
from tests.core.oracle import read
from tests.core.same_hall import check_account


class Stage(RuleBasedStateMachine):
    """The hall, the pencilled account, all events so far, and the time."""

    def __init__(self) -> None:
        super().__init__()
        self.hall, self.reading = Hall(), Reading()
        self.events: list[e.Event] = []
        self.cmd_ids: list[str] = []
        self.at = halls.EIGHT
        self.wall_offset = 0

    def ask(self, asked: c.Command | f.Fact, by: str = "") -> list[e.Event] | None:
        """What follows, made true; None when refused. Deciding changes nothing and is the same twice."""
        by = by or halls.sender(self.hall, asked)
        before = freeze(self.hall)
        try:
            events = decide(self.hall, asked, self.at, by)
        except Rejected as refusal:
            assert isinstance(asked, c.Command), "a fact happened: it cannot be refused"
            assert freeze(self.hall) == before
            if isinstance(asked, c.Next) and refusal.reason == "nobody_waiting":
                check_nobody_left_to_call(self.reading, asked.desk, self.at)
            return None
        assert decide(self.hall, asked, self.at, by) == events
        assert freeze(self.hall) == before
        if isinstance(asked, c.Next) and not any(isinstance(event, e.Called) for event in events):
            check_nobody_left_to_call(self.reading, asked.desk, self.at)
        self.commit(events, f"cmd{len(self.events)}" if isinstance(asked, c.Command) else "")
        return events

    def commit(self, events: list[e.Event], cmd_id: str = "") -> None:
        for event in events:
            if isinstance(event, e.Called):
                check_call(self.reading, event)
            tickets, lines = dict(self.hall.tickets), dict(self.hall.lines)
            evolve(self.hall, event)
            remember(self.hall, cmd_id, event)
            read(self.reading, event)
            self.events.append(event)
            self.cmd_ids.append(cmd_id)
            if isinstance(event, e.LineEvent):  # invariant 18
                assert tickets == self.hall.tickets
            else:
                assert lines == self.hall.lines or isinstance(event, e.Configured)

    def time_passes(self, ms: int) -> None:
        self.at += ms
        while events := tick(self.hall, self.at):
            self.commit(events)
        assert due(self.hall, self.at) > self.at

    def until(self, at: int) -> None:
        self.time_passes(at - self.at)

    def visit(self, desk: int, far: int, ms: int) -> None:
        """A visit, or its first steps."""
        if self.hall.desks[desk].state is DeskState.CALLING:
            self.ask(c.Arrive(desk))
        self.ask(c.Next(desk))
        self.time_passes(2 * SECOND)
        if far >= 2:
            self.ask(c.Arrive(desk))
        if far >= 3:
            self.time_passes(ms)
            self.ask(c.Finish(desk))
        if far >= 4:
            self.ask(halls.level(self.hall, desk, far, 900))
        if far >= 5:
            self.ask(halls.level(self.hall, desk, 1, 900 + ms))
        if far >= 6 and self.hall.desks[desk].rating:
            self.ask(halls.locked(self.hall, desk))

    @invariant()
    def the_account_agrees(self) -> None:
        check_account(self.reading, self.hall)
