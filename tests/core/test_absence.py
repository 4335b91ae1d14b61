"""Absence (R-CORE-24, R-DESK-03, T15, invariant 17, scenario 10): facts to the millisecond, in service hours only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.absence import reason_wanted
from firmware_py.core.hall import Hall
from firmware_py.core.limits import DayLimits
from firmware_py.core.machine import due
from firmware_py.core.showing import desk_view
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.core.states import DeskState as D
from tests.core.effort import effort
from tests.core.halls import (
    CLOSE,
    HOUR,
    LOG,
    MINUTE,
    NINE,
    NOON,
    SECOND,
    approved,
    ask,
    desk,
    desk_state,
    let_time_pass,
    open_hall,
    refused,
    serve,
    take,
    with_desk,
    with_limits,
)

ABSENCE = e.AbsenceReminded | e.AbsenceReported | e.AbsenceLong
AFTERNOON = NOON + 90 * MINUTE


def facts(events: list[e.Event]) -> list[e.Event]:
    """Those about absence."""
    return [event for event in events if isinstance(event, ABSENCE)]


def away(hall: Hall, at: int = NINE, reason: str = "") -> None:
    ask(hall, c.Pause(2, reason), at)


def pass_by_due(hall: Hall, at: int, until: int) -> list[e.Event]:
    """What a shell would see that sleeps exactly until ``due``."""
    found: list[e.Event] = []
    while at < until:
        at = min(max(due(hall, at), at + 1), until)
        found += let_time_pass(hall, at)
    return found


@pytest.mark.req("R-CORE-24")
@pytest.mark.parametrize(
    ("after_ms", "kinds"),
    [
        (8 * MINUTE - 1, []),
        (8 * MINUTE, [e.AbsenceReminded]),
        (9 * MINUTE + 59 * SECOND, [e.AbsenceReminded]),
        (10 * MINUTE - 1, [e.AbsenceReminded]),
        (10 * MINUTE, [e.AbsenceReminded, e.AbsenceReported]),
        (30 * MINUTE, [e.AbsenceReminded, e.AbsenceReported]),
        (30 * MINUTE + 1, [e.AbsenceReminded, e.AbsenceReported, e.AbsenceLong]),
        (30 * MINUTE + SECOND, [e.AbsenceReminded, e.AbsenceReported, e.AbsenceLong]),
        (100 * MINUTE, [e.AbsenceReminded, e.AbsenceReported, e.AbsenceLong]),
    ],
)
def test_scenario_10_eight_ten_and_more_than_thirty_minutes(after_ms: int, kinds: list[type[e.Event]]) -> None:
    hall = open_hall()
    away(hall)

    assert [type(event) for event in facts(let_time_pass(hall, NINE + after_ms))] == kinds


@pytest.mark.req("R-CORE-24")
def test_the_facts_come_at_their_moments_to_a_shell_that_sleeps_until_they_are_due() -> None:
    hall = open_hall()
    away(hall)

    assert facts(pass_by_due(hall, NINE, NINE + HOUR)) == [
        e.AbsenceReminded(NINE + 8 * MINUTE, 2, "staff2"),
        e.AbsenceReported(NINE + 10 * MINUTE, 2, "staff2"),
        e.AbsenceLong(NINE + 30 * MINUTE + 1, 2, "staff2"),
    ]


@pytest.mark.req("R-CORE-24")
def test_scenario_10_an_absence_across_lunch_counts_its_service_time_only() -> None:
    hall = open_hall()
    away(hall, NOON - 5 * MINUTE)

    assert facts(pass_by_due(hall, NOON - 5 * MINUTE, AFTERNOON + HOUR)) == [
        e.AbsenceReminded(AFTERNOON + 3 * MINUTE, 2, "staff2"),
        e.AbsenceReported(AFTERNOON + 5 * MINUTE, 2, "staff2"),
        e.AbsenceLong(AFTERNOON + 25 * MINUTE + 1, 2, "staff2"),
    ]


@pytest.mark.req("R-CORE-24")
def test_a_pause_at_noon_and_one_after_closing_are_no_absence() -> None:
    hall = open_hall(with_limits(day=DayLimits(lunch="duty")))
    away(hall, NOON)
    assert facts(let_time_pass(hall, AFTERNOON)) == []
    ask(hall, c.ResumeDesk(2), AFTERNOON)
    let_time_pass(hall, CLOSE)
    away(hall, CLOSE)

    assert facts(let_time_pass(hall, CLOSE + 3 * HOUR)) == []


@pytest.mark.req("R-CORE-24")
def test_a_short_leave_that_becomes_a_pause_is_one_absence() -> None:
    hall = open_hall()
    ask(hall, c.Wait(2), NINE)

    events = pass_by_due(hall, NINE, NINE + 10 * MINUTE)

    assert events == [
        e.AbsenceReminded(NINE + 8 * MINUTE, 2, "staff2"),
        e.DeskPaused(NINE + 10 * MINUTE, 2, "wait_too_long"),
        e.AbsenceReported(NINE + 10 * MINUTE, 2, "staff2"),
    ]
    ask(hall, c.ResumeDesk(2), NINE + 11 * MINUTE)
    ask(hall, c.Wait(2), NINE + 12 * MINUTE)
    assert facts(let_time_pass(hall, NINE + 20 * MINUTE - 1)) == [], "the next one begins anew"
    assert facts(let_time_pass(hall, NINE + 20 * MINUTE)) == [e.AbsenceReminded(NINE + 20 * MINUTE, 2, "staff2")]


@pytest.mark.req("R-CORE-24", "R-CORE-23")
def test_a_pending_pause_is_an_absence_from_when_the_citizen_is_done_with() -> None:
    hall = open_hall()
    take(hall)
    serve(hall, 2)
    ask(hall, c.Pause(2, "会议"), NINE)
    ask(hall, c.Hold(2), NINE + 20 * MINUTE)
    assert (desk_state(hall, 2), desk(hall, 2).away_since) == (D.PAUSED, NINE + 20 * MINUTE)

    events = facts(pass_by_due(hall, NINE + 20 * MINUTE, NINE + 30 * MINUTE))

    assert events == [
        e.AbsenceReminded(NINE + 28 * MINUTE, 2, "staff2"),
        e.AbsenceReported(NINE + 30 * MINUTE, 2, "staff2", explained=True),
    ]


@pytest.mark.req("R-CORE-24")
def test_t15_leaving_a_citizen_alone_is_an_absence_until_the_way_back() -> None:
    hall = open_hall()
    take(hall)
    serve(hall, 2)
    ask(hall, c.Interrupt(2, "急事"), NINE)
    assert facts(let_time_pass(hall, NINE + 8 * MINUTE)) == [e.AbsenceReminded(NINE + 8 * MINUTE, 2, "staff2")]

    ask(hall, c.ResumeDesk(2), NINE + 9 * MINUTE)

    assert (desk_state(hall, 2), desk(hall, 2).away_since) == (D.SERVING, 0)
    assert facts(let_time_pass(hall, NINE + HOUR)) == []


@pytest.mark.req("R-CORE-24")
def test_who_is_back_or_has_logged_out_is_missed_no_more() -> None:
    hall = open_hall()
    away(hall)
    ask(hall, c.ResumeDesk(2), NINE + 10 * MINUTE - 1)
    ask(hall, c.Pause(3), NINE)
    ask(hall, c.Logout(3), NINE + MINUTE)

    assert facts(let_time_pass(hall, NINE + HOUR)) == []


@pytest.mark.req("R-CORE-24")
@pytest.mark.parametrize("before", [True, False])
def test_approved_leave_is_no_absence_whether_asked_before_or_after_going(before: bool) -> None:
    hall = open_hall()
    if before:
        approved(hall, "leave", "2", NINE - MINUTE, "就医")
        away(hall)
    else:
        away(hall)
        assert facts(let_time_pass(hall, NINE + 9 * MINUTE))
        approved(hall, "leave", "2", NINE + 9 * MINUTE, "就医")

    assert desk(hall, 2).excused == "就医"
    assert facts(let_time_pass(hall, NINE + 2 * HOUR)) == []
    assert not hall.approvals, "used up"
    ask(hall, c.ResumeDesk(2), NINE + 2 * HOUR)
    assert not reason_wanted(desk(hall, 2))
    away(hall, NINE + 2 * HOUR)
    assert facts(let_time_pass(hall, NINE + 2 * HOUR + 8 * MINUTE)), "the next one is another leave"


@pytest.mark.req("R-DESK-03")
def test_a_reason_may_be_given_while_away_and_stands_in_the_report() -> None:
    hall = open_hall()
    away(hall)

    told = ask(hall, c.GiveReason(2, "送件"), NINE + 3 * MINUTE)

    assert told == [e.AbsenceExplained(NINE + 3 * MINUTE, 2, "staff2", "送件")]
    assert facts(let_time_pass(hall, NINE + 10 * MINUTE))[-1] == e.AbsenceReported(
        NINE + 10 * MINUTE, 2, "staff2", explained=True
    )
    assert refused(hall, c.GiveReason(2, "再说"), NINE + 11 * MINUTE).reason == "no_reason_needed"


@pytest.mark.req("R-DESK-03")
def test_a_reason_given_with_the_key_is_not_asked_for_again() -> None:
    hall = open_hall()
    away(hall, reason="会议")

    assert facts(let_time_pass(hall, NINE + 10 * MINUTE))[-1] == e.AbsenceReported(
        NINE + 10 * MINUTE, 2, "staff2", explained=True
    )
    ask(hall, c.ResumeDesk(2), NINE + 12 * MINUTE)
    assert not reason_wanted(desk(hall, 2))


@pytest.mark.req("R-DESK-03")
def test_a_pause_of_ten_minutes_asks_a_reason_and_a_shorter_one_asks_nothing() -> None:
    hall = open_hall()
    away(hall)
    let_time_pass(hall, NINE + 10 * MINUTE - 1)
    ask(hall, c.ResumeDesk(2), NINE + 10 * MINUTE - 1)
    assert not reason_wanted(desk(hall, 2))
    assert refused(hall, c.GiveReason(2, "送件"), NINE + 10 * MINUTE).reason == "no_reason_needed"

    away(hall, NINE + HOUR)
    let_time_pass(hall, NINE + HOUR + 10 * MINUTE)
    ask(hall, c.ResumeDesk(2), NINE + HOUR + 10 * MINUTE)
    assert reason_wanted(desk(hall, 2))
    assert refused(hall, c.GiveReason(2, " "), NINE + HOUR + 11 * MINUTE).reason == "reason_needed"
    assert refused(hall, c.GiveReason(2, "长" * 101), NINE + HOUR + 11 * MINUTE).reason == "reason_long"
    ask(hall, c.GiveReason(2, "送件"), NINE + HOUR + 11 * MINUTE)
    assert not reason_wanted(desk(hall, 2))
    assert refused(hall, c.GiveReason(2, "送件"), NINE + HOUR + 12 * MINUTE).reason == "no_reason_needed"


@pytest.mark.req("R-DESK-03")
def test_a_reason_still_owed_outlasts_a_short_leave_and_is_given_once() -> None:
    hall = open_hall()
    away(hall)
    let_time_pass(hall, NINE + 10 * MINUTE)
    ask(hall, c.ResumeDesk(2), NINE + 10 * MINUTE)
    ask(hall, c.Wait(2, "取材料"), NINE + 11 * MINUTE)
    assert reason_wanted(desk(hall, 2))
    ask(hall, c.ResumeDesk(2), NINE + 12 * MINUTE)

    assert reason_wanted(desk(hall, 2)), "the reason of the short leave is that of no other"
    assert desk_view(hall, LOG, 2).reason_wanted
    ask(hall, c.GiveReason(2, "送件"), NINE + 12 * MINUTE)
    assert not reason_wanted(desk(hall, 2))
    assert refused(hall, c.GiveReason(2, "送件"), NINE + 12 * MINUTE).reason == "no_reason_needed"


@pytest.mark.req("R-DESK-03", "R-CORE-24")
def test_leave_approved_afterwards_settles_the_absence_it_is_for_and_none_before() -> None:
    hall = open_hall()
    away(hall)
    let_time_pass(hall, NINE + 10 * MINUTE)
    ask(hall, c.ResumeDesk(2), NINE + 10 * MINUTE)
    away(hall, NINE + 11 * MINUTE)
    approved(hall, "leave", "2", NINE + 12 * MINUTE)
    assert reason_wanted(desk(hall, 2))

    hall = open_hall()
    away(hall)
    let_time_pass(hall, NINE + 10 * MINUTE)
    approved(hall, "leave", "2", NINE + 12 * MINUTE)
    assert not reason_wanted(desk(hall, 2))


@pytest.mark.req("R-DESK-03")
def test_the_next_person_is_not_asked_about_the_one_before() -> None:
    for leaving in (c.StandIn(2, "staff8"), c.Logout(2)):
        hall = open_hall()
        away(hall)
        let_time_pass(hall, NINE + 10 * MINUTE)
        ask(hall, c.ResumeDesk(2), NINE + 10 * MINUTE)

        ask(hall, leaving, NINE + 11 * MINUTE)

        assert not reason_wanted(desk(hall, 2)), leaving


@pytest.mark.req("R-CORE-24")
def test_a_pad_that_dies_and_is_mended_brings_nobody_back() -> None:
    hall = open_hall(with_desk(2, login="card"), desks=(1, 3))
    ask(hall, c.Login(2, "staff2"), NINE)
    away(hall)
    ask(hall, c.ReportDevice("pad", "offline"), NINE + MINUTE, "desk2")
    let_time_pass(hall, NINE + 2 * MINUTE)
    assert desk_state(hall, 2) is D.FAULT
    ask(hall, c.ReportDevice("pad", ""), NINE + 3 * MINUTE, "desk2")

    let_time_pass(hall, NINE + 3 * MINUTE)

    assert (desk_state(hall, 2), desk(hall, 2).away_since) == (D.PAUSED, NINE)
    assert refused(hall, c.ResumeDesk(2), NINE + 3 * MINUTE).reason == "card_needed"


@pytest.mark.req("R-CORE-24", "R-CORE-30")
def test_an_emergency_stops_the_clock_of_absence() -> None:
    hall = open_hall()
    away(hall)
    ask(hall, c.EmergencyPause("火警"), NINE + 5 * MINUTE, "desk1")
    assert facts(let_time_pass(hall, NINE + 20 * MINUTE)) == []
    ask(hall, c.EmergencyResume(), NINE + 20 * MINUTE, "desk1")

    assert facts(pass_by_due(hall, NINE + 20 * MINUTE, NINE + 25 * MINUTE)) == [
        e.AbsenceReminded(NINE + 23 * MINUTE, 2, "staff2"),
        e.AbsenceReported(NINE + 25 * MINUTE, 2, "staff2"),
    ]


@pytest.mark.req("R-CORE-24", "R-CORE-21")
def test_an_absence_is_known_after_a_restart() -> None:
    hall = open_hall()
    away(hall)
    let_time_pass(hall, NINE + 9 * MINUTE)

    again = thaw(freeze(hall))

    assert again is not None
    assert facts(let_time_pass(again, NINE + 10 * MINUTE)) == [e.AbsenceReported(NINE + 10 * MINUTE, 2, "staff2")]


SESSIONS = ((NINE, NOON), (AFTERNOON, CLOSE))


def in_service(left_at: int, until: int) -> int:
    """Milliseconds of service time, the slow and obvious way."""
    return sum(max(0, min(until, closes) - max(left_at, opens)) for opens, closes in SESSIONS)


@pytest.mark.req("R-CORE-24")
@effort(60)
@given(
    st.integers(0, 8 * 60).map(lambda minutes: NINE + minutes * MINUTE),
    st.integers(0, 3 * HOUR),
    st.sampled_from([0, 8 * MINUTE, 10 * MINUTE, 30 * MINUTE]),
    st.integers(-1, 1),
)
def test_invariant_17_the_clock_of_absence_runs_in_service_hours_only(
    left_at: int, away_ms: int, edge: int, by_ms: int
) -> None:
    until = left_at + (edge + by_ms if edge else away_ms)
    hall = open_hall(with_limits(day=DayLimits(lunch="duty")))
    let_time_pass(hall, left_at)
    ask(hall, c.Pause(2, urgent=True), left_at)

    events = facts(pass_by_due(hall, left_at, until))

    served = in_service(left_at, until)
    expected = [served >= 8 * MINUTE, served >= 10 * MINUTE, served > 30 * MINUTE]
    assert len(events) == sum(expected)
    for event, needed in zip(events, (8 * MINUTE, 10 * MINUTE, 30 * MINUTE + 1), strict=False):
        assert in_service(left_at, event.at) == needed
        assert in_service(left_at, event.at - 1) == needed - 1, "not a millisecond late"
