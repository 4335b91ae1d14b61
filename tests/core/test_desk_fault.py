"""A desk that can neither call nor be reached: FAULT, and back (rules.md 3.4, T11)."""

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.limits import DeskLimits
from firmware_py.core.machine import due
from firmware_py.core.states import DeskState as D
from firmware_py.core.states import TicketState as S
from tests.core.halls import (
    CLOSE,
    MINUTE,
    NINE,
    SECOND,
    ask,
    call,
    desk_state,
    expired,
    finish,
    happen,
    let_time_pass,
    open_hall,
    refused,
    serve,
    state,
    take,
    with_limits,
)


def pad_is(hall: Hall, reason: str, at: int, *, device: str = "pad", desk: int = 2) -> None:
    """The desk's instance says how its pad is."""
    ask(hall, c.ReportDevice(device, reason), at, f"desk{desk}")


def desk_events(events: list[e.Event]) -> list[e.Event]:
    return [event for event in events if isinstance(event, e.DeskFailed | e.DeskMended | e.Withdrawn)]


@pytest.mark.req("R-CORE-23", "R-TECH-02")
@pytest.mark.parametrize("device", ["pad", "instance"])
def test_a_pad_that_stays_dead_for_ten_seconds_takes_the_desk_out(device: str) -> None:
    hall = open_hall()
    pad_is(hall, "offline", NINE, device=device)
    out = NINE + 10 * SECOND

    assert due(hall, NINE) == out
    assert desk_events(let_time_pass(hall, out - 1)) == []
    assert desk_events(let_time_pass(hall, out)) == [e.DeskFailed(out, 2, "offline")]
    assert desk_state(hall, 2) is D.FAULT
    assert let_time_pass(hall, out + MINUTE) == [], "once"
    assert refused(hall, c.Next(2), out).reason == "desk_fault"


@pytest.mark.req("R-CORE-23")
def test_a_pad_unplugged_for_a_moment_is_nothing() -> None:
    hall = open_hall()
    pad_is(hall, "offline", NINE)
    pad_is(hall, "", NINE + 9 * SECOND)

    assert desk_events(let_time_pass(hall, NINE + MINUTE)) == []


@pytest.mark.req("R-CORE-23")
def test_t11_who_is_called_at_a_desk_that_fails_goes_next_at_another_without_a_pass() -> None:
    hall = open_hall(desks=(1, 2))
    number = take(hall)
    take(hall)
    call(hall, 2)
    pad_is(hall, "offline", NINE)
    out = NINE + 10 * SECOND

    assert desk_events(let_time_pass(hall, out)) == [
        e.Withdrawn(out, number, 2, "fault"),
        e.DeskFailed(out, 2, "offline"),
    ]
    assert call(hall, 1, out) == number
    assert hall.tickets[number].returns == 0


@pytest.mark.req("R-CORE-23")
def test_a_desk_with_a_citizen_goes_on_as_well_as_it_can_and_fails_when_it_is_free() -> None:
    hall = open_hall()
    take(hall)
    number = serve(hall, 2)
    pad_is(hall, "offline", NINE)
    assert desk_events(let_time_pass(hall, NINE + MINUTE)) == []
    ask(hall, c.Finish(2), NINE + MINUTE, "desk1")  # the supervisor presses for it
    assert desk_events(let_time_pass(hall, NINE + 90 * SECOND)) == [], "a rating keeps its minute"
    ask(hall, expired(hall, 2), NINE + 2 * MINUTE)

    let_time_pass(hall, NINE + 2 * MINUTE)

    assert (desk_state(hall, 2), state(hall, number)) == (D.FAULT, S.DONE)


@pytest.mark.req("R-CORE-23")
@pytest.mark.parametrize(("leave", "back"), [(c.Wait(2), D.PAUSED), (c.Pause(2), D.PAUSED), (None, D.READY)])
def test_a_mended_desk_is_ready_unless_its_staff_had_left_it(leave: c.Command | None, back: D) -> None:
    hall = open_hall()
    if leave is not None:
        ask(hall, leave, NINE)
    pad_is(hall, "offline", NINE)
    let_time_pass(hall, NINE + MINUTE)
    assert desk_state(hall, 2) is D.FAULT

    pad_is(hall, "", NINE + 2 * MINUTE)

    assert desk_events(let_time_pass(hall, NINE + 2 * MINUTE)) == [e.DeskMended(NINE + 2 * MINUTE, 2)]
    assert desk_state(hall, 2) is back


def test_one_of_two_troubles_mended_is_not_enough() -> None:
    hall = open_hall()
    pad_is(hall, "offline", NINE)
    pad_is(hall, "lost", NINE + SECOND, device="instance")
    let_time_pass(hall, NINE + MINUTE)
    pad_is(hall, "", NINE + MINUTE)
    assert desk_events(let_time_pass(hall, NINE + MINUTE)) == []
    pad_is(hall, "", NINE + 2 * MINUTE, device="instance")
    assert desk_events(let_time_pass(hall, NINE + 2 * MINUTE)) == [e.DeskMended(NINE + 2 * MINUTE, 2)]


def test_after_closing_a_mended_desk_is_closing_again() -> None:
    hall = open_hall()
    take(hall)
    let_time_pass(hall, CLOSE)
    pad_is(hall, "offline", CLOSE)
    let_time_pass(hall, CLOSE + MINUTE)
    assert desk_state(hall, 2) is D.FAULT
    pad_is(hall, "", CLOSE + MINUTE)
    let_time_pass(hall, CLOSE + MINUTE)
    assert desk_state(hall, 2) is D.CLOSING


def test_a_dead_sign_a_neighbours_pad_and_a_desk_nobody_sits_at_are_no_fault() -> None:
    hall = open_hall(desks=(1, 2, 3))
    pad_is(hall, "offline", NINE, device="sign")
    pad_is(hall, "offline", NINE, desk=4)

    assert desk_events(let_time_pass(hall, NINE + MINUTE)) == []


def test_who_logs_in_from_elsewhere_at_a_desk_with_a_dead_pad_finds_it_out_of_service() -> None:
    hall = open_hall(desks=(1,))
    pad_is(hall, "offline", NINE)
    ask(hall, c.Login(2), NINE + MINUTE, "desk1")

    let_time_pass(hall, NINE + MINUTE)

    assert desk_state(hall, 2) is D.FAULT
    ask(hall, c.Logout(2), NINE + MINUTE, "desk1")
    assert desk_state(hall, 2) is D.CLOSED


def test_how_long_it_takes_is_the_halls_to_say() -> None:
    hall = open_hall(with_limits(desk=DeskLimits(fault_after_s=0)))
    take(hall), finish(hall, 1)
    pad_is(hall, "offline", NINE)

    assert desk_events(let_time_pass(hall, NINE)) == [e.DeskFailed(NINE, 2, "offline")]


@pytest.mark.req("R-CORE-21")
def test_after_a_restart_a_pad_has_its_ten_seconds_to_say_that_it_works() -> None:
    hall = open_hall()
    pad_is(hall, "lost", NINE, device="instance")
    happen(hall, [e.Restarted(NINE + 9 * SECOND)])

    assert desk_events(let_time_pass(hall, NINE + 19 * SECOND - 1)) == []
    assert desk_events(let_time_pass(hall, NINE + 19 * SECOND)) == [e.DeskFailed(NINE + 19 * SECOND, 2, "lost")]


@pytest.mark.req("R-CORE-23", "R-DESK-01")
def test_a_pad_with_one_key_stuck_goes_on_with_the_others_until_it_dies() -> None:
    hall = open_hall()
    pad_is(hall, "stuck_key", NINE)
    assert desk_events(let_time_pass(hall, NINE + MINUTE)) == []
    assert hall.devices[("desk2", "pad")].reason == "stuck_key", "it is to be seen to"

    pad_is(hall, "offline", NINE + MINUTE)
    out = NINE + MINUTE + 10 * SECOND
    assert desk_events(let_time_pass(hall, out)) == [e.DeskFailed(out, 2, "offline")]
