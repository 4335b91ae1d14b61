"""The hall's day by the clock: opening, calling, closing, and clocks that are wrong (R-CORE-16, 19, 20)."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from firmware_py.controller.hall_time import HallTime
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.plan import Hours
from firmware_py.runtime.clock import ManualClock
from tests.controller.brains import Controller
from tests.hall.small_hall import CLOSING, DAY, EIGHT, HOUR, ISSUING, MINUTE, NINE, PLAN, SECOND, TOPICS


def at_eight(folder: Path) -> Controller:
    return Controller(folder, PLAN, ManualClock(mono_ms=70_000, wall_ms=EIGHT))


def moments(controller: Controller, kind: type[e.Event]) -> list[int]:
    return [event.at for event in controller.of(kind)]


def told_hall(controller: Controller) -> dict[str, object]:
    view: dict[str, object] = msgspec.json.decode(controller.told[TOPICS.hall_state])
    return view


@pytest.mark.req("R-CORE-19", "R-CORE-16", "R-KIOSK-04")
def test_a_day_opens_calls_closes_and_ends_by_itself_to_the_millisecond(tmp_path: Path) -> None:
    controller = at_eight(tmp_path)
    try:
        refused = controller.ask("kiosk1", c.Take("social"))
        assert (refused.refusal, refused.details["time"]) == ("before_issue", "08:45")
        controller.do("desk1", c.Login(1))
        controller.wait(45 * MINUTE)
        assert moments(controller, e.DayOpened) == [ISSUING]
        assert controller.take() == "A001"
        assert controller.ask("desk1", c.Next(1)).refusal == "before_opening"
        controller.wait(15 * MINUTE)
        assert moments(controller, e.CallingOpened) == [NINE]
        controller.do("desk1", c.Next(1))

        controller.jump(CLOSING - NINE - 1)
        last = controller.take()
        controller.wait(1)
        assert moments(controller, e.IssueClosed) == [CLOSING]
        assert controller.ask("kiosk1", c.Take("social")).refusal == "issue_closed"
        assert told_hall(controller)["reason"] == "issue_closed"

        for command in (c.Arrive(1), c.Finish(1), c.Next(1), c.Arrive(1)):
            controller.do("desk1", command)
            controller.wait(11 * SECOND)
        controller.wait(2 * MINUTE)
        controller.do("desk1", c.Finish(1))
        assert controller.hall.tickets[last].desk == 1
        assert moments(controller, e.DayClosed) == []
        controller.wait(3 * MINUTE)
        assert len(moments(controller, e.DayClosed)) == 1
        assert told_hall(controller)["closed"] is True
    finally:
        controller.close()


@pytest.mark.req("R-CORE-19")
def test_noon_is_told_without_anybody_pressing(tmp_path: Path) -> None:
    controller = at_eight(tmp_path)
    try:
        controller.jump(4 * HOUR)
        assert (told_hall(controller)["reason"], told_hall(controller)["opens"]) == ("noon", "13:15")
        controller.jump(75 * MINUTE)
        assert told_hall(controller)["reason"] == ""
    finally:
        controller.close()


@pytest.mark.req("R-CORE-20")
def test_a_clock_that_is_stepped_is_one_fact_and_moves_the_opening_hours_only(tmp_path: Path) -> None:
    controller = at_eight(tmp_path)
    try:
        controller.clock.step_wall(50 * MINUTE)
        controller.wait(5 * SECOND)

        assert [event.offset_ms for event in controller.of(e.ClockStepped) if isinstance(event, e.ClockStepped)] == [
            50 * MINUTE
        ]
        assert controller.take() == "A001", "by the wall it is ten to nine"
        controller.clock.step_wall(-HOUR)
        controller.wait(5 * SECOND)
        assert controller.ask("kiosk1", c.Take("social")).refusal == "before_issue"
        times = [event.at for event in controller.journalled()]
        assert times == sorted(times)
    finally:
        controller.close()


@pytest.mark.req("R-CORE-20")
def test_a_second_of_drift_is_no_step(tmp_path: Path) -> None:
    controller = at_eight(tmp_path)
    try:
        controller.clock.step_wall(1900)
        controller.wait(5 * SECOND)

        assert controller.of(e.ClockStepped) == []
    finally:
        controller.close()


@pytest.mark.req("R-CORE-20", "R-CORE-16")
def test_a_clock_a_day_ahead_ends_no_business_day(controller: Controller) -> None:
    number = controller.take()

    controller.clock.step_wall(DAY)
    controller.wait(MINUTE)
    assert controller.of(e.Unserved) == []
    controller.clock.step_wall(-DAY)
    controller.wait(MINUTE)

    called = controller.do("desk1", c.Next(1))
    assert isinstance(called, e.Called)
    assert called.ticket == number
    assert len(controller.of(e.DayOpened)) == 1


@pytest.mark.req("R-CORE-20", "R-CORE-21")
def test_a_pi_whose_clock_fell_back_over_a_power_cut_goes_on_behind_its_journal(controller: Controller) -> None:
    controller.take()
    last = controller.hall.last_at
    controller.clock.step_wall(-HOUR)

    again = controller.after_power_cut(dark_ms=0)
    try:
        again.wait(2 * SECOND)
        assert min(event.at for event in again.of(e.Restarted)) > last
        assert again.hall.offset_ms == pytest.approx(-HOUR, abs=2000), "what the wall reads is still known"
    finally:
        again.close()


@pytest.mark.req("R-CORE-20")
def test_hall_time_follows_the_monotonic_clock_and_nothing_else() -> None:
    clock = ManualClock(mono_ms=5000, wall_ms=NINE)
    time = HallTime(clock, last_at=0)

    assert time.at(5000) == NINE
    clock.step_wall(-DAY)
    assert time.at(6000) == NINE + 1000
    assert time.mono(NINE + 1000) == 6000
    assert time.wall_ms() == NINE - DAY
    assert HallTime(clock, last_at=NINE).at(5000) == NINE + 1


@pytest.mark.req("R-CORE-20")
def test_an_idle_hall_wakes_once_a_second_and_no_oftener(controller: Controller) -> None:
    controller.wait(0)
    begun = controller.clock.mono_ms()
    wakes = 0
    while controller.clock.mono_ms() < begun + MINUTE:
        due = controller.brain.due()
        controller.wait(due - controller.clock.mono_ms())
        wakes += 1

    assert wakes <= 61


def unsure(folder: Path, wall_ms: int = EIGHT) -> Controller:
    """A Pi without battery clock and network, which shows eight o'clock."""
    return Controller(folder, PLAN, ManualClock(mono_ms=70_000, wall_ms=wall_ms, vouched=False))


@pytest.mark.req("R-CORE-20")
def test_a_new_hall_whose_clock_nobody_vouches_for_opens_when_a_clerk_confirms_it_with_one_key(tmp_path: Path) -> None:
    controller = unsure(tmp_path)
    try:
        controller.wait(2 * HOUR)
        assert controller.of(e.DayOpened) == []
        assert told_hall(controller)["reason"] == "clock_unconfirmed"
        assert controller.ask("kiosk1", c.Take("social")).refusal == "clock_unconfirmed"
        assert controller.ask("kiosk1", c.ConfirmClock()).refusal == "not_allowed"

        confirmed = controller.do("desk2", c.ConfirmClock())
        assert isinstance(confirmed, e.ClockConfirmed)
        assert confirmed.staff == "1002"
        assert controller.take() == "A001"
        assert controller.ask("desk1", c.ConfirmClock()).refusal == "clock_known"
    finally:
        controller.close()


@pytest.mark.req("R-CORE-20")
def test_the_network_may_come_later_and_vouches_then(tmp_path: Path) -> None:
    controller = unsure(tmp_path, EIGHT - 9 * HOUR)
    try:
        controller.wait(MINUTE)
        controller.clock.step_wall(10 * HOUR)
        controller.wait(2 * SECOND)
        assert len(controller.of(e.ClockStepped)) == 1, "somebody moved it, nobody vouches for it"
        assert controller.of(e.DayOpened) == []
        controller.clock.vouched = True
        controller.wait(SECOND)

        assert len(controller.of(e.ClockTrusted)) == 1
        assert controller.take() == "A001"
        controller.wait(MINUTE)
        assert len(controller.of(e.ClockTrusted)) == 1
    finally:
        controller.close()


@pytest.mark.req("R-CORE-20", "R-CORE-21")
def test_a_clerks_correction_holds_until_the_machine_is_started_anew(tmp_path: Path) -> None:
    controller = unsure(tmp_path, EIGHT - 9 * HOUR)
    controller.do("desk1", c.ConfirmClock("2026-11-21 09:30"))
    assert controller.take() == "A001"
    controller.wait(5 * SECOND)
    assert controller.of(e.ClockStepped) == []

    again = controller.restarted()
    assert again.hall.clock_trusted, "the machine's clock has run on"
    again.wait(5 * SECOND)
    assert again.of(e.ClockStepped) == []
    assert again.take() == "A002"

    rebooted = again.restarted(boot="boot-2")
    try:
        assert not rebooted.hall.clock_trusted
        assert rebooted.ask("kiosk1", c.Take("social")).refusal == "clock_unconfirmed"
        assert rebooted.ask("desk1", c.ConfirmClock()).refusal == "clock_behind", "it reads half past midnight again"
        assert rebooted.ask("desk1", c.ConfirmClock("2026-11-21 09:31")).refusal == ""
        assert rebooted.take() == "A003", "the day in progress goes on"
    finally:
        rebooted.close()


@pytest.mark.req("R-CORE-20", "R-CORE-21")
@pytest.mark.parametrize("step", [DAY, -DAY, HOUR, 0])
def test_scenario_29_a_restart_in_the_same_boot_while_the_wall_is_stepped_ends_nobodys_day(
    controller: Controller, step: int
) -> None:
    number = controller.take()
    controller.clock.step_wall(step)
    controller.wait(5 * SECOND)
    before = controller.clock.mono_ms(), controller.hall.last_at

    again = controller.restarted()
    try:
        [*_, restarted] = again.of(e.Restarted)
        assert isinstance(restarted, e.Restarted)
        assert restarted.same_boot
        assert 1000 <= restarted.at - before[1] <= 7000, "hall time is what has passed"
        assert (again.hall.offset_ms, again.hall.day_offset_ms) == (pytest.approx(step, abs=5), pytest.approx(0, abs=5))
        assert again.of(e.Unserved) == []
        assert len(again.of(e.DayOpened)) == 1
        again.clock.step_wall(-step)
        again.wait(2 * SECOND)
        called = again.do("desk1", c.Next(1))
        assert isinstance(called, e.Called)
        assert called.ticket == number
    finally:
        again.close()


@pytest.mark.req("R-CORE-20", "R-CORE-21")
def test_a_wall_stepped_while_the_controller_was_down_is_a_step_and_moves_no_duration(controller: Controller) -> None:
    number = controller.take()
    last = controller.hall.last_at
    controller.close()
    controller.clock.advance(10 * SECOND)
    controller.clock.step_wall(DAY)

    again = Controller(controller.folder, PLAN, controller.clock)
    try:
        assert again.hall.offset_ms == DAY
        assert again.hall.restarted_at - last == pytest.approx(10 * SECOND, abs=2000)
        again.wait(MINUTE)
        assert again.of(e.Unserved) == []
        assert number in again.hall.tickets
    finally:
        again.close()


@pytest.mark.req("R-CORE-20")
def test_a_name_of_the_boot_that_proves_wrong_never_takes_hall_time_back() -> None:
    clock = ManualClock(mono_ms=5000, wall_ms=NINE)

    assert HallTime(clock, NINE, NINE - 3000).at(5000) == NINE + 2000
    assert HallTime(clock, NINE, NINE - 5000).at(5000) == NINE + 1, "the monotonic clock began anew"


@pytest.mark.req("R-CORE-20", "R-CORE-21")
def test_a_morning_after_a_power_cut_begins_when_the_forward_jump_is_confirmed(controller: Controller) -> None:
    """The gap there was: hall time goes on where the journal ended, and a jump ahead opened no new day."""
    controller.take()
    controller.clock.vouched = False
    again = controller.after_power_cut(dark_ms=0)  # a whole night, in truth
    again.clock.vouched = False
    again.brain.close()
    again = Controller(again.folder, PLAN, again.clock, boot="boot-3")
    try:
        again.wait(MINUTE)
        assert len(again.of(e.DayOpened)) == 1

        again.do("desk1", c.ConfirmClock("2026-11-22 08:50"))
        again.wait(SECOND)

        assert [event.day for event in again.of(e.DayOpened) if isinstance(event, e.DayOpened)][-1] == "2026-11-22"
        assert again.take() == "A001"
    finally:
        again.close()


@pytest.mark.req("R-CORE-32")
def test_hours_nobody_announced_are_a_finding_when_a_new_plan_brings_them(controller: Controller) -> None:
    again = controller.restarted(replace(PLAN, hours=(Hours(540, 1020),)))
    try:
        [found] = again.of(e.FindingRaised)
        assert isinstance(found, e.FindingRaised)
        assert (found.kind, found.detail) == ("hours_notice", "09:00-17:00")
    finally:
        again.close()
