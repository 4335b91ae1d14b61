"""Every LED back-end against its far end: the same promises for all, with every fault the far end can have."""

import contextlib
import logging
import os
import queue
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.led import LedBus
from drivers.led.line import Line
from drivers.virtual.faults import Fault
from drivers.virtual.led_signs import ShownSign, VirtualSigns
from firmware_py.errors import DriverError, DriverFault, DriverOffline
from firmware_py.runtime.clock import ManualClock
from firmware_py.runtime.port import PortDown, PortThread, PortUp
from tests.drivers.led_backends import BACK_ENDS, HASTY_S, PATIENT_S, BackEnd

REFRESH_MS = 30_000
WAIT_S = 5.0
MANY_YEARS = 1000

each_back_end = pytest.mark.parametrize("kind", BACK_ENDS, ids=lambda kind: kind.name)
each_fault = pytest.mark.parametrize(
    ("kind", "fault"),
    [pytest.param(kind, fault, id=f"{kind.name}-{fault}") for kind in BACK_ENDS for fault in kind.promises],
)


@pytest.fixture
def far(kind: BackEnd, tmp_path: Path) -> Iterator[VirtualSigns]:
    end = kind.far(tmp_path)
    yield end
    end.close()


@pytest.fixture
def sign(kind: BackEnd, far: VirtualSigns) -> ShownSign:
    return far.cards[kind.address]


@pytest.fixture
def bus(kind: BackEnd, far: VirtualSigns) -> Iterator[LedBus]:
    driver = kind.near(far.path, PATIENT_S, 0)
    yield driver
    driver.close()


@pytest.fixture
def hasty(kind: BackEnd, far: VirtualSigns) -> Iterator[LedBus]:
    driver = kind.near(far.path, HASTY_S, 0)
    yield driver
    driver.close()


def does(verb: Callable[[], None]) -> None:
    """What a hasty driver can do when nothing is in its way, at its second attempt if the machine was busy."""
    until = time.monotonic() + WAIT_S
    while True:
        try:
            return verb()
        except DriverOffline:
            if time.monotonic() > until:
                raise


def shows(far: VirtualSigns, sign: ShownSign, text: str) -> bool:
    return far.wait_for(lambda: sign.text == text)


# --- the verbs --------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-CALL-01", "R-CALL-05", "R-CALL-10")
@each_back_end
def test_a_sign_shows_what_it_is_told_and_is_dark_when_told_nothing(
    kind: BackEnd, far: VirtualSigns, sign: ShownSign, bus: LedBus
) -> None:
    bus.open()
    for text in ("请A001号到3号窗口", "暂停服务", ""):
        bus.show(kind.address, text)
        assert shows(far, sign, text)
    assert sign.history[-3:] == ["请A001号到3号窗口", "暂停服务", ""]


@each_back_end
def test_a_sign_that_nobody_configured_is_refused_before_the_wire(
    kind: BackEnd, far: VirtualSigns, sign: ShownSign, bus: LedBus
) -> None:
    bus.open()
    with pytest.raises(DriverFault) as caught:
        bus.show(kind.address + 1, "A001")
    assert caught.value.reason == "led_address"
    assert sign.frames == []


@pytest.mark.req("R-CALL-06")
@each_back_end
@pytest.mark.parametrize("text", ["请䶮号", "A\tB", "\\C1红", "上\n下", "满" * 600])
def test_what_a_sign_cannot_show_is_refused_before_the_wire_and_the_sign_keeps_its_text(
    kind: BackEnd, far: VirtualSigns, sign: ShownSign, bus: LedBus, text: str
) -> None:
    bus.open()
    bus.show(kind.address, "A001")
    with pytest.raises(DriverFault) as caught:
        bus.show(kind.address, text)
    assert caught.value.reason == "led_text"
    bus.check()
    assert shows(far, sign, "A001")


@pytest.mark.req("R-CALL-01")
@each_back_end
def test_the_first_byte_is_on_an_idle_wire_within_20_ms_of_the_call(
    kind: BackEnd, far: VirtualSigns, sign: ShownSign
) -> None:
    delays = []
    for number in range(5):
        fresh = kind.near(far.path, PATIENT_S, 0)  # its wire is idle: it owes no gap
        try:
            fresh.open()
            called_ns = time.monotonic_ns()
            fresh.show(kind.address, f"A{number:03d}")
            assert shows(far, sign, f"A{number:03d}")
        finally:
            fresh.close()
        delays.append(sign.heard_ns - called_ns)
    assert min(delays) <= 20_000_000  # the others are what else this machine did


@pytest.mark.req("R-CALL-01")
@each_back_end
def test_a_frame_leaves_an_idle_wire_without_a_pause_and_the_next_one_after_the_gap(
    kind: BackEnd, far: VirtualSigns
) -> None:
    paused: list[float] = []
    line = Line(far.path, 9600, 0.1, paused.append)
    try:
        line.open()
        line.send(b"one frame")
        assert paused == []
        line.send(b"and another")
        assert [round(each, 1) for each in paused] == [0.1]
    finally:
        line.close()


# --- the wire ---------------------------------------------------------------------------------------------------------


@each_back_end
def test_a_port_absent_at_the_start_is_offline_and_close_never_raises(
    kind: BackEnd, far: VirtualSigns, sign: ShownSign, bus: LedBus
) -> None:
    bus.close()
    far.unplug()
    for _ in range(2):
        with pytest.raises(DriverOffline):
            bus.open()
    for verb in (bus.check, partial(bus.show, kind.address, "A001")):
        with pytest.raises(DriverOffline):
            verb()
    bus.close()
    bus.close()
    far.replug()
    bus.open()
    bus.show(kind.address, "A002")
    assert shows(far, sign, "A002")


@each_back_end
def test_a_port_that_another_process_holds_is_offline_until_it_lets_go(
    kind: BackEnd, far: VirtualSigns, sign: ShownSign, hasty: LedBus
) -> None:
    bus, other = hasty, kind.near(far.path, PATIENT_S, 0)
    other.open()
    other.show(kind.address, "A001")
    try:
        with pytest.raises(DriverOffline):
            bus.open()
            bus.show(kind.address, "A002")
        assert shows(far, sign, "A001")
    finally:
        other.close()
    bus.close()
    bus.open()
    does(partial(bus.show, kind.address, "A003"))
    assert shows(far, sign, "A003")


@each_back_end
def test_a_cable_pulled_while_a_frame_is_under_way_is_offline_by_the_next_verb_and_found_again(
    kind: BackEnd, far: VirtualSigns, sign: ShownSign, bus: LedBus
) -> None:
    bus.open()
    path = far.path
    node = Path(path).readlink() if kind.moves else None
    far.on_bytes(far.unplug)
    with contextlib.suppress(DriverOffline):  # whether the last byte left before is the kernel's secret
        bus.show(kind.address, "A001")
    assert far.wait_for(lambda: far.faults[Fault.UNPLUGGED])
    for verb in (partial(bus.show, kind.address, "A002"), bus.check):
        with pytest.raises(DriverOffline):
            verb()
    far.on_bytes(None)
    taken = [os.openpty() for _ in range(20)]  # the old one's number among them: the port comes back under another
    far.replug()
    if kind.moves:
        assert Path(path).readlink() != node
    for pair in taken:
        for end in pair:
            os.close(end)
    bus.open()
    bus.show(kind.address, "A003")
    assert shows(far, sign, "A003")
    assert far.path == path
    assert "A002" not in sign.history


# --- faults, as the driver tells them ---------------------------------------------------------------------------------


@each_back_end
def test_every_fault_its_far_end_can_have_is_promised_something_and_others_are_refused(
    kind: BackEnd, far: VirtualSigns
) -> None:
    assert set(far.faults) == {*kind.promises, Fault.UNPLUGGED}
    assert not any(far.faults.values())
    with pytest.raises(ValueError, match="paper_out"):
        far.set_fault(Fault.PAPER_OUT, on=True)


@each_fault
def test_each_fault_is_told_as_promised_and_mended_without_a_restart(
    kind: BackEnd, fault: Fault, far: VirtualSigns, sign: ShownSign, bus: LedBus, hasty: LedBus
) -> None:
    if kind.promises[fault] == "offline":
        bus = hasty
    bus.open()
    does(partial(bus.show, kind.address, "A001"))
    assert shows(far, sign, "A001")
    far.set_fault(fault, on=True)
    assert far.faults[fault]
    match kind.promises[fault]:
        case "offline":
            for verb in (partial(bus.show, kind.address, "A002"), bus.check):
                with pytest.raises(DriverOffline):
                    verb()
        case "led_refused":
            for verb in (partial(bus.show, kind.address, "A002"), bus.check):
                with pytest.raises(DriverFault) as caught:
                    verb()
                assert caught.value.reason == "led_refused"
            assert sign.text == "A001"
        case "unknown":
            bus.show(kind.address, "A002")  # nothing comes back: no error, and no claim either
            bus.check()
        case "works":
            bus.show(kind.address, "A002")
            assert shows(far, sign, "A002")
            bus.check()
    far.set_fault(fault, on=False)
    if kind.promises[fault] == "unknown":
        bus.check()
        assert shows(far, sign, "A002")
    does(partial(bus.show, kind.address, "A003"))
    assert shows(far, sign, "A003")


@pytest.mark.req("R-CALL-05")
@each_back_end
def test_a_sign_that_lost_its_text_with_its_power_is_given_it_back_as_far_as_its_wire_can_tell(
    kind: BackEnd, far: VirtualSigns, sign: ShownSign, hasty: LedBus
) -> None:
    bus = hasty
    bus.open()
    does(partial(bus.show, kind.address, "暂停服务"))
    assert shows(far, sign, "暂停服务")
    far.set_fault(Fault.SILENT, on=True)
    assert sign.text == ""
    if kind.answers:  # it is known to be dead, so the owner shows it again when it is back
        with pytest.raises(DriverOffline):
            bus.check()
        far.set_fault(Fault.SILENT, on=False)
        does(bus.check)
        return
    bus.check()
    far.set_fault(Fault.SILENT, on=False)
    assert sign.text == ""
    bus.check()
    assert shows(far, sign, "暂停服务")


@each_back_end
def test_whatever_the_wire_says_no_verb_breaks_and_the_sign_obeys(
    kind: BackEnd, far: VirtualSigns, sign: ShownSign, bus: LedBus
) -> None:
    """Bytes around every answer, or on the line of a sign that never answers."""
    numbers = count(1)

    @settings(max_examples=20, deadline=None)
    @given(noise=st.binary(max_size=120))
    def survives(noise: bytes) -> None:
        far.line.noise = noise
        text = f"A{next(numbers):03d}"
        bus.show(kind.address, text)
        bus.check()
        assert shows(far, sign, text)

    bus.open()
    survives()


# --- faults, as the owner hears of them -------------------------------------------------------------------------------


class Owner:
    """The owner of a port: its inbox, and a clock that moves when nothing comes."""

    def __init__(self, bus: LedBus) -> None:
        self.clock = ManualClock()
        self.items: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.port: PortThread[LedBus] = PortThread(
            bus,
            self.items.put,
            name="sign",
            check_every_s=REFRESH_MS / 1000,
            when_offline="keep_latest",
            clock=self.clock,
        )
        self.clock.on_advance(self.port.wake)
        self.told: list[object] = []

    def show(self, address: int, *texts: str) -> None:
        for text in texts:
            self.port.submit_latest("sign", text, lambda driver, text=text: driver.show(address, text))

    def hears(self, wanted: Callable[[Any], bool]) -> object:
        """The next item that is wanted; time passes while none comes."""
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            try:
                item = self.items.get(timeout=0.02)
            except queue.Empty:
                self.clock.advance(REFRESH_MS)
                continue
            self.told.append(item)
            if wanted(item):
                return item
        raise AssertionError(f"never came; told: {self.told}")

    def passes(self, far: VirtualSigns, happened: Callable[[], bool]) -> None:
        """Let time pass until this is so."""
        until = time.monotonic() + WAIT_S
        while not far.wait_for(happened, 0.02):
            assert time.monotonic() < until, f"never happened; told: {self.told}"
            self.clock.advance(REFRESH_MS)


@pytest.fixture
def owner(kind: BackEnd, far: VirtualSigns) -> Iterator[Owner]:
    one = Owner(kind.near(far.path, 3 * HASTY_S, 1))
    one.port.open()
    yield one
    one.port.close()


def is_up(item: object) -> bool:
    return isinstance(item, PortUp)


def is_down(item: object) -> bool:
    return isinstance(item, PortDown)


BREAKING = [
    *(pytest.param(kind, Fault.UNPLUGGED, "offline", id=f"{kind.name}-unplugged") for kind in BACK_ENDS),
    *(
        pytest.param(kind, fault, promise, id=f"{kind.name}-{fault}")
        for kind in BACK_ENDS
        for fault, promise in kind.promises.items()
        if promise in ("offline", "led_refused") and (kind.moves or fault is Fault.SILENT)
    ),
]


@pytest.mark.req("R-CALL-01", "R-CALL-08")
@pytest.mark.parametrize(("kind", "fault", "reason"), BREAKING)
def test_a_fault_is_one_fact_and_one_line_of_log_and_when_it_is_mended_the_newest_call_alone_is_shown(
    kind: BackEnd,
    fault: Fault,
    reason: str,
    far: VirtualSigns,
    sign: ShownSign,
    owner: Owner,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING)
    owner.show(kind.address, "A001")
    owner.hears(is_up)
    owner.passes(far, lambda: sign.text == "A001")
    far.set_fault(fault, on=True)
    before = len(sign.history)
    owner.show(kind.address, "A002")
    down = owner.hears(is_down)
    assert isinstance(down, PortDown)
    assert (down.port, down.reason) == ("sign", reason)
    assert down.detail
    owner.show(kind.address, "A003", "A004", "A005")
    for _ in range(3):
        owner.clock.advance(REFRESH_MS)
    far.set_fault(fault, on=False)
    owner.hears(is_up)
    owner.passes(far, lambda: sign.text == "A005")
    seen = [text for text in sign.history[before:] if text]
    assert seen == sorted(seen), "an older call came after a newer one"
    if fault in (Fault.UNPLUGGED, Fault.SILENT):
        assert seen == ["A005"]
    assert len([item for item in owner.told if is_down(item)]) == 1
    assert len([each for each in caplog.records if each.levelno >= logging.WARNING]) == 1


@pytest.mark.req("R-CALL-01", "R-CALL-05")
@pytest.mark.parametrize("kind", [kind for kind in BACK_ENDS if not kind.answers], ids=lambda kind: kind.name)
@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.LOST_BYTES])
def test_a_sign_that_cannot_answer_is_never_said_to_be_broken_and_shows_the_newest_call_by_the_next_refresh(
    kind: BackEnd, fault: Fault, far: VirtualSigns, sign: ShownSign, owner: Owner
) -> None:
    owner.show(kind.address, "A001")
    owner.hears(is_up)
    owner.passes(far, lambda: sign.text == "A001")
    far.set_fault(fault, on=True)
    before = len(sign.history)
    owner.show(kind.address, "A002", "A003")
    owner.hears(lambda item: getattr(item, "job_id", "") == "A003")
    far.set_fault(fault, on=False)
    owner.passes(far, lambda: sign.text == "A003")
    assert [text for text in sign.history[before:] if text] == ["A003"]
    assert [type(item).__name__ for item in owner.told if is_down(item)] == []


@pytest.mark.req("R-CALL-01")
@each_back_end
def test_on_a_slow_sign_calls_come_late_and_never_the_older_after_the_newer(
    kind: BackEnd, far: VirtualSigns, sign: ShownSign, owner: Owner
) -> None:
    numbers = [f"A{number:03d}" for number in range(1, 30)]
    owner.hears(is_up)
    far.set_fault(Fault.SLOW, on=True)
    owner.show(kind.address, *numbers)
    if kind.answers:
        owner.hears(is_down)
    far.set_fault(Fault.SLOW, on=False)
    owner.passes(far, lambda: sign.text == numbers[-1])
    seen = [text for text in sign.history if text]
    assert seen == sorted(seen)
    assert len(seen) < len(numbers), "those that waited gave their place to the newest"


def test_an_error_of_a_driver_says_which_port(tmp_path: Path) -> None:
    for kind in BACK_ENDS:
        missing = "tcp://127.0.0.1:1" if kind.name == "onbon-tcp" else str(tmp_path / "nothing")
        driver = kind.near(missing, HASTY_S, 0)
        with pytest.raises(DriverError, match=missing):
            driver.open()
