"""What is wrong with a device is seen, named, and told with what to do; a device in use is no broken one."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.virtual.faults import Fault
from firmware_py.phrases.pack import pack
from firmware_py.runtime.clock import ManualClock
from firmware_py.runtime.config import load
from firmware_py.selftest import bench
from firmware_py.selftest.bench import Bench
from firmware_py.selftest.in_this_pi import try_storage
from firmware_py.selftest.results import NotAsItShould, Outcome
from tests.docs.driver_page import KINDS, codes_raised
from tests.selftest.conftest import Make
from tests.selftest.wired_pi import HOOK, LOOP, Hands, WiredPi

Break = Callable[[WiredPi], object]


@pytest.mark.req("R-TECH-02")
@pytest.mark.parametrize(
    ("only", "code", "go_wrong"),
    [
        ("kiosk1/printer", "paper_out", lambda pi: pi.printer.set_fault(Fault.PAPER_OUT, True)),
        ("kiosk1/printer", "paper_out", lambda pi: pi.printer.set_fault(Fault.PAPER_OUT_MID_SLIP, True)),
        ("kiosk1/printer", "cover_open", lambda pi: pi.printer.set_fault(Fault.COVER_OPEN, True)),
        ("kiosk1/printer", "cutter", lambda pi: pi.printer.set_fault(Fault.CUTTER, True)),
        ("kiosk1/printer", "offline", lambda pi: pi.printer.set_fault(Fault.UNPLUGGED, True)),
        ("desk1/sign", "offline", lambda pi: pi.sign.set_fault(Fault.SILENT, True)),
        ("desk1/sign", "absent", lambda pi: pi.sign.unplug()),
        ("desk1/sign", "led_refused", lambda pi: pi.sign.set_fault(Fault.REFUSES, True)),
        ("hall/voice", "offline", lambda pi: pi.speaker.unplug()),
        ("hall/voice", "offline", lambda pi: pi.speaker.set_fault(Fault.REFUSES, True)),
        ("desk1/pad", "absent", lambda pi: pi.pad.unplug()),
        ("desk1/pad", "no_key", lambda pi: None),
        ("desk1-eval/keypad", "absent", lambda pi: pi.evaluator.unplug()),
        ("desk1-eval/keypad", "no_key", lambda pi: None),
        ("kiosk1/reader", "absent", lambda pi: pi.reader.unplug()),
        ("kiosk1/reader", "no_code", lambda pi: None),
        ("desk1-phone/line", "off_hook", lambda pi: pi.telephone.set_fault(Fault.STUCK_HOOK, True)),
        ("kiosk1/buttons", "offline", lambda pi: pi.panel.close()),
        ("kiosk1/buttons", "no_key", lambda pi: None),
        ("desk1-phone/line", "offline", lambda pi: pi.line_board.close()),
        ("desk1-phone/line", "off_hook", lambda pi: pi.line_board.drive(HOOK, low=True)),
        ("desk1-phone/line", "no_loop", lambda pi: pi.line_board.drive(LOOP, low=False)),
        ("desk1-phone/line", "no_lift", lambda pi: None),
        ("pi/link", "link_silent", lambda pi: None),
    ],
)
def test_a_fault_is_named_and_told_with_what_to_do(pi: WiredPi, only: str, code: str, go_wrong: Break) -> None:
    go_wrong(pi)
    hands = Hands(patient=False)
    result = pi.result(hands, only)
    assert (result.outcome, result.code) == (Outcome.FAILED, code)
    assert result.said in hands.text
    assert f"处理:{result.advice}" in hands.text


@pytest.mark.parametrize(
    ("only", "code", "prompt", "act"),
    [
        ("desk1-eval", "wrong_first", "“非常满意”", lambda pi: pi.evaluator.press_level(1, 4)),
        ("desk1-eval", "wrong_order", "其余的键", lambda pi: pi.evaluator.press_level(1, 3)),
        ("kiosk1/buttons", "wrong_button", "按键:social", lambda pi: pi.panel.press(3)),
    ],
)
def test_a_hand_that_meets_something_else_than_is_written_is_told_so(
    pi: WiredPi, only: str, code: str, prompt: str, act: Break
) -> None:
    hands = Hands({"“非常满意”": lambda: pi.evaluator.press_level(1, 0), prompt: lambda: act(pi)})
    result = pi.result(hands, only)
    assert (result.outcome, result.code) == (Outcome.FAILED, code)


@pytest.mark.req("R-EVAL-10")
def test_an_evaluator_mounted_the_other_way_round_is_told_with_the_levels_to_write(pi: WiredPi) -> None:
    hands = Hands({"“非常满意”": lambda: pi.evaluator.press_level(1, 4)})
    result = pi.result(hands, "desk1-eval")
    assert "设置为“非常不满意”" in result.said
    assert "[1, 2, 3, 4, 5]" in result.advice


def test_eyes_that_saw_nothing_are_believed(pi: WiredPi) -> None:
    assert pi.result(Hands(eyes=False), "desk1/sign").code == "not_seen"
    assert pi.result(Hands(eyes=False), "hall/voice").code == "not_heard"


def test_a_cable_pulled_while_somebody_looks_for_the_key_is_no_missing_key(pi: WiredPi) -> None:
    result = pi.result(Hands({"任意一键": pi.pad.unplug}), "desk1/pad")
    assert (result.outcome, result.code) == (Outcome.FAILED, "absent")


NOON = 1_795_230_000_000
"""2026-11-21, UTC milliseconds."""


@pytest.mark.parametrize(
    ("source", "clock", "code"),
    [
        ("rtc", ManualClock(0, NOON), ""),
        ("rtc", ManualClock(0, NOON, vouched=False), "clock_untrusted"),
        ("none", ManualClock(0, NOON, vouched=False), ""),  # the controller's time counts
        ("ntp", ManualClock(0, 0), "clock_wrong"),
    ],
)
def test_a_clock_must_be_sane_and_vouched_for_as_it_is_written(
    make_pi: Make, source: str, clock: ManualClock, code: str
) -> None:
    assert make_pi({"[clock]": {"source": source}}).result(Hands(), "pi/clock", clock=clock).code == code


def test_a_folder_that_takes_no_file_is_told(make_pi: Make) -> None:
    result = make_pi({"": {"state": "/proc/hall"}}).result(Hands(), "pi/storage")
    assert (result.outcome, result.code) == (Outcome.FAILED, "not_writable")


def test_a_full_card_is_told_with_the_room_that_is_left(pi: WiredPi) -> None:
    plan, device = load(pi.folder / "hall.toml", pi.folder / "device.toml")
    bench = Bench(Hands(), ManualClock(), plan, hands=False)
    with pytest.raises(NotAsItShould) as full:
        try_storage(device, bench, room_mb=10**12)
    assert full.value.code == "disk_full"
    assert int(full.value.values["free"]) > 0


def test_one_broken_device_does_not_keep_the_others_from_their_tests(pi: WiredPi) -> None:
    pi.printer.set_cable("out")
    report = pi.run(Hands(patient=False), "kiosk1/printer", "desk1/sign", there=False)
    assert [each.outcome for each in report.results] == [Outcome.FAILED, Outcome.PASSED]
    assert not report.ok


@pytest.mark.req("R-TECH-02")
def test_a_device_whose_daemon_runs_is_left_alone_and_said_to_be_in_use_by_its_unit(pi: WiredPi) -> None:
    words = [sys.executable, "-m", "caller.desk_main", "--id", "desk1", "--config", str(pi.folder)]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as daemon:
        try:
            report = pi.run(pi.willing(), "desk1", "kiosk1/printer")
        finally:
            daemon.kill()
    found = {each.device: (each.outcome, each.unit) for each in report.results}
    assert found == {
        "printer": (Outcome.PASSED, ""),
        "pad": (Outcome.HELD, "hall-desk@desk1"),
        "sign": (Outcome.HELD, "hall-desk@desk1"),
    }
    assert "sudo systemctl stop hall-desk@desk1" in report.results[1].advice
    assert not report.ok


@pytest.fixture
def stranger(pi: WiredPi) -> Iterator["subprocess.Popen[bytes]"]:
    """Another program that has the pad's port for itself."""
    program = f"import serial, sys; p = serial.Serial({pi.pad.path!r}, exclusive=True); print('here'); sys.stdin.read()"
    words = [sys.executable, "-u", "-c", program]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        yield process
        process.kill()


def test_a_device_that_another_program_has_is_told_with_its_process(
    pi: WiredPi, stranger: "subprocess.Popen[bytes]"
) -> None:
    result = pi.result(Hands(), "desk1/pad")
    assert (result.outcome, result.code) == (Outcome.FAILED, "taken")
    assert f"进程 {stranger.pid}" in result.said


def test_a_broken_off_test_leaves_the_sign_dark_and_the_port_free(pi: WiredPi) -> None:
    hands = Hands(patient=False)

    def enough(seconds: float) -> None:
        del seconds
        assert pi.sign.cards[1].text == "自检"
        raise KeyboardInterrupt

    hands.look = enough  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        pi.run(hands, "desk1/sign")
    assert pi.sign.cards[1].text == ""
    assert pi.result(Hands(), "desk1/sign").outcome is Outcome.PASSED


@pytest.mark.parametrize("kind", KINDS)
def test_every_code_a_driver_can_raise_has_words_and_an_advice(kind: str) -> None:
    assert {code for code in codes_raised(kind) if f"faults.{code}.staff" not in pack()} == set()
    assert f"selftest.offline.{kind}" in pack()


def test_everything_that_can_be_wrong_has_something_to_do_about_it() -> None:
    wrong = {key.rpartition(".")[2] for key in pack() if key.startswith("selftest.wrong.")}
    assert wrong == {key.rpartition(".")[2] for key in pack() if key.startswith("selftest.todo.")}
    sources = "".join(file.read_text(encoding="utf-8") for file in Path(bench.__file__).parent.glob("*.py"))
    assert wrong == set(re.findall(r'NotAsItShould\(\s*"(\w+)"', sources)), "and nothing else is"
