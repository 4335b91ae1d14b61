"""The account a clerk with a pencil keeps of the hall: one card per number, one seat per desk (see ``oracle``)."""

from dataclasses import dataclass, field

from firmware_py.core import events as e
from firmware_py.core.plan import Plan

OPEN = {"printing", "waiting", "called", "serving", "held", "passed", "rating"}
TERMINAL = {"done", "cancelled", "void", "expired", "unserved"}


@dataclass
class Card:
    """One number of today."""

    number: str
    service: str
    klass: str
    taken_at: int
    place: int
    kiosk: str
    state: str = "printing"
    unconfirmed: bool = False
    handed_back: bool = False
    desk: int = 0
    calls: int = 0
    called_at: int = 0
    last_call_at: int = 0
    final: bool = False
    returns: int = 0
    ripe_at: int = 0
    group: str = ""
    finishes: int = 0
    implicit: bool = False
    finished_by: str = ""
    invitations: int = 0
    window: int = 0
    opened_at: int = 0
    levels: list[int] = field(default_factory=list)
    first_elapsed: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """(accepted_at, seq) of R-CORE-04."""
        return self.taken_at, self.place


@dataclass
class Seat:
    """One desk."""

    state: str = "closed"
    staff: str = ""
    ticket: str = ""
    rating: str = ""


@dataclass
class LineCard:
    """One telephone line."""

    rings: int = 0
    talking: bool = False
    claimed: int = 0


class Reading:
    """What the events so far amount to."""

    def __init__(self) -> None:
        self.seq = 0
        self.plan = Plan("", "", (), ())
        self.day = ""
        self.calling = self.issue_closed = self.day_closed = False
        self.cards: dict[str, Card] = {}
        self.seats: dict[int, Seat] = {}
        self.lines: dict[str, LineCard] = {}
        self.callbacks: dict[int, str] = {}
        self.last_number: dict[str, int] = {}
        self.group_calls: dict[str, int] = {}
        self.group_run: dict[str, int] = {}

    # --- reading aids -------------------------------------------------------------------------------------------------

    def waiting(self) -> list[Card]:
        return sorted((card for card in self.cards.values() if card.state == "waiting"), key=lambda card: card.key)

    def group_of(self, desk: int) -> str:
        return next(each.group for each in self.plan.desks if each.id == desk)

    def services_of(self, desk: int) -> tuple[str, ...]:
        return next(each.services for each in self.plan.desks if each.id == desk)

    def move(self, event: e.TicketEvent, old: set[str], new: str) -> Card:
        """The card follows the event, which is only lawful in these states (rules.md 3.3)."""
        card = self.cards[event.ticket]
        assert card.state in old, f"{event} meets a ticket in {card.state}"
        card.state = new
        return card

    def seat(self, desk: int, old: set[str], new: str) -> Seat:
        """The desk follows, from these states only (rules.md 3.4); "ready" after T_close is "closing"."""
        seat = self.seats[desk]
        if "ready" in old:
            old = old | {"closing"}
        assert seat.state in old, f"desk {desk} is {seat.state}"
        seat.state = "closing" if new == "ready" and self.issue_closed else new
        return seat
