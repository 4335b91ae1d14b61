"""The clerk with the pencil objects: each invariant of rules.md 3.6 is broken once, to the millisecond, and noticed."""

import pytest

from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.plan import Hours, Plan
from tests.core import halls
from tests.core.account import Reading
from tests.core.call_rules import check_call
from tests.core.halls import CLOSE, EIGHT, ISSUING, MINUTE, NINE, SECOND
from tests.core.invariants import every_missed_call_is_owed_one, hours_change_with_notice
from tests.core.oracle import read

DAY = "2026-11-21"
TAKEN = [
    e.Taken(ISSUING, "A001", "a", "X", "kiosk1", 0),
    e.Printed(ISSUING, "A001"),
    e.Taken(ISSUING, "A002", "a", "X", "kiosk1", 1),
    e.Printed(ISSUING, "A002"),
]
SHUT = [e.Configured(EIGHT, halls.PLAN)]
MORNING = [*SHUT, e.DayOpened(ISSUING, DAY), e.LoggedIn(ISSUING, 1, "staff1"), e.LoggedIn(ISSUING, 3, "staff3"), *TAKEN]
OPEN = [*MORNING, e.CallingOpened(NINE, CLOSE)]
CALLED = [*OPEN, e.Called(NINE, "A001", 1, "ordinary")]
SERVED = [*CALLED, e.Arrived(NINE, "A001", 1)]
FINISHED = [*SERVED, e.Finished(NINE, "A001", 1, "办结", "staff1"), e.RatingOpened(NINE, "A001", 1, "desk1-eval")]
RATED = [*FINISHED, e.Rated(NINE + SECOND, "A001", 1, 5, 1000)]
THRICE = [*CALLED, e.Recalled(NINE + 10_000, "A001", 1, 2), e.Recalled(NINE + 20_000, "A001", 1, 3)]
SENT = [*SERVED, e.Transferred(NINE, "A001", 1, "b", "材料", 0, "")]
SENT_ON = [*SENT, e.Called(NINE, "A001", 3, "handed", 0), e.Arrived(NINE, "A001", 3)]
CLOSED = [*OPEN, e.IssueClosed(CLOSE, 2)]
PAUSED = [*OPEN, e.DeskPaused(NINE, 3, "")]
STOPPED = [*OPEN, e.EmergencyBegan(NINE, "staff1", "火警")]
RUNG = [*OPEN, e.Rang(NINE, "desk1-phone", 1), e.Rang(NINE, "desk1-phone", 2), e.Rang(NINE, "desk1-phone", 3)]
ALLOWED = [*OPEN, e.Approved(NINE, "call", "A002", "staff1", "急")]
OTHER_HOURS = [*OPEN, e.HoursAnnounced(NINE, 1, (Hours(600, 720),), DAY, "staff1", "台风", emergency=True)]

BROKEN: list[tuple[str, list[e.Event], e.Event]] = [
    ("1 a number twice", OPEN, e.Taken(NINE, "A002", "a", "X", "kiosk1", 0)),
    ("1 a number left out", OPEN, e.Taken(NINE, "A004", "a", "X", "kiosk1", 0)),
    ("2 a second citizen at a desk", SERVED, e.Called(NINE, "A002", 1, "ordinary")),
    ("2 one citizen at two desks", SERVED, e.Called(NINE, "A001", 2, "ordinary")),
    ("3 out of order", OPEN, e.Called(NINE, "A002", 1, "ordinary", 1, ISSUING << 20 | 1, ISSUING << 20 | 1)),
    ("3 in order, but the record is wrong", OPEN, e.Called(NINE, "A001", 1, "ordinary", 1)),
    ("5 a call before T_open", MORNING, e.Called(NINE - 1, "A001", 1, "ordinary")),
    ("5 a number before issuing", MORNING, e.Taken(ISSUING - 1, "A003", "a", "X", "kiosk1", 2)),
    ("5 a number at T_close", OPEN, e.Taken(CLOSE, "A003", "a", "X", "kiosk1", 2)),
    ("6 expired in a call that was not the final one", THRICE, e.Expired(NINE + 90_000, "A001")),
    ("7 closed over people", CLOSED, e.DayClosed(CLOSE)),
    ("7 a new day over people", CLOSED, e.DayOpened(CLOSE + 16 * 60 * MINUTE, "2026-11-22")),
    ("8 passed after two calls", [*THRICE[:-1]], e.Passed(NINE + 90_000, "A001", 1)),
    ("8 passed 1 ms too soon", THRICE, e.Passed(NINE + 59_999, "A001", 1)),
    ("8 called again 1 ms too soon", CALLED, e.Recalled(NINE + 9_999, "A001", 1, 2)),
    ("9 rated at another desk", FINISHED, e.Rated(NINE, "A001", 3, 5, 1000)),
    ("9 rated twice", RATED, e.Rated(NINE + SECOND, "A001", 1, 4, 2000)),
    ("9 rated 1 ms too late", FINISHED, e.Rated(NINE, "A001", 1, 5, 60_001)),
    ("9 corrected 1 ms too late", RATED, e.RatingCorrected(NINE, "A001", 1, 4, 6001)),
    ("9 finished by somebody else", SERVED, e.Finished(NINE, "A001", 1, "办结", "staff3")),
    ("12 a paused desk calls", PAUSED, e.Called(NINE, "A001", 3, "ordinary")),
    ("13 read out before it was called", OPEN, e.Announced(NINE, "A001", "voice", "hall")),
    ("17 reminded 1 ms too soon", PAUSED, e.AbsenceReminded(NINE + 8 * MINUTE - 1, 3, "staff3")),
    ("17 long at 30 minutes to the millisecond", PAUSED, e.AbsenceLong(NINE + 30 * MINUTE, 3, "staff3")),
    ("19 more rings than there were", RUNG, e.PhoneAnswered(NINE, "desk1-phone", 1, 4)),
    ("22 other hours that were never announced", OPEN, e.HoursChanged(NINE, 1)),
    ("23 a call in an emergency", STOPPED, e.Called(NINE, "A001", 1, "ordinary")),
    ("R-CORE-07 nobody answers for it", OPEN, e.Called(NINE, "A002", 1, "approved", 1, approver="staff3", reason="急")),
    ("R-CORE-07 somebody else than who approved", ALLOWED, e.Called(NINE, "A002", 1, "approved", approver="staff3")),
    ("R-CORE-14 back again without a supervisor", SENT_ON, e.Transferred(NINE, "A001", 3, "a", "材料")),
    ("R-CORE-17 people are left behind", CLOSED, e.LoggedOut(CLOSE, 1)),
    ("R-CORE-26 at two desks", OPEN, e.LoggedIn(NINE, 2, "staff1")),
    ("R-CORE-29 taken back 1 ms too late", FINISHED, e.FinishUndone(NINE + 5001, "A001", 1)),
    ("R-CORE-29 taken back after the rating", RATED, e.FinishUndone(NINE + SECOND, "A001", 1)),
]


def account_of(events: list[e.Event]) -> Reading:
    reading = Reading()
    for event in events:
        read(reading, event)
    return reading


@pytest.mark.parametrize("before, broken", [each[1:] for each in BROKEN], ids=[each[0] for each in BROKEN])
def test_the_account_objects_to(before: list[e.Event], broken: e.Event) -> None:
    reading = account_of(before)
    with pytest.raises((AssertionError, KeyError)):
        if isinstance(broken, e.Called) and reading.calling:
            check_call(reading, broken)
        read(reading, broken)


@pytest.mark.parametrize(
    "lawful",
    [
        [*THRICE, e.Passed(NINE + 60_000, "A001", 1)],
        [*CALLED, e.Recalled(NINE + 10_000, "A001", 1, 2)],
        [*FINISHED, e.Rated(NINE, "A001", 1, 5, 60_000)],
        [*RATED, e.RatingCorrected(NINE, "A001", 1, 4, 6000)],
        [*FINISHED, e.FinishUndone(NINE + 5000, "A001", 1)],
        [*PAUSED, e.AbsenceReminded(NINE + 8 * MINUTE, 3, "staff3")],
        [*PAUSED, e.AbsenceLong(NINE + 30 * MINUTE + 1, 3, "staff3")],
        [*OPEN, e.Taken(CLOSE - 1, "A003", "a", "X", "kiosk1", 2)],
        [*SENT_ON, e.Transferred(NINE, "A001", 3, "a", "材料", 0, "staff1")],
        [*ALLOWED, e.Called(NINE, "A002", 1, "approved", 1, approver="staff1", reason="急")],
    ],
)
def test_the_account_has_nothing_against_the_same_a_millisecond_later(lawful: list[e.Event]) -> None:
    assert account_of(lawful).seq == len(lawful)


def test_invariant_4_one_priority_call_too_many_is_noticed() -> None:
    plan: Plan = halls.with_max_run(1)
    green = [e.Taken(ISSUING, "A003", "a", "G", "kiosk1", 0), e.Printed(ISSUING, "A003")]
    more = [e.Taken(ISSUING, "A004", "a", "G", "kiosk1", 0), e.Printed(ISSUING, "A004")]
    reading = account_of([e.Configured(EIGHT, plan), *OPEN[1:-1], *green, *more, OPEN[-1]])
    first, last = ISSUING << 20 | 1, ISSUING << 20 | 2
    check_call(reading, e.Called(NINE, "A003", 1, "green", 2, first, last))
    read(reading, e.Called(NINE, "A003", 1, "green", 2, first, last))
    with pytest.raises(AssertionError):
        check_call(reading, e.Called(NINE, "A004", 3, "green", 2, first, last))


@pytest.mark.req("R-PHONE-06")
def test_invariant_20_a_missed_call_nobody_owes_is_noticed() -> None:
    reading = account_of([*RUNG, e.PhoneMissed(NINE, "desk1-phone", 3)])
    with pytest.raises(AssertionError):
        every_missed_call_is_owed_one(reading, Hall(), NINE)
    read(reading, e.CallbackOpened(NINE, "desk1-phone", 1, NINE + 30 * MINUTE))
    assert not reading.owed


@pytest.mark.req("R-CORE-32")
def test_invariant_22_hours_in_force_without_notice_need_a_finding() -> None:
    hall = Hall()
    for event in (*OTHER_HOURS, e.HoursChanged(NINE, 1)):
        halls.happen(hall, [event])
    reading = account_of([*OTHER_HOURS, e.HoursChanged(NINE, 1)])
    with pytest.raises(AssertionError):
        hours_change_with_notice(reading, hall, NINE)
    read(reading, e.FindingRaised(NINE, "hours_notice", detail=DAY))
    hours_change_with_notice(reading, hall, NINE)
