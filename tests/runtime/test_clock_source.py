"""Who vouches for the machine's clock: a battery clock that agrees with it, or NTP (R-CORE-20)."""

from pathlib import Path

import pytest

from firmware_py.runtime.clock import ManualClock, OffsetClock, SystemClock
from firmware_py.runtime.clock_source import RTC_AGREES_S, Source, kernel_synchronised, vouched_for

NOW_S = 1_795_222_800


class Machine:
    """The files the kernel and timesyncd would show."""

    def __init__(self, folder: Path) -> None:
        self.rtc, self.reads, self.timesyncd = folder / "rtc0", folder / "since_epoch", folder / "synchronized"

    def vouches(self, source: Source) -> bool:
        return vouched_for(source, NOW_S * 1000, rtc=self.rtc, rtc_reads=self.reads, timesyncd=self.timesyncd)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    if kernel_synchronised():
        pytest.skip("this machine's own clock is synchronised: it would vouch for everything")
    return Machine(tmp_path)


@pytest.mark.req("R-CORE-20")
@pytest.mark.parametrize("source", ["rtc", "ntp", "none"])
def test_without_battery_clock_and_network_nobody_vouches(machine: Machine, source: Source) -> None:
    assert not machine.vouches(source)


@pytest.mark.req("R-CORE-20")
@pytest.mark.parametrize(
    ("reads", "vouched"),
    [
        (str(NOW_S), True),
        (f"{NOW_S - RTC_AGREES_S}\n", True),
        (str(NOW_S + RTC_AGREES_S + 1), False),
        ("37", False),
        ("", False),
        ("?", False),
    ],
)
def test_a_battery_clock_vouches_when_it_agrees_and_not_when_its_battery_is_empty(
    machine: Machine, reads: str, vouched: bool
) -> None:
    machine.reads.write_text(reads)
    assert not machine.vouches("rtc"), "there is no such device"
    machine.rtc.touch()

    assert machine.vouches("rtc") is vouched
    assert not machine.vouches("ntp")
    assert not machine.vouches("none")


@pytest.mark.req("R-CORE-20")
def test_ntp_vouches_wherever_the_machine_is_said_to_have_a_clock_at_all(machine: Machine) -> None:
    machine.timesyncd.touch()

    assert machine.vouches("ntp")
    assert machine.vouches("rtc")
    assert not machine.vouches("none"), "then a clerk confirms it"


def test_the_kernel_answers_whether_it_is_synchronised() -> None:
    assert kernel_synchronised() in {True, False}


@pytest.mark.req("R-CORE-20")
def test_the_demos_hand_on_the_clock_is_trusted_and_a_machine_that_has_none_is_not(tmp_path: Path) -> None:
    assert OffsetClock(tmp_path / "offset").trusted()
    assert not SystemClock().trusted()
    assert ManualClock().trusted()
    assert not ManualClock(vouched=False).trusted()
