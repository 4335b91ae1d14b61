"""Every key in every state: it is either done or refused, and a refusal changes nothing."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.machine import DECIDE, decide
from firmware_py.core.snapshot import freeze
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from firmware_py.errors import Rejected
from tests.core.halls import (
    CLOSE,
    DAY,
    ISSUING,
    LOG,
    MINUTE,
    NINE,
    PLAN,
    SECOND,
    ask,
    call,
    desk_state,
    finish,
    happen,
    let_pass,
    let_time_pass,
    open_hall,
    press,
    refused,
    sender,
    serve,
    shut_hall,
    state,
    take,
)

DESK_KEYS: list[type[c.DeskCommand]] = [
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
    c.Pickup,
    c.CallbackDone,
    c.RecordDone,
    c.BeginSelfTest,
    c.EndSelfTest,
]


def desk_in(wanted: D) -> tuple[Hall, int]:
    """A hall whose desk 1 is in the wanted state, a minute and a half after it came there, with one more waiting."""
    hall = open_hall(desks=(2,) if wanted is D.CLOSED else (1, 2))
    at = NINE + 90 * SECOND
    for _ in range(2):
        take(hall)
    if wanted is D.CALLING:
        call(hall)
        for n in (1, 2):
            ask(hall, c.Recall(1), NINE + n * 10 * SECOND)
    if wanted in {D.SERVING, D.PAUSE_PENDING}:
        serve(hall)
    if wanted is D.RATING:
        finish(hall)
    if wanted is D.WAIT:
        ask(hall, c.Wait(1), NINE)
    if wanted in {D.PAUSED, D.PAUSE_PENDING}:
        ask(hall, c.Pause(1), NINE)
    if wanted is D.FAULT:
        happen(hall, [e.DeskFailed(NINE, 1, "pad")])
    if wanted is D.CLOSING:
        at = CLOSE
        let_time_pass(hall, at)
    assert desk_state(hall, 1) is wanted
    return hall, at


ACCEPTED: dict[D, set[type[c.DeskCommand]]] = {
    D.CLOSED: {c.Login},
    D.READY: {c.Next, c.Wait, c.Pause, c.Logout, c.BeginSelfTest},
    D.CALLING: {c.Arrive, c.Pass, c.Next, c.Wait, c.Pause, c.Logout},
    D.SERVING: {c.Finish, c.Hold, c.Pause},
    D.RATING: {c.Next, c.Pause},
    D.WAIT: {c.ResumeDesk, c.Pause, c.Logout, c.BeginSelfTest},
    D.PAUSED: {c.ResumeDesk, c.Logout, c.BeginSelfTest},
    D.PAUSE_PENDING: {c.Finish, c.Hold, c.ResumeDesk},
    D.FAULT: {c.Logout},
    D.CLOSING: {c.Next, c.Wait, c.Pause, c.BeginSelfTest},
}
"""Rules.md 3.4, in a hall where another desk covers the queue, nobody is held, and no telephone rings."""


@pytest.mark.req("R-CORE-23", "R-DESK-01")
@pytest.mark.parametrize("key", DESK_KEYS)
@pytest.mark.parametrize("wanted", list(D))
def test_a_desk_key_is_done_where_the_table_has_it_and_refused_elsewhere(wanted: D, key: type[c.DeskCommand]) -> None:
    hall, at = desk_in(wanted)
    before = freeze(hall)
    try:
        events = decide(hall, key(1), at, "desk1")
    except Rejected as refusal:
        assert key not in ACCEPTED[wanted], refusal
        assert freeze(hall) == before
    else:
        assert key in ACCEPTED[wanted]
        assert events
        assert freeze(hall) == before  # deciding only reads
        happen(hall, events)


WITH_WORDS: list[tuple[c.DeskCommand, set[D]]] = [
    (c.Transfer(1, "b", 0, "走错"), {D.SERVING, D.PAUSE_PENDING}),
    (c.AddItem(1, "复印"), {D.SERVING, D.PAUSE_PENDING}),
    (c.Interrupt(1, "取材料"), {D.SERVING, D.PAUSE_PENDING}),
    (c.CallSpecific(1, "A002", "急"), {D.READY, D.RATING, D.CLOSING}),
    (c.Undo(1), set()),  # a minute and a half later; its own tests are in test_undoing
]
"""Keys that need words beside the desk, and the states that take them; A002 waits, and desk 1 is the supervisor's."""


@pytest.mark.req("R-CORE-14", "R-CORE-15", "R-CORE-07", "R-CORE-29")
@pytest.mark.parametrize(("command", "states"), WITH_WORDS, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("wanted", list(D))
def test_a_key_with_words_is_done_where_the_table_has_it_and_refused_elsewhere(
    wanted: D, command: c.DeskCommand, states: set[D]
) -> None:
    hall, at = desk_in(wanted)
    if wanted in states:
        assert ask(hall, command, at)
        refused(hall, command, at) if not isinstance(command, c.AddItem) else None
    else:
        refused(hall, command, at)


STAFF_AND_SERVICES: list[tuple[c.Command, set[D]]] = [
    (c.StandIn(1, "staff9"), set(D) - {D.CLOSED}),
    (c.Assist(1), set(D)),
    (c.GiveReason(1, "送件"), {D.WAIT, D.PAUSED}),
    (c.AssignServices(1, ("a", "b", "c"), "分流"), set(D) - {D.CLOSED}),
    (c.Patrol("Z9"), set(D)),
    (c.OpenTide(1), set()),
    (c.CloseTide(1), set()),
    (c.EndAssist(1), set()),
]
"""What is asked about people and services at desk 1, which has no tide, and the states of it that allow it; it is the
supervisor's, who answers for nothing where nobody is logged in."""


@pytest.mark.req("R-CORE-09", "R-CORE-26", "R-DESK-03", "R-DESK-06", "R-DESK-07")
@pytest.mark.parametrize(("command", "states"), STAFF_AND_SERVICES, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("wanted", list(D))
def test_people_and_services_of_a_desk_change_where_its_state_allows_it(
    wanted: D, command: c.Command, states: set[D]
) -> None:
    hall, at = desk_in(wanted)
    if wanted not in states:
        refused(hall, command, at, "desk1")
        return
    before = desk_state(hall, 1)
    assert ask(hall, command, at, "desk1")
    opened = {D.WAIT: D.READY, D.PAUSED: D.READY, D.PAUSE_PENDING: D.SERVING} if isinstance(command, c.StandIn) else {}
    assert desk_state(hall, 1) is opened.get(wanted, before)


THE_DAY: list[tuple[c.Command, set[D]]] = [
    (c.EmergencyPause("火警"), set(D)),
    (c.EmergencyResume(), set()),
    (c.ConfirmClock(), set()),
    (c.OpenDay("加班"), set()),
    (c.CloseDay("停电"), {D.CLOSING}),
    (c.AnnounceHours(("09:00-12:00",), "2026-12-01", "台风", emergency=True), set(D) - {D.CLOSED}),
    (c.AnnounceHours(("09:00-12:00",), "2026-12-01", "调整"), set()),  # no table of holidays
]
"""What is asked about the day, by the pad of desk 1: whatever its desk is doing, if anybody is logged in there."""


@pytest.mark.req("R-CORE-30", "R-CORE-20", "R-CORE-17", "R-CORE-32")
@pytest.mark.parametrize(("command", "states"), THE_DAY, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize("wanted", list(D))
def test_the_day_is_asked_about_whatever_the_desk_is_doing(wanted: D, command: c.Command, states: set[D]) -> None:
    hall, at = desk_in(wanted)
    if wanted not in states:
        refused(hall, command, at, "desk1")
        return
    before = desk_state(hall, 1)
    assert ask(hall, command, at, "desk1")
    assert desk_state(hall, 1) is before


TICKET_COMMANDS: list[Callable[[str], c.Command]] = [
    c.ReportPrinted,
    lambda number: c.ReportPrintFailed(number, "paper_out"),
    lambda number: c.ReportPrintUnknown(number, "cable"),
    c.ReturnTicket,
    c.Cancel,
    lambda number: c.ResumeTicket(2, number),
    lambda number: c.Transfer(2, "b", 0, "走错", number),
    lambda number: c.CallSpecific(2, number, "急"),
    lambda number: c.Grant(number, "急"),
    lambda number: c.Void(number, "误按"),
    c.Upgrade,
    lambda number: c.Approve("call", number, "急"),
    lambda number: c.Approve("transfer", number, "急"),
]
FIRST_OF_DUTY = 7
TICKET_ACCEPTED: dict[S, set[int]] = {
    S.PRINTING: {0, 1, 2, 12},
    S.WAITING: {4, 7, 8, 9, 10, 11, 12},
    S.CALLED: {12},
    S.SERVING: {6, 12},
    S.HELD: {3, 5, 6, 12},
    S.PASSED: {3, 8, 12},
    S.RATING: {12},
    S.DONE: set(),
    S.CANCELLED: set(),
    S.VOID: set(),
    S.EXPIRED: set(),
}
"""Which of ``TICKET_COMMANDS`` each state takes (rules.md 3.3), from ``FIRST_OF_DUTY`` on asked by the duty panel; an
UNSERVED ticket is gone with its day."""


def ticket_in(wanted: S) -> tuple[Hall, str, int]:
    """A hall with one ticket in the wanted state, called at desk 2 if at all; desk 3 serves b, duty supervises."""
    hall, at = open_hall(replace(PLAN, supervisors=("duty",)), desks=(2, 3)), NINE
    number = press(hall) if wanted in {S.PRINTING, S.VOID} else take(hall)
    if wanted is S.VOID:
        ask(hall, c.ReportPrintFailed(number, "paper_out"), at)
    if wanted is S.CANCELLED:
        ask(hall, c.Cancel(number), at)
    if wanted is S.CALLED:
        call(hall, 2)
    if wanted in {S.SERVING, S.HELD}:
        serve(hall, 2)
    if wanted is S.HELD:
        ask(hall, c.Hold(2), at)
    if wanted in {S.PASSED, S.EXPIRED}:
        _, at = let_pass(hall, 2)
    if wanted in {S.RATING, S.DONE}:
        finish(hall, 2)
    if wanted is S.DONE:
        at = NINE + 3 * MINUTE
        let_time_pass(hall, at)
    if wanted is S.EXPIRED:
        let_time_pass(hall, CLOSE)
        call(hall, 2, CLOSE)
        at = CLOSE + 90 * SECOND
        ask(hall, c.Pass(2), at)
    assert state(hall, number) is wanted
    return hall, number, at


@pytest.mark.req("R-CORE-22")
@pytest.mark.parametrize("which", range(len(TICKET_COMMANDS)))
@pytest.mark.parametrize("wanted", list(TICKET_ACCEPTED))
def test_a_command_about_a_ticket_is_done_where_the_table_has_it_and_refused_elsewhere(wanted: S, which: int) -> None:
    hall, number, at = ticket_in(wanted)
    command = TICKET_COMMANDS[which](number)
    by = "" if which < FIRST_OF_DUTY else "duty"
    if which not in TICKET_ACCEPTED[wanted]:
        refused(hall, command, at, by)
        return
    assert ask(hall, command, at, by)
    refused(hall, command, at, by)  # a repeat under another id is refused and harmless


def test_every_command_is_decided_and_one_nobody_knows_is_refused() -> None:
    everything = {kind for kind in vars(c).values() if isinstance(kind, type) and issubclass(kind, c.Command)}
    everything -= {c.Command, c.DeskCommand, c.SupervisorCommand}
    assert everything <= set(DECIDE)

    class Unheard(c.Command, frozen=True):
        """What a newer kiosk might ask."""

    refusal = refused(open_hall(), Unheard(), NINE)
    assert (refusal.reason, refusal.details) == ("not_yet", {"command": "Unheard"})


@pytest.mark.parametrize("key", [*DESK_KEYS])
@pytest.mark.parametrize("desk", [0, 9, -1])
def test_an_unknown_desk_is_refused(key: type[c.DeskCommand], desk: int) -> None:
    assert refused(open_hall(), key(desk), NINE).reason == "unknown_desk"


def test_unknown_tickets_and_services_are_refused() -> None:
    hall = open_hall()
    for make in TICKET_COMMANDS:
        for number in ("A001", "", "Ω", "A" * 1000):
            assert refused(hall, make(number), NINE).reason in {"unknown_ticket", "nobody_held", "nobody_served"}
    assert refused(hall, c.Take(""), NINE).reason == "unknown_service"


FACTS: list[f.Fact] = [
    f.LevelChosen(77, 5, 900),
    f.LevelChosen(-1, -5, -900, LOG, -3, "x"),
    f.WindowLocked(77, LOG, 3),
    f.WindowExpired(77, LOG, 3),
    f.WindowLocked(1, LOG, 10**12),
    f.WindowExpired(1, "", -1),
    f.RingBegan("nobody", 1),
    f.RingEnded("nobody", -1),
    f.Lifted("nobody", 3),
    f.HungUp("nobody", -5),
    f.RingingStopped("nobody", 9),
    f.RingEnded("desk1-phone", 3),
    f.Lifted("desk1-phone", 0),
    f.HungUp("desk1-phone", 0),
    f.RingingStopped("desk1-phone", 1),
    f.CallerKnown("nobody", "0123456789abcdef"),
    f.CallerKnown("desk1-phone", "13812345678"),
    f.SecondCallEnded("nobody", 2),
    f.SecondCallEnded("desk1-phone", -2),
    f.WatchBegan("nobody"),
    f.WatchBegan("desk1-phone"),
    f.DeviceUp("keypad"),
    f.DeviceDown("", "x"),
    f.DeviceDown("keypad", "x"),
]


@pytest.mark.req("R-EVAL-04")
@pytest.mark.parametrize("fact", FACTS, ids=repr)
@pytest.mark.parametrize("by", ["", "stranger", "desk2-eval"])
def test_a_fact_is_never_refused_and_a_strangers_moves_nothing(fact: f.Fact, by: str) -> None:
    for wanted in (D.CLOSED, D.CALLING, D.RATING):
        hall, at = desk_in(wanted)
        tickets, desks = dict(hall.tickets), dict(hall.desks)

        ask(hall, fact, at, by or sender(hall, fact))

        assert hall.tickets == tickets
        assert hall.desks == desks


def test_a_hall_without_a_plan_refuses_everything_politely() -> None:
    hall = Hall()
    for command in (c.Take("a"), c.Cancel("A001"), *(key(1) for key in DESK_KEYS)):
        assert refused(hall, command, NINE).reason in {"unknown_service", "unknown_ticket", "unknown_desk"}
    for fact in FACTS:
        ask(hall, fact, NINE)
    let_time_pass(hall, NINE + 3 * DAY)


def test_before_the_first_opening_staff_may_sit_down_and_nothing_else() -> None:
    hall = shut_hall()
    assert refused(hall, c.Take("a"), ISSUING - 1).reason == "before_issue"
    ask(hall, c.Login(1), ISSUING - MINUTE)
    assert refused(hall, c.Next(1), ISSUING - MINUTE).reason == "before_opening"
    let_time_pass(hall, ISSUING)
    assert desk_state(hall, 1) is D.READY
