"""What the wall clock is worth: untrusted at boot, vouched for, confirmed by a clerk with one key (R-CORE-20)."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.machine import clock_read
from firmware_py.core.schedule import issue_refusal, next_issue
from firmware_py.core.showing import hall_view
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    CLOSE,
    DAY,
    EIGHT,
    HOUR,
    ISSUING,
    LOG,
    MINUTE,
    NINE,
    NOON,
    PLAN,
    SECOND,
    ask,
    call,
    finish,
    happen,
    let_time_pass,
    open_hall,
    press,
    refused,
    serve,
    shut_hall,
    state,
    take,
)

DUTY = replace(PLAN, supervisors=("duty1",))


def unsure(hall: Hall, at: int, offset_ms: int = 0) -> None:
    """The machine was started at ``at`` and nobody vouches for its clock, ``offset_ms`` away from the truth."""
    happen(hall, [e.Restarted(at, offset_ms, trusted=False)])


def kinds(events: list[e.Event]) -> list[type[e.Event]]:
    return [type(event) for event in events]


@pytest.mark.req("R-CORE-20")
def test_a_clock_nobody_vouches_for_opens_no_day_until_a_clerk_confirms_it() -> None:
    hall = shut_hall()
    unsure(hall, EIGHT)

    assert let_time_pass(hall, NINE) == []
    refusal = refused(hall, c.Take("a"), NINE)
    assert (refusal.reason, refusal.details["time"]) == ("clock_unconfirmed", "")
    view = hall_view(hall, LOG, NINE)
    assert (view.issuing, view.reason, view.opens) == (False, "clock_unconfirmed", "")

    assert ask(hall, c.ConfirmClock(), NINE, "desk2") == [e.ClockConfirmed(NINE, 0, "staff2")]
    assert kinds(let_time_pass(hall, NINE)) == [e.DayOpened, e.CallingOpened]
    assert press(hall) == "A001"


@pytest.mark.req("R-CORE-20")
def test_a_battery_clock_or_ntp_does_it_too() -> None:
    hall = shut_hall()
    unsure(hall, EIGHT)

    assert clock_read(hall, EIGHT + 1000, EIGHT, False) == []
    happen(hall, clock_read(hall, NINE + DAY, EIGHT, True))

    assert (hall.clock_trusted, hall.offset_ms) == (True, DAY + HOUR)
    assert kinds(let_time_pass(hall, EIGHT)) == [e.DayOpened, e.CallingOpened]
    assert hall.day == "2026-11-22"
    assert clock_read(hall, NINE + DAY, EIGHT, True) == []
    assert clock_read(hall, NINE + DAY, EIGHT, False) == [], "trust once given is not taken back"


@pytest.mark.req("R-CORE-20")
def test_trust_is_a_fact_though_the_clock_was_right_to_the_millisecond() -> None:
    hall = shut_hall()
    unsure(hall, EIGHT)

    assert clock_read(hall, EIGHT, EIGHT, True) == [e.ClockTrusted(EIGHT, 0)]


@pytest.mark.req("R-CORE-20")
@pytest.mark.parametrize("wrong_ms", [0, -3 * HOUR, 9 * HOUR, -DAY, DAY], ids=lambda ms: f"{ms // HOUR} h")
def test_a_day_in_progress_goes_on_whatever_an_untrusted_clock_reads(wrong_ms: int) -> None:
    hall = open_hall()
    waiting = take(hall)
    unsure(hall, NINE + MINUTE, wrong_ms)

    assert let_time_pass(hall, NINE + MINUTE) == []
    assert refused(hall, c.Take("a"), NINE + MINUTE).reason == "clock_unconfirmed", "nobody knows what day it is"
    assert call(hall, 1, NINE + MINUTE) == waiting
    found = let_time_pass(hall, CLOSE + HOUR)
    assert not {e.DayOpened, e.LunchBegan, e.IssueClosed, e.DayClosed, e.Unserved} & set(kinds(found))

    ask(hall, c.ConfirmClock("2026-11-21 18:30"), CLOSE + HOUR, "desk1")
    assert let_time_pass(hall, CLOSE + HOUR)[0] == e.IssueClosed(CLOSE + HOUR, 0)


@pytest.mark.req("R-CORE-20", "R-CORE-19")
def test_calling_opens_by_no_untrusted_clock_but_by_a_duty_person() -> None:
    hall = shut_hall()
    let_time_pass(hall, ISSUING)
    ask(hall, c.Login(1), ISSUING)
    unsure(hall, ISSUING + MINUTE)
    assert let_time_pass(hall, NINE) == []
    assert refused(hall, c.Next(1), NINE).reason == "before_opening"

    assert kinds(ask(hall, c.OpenDay("时钟未核对"), NINE, "desk1")) == [e.IssueReopened, e.CallingOpened]
    assert hall.calling
    assert press(hall) == "A001"
    assert refused(hall, c.OpenDay("再开"), NINE, "desk1").reason == "day_unconfirmed"


@pytest.mark.req("R-CORE-20")
def test_opening_by_the_duty_person_is_always_possible_and_calls_at_once() -> None:
    hall = shut_hall(DUTY)
    unsure(hall, EIGHT, -5 * HOUR)  # it reads three in the morning

    assert kinds(ask(hall, c.OpenDay("时钟未核对"), NINE, "duty1")) == [e.DayOpened, e.CallingOpened]
    ask(hall, c.Login(1), NINE)
    assert press(hall) == "A001"
    found = let_time_pass(hall, NINE + 10 * HOUR)
    assert set(kinds(found)) == {e.PrintUnknown, e.AlertRaised}, "no noon, no closing"
    assert call(hall, 1, NINE + 10 * HOUR) == "A001"


@pytest.mark.req("R-CORE-20")
def test_confirming_the_clock_of_a_day_opened_by_hand_sends_nobody_home() -> None:
    """It was opened under the date the clock happened to show; the people who wait are today's all the same."""
    hall = shut_hall(DUTY)
    unsure(hall, EIGHT, -3 * DAY)
    ask(hall, c.OpenDay("时钟未核对"), NINE, "duty1")
    ask(hall, c.Login(1), NINE)
    waiting = take(hall)
    assert hall.day == "2026-11-18"

    ask(hall, c.ConfirmClock("2026-11-21 09:05"), NINE + 5 * MINUTE, "desk3")

    assert e.DayOpened not in kinds(let_time_pass(hall, NINE + 5 * MINUTE))
    assert finish(hall, 1, NINE + 5 * MINUTE) == waiting
    assert kinds(let_time_pass(hall, NOON)).count(e.LunchBegan) == 1, "its hours are known again"
    let_time_pass(hall, CLOSE)
    assert hall.issue_closed
    let_time_pass(hall, ISSUING + DAY)
    assert hall.day == "2026-11-22"


@pytest.mark.req("R-CORE-20", "R-CORE-21")
def test_a_power_cut_over_night_is_found_out_when_the_clock_is_confirmed() -> None:
    """A Pi without a battery clock comes up where it left off: yesterday evening."""
    hall = open_hall()
    forgotten = take(hall)
    unsure(hall, NINE + SECOND)  # the next morning, in truth
    assert let_time_pass(hall, NINE + MINUTE) == []

    ask(hall, c.ConfirmClock("2026-11-22 08:50"), NINE + MINUTE, "desk2")
    found = let_time_pass(hall, NINE + MINUTE)

    assert [type(each) for each in found if isinstance(each, e.Unserved | e.DayOpened)] == [e.Unserved, e.DayOpened]
    assert hall.day == "2026-11-22"
    assert forgotten not in hall.tickets
    assert press(hall, at=NINE + MINUTE) == "A001"


@pytest.mark.req("R-CORE-20", "R-CORE-04")
@pytest.mark.parametrize("jump_ms", [-HOUR, DAY], ids=["an hour back", "a day ahead"])
def test_scenario_29_a_jump_changes_no_order_no_duration_and_no_day(jump_ms: int) -> None:
    hall = open_hall()
    first, second = take(hall), take(hall)
    assert serve(hall, 1) == first
    happen(hall, clock_read(hall, NINE + SECOND + jump_ms, NINE + SECOND, True))
    assert hall.offset_ms == jump_ms

    assert let_time_pass(hall, NINE + 10 * SECOND) == []
    assert call(hall, 2, NINE + 10 * SECOND) == second
    assert refused(hall, c.Recall(2), NINE + 20 * SECOND - 1).reason == "recall_soon"
    ask(hall, c.Recall(2), NINE + 20 * SECOND)
    assert hall.day == "2026-11-21"
    assert state(hall, first) is S.SERVING


@pytest.mark.req("R-CORE-18", "R-CORE-20")
def test_noon_stays_noon_under_a_clock_nobody_vouches_for() -> None:
    hall = open_hall()
    let_time_pass(hall, NOON)
    unsure(hall, NOON + MINUTE, 3 * HOUR)

    assert issue_refusal(hall, NOON + MINUTE) == "clock_unconfirmed"
    assert hall.lunch_at == NOON
    assert next_issue(hall, NOON + MINUTE) == ""
    assert let_time_pass(hall, NOON + MINUTE) == []
