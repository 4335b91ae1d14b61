"""Random days: noon, evening, night, clocks and power cuts."""

from datetime import UTC, datetime

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.machine import clock_read, evolve, remember
from firmware_py.core.snapshot import freeze, thaw
from tests.core.account_clock import today, wall
from tests.core.big_hall import DUTY
from tests.core.halls import DAY, HOUR, MINUTE, SECOND
from tests.core.same_hall import assert_same_hall
from tests.core.stage import DESKS, PAUSES, REASON, SERVICES, STAFFED, Stage

LONG_PAUSES = st.sampled_from([121 * SECOND, 11 * MINUTE, 46 * MINUTE, 2 * HOUR])
READ = msgspec.json.Decoder(e.HallEvent).decode
SELDOM = st.sampled_from([False, False, True])
HOW = st.lists(st.sampled_from(["right", "later", "long ago", "nonsense", "by hand", "ntp"]), min_size=1, max_size=3)


class Times(Stage):
    """Moments pass, days end, the power goes."""

    @rule(ms=PAUSES)
    def a_moment(self, ms: int) -> None:
        self.time_passes(ms)

    @rule(ms=LONG_PAUSES, seldom=SELDOM)
    def a_while(self, ms: int, seldom: bool) -> None:
        self.time_passes(ms if seldom else SECOND)

    @rule(power_cut_ms=st.sampled_from([0, 0, 0, 0, 5 * SECOND, 20 * SECOND, 3 * MINUTE, 9 * HOUR]))
    def controller_restarts(self, power_cut_ms: int) -> None:
        """From a snapshot and from the whole journal, to the same hall (R-CORE-21, invariant 15)."""
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
        self.comes_up(self.at + power_cut_ms, same_boot=not power_cut_ms)

    def comes_up(self, at: int, *, same_boot: bool) -> None:
        """As ``controller.hall_time`` says it: a clerk's word for the clock holds within one boot of the machine."""
        self.at = at
        corrected = self.hall.corrected_ms
        if self.vouched:
            event = e.Restarted(at, self.wall_offset)
        elif same_boot and self.hall.clock_trusted:
            event = e.Restarted(at, self.wall_offset + corrected, corrected_ms=corrected)
        else:
            event = e.Restarted(at, self.wall_offset, trusted=False)
        self.commit([event])
        self.time_passes(0)


class Nights(Times):
    """Noon, closing time, the final round, the next morning."""

    def today_at(self, minutes: int) -> int:
        midnight = self.at - (self.at + 8 * HOUR + self.wall_offset) % DAY
        return midnight + minutes * MINUTE

    @precondition(lambda self: self.reading.calling and not self.reading.issue_closed)
    @rule(people=st.lists(SERVICES, max_size=3), desk=DESKS, leaves=st.booleans(), soon=SELDOM)
    def noon(self, people: list[str], desk: int, leaves: bool, soon: bool) -> None:
        """R-CORE-18: the morning ends, the afternoon's people come."""
        if not soon or self.at >= self.today_at(12 * 60):
            return
        self.until(self.today_at(12 * 60))
        self.somebody_comes("a")
        self.ask(c.Next(desk))
        if leaves:
            self.ask(c.Logout(desk))
        self.until(self.today_at(13 * 60 + 15))
        for service in people:
            self.somebody_comes(service)
        for each in STAFFED:
            self.is_called(each)
        self.until(self.today_at(13 * 60 + 30))

    @precondition(lambda self: self.reading.calling and not self.reading.issue_closed)
    @rule(soon=SELDOM, desk=DESKS, wound_up=st.booleans())
    def closing_time(self, soon: bool, desk: int, wound_up: bool) -> None:
        """One is passed in the last minutes, another put aside, one presses in the last second, one who had an
        appointment never comes."""
        if not soon:
            return
        self.ask(c.Book(f"ZZ{len(self.events):04d}", "a", today(self.reading, self.at), "16:30", "16:45"))
        self.until(self.today_at(17 * 60 + 25))
        ticket = self.is_called(desk)
        if ticket is not None:
            self.is_called_again(desk)
            self.time_passes(105 * SECOND)
            self.ask(c.Pass(desk))
        self.is_served(desk)
        self.ask(c.Hold(desk, REASON))
        self.until(self.today_at(17 * 60 + 30) - 1)
        self.somebody_comes("b")
        self.time_passes(1)
        self.somebody_comes("b")
        if wound_up:
            self.winds_up(desk, over=False, undo=False)

    @precondition(lambda self: self.reading.issue_closed)
    @rule(desk=DESKS, over=SELDOM, undo=SELDOM)
    def the_day_is_wound_up(self, desk: int, over: bool, undo: bool) -> None:
        self.winds_up(desk, over=over, undo=undo)

    def winds_up(self, desk: int, *, over: bool, undo: bool) -> None:
        """Everybody is served, the missed ones get their last call, or a supervisor ends it over them."""
        if over:
            self.ask(c.CloseDay(REASON))
        for each in (desk, *STAFFED, 12):
            for _ in range(4):
                called = self.is_called(each)
                if called is None:
                    break
                if not called.final:
                    self.ask(c.Arrive(each))
                    self.ask(c.Finish(each))
                else:
                    self.time_passes(125 * SECOND)
                    self.ask(c.Pass(each))
            if undo:
                self.ask(c.Undo(each))
        self.time_passes(3 * MINUTE)
        for each in (desk, *STAFFED):
            self.ask(c.Logout(each))

    @precondition(lambda self: self.reading.issue_closed)
    @rule(days=st.sampled_from([1, 1, 2, 3]))
    def next_morning(self, days: int) -> None:
        self.sleeps(days)

    def sleeps(self, days: int) -> None:
        """Until nine o'clock on some later day."""
        nine = self.today_at(days * 24 * 60 + 9 * 60)
        self.until(nine - 10 * MINUTE)
        self.everybody_logs_in()
        self.somebody_comes("a")
        self.until(nine)

    @precondition(lambda self: self.reading.day and not self.reading.emergency_at)
    @rule(by=st.sampled_from(["desk1", "desk2", "desk12", DUTY]), how=HOW, days=st.integers(0, 1), soon=SELDOM)
    def power_was_off(self, by: str, how: list[str], days: int, soon: bool) -> None:
        """And nobody vouches for the clock until somebody looks at it (R-CORE-20)."""
        if not soon:
            return
        self.vouched = False
        self.comes_up(self.today_at(days * 24 * 60 + 7 * 60) if days else self.at + MINUTE, same_boot=False)
        self.somebody_comes("a")
        for each in how:
            self.looks_at_the_clock(each, by)
            self.everybody_logs_in()
            self.somebody_comes("a")
        self.time_passes(2 * HOUR)

    @rule(in_days=st.sampled_from([1, 4, 4]), emergency=SELDOM, shown=st.booleans(), soon=SELDOM)
    def other_hours_come(self, in_days: int, emergency: bool, shown: bool, soon: bool) -> None:
        """Announced, shown in time or not, and the day is there (R-CORE-32)."""
        if not soon or self.at > self.today_at(17 * 60):
            return
        day = today(self.reading, self.at + in_days * DAY)
        self.ask(c.AnnounceHours(("09:30-12:00", "13:00-17:00"), day, REASON, emergency))
        if shown:
            for change in self.hall.hours_changes:
                self.ask(c.ReportShown(change), "hall")
        self.sleeps(in_days)
        self.until(self.today_at(9 * 60 + 30))

    @rule(step=st.sampled_from([-HOUR, HOUR, DAY, 1999, 2000]), seldom=SELDOM)
    def clock_steps(self, step: int, seldom: bool) -> None:
        """The wall jumps; hall time and every duration do not."""
        if seldom:
            self.wall_offset = 0 if self.wall_offset > 2 * DAY else self.wall_offset + step
            self.reads_the_clock()

    def reads_the_clock(self) -> None:
        self.commit(clock_read(self.hall, self.at + self.wall_offset, self.at, self.vouched))
        self.time_passes(1)

    def looks_at_the_clock(self, how: str, by: str) -> None:
        """Confirms it as displayed, or with what it should read; or NTP does; or a supervisor opens the day by hand."""
        later = f"{datetime.fromtimestamp(wall(self.reading, self.at + 5 * MINUTE) // 1000, UTC):%Y-%m-%d %H:%M}"
        reads = {"right": "", "later": later, "long ago": "2020-01-01 00:00", "nonsense": "2026-02-30 25:00"}
        if how in reads:
            self.ask(c.ConfirmClock(reads[how]), by)
        elif how == "by hand":
            self.ask(c.OpenDay(REASON))
        else:
            self.vouched = True
            self.reads_the_clock()
        self.time_passes(0)

    @rule(by=st.sampled_from([DUTY, "desk1", "desk2"]), close=st.booleans(), seldom=SELDOM)
    def day_by_hand(self, by: str, close: bool, seldom: bool) -> None:
        if seldom:
            self.ask(c.CloseDay(REASON) if close else c.OpenDay(REASON), by)
            self.time_passes(0)
