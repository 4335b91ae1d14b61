"""One contact and its second look, on gpiozero's own mock pins: which edges are told, and which are stale."""

from collections.abc import Iterator

import pytest
from gpiozero import DigitalInputDevice
from gpiozero.pins.mock import MockFactory, MockPin

from drivers import monotonic_ms
from drivers.buttons.edges import Contact

PIN = 5
HIGH, LOW = 1, 0


@pytest.fixture
def factory() -> Iterator[MockFactory]:
    pins = MockFactory()
    yield pins
    pins.reset()


@pytest.fixture
def told() -> list[tuple[bool, int]]:
    return []


@pytest.fixture
def contact(factory: MockFactory, told: list[tuple[bool, int]]) -> Iterator[Contact]:
    device = DigitalInputDevice(PIN, pull_up=True, pin_factory=factory)
    listener = Contact(device, pull_up=True, on_edge=lambda closed, at: told.append((closed, at)))
    yield listener
    listener.close()


def move_unseen(factory: MockFactory, contact: Contact, *, low: bool) -> None:
    """The level changes and the kernel drops the edge."""
    pin: MockPin = factory.pin(PIN)
    pin.when_changed = None
    pin.drive_low() if low else pin.drive_high()
    pin.when_changed = contact.changed


def test_an_edge_is_told_with_its_time(factory: MockFactory, contact: Contact, told: list[tuple[bool, int]]) -> None:
    before = monotonic_ms()
    factory.pin(PIN).drive_low()
    factory.pin(PIN).drive_high()
    assert [closed for closed, _ in told] == [True, False]
    assert all(before <= at <= monotonic_ms() for _, at in told)


def test_the_second_look_tells_a_dropped_edge_once(
    factory: MockFactory, contact: Contact, told: list[tuple[bool, int]]
) -> None:
    move_unseen(factory, contact, low=True)
    contact.look_again()
    contact.look_again()
    assert [closed for closed, _ in told] == [True]


def test_an_edge_older_than_the_second_look_that_told_it_is_not_told_again(
    factory: MockFactory, contact: Contact, told: list[tuple[bool, int]]
) -> None:
    pressed_ms = monotonic_ms()
    move_unseen(factory, contact, low=True)
    contact.look_again()
    contact.changed(pressed_ms / 1000, LOW)
    assert [closed for closed, _ in told] == [True]
    released_ms = monotonic_ms() + 50
    contact.changed(released_ms / 1000, HIGH)
    assert told[1:] == [(False, released_ms)]


def test_a_pin_that_moved_a_moment_ago_is_left_to_its_edges(
    factory: MockFactory, contact: Contact, told: list[tuple[bool, int]]
) -> None:
    factory.pin(PIN).drive_low()
    move_unseen(factory, contact, low=False)
    contact.look_again()
    assert [closed for closed, _ in told] == [True]
