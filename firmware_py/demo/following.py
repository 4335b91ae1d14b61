"""The hall as its journal tells it, replayed for the page: who waits, what needs somebody, what was implied."""

from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.machine import evolve
from firmware_py.core.model import Alert, Booking
from firmware_py.core.states import TicketState

_OPEN = frozenset({TicketState.CALLED, TicketState.SERVING, TicketState.HELD, TicketState.PASSED})
_AWAY = frozenset({TicketState.HELD, TicketState.PASSED})


class Follower:
    """Follows one journal from its first record.

    A journal whose first file has been put away cannot be followed from the middle: then nothing is known here, and the
    page does without.
    """

    def __init__(self) -> None:
        self._hall = Hall()
        self._lost = False
        self.findings: list[e.FindingRaised] = []
        """Of this business day, oldest first."""
        self.implied: dict[int, str] = {}
        """Desk → the number that counted as finished when its staff called the next one (T25)."""

    def follow(self, event: e.Event) -> None:
        """One more event, in the journal's order."""
        if self._hall.seq == 0 and not isinstance(event, e.Configured):
            self._lost = True
        if self._lost:
            return
        evolve(self._hall, event)
        match event:
            case e.DayOpened():
                self.findings, self.implied = [], {}
            case e.FindingRaised():
                self.findings.append(event)
            case e.Finished(desk=desk, ticket=ticket, implicit=True):
                self.implied[desk] = ticket
            case (
                e.Arrived(desk=desk, implicit=False)
                | e.Finished(desk=desk)
                | e.Resumed(desk=desk)
                | e.LoggedOut(desk=desk)
            ):
                self.implied.pop(desk, None)
            case _:
                pass

    def waiting(self) -> dict[str, list[str]]:
        """Service → the numbers waiting for it, in order of arrival: neutral, as on paper (no class is shown)."""
        found: dict[str, list[str]] = {}
        waiting = [each for each in self._hall.tickets.values() if each.state is TicketState.WAITING]
        for ticket in sorted(waiting, key=lambda each: each.key):
            found.setdefault(ticket.service, []).append(ticket.number)
        return found

    def open_tickets(self) -> list[str]:
        """Numbers that are neither waiting nor over: called, served, put aside or passed."""
        return [each.number for each in self._hall.tickets.values() if each.state in _OPEN]

    def may_report(self) -> list[str]:
        """Numbers whose holders have something to report at a kiosk when they are back: passed or put aside (T12)."""
        return [each.number for each in self._hall.tickets.values() if each.state in _AWAY and not each.back]

    def final_calls(self) -> list[str]:
        """Numbers that are being called for the last time today (R-CORE-17)."""
        return [each.number for each in self._hall.tickets.values() if each.final and each.state is TicketState.CALLED]

    def alerts(self) -> list[tuple[tuple[str, str], Alert]]:
        """What somebody should look at, by kind and subject."""
        return list(self._hall.alerts.items())

    def bookings(self) -> list[Booking]:
        """Today's appointments."""
        return [each for each in self._hall.bookings.values() if each.day == self._hall.day]

    def redeemable(self) -> list[str]:
        """Unserved tickets of earlier days as they may be presented, ``day/number`` (T30)."""
        return list(self._hall.unserved)

    @property
    def emergency(self) -> bool:
        """Whether everything stands still (R-CORE-30)."""
        return self._hall.emergency_at != 0

    def tide(self, desk: int) -> bool:
        """Whether the desk's tide is open (R-CORE-10)."""
        return desk in self._hall.desks and self._hall.desks[desk].tide
