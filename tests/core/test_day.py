"""The day on the clock (rules.md 3.7): issuing, calling, closing, the next morning, and clocks that jump."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.machine import clock_read, due
from firmware_py.core.plan import Hours
from firmware_py.core.schedule import hours_text, issue_refusal, next_issue
from firmware_py.core.showing import hall_view
from firmware_py.core.states import DeskState as D
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
    desk,
    desk_state,
    expired,
    finish,
    happen,
    let_pass,
    let_time_pass,
    level,
    open_hall,
    press,
    refused,
    serve,
    shut_hall,
    state,
    take,
)


def step_clock(hall: Hall, at: int, by: int) -> None:
    """The wall clock is found ``by`` milliseconds away from hall time."""
    happen(hall, clock_read(hall, at + by, at))


@pytest.mark.req("R-CORE-19")
def test_the_day_opens_a_quarter_of_an_hour_before_calling() -> None:
    hall = shut_hall()
    assert let_time_pass(hall, ISSUING - 1) == []
    assert let_time_pass(hall, ISSUING) == [e.DayOpened(ISSUING, "2026-11-21")]
    assert let_time_pass(hall, NINE - 1) == []
    assert let_time_pass(hall, NINE) == [e.CallingOpened(NINE, NOON)]


def test_due_names_every_moment_at_which_time_alone_decides() -> None:
    hall = shut_hall()
    moments, at = [], EIGHT
    while at < EIGHT + DAY:
        at = due(hall, at)
        moments.append(at)
        let_time_pass(hall, at)

    noon_session = [ISSUING, NINE, NOON, NOON + 75 * MINUTE, NOON + 90 * MINUTE, CLOSE]
    assert moments == [*noon_session, EIGHT + 16 * HOUR, EIGHT + DAY + 45 * MINUTE]


@pytest.mark.req("R-KIOSK-04", "R-CORE-18")
@pytest.mark.parametrize(
    ("at", "refusal", "opens"),
    [
        (EIGHT, "before_issue", "08:45"),
        (ISSUING - 1, "before_issue", "08:45"),
        (ISSUING, "", "13:15"),
        (NOON - 1, "", "13:15"),
        (NOON, "noon", "13:15"),
        (NOON + 75 * MINUTE - 1, "noon", "13:15"),
        (NOON + 75 * MINUTE, "", "08:45"),
        (CLOSE - 1, "", "08:45"),
        (CLOSE, "issue_closed", "08:45"),
        (EIGHT + 16 * HOUR - 1, "issue_closed", "08:45"),
    ],
)
def test_issuing_keeps_its_hours_to_the_millisecond(at: int, refusal: str, opens: str) -> None:
    hall = shut_hall()
    for moment in (ISSUING, NINE, CLOSE):
        let_time_pass(hall, min(moment, at))

    assert issue_refusal(hall, at) == refusal
    assert next_issue(hall, at) == opens
    assert hall_view(hall, LOG, at).issuing is (refusal == "")


def test_a_press_in_the_very_millisecond_before_the_day_is_opened_is_told_to_wait_and_not_to_go_home() -> None:
    assert refused(shut_hall(), c.Take("a"), ISSUING).reason == "before_issue"


@pytest.mark.req("R-CORE-18", "R-CORE-16")
def test_at_noon_issuing_stops_and_the_morning_is_served_out() -> None:
    hall = open_hall()
    number = take(hall, at=NOON - 1)
    let_time_pass(hall, NOON)

    assert refused(hall, c.Take("a"), NOON).reason == "noon"
    assert call(hall, 1, NOON + MINUTE) == number


@pytest.mark.req("R-CORE-16")
def test_scenario_1_a_press_just_before_closing_is_valid_though_its_paper_comes_after() -> None:
    hall = open_hall()
    let_time_pass(hall, CLOSE - 100)
    number = press(hall, at=CLOSE - 100)
    let_time_pass(hall, CLOSE)
    assert refused(hall, c.Take("a"), CLOSE).reason == "issue_closed"

    ask(hall, c.ReportPrinted(number), CLOSE + SECOND)

    assert serve(hall, 1, CLOSE + MINUTE) == number


@pytest.mark.req("R-CORE-16")
def test_scenario_2_forty_people_waiting_at_closing_are_all_served_and_then_the_day_closes() -> None:
    hall = open_hall()
    for _ in range(40):
        take(hall)
    assert let_time_pass(hall, CLOSE)[0] == e.IssueClosed(CLOSE, 40)
    at = CLOSE
    for _ in range(40):
        finish(hall, 1, at)
        at += MINUTE
        ask(hall, expired(hall, 1), at)
        at += SECOND

    assert let_time_pass(hall, at)[0] == e.DayClosed(at)
    assert all(ticket.state is S.DONE for ticket in hall.tickets.values())


@pytest.mark.req("R-CORE-16")
def test_the_day_does_not_close_over_a_passed_number() -> None:
    hall = open_hall()
    take(hall)
    let_pass(hall)

    assert let_time_pass(hall, CLOSE) == [e.IssueClosed(CLOSE, 0)]
    call(hall, 1, CLOSE)
    ask(hall, c.Pass(1), CLOSE + MINUTE)
    at = CLOSE + MINUTE + 5 * SECOND + 1
    assert let_time_pass(hall, at - 1) == [], "it may still be taken back"
    assert due(hall, CLOSE + MINUTE) == at
    assert let_time_pass(hall, at) == [e.DayClosed(at)]


@pytest.mark.req("R-CORE-16", "R-CORE-20")
def test_scenario_30_midnight_with_an_open_ticket_ends_nothing() -> None:
    hall = open_hall()
    number = take(hall)
    let_time_pass(hall, CLOSE)

    assert let_time_pass(hall, EIGHT + 17 * HOUR) == []
    assert serve(hall, 1, EIGHT + 17 * HOUR) == number


@pytest.mark.req("R-CORE-21")
def test_t30_what_an_earlier_day_left_open_is_unserved_at_the_next_opening() -> None:
    hall = open_hall()
    numbers = [*(take(hall) for _ in range(5)), press(hall)]
    rated, unrated = finish(hall, 1), finish(hall, 2)
    ask(hall, level(hall, 1, 4, 900), NINE + 900)
    serve(hall, 2, NINE + SECOND)
    call(hall, 1, NINE + SECOND)
    opening = ISSUING + DAY
    happen(hall, [e.Restarted(opening)])  # the power was cut in between

    happened = let_time_pass(hall, opening)

    unserved = {event.ticket: event.state for event in happened if isinstance(event, e.Unserved)}
    assert unserved == dict(zip(numbers[2:], ["serving", "called", "waiting", "waiting"], strict=True))
    ended = [event for event in happened if isinstance(event, e.RatingLocked | e.RatingClosed)]
    assert {event.ticket for event in ended} == {rated, unrated}  # they were served
    assert happened[-1] == e.DayOpened(opening, "2026-11-22")
    assert not hall.tickets
    assert not hall.open_tickets
    assert {desk_state(hall, n).value for n in (1, 2, 3, 4)} == {"closed"}


@pytest.mark.req("R-CORE-21")
def test_t30_an_early_bird_with_yesterdays_ticket_at_the_desk_begins_the_day_free() -> None:
    for keys in ((c.Next(1),), (c.Next(1), c.Arrive(1)), (c.Next(1), c.Arrive(1), c.Pause(1))):
        hall = open_hall(desks=(2,))
        take(hall)
        ask(hall, c.Login(1), EIGHT + DAY)
        for key in keys:
            ask(hall, key, EIGHT + DAY)

        let_time_pass(hall, ISSUING + DAY)

        assert (desk_state(hall, 1), desk(hall, 1).ticket, desk_state(hall, 2)) == (D.READY, "", D.CLOSED)


@pytest.mark.req("R-CORE-20")
def test_scenario_29_a_clock_one_hour_back_moves_the_opening_hours_and_no_duration() -> None:
    hall = open_hall()
    take(hall)
    call(hall)
    for n in (1, 2):
        ask(hall, c.Recall(1), NINE + n * 10 * SECOND)
    step_clock(hall, NINE + 30 * SECOND, -HOUR)

    assert refused(hall, c.Take("a"), NINE + 31 * SECOND).reason == "before_issue"
    ask(hall, c.Pass(1), NINE + 60 * SECOND)
    assert let_time_pass(hall, CLOSE) == []
    assert let_time_pass(hall, CLOSE + HOUR) == [e.IssueClosed(CLOSE + HOUR, 0)]


@pytest.mark.req("R-CORE-20")
def test_scenario_29_a_clock_one_day_ahead_ends_no_business_day_and_sends_nobody_home() -> None:
    hall = open_hall()
    waiting, served = take(hall), take(hall, "b")
    step_clock(hall, NINE + SECOND, DAY)

    assert let_time_pass(hall, NINE + SECOND) == []
    assert press(hall, at=NINE + SECOND) == "A002"
    assert (call(hall), finish(hall, 2)) == (waiting, served)
    assert let_time_pass(hall, NINE + 60 * SECOND)[0] == e.PrintUnknown(NINE + 60 * SECOND, "A002", "no_outcome")
    assert hall.day == "2026-11-21"

    let_time_pass(hall, CLOSE)
    assert hall.issue_closed
    let_time_pass(hall, ISSUING + DAY)
    assert hall.day == "2026-11-23"  # the next opening believes the clock


@pytest.mark.req("R-CORE-20")
@pytest.mark.parametrize("step_h", [10, -10])
def test_a_clock_some_hours_wrong_opens_no_other_day_before_this_one_is_over_by_both(step_h: int) -> None:
    hall = open_hall()
    waiting = take(hall)
    step_clock(hall, NINE + SECOND, step_h * HOUR)

    found = let_time_pass(hall, NINE + 14 * HOUR)  # it has read 08:45 again at 22:45, or at 18:45

    assert not [event for event in found if isinstance(event, e.Unserved | e.DayOpened | e.DayClosed)]
    assert hall.day == "2026-11-21"
    assert state(hall, waiting) is S.WAITING


@pytest.mark.req("R-CORE-20")
def test_a_day_opened_by_a_clock_just_put_right_is_followed_by_the_next() -> None:
    hall = shut_hall()
    step_clock(hall, EIGHT, DAY)
    let_time_pass(hall, ISSUING)
    assert hall.day == "2026-11-22"

    let_time_pass(hall, ISSUING + DAY)

    assert hall.day == "2026-11-23"


@pytest.mark.req("R-CORE-20")
def test_a_clock_put_right_by_a_day_and_back_leaves_the_day_as_it_was() -> None:
    hall = open_hall()
    step_clock(hall, NINE + SECOND, DAY)
    step_clock(hall, NINE + 2 * SECOND, 0)

    assert let_time_pass(hall, NINE + 3 * SECOND) == []
    assert press(hall) == "A001"


@pytest.mark.req("R-CORE-20")
def test_a_step_under_two_seconds_is_drift_and_no_fact() -> None:
    hall = open_hall()

    assert clock_read(hall, NINE + 1999, NINE) == []
    assert clock_read(hall, NINE - 2000, NINE) == [e.ClockStepped(NINE, -2000)]
    step_clock(hall, NINE, -2000)
    assert clock_read(hall, NINE - 2000, NINE) == []  # known
    assert clock_read(hall, NINE, NINE) == [e.ClockStepped(NINE, 0)]


@pytest.mark.req("R-CORE-03", "R-CORE-20")
def test_a_clock_set_back_by_a_day_gives_no_number_twice_under_one_date() -> None:
    """The next morning the hall opens as always, and the wall reads the same date again."""
    hall = open_hall()
    press(hall)
    step_clock(hall, NINE + SECOND, -DAY)
    assert let_time_pass(hall, NINE + SECOND) == [], "the day in progress goes on"
    assert press(hall, at=NINE + SECOND) == "A002"
    let_time_pass(hall, CLOSE + 3 * MINUTE)

    let_time_pass(hall, ISSUING + DAY)
    assert hall.day == "2026-11-21"
    assert press(hall, at=ISSUING + DAY) == "A003"
    let_time_pass(hall, ISSUING + 2 * DAY)
    assert hall.day == "2026-11-22"
    assert press(hall, at=ISSUING + 2 * DAY) == "A001"


@pytest.mark.req("R-CORE-20", "R-CORE-21")
def test_a_restart_takes_the_wall_clock_as_it_is_and_keeps_the_day() -> None:
    hall = shut_hall()
    step_clock(hall, EIGHT, DAY)  # hall time began a day behind
    let_time_pass(hall, ISSUING)
    assert hall.day == "2026-11-22"
    number = take(hall, at=ISSUING)
    at = ISSUING + DAY  # anchored anew on the wall

    happen(hall, [e.Restarted(at, 0)])

    assert let_time_pass(hall, at) == []
    assert press(hall, at=at) == "A002"
    assert state(hall, number) is S.WAITING


def test_a_power_cut_over_closing_leaves_the_evening_to_those_who_wait() -> None:
    hall = open_hall()
    number = take(hall)
    happen(hall, [e.Restarted(CLOSE + HOUR)])

    assert let_time_pass(hall, CLOSE + HOUR)[0] == e.IssueClosed(CLOSE + HOUR, 1)
    assert serve(hall, 1, CLOSE + HOUR) == number


def test_a_hall_first_switched_on_in_the_evening_stays_shut_until_morning() -> None:
    hall = shut_hall(at=CLOSE)

    assert let_time_pass(hall, CLOSE + MINUTE) == []
    assert refused(hall, c.Take("a"), CLOSE + MINUTE).reason == "issue_closed"
    let_time_pass(hall, ISSUING + DAY)
    assert hall.day == "2026-11-22"


def test_a_hall_without_hours_never_opens_and_says_so() -> None:
    hall = shut_hall(replace(PLAN, hours=()))

    assert let_time_pass(hall, NINE) == []
    assert due(hall, NINE) > NINE
    assert refused(hall, c.Take("a"), NINE).reason == "issue_closed"
    assert hall_view(hall, LOG, NINE).opens == ""


def test_a_hall_open_all_day_and_night_changes_days_at_its_opening() -> None:
    always = replace(PLAN, hours=(Hours(0, 24 * 60),))
    hall = shut_hall(always)
    let_time_pass(hall, EIGHT)
    assert press(hall, at=EIGHT) == "A001"
    midnight = EIGHT + 16 * HOUR

    happened = let_time_pass(hall, midnight)

    kinds = [type(event) for event in happened]
    assert kinds == [e.PrintUnknown, e.Unserved, e.FindingRaised, e.DayOpened, e.CallingOpened]
    assert hall.day == "2026-11-22"
    assert press(hall, at=midnight) == "A001"
    assert hours_text(always.hours) == "00:00-24:00"
