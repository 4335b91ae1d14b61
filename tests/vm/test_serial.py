"""Signs and pads on real serial ports: a USB ACM device's tty, with its far end behind the gadget's."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.keypad import KeyPressed, LevelPressed, PadLost
from drivers.keypad.ff68_bus import Ff68Bus
from drivers.led import SignShape
from drivers.led.onbon import OnbonBus
from drivers.virtual.led_card import VirtualLedBus
from drivers.virtual.pads import VirtualPads
from firmware_py.errors import DriverOffline
from tests.vm.inside.fixtures import Inbox
from tests.vm.inside.usb_serial import UsbSerial


@pytest.fixture
def signs() -> Iterator[VirtualLedBus]:
    bus = VirtualLedBus([1])
    yield bus
    bus.close()


@pytest.fixture
def pads() -> Iterator[VirtualPads]:
    with VirtualPads([1], [1]) as bus:
        yield bus


@pytest.fixture
def sign_cable(signs: VirtualLedBus) -> Iterator[UsbSerial]:
    cable = UsbSerial(signs.path)
    yield cable
    cable.close()


@pytest.fixture
def pad_cable(pads: VirtualPads) -> Iterator[UsbSerial]:
    cable = UsbSerial(pads.path)
    yield cable
    cable.close()


def sign_driver(port: Path) -> OnbonBus:
    return OnbonBus(str(port), {1: SignShape(128)}, reply_timeout_s=2.0)


def test_a_sign_shows_its_text_and_answers_over_a_usb_serial_port(signs: VirtualLedBus, sign_cable: UsbSerial) -> None:
    sign_cable.plug(2)
    driver = sign_driver(sign_cable.link)
    driver.open()
    try:
        driver.show(1, "请A001号")
        assert signs.cards[1].text == "请A001号"
        driver.check()
    finally:
        driver.close()


def test_a_sign_replugged_under_another_name_is_found_by_its_link(signs: VirtualLedBus, sign_cable: UsbSerial) -> None:
    driver = sign_driver(sign_cable.link)
    with pytest.raises(DriverOffline):
        driver.open()
    first = sign_cable.plug(2)
    driver.open()
    try:
        driver.show(1, "请A001号")
        held = os.open(first, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)  # its old number stays taken
        try:
            sign_cable.unplug()
            with pytest.raises(DriverOffline):
                driver.show(1, "请A002号")
            second = sign_cable.plug(3)
        finally:
            os.close(held)
        assert second != first
        driver.open()
        driver.show(1, "请A003号")
        assert signs.cards[1].text == "请A003号"
    finally:
        driver.close()


def test_a_port_that_another_process_holds_is_offline_for_signs_and_pads(sign_cable: UsbSerial, inbox: Inbox) -> None:
    port = sign_cable.plug(2)
    other = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    try:
        with pytest.raises(DriverOffline, match=str(sign_cable.link)):
            sign_driver(sign_cable.link).open()
        with pytest.raises(DriverOffline, match=str(sign_cable.link)):
            Ff68Bus(str(sign_cable.link), inbox.put).open()
    finally:
        os.close(other)


def test_a_pads_keys_and_ratings_come_once_over_a_usb_serial_port_and_again_after_replugging(
    pads: VirtualPads, pad_cable: UsbSerial, inbox: Inbox
) -> None:
    pad_cable.plug(4)
    driver = Ff68Bus(str(pad_cable.link), inbox.put)
    driver.open()
    try:
        pads.press(1, "0C")
        key = inbox.next()
        assert isinstance(key, KeyPressed)
        assert (key.address, key.key) == (1, "0C")
        pads.press_level(1, 3)
        level = inbox.next()
        assert isinstance(level, LevelPressed)
        assert (level.address, level.position) == (1, 3)
        pad_cable.unplug()
        assert isinstance(inbox.next(), PadLost)
        driver.close()
        pad_cable.plug(5)
        driver.open()
        pads.press(1, "0D")
        assert inbox.next().key == "0D"
        assert inbox.empty
    finally:
        driver.close()
