"""Random days: what the people with numbers do, and the dispensers and guides that serve them."""

from typing import Literal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.states import TicketState
from tests.core.account_clock import minute, today
from tests.core.big_hall import DUTY
from tests.core.stage import CLASSES, DESKS, KIOSKS, REASON, SERVICES, WHICH, Stage


class Crowd(Stage):
    """They take numbers, give up, come back."""

    @rule(service=SERVICES, klass=CLASSES, kiosk=KIOSKS)
    def take(self, service: str, klass: str, kiosk: str) -> None:
        self.ask(c.Take(service, "G" if klass == "G" else "X"), kiosk)

    @rule(people=st.lists(st.tuples(SERVICES, CLASSES, st.integers(0, 2000)), min_size=1, max_size=6))
    def people_come(self, people: list[tuple[str, str, int]]) -> None:
        for service, klass, ms in people:
            self.somebody_comes(service, klass)
            self.time_passes(ms)

    @rule(
        which=WHICH,
        outcome=st.sampled_from([c.ReportPrinted, c.ReportPrinted, c.ReportPrintFailed, c.ReportPrintUnknown]),
        kiosk=st.sampled_from(["", "", "", "kiosk1"]),
    )
    def outcome(self, which: int, outcome: type[c.Command], kiosk: str) -> None:
        """Of a slip that is printing or unconfirmed; sometimes another kiosk claims to know."""
        self.ask(c.Take("b"), "kiosk3")
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

    @rule(which=WHICH, desk=DESKS, held=st.booleans())
    def comes_back(self, which: int, desk: int, held: bool) -> None:
        """Who was passed or put aside; perhaps somebody who has no reason to."""
        missed = [t.number for t in self.hall.tickets.values() if t.state is TicketState.PASSED or t.implicit]
        aside = self.numbers(TicketState.HELD)
        numbers = (aside if held else missed) or [*self.hall.tickets, "X999"]
        self.ask(c.ReturnTicket(numbers[which % len(numbers)].lower()), f"desk{desk}")

    @rule(which=WHICH)
    def gives_up(self, which: int) -> None:
        self.ask(c.Cancel(self.one_of(which, TicketState.WAITING)), "kiosk1")

    @rule(which=WHICH, twice=st.booleans())
    def old_slip_is_redeemed(self, which: int, twice: bool) -> None:
        """T30: whom an earlier day left unserved; at most once."""
        left = [*self.hall.unserved] or ["2020-01-01/A001"]
        day, number = left[which % len(left)].split("/")
        for _ in range(1 + twice):
            taken = self.ask(c.ReturnTicket(number, day), "kiosk1")
        if taken and isinstance(taken[0], e.Taken):
            self.ask(c.ReportPrinted(taken[0].ticket))

    # --- appointments -------------------------------------------------------------------------------------------------

    @rule(
        service=SERVICES,
        starts_in=st.sampled_from([-90, -32, -20, 0, 5, 20, 200]),
        cancelled=st.sampled_from([False, False, False, True]),
        comes=st.sampled_from([True, True, False]),
        tomorrow=st.sampled_from([False, False, False, True]),
    )
    def has_an_appointment(self, service: str, starts_in: int, cancelled: bool, comes: bool, tomorrow: bool) -> None:
        """And is early, in time, late, there on another day, or not at all."""
        code = f"YY{len(self.events):04d}"
        starts = int(minute(self.reading, self.at)) + starts_in
        if not 0 <= starts < 24 * 60 - 30:
            return
        clock = [f"{each // 60:02d}:{each % 60:02d}" for each in (starts, starts + 15)]
        day = today(self.reading, self.at + tomorrow * 86_400_000)
        self.ask(c.Book(code, service, day, *clock))
        if cancelled:
            self.ask(c.CancelBooking(code))
        for _ in range(2 * comes):
            self.checks_in(code)

    @rule(which=WHICH)
    def comes_at_last(self, which: int) -> None:
        """Whoever booked and has not come yet."""
        codes = [*self.hall.bookings] or ["NONE1"]
        self.checks_in(codes[which % len(codes)])

    def checks_in(self, code: str) -> None:
        taken = self.ask(c.CheckIn(code), "kiosk1")
        if taken and isinstance(taken[0], e.Taken):
            self.ask(c.ReportPrinted(taken[0].ticket))


class People(Crowd):
    """They come with slips of paper too, and are favoured."""

    @rule(service=SERVICES, number=st.integers(1, 12), ago=st.sampled_from([-1, 0, 1, 5, 30, 300]))
    def paper_slip_is_entered(self, service: str, number: int, ago: int) -> None:
        """R-CORE-31: handed out a while ago, perhaps twice the same."""
        handed = int(minute(self.reading, self.at)) - ago
        if 0 <= handed < 24 * 60:
            self.ask(c.EnterManual(f"M{number:03d}", service, f"{handed // 60:02d}:{handed % 60:02d}"), "kiosk1")

    @rule(which=WHICH)
    def is_favoured(self, which: int) -> None:
        """R-CORE-07: with somebody who answers for it."""
        self.ask(c.Grant(self.one_of(which, TicketState.WAITING, TicketState.PASSED), REASON))

    @rule(which=WHICH)
    def was_a_mistake(self, which: int) -> None:
        """T26."""
        self.ask(c.Void(self.one_of(which, TicketState.WAITING), REASON))

    @rule(which=WHICH, guide=st.booleans())
    def is_old_or_ill(self, which: int, guide: bool) -> None:
        """T28."""
        self.ask(c.Upgrade(self.one_of(which, TicketState.WAITING)), "kiosk1" if guide else DUTY)

    @rule(which=WHICH, about=st.sampled_from(["consult", "complain", "priority"]), came=st.booleans())
    def calls_the_guide(self, which: int, about: Literal["consult", "complain", "priority"], came: bool) -> None:
        """R-KIOSK-06, R-KIOSK-10."""
        self.ask(c.CallGuide(about), "kiosk1")
        self.ask(c.Reprint(self.one_of(which, *TicketState)), "kiosk1")
        if came:
            self.ask(c.GuideCame(), "kiosk1")
