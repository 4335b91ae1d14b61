"""Random days: what evaluators, telephones, pads and voices report."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from firmware_py.core import commands as c
from firmware_py.core import facts as f
from firmware_py.core.states import LineState, TicketState
from tests.core import halls
from tests.core.halls import LOG, SECOND
from tests.core.stage import DESKS, PAUSES, WHICH, Stage

LINES = st.sampled_from(["desk1-phone", "desk3-phone", "desk3-phone", "desk2-phone", "desk6-phone"])
CALLERS = st.sampled_from(["", "", "0123456789abcdef", "fedcba9876543210"])


class Devices(Stage):
    """They only report; nothing they say is refused."""

    # --- evaluators ---------------------------------------------------------------------------------------------------

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

    # --- what goes up and down ----------------------------------------------------------------------------------------

    @rule(
        instance=st.sampled_from(["desk1-eval", "desk2-eval", "kiosk1", "desk3-phone"]),
        up=st.booleans(),
    )
    def device(self, instance: str, up: bool) -> None:
        device = {"kiosk1": "printer", "desk3-phone": "line"}.get(instance, "keypad")
        self.ask(f.DeviceUp(device) if up else f.DeviceDown(device, "unplugged"), instance)

    @rule(desk=DESKS, device=st.sampled_from(["pad", "instance"]), gone=st.sampled_from([9, 10, 11, 40]))
    def pad_goes_dark(self, desk: int, device: str, gone: int) -> None:
        """R-DESK, 3.4: for a moment, or long enough to be a fault of the desk."""
        self.ask(c.ReportDevice(device, "unplugged"), f"desk{desk}")
        self.time_passes(gone * SECOND)
        self.ask(c.Next(desk))
        self.ask(c.ReportDevice(device), f"desk{desk}")
        self.time_passes(SECOND)

    @rule(which=WHICH, by=st.sampled_from(["voice", "sign"]), instance=st.sampled_from(["hall", "hall", "desk1"]))
    def something_was_read_out(self, which: int, by: str, instance: str) -> None:
        number = self.one_of(which, TicketState.CALLED)
        self.ask(halls.reading(self.hall, number, "voice" if by == "voice" else "sign"), instance)

    @rule(up=st.booleans(), device=st.sampled_from(["voice", "instance"]))
    def voice_goes_dumb(self, up: bool, device: str) -> None:
        self.ask(c.ReportDevice(device, "" if up else "silent"), "hall")

    # --- telephones ---------------------------------------------------------------------------------------------------

    def rings(self, line: str, times: int) -> None:
        """Bursts of one second, one every five seconds."""
        for ring in range(1, times + 1):
            self.ask(f.RingBegan(line, ring))
            self.time_passes(SECOND)
            self.ask(f.RingEnded(line, ring))
            self.time_passes(4 * SECOND)

    @rule(
        line=LINES,
        caller=CALLERS,
        times=st.integers(1, 6),
        desk=DESKS,
        end=st.sampled_from(["lifted", "stopped", "stopped", "claimed", "claimed away", "hung up", "unseen", "blind"]),
        settled=st.booleans(),
    )
    def somebody_telephones(self, line: str, caller: str, times: int, desk: int, end: str, settled: bool) -> None:
        """A whole call, answered here, there or nowhere, and what is owed afterwards."""
        self.idle(line)
        self.ask(f.RingBegan(line, 1))
        if caller:
            self.ask(f.CallerKnown(line, caller))
        self.time_passes(5 * SECOND)
        self.rings(line, times)
        if end.startswith("claimed"):
            for each in (desk, *self.hall.lines[line].alerted):
                self.ask(c.Pickup(each))
        if end == "unseen":
            self.ask(f.WatchBegan(line))
        elif end == "blind":
            self.ask(f.RingingStopped(line, times, hook_seen=False))
        elif end in {"stopped", "claimed away"}:
            self.ask(f.RingingStopped(line, times))
        else:
            self.ask(f.Lifted(line, times))
            if end == "hung up":
                self.time_passes(SECOND)
                self.ask(f.HungUp(line, SECOND))
        if settled:
            self.calls_back(self.hall.lines[line].desk)

    @rule(line=LINES, caller=CALLERS, times=st.integers(1, 4))
    def second_call_meets_a_talk(self, line: str, caller: str, times: int) -> None:
        """BUSY_MISSED; several of one caller are owed one call."""
        self.idle(line)
        self.ask(f.Lifted(line, 0))
        if caller:
            self.ask(f.CallerKnown(line, caller))
        self.ask(f.SecondCallEnded(line, times))
        self.ask(f.HungUp(line, 30 * SECOND))

    @rule(line=LINES, neighbour=LINES, after=st.sampled_from([0, 500, 2500, 4000, 9000]))
    def neighbour_lifts(self, line: str, neighbour: str, after: int) -> None:
        """And the ringing stops: perhaps it was taken there (3.9)."""
        if line == neighbour:
            return
        self.idle(line)
        self.idle(neighbour)
        self.rings(line, 3)
        self.ask(f.Lifted(neighbour, 0))
        self.time_passes(after)
        self.ask(f.RingingStopped(line, 3))

    @rule(line=st.sampled_from(["desk1-phone", "desk3-phone", "nobody"]), what=st.integers(0, 5))
    def telephone(self, line: str, what: int) -> None:
        """One step of anything."""
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

    def calls_back(self, desk: int) -> None:
        self.ask(c.CallbackDone(desk))
        self.ask(c.RecordDone(desk))

    def idle(self, line: str) -> None:
        state = self.hall.lines[line]
        if state.state is LineState.TALK:
            self.ask(f.HungUp(line, 5000))
        elif state.state is LineState.RINGING:
            self.ask(f.RingingStopped(line, state.ring))
