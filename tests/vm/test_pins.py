"""Buttons, lamps and telephone lines on GPIO: gpiozero and lgpio on the lines of the kernel's gpio-sim."""

import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from drivers import monotonic_ms
from drivers.buttons import Pressed
from drivers.buttons.gpio import GpioButtons
from drivers.buttons.lamps import Lamps
from drivers.phone import Edge
from drivers.phone.gpio_lines import GpioLines, LinePins
from drivers.virtual.ringing import Ringing, edges
from firmware_py.core import facts as f
from firmware_py.core.ring import LineMonitor
from firmware_py.errors import DriverOffline
from firmware_py.runtime.back_off import BackOff
from firmware_py.runtime.input_port import InputPort
from firmware_py.runtime.port_reports import PortDown, PortUp
from tests.vm.inside.fixtures import Inbox
from tests.vm.inside.header import Header

BUTTON, OTHER, LAMP, RING, HOOK = 5, 6, 12, 17, 27
SECOND_NS = 1_000_000_000
BOUNCES = 7
"""Two edges each: the kernel keeps 16 for a reader that is late, and drops the older ones of more."""

HOLDER = f"""
import lgpio, sys
chip = lgpio.gpiochip_open(0)
lgpio.gpio_claim_input(chip, {BUTTON})
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def another_process() -> Iterator[subprocess.Popen[bytes]]:
    """Holds the button's pin until its stdin is closed."""
    with subprocess.Popen([sys.executable, "-c", HOLDER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        yield holder


def press(header: Header, pin: int) -> None:
    header.drive(pin, low=True)
    header.drive(pin, low=False)


def test_a_press_carries_the_kernels_time_of_the_edge(header: Header, inbox: Inbox) -> None:
    assert header.chip == "gpiochip0"
    buttons = GpioButtons({"social": BUTTON, "realty": OTHER}, inbox.put)
    buttons.open()
    try:
        for pin, name in ((BUTTON, "social"), (OTHER, "realty"), (BUTTON, "social")):
            before = monotonic_ms()
            header.drive(pin, low=True)
            after = monotonic_ms()
            header.drive(pin, low=False)
            pressed = inbox.await_kind(Pressed)
            assert pressed.button == name
            assert before <= pressed.at <= after + 1  # not when a thread got round to it
        buttons.check()
    finally:
        buttons.close()


def test_every_closing_of_a_bouncing_contact_is_told_in_its_order(header: Header, inbox: Inbox) -> None:
    buttons = GpioButtons({"social": BUTTON}, inbox.put)
    buttons.open()
    try:
        for _ in range(BOUNCES):
            press(header, BUTTON)
        times = [inbox.await_kind(Pressed).at for _ in range(BOUNCES)]
    finally:
        buttons.close()
    assert times == sorted(times)


def test_a_pin_of_another_process_is_offline_with_words_until_that_ends(
    header: Header, inbox: Inbox, another_process: subprocess.Popen[bytes]
) -> None:
    port = InputPort(
        lambda put: GpioButtons({"social": BUTTON}, put), inbox.put, name="buttons", back_off=BackOff(0.2, 0.5)
    )
    port.open()
    try:
        down = inbox.await_kind(PortDown)
        assert down.reason == "offline"
        assert f"pin {BUTTON}" in down.detail
        assert "busy" in down.detail.lower() or "process" in down.detail
        assert another_process.stdin is not None
        another_process.stdin.close()
        another_process.wait(20)
        assert isinstance(inbox.next(), PortUp)
        press(header, BUTTON)
        assert inbox.await_kind(Pressed).button == "social"
    finally:
        port.close()


def test_without_a_header_the_buttons_are_offline_and_say_so(inbox: Inbox) -> None:
    with pytest.raises(DriverOffline, match="gpio"):
        GpioButtons({"social": BUTTON}, inbox.put).open()


def test_a_lamp_lights_its_line_and_leaves_it_dark(header: Header) -> None:
    lamps = Lamps({"social": LAMP})
    lamps.open()
    try:
        assert not header.level(LAMP)
        lamps.light("social", "steady")
        assert header.level(LAMP)
        lamps.light("social", "off")
        assert not header.level(LAMP)
        lamps.light("social", "steady")
        lamps.check()
    finally:
        lamps.close()
    assert not header.level(LAMP)


@pytest.mark.req("R-PHONE-01", "R-PHONE-02")
def test_three_rings_of_25_hz_are_counted_and_the_answer_in_the_third_is_timed(header: Header, inbox: Inbox) -> None:
    header.drive(HOOK, low=False)
    lines = GpioLines({"desk1": LinePins(ring=RING, hook=HOOK)}, inbox.put)
    lines.open()
    try:
        facts = _facts_of(_rung(header, inbox, Ringing(cadence_ms=(1000, 1000))))
    finally:
        lines.close()
    assert facts == [
        f.RingBegan("desk1", 1),
        f.RingEnded("desk1", 1),
        f.RingBegan("desk1", 2),
        f.RingEnded("desk1", 2),
        f.RingBegan("desk1", 3),
        f.Lifted("desk1", 3),
    ]


def _rung(header: Header, inbox: Inbox, ringing: Ringing) -> list[Edge]:
    """The edges the driver told of three rings and a lifted handset.

    An emulated machine on a busy host stands still now and then; a bell that was late itself rings again, and so only
    the driver and the counting are judged.
    """
    for _ in range(4):
        late = _ring(header, ringing)
        header.drive(HOOK, low=True)
        told: list[Any] = []
        while not (told and told[-1].wire == "hook"):
            told.append(inbox.await_kind(Edge))
        if not late:
            return told
        header.drive(HOOK, low=False)
        inbox.await_kind(Edge)
    pytest.skip("this machine is too busy to ring a bell at 25 Hz")


def _ring(header: Header, ringing: Ringing) -> bool:
    """Drive the detector in real time; True when it was late by more than the counting allows a real bell."""
    start = time.monotonic_ns() + SECOND_NS // 10
    late = False
    third_half = start + int(2.5 * ringing.cycle_ms * 1e6 * 0.9)
    for edge in edges(3, ringing, start_ns=start, until_ns=third_half):
        time.sleep(max(0, edge.at_ns - time.monotonic_ns()) / 1e9)
        header.drive(RING, low=edge.closed)
        late = late or time.monotonic_ns() - edge.at_ns > SECOND_NS // 50
    return late


def _facts_of(told: list[Edge]) -> list[f.Fact]:
    monitor = LineMonitor("desk1")
    facts = [fact for edge in told for fact in monitor.edge(edge.wire, edge.closed, edge.at)]
    return facts + monitor.elapse(told[-1].at + 1000)
