"""A visit: 加办, 离开办理, its time limit, and who has served it (T15, T19, R-CORE-15, R-CORE-27, R-EVAL-12)."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.limits import VisitLimits
from firmware_py.core.machine import due
from firmware_py.core.model import Visit
from firmware_py.core.plan import Item
from firmware_py.core.showing import desk_view
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    LOG,
    MINUTE,
    NINE,
    PLAN,
    SECOND,
    SERVICES,
    ask,
    call,
    desk,
    desk_state,
    let_time_pass,
    open_hall,
    refused,
    serve,
    state,
    take,
    ticket,
    with_limits,
)

ITEMS = (Item("复印", 0), Item("变更登记", 10))
LIMITED = replace(
    PLAN,
    services=(replace(SERVICES[0], limit_min=20, items=ITEMS), replace(SERVICES[1], limit_min=10), SERVICES[2]),
)
"""a takes twenty minutes and has a list of items, b takes ten, c has neither."""


def visit(hall: Hall, number: str) -> Visit:
    found = ticket(hall, number).visit
    assert found is not None
    return found


def served(service: str = "a", desk_id: int = 1, at: int = NINE) -> tuple[Hall, str]:
    hall = open_hall(LIMITED)
    take(hall, service)
    return hall, serve(hall, desk_id, at)


def quiet(hall: Hall, at: int) -> None:
    """Nothing is said about the visit by ``at``, and the hall would not even wake for it."""
    assert let_time_pass(hall, at) == []


# --- 加办 -------------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-15", "R-CORE-27")
def test_t19_an_item_is_added_to_the_visit_and_extends_its_limit() -> None:
    hall, number = served()

    assert ask(hall, c.AddItem(1, "变更登记"), NINE) == [e.ItemAdded(NINE, number, 1, "变更登记", 10)]
    ask(hall, c.AddItem(1, " 复印 "), NINE)

    assert visit(hall, number) == Visit(0, NINE, 30, 0, ("变更登记", "复印"))
    assert (state(hall, number), desk_state(hall, 1)) == (S.SERVING, D.SERVING)


@pytest.mark.req("R-CORE-15", "R-EVAL-01")
def test_several_items_lead_to_one_rating() -> None:
    hall, _ = served()
    for _ in range(3):
        ask(hall, c.AddItem(1, "复印"), NINE)

    events = ask(hall, c.Finish(1), NINE + MINUTE)

    assert [type(event) for event in events] == [e.Finished, e.RatingOpened]


@pytest.mark.req("R-CORE-15")
def test_t19_an_item_the_hall_has_not_listed_is_refused_with_the_list() -> None:
    hall, _ = served()

    for name in ("护照", "", "变更"):
        refusal = refused(hall, c.AddItem(1, name), NINE)
        assert (refusal.reason, refusal.details) == ("unknown_item", {"items": "复印、变更登记"})


@pytest.mark.req("R-CORE-15")
def test_t19_without_a_list_any_short_words_will_do() -> None:
    hall, number = served("b")
    assert refused(hall, c.AddItem(1, "  "), NINE).reason == "item_needed"
    assert refused(hall, c.AddItem(1, "长" * 41), NINE).details == {"n": 40}

    ask(hall, c.AddItem(1, "长" * 40), NINE)

    assert visit(hall, number).limit_min == 10


@pytest.mark.req("R-CORE-15")
def test_t19_twenty_items_and_no_more() -> None:
    hall, _ = served()
    for _ in range(20):
        ask(hall, c.AddItem(1, "复印"), NINE)

    assert refused(hall, c.AddItem(1, "复印"), NINE).details == {"n": 20}


def test_t19_adding_needs_somebody_at_the_desk() -> None:
    hall = open_hall(LIMITED)
    assert refused(hall, c.AddItem(1, "复印"), NINE).reason == "nobody_served"
    take(hall)
    call(hall)
    assert refused(hall, c.AddItem(1, "复印"), NINE).reason == "not_arrived"


# --- the limit --------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-27")
def test_the_staff_are_warned_at_four_fifths_and_at_the_limit_to_the_millisecond() -> None:
    hall, number = served()
    near, full = NINE + 16 * MINUTE, NINE + 20 * MINUTE
    quiet(hall, near - 1)
    assert due(hall, near - 1) == near

    assert let_time_pass(hall, near) == [e.LimitNear(near, number, 1, 20)]
    assert desk_view(hall, LOG, 1).warned == 1
    quiet(hall, full - 1)
    assert due(hall, full - 1) == full
    assert let_time_pass(hall, full) == [e.LimitPassed(full, number, 1, 20)]
    assert desk_view(hall, LOG, 1).warned == 2
    quiet(hall, full + 60 * MINUTE)
    assert (state(hall, number), desk_state(hall, 1)) == (S.SERVING, D.SERVING)


@pytest.mark.req("R-CORE-27")
def test_the_part_at_which_staff_are_warned_is_the_halls() -> None:
    hall = open_hall(replace(with_limits(LIMITED, visit=VisitLimits(50))))
    take(hall)
    number = serve(hall)

    assert let_time_pass(hall, NINE + 10 * MINUTE) == [e.LimitNear(NINE + 10 * MINUTE, number, 1, 20)]


@pytest.mark.req("R-CORE-27")
def test_a_hall_or_a_service_without_limits_warns_of_none() -> None:
    hall = open_hall(LIMITED)
    take(hall, "c")
    serve(hall, 3)
    quiet(hall, NINE + 60 * MINUTE)

    hall = open_hall()
    take(hall)
    serve(hall)
    quiet(hall, NINE + 60 * MINUTE)


@pytest.mark.req("R-CORE-27", "R-CORE-13")
def test_a_hold_stops_the_clock() -> None:
    hall, number = served()
    ask(hall, c.Hold(1), NINE + 15 * MINUTE)
    quiet(hall, NINE + 60 * MINUTE)
    ask(hall, c.ResumeTicket(1), NINE + 60 * MINUTE)
    near = NINE + 61 * MINUTE
    quiet(hall, near - 1)

    assert let_time_pass(hall, near) == [e.LimitNear(near, number, 1, 20)]
    [finished, _] = ask(hall, c.Finish(1), NINE + 65 * MINUTE)
    assert isinstance(finished, e.Finished)
    assert finished.served_ms == 20 * MINUTE


@pytest.mark.req("R-CORE-27")
def test_t15_an_interruption_stops_the_clock() -> None:
    hall, number = served()
    ask(hall, c.Interrupt(1), NINE + MINUTE)
    assert visit(hall, number) == Visit(MINUTE, 0, 20)
    ask(hall, c.ResumeDesk(1), NINE + 3 * MINUTE)
    assert visit(hall, number) == Visit(MINUTE, NINE + 3 * MINUTE, 20)

    [finished, _] = ask(hall, c.Finish(1), NINE + 3 * MINUTE + SECOND)

    assert isinstance(finished, e.Finished)
    assert finished.served_ms == MINUTE + SECOND


@pytest.mark.req("R-CORE-27", "R-CORE-14")
def test_the_legs_of_a_transfer_add_up_in_time_and_in_limit() -> None:
    hall, number = served("a", 2)
    let_time_pass(hall, NINE + 18 * MINUTE)
    ask(hall, c.Transfer(2, "b", 0, "继续"), NINE + 18 * MINUTE)
    assert visit(hall, number) == Visit(18 * MINUTE, 0, 30)
    at = NINE + 30 * MINUTE
    serve(hall, 3, at)
    let_time_pass(hall, at)
    quiet(hall, at + 6 * MINUTE - 1)

    assert let_time_pass(hall, at + 6 * MINUTE) == [
        e.LimitNear(at + 6 * MINUTE, number, 3, 30),
    ]


@pytest.mark.req("R-CORE-27", "R-CORE-14")
def test_a_leg_without_a_limit_leaves_the_whole_without_one() -> None:
    hall, number = served("b", 3)
    ask(hall, c.Transfer(3, "c", 0, "继续"), NINE + MINUTE)
    serve(hall, 4, NINE + MINUTE)

    assert visit(hall, number) == Visit(MINUTE, NINE + MINUTE, 0)


@pytest.mark.req("R-CORE-27", "R-CORE-15")
def test_an_added_item_is_warned_of_anew() -> None:
    hall, number = served()
    let_time_pass(hall, NINE + 20 * MINUTE)
    assert visit(hall, number).warned == 2

    ask(hall, c.AddItem(1, "变更登记"), NINE + 20 * MINUTE)

    near = NINE + 24 * MINUTE
    quiet(hall, near - 1)
    assert let_time_pass(hall, near) == [e.LimitNear(near, number, 1, 30)]


@pytest.mark.req("R-CORE-27", "R-CORE-13")
def test_who_is_called_again_from_a_hold_goes_on_with_the_same_visit() -> None:
    hall, number = served()
    ask(hall, c.Hold(1), NINE + MINUTE)
    ask(hall, c.ReturnTicket(number), NINE + 5 * MINUTE)
    assert serve(hall, 1, NINE + 6 * MINUTE) == number

    assert visit(hall, number) == Visit(MINUTE, NINE + 6 * MINUTE, 20)


@pytest.mark.req("R-CORE-27", "R-CORE-30")
def test_an_emergency_is_no_time_of_a_visit() -> None:
    hall, number = served()
    ask(hall, c.EmergencyPause("火警"), NINE + MINUTE)
    quiet(hall, NINE + 30 * MINUTE)
    ask(hall, c.EmergencyResume(), NINE + 31 * MINUTE)
    near = NINE + 46 * MINUTE
    quiet(hall, near - 1)

    assert let_time_pass(hall, near) == [e.LimitNear(near, number, 1, 20)]


@pytest.mark.req("R-CORE-27")
def test_who_walks_to_the_desk_is_not_being_served() -> None:
    hall = open_hall(LIMITED)
    take(hall)
    call(hall)
    ask(hall, c.Arrive(1), NINE + 2 * MINUTE)

    [finished, _] = ask(hall, c.Finish(1), NINE + 5 * MINUTE)

    assert isinstance(finished, e.Finished)
    assert finished.served_ms == 3 * MINUTE


# --- 离开办理 ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-23")
def test_t15_the_citizen_stays_at_the_desk_that_is_left_for_a_moment() -> None:
    hall, number = served()

    assert ask(hall, c.Interrupt(1, " 取材料 "), NINE) == [e.Interrupted(NINE, number, 1, "取材料")]

    assert (state(hall, number), desk_state(hall, 1), desk(hall, 1).interrupted) == (S.SERVING, D.SERVING, True)
    assert refused(hall, c.Interrupt(1), NINE).reason == "interrupted"
    assert ask(hall, c.ResumeDesk(1), NINE + SECOND) == [e.InterruptionEnded(NINE + SECOND, number, 1)]
    assert not desk(hall, 1).interrupted
    assert refused(hall, c.ResumeDesk(1), NINE + SECOND).reason == "not_paused"


@pytest.mark.req("R-CORE-23")
@pytest.mark.parametrize(
    "key",
    [
        c.Finish(1),
        c.Hold(1),
        c.Transfer(1, "b", 0, "错"),
        c.Next(1),
        c.AddItem(1, "复印"),
        c.Arrive(1),
        c.Recall(1),
        c.Pass(1),
        c.ResumeTicket(1),
        c.CallSpecific(1, "A002", "急"),
    ],
    ids=lambda key: type(key).__name__,
)
def test_t15_who_left_comes_back_first(key: c.Command) -> None:
    hall, _ = served()
    take(hall)
    ask(hall, c.Interrupt(1), NINE)

    assert refused(hall, key, NINE).reason == "interrupted"

    ask(hall, c.ResumeDesk(1), NINE)
    ask(hall, c.Finish(1), NINE)


@pytest.mark.req("R-CORE-23")
def test_t15_a_pending_pause_does_not_forbid_it_and_is_still_pending_afterwards() -> None:
    hall, _ = served()
    ask(hall, c.Pause(1), NINE)

    ask(hall, c.Interrupt(1), NINE)
    assert desk_state(hall, 1) is D.PAUSE_PENDING
    ask(hall, c.ResumeDesk(1), NINE)

    assert desk_state(hall, 1) is D.PAUSE_PENDING


def test_t15_needs_somebody_at_the_desk_and_few_words() -> None:
    hall = open_hall(LIMITED)
    assert refused(hall, c.Interrupt(1), NINE).reason == "nobody_served"
    take(hall)
    call(hall)
    assert refused(hall, c.Interrupt(1), NINE).reason == "not_arrived"
    ask(hall, c.Arrive(1), NINE)
    assert refused(hall, c.Interrupt(1, "长" * 101), NINE).reason == "reason_long"


# --- who has served it ------------------------------------------------------------------------------------------------


def finished_by(hall: Hall, desk_id: int, at: int) -> tuple[str, tuple[str, ...]]:
    [finished, *_] = ask(hall, c.Finish(desk_id), at)
    assert isinstance(finished, e.Finished)
    return finished.staff, finished.contributors


@pytest.mark.req("R-EVAL-12")
def test_the_finisher_alone_has_no_contributors() -> None:
    hall, _ = served()

    assert finished_by(hall, 1, NINE) == ("staff1", ())


@pytest.mark.req("R-EVAL-12", "R-CORE-14")
def test_everybody_who_served_before_the_finisher_contributed_once() -> None:
    hall, number = served("a", 2)
    ask(hall, c.Hold(2), NINE)
    ask(hall, c.ResumeTicket(2), NINE)
    ask(hall, c.Transfer(2, "b", 0, "继续"), NINE)
    serve(hall, 3)
    ask(hall, c.Approve("transfer", number, "回"), NINE, "desk1")
    ask(hall, c.Transfer(3, "a", 2, "回"), NINE)
    serve(hall, 2)

    assert finished_by(hall, 2, NINE) == ("staff2", ("staff3",))


@pytest.mark.req("R-EVAL-12", "R-CORE-13")
def test_another_desk_that_resumes_shares_with_the_first() -> None:
    hall, number = served()
    ask(hall, c.Hold(1), NINE)
    ask(hall, c.Logout(1), NINE)
    ask(hall, c.ResumeTicket(2, number), NINE)

    assert finished_by(hall, 2, NINE) == ("staff2", ("staff1",))


@pytest.mark.req("R-EVAL-12", "R-CORE-26")
def test_a_stand_in_shares_with_whom_they_stand_in_for() -> None:
    hall, number = served()
    ask(hall, c.StandIn(1, "staff9"), NINE)
    assert ticket(hall, number).contributors == ("staff1", "staff9")

    assert finished_by(hall, 1, NINE) == ("staff9", ("staff1",))


@pytest.mark.req("R-EVAL-12")
def test_t25_whom_a_three_key_pad_perhaps_never_served_it_contributed_nothing_to() -> None:
    hall = open_hall(LIMITED)
    number = take(hall)
    call(hall)
    ask(hall, c.Next(1), NINE + 30 * SECOND)
    at = NINE + 10 * MINUTE
    let_time_pass(hall, at)
    ask(hall, c.ReturnTicket(number), at)
    serve(hall, 2, at)

    assert finished_by(hall, 2, at) == ("staff2", ())
