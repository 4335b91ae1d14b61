"""Whether every service has somebody who stands for it: the last desk (R-CORE-25), and alerts (R-CORE-10)."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.coverage import stands
from firmware_py.core.hall import Hall
from firmware_py.core.limits import DayLimits, TidalLimits
from firmware_py.core.machine import due
from firmware_py.core.states import DeskState as D
from tests.core.halls import (
    CLOSE,
    HOUR,
    ISSUING,
    MINUTE,
    NINE,
    NOON,
    SECOND,
    approved,
    ask,
    desk_state,
    finish,
    happen,
    let_time_pass,
    open_hall,
    refused,
    serve,
    shut_hall,
    take,
    with_desk,
    with_limits,
)

WATCHED = ("uncovered", "crowd", "tidal")
FEW = TidalLimits(open_waiting=2, open_wait_min=20, hold_min=5)


def alerts(events: list[e.Event]) -> list[e.Event]:
    """Those of this module."""
    kinds = e.AlertRaised | e.AlertEased | e.AlertCleared
    return [event for event in events if isinstance(event, kinds) and event.kind in WATCHED]


def now(hall: Hall, at: int) -> list[e.Event]:
    return alerts(let_time_pass(hall, at))


# --- the last desk ----------------------------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-25")
def test_scenario_7_the_last_desk_of_a_service_is_asked_for_a_stand_in_and_named_the_service() -> None:
    hall = open_hall(desks=(1, 3, 4))
    take(hall)

    refusal = refused(hall, c.Pause(1, "会议"), NINE)

    assert (refusal.reason, refusal.details) == ("last_desk", {"service": "综合受理"})
    assert ask(hall, c.Pause(4), NINE) == [e.DeskPaused(NINE, 4, "")], "desk 3 stands for c"
    assert refused(hall, c.Pause(3), NINE).details == {"service": "民政业务"}, "the name the public sees"


@pytest.mark.req("R-CORE-25")
def test_an_emergency_departure_is_never_blocked_and_is_a_finding() -> None:
    hall = open_hall(desks=(1,))
    take(hall)

    assert ask(hall, c.Pause(1, "急病", urgent=True), NINE) == [
        e.DeskPaused(NINE, 1, "急病", ("a", "b")),
        e.FindingRaised(NINE, "last_desk", 1, by="staff1", detail="综合受理、不动产"),
    ]
    assert desk_state(hall, 1) is D.PAUSED


@pytest.mark.req("R-CORE-25")
def test_a_pause_that_waits_for_the_citizen_is_asked_as_well() -> None:
    hall = open_hall(desks=(1,))
    take(hall)
    serve(hall)
    assert refused(hall, c.Pause(1), NINE).reason == "last_desk"

    events = ask(hall, c.Pause(1, urgent=True), NINE)

    assert [type(event) for event in events] == [e.PausePending, e.FindingRaised]


@pytest.mark.req("R-CORE-25", "R-CORE-24")
def test_approved_leave_is_not_asked_and_is_no_finding() -> None:
    hall = open_hall(desks=(1, 3))
    approved(hall, "leave", "3", NINE)

    assert ask(hall, c.Pause(3), NINE) == [e.DeskPaused(NINE, 3, "", ("c",))]


@pytest.mark.req("R-CORE-25")
@pytest.mark.parametrize("other", [c.Wait(2), c.Pause(2, urgent=True), c.Logout(2), c.Interrupt(2, "急事")])
def test_a_desk_that_was_left_stands_for_nothing(other: c.DeskCommand) -> None:
    hall = open_hall(desks=(1, 2))
    if isinstance(other, c.Interrupt):
        take(hall)
        serve(hall, 2)
    assert stands(hall, "a", without=1)
    ask(hall, other, NINE)

    assert not stands(hall, "a", without=1)
    assert refused(hall, c.Pause(1), NINE).reason == "last_desk"


@pytest.mark.req("R-CORE-25")
def test_a_desk_with_a_pending_pause_or_a_fault_stands_for_nothing() -> None:
    hall = open_hall(desks=(1, 2))
    take(hall)
    serve(hall, 2)
    ask(hall, c.Pause(2), NINE)
    assert refused(hall, c.Pause(1), NINE).reason == "last_desk"
    hall = open_hall(desks=(1, 2))
    happen(hall, [e.DeskFailed(NINE, 2, "offline")])
    assert refused(hall, c.Pause(1), NINE).reason == "last_desk"


@pytest.mark.req("R-CORE-25")
def test_before_calling_and_after_the_day_nobody_is_asked_and_after_closing_only_while_people_wait() -> None:
    early = shut_hall()
    let_time_pass(early, ISSUING)
    ask(early, c.Login(1), ISSUING)
    ask(early, c.Pause(1), ISSUING)

    hall = open_hall(desks=(1,))
    take(hall, "a", CLOSE - MINUTE)
    let_time_pass(hall, CLOSE)
    assert refused(hall, c.Pause(1), CLOSE).details == {"service": "综合受理"}, "nobody can come for b any more"
    finish(hall, 1, CLOSE)
    let_time_pass(hall, CLOSE + 3 * MINUTE)
    assert hall.closed
    ask(hall, c.Pause(1), CLOSE + 3 * MINUTE)


@pytest.mark.req("R-CORE-25", "R-CORE-18")
@pytest.mark.parametrize(("mode", "asked"), [("drain", True), ("duty", True), ("carry", False)])
def test_at_noon_the_last_desk_is_asked_unless_calling_stands_still(mode: str, asked: bool) -> None:
    hall = open_hall(with_limits(day=DayLimits(lunch=mode)), desks=(1,))
    take(hall, "a", NOON - MINUTE)
    let_time_pass(hall, NOON)

    if asked:
        assert "综合受理" in str(refused(hall, c.Pause(1), NOON).details["service"])
    else:
        ask(hall, c.Pause(1), NOON)


@pytest.mark.req("R-CORE-25", "R-CORE-18")
def test_a_desk_on_duty_over_noon_is_asked_though_nobody_waits_and_the_others_go_to_their_noon() -> None:
    hall = open_hall(with_desk(1, with_limits(day=DayLimits(lunch="duty")), duty=True), desks=(1, 4))
    let_time_pass(hall, NOON)

    assert refused(hall, c.Pause(1), NOON).reason == "last_desk"
    ask(hall, c.Pause(4), NOON)


@pytest.mark.req("R-CORE-25", "R-CORE-18")
def test_at_a_drained_noon_the_desk_goes_when_the_morning_is_done() -> None:
    hall = open_hall(desks=(1,))
    let_time_pass(hall, NOON)
    ask(hall, c.Pause(1, "午休"), NOON)


# --- alerts -----------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-10")
def test_people_who_wait_for_a_service_nobody_stands_for_raise_an_alert_at_once() -> None:
    hall = open_hall(desks=(1,))
    assert now(hall, NINE) == [], "nobody waits"
    take(hall, "c"), take(hall, "c")

    assert now(hall, NINE) == [e.AlertRaised(NINE, "uncovered", "c", 2)]
    assert now(hall, NINE + MINUTE) == [], "once"


@pytest.mark.req("R-CORE-10")
def test_an_alert_is_cleared_only_once_it_has_been_calm_for_five_minutes() -> None:
    hall = open_hall(desks=(1,))
    take(hall, "c")
    now(hall, NINE)
    ask(hall, c.Login(4), NINE + MINUTE)
    calm = NINE + MINUTE

    assert now(hall, calm) == [e.AlertEased(calm, "uncovered", "c")]
    assert due(hall, calm) <= calm + 5 * MINUTE
    assert now(hall, calm + 5 * MINUTE - 1) == []
    assert now(hall, calm + 5 * MINUTE) == [e.AlertCleared(calm + 5 * MINUTE, "uncovered", "c")]
    assert ("uncovered", "c") not in hall.alerts


@pytest.mark.req("R-CORE-10")
def test_an_alert_that_comes_back_before_it_is_cleared_is_raised_again_and_keeps_its_beginning() -> None:
    hall = open_hall(desks=(1,))
    take(hall, "c")
    now(hall, NINE)
    ask(hall, c.Login(4), NINE + MINUTE)
    now(hall, NINE + MINUTE)
    ask(hall, c.Wait(4), NINE + 3 * MINUTE)

    assert now(hall, NINE + 3 * MINUTE) == [e.AlertRaised(NINE + 3 * MINUTE, "uncovered", "c", 1)]
    alert = hall.alerts["uncovered", "c"]
    assert (alert.at, alert.eased_at) == (NINE, 0)
    ask(hall, c.ResumeDesk(4), NINE + 4 * MINUTE)
    assert now(hall, NINE + 4 * MINUTE) == [e.AlertEased(NINE + 4 * MINUTE, "uncovered", "c")]
    assert now(hall, NINE + 9 * MINUTE - 1) == []
    assert now(hall, NINE + 9 * MINUTE) == [e.AlertCleared(NINE + 9 * MINUTE, "uncovered", "c")]


@pytest.mark.req("R-CORE-10")
def test_a_crowd_is_more_than_so_many_for_each_open_desk() -> None:
    hall = open_hall(with_limits(tidal=FEW), desks=(1, 2))
    for _ in range(4):
        take(hall)
    assert now(hall, NINE) == [], "two desks, two each"
    take(hall)
    assert now(hall, NINE) == [e.AlertRaised(NINE, "crowd", "a", 5)]
    ask(hall, c.Login(5, "staff5"), NINE + SECOND)
    assert now(hall, NINE + SECOND) == [e.AlertEased(NINE + SECOND, "crowd", "a")]
    ask(hall, c.Wait(5), NINE + 2 * SECOND)
    assert now(hall, NINE + 2 * SECOND) == [e.AlertRaised(NINE + 2 * SECOND, "crowd", "a", 5)]


@pytest.mark.req("R-CORE-10")
def test_one_who_waits_for_more_than_twenty_minutes_is_a_crowd_too() -> None:
    hall = open_hall(desks=(1,))
    take(hall, "a", NINE)
    ripe = NINE + 20 * MINUTE + 1

    assert now(hall, ripe - 1) == []
    assert due(hall, ripe - 1) == ripe
    assert now(hall, ripe) == [e.AlertRaised(ripe, "crowd", "a", 1)]


@pytest.mark.req("R-CORE-10", "R-CORE-30")
def test_an_emergency_is_no_waiting_and_raises_nothing() -> None:
    hall = open_hall(desks=(1,))
    take(hall, "a", NINE)
    ask(hall, c.EmergencyPause("火警"), NINE + MINUTE, "desk1")
    take_back = NINE + 31 * MINUTE
    assert now(hall, take_back) == []
    ask(hall, c.EmergencyResume(), take_back, "desk1")
    ripe = take_back + 19 * MINUTE + 1

    assert due(hall, take_back) <= ripe
    assert now(hall, ripe - 1) == []
    assert due(hall, ripe - 1) == ripe
    assert now(hall, ripe) == [e.AlertRaised(ripe, "crowd", "a", 1)]


@pytest.mark.req("R-CORE-10", "R-CORE-12")
def test_who_comes_back_after_a_pass_has_not_waited_all_that_time() -> None:
    hall = open_hall(desks=(1,))
    number = take(hall, "a", NINE)
    ask(hall, c.Next(1), NINE)
    for n in (1, 2):
        ask(hall, c.Recall(1), NINE + n * 10 * SECOND)
    ask(hall, c.Pass(1), NINE + 2 * MINUTE)
    ask(hall, c.ReturnTicket(number), NINE + HOUR)

    assert now(hall, NINE + HOUR) == []


@pytest.mark.req("R-CORE-10")
def test_a_tidal_alert_asks_for_the_desk_that_could_help_and_is_over_when_it_does() -> None:
    hall = open_hall(with_desk(4, with_limits(tidal=FEW), tidal=("a",)), desks=(1, 4))
    for _ in range(3):
        take(hall)
    assert now(hall, NINE) == [e.AlertRaised(NINE, "crowd", "a", 3), e.AlertRaised(NINE, "tidal", "a", 3)]

    ask(hall, c.OpenTide(4), NINE + MINUTE, "desk1")

    calm = NINE + MINUTE
    assert now(hall, calm) == [e.AlertEased(calm, "crowd", "a"), e.AlertEased(calm, "tidal", "a")]
    over = calm + 5 * MINUTE
    assert now(hall, over) == [e.AlertCleared(over, "crowd", "a"), e.AlertCleared(over, "tidal", "a")]


@pytest.mark.req("R-CORE-10")
def test_before_calling_and_at_a_noon_without_calls_nothing_is_raised() -> None:
    early = shut_hall()
    let_time_pass(early, ISSUING)
    take(early, "c", ISSUING)
    assert now(early, NINE - 1) == []
    assert [event.at for event in now(early, NINE)] == [NINE]

    hall = open_hall(desks=(1,))
    let_time_pass(hall, NOON)
    take(hall, "c", NOON + 80 * MINUTE)
    assert now(hall, NOON + 80 * MINUTE) == []
    assert [type(event) for event in now(hall, NOON + 90 * MINUTE)] == [e.AlertRaised]


@pytest.mark.req("R-CORE-10")
def test_on_duty_over_noon_the_hall_is_watched() -> None:
    hall = open_hall(with_limits(day=DayLimits(lunch="duty")), desks=(1,))
    let_time_pass(hall, NOON)
    take(hall, "c", NOON + MINUTE)

    assert now(hall, NOON + MINUTE) == [e.AlertRaised(NOON + MINUTE, "uncovered", "c", 1)]
