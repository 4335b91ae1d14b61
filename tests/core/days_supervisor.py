"""Random days: what a supervisor does, and what somebody who is none tries."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from firmware_py.core import commands as c
from firmware_py.core.states import TicketState
from tests.core.account_clock import today
from tests.core.big_hall import DUTY
from tests.core.halls import DAY, MINUTE, SECOND
from tests.core.stage import DESKS, PAUSES, REASON, SERVICES, WHICH, Stage

KINDS = st.sampled_from(["call", "transfer", "logout", "leave", "second_desk"])
REASONS = st.sampled_from([REASON, REASON, REASON, "", " "])
ASKERS = st.sampled_from([DUTY, DUTY, "desk1", "desk2", "kiosk1"])


class Notices(Stage):
    """Other hours, announced and shown or not."""

    @rule(
        in_days=st.integers(0, 5),
        emergency=st.booleans(),
        shown=st.booleans(),
        hours=st.sampled_from([("10:00-12:00", "14:00-17:00"), ("09:00-17:30",), ("12:00-09:00",), ("nine",)]),
    )
    def announces_hours(self, in_days: int, emergency: bool, shown: bool, hours: tuple[str, ...]) -> None:
        """R-CORE-32."""
        self.ask(c.AnnounceHours(hours, today(self.reading, self.at + in_days * DAY), REASON, emergency))
        if shown:
            for change in self.hall.hours_changes:
                self.ask(c.ReportShown(change), "hall")

    @rule(which=WHICH)
    def notice_is_shown(self, which: int) -> None:
        changes = [*self.hall.hours_changes] or [7]
        self.ask(c.ReportShown(changes[which % len(changes)]), "hall")


class Supervisors(Notices):
    """Approvals, favours, tides, emergencies, absences."""

    @rule(which=WHICH, desk=DESKS, before=st.booleans(), reason=REASONS, by=ASKERS)
    def calls_one_out_of_turn(self, which: int, desk: int, before: bool, reason: str, by: str) -> None:
        """T07: with an approval given before, or by a supervisor himself."""
        number = self.one_of(which, TicketState.WAITING)
        if before:
            self.ask(c.Approve("call", number, REASON))
        self.ask(c.CallSpecific(desk, number, reason), f"desk{desk}" if before else by)

    @rule(kind=KINDS, subject=st.sampled_from(["A001", "1", "2", "relief", "X999"]), reason=REASONS, by=ASKERS)
    def approves(self, kind: str, subject: str, reason: str, by: str) -> None:
        asked = {
            each: c.Approve(each, subject, reason) for each in ("call", "transfer", "logout", "leave", "second_desk")
        }
        self.ask(asked[kind], by)

    @rule(which=WHICH, reason=REASONS, by=ASKERS, void=st.booleans())
    def favours_or_voids(self, which: int, reason: str, by: str, void: bool) -> None:
        number = self.one_of(which, *TicketState)
        self.ask(c.Void(number, reason) if void else c.Grant(number, reason), by)

    @rule(desk=st.sampled_from([7, 7, 7, 1]), close=st.booleans(), ms=PAUSES)
    def tide_comes_and_goes(self, desk: int, close: bool, ms: int) -> None:
        self.ask(c.OpenTide(desk))
        self.time_passes(ms)
        if close:
            self.ask(c.CloseTide(desk))

    @rule(desk=DESKS, services=st.lists(SERVICES, max_size=3, unique=True), reason=REASONS)
    def assigns(self, desk: int, services: list[str], reason: str) -> None:
        """R-CORE-09; nothing means everything."""
        self.ask(c.AssignServices(desk, tuple(services) or ("*",), reason))

    @rule(
        ms=st.sampled_from([1, 20 * SECOND, 8 * MINUTE, 45 * MINUTE]),
        desk=DESKS,
        service=SERVICES,
        after=st.sampled_from([0, 39, 40, 69, 70]),
    )
    def emergency(self, ms: int, desk: int, service: str, after: int) -> None:
        """R-CORE-30: keys change nothing while it lasts, and nobody's time runs."""
        if self.is_called(desk) is not None:
            self.is_called_again(desk)
        self.ask(c.EmergencyPause(REASON))
        self.ask(c.Next(desk))
        self.ask(c.Take(service), "kiosk1")
        self.ask(c.ReportPrinted(self.one_of(desk, TicketState.PRINTING)))
        self.time_passes(ms)
        self.ask(c.Pass(desk))
        self.ask(c.EmergencyResume())
        self.time_passes(after * SECOND)
        self.ask(c.Pass(desk))

    @rule(
        inspector=st.sampled_from(["i1", "i2"]), role=st.sampled_from(["patrol", "leader"]), finding=REASONS, desk=DESKS
    )
    def patrols(self, inspector: str, role: str, finding: str, desk: int) -> None:
        self.ask(c.Patrol(inspector, "leader" if role == "leader" else "patrol", finding, desk))

    @rule(desk=DESKS, minutes=st.sampled_from([7, 8, 10, 11, 31]), interrupted=st.booleans(), early=st.booleans())
    def somebody_stays_away(self, desk: int, minutes: int, interrupted: bool, early: bool) -> None:
        """R-CORE-24: and is asked why."""
        if interrupted:
            self.is_served(desk)
            self.ask(c.Interrupt(desk, REASON))
        else:
            self.ask(c.Pause(desk, "", urgent=True))
        if early:
            self.ask(c.GiveReason(desk, REASON))
        self.time_passes(minutes * MINUTE)
        self.ask(c.GiveReason(desk, REASON))
        self.ask(c.ResumeDesk(desk))
        self.ask(c.GiveReason(desk, REASON))
