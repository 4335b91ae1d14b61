"""Telephones meet desks (rules.md 3.9): who is asked to answer, and who did."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.showing import desk_view
from firmware_py.core.snapshot import freeze, thaw
from firmware_py.core.states import LineState
from tests.core.halls import (
    CLOSE,
    LOG,
    MINUTE,
    NINE,
    NOON,
    PLAN,
    SECOND,
    ask,
    call,
    let_time_pass,
    open_hall,
    refused,
    serve,
    take,
    with_desk,
)
from tests.core.telephones import LINE, kinds, ring


@pytest.mark.req("R-PHONE-03")
def test_the_desk_sees_each_ring_and_the_neighbours_are_asked_when_ring_three_has_ended() -> None:
    hall = open_hall()
    assert kinds(ring(hall, 3, last_ends=False)) == [e.Rang] * 3
    assert desk_view(hall, LOG, 1).phone.ring == 3

    assert ask(hall, f.RingEnded(LINE, 3), NINE + 11 * SECOND) == [
        e.NeighboursAlerted(NINE + 11 * SECOND, LINE, (2, 3), 3)
    ]
    assert desk_view(hall, LOG, 2).neighbours == desk_view(hall, LOG, 3).neighbours == (1,)
    assert desk_view(hall, LOG, 4).neighbours == ()


@pytest.mark.req("R-PHONE-03")
def test_the_supervisor_is_told_at_ring_five_and_nobody_is_told_twice() -> None:
    hall = open_hall()

    told = [event for event in ring(hall, 7) if not isinstance(event, e.Rang)]

    assert kinds(told) == [e.NeighboursAlerted, e.SupervisorAlerted]
    assert isinstance(told[1], e.SupervisorAlerted)
    assert told[1].ring == 5


@pytest.mark.req("R-PHONE-04")
def test_neighbours_are_asked_free_ones_first_and_never_one_who_is_away_or_talking() -> None:
    def asked(hall: Hall) -> tuple[int, ...]:
        return next((event.desks for event in ring(hall, 3) if isinstance(event, e.NeighboursAlerted)), ())

    hall = open_hall()
    ask(hall, c.Pause(2), NINE)
    assert asked(hall) == (3,)

    hall = open_hall()
    take(hall)
    call(hall, 2)
    assert asked(hall) == (3,)  # free before busy

    hall = open_hall()
    ask(hall, f.Lifted("desk2-phone", 0), NINE)
    ask(hall, c.Wait(3), NINE)
    assert asked(hall) == (4,)  # nobody near: the whole hall

    hall = open_hall(desks=(1, 2))
    take(hall)
    serve(hall, 2)
    assert asked(hall) == (2,)  # busy before nobody

    plan = replace(PLAN, desks=tuple(replace(each, neighbours=(3,)) if each.id == 1 else each for each in PLAN.desks))
    hall = open_hall(plan)
    ask(hall, c.Pause(3), NINE)
    assert asked(hall) == (2,)  # nobody near: the row before the hall

    assert asked(open_hall(desks=(1,))) == ()


@pytest.mark.req("R-PHONE-11")
@pytest.mark.parametrize("key", [c.Pause, c.Wait, c.Logout])
def test_at_a_desk_that_is_away_the_neighbours_are_asked_at_the_first_ring(key: type[c.DeskCommand]) -> None:
    hall = open_hall()
    ask(hall, key(1), NINE)

    assert kinds(ring(hall, 1)) == [e.Rang, e.NeighboursAlerted]


@pytest.mark.req("R-PHONE-02", "R-PHONE-05")
@pytest.mark.parametrize("rings", [1, 3, 4])
def test_lifting_the_ringing_telephone_answers_it_with_so_many_rings(rings: int) -> None:
    hall = open_hall()
    ring(hall, rings)

    at = NINE + 5 * rings * SECOND
    assert ask(hall, f.Lifted(LINE, rings), at) == [e.PhoneAnswered(at, LINE, 1, rings)]
    assert (hall.lines[LINE].state, hall.lines[LINE].ring) == (LineState.TALK, 0)
    assert ask(hall, f.HungUp(LINE, 42_000), at + 42_000) == [e.PhoneEnded(at + 42_000, LINE, 42_000)]
    assert hall.lines[LINE].state is LineState.ON_HOOK


@pytest.mark.req("R-PHONE-05")
def test_a_neighbour_who_claims_the_call_has_answered_it_on_either_telephone() -> None:
    hall = open_hall()
    assert refused(hall, c.Pickup(2), NINE).reason == "no_neighbour_call"
    ring(hall, 3)
    assert ask(hall, c.Pickup(2), NINE + 12 * SECOND) == [e.PickupClaimed(NINE + 12 * SECOND, LINE, 2)]
    assert refused(hall, c.Pickup(3), NINE + 12 * SECOND).details == {"desk": 2}
    assert refused(hall, c.Pickup(4), NINE + 12 * SECOND).reason == "no_neighbour_call"
    assert desk_view(hall, LOG, 3).neighbours == ()

    at = NINE + 13 * SECOND
    assert ask(hall, f.Lifted(LINE, 3), at) == [e.PhoneAnswered(at, LINE, 2, 3, neighbour=True)]

    hall = open_hall()
    ring(hall, 3)
    ask(hall, c.Pickup(2), NINE + 12 * SECOND)
    assert ask(hall, f.RingingStopped(LINE, 3), at) == [e.PhoneAnswered(at, LINE, 2, 3, neighbour=True, inferred=True)]
    assert hall.lines[LINE].state is LineState.ON_HOOK


def claimed_at_ring_three(rings: int) -> Hall:
    """A hall whose desk 2 pressed 代接 at ring 3, and which has rung ``rings`` times by now."""
    hall = open_hall()
    ring(hall, 3)
    ask(hall, c.Pickup(2), NINE + 12 * SECOND)
    for n in range(4, rings + 1):
        ask(hall, f.RingBegan(LINE, n), NINE + (n - 1) * 5 * SECOND)
    return hall


@pytest.mark.req("R-PHONE-05", "R-PHONE-06")
@pytest.mark.parametrize(("rings", "taken"), [(3, True), (4, True), (5, False), (8, False)])
def test_a_claim_that_two_more_rings_outlive_was_no_answer_and_a_call_is_owed(rings: int, taken: bool) -> None:
    hall = claimed_at_ring_three(rings)
    at = NINE + (rings - 1) * 5 * SECOND + 7 * SECOND

    events = ask(hall, f.RingingStopped(LINE, rings), at)

    if taken:
        assert events == [e.PhoneAnswered(at, LINE, 2, rings, neighbour=True, inferred=True)]
        assert not hall.callbacks
    else:
        assert kinds(events) == [e.PhoneMissed, e.CallbackOpened]
        assert events[0] == e.PhoneMissed(at, LINE, rings)
    assert hall.lines[LINE].claimed == 0


@pytest.mark.req("R-PHONE-05")
def test_whoever_claimed_late_and_lifted_then_has_answered_though_no_neighbour_by_the_plan() -> None:
    hall = open_hall(with_desk(1, neighbours=(3,)), desks=(1, 2))  # desk 3 is closed: the row is asked
    ring(hall, 3)
    ask(hall, c.Pickup(2), NINE + 12 * SECOND)
    for n in (4, 5, 6):
        ask(hall, f.RingBegan(LINE, n), NINE + (n - 1) * 5 * SECOND)
    ask(hall, f.Lifted("desk2-phone", 0), NINE + 26 * SECOND)

    at = NINE + 32 * SECOND
    assert ask(hall, f.RingingStopped(LINE, 6), at) == [
        e.PhoneAnswered(at, LINE, 2, 6, neighbour=True, inferred=True),
    ]


@pytest.mark.req("R-PHONE-05")
def test_who_claimed_and_lifts_the_ringing_telephone_itself_counts_however_late() -> None:
    hall = claimed_at_ring_three(7)
    at = NINE + 31 * SECOND
    assert ask(hall, f.Lifted(LINE, 7), at) == [e.PhoneAnswered(at, LINE, 2, 7, neighbour=True)]


@pytest.mark.req("R-PHONE-03")
@pytest.mark.parametrize(("pressed_at_ring", "told_at_ring"), [(3, 5), (4, 6)])
def test_the_supervisor_is_told_of_a_call_that_rings_on_after_it_was_claimed(
    pressed_at_ring: int, told_at_ring: int
) -> None:
    hall = open_hall()
    ring(hall, pressed_at_ring)
    ask(hall, c.Pickup(2), NINE + pressed_at_ring * 5 * SECOND - 3 * SECOND)
    told = [
        event
        for n in range(pressed_at_ring + 1, 9)
        for event in ask(hall, f.RingBegan(LINE, n), NINE + (n - 1) * 5 * SECOND)
        if not isinstance(event, e.Rang)
    ]
    assert told == [e.SupervisorAlerted(NINE + (told_at_ring - 1) * 5 * SECOND, LINE, told_at_ring)]


@pytest.mark.req("R-PHONE-04", "R-PHONE-05")
def test_a_call_that_rings_on_after_it_was_claimed_may_be_claimed_by_another() -> None:
    hall = claimed_at_ring_three(4)
    assert refused(hall, c.Pickup(3), NINE + 16 * SECOND).reason == "already_claimed"
    assert desk_view(hall, LOG, 3).neighbours == ()
    ask(hall, f.RingBegan(LINE, 5), NINE + 20 * SECOND)

    assert desk_view(hall, LOG, 3).neighbours == (1,)
    ask(hall, c.Pickup(3), NINE + 21 * SECOND)
    again = thaw(freeze(hall))
    assert again is not None
    [answered] = ask(again, f.RingingStopped(LINE, 5), NINE + 27 * SECOND)
    assert answered == e.PhoneAnswered(NINE + 27 * SECOND, LINE, 3, 5, neighbour=True, inferred=True)


@pytest.mark.req("R-PHONE-04")
def test_a_call_somebody_has_claimed_hides_no_other_that_rings() -> None:
    hall = open_hall()
    ring(hall, 3)
    ask(hall, c.Pickup(2), NINE + 12 * SECOND)
    ring(hall, 3, NINE + 12 * SECOND, "desk2-phone")
    assert 3 in hall.lines["desk2-phone"].alerted

    assert ask(hall, c.Pickup(3), NINE + 24 * SECOND) == [e.PickupClaimed(NINE + 24 * SECOND, "desk2-phone", 3)]


@pytest.mark.req("R-PHONE-05")
@pytest.mark.parametrize("rings", [1, 2])
def test_a_caller_who_gives_up_within_two_rings_is_owed_nothing(rings: int) -> None:
    hall = open_hall()
    ring(hall, rings)

    assert ask(hall, f.RingingStopped(LINE, rings), NINE + MINUTE) == [e.PhoneAbandoned(NINE + MINUTE, LINE, rings)]
    assert not hall.callbacks


@pytest.mark.req("R-PHONE-11")
@pytest.mark.parametrize("at", [NOON, CLOSE, CLOSE + 60 * MINUTE])
def test_out_of_hours_a_call_is_logged_and_nobody_is_asked(at: int) -> None:
    hall = open_hall()
    let_time_pass(hall, at)

    assert kinds(ring(hall, 6, at)) == [e.Rang] * 6
    assert ask(hall, f.RingingStopped(LINE, 6), at + MINUTE) == [
        e.PhoneMissed(at + MINUTE, LINE, 6, in_hours=False, charged=False)
    ]
    assert not hall.callbacks


@pytest.mark.req("R-PHONE-05")
def test_lifting_a_quiet_telephone_is_an_outgoing_call() -> None:
    hall = open_hall()

    assert ask(hall, f.Lifted(LINE, 0), NINE) == [e.PhoneOutgoing(NINE, LINE)]
    assert desk_view(hall, LOG, 1).phone.talking


@pytest.mark.req("R-PHONE-05")
def test_a_call_whose_watcher_went_down_in_the_middle_came_to_nobody_knows_what() -> None:
    for before in (f.RingBegan(LINE, 3), f.Lifted(LINE, 0)):
        hall = open_hall()
        assert ask(hall, f.WatchBegan(LINE), NINE) == []
        ask(hall, before, NINE)

        assert ask(hall, f.WatchBegan(LINE), NINE + SECOND) == [e.PhoneUnknown(NINE + SECOND, LINE)]

        assert hall.lines[LINE].state is LineState.ON_HOOK
        assert not hall.callbacks


def test_a_telephone_that_is_not_of_the_hall_or_speaks_for_another_is_ignored() -> None:
    hall = open_hall()

    assert ask(hall, f.RingBegan("desk9-phone", 1), NINE) == []
    assert ask(hall, f.RingBegan(LINE, 1), NINE, "desk2-phone") == []


@pytest.mark.req("R-PHONE-05", "R-CORE-21")
def test_a_watcher_that_restarts_in_the_middle_of_a_call_leaves_no_ghost_ringing() -> None:
    hall = open_hall()
    ring(hall, 3)
    assert desk_view(hall, LOG, 2).neighbours == (1,)

    assert ask(hall, f.WatchBegan(LINE), NINE + MINUTE) == [e.PhoneUnknown(NINE + MINUTE, LINE)]

    assert hall.lines[LINE].state is LineState.ON_HOOK
    assert desk_view(hall, LOG, 1).phone.ring == 0
    assert desk_view(hall, LOG, 2).neighbours == ()
    assert ask(hall, f.WatchBegan(LINE), NINE + MINUTE) == []  # a quiet line has nothing to tell
    assert ask(hall, f.WatchBegan("desk9-phone"), NINE + MINUTE) == []


@pytest.mark.req("R-PHONE-05", "R-PHONE-09")
def test_scenario_25_a_call_answered_and_dropped_after_two_seconds_is_answered_and_its_length_kept() -> None:
    hall = open_hall()
    ring(hall, 2)
    ask(hall, f.Lifted(LINE, 2), NINE + 7 * SECOND)

    assert ask(hall, f.HungUp(LINE, 2000), NINE + 9 * SECOND) == [e.PhoneEnded(NINE + 9 * SECOND, LINE, 2000)]

    assert not hall.callbacks


@pytest.mark.req("R-PHONE-09")
def test_of_short_long_and_outgoing_calls_the_hall_keeps_durations_and_no_list() -> None:
    hall = open_hall()
    for talk_ms in (1000, 45 * MINUTE):
        ask(hall, f.Lifted(LINE, 0), NINE)
        ended = ask(hall, f.HungUp(LINE, talk_ms), NINE + talk_ms)
        assert ended == [e.PhoneEnded(NINE + talk_ms, LINE, talk_ms)]

    assert hall.lines[LINE] == replace(open_hall().lines[LINE], lifted_at=NINE)
    assert not hall.callbacks
    assert not hall.alerts


@pytest.mark.req("R-PHONE-12")
def test_a_fault_of_the_line_is_known_until_it_is_mended_or_the_watch_begins_anew() -> None:
    hall = open_hall()
    ask(hall, f.DeviceDown("line", "no_loop"), NINE, LINE)
    assert hall.devices[LINE, "line"].reason == "no_loop"
    ask(hall, f.DeviceUp("line"), NINE + SECOND, LINE)
    assert not hall.devices

    ask(hall, f.RingBegan(LINE, 1), NINE)
    assert ask(hall, f.WatchBegan(LINE), NINE + MINUTE) == [e.PhoneUnknown(NINE + MINUTE, LINE)]  # it rang too long
    ask(hall, f.DeviceDown("line", "stuck_ring"), NINE + MINUTE, LINE)
    assert ask(hall, f.WatchBegan(LINE), NINE + 2 * MINUTE) == [e.DeviceMended(NINE + 2 * MINUTE, LINE, "line")]


@pytest.mark.req("R-PHONE-12", "R-PHONE-07")
def test_a_handset_left_off_the_hook_is_an_alert_and_ends_nothing() -> None:
    hall = open_hall()
    ask(hall, f.Lifted(LINE, 0), NINE)

    assert kinds(ask(hall, f.DeviceDown("line", "left_off_hook"), NINE + 10 * MINUTE, LINE)) == [e.DeviceFailed]

    assert hall.lines[LINE].state is LineState.TALK
