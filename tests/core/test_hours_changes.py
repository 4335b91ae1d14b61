"""Other opening hours: two working days after the public first saw them, or a violation (R-CORE-32, invariant 22)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.hours_changes import by_plan
from firmware_py.core.machine import due
from firmware_py.core.plan import Hours
from firmware_py.core.schedule import next_issue
from firmware_py.core.workdays import add_working_days, days_before, next_day
from tests.core.halls import (
    DAY,
    HOUR,
    MINUTE,
    PLAN,
    YEAR_2026,
    ask,
    happen,
    let_time_pass,
    press,
    refused,
    shut_hall,
)
from tests.core.test_workdays import at

DUTY = replace(PLAN, calendar=YEAR_2026, supervisors=("duty1",))
EARLY = (Hours(480, 720), Hours(810, 1020))
"""08:00 instead of 09:00, and the end at 17:00."""
TEXTS = ("08:00-12:00", "13:30-17:00")


def hall_on(day: str, clock: str = "10:00") -> tuple[Hall, int]:
    """A hall open on that day."""
    hall = shut_hall(DUTY, at(day, "07:00"))
    let_time_pass(hall, at(day, clock))
    return hall, at(day, clock)


def announce(hall: Hall, effective: str, now: int, texts: tuple[str, ...] = TEXTS, **more: bool) -> list[e.Event]:
    return ask(hall, c.AnnounceHours(texts, effective, "季节调整", **more), now, "duty1")


def pass_days(hall: Hall, first: str, count: int) -> list[e.Event]:
    """So many mornings and evenings from that day on."""
    found: list[e.Event] = []
    for n in range(count):
        for clock in ("07:45", "08:45", "09:00", "10:00", "18:00"):
            found += let_time_pass(hall, at(first, clock) + n * DAY)
    return found


def about_hours(events: list[e.Event]) -> list[e.Event]:
    wanted = e.HoursChanged | e.HoursHeldBack | e.FindingRaised
    return [event for event in events if isinstance(event, wanted)]


@pytest.mark.req("R-CORE-32")
def test_announced_and_shown_in_time_other_hours_are_in_force_from_their_day_on() -> None:
    hall, now = hall_on("2026-11-23")
    assert announce(hall, "2026-11-25", now) == [
        e.HoursAnnounced(now, 1, EARLY, "2026-11-25", "duty1", "季节调整"),
    ]
    assert ask(hall, c.ReportShown(1), now + 1, "hall1") == [e.HoursShown(now + 1, 1, "2026-11-23", "hall1")]
    assert ask(hall, c.ReportShown(1), now + 2, "kiosk1") == [], "the first counts"

    assert about_hours(pass_days(hall, "2026-11-24", 1)) == []
    assert hall.hours == PLAN.hours
    before = at("2026-11-25", "07:45")
    assert next_issue(hall, before - HOUR) == "07:45", "the kiosk says so beforehand"
    assert due(hall, before - MINUTE) == before
    assert let_time_pass(hall, before - 1) == []
    assert let_time_pass(hall, before) == [e.DayOpened(before, "2026-11-25"), e.HoursChanged(before, 1)]
    assert hall.hours == EARLY
    assert press(hall, at=before) == "A001"
    let_time_pass(hall, at("2026-11-25", "17:00"))
    assert hall.issue_closed
    pass_days(hall, "2026-11-26", 3)
    assert hall.hours == EARLY


@pytest.mark.req("R-CORE-32", "R-REP-09")
@pytest.mark.parametrize(
    ("today", "earliest"),
    [
        ("2026-11-23", "2026-11-25"),
        ("2026-11-20", "2026-11-24"),
        ("2026-11-21", "2026-11-24"),
        ("2026-09-29", "2026-10-08"),
        ("2026-09-30", "2026-10-09"),
        ("2026-10-03", "2026-10-09"),
        ("2026-10-08", "2026-10-10"),
    ],
)
def test_scenario_26_one_working_day_is_too_short_a_notice_over_national_day_too(today: str, earliest: str) -> None:
    hall, now = hall_on(today)

    for effective in (today, days_before(earliest, 1), "2020-01-01"):
        refusal = refused(hall, c.AnnounceHours(TEXTS, effective, "调整"), now, "duty1")
        assert (refusal.reason, refusal.details) == ("notice_short", {"day": earliest})
    assert announce(hall, earliest, now)


@pytest.mark.req("R-CORE-32", "R-REP-09")
def test_in_a_year_without_a_table_no_notice_can_be_counted() -> None:
    hall, now = hall_on("2026-12-30")

    refusal = refused(hall, c.AnnounceHours(TEXTS, "2027-02-01", "调整"), now, "duty1")

    assert (refusal.reason, refusal.details) == ("calendar_missing", {"year": 2027})


@pytest.mark.req("R-CORE-32")
def test_scenario_26_shown_too_late_the_old_hours_stay_and_the_new_ones_wait_their_two_days() -> None:
    hall, now = hall_on("2026-09-29")
    announce(hall, "2026-10-08", now)
    ask(hall, c.ReportShown(1), at("2026-09-30", "09:30"), "hall1")  # the board was dark for a day

    found = about_hours(pass_days(hall, "2026-10-07", 4))

    assert found == [
        e.HoursHeldBack(at("2026-10-08", "08:45"), 1, "2026-10-09"),
        e.HoursChanged(at("2026-10-09", "07:45"), 1),
    ]


@pytest.mark.req("R-CORE-32")
def test_never_shown_they_are_held_back_again_and_again() -> None:
    hall, now = hall_on("2026-11-23")
    announce(hall, "2026-11-25", now)

    found = about_hours(pass_days(hall, "2026-11-24", 7))

    assert [(type(event), getattr(event, "until", "")) for event in found] == [
        (e.HoursHeldBack, "2026-11-27"),
        (e.HoursHeldBack, "2026-12-01"),
    ]
    assert hall.hours == PLAN.hours


@pytest.mark.req("R-CORE-32")
def test_an_emergency_needs_no_notice_and_is_a_violation_twice_said() -> None:
    hall, now = hall_on("2026-11-23")

    assert announce(hall, "2026-11-24", now, emergency=True)[1:] == [
        e.FindingRaised(now, "hours_notice", by="duty1", detail="2026-11-24")
    ]
    opened = at("2026-11-24", "07:45")
    assert about_hours(let_time_pass(hall, opened)) == [
        e.HoursChanged(opened, 1),
        e.FindingRaised(opened, "hours_notice", detail="2026-11-24"),
    ]
    assert hall.hours == EARLY


@pytest.mark.req("R-CORE-32")
def test_an_emergency_cannot_change_the_day_that_has_begun_nor_the_past() -> None:
    hall, now = hall_on("2026-11-23")

    for effective in ("2026-11-23", "2026-11-20"):
        refusal = refused(hall, c.AnnounceHours(TEXTS, effective, "台风", emergency=True), now, "duty1")
        assert (refusal.reason, refusal.details) == ("notice_short", {"day": "2026-11-24"})
    early = shut_hall(DUTY, at("2026-11-23", "06:00"))
    assert announce(early, "2026-11-23", at("2026-11-23", "06:00"), emergency=True)


@pytest.mark.req("R-CORE-32")
def test_the_later_of_two_changes_holds_and_the_earlier_one_is_past() -> None:
    hall, now = hall_on("2026-11-23")
    announce(hall, "2026-11-25", now)
    announce(hall, "2026-11-26", now + 1, ("09:00-17:00",))
    for change in (1, 2):
        ask(hall, c.ReportShown(change), now + 2, "hall1")

    pass_days(hall, "2026-11-24", 4)

    assert hall.hours == (Hours(540, 1020),)
    assert [each.state for each in hall.hours_changes.values()] == ["past", "active"]


@pytest.mark.req("R-CORE-32", "R-DESK-05")
def test_who_may_announce_and_what_must_be_said() -> None:
    hall, now = hall_on("2026-11-23")
    command = c.AnnounceHours(TEXTS, "2026-12-01", "调整")

    assert refused(hall, command, now, "desk1").reason == "approval_needed", "nobody is logged in there"
    ask(hall, c.Login(1), now)
    assert ask(hall, command, now, "desk1")[0] == e.HoursAnnounced(now, 1, EARLY, "2026-12-01", "staff1", "调整")
    assert refused(hall, replace(command, reason=""), now, "duty1").reason == "reason_needed"
    for day in ("", "2026-13-01", "明天", "2026-12-1"):
        assert refused(hall, replace(command, effective=day), now, "duty1").reason == "day_malformed"


@pytest.mark.req("R-CORE-32")
@pytest.mark.parametrize(
    "texts",
    [
        (),
        ("",),
        ("9:00-12:00",),
        ("09:00",),
        ("12:00-09:00",),
        ("09:00-09:00",),
        ("09:00-24:01",),
        ("09:60-12:00",),
        ("13:30-17:30", "09:00-12:00"),
        ("09:00-12:00", "11:59-17:30"),
        ("09:00-12:00", "12:00-17:30"),
        ("08:00-09:00", "09:30-10:00", "10:30-11:00", "11:30-12:00", "13:00-14:00"),
        ("０9:00-12:00",),
        ("09:00-12:00" * 50,),
    ],
    ids=lambda texts: ",".join(texts)[:30],
)
def test_hours_nobody_could_keep_are_refused(texts: tuple[str, ...]) -> None:
    hall, now = hall_on("2026-11-23")

    refusal = refused(hall, c.AnnounceHours(texts, "2026-12-01", "调整"), now, "duty1")

    assert refusal.reason == "hours_malformed"
    assert len(str(refusal.details["hours"])) <= 60


@pytest.mark.req("R-CORE-32")
def test_hours_around_the_clock_are_hours() -> None:
    hall, now = hall_on("2026-11-23")

    assert announce(hall, "2026-12-01", now, ("00:00-24:00",))


@pytest.mark.req("R-CORE-32", "R-CORE-20")
def test_a_day_nobody_is_sure_of_is_no_day_to_count_from() -> None:
    hall, now = hall_on("2026-11-23")
    announce(hall, "2026-12-01", now)
    happen(hall, [e.Restarted(now + 1, 0, trusted=False)])

    assert refused(hall, c.ReportShown(1), now + 1, "hall1").reason == "clock_unconfirmed"
    assert refused(hall, c.AnnounceHours(TEXTS, "2026-12-02", "调整"), now + 1, "duty1").reason == "clock_unconfirmed"
    assert ask(hall, c.ReportShown(7), now + 1, "hall1") == [], "nobody announced that"


@pytest.mark.req("R-CORE-32")
def test_hours_that_come_with_a_new_plan_are_a_finding_unless_they_are_in_force() -> None:
    hall, now = hall_on("2026-11-23")
    other = replace(DUTY, hours=EARLY)

    assert by_plan(hall, replace(DUTY, notice="您好"), now) == []
    assert by_plan(hall, other, now) == [e.FindingRaised(now, "hours_notice", detail="08:00-12:00,13:30-17:00")]
    assert by_plan(shut_hall(replace(PLAN, id="", hours=())), other, now) == [], "a hall's first plan"
    announce(hall, "2026-11-24", now, emergency=True)
    let_time_pass(hall, at("2026-11-24", "07:45"))
    assert by_plan(hall, other, at("2026-11-24", "08:00")) == [], "the technician writes down what is in force"
    happen(hall, [e.Configured(at("2026-11-24", "08:00"), replace(DUTY, notice="您好"))])
    assert hall.hours == EARLY, "another notice in the file changes no hours"


@pytest.mark.req("R-CORE-32")
@given(st.integers(0, 40), st.integers(0, 9), st.integers(0, 9), st.booleans())
def test_invariant_22_no_change_is_in_force_without_its_notice_or_a_violation(
    start: int, ahead: int, shown_after: int, emergency: bool
) -> None:
    today = "2026-09-15"
    for _ in range(start):
        today = next_day(today)
    hall, now = hall_on(today)
    effective = add_working_days(YEAR_2026, today, 0 if emergency else 2)
    for _ in range(ahead + emergency):
        effective = next_day(effective)
    announce(hall, effective, now, emergency=emergency)

    violated = emergency
    for n in range(26):
        moment = now + n * DAY
        if n == shown_after:
            ask(hall, c.ReportShown(1), moment, "hall1")
        for event in let_time_pass(hall, moment):
            if isinstance(event, e.HoursChanged):
                change = hall.hours_changes[1]
                in_time = change.shown and add_working_days(YEAR_2026, change.shown, 2) <= hall.day
                assert in_time or violated
    assert hall.hours == EARLY
