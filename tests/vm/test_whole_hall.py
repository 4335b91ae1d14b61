"""A small hall of processes on kernel devices: a visit, a printer that is pulled, a power cut, and the day after it."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.vm.inside.hall import JOURNAL, SmallHall, journalled


@pytest.fixture(scope="module")
def hall() -> Iterator[SmallHall]:
    small = SmallHall()
    small.switch_on()
    yield small
    small.switch_off()


def test_a_button_takes_a_ticket_and_the_desks_pad_calls_it_to_its_sign(
    hall: SmallHall, record_property: Callable[[str, object], None]
) -> None:
    assert hall.slip() == "A001"
    hall.pad.press("KEY_KPENTER")  # 登录
    assert hall.shows("社会保障")
    hall.pad.press("KEY_KP1")  # 呼叫
    assert hall.shows("A001")
    facts = list(journalled())
    assert ("taken", "A001") in facts
    assert ("printed", "A001") in facts
    assert ("called", "A001") in facts
    record_property("resident_kib", hall.resident_kib())


@pytest.mark.req("R-KIOSK-05")
def test_a_printer_pulled_from_a_running_hall_costs_no_number_and_prints_again_when_it_is_back(
    hall: SmallHall,
) -> None:
    before = hall.slip()
    hall.printer.unplug()
    assert hall.slip_within(4.0) is None
    hall.printer.plug()
    after = hall.slip()
    taken = [number for kind, number in journalled() if kind == "taken"]
    assert len(taken) == len(set(taken))
    assert before < after
    assert after in taken


@pytest.mark.cuts_power(6)
def test_tickets_are_being_taken_when_the_power_goes(hall: SmallHall, tell_host: Callable[[object], None]) -> None:
    while True:
        tell_host(hall.slip())


@pytest.mark.req("R-CORE-02", "R-CORE-21")
@pytest.mark.second_boot
def test_after_a_power_cut_every_ticket_that_came_out_is_in_the_journal_and_the_next_number_follows(
    told_before: list[str],
) -> None:
    before = [number for kind, number in journalled() if kind == "taken"]
    assert len(told_before) >= 6
    assert set(told_before) <= set(before)
    assert len(before) == len(set(before))
    verify = [sys.executable, "-m", "firmware_py.cli", "journal", "verify", str(JOURNAL)]
    assert subprocess.run(verify, check=False).returncode == 0  # the hash chain holds
    small = SmallHall()
    small.switch_on()
    try:
        number = small.slip()
    finally:
        small.switch_off()
    highest = max(int(each[1:]) for each in before)
    assert int(number[1:]) == highest + 1
