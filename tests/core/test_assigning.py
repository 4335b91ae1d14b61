"""What a desk serves today: rota, reassignment, tide, a new plan (R-CORE-09, R-CORE-10)."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.assigning import plan_refusal, rota_of_plan, services_on
from firmware_py.core.hall import Hall
from firmware_py.core.plan import DeskPlan, Plan, Rota
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    CLOSE,
    DAY,
    ISSUING,
    MINUTE,
    NINE,
    PLAN,
    ask,
    call,
    desk,
    finish,
    happen,
    let_pass,
    let_time_pass,
    open_hall,
    press,
    refused,
    serve,
    shut_hall,
    take,
    ticket,
    with_desk,
)

SATURDAY, SUNDAY = "2026-11-21", "2026-11-22"


def assign(hall: Hall, desk_id: int, *services: str, reason: str = "分流", at: int = NINE) -> list[e.Event]:
    """The supervisor at desk 1 says what a desk serves."""
    return ask(hall, c.AssignServices(desk_id, services, reason), at, "desk1")


def assignments(events: list[e.Event]) -> list[e.Event]:
    return [event for event in events if isinstance(event, e.DeskAssigned)]


@pytest.mark.req("R-CORE-09")
@pytest.mark.parametrize(
    ("row", "fits"),
    [
        (Rota(("c",)), True),
        (Rota(("c",), since=SATURDAY), True),
        (Rota(("c",), since=SUNDAY), False),
        (Rota(("c",), until=SATURDAY), True),
        (Rota(("c",), until="2026-11-20"), False),
        (Rota(("c",), SATURDAY, SATURDAY), True),
        (Rota(("c",), weekdays=(6, 7)), True),
        (Rota(("c",), weekdays=(1, 2, 3, 4, 5)), False),
        (Rota(("c",), since="2026-01-01", until="2026-12-31", weekdays=(7,)), False),
    ],
)
def test_a_row_of_the_rota_holds_from_one_date_to_another_on_its_days_of_the_week(row: Rota, fits: bool) -> None:
    planned = DeskPlan(1, ("a", "b"), rota=(row,))

    assert services_on(PLAN, planned, SATURDAY) == (("c",) if fits else ("a", "b"))
    assert services_on(PLAN, planned, "") == ("a", "b")


@pytest.mark.req("R-CORE-09")
def test_the_first_row_that_fits_holds_and_a_star_is_every_service() -> None:
    planned = DeskPlan(1, ("a",), rota=(Rota(("b",), weekdays=(7,)), Rota(("*",)), Rota(("c",))))

    assert services_on(PLAN, planned, SATURDAY) == ("a", "b", "c")
    assert services_on(PLAN, planned, SUNDAY) == ("b",)


@pytest.mark.req("R-CORE-09")
def test_the_day_opens_with_what_the_rota_says_and_the_next_with_what_it_says_then() -> None:
    hall = shut_hall(with_desk(3, rota=(Rota(("a",), weekdays=(6,)),)))

    opened = let_time_pass(hall, ISSUING)
    assert assignments(opened) == [e.DeskAssigned(ISSUING, 3, ("a",), "rota")]
    assert desk(hall, 3).services == ("a",)

    assert assignments(let_time_pass(hall, ISSUING + DAY)) == [e.DeskAssigned(ISSUING + DAY, 3, ("b", "c"), "rota")]


@pytest.mark.req("R-CORE-09")
def test_a_rota_desk_calls_what_it_serves_today() -> None:
    hall = open_hall(with_desk(4, rota=(Rota(("a",)),)), desks=(4,))
    take(hall, "c")
    number = take(hall, "a")

    assert call(hall, 4) == number


@pytest.mark.req("R-CORE-09")
def test_a_supervisor_reassigns_a_desk_for_the_rest_of_the_day() -> None:
    hall = open_hall()

    assert assign(hall, 4, "a", "c", "a") == [e.DeskAssigned(NINE, 4, ("a", "c"), "分流", "staff1")]
    number = take(hall, "a")
    assert call(hall, 4) == number
    assert assign(hall, 5, "*") == [e.DeskAssigned(NINE, 5, ("a", "b", "c"), "分流", "staff1")]

    tomorrow = assignments(let_time_pass(hall, ISSUING + DAY))
    assert tomorrow == [
        e.DeskAssigned(ISSUING + DAY, 4, ("c",), "rota"),
        e.DeskAssigned(ISSUING + DAY, 5, ("a",), "rota"),
    ]


@pytest.mark.req("R-CORE-09")
def test_a_change_that_would_leave_people_waiting_without_an_open_desk_is_refused() -> None:
    hall = open_hall(desks=(1, 3, 4))
    take(hall, "a")
    for command in (c.AssignServices(1, ("b",), "分流"), c.AssignServices(1, ("c",), "分流")):
        refusal = refused(hall, command, NINE, "desk1")
        assert (refusal.reason, refusal.details) == ("still_waiting_there", {"service": "综合受理", "n": 1})

    assign(hall, 3, "a", "b")  # split: first somebody else takes it over
    assign(hall, 1, "b", "c")
    assert (desk(hall, 1).services, desk(hall, 3).services) == (("b", "c"), ("a", "b"))


@pytest.mark.req("R-CORE-09")
def test_a_desk_that_was_left_takes_nobody_over() -> None:
    hall = open_hall(desks=(1, 2))
    take(hall, "a")
    ask(hall, c.Wait(2), NINE)

    assert refused(hall, c.AssignServices(1, ("b",), "分流"), NINE, "desk1").reason == "still_waiting_there"


@pytest.mark.req("R-CORE-09")
@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (c.AssignServices(9, ("a",), "分流"), "unknown_desk"),
        (c.AssignServices(2, ("z",), "分流"), "no_such_service"),
        (c.AssignServices(2, ("a", "z" * 1000), "分流"), "no_such_service"),
        (c.AssignServices(2, (), "分流"), "no_such_service"),
        (c.AssignServices(2, ("",), "分流"), "no_such_service"),
        (c.AssignServices(2, ("a",), " "), "reason_needed"),
        (c.AssignServices(2, ("a",), "长" * 101), "reason_long"),
        (c.OpenTide(9), "unknown_desk"),
        (c.OpenTide(2), "not_tidal"),
        (c.CloseTide(2), "tide_not_open"),
        (c.CloseTide(-1), "unknown_desk"),
    ],
)
def test_what_cannot_be_assigned_is_refused(command: c.Command, reason: str) -> None:
    assert refused(open_hall(), command, NINE, "desk1").reason == reason


@pytest.mark.req("R-CORE-09", "R-DESK-05")
def test_nobody_answers_at_a_supervisors_desk_nobody_is_logged_in_at() -> None:
    hall = open_hall(with_desk(4, tidal=("a",)), desks=(2,))
    for command in (c.AssignServices(2, ("a",), "分流"), c.OpenTide(4), c.CloseTide(4)):
        assert refused(hall, command, NINE, "desk1").reason == "approval_needed"


# --- the tide ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-10")
def test_one_command_opens_a_tidal_desk_and_one_closes_it() -> None:
    hall = open_hall(with_desk(4, tidal=("a", "b")))

    assert ask(hall, c.OpenTide(4), NINE, "desk1") == [e.TideOpened(NINE, 4, ("c", "a", "b"), "staff1")]
    assert desk(hall, 4).tide
    assert refused(hall, c.OpenTide(4), NINE, "desk1").reason == "tide_open"
    number = take(hall, "a")
    assert call(hall, 4) == number
    assert ask(hall, c.CloseTide(4), NINE, "desk1") == [e.TideClosed(NINE, 4, ("c",), "staff1")]
    assert not desk(hall, 4).tide


@pytest.mark.req("R-CORE-10", "R-CORE-09")
def test_a_tide_is_not_closed_over_people_nobody_else_stands_for() -> None:
    hall = open_hall(with_desk(4, tidal=("a",)), desks=(1, 4))
    ask(hall, c.OpenTide(4), NINE, "desk1")
    take(hall, "a")
    ask(hall, c.Wait(1), NINE)

    assert refused(hall, c.CloseTide(4), NINE, "desk1").details == {"service": "综合受理", "n": 1}
    ask(hall, c.ResumeDesk(1), NINE)
    ask(hall, c.CloseTide(4), NINE, "desk1")


@pytest.mark.req("R-CORE-10")
def test_the_tide_goes_out_with_the_day_and_with_a_reassignment() -> None:
    hall = open_hall(with_desk(4, tidal=("a",)))
    ask(hall, c.OpenTide(4), NINE, "desk1")
    assign(hall, 4, "c")
    assert not desk(hall, 4).tide
    ask(hall, c.OpenTide(4), NINE, "desk1")

    let_time_pass(hall, ISSUING + DAY)

    assert (desk(hall, 4).services, desk(hall, 4).tide) == (("c",), False)


# --- a new plan -------------------------------------------------------------------------------------------------------


def without_a() -> Plan:
    return replace(PLAN, desks=tuple(replace(each, services=("b", "c")) for each in PLAN.desks))


def hall_with_somebody(wanted: S) -> Hall:
    """Only desk 4 stands for c, by its tide, and somebody in that state needs it."""
    hall = open_hall(with_desk(4, services=("b",), tidal=("c",)), desks=(1, 4))
    ask(hall, c.OpenTide(4), NINE, "desk1")
    if wanted is S.PRINTING:
        press(hall, "c")
        return hall
    take(hall, "c")
    if wanted is S.PASSED:
        let_pass(hall, 4)
    if wanted is S.CALLED:
        call(hall, 4)
    if wanted in {S.SERVING, S.HELD}:
        serve(hall, 4)
    if wanted is S.HELD:
        ask(hall, c.Hold(4), NINE)
    return hall


@pytest.mark.req("R-CORE-09", "R-CORE-17")
@pytest.mark.parametrize("there", ["session", "called", "served", "rating"])
def test_no_plan_takes_a_desk_away_under_anybody(there: str) -> None:
    hall = open_hall()
    without_2 = replace(PLAN, desks=tuple(each for each in PLAN.desks if each.id != 2))
    if there != "session":
        take(hall)
        {"called": call, "served": serve, "rating": finish}[there](hall, 2)

    refusal = plan_refusal(hall, without_2, NINE)
    assert refusal is not None
    assert (refusal.reason, refusal.details) == ("plan_removes_desk", {"desk": 2})
    assert plan_refusal(hall, replace(PLAN, desks=PLAN.desks[:4]), NINE) is None, "nobody is at desk 5"

    if there == "session":
        ask(hall, c.Logout(2), NINE)
        assert plan_refusal(hall, without_2, NINE) is None
    assert plan_refusal(hall, without_2, NINE + DAY) is None, "people of an earlier day bind nobody"


@pytest.mark.req("R-CORE-09", "R-CORE-17")
@pytest.mark.parametrize("wanted", [S.PRINTING, S.WAITING, S.CALLED, S.PASSED])
def test_no_tide_is_closed_and_no_desk_reassigned_over_anybody_with_a_number(wanted: S) -> None:
    hall, at = hall_with_somebody(wanted), NINE + 2 * MINUTE

    for command in (c.CloseTide(4), c.AssignServices(4, ("b",), "分流")):
        refusal = refused(hall, command, at, "desk1")
        assert (refusal.reason, refusal.details) == ("still_waiting_there", {"service": "民政业务", "n": 1})

    ask(hall, c.Login(3), at)  # desk 3 stands for c
    assert ask(hall, c.CloseTide(4), at, "desk1")


@pytest.mark.req("R-CORE-09", "R-CORE-13")
@pytest.mark.parametrize("wanted", [S.SERVING, S.HELD])
def test_whoever_is_served_or_put_aside_at_the_desk_keeps_it_when_its_tide_closes(wanted: S) -> None:
    hall = hall_with_somebody(wanted)

    assert ask(hall, c.CloseTide(4), NINE, "desk1")
    if wanted is S.HELD:
        ask(hall, c.ResumeTicket(4), NINE)
    assert ask(hall, c.Finish(4), NINE)


@pytest.mark.req("R-CORE-09", "R-CORE-14")
@pytest.mark.parametrize("how", ["tide", "assigned"])
def test_whoever_was_sent_to_a_desk_that_serves_it_no_longer_is_for_every_desk_that_does(how: str) -> None:
    hall = open_hall(with_desk(4, tidal=("a",)))
    ask(hall, c.OpenTide(4), NINE, "desk1")
    take(hall, "b")
    moved = serve(hall, 3)
    ask(hall, c.Transfer(3, "a", 4, "潮汐窗口"), NINE)
    key = ticket(hall, moved).key

    ask(hall, c.CloseTide(4), NINE, "desk1") if how == "tide" else assign(hall, 4, "c")

    assert (ticket(hall, moved).target, ticket(hall, moved).key, hall.targeted) == (0, key, 0)
    assert refused(hall, c.Next(4), NINE).reason == "nobody_waiting"
    assert ask(hall, c.Next(1), NINE) == [e.Called(NINE, moved, 1, "handed")]


@pytest.mark.req("R-CORE-09", "R-CORE-14")
def test_whoever_was_sent_to_a_desk_for_what_it_goes_on_serving_still_waits_for_it() -> None:
    hall = open_hall(with_desk(2, tidal=("c",)))
    ask(hall, c.OpenTide(2), NINE, "desk1")
    take(hall)
    moved = serve(hall, 1)
    ask(hall, c.Transfer(1, "b", 2, "请 2 号窗口办"), NINE)

    ask(hall, c.CloseTide(2), NINE, "desk1")

    assert ticket(hall, moved).target == 2


@pytest.mark.req("R-CORE-09")
@pytest.mark.parametrize("wanted", [S.PRINTING, S.WAITING, S.CALLED, S.SERVING, S.HELD, S.PASSED])
def test_a_new_plan_leaves_nobody_with_a_number_in_whatever_state(wanted: S) -> None:
    hall = hall_with_somebody(wanted)

    refusal = plan_refusal(hall, with_desk(3, services=("b",), plan=hall.plan), NINE + 2 * MINUTE)

    assert refusal is not None
    assert (refusal.reason, refusal.details) == ("plan_uncovers", {"service": "民政业务", "n": 1})


@pytest.mark.req("R-CORE-09")
def test_a_new_plan_that_leaves_people_waiting_without_a_desk_is_refused() -> None:
    hall = open_hall()
    assert plan_refusal(hall, without_a(), NINE) is None, "nobody waits"
    take(hall, "a")

    refusal = plan_refusal(hall, without_a(), NINE)

    assert refusal is not None
    assert (refusal.reason, refusal.details) == ("plan_uncovers", {"service": "综合受理", "n": 1})
    assert plan_refusal(hall, PLAN, NINE) is None


@pytest.mark.req("R-CORE-09")
def test_a_new_plan_whose_rota_takes_the_desk_away_today_is_refused_too() -> None:
    hall = open_hall()
    take(hall, "c")
    rota = (Rota(("a",), weekdays=(6,)),)
    plan = with_desk(4, with_desk(3, rota=rota), rota=rota)

    assert plan_refusal(hall, plan, NINE) is not None
    assert plan_refusal(hall, with_desk(4, rota=rota), NINE) is None, "desk 3 serves it"


@pytest.mark.req("R-CORE-09")
def test_nobody_of_a_day_that_is_over_binds_a_new_plan() -> None:
    hall = open_hall()
    take(hall, "a")

    assert plan_refusal(hall, without_a(), NINE + DAY) is None


@pytest.mark.req("R-CORE-09")
def test_a_new_plan_in_the_middle_of_the_day_begins_with_its_rota() -> None:
    hall = open_hall()
    plan = with_desk(4, rota=(Rota(("a",)),))

    events = rota_of_plan(hall, plan, NINE)
    assert events == [e.DeskAssigned(NINE, 4, ("a",), "rota")]
    happen(hall, [e.Configured(NINE, plan), *events])
    assert desk(hall, 4).services == ("a",)
    assert rota_of_plan(shut_hall(), plan, NINE) == [], "no day has opened yet"


def test_the_evening_needs_no_reassignment() -> None:
    hall = open_hall(desks=(1,))
    take(hall)
    let_time_pass(hall, CLOSE)
    finish(hall, 1, CLOSE)
    assert assignments(let_time_pass(hall, CLOSE + 5 * MINUTE)) == []
