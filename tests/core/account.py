"""The account a clerk with a pencil keeps of the hall: one card per number, one seat per desk (see ``oracle``)."""

from copy import deepcopy
from dataclasses import dataclass, field

from firmware_py.core import events as e
from firmware_py.core.plan import DeskPlan, Hours, Plan

OPEN = {"printing", "waiting", "called", "serving", "held", "passed", "rating"}
TERMINAL = {"done", "cancelled", "void", "expired", "unserved"}
AWAY = {"wait", "paused", "closed", "fault"}


@dataclass
class Card:
    """One number of today. ``first`` is why it goes before the others: granted or handed, "" = its class alone."""

    number: str
    service: str
    klass: str
    taken_at: int
    place: int
    kiosk: str
    state: str = "printing"
    unconfirmed: bool = False
    first: str = ""
    target: int = 0
    legs: list[str] = field(default_factory=list)
    slot: tuple[int, int] = (0, 0)
    redeems: str = ""
    green: bool = False
    back: bool = False
    desk: int = 0
    calls: int = 0
    called_at: int = 0
    last_call_at: int = 0
    heard_at: int = 0
    final: bool = False
    returns: int = 0
    ripe_at: int = 0
    group: str = ""
    held_at: int = 0
    finishes: int = 0
    implicit: bool = False
    finished_by: str = ""
    helpers: list[str] = field(default_factory=list)
    served_ms: int = 0
    served_since: int = 0
    seated: bool = False
    limit_min: int = 0
    items: list[str] = field(default_factory=list)
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
    """One desk. ``undo`` is what may be taken back there: its kind, the card as it was, and when;
    ``undo_allowed`` who had allowed it."""

    state: str = "closed"
    staff: str = ""
    role: str = ""
    acting_for: str = ""
    ticket: str = ""
    rating: str = ""
    services: tuple[str, ...] = ()
    tide: bool = False
    interrupted: bool = False
    testing: bool = False
    away_since: int = 0
    away_stage: int = 0
    excused: bool = False
    undo: tuple[str, Card, int] | None = None
    undo_allowed: str = ""


@dataclass
class LineCard:
    """One telephone line."""

    rings: int = 0
    talking: bool = False
    claimed: int = 0
    alerted: tuple[int, ...] = ()
    caller: str = ""


class Reading:
    """What the events so far amount to."""

    def __init__(self) -> None:
        self.seq = 0
        self.plan = Plan("", "", (), ())
        self.hours: tuple[Hours, ...] = ()
        self.offset_ms = 0
        self.trusted = True
        self.confirmed = False
        self.day = ""
        self.by_hand = False
        self.calling = self.issue_closed = self.day_closed = False
        self.lunch_at = 0
        self.emergency_at = 0
        self.frozen: list[tuple[int, int]] = []
        self.cards: dict[str, Card] = {}
        self.seats: dict[int, Seat] = {}
        self.lines: dict[str, LineCard] = {}
        self.tasks: dict[int, tuple[str, str, str]] = {}
        self.owed: list[str] = []
        self.hurried: list[str] = []
        self.last_number: dict[str, int] = {}
        self.group_calls: dict[str, int] = {}
        self.group_run: dict[str, int] = {}
        self.down: set[tuple[str, str]] = set()
        self.voices: set[str] = set()
        self.approvals: dict[tuple[str, str], str] = {}
        self.alerts: set[tuple[str, str]] = set()
        self.findings: list[e.FindingRaised] = []
        self.bookings: dict[str, e.Booked] = {}
        self.checked_in: dict[str, str] = {}
        self.unserved: dict[str, str] = {}
        self.hours_announced: dict[int, e.HoursAnnounced] = {}
        self.hours_effective: dict[int, str] = {}
        self.hours_shown: dict[int, str] = {}
        self.patrolled: dict[str, int] = {}

    # --- reading aids -------------------------------------------------------------------------------------------------

    def waiting(self) -> list[Card]:
        return sorted((card for card in self.cards.values() if card.state == "waiting"), key=lambda card: card.key)

    def desk_plan(self, desk: int) -> DeskPlan:
        return next(each for each in self.plan.desks if each.id == desk)

    def group_of(self, desk: int) -> str:
        return self.desk_plan(desk).group

    def serves(self, desk: int, card: Card) -> bool:
        """Whether the desk may call it: its service; or it is meant for this desk, or for one nobody serves at."""
        seat = self.seats[desk]
        if card.target and card.target != desk and self.attended(card.target):
            return False
        return card.target == desk or card.service in seat.services

    def attended(self, desk: int) -> bool:
        """Whether citizens meant for this desk had better wait for it: somebody sits there, or is back in a moment."""
        seat = self.seats[desk]
        return bool(seat.staff) and seat.state not in {"closed", "paused", "fault"}

    def answerers(self) -> set[str]:
        """Who may answer for what is out of the ordinary (R-DESK-05)."""
        named = {person.id for person in self.plan.staff if person.approver}
        staff = {self.seats[desk].staff for desk in self.plan.supervisor_desks} - {""}
        return (staff & named if named else staff) | set(self.plan.supervisors)

    def answered_for(self, kind: str, subject: str, approver: str) -> None:
        """R-CORE-07: an approval given before is used up; else it is a supervisor himself."""
        given = self.approvals.pop((kind, subject), None)
        assert approver == given or (given is None and approver in self.answerers()), f"{approver} may not answer"

    def elapsed(self, since: int, at: int) -> int:
        """Milliseconds between two hall times without emergencies (R-CORE-30)."""
        stood = sum(max(0, min(until, at) - max(begun, since)) for begun, until in self.frozen)
        if self.emergency_at:
            stood += max(0, at - max(self.emergency_at, since))
        return at - since - stood

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

    def leaves(self, desk: int, at: int) -> None:
        """The staff go: absence counts from here unless leave was approved, which is used up (R-CORE-24)."""
        seat = self.seats[desk]
        if not seat.away_since:
            seat.away_since, seat.away_stage = at, 0
            seat.excused = bool(self.approvals.pop(("leave", str(desk)), ""))

    def may_undo(self, desk: int, kind: str, card: Card, at: int) -> None:
        """The desk may take this back for ``undo_s`` from ``at`` (R-CORE-29); ``card`` has not followed yet."""
        self.seats[desk].undo = (kind, deepcopy(card), at)

    def undone(self, desk: int, kind: str, number: str, at: int) -> Card:
        """It does: the card is as it was."""
        undo = self.seats[desk].undo
        assert undo is not None and (undo[0], undo[1].number) == (kind, number), f"nothing to take back at {desk}"
        assert self.elapsed(undo[2], at) <= self.plan.limits.desk.undo_s * 1000, "too late to take it back"
        undo[1].klass = self.cards[number].klass  # a class that was given meanwhile stays
        self.cards[number] = undo[1]
        self.seats[desk].undo = None
        return undo[1]
