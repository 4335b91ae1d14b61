"""Random days: what the clerks at the desks do, sensible or not."""

from collections.abc import Sequence

from hypothesis import strategies as st
from hypothesis.stateful import rule

from firmware_py.core import commands as c
from firmware_py.core.states import DeskState, TicketState
from tests.core import halls
from tests.core.big_hall import DUTY
from tests.core.halls import SECOND
from tests.core.stage import CLASSES, DESKS, PAUSES, REASON, SERVICES, WHICH, Stage

LIKELY: dict[DeskState, Sequence[type[c.DeskCommand]]] = {
    DeskState.CLOSED: [c.Login],
    DeskState.READY: [c.Next, c.Next, c.Next, c.ResumeTicket, c.Pause, c.Wait, c.Undo, c.BeginSelfTest],
    DeskState.CLOSING: [c.Next, c.Next, c.Next, c.ResumeTicket, c.Logout],
    DeskState.CALLING: [c.Arrive, c.Arrive, c.Recall, c.Recall, c.Pass, c.Next, c.Pause, c.Wait],
    DeskState.SERVING: [c.Finish, c.Finish, c.Finish, c.Hold, c.Pause, c.Interrupt],
    DeskState.RATING: [c.Next, c.Next, c.Pause, c.Undo],
    DeskState.WAIT: [c.ResumeDesk, c.Pause, c.StandIn],
    DeskState.PAUSED: [c.ResumeDesk, c.StandIn],
    DeskState.PAUSE_PENDING: [c.Finish, c.Hold, c.ResumeDesk],
    DeskState.FAULT: [c.ResumeDesk],
}
ANY: list[type[c.DeskCommand]] = [
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
    c.Undo,
    c.Interrupt,
    c.StandIn,
    c.Transfer,
    c.AddItem,
    c.Assist,
    c.BeginSelfTest,
    c.EndSelfTest,
    c.RecordDone,
    c.Pickup,
    c.CallbackDone,
]


class Visits(Stage):
    """Keys that make sense, and whole visits, so that depth is reached."""

    @rule(presses=st.lists(st.tuples(DESKS, st.integers(0, 11), PAUSES), min_size=1, max_size=4))
    def keys(self, presses: list[tuple[int, int, int]]) -> None:
        """Keys that make sense where the desks stand."""
        for desk, which, ms in presses:
            self.time_passes(ms)
            keys = LIKELY[self.hall.desks[desk].state]
            self.ask(keys[which % len(keys)](desk))

    # --- visits -------------------------------------------------------------------------------------------------------

    @rule(visits=st.lists(st.tuples(DESKS, st.integers(1, 6), PAUSES), min_size=1, max_size=4))
    def people_are_served(self, visits: list[tuple[int, int, int]]) -> None:
        """Called, heard, seated, finished, rated, corrected: or only the first of these steps."""
        for desk, far, ms in visits:
            ticket = self.is_called(desk)
            if ticket is None or far == 1:
                continue
            self.ask(halls.reading(self.hall, ticket.number), "hall")
            self.time_passes(2 * SECOND)
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

    @rule(
        desk=st.sampled_from([1, 2, 3, 5, 5, 6, 7]),
        people=st.lists(st.tuples(SERVICES, CLASSES), min_size=2, max_size=6),
    )
    def one_after_the_other(self, desk: int, people: list[tuple[str, str]]) -> None:
        """So that calls of one class follow each other."""
        for service, klass in people:
            self.somebody_comes(service, klass)
        for _ in people:
            self.is_served(desk)
            self.time_passes(11 * SECOND)
            self.ask(c.Finish(desk))

    @rule(
        desk=DESKS,
        heard=st.sampled_from(["", "voice", "sign"]),
        patience=st.sampled_from([38, 39, 40, 68, 69, 70, 98, 99, 100]),
        undo_after=st.sampled_from([0, 0, 1, 5000, 5001]),
        returns=st.booleans(),
    )
    def somebody_is_missed(self, desk: int, heard: str, patience: int, undo_after: int, returns: bool) -> None:
        """Called three times, never came; perhaps it was a slip of the finger."""
        ticket = self.is_called(desk)
        if ticket is None:
            return
        if heard:
            self.time_passes(SECOND)
            self.ask(halls.reading(self.hall, ticket.number, "voice" if heard == "voice" else "sign"), "hall")
        self.is_called_again(desk)
        self.time_passes(patience * SECOND)
        self.ask(c.Pass(desk))
        if undo_after:
            self.time_passes(undo_after)
            self.ask(c.Undo(desk))
        elif returns:
            self.ask(c.ReturnTicket(ticket.number), "kiosk1")

    @rule(desk=DESKS, key=st.sampled_from([c.Hold, c.Pause, c.ResumeTicket, c.ResumeDesk]), back=st.booleans())
    def somebody_steps_aside(self, desk: int, key: type[c.DeskCommand], back: bool) -> None:
        ticket = self.is_served(desk)
        self.ask(key(desk))
        if ticket is not None and back:
            self.ask(c.ReturnTicket(ticket.number), "kiosk1")
            self.ask(c.Next(desk))
        elif ticket is not None:
            self.ask(c.ResumeTicket(desk))

    @rule(desk=DESKS, which=WHICH)
    def fetches_a_held_one(self, desk: int, which: int) -> None:
        self.ask(c.ResumeTicket(desk, self.one_of(which, TicketState.HELD)))


class Clerks(Visits):
    """Any key at any time, slips of the finger, transfers, and who sits where."""

    @rule(desk=st.integers(0, 13), key=st.sampled_from(ANY))
    def any_key(self, desk: int, key: type[c.DeskCommand]) -> None:
        self.ask(key(desk), f"desk{desk}" if desk % 2 else DUTY)

    @rule(desk=DESKS, later=st.sampled_from([0, 4999, 5000, 5001]), rated=st.booleans())
    def finish_was_a_slip(self, desk: int, later: int, rated: bool) -> None:
        """T24."""
        if self.is_served(desk) is not None:
            self.ask(c.Finish(desk))
            if rated:
                self.ask(halls.level(self.hall, desk, 4, 900))
            self.time_passes(later)
            self.ask(c.Undo(desk))

    @rule(desk=DESKS, away=PAUSES, item=st.sampled_from(["", "复印", "复印", "预审", "别的", "x" * 41]))
    def visit_takes_long(self, desk: int, away: int, item: str) -> None:
        """With something else to be done, and the clerk away in between."""
        if self.is_served(desk) is None:
            return
        self.ask(c.AddItem(desk, item))
        self.time_passes(97 * SECOND)
        self.ask(c.Interrupt(desk, REASON))
        self.ask(c.Finish(desk))
        self.time_passes(away)
        self.ask(c.ResumeDesk(desk))
        self.time_passes(97 * SECOND)
        self.ask(c.Finish(desk))

    # --- transfers ----------------------------------------------------------------------------------------------------

    @rule(
        desk=DESKS,
        service=SERVICES,
        meant_for=st.sampled_from([0, 0, 0, 1, 2, 3, 5, 7, 8]),
        aside=st.sampled_from([False, False, True]),
        allowed=st.booleans(),
        undo=st.sampled_from([False, False, True]),
    )
    def somebody_is_sent_on(
        self, desk: int, service: str, meant_for: int, aside: bool, allowed: bool, undo: bool
    ) -> None:
        """T18: to a service or one desk of it, from the chair or from aside, perhaps back again with an approval."""
        ticket = self.is_served(desk)
        if ticket is None:
            return
        if aside:
            self.ask(c.Hold(desk, REASON))
        if allowed:
            self.ask(c.Approve("transfer", ticket.number, REASON))
        self.ask(c.Transfer(desk, service, meant_for, REASON, ticket.number if aside else ""))
        if undo:
            self.ask(c.Undo(desk))
        elif meant_for and not aside:
            self.ask(c.Next(meant_for))

    @rule(first=DESKS, second=DESKS, allowed=st.booleans())
    def there_and_back_again(self, first: int, second: int, allowed: bool) -> None:
        """Scenario 15: A to B to A, which needs a supervisor."""
        ticket = self.is_served(first)
        if ticket is None:
            return
        there = next((s for s in self.hall.desks[second].services if s != ticket.service), "")
        self.ask(c.Transfer(first, there, 0, REASON))
        self.is_called(second)
        self.ask(c.Arrive(second))
        sent = self.at_desk(second)
        if allowed and sent is not None:
            self.ask(c.Approve("transfer", sent.number, REASON))
        self.ask(c.Transfer(second, ticket.service, 0, REASON))

    # --- people at the desks ------------------------------------------------------------------------------------------

    @rule(desk=DESKS, staff=st.sampled_from(["", "", "relief", "other", "staff1", "nobody"]), approved=st.booleans())
    def somebody_stands_in(self, desk: int, staff: str, approved: bool) -> None:
        """R-CORE-26; and back again."""
        if approved:
            self.ask(c.Approve("second_desk", staff or "relief", REASON))
        self.ask(c.StandIn(desk, staff))
        self.ask(c.StandIn(desk))

    @rule(desk=DESKS, staff=st.sampled_from(["", "staff1", "other", "staff8"]), role=st.sampled_from(["A", "B"]))
    def somebody_else_logs_in(self, desk: int, staff: str, role: str) -> None:
        self.ask(c.Approve("second_desk", staff or "staff1", REASON))
        self.ask(c.Login(desk, staff, "B" if role == "B" else "A", "staff2" if role == "B" else ""))

    @rule(desk=DESKS, approved=st.booleans())
    def somebody_leaves(self, desk: int, approved: bool) -> None:
        if approved:
            self.ask(c.Approve("logout", str(desk), REASON))
        self.ask(c.Logout(desk))

    @rule(desk=DESKS, staff=st.sampled_from(["", "staff8", "other"]))
    def somebody_is_back(self, desk: int, staff: str) -> None:
        self.ask(c.ResumeDesk(desk, staff))

    @rule(desk=DESKS, urgent=st.booleans(), leave=st.booleans())
    def somebody_pauses(self, desk: int, urgent: bool, leave: bool) -> None:
        if leave:
            self.ask(c.Approve("leave", str(desk), REASON))
        self.ask(c.Pause(desk, REASON, urgent))

    @rule(desk=DESKS, level=st.integers(0, 6), busy=st.booleans())
    def tries_the_keys(self, desk: int, level: int, busy: bool) -> None:
        """R-EVAL-10; perhaps while a citizen may still rate."""
        if busy and self.is_served(desk) is not None:
            self.ask(c.Finish(desk))
        self.ask(c.BeginSelfTest(desk))
        self.ask(halls.level(self.hall, desk, level, 900))
        self.ask(c.Next(desk))
        self.ask(c.EndSelfTest(desk))

    @rule(desk=DESKS, comes=st.booleans())
    def asks_for_help(self, desk: int, comes: bool) -> None:
        """R-DESK-07."""
        self.ask(c.Assist(desk))
        self.ask(c.Assist(desk))
        if comes:
            self.ask(c.EndAssist(desk))
