"""替岗: somebody takes a desk over as it stands (R-CORE-26, rules.md 3.4 and scenarios 8 and 9)."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.model import Session
from firmware_py.core.plan import Plan, StaffPlan
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    CLOSE,
    MINUTE,
    NINE,
    PLAN,
    SECOND,
    approved,
    ask,
    call,
    desk,
    desk_state,
    expired,
    finish,
    let_time_pass,
    open_hall,
    refused,
    serve,
    state,
    take,
    ticket,
    with_desk,
    with_limits,
)

STAND_IN = with_desk(2, stand_in="staff8")
CARD = with_desk(2, login="card", stand_in="staff8")


@pytest.mark.req("R-CORE-26")
def test_the_key_alone_brings_the_planned_stand_in_and_then_the_one_acted_for_back() -> None:
    hall = open_hall(STAND_IN)

    assert ask(hall, c.StandIn(2), NINE) == [e.StoodIn(NINE, 2, "staff8", "B", "staff2")]
    assert desk(hall, 2).session == Session("staff8", "B", NINE, "staff2")
    assert ask(hall, c.StandIn(2), NINE + MINUTE) == [e.StoodIn(NINE + MINUTE, 2, "staff2", "A")]
    assert desk(hall, 2).session == Session("staff2", "A", NINE + MINUTE)


@pytest.mark.req("R-CORE-26")
def test_a_second_stand_in_acts_for_the_same_person() -> None:
    hall = open_hall()
    ask(hall, c.StandIn(2, "staff8"), NINE)

    assert ask(hall, c.StandIn(2, "staff9"), NINE) == [e.StoodIn(NINE, 2, "staff9", "B", "staff2")]
    assert ask(hall, c.StandIn(2, "staff2"), NINE) == [e.StoodIn(NINE, 2, "staff2", "A")]


@pytest.mark.req("R-CORE-26", "R-DESK-02")
def test_who_logged_in_as_a_stand_in_hands_back_to_whom_they_act_for_or_to_the_roster() -> None:
    hall = open_hall(desks=(1,))
    ask(hall, c.Login(2, "staff8", "B", "staff7"), NINE)
    ask(hall, c.Login(3, "staff9", "B"), NINE)

    assert ask(hall, c.StandIn(2), NINE) == [e.StoodIn(NINE, 2, "staff7", "A")]
    assert ask(hall, c.StandIn(3), NINE) == [e.StoodIn(NINE, 3, "staff3", "A")]


@pytest.mark.req("R-CORE-26", "R-CORE-13")
def test_scenario_8_b_stands_in_while_a_ticket_of_a_is_held() -> None:
    hall = open_hall(STAND_IN)
    take(hall, "a"), take(hall, "a")
    held = serve(hall, 2)
    ask(hall, c.Hold(2, "复印"), NINE)
    accepted = ticket(hall, held).accepted_at

    ask(hall, c.StandIn(2), NINE + SECOND)

    assert (state(hall, held), ticket(hall, held).desk) == (S.HELD, 2)
    assert ask(hall, c.ResumeTicket(2), NINE + MINUTE) == [e.Resumed(NINE + MINUTE, held, 2)]
    [finished, _] = ask(hall, c.Finish(2), NINE + 2 * MINUTE)
    assert isinstance(finished, e.Finished)
    assert (finished.ticket, finished.staff) == (held, "staff8")
    assert ticket(hall, held).accepted_at == accepted


@pytest.mark.req("R-CORE-26")
@pytest.mark.parametrize("wanted", [D.READY, D.CALLING, D.SERVING, D.RATING, D.PAUSE_PENDING, D.CLOSING])
def test_a_stand_in_finds_the_desk_and_its_ticket_as_they_are(wanted: D) -> None:
    hall = open_hall(STAND_IN)
    at = NINE
    take(hall)
    sits = {D.CALLING: call, D.SERVING: serve, D.PAUSE_PENDING: serve, D.RATING: finish}.get(wanted)
    number = sits(hall, 2) if sits else ""
    if wanted is D.PAUSE_PENDING:
        ask(hall, c.Pause(2, "会议"), NINE)
    if wanted is D.CLOSING:
        at = CLOSE
        let_time_pass(hall, at)
    assert desk_state(hall, 2) is wanted
    before = hall.tickets.get(number)

    ask(hall, c.StandIn(2), at)

    now = desk(hall, 2)
    there = D.SERVING if wanted is D.PAUSE_PENDING else wanted  # R-CORE-26: somebody sits there, nobody leaves
    assert (now.state, number in {now.ticket, now.rating}) == (there, True)
    assert number == "" or hall.tickets[number].state is (before.state if before else None)
    assert now.session is not None
    assert now.session.staff == "staff8"


@pytest.mark.req("R-CORE-26", "R-CORE-23")
@pytest.mark.parametrize(("sits", "back_to"), [(serve, D.SERVING), (finish, D.RATING)])
def test_a_stand_in_drops_the_pause_of_whoever_wanted_to_leave(sits: Callable[..., str], back_to: D) -> None:
    hall = open_hall(STAND_IN)
    take(hall)
    number = sits(hall, 2)
    ask(hall, c.Pause(2, "会议"), NINE)

    ask(hall, c.StandIn(2), NINE + MINUTE)
    assert (desk_state(hall, 2), desk(hall, 2).reason) == (back_to, "")

    if back_to is D.SERVING:
        ask(hall, c.Finish(2), NINE + 2 * MINUTE)
    ask(hall, expired(hall, 2), NINE + 4 * MINUTE)
    assert (state(hall, number), desk_state(hall, 2), desk(hall, 2).away_since) == (S.DONE, D.READY, 0)


@pytest.mark.req("R-CORE-26", "R-CORE-24")
@pytest.mark.parametrize("leave", [c.Wait(2, "取材料"), c.Pause(2, "会议")])
def test_a_stand_in_opens_a_desk_that_was_left_and_ends_the_absence(leave: c.Command) -> None:
    hall = open_hall(STAND_IN)
    ask(hall, leave, NINE)

    ask(hall, c.StandIn(2), NINE + 5 * MINUTE)

    assert (desk_state(hall, 2), desk(hall, 2).away_since, desk(hall, 2).reason) == (D.READY, 0, "")
    missed = e.AbsenceReminded | e.AbsenceReported | e.AbsenceLong
    assert not [each for each in let_time_pass(hall, NINE + 40 * MINUTE) if isinstance(each, missed)]


@pytest.mark.req("R-CORE-26")
def test_after_closing_a_stand_in_finds_a_desk_that_still_calls() -> None:
    hall = open_hall(STAND_IN)
    take(hall)
    let_time_pass(hall, CLOSE)
    ask(hall, c.Wait(2), CLOSE)

    ask(hall, c.StandIn(2), CLOSE + MINUTE)

    assert desk_state(hall, 2) is D.CLOSING


@pytest.mark.req("R-CORE-26", "R-CORE-27")
def test_a_stand_in_sits_down_with_the_citizen_that_was_left_at_the_desk() -> None:
    hall = open_hall(STAND_IN)
    take(hall)
    number = serve(hall, 2)
    ask(hall, c.Interrupt(2, "急事"), NINE + MINUTE)

    events = ask(hall, c.StandIn(2), NINE + 3 * MINUTE)

    at = NINE + 3 * MINUTE
    assert events == [e.InterruptionEnded(at, number, 2), e.StoodIn(at, 2, "staff8", "B", "staff2")]
    assert (desk(hall, 2).interrupted, desk(hall, 2).away_since) == (False, 0)
    assert isinstance(ask(hall, c.Finish(2), at)[0], e.Finished)


@pytest.mark.req("R-CORE-26")
def test_scenario_9_a_person_stands_at_one_desk_unless_a_supervisor_allows_a_second() -> None:
    hall = open_hall(desks=(1, 2))
    for command in (c.Login(3, "staff2"), c.StandIn(1, "staff2")):
        refusal = refused(hall, command, NINE)
        assert (refusal.reason, refusal.details) == ("active_elsewhere", {"desk": 2})

    approved(hall, "second_desk", "staff2", NINE)
    assert ask(hall, c.Login(3, "staff2"), NINE) == [e.LoggedIn(NINE, 3, "staff2", "A", "", "staff1")]

    assert refused(hall, c.StandIn(1, "staff2"), NINE).reason == "active_elsewhere", "one approval is for one desk"
    approved(hall, "second_desk", "staff2", NINE)
    assert ask(hall, c.StandIn(1, "staff2"), NINE) == [e.StoodIn(NINE, 1, "staff2", "B", "staff1", "staff1")]
    assert not hall.approvals


@pytest.mark.req("R-CORE-26", "R-CORE-07")
@pytest.mark.parametrize(
    "changes",
    [
        {"supervisors": ("duty",)},
        {"staff": (StaffPlan("staff1", approver=True), StaffPlan("staff3", approver=True))},
        {"desks": with_desk(3, with_desk(1, supervisor=True), supervisor=True).desks},
    ],
    ids=["a duty panel", "two approvers", "two supervisors' desks"],
)
def test_nobody_allows_himself_a_second_desk_where_another_may(changes: dict[str, object]) -> None:
    hall = open_hall(replace(PLAN, **changes), desks=(1,))

    assert refused(hall, c.Approve("second_desk", "staff1", "缺人"), NINE, "desk1").reason == "not_for_yourself"

    assert ask(hall, c.Approve("second_desk", "staff3", "缺人"), NINE, "desk1")


@pytest.mark.req("R-CORE-26", "R-CORE-07")
@pytest.mark.parametrize("staff", [(), (StaffPlan("staff1", approver=True), StaffPlan("staff3"))])
def test_the_only_supervisor_allows_himself_and_the_journal_says_so(staff: tuple[StaffPlan, ...]) -> None:
    hall = open_hall(replace(PLAN, staff=staff), desks=(1,))

    assert approved(hall, "second_desk", "staff1", NINE, "缺人") == [
        e.Approved(NINE, "second_desk", "staff1", "staff1", "缺人")
    ]
    assert ask(hall, c.Login(5, "staff1"), NINE) == [e.LoggedIn(NINE, 5, "staff1", approver="staff1")]


@pytest.mark.req("R-CORE-26")
def test_an_approval_for_a_second_desk_is_not_used_up_by_a_first() -> None:
    hall = open_hall(desks=(1,))
    approved(hall, "second_desk", "staff2", NINE)

    assert ask(hall, c.Login(2), NINE) == [e.LoggedIn(NINE, 2, "staff2")]

    assert ("second_desk", "staff2") in hall.approvals


@pytest.mark.req("R-CORE-26")
def test_who_was_relieved_may_work_elsewhere_and_comes_back_only_from_there() -> None:
    hall = open_hall(STAND_IN, desks=(1, 2))
    ask(hall, c.StandIn(2), NINE)
    ask(hall, c.Login(3, "staff2"), NINE)

    refusal = refused(hall, c.StandIn(2), NINE)
    assert (refusal.reason, refusal.details) == ("active_elsewhere", {"desk": 3})
    ask(hall, c.Logout(3), NINE)
    assert ask(hall, c.StandIn(2), NINE) == [e.StoodIn(NINE, 2, "staff2", "A")]


@pytest.mark.req("R-CORE-26")
def test_a_stand_in_that_cannot_be_is_refused_with_what_to_do() -> None:
    hall = open_hall(desks=(1, 2))
    assert refused(hall, c.StandIn(3, "staff8"), NINE).reason == "log_in_first"
    assert refused(hall, c.StandIn(2), NINE).details == {"desk": 2}
    assert refused(hall, c.StandIn(2), NINE).reason == "no_stand_in"
    assert refused(hall, c.StandIn(2, "staff2"), NINE).reason == "sits_here"


def known_people(plan: Plan = PLAN) -> Plan:
    return replace(plan, staff=(StaffPlan("staff7"),))


@pytest.mark.req("R-CORE-26")
def test_a_hall_that_lists_its_staff_knows_nobody_else_but_whom_its_plan_names() -> None:
    hall = open_hall(known_people(STAND_IN), desks=(1, 2))  # by roster
    for command in (c.Login(3, "stranger"), c.StandIn(2, "stranger"), c.Login(3, "staff7", "B", "stranger")):
        refusal = refused(hall, command, NINE)
        assert (refusal.reason, refusal.details) == ("unknown_staff", {"staff": "stranger"})
    assert refused(open_hall(), c.Login(5, "9" * 33), NINE).reason == "unknown_staff"

    ask(hall, c.Login(3, "staff7"), NINE)
    ask(hall, c.StandIn(2), NINE)


@pytest.mark.req("R-DESK-02")
def test_where_people_show_a_card_a_key_alone_names_nobody() -> None:
    hall = open_hall(CARD, desks=(1,))
    for command in (c.Login(2), c.ResumeDesk(2)):
        assert refused(hall, command, NINE).reason in {"card_needed", "log_in_first"}
    ask(hall, c.Login(2, "staff2"), NINE)
    assert refused(hall, c.StandIn(2), NINE).reason == "card_needed"
    ask(hall, c.StandIn(2, "staff8"), NINE)


@pytest.mark.req("R-DESK-02")
@pytest.mark.parametrize("leave", [c.Wait(2), c.Pause(2), c.Interrupt(2, "急事")])
def test_a_desk_that_was_left_is_locked_until_its_own_card_is_shown(leave: c.Command) -> None:
    hall = open_hall(CARD, desks=(1,))
    ask(hall, c.Login(2, "staff2"), NINE)
    take(hall)
    if isinstance(leave, c.Interrupt):
        serve(hall, 2)
    ask(hall, leave, NINE)

    assert refused(hall, c.ResumeDesk(2), NINE).reason == "card_needed"
    refusal = refused(hall, c.ResumeDesk(2, "staff8"), NINE)
    assert (refusal.reason, refusal.details) == ("not_your_desk", {"staff": "staff2"})
    assert len(ask(hall, c.ResumeDesk(2, "staff2"), NINE)) == 1
    assert desk_state(hall, 2) is (D.SERVING if isinstance(leave, c.Interrupt) else D.READY)


@pytest.mark.req("R-DESK-02")
def test_a_pause_that_only_waits_locks_nothing() -> None:
    hall = open_hall(CARD, desks=(1,))
    ask(hall, c.Login(2, "staff2"), NINE)
    take(hall)
    serve(hall, 2)
    ask(hall, c.Pause(2), NINE)

    assert ask(hall, c.ResumeDesk(2), NINE) == [e.DeskResumed(NINE, 2)]


@pytest.mark.req("R-DESK-02")
def test_on_a_plain_pad_nobody_is_asked_but_a_wrong_name_opens_nothing() -> None:
    hall = open_hall(with_limits())
    ask(hall, c.Pause(2), NINE)
    assert refused(hall, c.ResumeDesk(2, "staff8"), NINE).reason == "not_your_desk"
    ask(hall, c.ResumeDesk(2, "staff2"), NINE)
