"""Random days: people, clerks, devices, clocks and power cuts in any order, against the clerk with the pencil."""

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.machine import clock_read, evolve, remember
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.core.states import DeskState, LineState, TicketState
from tests.core import halls
from tests.core.effort import effort
from tests.core.halls import DAY, HOUR, LOG, MINUTE, SECOND
from tests.core.same_hall import assert_same_hall
from tests.core.stage import Stage

DESKS = st.sampled_from([1, 2, 3, 4])
SERVICES = st.sampled_from(["a", "a", "b", "c"])
CLASSES = st.sampled_from(["X", "X", "G"])
KIOSKS = st.sampled_from(["kiosk1", "kiosk2", "kiosk3"])
PAUSES = st.sampled_from([1, 300, 4 * SECOND, 10 * SECOND, 11 * SECOND, 31 * SECOND, 61 * SECOND, 91 * SECOND])
LONG_PAUSES = st.sampled_from([121 * SECOND, 11 * MINUTE, 46 * MINUTE, 2 * HOUR])
READ = msgspec.json.Decoder(e.HallEvent).decode
SELDOM = st.integers(0, 7).map(lambda n: n == 7)
LIKELY: dict[DeskState, Sequence[type[c.DeskCommand]]] = {
    DeskState.CLOSED: [c.Login],
    DeskState.READY: [c.Next, c.Next, c.Next, c.ResumeTicket, c.Pause, c.Wait],
    DeskState.CLOSING: [c.Next, c.Next, c.Next, c.ResumeTicket, c.Logout],
    DeskState.CALLING: [c.Arrive, c.Arrive, c.Recall, c.Recall, c.Pass, c.Next, c.Pause, c.Wait],
    DeskState.SERVING: [c.Finish, c.Finish, c.Finish, c.Hold, c.Pause],
    DeskState.RATING: [c.Next, c.Next, c.Pause],
    DeskState.WAIT: [c.ResumeDesk, c.Pause],
    DeskState.PAUSED: [c.ResumeDesk],
    DeskState.PAUSE_PENDING: [c.Finish, c.Hold, c.ResumeDesk],
    DeskState.FAULT: [c.ResumeDesk],
}
DESK_COMMANDS: list[type[c.DeskCommand]] = [
    c.Login,
    c.Logout,
    c.Next,
    c.Recall,
    c.Arrive,
    c.Pass,
    c.Hold,
    c.ResumeTicket,
    c.Finish,
    c.Wait,
    c.Pause,
    c.ResumeDesk,
    c.Pickup,
    c.CallbackDone,
]


class RandomDays(Stage):
    """What may happen."""

    @initialize(max_run=st.sampled_from([0, 1, 3, 3]), patience_min=st.sampled_from([5, 45]), green=st.booleans())
    def nine_o_clock(self, max_run: int, patience_min: int, green: bool) -> None:
        self.commit([e.Configured(self.at, halls.with_max_run(max_run, patience_min))])
        self.until(halls.ISSUING)
        for desk in (1, 2, 3, 4):
            self.ask(c.Login(desk))
        self.until(halls.NINE)
        for n, service in enumerate("aabbac"):
            self.take(service, "G" if green and n % 3 == 0 else "X", "kiosk1")
            self.outcome(0, c.ReportPrinted, "kiosk1")

    # --- people -------------------------------------------------------------------------------------------------------

    @rule(service=SERVICES, klass=CLASSES, kiosk=KIOSKS)
    def take(self, service: str, klass: str, kiosk: str) -> None:
        self.ask(c.Take(service, "G" if klass == "G" else "X"), kiosk)

    @rule(people=st.lists(st.tuples(SERVICES, CLASSES, st.integers(0, 2000)), min_size=1, max_size=6))
    def people_come(self, people: list[tuple[str, str, int]]) -> None:
        """And their slips are printed."""
        for service, klass, ms in people:
            taken = self.ask(c.Take(service, "G" if klass == "G" else "X"), "kiosk2")
            self.time_passes(ms)
            if taken and isinstance(taken[0], e.Taken):
                self.ask(c.ReportPrinted(taken[0].ticket))

    @rule(
        which=st.integers(0, 3),
        outcome=st.sampled_from([c.ReportPrinted, c.ReportPrinted, c.ReportPrintFailed, c.ReportPrintUnknown]),
        kiosk=st.sampled_from(["", "", "", "kiosk1"]),
    )
    def outcome(self, which: int, outcome: type[c.Command], kiosk: str) -> None:
        """Of a slip that is printing or unconfirmed; sometimes another kiosk claims to know."""
        slips = [t for t in self.hall.tickets.values() if t.state is TicketState.PRINTING or t.unconfirmed]
        if slips:
            slip = slips[which % len(slips)]
            asked = outcome(slip.number) if outcome is c.ReportPrinted else outcome(slip.number, "paper")
            self.ask(asked, kiosk or slip.kiosk)

    @rule(kiosk=KIOSKS, beyond=st.integers(-1, 4), today=st.booleans())
    def kiosk_starts(self, kiosk: str, beyond: int, today: bool) -> None:
        """A kiosk that has seen more numbers than the hall knows of, perhaps of another day."""
        highest = {"A": self.hall.issued.get("A", 0) + beyond, "Z": 5}
        self.ask(c.KioskStarted(self.hall.day if today else "2020-01-01", highest), kiosk)

    @rule(which=st.integers(0, 50), desk=DESKS)
    def comes_back(self, which: int, desk: int) -> None:
        missed = [t.number for t in self.hall.tickets.values() if t.state is TicketState.PASSED or t.implicit]
        numbers = missed or [*self.hall.tickets, "X999"]
        self.ask(c.ReturnTicket(numbers[which % len(numbers)].lower()), self.hall.plan.desks[desk - 1].pad)

    @rule(which=st.integers(0, 50))
    def gives_up(self, which: int) -> None:
        numbers = [t.number for t in self.hall.tickets.values() if t.state is TicketState.WAITING] or ["A999"]
        self.ask(c.Cancel(numbers[which % len(numbers)]), "kiosk1")

    @rule(presses=st.lists(st.tuples(DESKS, st.integers(0, 11), PAUSES), min_size=1, max_size=4))
    def keys(self, presses: list[tuple[int, int, int]]) -> None:
        """Keys that make sense where the desks stand."""
        for desk, which, ms in presses:
            self.time_passes(ms)
            keys = LIKELY[self.hall.desks[desk].state]
            self.ask(keys[which % len(keys)](desk))

    @rule(desk=DESKS)
    def somebody_is_missed(self, desk: int) -> None:
        """Called three times, never came."""
        self.ask(c.Next(desk))
        for _ in range(2):
            self.time_passes(10 * SECOND)
            self.ask(c.Recall(desk))
        self.time_passes(91 * SECOND)
        self.ask(c.Pass(desk))

    @rule(visits=st.lists(st.tuples(DESKS, st.integers(1, 6), PAUSES), min_size=1, max_size=5))
    def people_are_served(self, visits: list[tuple[int, int, int]]) -> None:
        for desk, far, ms in visits:
            self.visit(desk, far, ms)

    @rule(desk=DESKS, key=st.sampled_from([c.Hold, c.Pause, c.ResumeTicket, c.ResumeDesk]))
    def somebody_steps_aside(self, desk: int, key: type[c.DeskCommand]) -> None:
        self.visit(desk, 2, 1)
        self.ask(key(desk))

    @rule(desk=st.integers(0, 6), key=st.sampled_from(DESK_COMMANDS))
    def any_key(self, desk: int, key: type[c.DeskCommand]) -> None:
        self.ask(key(desk))

    @rule(desk=DESKS, which=st.integers(0, 50))
    def fetches_a_held_one(self, desk: int, which: int) -> None:
        held = [t.number for t in self.hall.tickets.values() if t.state is TicketState.HELD]
        self.ask(c.ResumeTicket(desk, held[which % len(held)] if held else "A001"))

    # --- devices ------------------------------------------------------------------------------------------------------

    @rule(desk=st.integers(0, 4), level=st.integers(0, 6), elapsed=st.sampled_from([-1, 900, 9_000, 59_000, 61_000]))
    def rates(self, desk: int, level: int, elapsed: int) -> None:
        self.ask(halls.level(self.hall, desk, level, elapsed) if desk else f.LevelChosen(0, level, elapsed))

    @rule(desk=DESKS, other=DESKS, seq=st.integers(-2, 2), proof=st.sampled_from(["", "proven"]), later=PAUSES)
    def strange_press(self, desk: int, other: int, seq: int, proof: str, later: int) -> None:
        """From another evaluator, about another window, unproven, or a second time."""
        self.time_passes(later)
        rated = self.hall.tickets.get(self.hall.desks[desk].rating)
        window, elapsed = (rated.window_seq, rated.rated_elapsed_ms) if rated else (3, 0)
        self.ask(f.LevelChosen(desk, 3, elapsed + later, LOG, window + seq, proof), f"desk{other}-eval")

    @rule(desk=DESKS, lock=st.booleans(), stale=st.booleans())
    def evaluators_time_is_up(self, desk: int, lock: bool, stale: bool) -> None:
        rated = self.hall.tickets.get(self.hall.desks[desk].rating)
        seq = (rated.window_seq if rated else 3) - stale
        self.ask(f.WindowLocked(desk, LOG, seq) if lock else f.WindowExpired(desk, LOG, seq))

    @rule(instance=st.sampled_from(["desk1-eval", "kiosk1", "desk4"]), up=st.booleans())
    def device(self, instance: str, up: bool) -> None:
        device = "printer" if instance == "kiosk1" else "keypad"
        self.ask(f.DeviceUp(device) if up else f.DeviceDown(device, "unplugged"), instance)

    @rule(line=st.sampled_from(["desk1-phone", "desk3-phone", "nobody"]), what=st.integers(0, 5))
    def telephone(self, line: str, what: int) -> None:
        seen = self.hall.lines.get(line)
        rings = seen.ring if seen else 0
        if what == 5:
            self.ask(f.WatchBegan(line))
        elif seen is not None and seen.state is LineState.TALK:
            self.ask(f.HungUp(line, 5000))
        elif what <= 2:
            self.ask(f.RingBegan(line, rings + 1))
            self.time_passes(SECOND)
            self.ask(f.RingEnded(line, rings + 1))
        elif what == 3 or not rings:
            self.ask(f.Lifted(line, rings))
        else:
            self.ask(f.RingingStopped(line, rings))

    # --- time and power -----------------------------------------------------------------------------------------------

    @rule(ms=PAUSES)
    def a_moment(self, ms: int) -> None:
        self.time_passes(ms)

    @rule(ms=LONG_PAUSES, seldom=SELDOM)
    def a_while(self, ms: int, seldom: bool) -> None:
        self.time_passes(ms if seldom else SECOND)

    @precondition(lambda self: self.reading.day and not self.reading.issue_closed)
    @rule(seldom=SELDOM)
    def closing_time(self, seldom: bool) -> None:
        if seldom:
            today = self.at - (self.at + 8 * HOUR + self.wall_offset) % DAY
            self.until(max(self.at, today + 17 * HOUR + 30 * MINUTE))

    @precondition(lambda self: self.reading.issue_closed)
    @rule(seldom=SELDOM)
    def next_morning(self, seldom: bool) -> None:
        if seldom:
            today = self.at - (self.at + 8 * HOUR + self.wall_offset) % DAY
            self.until(today + DAY + 9 * HOUR)
            for desk in (1, 3, 4):
                self.ask(c.Login(desk))

    @rule(step=st.sampled_from([-HOUR, HOUR, DAY, 1999, 2000]), seldom=SELDOM)
    def clock_steps(self, step: int, seldom: bool) -> None:
        """The wall jumps; hall time and every duration do not."""
        if seldom:
            self.wall_offset = 0 if self.wall_offset > 2 * DAY else self.wall_offset + step
            self.commit(clock_read(self.hall, self.at + self.wall_offset, self.at))
            self.time_passes(1)

    @rule(power_cut_ms=st.sampled_from([0, 0, 0, 0, 5 * SECOND, 20 * SECOND, 3 * MINUTE, 9 * HOUR]))
    def controller_restarts(self, power_cut_ms: int) -> None:
        """From a snapshot and from the whole journal, to the same hall (R-CORE-21)."""
        thawed = thaw(freeze(self.hall))
        assert thawed is not None
        assert_same_hall(thawed, self.hall)
        replayed = Hall()
        for event, cmd_id in zip(self.events, self.cmd_ids, strict=True):
            read_back = READ(msgspec.json.encode(event))
            evolve(replayed, read_back)
            remember(replayed, cmd_id, read_back)
        assert_same_hall(replayed, self.hall)
        self.hall = thawed
        self.at += power_cut_ms
        self.commit([e.Restarted(self.at, self.wall_offset)])
        self.time_passes(0)


RandomDays.TestCase.settings = effort(120, steps=120)
TestRandomDays = pytest.mark.req(
    "R-CORE-01",
    "R-CORE-03",
    "R-CORE-04",
    "R-CORE-05",
    "R-CORE-06",
    "R-CORE-11",
    "R-CORE-12",
    "R-CORE-16",
    "R-CORE-19",
    "R-CORE-21",
    "R-CORE-22",
    "R-CORE-23",
    "R-EVAL-01",
    "R-EVAL-02",
    "R-EVAL-03",
    "R-PHONE-05",
)(RandomDays.TestCase)
