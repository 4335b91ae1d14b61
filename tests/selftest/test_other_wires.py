"""Devices of other makes: one-way signs, lamps, blind lines, modems, speech chips; and their faults."""

import contextlib
import math
import queue
from pathlib import Path

import pytest

from drivers.phone import Edge
from drivers.virtual.faults import Fault
from drivers.virtual.led_strip import VirtualStrips
from drivers.virtual.loudspeaker_chip import VirtualSpeechChip
from drivers.virtual.modem import VirtualModem
from firmware_py.runtime.clock import ManualClock
from firmware_py.selftest.results import Outcome
from tests.selftest.conftest import Make
from tests.selftest.wired_pi import HOOK, LOOP, RING, Hands

BLIND = {"[instance.line]": {"hook": None, "loop": None}}
NO_PINS = dict.fromkeys(("ring", "hook", "loop", "factory"))


def test_a_sign_that_never_answers_is_said_to_be_one(make_pi: Make, tmp_path: Path) -> None:
    with contextlib.closing(VirtualStrips([1], link=tmp_path / "strip")) as strips:
        sign = {"driver": "strip", "port": strips.path, "width_px": 128}
        result = make_pi({"[instance.sign]": sign}).result(Hands(eyes=True), "desk1/sign")
    assert result.outcome is Outcome.PASSED
    assert "不应答" in result.seen[0]
    assert result.driver == "strip"


def test_the_lamps_of_a_panel_are_lit_one_after_another(make_pi: Make) -> None:
    lamps = {"social": 20, "realty": 21}
    pi = make_pi({f"[instance.buttons.pins.{name}]": {"lamp": pin} for name, pin in lamps.items()})
    result = pi.result(pi.willing(), "kiosk1/buttons")
    assert result.outcome is Outcome.PASSED
    assert [pi.lit.get(timeout=5), pi.lit.get(timeout=5)] == [20, 21]
    assert pi.lit.empty()
    assert result.seen[0] == "指示灯逐个亮过:social、realty"


def test_a_lamp_that_stayed_dark_is_told(make_pi: Make) -> None:
    pi = make_pi({"[instance.buttons.pins.social]": {"lamp": 20}})
    assert pi.result(Hands(eyes=False), "kiosk1/buttons").code == "no_lamp"


def test_a_line_without_a_hook_detector_is_said_to_be_blind(make_pi: Make) -> None:
    pi = make_pi(BLIND)
    result = pi.result(Hands(patient=False), "desk1-phone")
    assert result.outcome is Outcome.PASSED
    assert "没有摘机检测:分不清来电是接了还是挂了" in result.seen
    assert "没有试打电话,振铃未测" in result.seen


def test_a_blind_line_that_is_called_is_heard_to_ring(make_pi: Make) -> None:
    pi = make_pi(BLIND)
    result = pi.result(Hands({"拨打本机": lambda: pi.line_board.drive(RING, low=True)}), "desk1-phone")
    assert result.seen[-1] == "来电振铃检测到"


class InACall(Hands):
    """Impatient hands beside a telephone that has just begun to ring; ``clock`` moves with each reading."""

    def __init__(self, clock: ManualClock, rings: int) -> None:
        super().__init__(patient=False)
        self._clock = clock
        self._rings = rings

    def reading(self, inbox: "queue.SimpleQueue[object]", within_s: float) -> object | None:
        """Another half wave, until it pauses."""
        if self._rings == 0:
            return super().reading(inbox, within_s)
        self._rings -= 1
        self._clock.advance(40)
        return Edge("desk1-phone", "ring", self._rings % 2 == 0, self._clock.mono_ms())


def test_a_call_that_comes_in_meanwhile_is_no_fault(make_pi: Make) -> None:
    """It rings for a second, and then it pauses, as an exchange rings."""
    clock = ManualClock()
    result = make_pi(BLIND).result(InACall(clock, 25), "desk1-phone", clock=clock)
    assert result.outcome is Outcome.PASSED
    assert "正在振铃" in result.seen


def test_a_bell_that_never_pauses_is_a_stuck_ring_detector(make_pi: Make) -> None:
    clock = ManualClock()
    result = make_pi(BLIND).result(InACall(clock, 10_000), "desk1-phone", clock=clock)
    assert (result.outcome, result.code) == (Outcome.FAILED, "stuck_ring")
    assert clock.mono_ms() < 10_000


@pytest.mark.parametrize(("fault", "code"), [(None, ""), (Fault.REFUSES, "modem_refused"), (Fault.UNPLUGGED, "absent")])
def test_a_modem_answers_or_is_told_to_be_away(make_pi: Make, tmp_path: Path, fault: Fault | None, code: str) -> None:
    modem = VirtualModem(tmp_path / "modem")
    modem.open()
    with contextlib.closing(modem):
        if fault is not None:
            modem.set_fault(fault, True)
        pi = make_pi({"[instance.line]": {**NO_PINS, "driver": "modem", "port": str(tmp_path / "modem")}})
        result = pi.result(Hands(patient=False), "desk1-phone")
    assert result.code == code
    assert result.outcome is (Outcome.FAILED if code else Outcome.PASSED)


@pytest.mark.parametrize(("fault", "code"), [(None, ""), (Fault.UNPLUGGED, "absent")])
def test_a_speech_chip_speaks_or_is_told_to_be_away(
    make_pi: Make, tmp_path: Path, fault: Fault | None, code: str
) -> None:
    with contextlib.closing(VirtualSpeechChip(link=tmp_path / "chip", speed=math.inf)) as chip:
        if fault is not None:
            chip.set_fault(fault, True)
        voice = {"driver": "syn6288", "port": str(tmp_path / "chip"), "player": None, "engine": None}
        result = make_pi({"[instance.voice]": voice}).result(Hands(eyes=True), "hall/voice")
    assert result.code == code
    assert result.outcome is (Outcome.FAILED if code else Outcome.PASSED)


def test_pins_are_told_by_their_numbers(make_pi: Make) -> None:
    pi = make_pi({})
    result = pi.result(Hands(patient=False), "desk1-phone/line", there=False)
    assert result.wire == f"socket:{pi.folder}/line {RING},{HOOK},{LOOP}"
