"""One wire under several instances: each hears its own pad, and the wire lives as long as one of them holds it."""

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import Put
from drivers.keypad import KeyPressed, LevelPressed, PadBus, PadLost
from drivers.keypad.ff68_bus import Ff68Bus
from drivers.virtual.pads import VirtualPads
from firmware_py.errors import DriverOffline
from firmware_py.runtime.shared_wires import PadsOnSharedWire, SharedWires

WAIT_S = 5.0
Inbox = queue.SimpleQueue[object]


class Owner:
    """One instance: its pad on the wire, and what it heard."""

    def __init__(self, wires: SharedWires, path: str, address: int) -> None:
        def bus(put: Put) -> PadBus:
            return Ff68Bus(path, put)

        self.heard: Inbox = queue.SimpleQueue()
        self.pad = PadsOnSharedWire(wires.pads(path, bus), self.heard.put, address)

    def next(self) -> object:
        return self.heard.get(timeout=WAIT_S)


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[VirtualPads]:
    with VirtualPads([1, 2], [1], link=tmp_path / "bus") as far_end:
        yield far_end


@pytest.fixture
def owners(bus: VirtualPads) -> Iterator[tuple[Owner, Owner]]:
    wires = SharedWires()
    one, two = Owner(wires, bus.path, 1), Owner(wires, bus.path, 2)
    one.pad.open()
    two.pad.open()
    yield one, two
    one.pad.close()
    two.pad.close()


def test_each_hears_its_own_address_and_no_other(bus: VirtualPads, owners: tuple[Owner, Owner]) -> None:
    one, two = owners
    bus.press(1, "0C")
    bus.press(2, "0D")
    bus.press_level(1, 0)
    assert [type(one.next()), type(one.next())] == [KeyPressed, LevelPressed]
    only = two.next()
    assert isinstance(only, KeyPressed)
    assert (only.address, only.key) == (2, "0D")
    assert one.heard.empty()
    assert two.heard.empty()


def test_each_speaks_to_its_own_pad(bus: VirtualPads, owners: tuple[Owner, Owner]) -> None:
    one, two = owners
    one.pad.show_digits(1, 7, "001")
    two.pad.beep(2)
    one.pad.invite(1)
    assert bus.wait_for(lambda: bus.digits(1).endswith("001") and bus.beeps(2) == 1 and bus.invited(1))
    assert bus.beeps(1) == 0


def test_the_wire_stays_open_until_the_last_lets_go(bus: VirtualPads, owners: tuple[Owner, Owner]) -> None:
    one, two = owners
    stranger = Ff68Bus(bus.path, lambda _: None)
    one.pad.close()
    one.pad.close()  # twice is once
    with pytest.raises(DriverOffline):
        one.pad.beep(1)
    with pytest.raises(DriverOffline):
        stranger.open()
    two.pad.beep(2)
    assert bus.wait_for(lambda: bus.beeps(2) == 1)

    two.pad.close()
    stranger.open()
    stranger.close()


def test_a_lost_wire_is_lost_to_all_and_the_first_to_try_brings_it_back(
    bus: VirtualPads, owners: tuple[Owner, Owner]
) -> None:
    one, two = owners
    bus.unplug()
    assert isinstance(one.next(), PadLost)
    assert isinstance(two.next(), PadLost)
    one.pad.close()
    with pytest.raises(DriverOffline):
        one.pad.open()
    bus.replug()
    one.pad.open()  # the other has not let go of the dead wire yet
    two.pad.close()
    two.pad.open()

    bus.press(1, "0C")
    bus.press(2, "0C")
    assert isinstance(one.next(), KeyPressed)
    assert isinstance(two.next(), KeyPressed)
