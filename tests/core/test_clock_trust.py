"""What the wall clock is worth: untrusted at boot, vouched for, confirmed by a clerk with one key (R-CORE-20)."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.machine import clock_read, decide
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
    assert press(hall, at=NINE + MINUTE) == "A002"
    assert call(hall, 1, NINE + MINUTE) == waiting
    found = let_time_pass(hall, CLOSE + HOUR)
    assert not {e.DayOpened, e.LunchBegan, e.IssueClosed, e.DayClosed, e.Unserved} & set(kinds(found))

    ask(hall, c.ConfirmClock("2026-11-21 18:30"), CLOSE + HOUR, "desk1")
    assert let_time_pass(hall, CLOSE + HOUR)[0] == e.IssueClosed(CLOSE + HOUR, 1)


@pytest.mark.req("R-CORE-20", "R-CORE-19")
def test_calling_opens_by_no_untrusted_clock_but_by_a_duty_person() -> None:
    hall = shut_hall()
    let_time_pass(hall, ISSUING)
    ask(hall, c.Login(1), ISSUING)
    unsure(hall, ISSUING + MINUTE)
    assert let_time_pass(hall, NINE) == []
    assert refused(hall, c.Next(1), NINE).reason == "before_opening"

    assert kinds(ask(hall, c.OpenDay("时钟未核对"), NINE, "desk1")) == [e.CallingOpened]
    assert hall.calling
    assert refused(hall, c.OpenDay("再开"), NINE, "desk1").reason == "day_running"


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


@pytest.mark.req("R-CORE-20")
def test_the_last_journal_time_is_the_floor_to_the_millisecond() -> None:
    hall = open_hall()
    ask(hall, c.Wait(1), NINE + 90 * SECOND)  # the last the journal knows of
    at = NINE + 90 * SECOND + 1
    unsure(hall, at, -HOUR)

    for seconds in (0, 30):
        now = at + seconds * SECOND
        refusal = refused(hall, c.ConfirmClock(), now, "desk1")
        assert (refusal.reason, refusal.details["time"]) == ("clock_behind", "2026-11-21 09:02")
        assert refused(hall, c.ConfirmClock("2026-11-21 09:01"), now, "desk1").reason == "clock_behind"
        ask_again = c.ConfirmClock("2026-11-21 09:02")
        assert hall.clock_trusted is False
        if seconds:
            [confirmed] = ask(hall, ask_again, now, "desk1")
            assert isinstance(confirmed, e.ClockConfirmed)
            assert now + confirmed.offset_ms == NINE + 2 * MINUTE


@pytest.mark.req("R-CORE-20")
@pytest.mark.parametrize(("behind_ms", "accepted"), [(0, True), (1, True), (2, False)])
def test_a_clock_that_stands_at_the_last_journal_time_may_be_confirmed_and_one_behind_it_may_not(
    behind_ms: int, accepted: bool
) -> None:
    hall = open_hall()
    at = hall.last_at + 1
    unsure(hall, at, -behind_ms)

    if accepted:
        assert ask(hall, c.ConfirmClock(), at, "desk1") == [e.ClockConfirmed(at, -behind_ms, "staff1")]
    else:
        assert refused(hall, c.ConfirmClock(), at, "desk1").reason == "clock_behind"


@pytest.mark.req("R-CORE-20")
def test_the_floor_is_remembered_over_a_second_restart_and_forgotten_once_the_clock_is_known() -> None:
    hall = open_hall()
    unsure(hall, NINE + 1, -HOUR)
    unsure(hall, NINE + 2, -2 * HOUR)
    assert refused(hall, c.ConfirmClock("2026-11-21 08:59"), NINE + 2, "desk1").reason == "clock_behind"

    happen(hall, [e.ClockTrusted(NINE + 3, -2 * HOUR)])  # it had been ahead
    unsure(hall, NINE + 4, -2 * HOUR)
    assert ask(hall, c.ConfirmClock(), NINE + 4, "desk1")


@pytest.mark.req("R-CORE-20")
@pytest.mark.parametrize(
    "reads",
    [
        "09:00",
        "2026-11-21",
        "2026-11-21T09:30",
        "2026-13-01 09:00",
        "2026-11-21 24:01",
        "1970-01-01 09:00",
        "现在",
        "x" * 999,
    ],
)
def test_a_time_nobody_can_read_is_refused(reads: str) -> None:
    hall = shut_hall()
    unsure(hall, EIGHT)

    assert refused(hall, c.ConfirmClock(reads), NINE, "desk1").reason == "clock_malformed"


@pytest.mark.req("R-CORE-20")
def test_who_may_confirm_the_clock_and_in_whose_name() -> None:
    hall = shut_hall(DUTY)
    assert refused(hall, c.ConfirmClock(), NINE, "desk1").reason == "clock_known"
    ask(hall, c.Login(2, "wang"), EIGHT)
    unsure(hall, EIGHT + 1)

    for by, staff in (("desk1", "staff1"), ("desk2", "wang"), ("duty1", "duty1")):
        [confirmed] = _decided(hall, by)
        assert confirmed.staff == staff
    assert refused(hall, c.ConfirmClock(), NINE, "desk5").reason == "no_roster"


def _decided(hall: Hall, by: str) -> list[e.ClockConfirmed]:
    return [event for event in decide(hall, c.ConfirmClock(), NINE, by) if isinstance(event, e.ClockConfirmed)]


@pytest.mark.req("R-CORE-20")
def test_confirmed_as_displayed_the_clock_keeps_its_seconds() -> None:
    hall = shut_hall()
    unsure(hall, EIGHT, 12_345)
    now = NINE + 20 * SECOND

    assert ask(hall, c.ConfirmClock("2026-11-21 09:00"), now, "desk1") == [e.ClockConfirmed(now, 12_345, "staff1")]


@pytest.mark.req("R-CORE-20")
def test_a_correction_stays_though_the_machines_own_clock_runs_on_as_it_did() -> None:
    hall = shut_hall()
    unsure(hall, EIGHT, -5 * HOUR)
    ask(hall, c.ConfirmClock("2026-11-21 08:00"), EIGHT, "desk1")
    assert (hall.offset_ms, hall.corrected_ms) == (0, 5 * HOUR)

    own = NINE - 5 * HOUR
    assert clock_read(hall, own + 1999, NINE, False) == []
    assert clock_read(hall, own + HOUR, NINE, False) == [e.ClockStepped(NINE, HOUR)]
    assert clock_read(hall, NINE + 7, NINE, True) == [e.ClockTrusted(NINE, 7)], "NTP came: its word is the better one"
    happen(hall, clock_read(hall, NINE + 7, NINE, True))
    assert (hall.offset_ms, hall.corrected_ms) == (7, 0)


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

    assert issue_refusal(hall, NOON + MINUTE) == "noon"
    assert next_issue(hall, NOON + MINUTE) == ""
    assert let_time_pass(hall, NOON + MINUTE) == []
