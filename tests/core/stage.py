"""A hall on the operating table: every step is decided, checked, made true and checked again."""

from collections import Counter
from typing import Literal

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.authority import authorise
from firmware_py.core.hall import Hall
from firmware_py.core.machine import decide, due, evolve, remember, tick
from firmware_py.core.model import Ticket
from firmware_py.core.snapshot import freeze
from firmware_py.core.states import DeskState, TicketState
from firmware_py.errors import Rejected
from tests.core import halls
from tests.core.account import Reading
from tests.core.big_hall import DUTY, big_hall
from tests.core.call_rules import check_call, check_nobody_left_to_call, check_refusal
from tests.core.halls import MINUTE, SECOND
from tests.core.invariants import (
    absence_is_told_in_time,
    check_decision,
    check_invariants,
    check_step,
    who_waits_alone_is_seen,
)
from tests.core.oracle import read
from tests.core.same_hall import check_account

SEEN: Counter[type] = Counter()
"""How often each kind of event happened in the random days of this process."""

STAFFED = (1, 2, 3, 4, 5, 6, 7)
DESKS = st.sampled_from([1, 1, 2, 2, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
SERVICES = st.sampled_from(["a", "a", "a", "b", "b", "c", "d"])
CLASSES = st.sampled_from(["X", "X", "G"])
KIOSKS = st.sampled_from(["kiosk1", "kiosk2", "kiosk3"])
PAUSES = st.sampled_from(
    [1, 300, 4 * SECOND, 5 * SECOND, 10 * SECOND, 11 * SECOND, 31 * SECOND, 61 * SECOND, 91 * SECOND]
)
WHICH = st.integers(0, 50)
REASON = "事由"


class Stage(RuleBasedStateMachine):
    """The hall, the pencilled account, all events so far, and the time."""

    def __init__(self) -> None:
        super().__init__()
        self.hall, self.reading = Hall(), Reading()
        self.events: list[e.Event] = []
        self.cmd_ids: list[str] = []
        self.at = halls.EIGHT
        self.wall_offset = 0
        self.vouched = True

    @initialize(
        max_run=st.sampled_from([0, 1, 3, 3]),
        patience_min=st.sampled_from([5, 45]),
        lunch=st.sampled_from(["drain", "drain", "duty", "carry"]),
        while_serving=st.sampled_from(["answer", "neighbour"]),
        open_on=st.sampled_from(["all", "all", "workdays"]),
        close=st.sampled_from(["drain_all_tickets", "drain_all_tickets", "drain_at_desk"]),
        people=st.lists(st.tuples(SERVICES, CLASSES), min_size=2, max_size=8),
    )
    def nine_o_clock(
        self,
        max_run: int,
        patience_min: int,
        lunch: str,
        while_serving: str,
        open_on: Literal["all", "workdays"],
        close: str,
        people: list[tuple[str, str]],
    ) -> None:
        """The hall is open, half of its desks are staffed, and some people came early."""
        plan = big_hall(max_run, patience_min, lunch=lunch, while_serving=while_serving, open_on=open_on, close=close)
        self.commit([e.Configured(self.at, plan)])
        self.until(halls.ISSUING)
        self.everybody_logs_in()
        self.until(halls.NINE - MINUTE)
        for service, klass in people:
            self.somebody_comes(service, klass)
        self.until(halls.NINE)

    # --- what every rule uses -----------------------------------------------------------------------------------------

    def sender(self, asked: c.Command | f.Fact) -> str:
        if isinstance(asked, c.SupervisorCommand):
            return DUTY
        if isinstance(asked, f.CallerKnown | f.SecondCallEnded):
            return asked.line
        return halls.sender(self.hall, asked)

    def ask(self, asked: c.Command | f.Fact, by: str = "") -> list[e.Event] | None:
        """What follows, made true; None when refused. Deciding changes nothing and is the same twice."""
        by = by or self.sender(asked)
        before = freeze(self.hall)
        try:
            if isinstance(asked, c.Command):
                authorise(self.hall.plan, by, asked)
            events = decide(self.hall, asked, self.at, by)
        except Rejected as refusal:
            assert isinstance(asked, c.Command), "a fact happened: it cannot be refused"
            assert freeze(self.hall) == before
            check_refusal(self.reading, asked, refusal.reason, self.at)
            return None
        assert decide(self.hall, asked, self.at, by) == events
        assert freeze(self.hall) == before
        if isinstance(asked, c.Next) and not any(isinstance(event, e.Called) for event in events):
            check_nobody_left_to_call(self.reading, asked.desk, self.at)
        check_decision(asked, events, self.reading)
        self.commit(events, f"cmd{len(self.events)}" if isinstance(asked, c.Command) else "")
        return events

    def commit(self, events: list[e.Event], cmd_id: str = "") -> None:
        for event in events:
            SEEN[type(event)] += 1
            if isinstance(event, e.Called):
                check_call(self.reading, event)
            with check_step(event, self.hall):
                evolve(self.hall, event)
            remember(self.hall, cmd_id, event)
            read(self.reading, event)
            self.events.append(event)
            self.cmd_ids.append(cmd_id)

    def time_passes(self, ms: int) -> None:
        """As the shell lets it: asleep until the next moment that is due."""
        until = self.at + ms
        self.wake()
        while self.at < until:
            self.at = min(until, due(self.hall, self.at))
            self.wake()

    def wake(self) -> None:
        """Everything that time has made true by now, in a power cut perhaps long ago."""
        for _ in range(500):
            events = tick(self.hall, self.at)
            if not events:
                break
            self.commit(events)
        else:
            raise AssertionError("time never has nothing more to say")
        assert due(self.hall, self.at) > self.at
        absence_is_told_in_time(self.reading, self.hall, self.at)
        who_waits_alone_is_seen(self.reading, self.at)

    def until(self, at: int) -> None:
        self.time_passes(max(0, at - self.at))

    def numbers(self, *states: TicketState) -> list[str]:
        return [ticket.number for ticket in self.hall.tickets.values() if ticket.state in states]

    def one_of(self, which: int, *states: TicketState) -> str:
        """A number in one of the states, or one that does not exist."""
        found = self.numbers(*states)
        return found[which % len(found)] if found else "X999"

    def at_desk(self, desk: int) -> Ticket | None:
        return self.hall.tickets.get(self.hall.desks[desk].ticket)

    # --- what people do -----------------------------------------------------------------------------------------------

    def everybody_logs_in(self) -> None:
        for desk in STAFFED:
            if self.hall.desks[desk].session is None:
                self.ask(c.Login(desk))

    def somebody_comes(self, service: str, klass: str = "X", kiosk: str = "kiosk2") -> str:
        """A number is taken and its slip printed; "" when none is to be had."""
        taken = self.ask(c.Take(service, "G" if klass == "G" else "X"), kiosk)
        if not taken or not isinstance(taken[0], e.Taken):
            return ""
        self.ask(c.ReportPrinted(taken[0].ticket))
        return taken[0].ticket

    def is_called(self, desk: int) -> Ticket | None:
        """Whatever the desk was doing ends, and somebody is called there."""
        state = self.hall.desks[desk].state
        if state is DeskState.CLOSED:
            self.ask(c.Login(desk))
        elif state in {DeskState.WAIT, DeskState.PAUSED}:
            self.ask(c.ResumeDesk(desk))
        elif state is DeskState.CALLING:
            self.ask(c.Arrive(desk))
        if self.hall.desks[desk].state is DeskState.SERVING:
            self.ask(c.Finish(desk))
        if not self.hall.waiting_in or not any(self.hall.waiting(s) for s in self.hall.desks[desk].services):
            self.somebody_comes(next(iter(self.hall.desks[desk].services), "a"))
        self.ask(c.Next(desk))
        return self.at_desk(desk)

    def is_called_again(self, desk: int) -> None:
        """Three announcements in all."""
        for _ in range(2):
            self.time_passes(10 * SECOND)
            self.ask(c.Recall(desk))

    def is_served(self, desk: int) -> Ticket | None:
        """Somebody sits at the desk."""
        if self.is_called(desk) is not None:
            self.time_passes(2 * SECOND)
            self.ask(c.Arrive(desk))
        return self.at_desk(desk)

    @invariant()
    def the_account_agrees(self) -> None:
        check_account(self.reading, self.hall)
        check_invariants(self.reading, self.hall, self.at)
