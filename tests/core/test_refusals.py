"""Every key in every state: it is either done or refused, and a refusal changes nothing."""

from collections.abc import Callable

import pytest

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

LATER = [
    c.Transfer(1, "b", 0, "走错"),
    c.AddItem(1, "x"),
    c.Undo(1),
    c.Interrupt(1),
    c.StandIn(1, "staff9"),
    c.Assist(1),
    c.CallSpecific(1, "A001", "急"),
    c.Void("A001", "误按"),
    c.Upgrade("A001"),
    c.EmergencyPause("x"),
    c.EmergencyResume(),
    c.ConfirmClock(),
]
"""What a later release will do."""

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
    D.READY: {c.Next, c.Wait, c.Pause, c.Logout},
    D.CALLING: {c.Arrive, c.Pass, c.Next, c.Wait, c.Pause, c.Logout},
    D.SERVING: {c.Finish, c.Hold, c.Pause},
    D.RATING: {c.Next, c.Pause},
    D.WAIT: {c.ResumeDesk, c.Pause, c.Logout},
    D.PAUSED: {c.ResumeDesk, c.Logout},
    D.PAUSE_PENDING: {c.Finish, c.Hold, c.ResumeDesk},
    D.FAULT: {c.Logout},
    D.CLOSING: {c.Next, c.Wait, c.Pause},
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


TICKET_COMMANDS: list[Callable[[str], c.Command]] = [
    c.ReportPrinted,
    lambda number: c.ReportPrintFailed(number, "paper_out"),
    lambda number: c.ReportPrintUnknown(number, "cable"),
    c.ReturnTicket,
    c.Cancel,
    lambda number: c.ResumeTicket(2, number),
]
TICKET_ACCEPTED: dict[S, set[int]] = {
    S.PRINTING: {0, 1, 2},
    S.WAITING: {4},
    S.CALLED: set(),
    S.SERVING: set(),
    S.HELD: {5},
    S.PASSED: {3},
    S.RATING: set(),
    S.DONE: set(),
    S.CANCELLED: set(),
    S.VOID: set(),
    S.EXPIRED: set(),
}
"""Which of ``TICKET_COMMANDS`` each state takes (rules.md 3.3); an UNSERVED ticket is gone with its day."""


def ticket_in(wanted: S) -> tuple[Hall, str, int]:
    """A hall with one ticket in the wanted state, called at desk 2 if at all."""
    hall, at = open_hall(desks=(2,)), NINE
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
    if which not in TICKET_ACCEPTED[wanted]:
        refused(hall, command, at)
        return
    assert ask(hall, command, at)
    refused(hall, command, at)  # a repeat under another id is refused and harmless


@pytest.mark.parametrize("wanted", list(D))
@pytest.mark.parametrize("later", LATER, ids=lambda command: type(command).__name__)
def test_what_a_later_release_will_do_is_refused_today(wanted: D, later: c.Command) -> None:
    hall, at = desk_in(wanted)

    refusal = refused(hall, later, at)

    assert (refusal.reason, refusal.details) == ("not_yet", {"command": type(later).__name__})


def test_every_command_is_either_decided_or_named_as_a_later_releases() -> None:
    everything = {kind for kind in vars(c).values() if isinstance(kind, type) and issubclass(kind, c.Command)}
    everything -= {c.Command, c.DeskCommand}

    assert everything == set(DECIDE) & everything | {type(command) for command in LATER}
    assert not set(DECIDE) & {type(command) for command in LATER}


@pytest.mark.parametrize("key", [*DESK_KEYS])
@pytest.mark.parametrize("desk", [0, 9, -1])
def test_an_unknown_desk_is_refused(key: type[c.DeskCommand], desk: int) -> None:
    assert refused(open_hall(), key(desk), NINE).reason == "unknown_desk"


def test_unknown_tickets_and_services_are_refused() -> None:
    hall = open_hall()
    for make in TICKET_COMMANDS:
        for number in ("A001", "", "Ω", "A" * 1000):
            assert refused(hall, make(number), NINE).reason in {"unknown_ticket", "nobody_held"}
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
