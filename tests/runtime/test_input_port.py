"""Input ports: readings pass through, a lost wire comes back; once with a wire in the hand, once with the real bus."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import Put
from drivers.keypad import KeyPressed, PadLost
from drivers.keypad.ff68_bus import Ff68Bus
from drivers.virtual.pads import VirtualPads
from firmware_py.runtime.back_off import BackOff
from firmware_py.runtime.clock import ManualClock
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.port import JobDone, PortDown, PortUp
from tests.runtime.wire import Inbox, Wire


class ReadingWire(Wire):
    """A wire that reads: the test says what."""

    def __init__(self, clock: ManualClock, put: Put) -> None:
        super().__init__(clock)
        self.read = put


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def wires() -> list[ReadingWire]:
    return []


@pytest.fixture
def port(inbox: Inbox, clock: ManualClock, wires: list[ReadingWire]) -> Iterator[InputPort[ReadingWire]]:
    def make(put: Put) -> ReadingWire:
        wires.append(ReadingWire(clock, put))
        return wires[-1]

    made = InputPort(make, inbox.put, name="pad", clock=clock)
    clock.on_advance(made.wake)
    made.open()
    yield made
    made.close()


def test_readings_pass_through_as_they_are(
    port: InputPort[ReadingWire], inbox: Inbox, wires: list[ReadingWire]
) -> None:
    assert inbox.next() == PortUp("pad")
    wires[0].read(KeyPressed(1, "0C", 5))
    assert inbox.next() == KeyPressed(1, "0C", 5)


def test_a_pad_that_is_lost_is_told_as_a_port_that_is_down_and_reopened(
    port: InputPort[ReadingWire],
    inbox: Inbox,
    clock: ManualClock,
    wires: list[ReadingWire],
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert inbox.next() == PortUp("pad")
    caplog.set_level(logging.INFO)
    wires[0].read(PadLost("unplugged"))
    assert inbox.next() == PortDown("pad", "offline", "unplugged")
    assert not wires[0].held
    clock.advance(500)
    assert inbox.next() == PortUp("pad")
    assert wires[0].opened_at == [0, 500]
    assert len(wires) == 1
    assert [record.getMessage() for record in caplog.records] == [
        "pad: lost: unplugged; trying again until it is back",
        "pad: back",
    ]


def test_a_pad_lost_twice_at_once_is_lost_once(
    port: InputPort[ReadingWire], inbox: Inbox, clock: ManualClock, wires: list[ReadingWire]
) -> None:
    assert inbox.next() == PortUp("pad")
    wires[0].read(PadLost("unplugged"))
    wires[0].read(PadLost("unplugged"))
    assert inbox.next() == PortDown("pad", "offline", "unplugged")
    clock.advance(500)
    assert inbox.next() == PortUp("pad")
    assert wires[0].opened_at == [0, 500]


def test_a_pad_that_reads_can_be_written_to(port: InputPort[ReadingWire], inbox: Inbox) -> None:
    assert inbox.next() == PortUp("pad")
    port.submit("digits", lambda driver: driver.say("012"))
    assert inbox.next() == JobDone("pad", "digits", "012")


@pytest.mark.req("R-TECH-02")
def test_the_real_pad_bus_comes_back_after_its_adapter_was_pulled_and_plugged(tmp_path: Path, inbox: Inbox) -> None:
    link = tmp_path / "pads"
    bus: InputPort[Ff68Bus] = InputPort(
        lambda put: Ff68Bus(str(link), put), inbox.put, name="pads", back_off=BackOff(first_s=0.01, cap_s=0.02)
    )
    try:
        with VirtualPads([1], link=link) as pads:
            bus.open()
            assert inbox.next() == PortUp("pads")
            pads.press(1, "0C")
            first = inbox.next()
            assert isinstance(first, KeyPressed)
            assert (first.address, first.key) == (1, "0C")
        down = inbox.next()
        assert isinstance(down, PortDown)
        assert down.reason == "offline"
        with VirtualPads([1], link=link) as pads:
            assert inbox.next() == PortUp("pads")
            pads.press(1, "0D")
            second = inbox.next()
            assert isinstance(second, KeyPressed)
            assert second.key == "0D"
    finally:
        bus.close()
