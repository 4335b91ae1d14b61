"""A small hall for the tests of the core, and what people do in it: plain functions over a plain ``Hall``."""

from typing import Literal

from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.limits import Limits, PrioLimits
from firmware_py.core.machine import decide, evolve, tick
from firmware_py.core.model import Desk, Ticket
from firmware_py.core.plan import Calendar, DeskPlan, KioskPlan, Plan, Service
from firmware_py.core.snapshot import freeze
from firmware_py.core.states import DeskState, TicketState
from firmware_py.errors import Rejected

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
EIGHT = 1_795_219_200_000
"""2026-11-21 08:00 in China, a Saturday like any other (cal.days: all 365)."""
ISSUING = EIGHT + 45 * MINUTE
NINE = EIGHT + HOUR
NOON = EIGHT + 4 * HOUR
CLOSE = EIGHT + 9 * HOUR + 30 * MINUTE
LOG = "hall-log"

SERVICES = (Service("a", "A", "综合受理"), Service("b", "B", "不动产"), Service("c", "C", "婚姻登记", alias="民政业务"))
PLAN = Plan(
    "hall",
    "政务服务大厅",
    SERVICES,
    (
        DeskPlan(1, ("a", "b"), "", "1", "desk1", "desk1-eval", "desk1-phone", (2, 3), "staff1"),
        DeskPlan(2, ("a", "b"), "", "1", "desk2", "desk2-eval", "desk2-phone", (1, 3), "staff2"),
        DeskPlan(3, ("b", "c"), "", "1", "desk3", "desk3-eval", "desk3-phone", (2,), "staff3"),
        DeskPlan(4, ("c",), "", "2", "desk4", "", "", (), "staff4"),
        DeskPlan(5, ("a",), "", "1", "desk5", "desk5-eval", "", (), ""),
    ),
    (KioskPlan("kiosk1", "大厅入口"), KioskPlan("kiosk2", "二楼"), KioskPlan("kiosk3")),
)
"""Desks 1 and 2 are alike; 3 shares b with them; 4 has a group of its own and no evaluator; 5 has no roster."""
YEAR_2026 = Calendar(
    years=(2026,),
    holidays=tuple(
        f"2026-{day}"
        for day in (
            *("01-01", "01-02", "02-16", "02-17", "02-18", "02-19", "02-20", "02-23", "04-06", "05-01", "05-04"),
            *("05-05", "06-19", "09-25", "10-01", "10-02", "10-05", "10-06", "10-07"),
        )
    ),
    makeup=("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
)
"""The State Council's table: off days that fall on a weekday, and the Saturdays and Sundays worked instead (调休)."""


def with_limits(plan: Plan = PLAN, **limits: object) -> Plan:
    """The plan with some of its limits changed."""
    return replace(plan, limits=replace(plan.limits, **limits))


def with_max_run(max_run: int, ordinary_max_wait_min: int = 45) -> Plan:
    """The plan with another bound on priority calls."""
    return with_limits(prio=PrioLimits(max_run, ordinary_max_wait_min))


def with_desk(desk_id: int, plan: Plan = PLAN, **changes: object) -> Plan:
    """The plan with one desk of it changed."""
    desks = tuple(replace(each, **changes) if each.id == desk_id else each for each in plan.desks)
    return replace(plan, desks=desks)


def shut_hall(plan: Plan = PLAN, at: int = EIGHT) -> Hall:
    """A hall that knows its plan and nothing else."""
    hall = Hall()
    evolve(hall, e.Configured(at, plan))
    return hall


def open_hall(plan: Plan = PLAN, *, desks: tuple[int, ...] = (1, 2, 3, 4)) -> Hall:
    """Nine o'clock: the day is open, calling allowed, and ``desks`` are staffed."""
    hall = shut_hall(plan)
    let_time_pass(hall, ISSUING)
    for desk in desks:
        ask(hall, c.Login(desk), NINE - 5 * MINUTE)
    let_time_pass(hall, NINE)
    return hall


def let_time_pass(hall: Hall, at: int) -> list[e.Event]:
    """Everything time alone decides until ``at``."""
    found: list[e.Event] = []
    while events := tick(hall, at):
        happen(hall, events)
        found += events
    return found


def happen(hall: Hall, events: list[e.Event]) -> None:
    """Make events true."""
    for event in events:
        evolve(hall, event)


LINE_FACTS = (
    *(f.RingBegan, f.RingEnded, f.Lifted, f.HungUp, f.RingingStopped),
    *(f.CallerKnown, f.SecondCallEnded, f.WatchBegan),
)


def sender(hall: Hall, asked: c.Command | f.Fact) -> str:
    """The instance that would say this: a desk's pad, its evaluator, a line's telephone, a supervisor, or a kiosk."""
    if isinstance(asked, c.DeskCommand):
        plan = hall.plan.desk(asked.desk)
        return plan.pad if plan else "desk0"
    if isinstance(asked, c.SupervisorCommand):
        return "desk1"
    if isinstance(asked, f.LevelChosen | f.WindowLocked | f.WindowExpired):
        plan = hall.plan.desk(asked.desk)
        return plan.evaluator if plan else "desk0-eval"
    if isinstance(asked, LINE_FACTS):
        return asked.line
    if isinstance(asked, c.ReportPrinted | c.ReportPrintFailed | c.ReportPrintUnknown) and asked.ticket in hall.tickets:
        return hall.tickets[asked.ticket].kiosk
    return "kiosk1"


def ask(hall: Hall, asked: c.Command | f.Fact, at: int, by: str = "") -> list[e.Event]:
    """Decide and make true; the events that followed."""
    events = decide(hall, asked, at, by or sender(hall, asked))
    happen(hall, events)
    return events


def reading(hall: Hall, number: str, by: Literal["voice", "sign"] = "voice") -> c.ReportAnnounced:
    """The report that the call of ``number`` that lasts now was read out, or shown."""
    called = hall.tickets.get(number)
    return c.ReportAnnounced(number, by, called.called_seq if called else 0)


ApprovalKind = Literal["call", "transfer", "logout", "leave", "second_desk"]


def approved(hall: Hall, kind: ApprovalKind, subject: str, at: int, reason: str = "已核实") -> list[e.Event]:
    """The supervisor at desk 1 allows one thing once."""
    return ask(hall, c.Approve(kind, subject, reason), at, "desk1")


def refused(hall: Hall, asked: c.Command, at: int, by: str = "") -> Rejected:
    """The refusal of a command that must be refused and must change nothing."""
    before = freeze(hall)
    try:
        decide(hall, asked, at, by or sender(hall, asked))
    except Rejected as refusal:
        assert freeze(hall) == before
        return refusal
    raise AssertionError(f"{asked} was accepted")


def ticket(hall: Hall, number: str) -> Ticket:
    return hall.tickets[number]


def state(hall: Hall, number: str) -> TicketState:
    return hall.tickets[number].state


def desk(hall: Hall, number: int) -> Desk:
    return hall.desks[number]


def desk_state(hall: Hall, number: int) -> DeskState:
    return hall.desks[number].state


# --- what people do ---------------------------------------------------------------------------------------------------


def press(hall: Hall, service: str = "a", at: int = NINE, klass: str = "X", kiosk: str = "kiosk1") -> str:
    """A citizen presses a button; the number, still PRINTING."""
    take = c.Take(service, "G" if klass == "G" else "X")
    [taken] = ask(hall, take, at, kiosk)
    assert isinstance(taken, e.Taken)
    return taken.ticket


def take(hall: Hall, service: str = "a", at: int = NINE, klass: str = "X", kiosk: str = "kiosk1") -> str:
    """A citizen takes a number and waits."""
    number = press(hall, service, at, klass, kiosk)
    ask(hall, c.ReportPrinted(number), at, kiosk)
    return number


def call(hall: Hall, desk_id: int = 1, at: int = NINE) -> str:
    """下一位; the number called, "" when nobody waits."""
    for event in ask(hall, c.Next(desk_id), at):
        if isinstance(event, e.Called):
            return event.ticket
    return ""


def serve(hall: Hall, desk_id: int = 1, at: int = NINE) -> str:
    """The next citizen is called and sits down."""
    number = call(hall, desk_id, at)
    ask(hall, c.Arrive(desk_id), at)
    return number


def finish(hall: Hall, desk_id: int = 1, at: int = NINE) -> str:
    """The next citizen is called, served and invited to rate."""
    number = serve(hall, desk_id, at)
    ask(hall, c.Finish(desk_id), at)
    return number


def let_pass(hall: Hall, desk_id: int = 1, at: int = NINE) -> tuple[str, int]:
    """The next citizen is called three times and does not come; the number, and when it was passed."""
    number = call(hall, desk_id, at)
    for n in (1, 2):
        ask(hall, c.Recall(desk_id), at + n * 10 * SECOND)
    at += 90 * SECOND
    ask(hall, c.Pass(desk_id), at)
    return number, at


def level(hall: Hall, desk_id: int, level_: int, elapsed_ms: int, *, proof: str = "proven") -> f.LevelChosen:
    """A press on the desk's evaluator about the window that is open there now."""
    rated = hall.tickets.get(hall.desks[desk_id].rating)
    return f.LevelChosen(desk_id, level_, elapsed_ms, LOG, rated.window_seq if rated else 0, proof)


def locked(hall: Hall, desk_id: int) -> f.WindowLocked:
    return f.WindowLocked(desk_id, LOG, hall.tickets[hall.desks[desk_id].rating].window_seq)


def expired(hall: Hall, desk_id: int) -> f.WindowExpired:
    return f.WindowExpired(desk_id, LOG, hall.tickets[hall.desks[desk_id].rating].window_seq)


def limits(hall: Hall) -> Limits:
    return hall.plan.limits
