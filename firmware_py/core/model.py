"""The hall as it stands: frozen tickets, desks and lines in one mutable aggregate that only ``evolve`` touches."""

from enum import StrEnum

import msgspec

from firmware_py.core.commands import Answer
from firmware_py.core.plan import Plan
from firmware_py.core.waiting import WaitingKeys


class Klass(StrEnum):
    """Class of a ticket (rules.md 3.1); never on paper, sign or voice."""

    ORDINARY = "X"
    APPOINTMENT = "A"
    GREEN = "G"
    GRANTED = "S"
    RETURNED = "R"


class TicketState(StrEnum):
    """States of rules.md 3.2, and T30's UNSERVED."""

    PRINTING = "printing"
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    PASSED = "passed"
    RATING = "rating"
    DONE = "done"
    CANCELLED = "cancelled"
    VOID = "void"
    EXPIRED = "expired"
    UNSERVED = "unserved"


TERMINAL = frozenset(
    {TicketState.DONE, TicketState.CANCELLED, TicketState.VOID, TicketState.EXPIRED, TicketState.UNSERVED}
)


class DeskState(StrEnum):
    """States of rules.md 3.4."""

    CLOSED = "closed"
    READY = "ready"
    CALLING = "calling"
    SERVING = "serving"
    RATING = "rating"
    WAIT = "wait"
    PAUSED = "paused"
    PAUSE_PENDING = "pause_pending"
    FAULT = "fault"
    CLOSING = "closing"


class Lane(StrEnum):
    """Where a waiting ticket stands when the next one is picked (rules.md 3.5), strongest first."""

    GRANTED = "granted"
    HANDED = "handed"
    GREEN = "green"
    BOOKED = "booked"
    ORDINARY = "ordinary"
    RETURNED = "returned"


KLASS_OF = {klass.value: klass for klass in Klass}
"""A class by its letter."""

LANE_OF_KLASS = {
    Klass.ORDINARY: Lane.ORDINARY,
    Klass.APPOINTMENT: Lane.BOOKED,
    Klass.GREEN: Lane.GREEN,
    Klass.GRANTED: Lane.GRANTED,
    Klass.RETURNED: Lane.RETURNED,
}


class Ticket(msgspec.Struct, frozen=True, gc=False):
    """One number of today. ``accepted_at`` and ``ordinal`` never change (invariant 16); all ``…_at`` are hall time.

    ``implicit`` = nobody pressed 到达 or 办结 for it: a 3-key pad went on to the next (T25).
    """

    number: str
    service: str
    klass: Klass
    state: TicketState
    accepted_at: int
    ordinal: int
    kiosk: str = ""
    lane: Lane = Lane.ORDINARY
    unconfirmed: bool = False
    desk: int = 0
    calls: int = 0
    called_at: int = 0
    recalled_at: int = 0
    final: bool = False
    arrived_at: int = 0
    returns: int = 0
    ripe_at: int = 0
    group: str = ""
    held_at: int = 0
    staff: str = ""
    implicit: bool = False
    evaluator: str = ""
    window_seq: int = 0
    opened_at: int = 0
    level: int = 0
    rated_elapsed_ms: int = 0
    invited: bool = False

    @property
    def key(self) -> int:
        """Order inside a lane: accepted_at, then order of issue (R-CORE-04)."""
        return self.accepted_at << 20 | self.ordinal


class Session(msgspec.Struct, frozen=True, gc=False):
    """Staff at a desk."""

    staff: str
    role: str
    since: int
    acting_for: str = ""


class Desk(msgspec.Struct, frozen=True, gc=False):
    """A desk now. ``ticket`` is called or served there, ``rating`` is the number whose window is open (invariant 2)."""

    id: int
    state: DeskState = DeskState.CLOSED
    session: Session | None = None
    ticket: str = ""
    rating: str = ""
    since: int = 0
    reason: str = ""
    rated: bool = False


class LineState(StrEnum):
    """States of rules.md 3.9."""

    ON_HOOK = "on_hook"
    RINGING = "ringing"
    TALK = "talk"


class Line(msgspec.Struct, frozen=True):
    """A telephone line now. ``alerted`` are the desks asked to take the call, ``claimed`` the one that pressed 代接."""

    id: str
    desk: int
    state: LineState = LineState.ON_HOOK
    ring: int = 0
    alerted: tuple[int, ...] = ()
    claimed: int = 0
    supervisor: bool = False


class Callback(msgspec.Struct, frozen=True):
    """A call that is owed (R-PHONE-06)."""

    task: int
    line: str
    due: int


class Announcement(msgspec.Struct, frozen=True, gc=False):
    """Something to be heard once.

    ``seq`` is its event's place (the voice dedupes by it), ``at`` hall time, ``reading`` which reading this is (1, 2,
    3…); ``kind`` is ``call``, ``final`` or ``withdrawn``; ``slow`` asks for the green reading (R-CALL-03).
    """

    seq: int
    at: int
    kind: str
    ticket: str
    desk: int
    reading: int = 1
    slow: bool = False


class Group:
    """What desks sharing queues count together: calls made, and priority calls in a row."""

    __slots__ = ("calls", "prio_run")

    def __init__(self, calls: int = 0, prio_run: int = 0) -> None:
        self.calls = calls
        self.prio_run = prio_run


class Hall:
    """Everything the controller knows. ``evolve`` is the only writer; ``decide``, views and picking read.

    ``seq`` is the place in the journal this is true at. ``lanes`` holds the keys of WAITING tickets per lane and
    service (a queue nobody stands in has no entry), ``by_key`` finds the number again, ``printing`` the PRINTING ones
    in order of time. ``day_offset_ms`` is the clock offset the business day was opened with, ``restarted_at`` when the
    controller last came up.
    """

    __slots__ = (
        "announced",
        "answers",
        "by_key",
        "callbacks",
        "calling",
        "closed",
        "day",
        "day_offset_ms",
        "desks",
        "devices",
        "groups",
        "issue_closed",
        "issued",
        "lanes",
        "last_at",
        "lines",
        "offset_ms",
        "open_tickets",
        "plan",
        "printing",
        "restarted_at",
        "seq",
        "tasks",
        "tickets",
    )

    def __init__(self) -> None:
        self.plan = Plan(id="", name="", services=(), desks=())
        self.seq = 0
        self.last_at = 0
        self.offset_ms = 0
        self.restarted_at = 0
        self.day = ""
        self.day_offset_ms = 0
        self.calling = False
        self.issue_closed = False
        self.closed = False
        self.issued: dict[str, int] = {}
        self.tickets: dict[str, Ticket] = {}
        self.open_tickets = 0
        self.lanes: dict[Lane, dict[str, WaitingKeys]] = {lane: {} for lane in Lane}
        self.by_key: dict[int, str] = {}
        self.printing: dict[str, int] = {}
        self.desks: dict[int, Desk] = {}
        self.groups: dict[str, Group] = {}
        self.lines: dict[str, Line] = {}
        self.callbacks: dict[int, Callback] = {}
        self.tasks = 0
        self.devices: dict[tuple[str, str], str] = {}
        self.answers: dict[str, Answer] = {}
        self.announced: list[Announcement] = []

    def waiting(self, service: str) -> int:
        """How many people wait for ``service``, whatever their class."""
        count = 0
        for queues in self.lanes.values():
            if service in queues:
                count += len(queues[service])
        return count

    def group_of(self, desk: int) -> Group:
        """The counters of the desk's group."""
        plan = self.plan.desk(desk)
        return self.groups[plan.group if plan else "1"]
