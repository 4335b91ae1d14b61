"""What a supervisor answers for: approvals, 优先 once, 指定叫号, 作废, and the guide's upgrade (T07, T26, T28)."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.authority import authorise
from firmware_py.core.plan import StaffPlan
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from firmware_py.errors import Rejected
from tests.core.halls import (
    CLOSE,
    ISSUING,
    MINUTE,
    NINE,
    PLAN,
    SECOND,
    approved,
    ask,
    call,
    desk_state,
    finish,
    let_pass,
    let_time_pass,
    open_hall,
    press,
    refused,
    serve,
    shut_hall,
    state,
    take,
    ticket,
)

BOSS = "desk1"
"""The pad of the supervisor's desk."""


# --- approvals --------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-07", "R-DESK-05")
def test_an_approval_names_who_gave_it_and_why() -> None:
    hall = open_hall()
    number = take(hall)

    approve = c.Approve("call", number, " 轮椅 ")
    assert ask(hall, approve, NINE, BOSS) == [e.Approved(NINE, "call", number, "staff1", "轮椅")]

    assert refused(hall, approve, NINE, BOSS).reason == "already_approved"


@pytest.mark.req("R-CORE-07")
def test_a_supervisors_desk_nobody_sits_at_approves_nothing() -> None:
    hall = open_hall(desks=(2,))
    number = take(hall)

    for command in (c.Approve("call", number, "急"), c.Grant(number, "急"), c.Void(number, "误按")):
        assert refused(hall, command, NINE, BOSS).reason == "approval_needed"


@pytest.mark.req("R-CORE-07", "R-DESK-05")
def test_a_duty_panel_approves_in_its_own_name() -> None:
    hall = open_hall(replace(PLAN, supervisors=("duty",)), desks=(2,))
    number = take(hall)

    assert ask(hall, c.Approve("call", number, "急"), NINE, "duty") == [e.Approved(NINE, "call", number, "duty", "急")]


@pytest.mark.req("R-CORE-07")
def test_where_the_hall_names_its_approvers_nobody_else_approves_from_their_desk() -> None:
    plan = replace(PLAN, staff=(StaffPlan("staff1"), StaffPlan("staff2", approver=True)))
    hall = open_hall(plan)
    number = take(hall)
    assert refused(hall, c.Grant(number, "急"), NINE, BOSS).reason == "approval_needed"

    named = replace(PLAN, staff=(StaffPlan("staff1", approver=True),))

    hall = open_hall(named)
    take(hall)
    assert ask(hall, c.Grant(number, "急"), NINE, BOSS)


@pytest.mark.req("R-CORE-07")
@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (c.Approve("call", "A404", "急"), "unknown_ticket"),
        (c.Approve("call", "A002", "急"), "ticket_state"),
        (c.Approve("transfer", "A003", "急"), "ticket_state"),
        (c.Approve("call", "A001", " "), "reason_needed"),
        (c.Approve("call", "A001", "长" * 101), "reason_long"),
        (c.Approve("logout", "9", "急"), "unknown_desk"),
        (c.Approve("leave", "01", "急"), "unknown_desk"),
        (c.Approve("leave", "", "急"), "unknown_desk"),
        (c.Approve("second_desk", "", "急"), "unknown_staff"),
        (c.Approve("second_desk", "9" * 33, "急"), "unknown_staff"),
    ],
)
def test_an_approval_of_nothing_is_refused(command: c.Approve, reason: str) -> None:
    hall = open_hall()
    take(hall)
    press(hall)
    ask(hall, c.Cancel(take(hall)), NINE)

    assert refused(hall, command, NINE, BOSS).reason == reason


@pytest.mark.parametrize(
    ("kind", "subject"), [("logout", "1"), ("leave", "4"), ("second_desk", "staff9"), ("call", "a001")]
)
def test_every_kind_of_approval_is_kept_by_its_subject(kind: str, subject: str) -> None:
    hall = open_hall()
    take(hall)

    ask(hall, c.Approve(kind, subject, "批准"), NINE, BOSS)  # type: ignore[arg-type]

    assert list(hall.approvals) == [(kind, subject.upper() if kind == "call" else subject)]


def test_a_second_desk_is_approved_for_staff_the_hall_knows() -> None:
    hall = open_hall(replace(PLAN, staff=(StaffPlan("staff1"), StaffPlan("staff2"))))

    assert refused(hall, c.Approve("second_desk", "staff9", "急"), NINE, BOSS).reason == "unknown_staff"
    assert ask(hall, c.Approve("second_desk", "staff2", "急"), NINE, BOSS)


# --- 指定叫号 ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-07", "R-CORE-05")
def test_t07_an_approved_call_says_whom_it_overtakes_and_who_answers_for_it() -> None:
    hall = open_hall()
    first, second, chosen = take(hall), take(hall, "b"), take(hall)
    ask(hall, c.Approve("call", chosen, "行动不便"), NINE, BOSS)
    oldest, newest = ticket(hall, first).key, ticket(hall, second).key

    assert ask(hall, c.CallSpecific(2, chosen), NINE) == [
        e.Called(NINE, chosen, 2, "approved", 2, oldest, newest, approver="staff1", reason="行动不便")
    ]

    assert (state(hall, chosen), desk_state(hall, 2), hall.approvals) == (S.CALLED, D.CALLING, {})
    assert call(hall, 1) == first


@pytest.mark.req("R-CORE-07", "R-CORE-04")
def test_t07_one_ticket_per_approval_and_none_without() -> None:
    hall = open_hall()
    _, chosen, other = take(hall), take(hall), take(hall)
    assert refused(hall, c.CallSpecific(2, chosen, "急"), NINE).reason == "approval_needed"
    ask(hall, c.Approve("call", chosen, "急"), NINE, BOSS)
    assert refused(hall, c.CallSpecific(2, other, "急"), NINE).reason == "approval_needed"
    ask(hall, c.CallSpecific(2, chosen), NINE)
    ask(hall, c.Wait(2), NINE)
    ask(hall, c.ResumeDesk(2), NINE)

    assert refused(hall, c.CallSpecific(2, chosen, "急"), NINE).reason == "approval_needed"


@pytest.mark.req("R-CORE-07", "R-DESK-05")
def test_t07_a_supervisor_calls_himself_with_a_reason() -> None:
    hall = open_hall()
    _, chosen = take(hall), take(hall)
    assert refused(hall, c.CallSpecific(2, chosen), NINE, BOSS).reason == "reason_needed"

    [called] = ask(hall, c.CallSpecific(2, chosen, "急"), NINE, BOSS)

    assert isinstance(called, e.Called)
    assert (called.approver, called.reason, called.overtaken) == ("staff1", "急", 1)


@pytest.mark.req("R-CORE-07")
def test_t07_a_call_by_approval_is_outside_the_count_of_priority_calls() -> None:
    hall = open_hall()
    ordinary = take(hall)
    for n in range(3):
        take(hall, klass="G")
        ask(hall, c.CallSpecific(1, f"A00{n + 2}", "急"), NINE + n)
        ask(hall, c.Arrive(1), NINE + n)
        ask(hall, c.Hold(1), NINE + n)

    assert hall.groups["1"].prio_run == 0
    assert hall.groups["1"].calls == 3
    assert call(hall, 1, NINE + MINUTE) == ordinary


def test_t07_a_call_that_cannot_be_is_refused() -> None:
    hall = open_hall()
    waiting, elsewhere, printing = take(hall), take(hall, "c"), press(hall)

    def why(command: c.CallSpecific) -> str:
        return refused(hall, command, NINE, BOSS).reason

    assert why(c.CallSpecific(2, "A404", "急")) == "unknown_ticket"
    assert why(c.CallSpecific(2, "", "急")) == "unknown_ticket"
    assert why(c.CallSpecific(2, printing, "急")) == "ticket_state"
    assert why(c.CallSpecific(2, elsewhere, "急")) == "not_served_here"
    assert why(c.CallSpecific(99, waiting, "急")) == "unknown_desk"
    assert why(c.CallSpecific(5, waiting, "急")) == "log_in_first"
    call(hall, 2)
    assert why(c.CallSpecific(2, printing, "急")) == "calling_now"
    ask(hall, c.Arrive(2), NINE)
    assert why(c.CallSpecific(2, printing, "急")) == "finish_first"
    ask(hall, c.Hold(2), NINE)
    assert why(c.CallSpecific(2, waiting, "急")) == "ticket_state"  # held: its own desk resumes it


@pytest.mark.req("R-CORE-19")
def test_t07_nobody_is_called_before_t_open_by_any_approval() -> None:
    hall = shut_hall()
    let_time_pass(hall, ISSUING)
    ask(hall, c.Login(1), ISSUING)
    number = take(hall, at=ISSUING)

    assert refused(hall, c.CallSpecific(1, number, "急"), NINE - 1).reason == "before_opening"


# --- 优先, 作废, upgrade ----------------------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-07")
def test_a_granted_ticket_goes_next_before_all_priority() -> None:
    hall = open_hall()
    take(hall, klass="G")
    chosen = take(hall)
    before = ticket(hall, chosen)

    assert ask(hall, c.Grant(chosen, "急症"), NINE, BOSS) == [e.Granted(NINE, chosen, "staff1", "急症")]

    assert (ticket(hall, chosen).klass, ticket(hall, chosen).key) == ("S", before.key)
    assert ask(hall, c.Next(2), NINE)[0] == e.Called(
        NINE, chosen, 2, "granted", 1, ticket(hall, "A001").key, ticket(hall, "A001").key
    )
    assert refused(hall, c.Grant(chosen, "急症"), NINE, BOSS).reason == "ticket_state"


@pytest.mark.req("R-CORE-06", "R-CORE-07")
def test_a_granted_call_neither_lengthens_nor_ends_a_run_of_priority_calls() -> None:
    hall = open_hall()
    ordinary, chosen = take(hall), take(hall)
    first, second, third, fourth = (take(hall, klass="G") for _ in range(4))
    assert [finish(hall, 2), finish(hall, 1)] == [first, second]

    ask(hall, c.Grant(chosen, "急症"), NINE, BOSS)

    at = NINE + MINUTE
    assert [finish(hall, 2, at), call(hall, 1, at)] == [chosen, third]
    ask(hall, c.Arrive(1), at)
    assert [finish(hall, 2, at + MINUTE), finish(hall, 2, at + 2 * MINUTE)] == [ordinary, fourth]


@pytest.mark.req("R-CORE-07", "R-CORE-12")
def test_a_grant_helps_whose_returns_are_used_up() -> None:
    hall = open_hall()
    number, at = take(hall), NINE
    for _ in range(3):
        _, at = let_pass(hall, 1, at)
        if ticket(hall, number).returns < 2:
            ask(hall, c.ReturnTicket(number), at)
    assert refused(hall, c.ReturnTicket(number), at).reason == "returns_exhausted"

    ask(hall, c.Grant(number, "错过叫号"), at, BOSS)

    assert (state(hall, number), ticket(hall, number).accepted_at) == (S.WAITING, NINE)
    assert call(hall, 2, at) == number


@pytest.mark.req("R-CORE-07")
def test_a_grant_is_given_once_and_with_a_reason() -> None:
    hall = open_hall()
    number = take(hall)
    assert refused(hall, c.Grant(number, "  "), NINE, BOSS).reason == "reason_needed"
    ask(hall, c.Grant(number, "急症"), NINE, BOSS)

    assert refused(hall, c.Grant(number, "急症"), NINE, BOSS).reason == "already_granted"
    assert refused(hall, c.Grant("A404", "急症"), NINE, BOSS).reason == "unknown_ticket"


@pytest.mark.req("R-CORE-03")
def test_t26_a_void_number_waits_no_more_and_its_gap_has_a_reason() -> None:
    hall = open_hall()
    number, following = take(hall), take(hall)

    assert ask(hall, c.Void(number, "重复取号"), NINE, BOSS) == [e.Voided(NINE, number, "staff1", "重复取号")]

    assert (state(hall, number), hall.waiting("a"), hall.open_tickets) == (S.VOID, 1, 1)
    assert call(hall) == following
    assert refused(hall, c.Void(following, "误按"), NINE, BOSS).reason == "ticket_state"
    assert refused(hall, c.Void("A404", "误按"), NINE, BOSS).reason == "unknown_ticket"


@pytest.mark.req("R-CORE-03", "R-CORE-07")
def test_t26_a_void_needs_a_reason() -> None:
    hall = open_hall()
    number = take(hall)

    assert refused(hall, c.Void(number, ""), NINE, BOSS).reason == "reason_needed"


@pytest.mark.req("R-CORE-06")
def test_t28_an_upgraded_ticket_stands_among_the_green_by_its_arrival() -> None:
    hall = open_hall()
    first, _, green = take(hall), take(hall), take(hall, klass="G")
    before = ticket(hall, first)

    assert ask(hall, c.Upgrade(first), NINE) == [e.Upgraded(NINE, first, "kiosk1")]

    assert (ticket(hall, first).klass, ticket(hall, first).key) == ("G", before.key)
    assert [call(hall, 1), call(hall, 2)] == [first, green]
    assert refused(hall, c.Upgrade(green), NINE).reason == "being_called"


@pytest.mark.req("R-CORE-07")
@pytest.mark.parametrize("ends", ["called", "served", "cancelled", "void"])
def test_an_approved_call_does_not_outlive_the_turn_or_the_ticket_it_was_for(ends: str) -> None:
    hall = open_hall()
    number = take(hall)
    approved(hall, "call", number, NINE)
    approved(hall, "transfer", number, NINE)
    if ends == "cancelled":
        ask(hall, c.Cancel(number), NINE)
    elif ends == "void":
        ask(hall, c.Void(number, "误按"), NINE, "desk1")
    elif ends == "called":
        _, at = let_pass(hall, 2)
        assert set(hall.approvals) == {("transfer", number)}, "it was called in its turn"
        ask(hall, c.ReturnTicket(number), at)
        assert refused(hall, c.CallSpecific(2, number), at).reason == "approval_needed"
        return
    else:
        finish(hall, 1)
        let_time_pass(hall, NINE + 5 * MINUTE)

    assert not hall.approvals


@pytest.mark.req("R-CORE-11", "R-CORE-07", "R-CALL-03")
@pytest.mark.parametrize("how", ["granted", "returned"])
def test_t10_a_green_ticket_keeps_its_patience_and_its_slow_reading_in_another_class(how: str) -> None:
    hall = open_hall()
    green, ordinary = take(hall, klass="G"), take(hall)
    at = NINE
    if how == "returned":
        _, at = let_pass(hall, 1)
        ask(hall, c.ReturnTicket(green), at)
    else:
        for number in (green, ordinary):
            ask(hall, c.Grant(number, "急症"), at, BOSS)
    at += MINUTE
    called = {call(hall, 1, at): 1, call(hall, 2, at): 2}
    for desk_id in (1, 2):
        for n in (1, 2):
            ask(hall, c.Recall(desk_id), at + n * 10 * SECOND)

    assert {each.ticket: each.slow for each in hall.announced[-6:]} == {green: True, ordinary: False}
    assert ask(hall, c.Pass(called[ordinary]), at + 60 * SECOND)
    assert refused(hall, c.Pass(called[green]), at + 90 * SECOND - 1).reason == "pass_wait"
    assert ask(hall, c.Pass(called[green]), at + 90 * SECOND)


@pytest.mark.req("R-CORE-06", "R-CORE-23")
def test_t28_who_was_handed_back_loses_nothing_by_an_upgrade() -> None:
    hall = open_hall()
    handed = take(hall)
    take(hall, klass="G")
    ask(hall, c.CallSpecific(1, handed, "急"), NINE)
    ask(hall, c.Wait(1), NINE)

    ask(hall, c.Upgrade(handed), NINE)

    assert ask(hall, c.Next(2), NINE)[0].rule == "handed"  # type: ignore[attr-defined]


@pytest.mark.parametrize("klass", ["G", "S", "R"])
def test_t28_only_an_ordinary_ticket_is_upgraded(klass: str) -> None:
    hall = open_hall()
    number, at = take(hall, klass="G" if klass == "G" else "X"), NINE
    if klass == "S":
        ask(hall, c.Grant(number, "急"), NINE, BOSS)
    if klass == "R":
        _, at = let_pass(hall)
        ask(hall, c.ReturnTicket(number), at)

    assert refused(hall, c.Upgrade(number), at).reason == "not_ordinary"


COMMANDS: list[Callable[[str], c.Command]] = [
    lambda number: c.Grant(number, "急"),
    lambda number: c.Void(number, "误按"),
    lambda number: c.Approve("call", number, "急"),
]


@pytest.mark.req("R-CORE-07", "R-DESK-05")
@pytest.mark.parametrize("make", COMMANDS)
@pytest.mark.parametrize("by", ["kiosk1", "desk2", "desk2-eval", "stranger"])
def test_nobody_but_a_supervisor_may_even_ask(make: Callable[[str], c.Command], by: str) -> None:
    hall = open_hall()
    number = take(hall)

    with pytest.raises(Rejected, match="not_allowed"):
        authorise(hall.plan, by, make(number))
    assert refused(hall, make(number), NINE, by).reason == "approval_needed"


@pytest.mark.req("R-CORE-07", "R-CORE-16")
def test_after_closing_a_grant_still_goes_next() -> None:
    hall = open_hall()
    take(hall)
    number = take(hall)
    serve(hall, 2)
    let_time_pass(hall, CLOSE)
    ask(hall, c.Grant(number, "急"), CLOSE, BOSS)

    assert call(hall, 1, CLOSE) == number
