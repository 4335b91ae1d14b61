"""转办: the same number and the same place, at another service or another desk (T18, R-CORE-14)."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    MINUTE,
    NINE,
    SECOND,
    ask,
    call,
    desk,
    desk_state,
    happen,
    let_time_pass,
    open_hall,
    refused,
    serve,
    state,
    take,
    ticket,
)


def transfer(service: str = "b", target: int = 0, reason: str = "走错窗口", at_desk: int = 2) -> c.Transfer:
    return c.Transfer(at_desk, service, target, reason)


def served_at_two(service: str = "a", *, desks: tuple[int, ...] = (1, 2, 3, 4)) -> tuple[Hall, str]:
    """A citizen served at desk 2, which is no supervisor's."""
    hall = open_hall(desks=desks)
    take(hall, service)
    return hall, serve(hall, 2)


@pytest.mark.req("R-CORE-14")
def test_t18_a_transferred_ticket_keeps_number_and_arrival_and_goes_next_at_the_target() -> None:
    hall, moved = served_at_two()
    green = take(hall, "b", klass="G")
    take(hall, "b")
    before = ticket(hall, moved)
    at = NINE + MINUTE

    assert ask(hall, transfer(), at) == [
        e.Transferred(at, moved, 2, "b", "走错窗口"),
        e.AlertRaised(at, "guide", moved),
    ]

    after = ticket(hall, moved)
    assert (after.state, after.service, after.legs, after.desk) == (S.WAITING, "b", ("a",), 0)
    assert (after.key, after.klass, after.contributors) == (before.key, before.klass, ("staff2",))
    assert after.accepted_at == before.accepted_at
    assert (desk_state(hall, 2), desk(hall, 2).ticket) == (D.READY, "")
    assert (hall.waiting("a"), hall.waiting("b")) == (0, 3)
    assert ask(hall, c.Next(3), at) == [e.Called(at, moved, 3, "handed")]
    assert call(hall, 1, at) == green


@pytest.mark.req("R-CORE-14")
def test_t18_the_guide_is_alerted_until_the_ticket_is_called_again() -> None:
    hall, moved = served_at_two()
    ask(hall, transfer(), NINE)
    assert let_time_pass(hall, NINE + MINUTE) == []
    assert ("guide", moved) in hall.alerts

    call(hall, 3, NINE + MINUTE)

    assert let_time_pass(hall, NINE + MINUTE) == [e.AlertCleared(NINE + MINUTE, "guide", moved)]
    assert hall.alerts == {}


@pytest.mark.req("R-CORE-14")
@pytest.mark.parametrize("reason", ["", "   "])
def test_t18_a_transfer_says_why(reason: str) -> None:
    hall, _ = served_at_two()

    assert refused(hall, transfer(reason=reason), NINE).reason == "reason_needed"
    assert refused(hall, transfer(reason="长" * 101), NINE).details == {"n": 100}
    assert ask(hall, transfer(reason=" " + "长" * 100), NINE)


@pytest.mark.req("R-CORE-14", "R-CORE-13")
def test_t18_a_held_ticket_is_transferred_while_the_desk_serves_somebody_else() -> None:
    hall, held = served_at_two()
    ask(hall, c.Hold(2), NINE)
    other = take(hall)
    serve(hall, 2)

    ask(hall, c.Transfer(2, "b", 0, "改办", held), NINE)

    assert (state(hall, held), ticket(hall, held).service) == (S.WAITING, "b")
    assert (desk_state(hall, 2), desk(hall, 2).ticket, state(hall, other)) == (D.SERVING, other, S.SERVING)


def test_t18_without_a_number_a_free_desk_transfers_the_one_held_longest() -> None:
    hall, first = served_at_two()
    ask(hall, c.Hold(2), NINE)
    take(hall)
    serve(hall, 2, NINE + 1)
    ask(hall, c.Hold(2), NINE + 1)

    ask(hall, transfer(), NINE + 2)

    assert ticket(hall, first).service == "b"


def test_t18_a_transfer_frees_a_desk_that_waits_for_its_pause() -> None:
    hall, _ = served_at_two()
    ask(hall, c.Pause(2), NINE)

    ask(hall, transfer(), NINE)

    assert desk_state(hall, 2) is D.PAUSED


@pytest.mark.req("R-CORE-14")
def test_t18_one_desk_may_be_meant_and_no_other_calls_the_ticket() -> None:
    hall, moved = served_at_two()
    ask(hall, transfer("b", 3), NINE)

    assert (ticket(hall, moved).target, ticket(hall, moved).queue) == (3, "@3")
    assert refused(hall, c.Next(1), NINE).reason == "nobody_waiting"
    assert call(hall, 3) == moved
    assert ticket(hall, moved).target == 0


@pytest.mark.req("R-CORE-14", "R-CORE-23")
def test_t18_t11_when_the_desk_meant_gives_the_call_back_any_desk_may_take_it() -> None:
    hall, moved = served_at_two()
    ask(hall, transfer("b", 3), NINE)
    call(hall, 3)

    ask(hall, c.Wait(3), NINE)

    assert call(hall, 1) == moved


@pytest.mark.req("R-CORE-14")
def test_t18_the_others_reach_a_ticket_whose_desk_has_closed() -> None:
    hall, moved = served_at_two(desks=(1, 2, 3))
    ask(hall, transfer("b", 3), NINE)
    ask(hall, c.Logout(3), NINE)

    assert call(hall, 1) == moved


@pytest.mark.parametrize(
    ("service", "target", "becomes"),
    [("", 3, "b"), ("c", 3, "c"), ("a", 3, "b"), ("b", 0, "b"), ("", 4, "c")],
)
def test_t18_a_desk_meant_takes_the_service_asked_for_or_its_first(service: str, target: int, becomes: str) -> None:
    hall, moved = served_at_two()

    ask(hall, transfer(service, target), NINE)

    assert (ticket(hall, moved).service, ticket(hall, moved).target) == (becomes, target)


@pytest.mark.req("R-CORE-14")
@pytest.mark.parametrize("key", [c.Pause(3), c.Wait(3)], ids=["pause", "wait"])
def test_scenario_14_nobody_is_sent_to_a_service_whose_only_desk_is_at_lunch(key: c.Command) -> None:
    hall, moved = served_at_two(desks=(1, 2, 3))
    if isinstance(key, c.Pause):
        key = c.Pause(3, urgent=True)
    ask(hall, key, NINE)

    refusal = refused(hall, transfer("c"), NINE)

    assert (refusal.reason, refusal.details) == ("target_closed", {"service": "民政业务"})
    assert refused(hall, transfer("c", 3), NINE).reason == "target_closed"

    ask(hall, c.Approve("transfer", moved, "下午办"), NINE, "desk1")
    [transferred, _] = ask(hall, transfer("c"), NINE)
    assert isinstance(transferred, e.Transferred)
    assert transferred.approver == "staff1"
    assert hall.approvals == {}  # used up (R-CORE-07)
    assert call_after_lunch(hall) == moved


def call_after_lunch(hall: Hall) -> str:
    ask(hall, c.ResumeDesk(3), NINE + MINUTE)
    return call(hall, 3, NINE + MINUTE)


@pytest.mark.req("R-CORE-14")
def test_a_desk_that_will_pause_or_nobody_sits_at_is_not_open() -> None:
    hall, _ = served_at_two(desks=(1, 2, 3))
    assert refused(hall, transfer("c", 4), NINE).reason == "target_closed"
    take(hall, "b")
    serve(hall, 3)
    ask(hall, c.Pause(3, urgent=True), NINE)

    assert desk_state(hall, 3) is D.PAUSE_PENDING
    assert refused(hall, transfer("c"), NINE).reason == "target_closed"


@pytest.mark.req("R-CORE-14", "R-CORE-07")
def test_scenario_15_back_again_needs_a_supervisor_each_time() -> None:
    hall, moved = served_at_two()
    ask(hall, transfer("b"), NINE)
    serve(hall, 3)
    back = transfer("a", at_desk=3)

    refusal = refused(hall, back, NINE)
    assert (refusal.reason, refusal.details) == ("transfer_back", {"service": "综合受理"})

    ask(hall, c.Approve("transfer", moved, "材料在那边"), NINE, "desk1")
    assert ask(hall, back, NINE)[0] == e.Transferred(NINE, moved, 3, "a", "走错窗口", 0, "staff1")
    assert ticket(hall, moved).legs == ("a", "b")
    let_time_pass(hall, NINE)
    serve(hall, 2)
    assert refused(hall, transfer("b"), NINE).reason == "transfer_back"  # the approval was for once


@pytest.mark.req("R-CORE-14")
def test_scenario_15_the_service_itself_counts_as_back_even_at_another_desk() -> None:
    hall, _ = served_at_two()

    assert refused(hall, transfer("a"), NINE).reason == "transfer_back"
    assert refused(hall, transfer("a", 1), NINE).reason == "transfer_back"


@pytest.mark.req("R-CORE-14", "R-DESK-05")
def test_a_supervisor_sends_back_himself_and_is_named() -> None:
    hall = open_hall()
    moved = take(hall)
    serve(hall, 1)

    assert ask(hall, transfer("a", 2, at_desk=1), NINE)[0] == e.Transferred(
        NINE, moved, 1, "a", "走错窗口", 2, "staff1"
    )


@pytest.mark.req("R-CORE-07")
def test_an_approval_nobody_needed_ends_with_the_transfer_it_was_for() -> None:
    hall, moved = served_at_two()
    ask(hall, c.Approve("transfer", moved, "备用"), NINE, "desk1")

    ask(hall, transfer("b"), NINE)

    assert not hall.approvals


@pytest.mark.req("R-CORE-07", "R-CORE-29")
def test_a_transfer_that_is_taken_back_gives_its_approval_back() -> None:
    hall, moved = served_at_two()
    ask(hall, transfer("b", at_desk=2), NINE)
    assert serve(hall, 2) == moved
    ask(hall, c.Approve("transfer", moved, "已核实"), NINE, "desk1")
    given = dict(hall.approvals)
    ask(hall, transfer("a"), NINE)
    assert not hall.approvals

    ask(hall, c.Undo(2), NINE + SECOND)

    assert hall.approvals == given
    [back, *_] = ask(hall, transfer("a"), NINE + 2 * SECOND)
    assert isinstance(back, e.Transferred)
    assert back.approver == "staff1"
    assert not hall.approvals


@pytest.mark.req("R-CORE-07", "R-CORE-29", "R-CORE-21")
def test_the_approval_to_give_back_outlasts_a_restart() -> None:
    hall, moved = served_at_two()
    ask(hall, c.Approve("transfer", moved, "已核实"), NINE, "desk1")
    ask(hall, transfer("b"), NINE)

    again = thaw(freeze(hall))
    assert again is not None
    ask(again, c.Undo(2), NINE + SECOND)
    assert ("transfer", moved) in again.approvals


@pytest.mark.req("R-CORE-14", "R-CORE-23", "R-CORE-17")
@pytest.mark.parametrize("how", ["pause", "fault", "logout"])
def test_whoever_was_sent_to_a_desk_that_takes_nobody_is_for_every_desk_that_serves_him(how: str) -> None:
    hall, moved = served_at_two()
    ask(hall, transfer("b", target=1), NINE)
    assert refused(hall, c.Next(3), NINE).reason == "nobody_waiting"

    if how == "pause":
        ask(hall, c.Pause(1), NINE)
    elif how == "fault":
        happen(hall, [e.DeskFailed(NINE, 1, "pad")])
    else:
        ask(hall, c.Logout(1), NINE)

    assert refused(hall, c.Next(4), NINE).reason == "nobody_waiting", "desk 4 does not serve b"
    assert ask(hall, c.Next(3), NINE) == [e.Called(NINE, moved, 3, "handed")]


@pytest.mark.req("R-CORE-14")
def test_whoever_was_sent_to_a_desk_left_for_a_moment_waits_for_it() -> None:
    hall, moved = served_at_two()
    ask(hall, transfer("b", target=1), NINE)
    ask(hall, c.Wait(1), NINE)

    assert refused(hall, c.Next(3), NINE).reason == "nobody_waiting"
    ask(hall, c.ResumeDesk(1), NINE)
    assert call(hall, 1) == moved


@pytest.mark.req("R-CORE-14", "R-CORE-07")
def test_a_grant_goes_next_wherever_it_is_served_though_it_was_sent_to_one_desk() -> None:
    hall, moved = served_at_two()
    ask(hall, transfer("b", target=1), NINE)

    ask(hall, c.Grant(moved, "急症"), NINE, "desk1")

    assert (ticket(hall, moved).target, hall.targeted) == (0, 0)
    assert ask(hall, c.Next(3), NINE) == [e.Called(NINE, moved, 3, "granted")]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (transfer("x"), "transfer_unknown"),
        (transfer("x", 3), "transfer_unknown"),
        (transfer("b", 99), "unknown_desk"),
        (transfer("b", -1), "unknown_desk"),
        (transfer("b", 2), "transfer_here"),
        (transfer("", 0), "transfer_where"),
        (c.Transfer(2, "b", 0, "错", "A404"), "unknown_ticket"),
        (c.Transfer(2, "b", 0, "错", "A002"), "ticket_state"),
        (c.Transfer(1, "b", 0, "错", "A001"), "at_another_desk"),
        (c.Transfer(1, "b", 0, "错"), "nobody_served"),
        (c.Transfer(5, "b", 0, "错"), "log_in_first"),
    ],
)
def test_a_transfer_that_cannot_be_is_refused(command: c.Transfer, reason: str) -> None:
    hall, _ = served_at_two()
    take(hall)

    assert refused(hall, command, NINE).reason == reason


@pytest.mark.req("R-DESK-02", "R-CORE-14")
@pytest.mark.parametrize("leave", [c.Pause(2), c.Wait(2)])
@pytest.mark.parametrize("by", ["desk2", "desk1"])
def test_the_locked_keys_of_a_desk_that_was_left_transfer_nobody_whoever_asks(leave: c.Command, by: str) -> None:
    hall, held = served_at_two()
    ask(hall, c.Hold(2), NINE)
    ask(hall, leave, NINE)
    command = c.Transfer(2, "b", 0, "窗口离开", held)
    assert refused(hall, command, NINE, by).reason == "resume_first"

    ask(hall, c.ResumeDesk(2), NINE, by)  # a supervisor comes back for it like anybody

    ask(hall, command, NINE, by)
    assert state(hall, held) is S.WAITING


@pytest.mark.req("R-DESK-02")
def test_a_supervisors_own_locked_desk_transfers_nobody_either() -> None:
    hall = open_hall()
    held = take(hall)
    serve(hall, 1)
    ask(hall, c.Hold(1), NINE)
    ask(hall, c.Pause(1), NINE)

    assert refused(hall, c.Transfer(1, "b", 0, "窗口离开", held), NINE, "desk1").reason == "resume_first"


@pytest.mark.req("R-CORE-14")
def test_the_guide_is_done_with_a_ticket_that_is_given_up() -> None:
    hall, moved = served_at_two()
    ask(hall, transfer(), NINE)

    ask(hall, c.Cancel(moved), NINE + SECOND, "desk1")

    assert let_time_pass(hall, NINE + SECOND) == [e.AlertCleared(NINE + SECOND, "guide", moved)]
