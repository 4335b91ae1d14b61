"""Clocks that were wrong for a while: whole days off, past closing and back, put right after a crash (R-CORE-20)."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.machine import clock_read, due
from firmware_py.core.plan import Hours
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    CLOSE,
    DAY,
    EIGHT,
    HOUR,
    ISSUING,
    MINUTE,
    NINE,
    NOON,
    PLAN,
    SECOND,
    ask,
    call,
    desk_state,
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
from tests.core.same_hall import assert_same_hall


def step_clock(hall: Hall, at: int, by: int) -> None:
    """The wall clock is found ``by`` milliseconds away from hall time."""
    happen(hall, clock_read(hall, at + by, at))


def kinds(events: list[e.Event]) -> list[type[e.Event]]:
    return [type(event) for event in events]


@pytest.mark.req("R-CORE-20")
def test_a_day_opened_under_a_date_to_come_is_over_with_the_day_it_truly_was() -> None:
    """The battery clock was a day or more ahead when the controller came up; NTP puts it right (scenario 29)."""
    for ahead in (DAY, 2 * DAY, 20 * HOUR, 365 * DAY):
        hall = shut_hall()
        happen(hall, [e.Restarted(EIGHT, ahead)])
        moment = due(hall, EIGHT)
        while not hall.day:
            let_time_pass(hall, moment)
            moment = due(hall, moment)
        opened_as, number = hall.day, press(hall, at=moment)
        assert opened_as > "2026-11-21"
        step_clock(hall, NOON + HOUR, 0)
        let_time_pass(hall, NOON + HOUR)
        assert (hall.day, number in hall.tickets) == (opened_as, True)

        let_time_pass(hall, CLOSE + 2 * HOUR)
        assert hall.issue_closed
        let_time_pass(hall, ISSUING + DAY - 1)
        assert hall.day == opened_as
        let_time_pass(hall, ISSUING + DAY)
        assert (hall.day, hall.issue_closed) == ("2026-11-22", False)
        assert press(hall, at=ISSUING + DAY) == ("A002" if opened_as == "2026-11-22" else "A001")


@pytest.mark.req("R-CORE-03", "R-CORE-20", "R-CORE-21")
def test_invariant_1_numbers_given_under_dates_to_come_are_not_given_again_when_those_come() -> None:
    hall = shut_hall()
    happen(hall, [e.Restarted(EIGHT, 2 * DAY)])
    for day in (0, 1):  # two days long nobody notices
        let_time_pass(hall, ISSUING + day * DAY)
        assert [press(hall, at=ISSUING + day * DAY), press(hall, "b", ISSUING + day * DAY)] == ["A001", "B001"]
    assert hall.day == "2026-11-24"
    step_clock(hall, NOON + DAY, 0)
    issued = {"2026-11-23": "A001", "2026-11-24": "A001"}
    for day in (2, 3, 4):
        again = thaw(freeze(hall))
        assert again is not None
        assert_same_hall(again, hall)
        hall, at = again, ISSUING + day * DAY
        let_time_pass(hall, at)
        assert press(hall, at=at) == ("A002" if hall.day in issued else "A001"), hall.day
    assert hall.day == "2026-11-25"
    for day in range(5, 20):
        let_time_pass(hall, ISSUING + day * DAY)
    assert list(hall.issued_on) == [f"2026-12-{day:02d}" for day in range(3, 10)], "a week is kept"


@pytest.mark.req("R-CORE-08", "R-CORE-20")
def test_a_wrong_date_loses_neither_appointments_nor_unserved_tickets() -> None:
    hall = open_hall()
    happen(hall, [e.Booked(NINE, "TODAY", "a", "2026-11-21", 840, 900)])
    happen(hall, [e.Booked(NINE, "LATER", "a", "2026-11-23", 840, 900)])
    waiting = take(hall)
    at = NINE + HOUR
    happen(hall, [e.Restarted(at, 5 * 365 * DAY)])  # with an empty battery: five years ahead

    kinds = [type(event) for event in let_time_pass(hall, at)]
    assert kinds.count(e.BookingMissed) == 2
    assert hall.day > "2031"
    step_clock(hall, at + MINUTE, 0)
    let_time_pass(hall, at + MINUTE)

    [taken, *_] = ask(hall, c.CheckIn("TODAY"), at + MINUTE)
    assert isinstance(taken, e.Taken) and taken.booking == "TODAY"
    assert ask(hall, c.ReturnTicket(waiting, "2026-11-21"), at + MINUTE)
    for day in (1, 2):
        let_time_pass(hall, ISSUING + day * DAY)
    assert hall.day == "2026-11-23"
    assert ask(hall, c.CheckIn("LATER"), ISSUING + 2 * DAY)
    assert refused(hall, c.CheckIn("TODAY"), ISSUING + 2 * DAY).reason == "unknown_booking"


@pytest.mark.req("R-CORE-20", "R-CORE-21")
def test_a_crash_while_the_clock_is_a_day_ahead_ends_nobodys_day() -> None:
    """In the same boot of the machine hall time has run on; in another one the wall does, as it was last seen."""
    for event in (e.Restarted(NINE + MINUTE, DAY, same_boot=True), e.Restarted(NINE + MINUTE + DAY, 0)):
        hall = open_hall()
        number = take(hall)
        step_clock(hall, NINE + SECOND, DAY)
        happen(hall, [event])

        found = let_time_pass(hall, event.at)

        assert not {e.Unserved, e.DayOpened} & {type(each) for each in found}
        assert (hall.day, call(hall, 1, event.at)) == ("2026-11-21", number)
        let_time_pass(hall, event.at + DAY)
        assert hall.day == "2026-11-23"


# --- past closing and back --------------------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-20", "R-CORE-16")
@pytest.mark.parametrize("people", [0, 1], ids=["nobody waits", "somebody waits"])
@pytest.mark.parametrize("ahead", [8 * HOUR, DAY + 8 * HOUR])
def test_scenario_29_a_clock_stepped_past_closing_and_back_is_undone_by_the_duty_person(
    people: int, ahead: int
) -> None:
    hall, at = open_hall(), NINE + HOUR
    happen(hall, [e.Booked(NINE, "LATER", "a", "2026-11-21", 840, 900)])
    waiting = [take(hall, at=at) for _ in range(people)]
    step_clock(hall, at, ahead)
    let_time_pass(hall, at)
    step_clock(hall, at + SECOND, 0)
    assert let_time_pass(hall, at + SECOND) == []
    assert (hall.issue_closed, hall.closed, desk_state(hall, 1)) == (True, not people, D.CLOSING)
    assert refused(hall, c.Take("a"), at + SECOND).reason == "issue_closed"

    at += 2 * SECOND
    assert refused(hall, c.OpenDay("时钟误跳"), at, "desk2").reason == "approval_needed"
    assert refused(hall, c.OpenDay(" "), at, "desk1").reason == "reason_needed"
    assert ask(hall, c.OpenDay("时钟误跳"), at, "desk1") == [e.IssueReopened(at, "staff1")]

    assert (hall.issue_closed, hall.closed, hall.by_hand, desk_state(hall, 1)) == (False, False, False, D.READY)
    again = thaw(freeze(hall))
    assert again is not None
    assert_same_hall(again, hall)
    assert press(hall, at=at) == f"A{people + 1:03d}", "the numbers go on"
    assert [call(hall, 1, at) for _ in waiting] == waiting
    assert refused(hall, c.OpenDay("再开"), at, "desk1").reason == "day_running"
    assert ask(hall, c.CheckIn("LATER"), at), "nobody had missed it"
    assert kinds(let_time_pass(hall, NOON)).count(e.LunchBegan) == 1
    assert kinds(let_time_pass(hall, CLOSE)).count(e.IssueClosed) == 1, "its hours are the clock's"


@pytest.mark.req("R-CORE-16", "R-CORE-20")
@pytest.mark.parametrize("late", [-1, 0])
def test_nobody_reopens_the_day_from_closing_time_on(late: int) -> None:
    hall = open_hall()
    take(hall)
    step_clock(hall, NINE + SECOND, 10 * HOUR)
    let_time_pass(hall, NINE + SECOND)
    step_clock(hall, NINE + MINUTE, 0)
    at = CLOSE + late

    if late < 0:
        assert kinds(ask(hall, c.OpenDay("时钟误跳"), at, "desk1")) == [e.IssueReopened]
    else:
        refusal = refused(hall, c.OpenDay("时钟误跳"), at, "desk1")
        assert (refusal.reason, refusal.details) == ("closing_passed", {"time": "17:30"})


@pytest.mark.req("R-CORE-19")
def test_a_step_back_before_opening_takes_no_opening_of_calling_back() -> None:
    """People are on their way to the desks already; ``business_day.by_the_wall`` says why it stays so."""
    hall = shut_hall()
    let_time_pass(hall, ISSUING)
    ask(hall, c.Login(1), ISSUING)
    number, at = take(hall, at=ISSUING), ISSUING + 2 * MINUTE
    step_clock(hall, at, 20 * MINUTE)
    assert kinds(let_time_pass(hall, at)) == [e.CallingOpened]
    step_clock(hall, at + SECOND, 0)

    assert let_time_pass(hall, at + SECOND) == []
    assert call(hall, 1, at + SECOND) == number


@pytest.mark.req("R-CORE-20", "R-CORE-16")
@pytest.mark.parametrize(("edge", "closes"), [(CLOSE, True), (NINE, False)])
def test_scenario_29_a_step_across_closing_or_opening_does_once_what_the_wall_says(edge: int, closes: bool) -> None:
    hall = shut_hall()
    let_time_pass(hall, edge - 10 * MINUTE)
    found: list[e.Event] = []
    for n, by in enumerate((20 * MINUTE, 0, 20 * MINUTE, 0), start=1):
        at = edge - 10 * MINUTE + n * SECOND
        step_clock(hall, at, by)
        found += let_time_pass(hall, at)
    found += let_time_pass(hall, edge + MINUTE)

    happened = [kind for kind in kinds(found) if kind in {e.IssueClosed, e.CallingOpened, e.DayClosed, e.DayOpened}]
    assert happened == ([e.IssueClosed, e.DayClosed] if closes else [e.CallingOpened])


# --- before anybody has confirmed it ----------------------------------------------------------------------------------


@pytest.mark.req("R-CORE-20", "R-CORE-21")
def test_after_another_boot_no_number_is_given_that_the_morning_would_sweep_away() -> None:
    """It comes up where it left off, at three in the afternoon of the day before; in truth it is the next morning."""
    hall, at = open_hall(), CLOSE - 2 * HOUR
    let_time_pass(hall, at)
    waiting = take(hall, at=at)
    happen(hall, [e.Restarted(at + 1, 0, trusted=False)])
    assert refused(hall, c.Take("a"), at + MINUTE).reason == "clock_unconfirmed"
    assert serve(hall, 1, at + MINUTE) == waiting, "who waits is called"

    ask(hall, c.ConfirmClock("2026-11-22 09:30"), at + 2 * MINUTE, "desk2")
    found = let_time_pass(hall, at + 2 * MINUTE)

    assert [event.ticket for event in found if isinstance(event, e.Unserved)] == [waiting]
    assert press(hall, at=at + 2 * MINUTE) == "A001"


@pytest.mark.req("R-CORE-20")
def test_without_a_clock_the_duty_person_may_let_issuing_go_on_and_nobody_is_swept() -> None:
    hall, at = open_hall(), CLOSE - 2 * HOUR
    let_time_pass(hall, at)
    waiting = take(hall, at=at)
    happen(hall, [e.Restarted(at + 1, 0, trusted=False)])

    assert kinds(ask(hall, c.OpenDay("时钟未核对"), at + MINUTE, "desk1")) == [e.IssueReopened]
    later = press(hall, at=at + MINUTE)
    assert later == "A002"
    assert refused(hall, c.OpenDay("再开"), at + MINUTE, "desk1").reason == "day_unconfirmed"
    ask(hall, c.ConfirmClock("2026-11-22 09:30"), at + 2 * MINUTE, "desk1")

    found = kinds(let_time_pass(hall, at + 2 * MINUTE))
    assert e.Unserved not in found and e.DayOpened not in found
    assert finish(hall, 1, at + 3 * MINUTE) == waiting
    assert state(hall, later) is S.WAITING


@pytest.mark.req("R-CORE-18", "R-CORE-20")
@pytest.mark.parametrize("lunch", ["drain", "carry", "duty"])
def test_at_noon_a_clock_nobody_vouches_for_keeps_nobody_from_being_called(lunch: str) -> None:
    day = replace(PLAN.limits.day, lunch=lunch)
    hall = open_hall(replace(PLAN, limits=replace(PLAN.limits, day=day)))
    waiting = take(hall, at=NOON - MINUTE)
    let_time_pass(hall, NOON)
    happen(hall, [e.Restarted(NOON + MINUTE, 0, trusted=False)])

    for at in (NOON + MINUTE, NOON + 3 * HOUR):
        assert refused(hall, c.Take("a"), at).reason == "clock_unconfirmed"
    assert call(hall, 1, NOON + 3 * HOUR) == waiting


@pytest.mark.req("R-CORE-20")
def test_a_day_opened_by_hand_under_a_date_to_come_ends_with_the_clock_put_right() -> None:
    hall = shut_hall(replace(PLAN, supervisors=("duty",), hours=(Hours(540, 1050),)))
    happen(hall, [e.Restarted(EIGHT, 5 * 365 * DAY, trusted=False)])
    assert kinds(ask(hall, c.OpenDay("开门"), NINE, "duty")) == [e.DayOpened, e.CallingOpened]
    number = take(hall)
    ask(hall, c.ConfirmClock("2026-11-21 09:01"), NINE + MINUTE, "desk1")
    assert kinds(let_time_pass(hall, CLOSE)).count(e.IssueClosed) == 1
    assert state(hall, number) is S.WAITING

    found = kinds(let_time_pass(hall, ISSUING + DAY))

    assert found[-1] is e.DayOpened
    assert hall.day == "2026-11-22"
    assert press(hall, at=ISSUING + DAY) == "A001"
