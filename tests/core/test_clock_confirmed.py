"""Who may confirm the clock, as what, and how early it may be (R-CORE-20)."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.machine import clock_read, decide
from tests.core.halls import EIGHT, HOUR, MINUTE, NINE, PLAN, SECOND, ask, happen, open_hall, refused, shut_hall

DUTY = replace(PLAN, supervisors=("duty1",))


def unsure(hall: Hall, at: int, offset_ms: int = 0) -> None:
    """The machine was started at ``at`` and nobody vouches for its clock, ``offset_ms`` away from the truth."""
    happen(hall, [e.Restarted(at, offset_ms, trusted=False)])


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
