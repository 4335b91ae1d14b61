"""One wire under several instances: each hears its own pad, and the wire lives as long as one of them holds it."""

import contextlib
import queue
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from drivers import Put, monotonic_ms
from drivers.keypad import KeyPressed, LevelPressed, PadBus, PadLost
from drivers.keypad.ff68_bus import REPEAT_MS, Ff68Bus
from drivers.led import SignShape
from drivers.led.onbon import OnbonBus
from drivers.virtual.led_card import VirtualLedBus
from drivers.virtual.pads import VirtualPads
from firmware_py.errors import DriverFault, DriverOffline
from firmware_py.runtime.shared_wires import PadsOnSharedWire, SharedWires, SignOnSharedWire
from firmware_py.runtime.wire_settings.sign import OnbonSign, SignConfig
from tests.drivers.keypad_rigs import HandClock

WAIT_S = 5.0
Inbox = queue.SimpleQueue[object]


class Owner:
    """One instance: its pad on the wire, and what it heard."""

    def __init__(self, wires: SharedWires, path: str, address: int, now: Callable[[], int] = monotonic_ms) -> None:
        def bus(put: Put) -> PadBus:
            return Ff68Bus(path, put, now=now)

        self.heard: Inbox = queue.SimpleQueue()
        self.pad = PadsOnSharedWire(wires.pads(path, bus), self.heard.put, address)

    def next(self) -> object:
        return self.heard.get(timeout=WAIT_S)


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[VirtualPads]:
    with VirtualPads([1, 2], [1], link=tmp_path / "bus", stuck_s=0.002) as far_end:
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


def test_one_wire_written_in_two_ways_is_one_wire(bus: VirtualPads) -> None:
    wires = SharedWires()
    one, two = Owner(wires, bus.path, 1), Owner(wires, bus.path.replace("/bus", "//bus"), 2)
    one.pad.open()
    two.pad.open()
    assert wires.pads_on(bus.path) == 2
    one.pad.close()
    two.pad.close()


class Owned(SignOnSharedWire):
    """The sign of one instance, at an address of the line ``wires`` has."""

    def __init__(self, wires: SharedWires, port: str, address: int) -> None:
        sign = OnbonSign(port, address)

        def bus(all_: Sequence[SignConfig]) -> OnbonBus:
            shapes = {each.address: SignShape(each.width_px, each.lines) for each in all_}
            return OnbonBus(port, shapes, reply_timeout_s=0.03)

        super().__init__(wires.signs(sign, bus), address)


@pytest.mark.req("R-CALL-01", "R-TECH-11")
@pytest.mark.parametrize("dead", [1, 2, 3])
def test_a_sign_without_power_does_not_keep_its_neighbours_from_their_wire(tmp_path: Path, dead: int) -> None:
    with contextlib.closing(VirtualLedBus([1, 2, 3], link=tmp_path / "signs")) as line:
        wires = SharedWires()
        signs = {address: Owned(wires, str(tmp_path / "signs"), address) for address in (1, 2, 3)}
        line.set_mute(dead, True)
        for address, sign in signs.items():
            sign.open()
            if address != dead:
                sign.show(address, "A001")
        with pytest.raises(DriverFault) as silent:
            signs[dead].show(dead, "A002")
        assert silent.value.reason == "led_silent"
        for address, sign in signs.items():  # and when one of them has to take hold of it again
            sign.close()
            sign.open()
            assert line.cards[address].text == ("" if address == dead else "A001")
        for sign in signs.values():
            sign.close()


@pytest.mark.req("R-TECH-11")
def test_a_stuck_key_of_one_pad_does_not_keep_another_from_the_wire(bus: VirtualPads) -> None:
    clock, wires = HandClock(), SharedWires()
    one, two = (Owner(wires, bus.path, address, clock.now) for address in (1, 2))
    one.pad.open()
    bus.stick(1, "0C")
    for _ in range(31_000 // REPEAT_MS + 1):
        heard, clock.at = bus.face(1).heard, clock.at + REPEAT_MS
        assert bus.wait_for(lambda heard=heard: bus.face(1).heard > heard + 1)  # type: ignore[misc]
    with pytest.raises(DriverFault, match="0C"):
        one.pad.check()

    two.pad.open()
    two.pad.check()
    two.pad.close()
    one.pad.close()
