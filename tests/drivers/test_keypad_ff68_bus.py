"""The real bus back-end against virtual pads on a pty, byte for byte."""

import os
import queue
import tty
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from drivers.keypad import KeyPressed, LevelPressed, PadLost
from drivers.keypad.ff68_bus import Ff68Bus
from drivers.virtual.pads import VirtualPads
from firmware_py.errors import DriverOffline

Inbox = queue.SimpleQueue[object]

WAIT_S = 5.0


@pytest.fixture
def inbox() -> Inbox:
    return queue.SimpleQueue()


@pytest.fixture
def pads(tmp_path: Path) -> Iterator[VirtualPads]:
    with VirtualPads([1, 2], [1, 2], link=tmp_path / "pads") as far_end:
        yield far_end


@pytest.fixture
def bus(pads: VirtualPads, inbox: Inbox) -> Iterator[Ff68Bus]:
    driver = Ff68Bus(pads.path, inbox.put)
    driver.open()
    yield driver
    driver.close()


@pytest.fixture
def still_bus(pads: VirtualPads, inbox: Inbox) -> Iterator[Ff68Bus]:
    """A bus for which no time passes, so that a slow machine cannot push a repetition out of the window."""
    driver = Ff68Bus(pads.path, inbox.put, now=lambda: 0)
    driver.open()
    yield driver
    driver.close()


def read(inbox: Inbox) -> tuple[object, ...]:
    """The next reading, without its time."""
    reading = inbox.get(timeout=WAIT_S)
    match reading:
        case KeyPressed(address=address, key=key):
            return ("key", address, key)
        case LevelPressed(address=address, position=position):
            return ("level", address, position)
        case _:
            return (reading,)


def nothing_more(pads: VirtualPads, inbox: Inbox) -> bool:
    """True when a marker pressed now is the very next reading: nothing stood before it in the line."""
    pads.press_level(2, 4)
    return read(inbox) == ("level", 2, 4) and inbox.empty()


@pytest.mark.req("R-DESK-01", "R-TECH-08")
def test_each_pad_of_the_bus_is_heard_under_its_own_address(bus: Ff68Bus, pads: VirtualPads, inbox: Inbox) -> None:
    pads.press(1, "0C")
    assert read(inbox) == ("key", 1, "0C")
    pads.press(2, "06+0F")
    assert read(inbox) == ("key", 2, "06+0F")
    pads.press_level(1, 0)
    assert read(inbox) == ("level", 1, 0)
    assert pads.wait_for(lambda: (pads.face(1).heard, pads.face(2).heard) == (2, 1))


def test_one_press_is_one_reading(bus: Ff68Bus, pads: VirtualPads, inbox: Inbox) -> None:
    pads.press(1, "0C")
    assert pads.wait_for(lambda: pads.face(1).heard == 1)
    assert read(inbox) == ("key", 1, "0C")
    assert nothing_more(pads, inbox)


@pytest.mark.req("R-CORE-22")
@pytest.mark.parametrize("lost", [1, 3])
def test_a_press_whose_answers_got_lost_is_still_one_press(
    still_bus: Ff68Bus, pads: VirtualPads, inbox: Inbox, lost: int
) -> None:
    pads.lose_answers(lost)
    pads.press(1, "0C")
    assert pads.wait_for(lambda: pads.face(1).heard == 1)
    assert read(inbox) == ("key", 1, "0C")
    assert nothing_more(pads, inbox)


@pytest.mark.req("R-CORE-22")
def test_a_duplicated_frame_is_one_press(still_bus: Ff68Bus, pads: VirtualPads, inbox: Inbox) -> None:
    pads.duplicate()
    pads.press_level(1, 2)
    assert pads.wait_for(lambda: pads.face(1).heard == 1)
    assert read(inbox) == ("level", 1, 2)
    assert nothing_more(pads, inbox)


def test_the_answer_to_a_finish_key_sent_twice_invites_nobody(
    still_bus: Ff68Bus, pads: VirtualPads, inbox: Inbox
) -> None:
    pads.duplicate()
    pads.press(1, "0B")
    assert read(inbox) == ("key", 1, "0B")
    assert nothing_more(pads, inbox)
    assert pads.wait_for(lambda: pads.face(1).heard == 1)
    assert not pads.invited(1)


def test_a_frame_damaged_on_the_way_arrives_by_being_sent_again(bus: Ff68Bus, pads: VirtualPads, inbox: Inbox) -> None:
    pads.corrupt()
    pads.press(1, "0D")
    assert pads.wait_for(lambda: pads.face(1).heard == 1)
    assert read(inbox) == ("key", 1, "0D")
    assert nothing_more(pads, inbox)


@pytest.mark.req("R-EVAL-04")
def test_a_press_that_only_ever_came_damaged_is_no_press(bus: Ff68Bus, pads: VirtualPads, inbox: Inbox) -> None:
    pads.corrupt(4)
    pads.press_level(1, 0)
    assert pads.wait_for(lambda: pads.face(1).unheard == 1)
    assert nothing_more(pads, inbox)


def test_garbage_before_a_key_does_not_hide_it(bus: Ff68Bus, pads: VirtualPads, inbox: Inbox) -> None:
    pads.garbage(bytes(range(256)) * 3 + b"\xff\x68\x05\x05\x68")
    pads.press(1, "12")
    assert read(inbox) == ("key", 1, "12")


def test_frames_of_no_known_kind_are_neither_answered_nor_reported(
    bus: Ff68Bus, pads: VirtualPads, inbox: Inbox
) -> None:
    pads.garbage(bytes.fromhex("ff 68 03 03 68 01 11 05 17 16"))  # a sixth evaluator key
    pads.garbage(bytes.fromhex("ff 68 03 03 68 01 02 0c 0f 16"))  # func 02 goes the other way
    assert nothing_more(pads, inbox)


def test_a_stuck_key_is_one_press(pads: VirtualPads, inbox: Inbox) -> None:
    clock = iter(range(0, 1_000_000, 120))  # each frame 120 ms after the one before
    bus = Ff68Bus(pads.path, inbox.put, now=lambda: next(clock))
    bus.open()
    try:
        pads.stick(1, "0C")
        assert pads.wait_for(lambda: pads.face(1).heard >= 5)
        pads.unstick(1)
        assert read(inbox) == ("key", 1, "0C")
        assert nothing_more(pads, inbox)
    finally:
        bus.close()


@pytest.mark.parametrize(("apart_ms", "presses"), [(300, 1), (301, 3)])
def test_the_same_key_outside_the_window_is_a_new_press(
    pads: VirtualPads, inbox: Inbox, apart_ms: int, presses: int
) -> None:
    times = [0]
    bus = Ff68Bus(pads.path, inbox.put, now=lambda: times[-1])
    bus.open()
    try:
        for heard in range(1, 4):
            pads.press(1, "0C")
            assert pads.wait_for(lambda heard=heard: pads.face(1).heard == heard)  # type: ignore[misc]
            times.append(times[-1] + apart_ms)
        assert [read(inbox) for _ in range(presses)] == [("key", 1, "0C")] * presses
        assert nothing_more(pads, inbox)
    finally:
        bus.close()


def test_another_key_or_another_pad_is_never_taken_for_a_repetition(
    still_bus: Ff68Bus, pads: VirtualPads, inbox: Inbox
) -> None:
    for address, key in [(1, "0C"), (2, "0C"), (1, "0D"), (1, "0C")]:
        pads.press(address, key)
        assert read(inbox) == ("key", address, key)


def test_readings_carry_the_clock_and_never_go_back(bus: Ff68Bus, pads: VirtualPads, inbox: Inbox) -> None:
    times = []
    for key in ("0C", "0D", "0B"):
        pads.press(1, key)
        reading = inbox.get(timeout=WAIT_S)
        assert isinstance(reading, KeyPressed)
        times.append(reading.at)
    assert all(earlier <= later for earlier, later in pairwise(times))


def test_digits_beeps_and_invitations_reach_only_their_address(bus: Ff68Bus, pads: VirtualPads) -> None:
    bus.show_digits(1, 7, "A012")
    bus.beep(2)
    bus.invite(2)
    assert pads.wait_for(lambda: pads.invited(2))
    assert pads.digits(1) == "  7012"
    assert (pads.digits(2), pads.beeps(2)) == ("      ", 1)
    assert (pads.beeps(1), pads.invited(1)) == (0, False)
    bus.show_digits(1, 0, "")
    assert pads.wait_for(lambda: pads.digits(1) == "  0   ")


@pytest.mark.req("R-EVAL-02")
def test_an_invited_evaluator_goes_dark_when_its_key_was_heard(bus: Ff68Bus, pads: VirtualPads, inbox: Inbox) -> None:
    bus.invite(1)
    assert pads.wait_for(lambda: pads.invited(1))
    pads.press_level(1, 4)
    assert read(inbox) == ("level", 1, 4)
    assert pads.wait_for(lambda: not pads.invited(1))


def test_an_unplugged_bus_is_reported_once_and_refuses_to_write(bus: Ff68Bus, pads: VirtualPads, inbox: Inbox) -> None:
    pads.unplug()
    lost = inbox.get(timeout=WAIT_S)
    assert isinstance(lost, PadLost)
    assert pads.path in lost.reason
    with pytest.raises(DriverOffline):
        bus.open()
    for verb in (lambda: bus.beep(1), lambda: bus.invite(1), lambda: bus.show_digits(1, 0, ""), bus.check):
        with pytest.raises(DriverOffline):
            verb()
    assert inbox.empty()


@pytest.mark.req("R-TECH-11")
def test_a_bus_that_was_plugged_in_again_works_as_before(bus: Ff68Bus, pads: VirtualPads, inbox: Inbox) -> None:
    pads.unplug()
    assert isinstance(inbox.get(timeout=WAIT_S), PadLost)
    pads.press(1, "0C")
    assert pads.wait_for(lambda: pads.face(1).unheard == 1)
    pads.replug()
    bus.open()
    bus.check()
    pads.press(1, "0D")
    assert read(inbox) == ("key", 1, "0D")
    bus.beep(1)
    assert pads.wait_for(lambda: pads.beeps(1) == 1)


def test_keys_pressed_before_anyone_listened_are_not_delivered_later(pads: VirtualPads, inbox: Inbox) -> None:
    pads.press(1, "0C")
    assert pads.wait_for(lambda: pads.face(1).unheard == 1)
    bus = Ff68Bus(pads.path, inbox.put)
    bus.open()
    try:
        assert nothing_more(pads, inbox)
    finally:
        bus.close()


def test_a_wire_nobody_reads_does_not_stop_the_pads(pads: VirtualPads) -> None:
    pads.garbage(bytes(100_000))
    pads.press(1, "0C")
    assert pads.wait_for(lambda: pads.face(1).unheard == 1)


def test_a_port_that_is_not_there_is_offline(tmp_path: Path, inbox: Inbox) -> None:
    with pytest.raises(DriverOffline, match="pads"):
        Ff68Bus(str(tmp_path / "pads"), inbox.put).open()


def test_a_second_process_cannot_take_the_port(bus: Ff68Bus, pads: VirtualPads, inbox: Inbox) -> None:
    with pytest.raises(DriverOffline):
        Ff68Bus(pads.path, inbox.put).open()
    bus.check()


def test_closing_is_quiet_and_may_be_repeated(bus: Ff68Bus, pads: VirtualPads, inbox: Inbox) -> None:
    bus.close()
    bus.close()
    assert inbox.empty()
    with pytest.raises(DriverOffline):
        bus.beep(1)


def test_a_wire_that_takes_no_more_bytes_is_offline_after_a_bounded_time(inbox: Inbox) -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    bus = Ff68Bus(os.ttyname(slave), inbox.put)
    bus.open()
    try:
        with pytest.raises(DriverOffline):
            for _ in range(100_000):
                bus.show_digits(1, 0, "001")
    finally:
        bus.close()
        os.close(master)
        os.close(slave)
