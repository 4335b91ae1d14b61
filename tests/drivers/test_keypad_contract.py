"""What every staff pad keeps, whatever is at the end of its cable and whatever is wrong with it."""

import logging
import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.keypad import KeyPressed, PadBus
from drivers.virtual.faults import Fault
from firmware_py.errors import DriverFault, DriverOffline
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.port import BackOff, PortDown, PortUp
from firmware_py.runtime.port_reports import JobDone, JobFailed
from tests.drivers.keypad_rigs import ADDRESS, RIGS, HandClock, Rig

WAIT_S = 5.0
STUCK_S = 31
PORT_LOG = "firmware_py.runtime.port"


class Inbox:
    """What a daemon would hear of its pad."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.put = self._queue.put

    def next(self) -> object:
        """The next item but for what became of jobs."""
        while isinstance(item := self._queue.get(timeout=WAIT_S), JobDone | JobFailed):
            pass
        return item

    def key(self) -> str:
        """The next item, which must be a press."""
        item = self.next()
        assert isinstance(item, KeyPressed), item
        assert item.address == ADDRESS
        return item.key

    @property
    def empty(self) -> bool:
        return self._queue.empty()


@pytest.fixture(params=sorted(RIGS))
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    found = RIGS[request.param](tmp_path)
    yield found
    found.close()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def port(rig: Rig, inbox: Inbox) -> Iterator[InputPort[PadBus]]:
    """The pad as its daemon holds it."""
    held: InputPort[PadBus] = InputPort(
        rig.pad, inbox.put, name="pad", check_every_s=0.02, back_off=BackOff(first_s=0.01, cap_s=0.02)
    )
    yield held
    held.close()


def down(inbox: Inbox) -> str:
    item = inbox.next()
    assert isinstance(item, PortDown), item
    return item.reason


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == PORT_LOG and record.levelno > 20]


@pytest.mark.req("R-DESK-01", "R-TECH-08")
def test_a_press_is_one_press_of_the_key_that_was_pressed(rig: Rig, port: InputPort[PadBus], inbox: Inbox) -> None:
    port.open()
    assert inbox.next() == PortUp("pad")
    for key in (rig.stuck, rig.other, rig.stuck):
        rig.press(key)
        assert inbox.key() == key
    assert inbox.empty


@pytest.mark.req("R-TECH-02", "R-TECH-11")
def test_a_pad_absent_at_start_is_offline_in_one_line_and_works_when_it_comes(
    rig: Rig, port: InputPort[PadBus], inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, PORT_LOG)
    rig.far.set_fault(Fault.UNPLUGGED, True)
    port.open()
    assert down(inbox) == "offline"

    rig.far.set_fault(Fault.UNPLUGGED, False)
    assert inbox.next() == PortUp("pad")
    rig.press(rig.other)
    assert inbox.key() == rig.other
    assert len(warnings(caplog)) == 1


@pytest.mark.req("R-TECH-02", "R-TECH-11")
def test_a_pad_unplugged_in_use_is_told_once_and_works_again_under_another_name(
    rig: Rig, port: InputPort[PadBus], inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, PORT_LOG)
    port.open()
    assert inbox.next() == PortUp("pad")
    rig.far.set_fault(Fault.UNPLUGGED, True)
    for turn in range(3):  # what the desk has to show meanwhile is lost, and hurts nobody
        port.submit(f"beep {turn}", lambda driver: driver.beep(ADDRESS, 2))
        port.submit_latest("digits", "digits", lambda driver: driver.show_digits(ADDRESS, 3, "A012"))
        port.submit_latest("lamp", "lamp", lambda driver: driver.light(ADDRESS, "desk", "steady"))
    assert down(inbox) == "offline"

    rig.replug_elsewhere()
    assert inbox.next() == PortUp("pad")
    rig.press(rig.stuck)
    assert inbox.key() == rig.stuck
    assert len(warnings(caplog)) == 1


@pytest.mark.req("R-TECH-11")
def test_a_pad_that_another_process_holds_is_offline_with_words_and_left_to_it(rig: Rig) -> None:
    pad = rig.pad(lambda _: None)
    with rig.taken():
        with pytest.raises(DriverOffline) as refused:
            pad.open()
        assert len(str(refused.value)) > 20
    pad.open()
    pad.check()
    pad.close()


def test_a_silent_pad_presses_nothing_and_is_not_called_broken(rig: Rig, inbox: Inbox) -> None:
    pad = rig.pad(inbox.put)
    pad.open()
    rig.far.set_fault(Fault.SILENT, True)
    rig.press(rig.other)
    pad.check()
    pad.beep(ADDRESS)
    rig.far.set_fault(Fault.SILENT, False)

    rig.press(rig.stuck)
    assert inbox.key() == rig.stuck, "what was pressed without power is not pressed later"
    pad.close()
    assert inbox.empty


BAD_WIRES = [(name, Fault.GARBAGE) for name in sorted(RIGS)]
BAD_WIRES += [("ff68", fault) for fault in (Fault.DUPLICATE, Fault.LOST_BYTES, Fault.SLOW)]


@pytest.mark.req("R-DESK-01", "R-CORE-22")
@pytest.mark.parametrize(("rig", "fault"), BAD_WIRES, indirect=["rig"])
def test_on_a_bad_wire_a_press_is_still_one_press_of_that_key(rig: Rig, inbox: Inbox, fault: Fault) -> None:
    pad = rig.pad(inbox.put, now=lambda: 0)  # no time passes, so that a slow machine makes no second press of it
    pad.open()
    rig.far.set_fault(fault, True)
    for key in (rig.other, rig.stuck, rig.other):
        rig.press(key)
        assert inbox.key() == key
    rig.far.set_fault(fault, False)
    rig.press(rig.stuck)
    assert inbox.key() == rig.stuck
    pad.close()
    assert inbox.empty


@pytest.mark.req("R-DESK-01")
@pytest.mark.parametrize("rig", ["ff68"], indirect=True)
def test_what_only_ever_comes_damaged_is_no_press(rig: Rig, inbox: Inbox) -> None:
    pad = rig.pad(inbox.put, now=lambda: 0)
    pad.open()
    rig.far.set_fault(Fault.WRONG_CHECKSUM, True)
    rig.press(rig.other)
    assert until(lambda: rig.far.face(ADDRESS).unheard == 1)  # type: ignore[attr-defined]
    rig.far.set_fault(Fault.WRONG_CHECKSUM, False)
    rig.press(rig.stuck)
    assert inbox.key() == rig.stuck
    pad.close()
    assert inbox.empty


@pytest.mark.req("R-TECH-02")
@pytest.mark.parametrize("rig", ["ff68"], indirect=True)
def test_a_bus_of_which_nothing_can_be_read_says_so_until_a_whole_frame_comes_or_it_is_quiet(
    rig: Rig, inbox: Inbox
) -> None:
    clock = HandClock()
    pad = rig.pad(inbox.put, now=clock.now)
    pad.open()
    rig.far.set_fault(Fault.WRONG_CHECKSUM, True)
    rig.press(rig.other)  # it tries three times
    assert until(lambda: rig.far.face(ADDRESS).unheard == 1)  # type: ignore[attr-defined]
    assert until(lambda: fault_of(pad) == "damaged_frames")
    clock.at += 60_001
    assert fault_of(pad) == ""
    rig.press(rig.other)
    assert until(lambda: rig.far.face(ADDRESS).unheard == 2)  # type: ignore[attr-defined]
    assert until(lambda: fault_of(pad) == "damaged_frames")
    rig.far.set_fault(Fault.WRONG_CHECKSUM, False)
    rig.press(rig.stuck)
    assert inbox.key() == rig.stuck
    assert fault_of(pad) == ""
    pad.close()
    assert inbox.empty


def fault_of(pad: PadBus) -> str:
    """Why a check says that it needs a person, "" = it does not."""
    try:
        pad.check()
    except DriverFault as error:
        return error.reason
    return ""


@pytest.mark.req("R-TECH-02", "R-CORE-22")
def test_a_stuck_key_is_one_press_and_after_thirty_seconds_a_fault_until_it_comes_up(rig: Rig, inbox: Inbox) -> None:
    clock = HandClock()
    pad = rig.pad(inbox.put, now=clock.now)
    pad.open()
    rig.far.set_fault(Fault.STUCK_KEY, True)
    assert inbox.key() == rig.stuck
    pad.check()

    rig.hold(clock, STUCK_S)
    assert until(lambda: names_stuck(pad, rig.stuck))
    rig.press(rig.other)
    assert inbox.key() == rig.other, "the other keys go on working"
    rig.hold(clock, 2)

    rig.far.set_fault(Fault.STUCK_KEY, False)
    rig.settle()
    clock.at += 2000
    assert until(lambda: not names_stuck(pad, rig.stuck))
    pad.close()
    assert inbox.empty, "one press, however long"


@pytest.mark.req("R-TECH-02")
def test_a_stuck_key_is_a_fault_fact_that_goes_by_itself(rig: Rig, inbox: Inbox) -> None:
    clock = HandClock()
    port: InputPort[PadBus] = InputPort(
        lambda put: rig.pad(put, now=clock.now), inbox.put, name="pad", check_every_s=0.01
    )
    port.open()
    try:
        assert inbox.next() == PortUp("pad")
        rig.far.set_fault(Fault.STUCK_KEY, True)
        assert inbox.key() == rig.stuck
        rig.hold(clock, STUCK_S)
        assert down(inbox) == "stuck_key"
        rig.far.set_fault(Fault.STUCK_KEY, False)
        rig.settle()
        clock.at += 2000
        assert inbox.next() == PortUp("pad")
    finally:
        port.close()


def test_a_far_end_says_which_faults_it_can_have_and_refuses_others(rig: Rig) -> None:
    assert {Fault.UNPLUGGED, Fault.SILENT, Fault.GARBAGE, Fault.STUCK_KEY} <= set(rig.far.faults)
    rig.far.set_fault(Fault.GARBAGE, True)
    assert [fault for fault, on in rig.far.faults.items() if on] == [Fault.GARBAGE]
    with pytest.raises(ValueError, match="paper_out"):
        rig.far.set_fault(Fault.PAPER_OUT, True)


def names_stuck(pad: PadBus, key: str) -> bool:
    try:
        pad.check()
    except DriverFault as fault:
        assert fault.reason == "stuck_key"
        assert key in fault.detail
        return True
    return False


def until(seen: Callable[[], bool]) -> bool:
    """Look again and again, without a pause, until it is so or the time is over."""
    end = time.monotonic() + WAIT_S
    while not seen():
        if time.monotonic() > end:
            return False
    return True
