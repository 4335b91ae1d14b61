"""Number pads as the kernel shows them: uinput and a USB HID gadget under the real python-evdev."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from drivers.keypad import KeyPressed, LevelPressed, PadLost
from drivers.keypad.evdev_pad import EvdevPad
from drivers.reader import CodeRead
from drivers.reader.hid_reader import HidReader
from firmware_py.errors import DriverFault, DriverOffline
from firmware_py.runtime.back_off import BackOff
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.port_reports import PortDown, PortUp
from tests.vm.inside.fixtures import Inbox
from tests.vm.inside.nodes import vanished
from tests.vm.inside.usb import UsbPad

KEYPAD = [f"KEY_KP{digit}" for digit in range(10)] + ["KEY_KPENTER", "KEY_KPDOT", "KEY_NUMLOCK"]


class Typist:
    """A uinput keyboard: what it types, the kernel delivers."""

    def __init__(self, keys: list[str], name: str = "cheap pad") -> None:
        import evdev

        self._codes = evdev.ecodes
        self._device = evdev.UInput({evdev.ecodes.EV_KEY: [evdev.ecodes.ecodes[key] for key in keys]}, name=name)
        self.node: str = self._device.device.path

    def send(self, *events: tuple[str, int]) -> None:
        """Each (key, 1 down | 0 up | 2 autorepeat), a report for each."""
        for key, value in events:
            self._device.write(self._codes.EV_KEY, self._codes.ecodes[key], value)
            self._device.syn()

    def tap(self, *keys: str) -> None:
        for key in keys:
            self.send((key, 1), (key, 0))

    def unplug(self) -> None:
        self._device.close()


@pytest.fixture
def typist() -> Iterator[Typist]:
    device = Typist(KEYPAD)
    yield device
    device.unplug()


@contextmanager
def opened(driver: Any) -> Iterator[Any]:
    driver.open()
    try:
        yield driver
    finally:
        driver.close()


@pytest.fixture
def pads() -> Iterator[tuple[UsbPad, UsbPad]]:
    with ExitStack() as stack:
        made = []
        for name in ("one", "two"):
            pad = UsbPad(name)
            stack.callback(pad.gadget.close)
            made.append(pad)
        yield made[0], made[1]


def keys(presses: list[Any]) -> list[str]:
    return [press.key for press in presses]


def test_each_key_is_one_press_whatever_numlock_and_autorepeat_add_to_it(typist: Typist, inbox: Inbox) -> None:
    with opened(EvdevPad(typist.node, inbox.put, address=1)):
        typist.tap("KEY_NUMLOCK")
        typist.send(("KEY_KP1", 1), ("KEY_KP1", 2), ("KEY_KP1", 2), ("KEY_KP1", 0))
        typist.tap("KEY_NUMLOCK")
        typist.tap("KEY_KPENTER")
        pressed = [inbox.next(), inbox.next()]
        assert inbox.empty
    assert keys(pressed) == ["KEY_KP1", "KEY_KPENTER"]
    assert all(isinstance(press, KeyPressed) for press in pressed)


def test_an_evaluators_keys_are_positions_from_the_left(typist: Typist, inbox: Inbox) -> None:
    positions = {f"KEY_KP{5 - place}": place for place in range(5)}
    with opened(EvdevPad(typist.node, inbox.put, address=2, positions=positions)):
        typist.tap("KEY_KP5", "KEY_KP1")
        pressed = [inbox.next(), inbox.next()]
    assert [(type(press), press.address, press.position) for press in pressed] == [
        (LevelPressed, 2, 0),
        (LevelPressed, 2, 4),
    ]


def test_a_pad_that_is_grabbed_types_nowhere_else_and_a_second_owner_is_told_so(typist: Typist, inbox: Inbox) -> None:
    import evdev

    console = evdev.InputDevice(typist.node)
    other = EvdevPad(typist.node, inbox.put, address=1)
    try:
        with opened(EvdevPad(typist.node, inbox.put, address=1)):
            typist.tap("KEY_KP1")
            assert inbox.next().key == "KEY_KP1"
            assert console.read_one() is None  # the login prompt hears nothing
            with pytest.raises(DriverOffline, match="in use by another process"):
                other.open()
        typist.tap("KEY_KP2")
        with opened(other):
            typist.tap("KEY_KP3")
            assert inbox.next().key == "KEY_KP3"
    finally:
        other.close()
        console.close()


@pytest.mark.req("R-KIOSK-15")
def test_a_strange_keyboard_that_is_plugged_in_types_nothing(typist: Typist, inbox: Inbox) -> None:
    stranger = Typist(KEYPAD, "a visitor's keyboard")
    try:
        with opened(EvdevPad(typist.node, inbox.put, address=1)):
            stranger.tap("KEY_KP9")
            typist.tap("KEY_KP1")
            assert inbox.next().key == "KEY_KP1"
            assert inbox.empty
    finally:
        stranger.unplug()


def test_a_device_without_the_wanted_keys_is_a_fault_that_names_them(inbox: Inbox) -> None:
    mouse_like = Typist(["KEY_A"])
    try:
        with pytest.raises(DriverFault, match="KEY_KP1") as caught:
            EvdevPad(mouse_like.node, inbox.put, address=1, keys=["KEY_KP1"]).open()
        assert caught.value.reason == "wrong_keys"
    finally:
        mouse_like.unplug()


def test_scenario_19_keys_follow_the_socket_when_two_identical_pads_change_places(
    pads: tuple[UsbPad, UsbPad], inbox: Inbox
) -> None:
    one, two = pads
    third, fourth = Inbox(), Inbox()
    one.plug(3)
    two.plug(4)
    with (
        opened(EvdevPad(str(UsbPad.path(3)), third.put, address=1)) as desk_3,
        opened(EvdevPad(str(UsbPad.path(4)), fourth.put, address=1)) as desk_4,
    ):
        one.press("KEY_KP1")
        two.press("KEY_KP2")
        assert third.next().key == "KEY_KP1"
        assert fourth.next().key == "KEY_KP2"
        for pad in pads:
            pad.gadget.unplug()
        assert isinstance(third.next(), PadLost)
        assert isinstance(fourth.next(), PadLost)
        vanished(UsbPad.path(3), UsbPad.path(4))
        one.plug(4)
        two.plug(3)
        desk_3.open()
        desk_4.open()
        one.press("KEY_KP5")
        two.press("KEY_KP6")
        assert fourth.next().key == "KEY_KP5"
        assert third.next().key == "KEY_KP6"
        assert third.empty
        assert fourth.empty


@pytest.mark.req("R-KIOSK-15")
def test_a_pad_in_a_socket_nobody_named_is_left_alone(pads: tuple[UsbPad, UsbPad], inbox: Inbox) -> None:
    one, two = pads
    one.plug(3)
    two.plug(5)
    with opened(EvdevPad(str(UsbPad.path(3)), inbox.put, address=1)):
        two.press("KEY_KP9")
        one.press("KEY_KP1")
        assert inbox.next().key == "KEY_KP1"
        assert inbox.empty


def test_a_pad_that_is_pulled_and_put_back_works_again_without_a_restart(
    pads: tuple[UsbPad, UsbPad], inbox: Inbox, caplog: pytest.LogCaptureFixture
) -> None:
    pad = pads[0]
    port = InputPort(
        lambda put: EvdevPad(str(UsbPad.path(3)), put, address=1),
        inbox.put,
        name="pad",
        back_off=BackOff(0.2, 0.5),
    )
    port.open()
    try:
        down = inbox.await_kind(PortDown)
        assert (down.port, down.reason) == ("pad", "offline")
        pad.plug(3)
        inbox.await_kind(PortUp)
        pad.press("KEY_KP1")
        assert inbox.await_kind(KeyPressed).key == "KEY_KP1"
        pad.hold("KEY_KP7")  # pulled with a finger on a key: that key was pressed once, and never again
        assert inbox.await_kind(KeyPressed).key == "KEY_KP7"
        caplog.clear()
        pad.gadget.unplug()
        down = inbox.next()
        assert isinstance(down, PortDown)
        assert down.reason == "offline"
        assert str(UsbPad.path(3)) in down.detail
        pad.plug(3)
        assert isinstance(inbox.next(), PortUp)
        pad.press("KEY_KP2")
        assert inbox.next().key == "KEY_KP2"
        warned = [record for record in caplog.records if record.levelname == "WARNING"]
        assert len(warned) == 1  # one line when it goes, however often it is looked for
    finally:
        port.close()


def test_a_hid_code_reader_types_its_code_as_one_line(inbox: Inbox) -> None:
    letters = [f"KEY_{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"]
    scanner = Typist([*letters, "KEY_ENTER", "KEY_LEFTSHIFT", "KEY_MINUS", "KEY_KPENTER"], "scanner")
    try:
        with opened(HidReader(scanner.node, inbox.put)):
            scanner.send(("KEY_LEFTSHIFT", 1))
            scanner.tap("KEY_A")
            scanner.send(("KEY_LEFTSHIFT", 0))
            scanner.tap("KEY_0", "KEY_0", "KEY_1", "KEY_ENTER")
            read = inbox.next()
        assert isinstance(read, CodeRead)
        assert read.text == "A001"
    finally:
        scanner.unplug()
