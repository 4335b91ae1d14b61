"""The hall as it stands: the one mutable aggregate, which only ``evolve`` touches."""

from firmware_py.core.commands import Answer
from firmware_py.core.model import (
    Alert,
    Announcement,
    Approval,
    Booking,
    Callback,
    Desk,
    Device,
    HoursChange,
    Line,
    Ticket,
)
from firmware_py.core.plan import Hours, Plan
from firmware_py.core.states import Lane
from firmware_py.core.waiting import WaitingKeys


class Group:
    """What desks sharing queues count together: calls made, and priority calls in a row."""

    __slots__ = ("calls", "prio_run")

    def __init__(self, calls: int = 0, prio_run: int = 0) -> None:
        self.calls = calls
        self.prio_run = prio_run


class Hall:
    """Everything the controller knows. ``evolve`` is the only writer; ``decide``, views and picking read.

    ``seq`` is the place in the journal this is true at. ``lanes`` holds the keys of WAITING tickets per lane and queue
    (one nobody stands in has no entry), ``waiting_in`` counts them per service, ``by_key`` finds the number again,
    ``printing`` the PRINTING ones in order of time. ``opened_ms`` is what the wall read when the business day was
    opened, ``day_offset_ms`` the clock offset that was read with, ``over_at`` the hall time from which the day belongs
    to the past (``schedule.over_at``); ``by_hand`` = by a person and not by the clock. ``issued`` are today's highest
    numbers, ``issued_on`` those of the days opened last: they go on should such a date come again after a wrong clock.
    ``restarted_at`` is when the controller last came up. A clerk
    added ``corrected_ms`` to what the machine's own clock reads; no offset below ``floor_offset_ms`` can be true after
    a restart (R-CORE-20). ``hours`` are today's sessions; ``lunch_at`` is when the morning closed, 0 = it is not noon;
    ``emergency_at`` when everything was stopped, 0 = it is not; ``frozen`` the spans it was today. ``bookings`` are by
    code, ``approvals`` and ``alerts`` by kind and subject; ``unserved`` are tickets of earlier days that may still be
    redeemed, ``day/number`` to service (T30). ``voices`` are the instances
    that have announced today, ``patrolled`` when each inspector came last. ``back`` are the held tickets whose citizens
    have reported back, ``aside`` all held and passed ones, ``targeted`` counts the WAITING ones meant for one desk.
    """

    __slots__ = (
        "alerts",
        "announced",
        "answers",
        "approvals",
        "aside",
        "back",
        "bookings",
        "by_hand",
        "by_key",
        "callbacks",
        "calling",
        "clock_trusted",
        "closed",
        "corrected_ms",
        "day",
        "day_offset_ms",
        "desks",
        "devices",
        "emergency_at",
        "floor_offset_ms",
        "frozen",
        "groups",
        "hours",
        "hours_changes",
        "issue_closed",
        "issued",
        "issued_on",
        "lanes",
        "last_at",
        "lines",
        "lunch_at",
        "offset_ms",
        "open_tickets",
        "opened_ms",
        "over_at",
        "patrolled",
        "plan",
        "planned_desks",
        "planned_services",
        "printing",
        "restarted_at",
        "seq",
        "targeted",
        "tasks",
        "tickets",
        "unserved",
        "voices",
        "waiting_in",
    )

    def __init__(self) -> None:
        self.follow(Plan(id="", name="", services=(), desks=()))
        self.seq = 0
        self.last_at = 0
        self.offset_ms = 0
        self.restarted_at = 0
        self.day = ""
        self.day_offset_ms = 0
        self.opened_ms = 0
        self.over_at = 0
        self.calling = False
        self.issue_closed = False
        self.closed = False
        self.issued: dict[str, int] = {}
        self.issued_on: dict[str, dict[str, int]] = {}
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
        self.devices: dict[tuple[str, str], Device] = {}
        self.answers: dict[str, Answer] = {}
        self.announced: list[Announcement] = []
        self.hours: tuple[Hours, ...] = ()
        self.hours_changes: dict[int, HoursChange] = {}
        self.clock_trusted = True
        self.corrected_ms = 0
        self.floor_offset_ms = 0
        self.by_hand = False
        self.lunch_at = 0
        self.emergency_at = 0
        self.frozen: list[tuple[int, int]] = []
        self.waiting_in: dict[str, int] = {}
        self.back: set[str] = set()
        self.aside: set[str] = set()
        self.targeted = 0
        self.bookings: dict[str, Booking] = {}
        self.approvals: dict[tuple[str, str], Approval] = {}
        self.alerts: dict[tuple[str, str], Alert] = {}
        self.unserved: dict[str, str] = {}
        self.voices: set[str] = set()
        self.patrolled: dict[str, int] = {}

    def follow(self, plan: Plan) -> None:
        """Live by ``plan`` from now on; its desks and services are found by their names, as every command asks."""
        self.plan = plan
        self.planned_desks = {desk.id: desk for desk in plan.desks}
        self.planned_services = {service.id: service for service in plan.services}

    def waiting(self, service: str) -> int:
        """How many people wait for ``service``, whatever their class and desk."""
        return self.waiting_in.get(service, 0)

    def group_of(self, desk: int) -> Group:
        """The counters of the desk's group."""
        plan = self.planned_desks.get(desk)
        return self.groups[plan.group if plan else "1"]
