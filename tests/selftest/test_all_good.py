"""A self-test in which everything works: each device is moved, looked at, listened to, and nothing reaches the hall."""

import socket

import pytest

from firmware_py.selftest.results import Outcome
from firmware_py.selftest.running import UnknownDevice
from tests.selftest.conftest import Make
from tests.selftest.wired_pi import HOOK, Hands, WiredPi

DEVICES = [
    ("kiosk1", "printer"),
    ("kiosk1", "buttons"),
    ("kiosk1", "reader"),
    ("desk1", "pad"),
    ("desk1", "sign"),
    ("desk1-eval", "keypad"),
    ("desk1-phone", "line"),
    ("hall", "board"),
    ("hall", "voice"),
]
INSTANCES = list(dict.fromkeys(name for name, _ in DEVICES))


@pytest.mark.req("R-TECH-02")
def test_every_configured_device_passes_with_a_willing_person_and_leaves_no_file(pi: WiredPi) -> None:
    pi.state.mkdir()
    report = pi.run(pi.willing(), *INSTANCES, "pi/storage")
    assert [(each.id, each.device, each.outcome) for each in report.results] == [
        (*device, Outcome.PASSED) for device in (("pi", "storage"), *DEVICES)
    ]
    assert report.ok
    assert list(pi.state.iterdir()) == [], "nothing of it is left in the hall's state"


@pytest.mark.req("R-TECH-02")
def test_the_pis_own_clock_storage_and_link_are_devices_too(pi: WiredPi) -> None:
    report = pi.run(Hands(patient=False), "pi")
    assert [(each.device, each.outcome) for each in report.results] == [
        ("clock", Outcome.PASSED),
        ("storage", Outcome.PASSED),
        ("link", Outcome.FAILED),  # nobody listens at its port
    ]
    assert [each.code for each in report.results] == ["", "", "link_silent"]


def test_the_printer_puts_a_slip_on_paper_that_is_no_ticket(pi: WiredPi) -> None:
    result = pi.result(Hands(), "kiosk1/printer")
    assert result.outcome is Outcome.PASSED
    (slip,) = pi.printer.slips()
    assert "自检" in slip.text
    assert "这不是号票" in slip.text


@pytest.mark.req("R-TECH-02")
def test_a_sign_shows_the_word_then_its_address_and_is_dark_at_the_end(pi: WiredPi) -> None:
    seen: list[str] = []
    hands = pi.willing()
    hands.look = lambda seconds: seen.append(pi.sign.cards[1].text)  # type: ignore[method-assign]
    assert pi.result(hands, "desk1/sign").outcome is Outcome.PASSED
    assert seen == ["自检", "1"]
    assert pi.sign.cards[1].text == ""


def test_the_loudspeaker_plays_the_chime_and_a_number_without_a_desk(pi: WiredPi) -> None:
    assert pi.result(pi.willing(), "hall/voice").outcome is Outcome.PASSED
    (sound,) = pi.speaker.played()
    assert sound.finished
    assert sound.duration_ms > 1000


def test_a_pad_shows_888_and_beeps_and_its_key_is_named_by_what_it_means(pi: WiredPi) -> None:
    shown: list[bool] = []

    def press() -> None:
        shown.append(pi.pad.wait_for(lambda: pi.pad.digits(1) == "888888" and pi.pad.beeps(1) == 1))
        pi.pad.press(1, "0C")

    hands = Hands({"任意一键": press})
    result = pi.result(hands, "desk1/pad")
    assert shown == [True]
    assert "按下的键:0C(下一位)" in result.seen


def test_a_pad_that_nobody_presses_is_not_left_with_888(pi: WiredPi) -> None:
    lit: list[bool] = []
    hands = Hands({"888": lambda: lit.append(pi.pad.wait_for(lambda: pi.pad.digits(1) == "888888"))})
    assert pi.result(hands, "desk1/pad", there=False).outcome is Outcome.SKIPPED
    assert lit == [True]
    assert pi.pad.wait_for(lambda: not pi.pad.digits(1).strip())


@pytest.mark.req("R-EVAL-10", "R-TECH-02")
def test_the_evaluator_asks_for_the_best_level_first_and_names_what_each_key_gives(pi: WiredPi) -> None:
    hands = pi.willing()
    result = pi.result(hands, "desk1-eval/keypad")
    asked = [line for line in hands.lines if "请在" in line or "请从" in line]
    assert "非常满意" in asked[0]
    assert result.seen[1:] == (
        "从左数第 1 键:非常满意",
        "从左数第 2 键:满意",
        "从左数第 3 键:基本满意",
        "从左数第 4 键:不满意",
        "从左数第 5 键:非常不满意",
    )


@pytest.mark.req("R-EVAL-10", "R-TECH-02")
def test_scenario_35_a_test_rating_in_the_self_test_is_no_rating(make_pi: Make) -> None:
    """Every key of the evaluator is pressed: no journal is begun, and nobody is heard at the link's port."""
    with socket.create_server(("127.0.0.1", 0)) as broker:
        broker.setblocking(False)
        pi = make_pi({"[link]": {"port": broker.getsockname()[1]}})
        assert pi.result(pi.willing(), "desk1-eval").outcome is Outcome.PASSED
        assert not pi.state.exists()
        with pytest.raises(BlockingIOError):
            broker.accept()


def test_a_code_is_told_by_its_length_alone(pi: WiredPi) -> None:
    hands = pi.willing()
    result = pi.result(hands, "kiosk1/reader")
    assert result.seen == ("扫到一个码,6 个字符",)
    assert "A001" not in hands.text.replace("零零一", "")


@pytest.mark.req("R-TECH-02")
def test_with_nobody_there_what_can_be_tested_is_and_the_rest_is_said_to_be_skipped(pi: WiredPi) -> None:
    report = pi.run(Hands(patient=False), *INSTANCES, there=False)
    outcomes = {each.device: each.outcome for each in report.results}
    skipped = {"buttons", "reader", "pad", "keypad", "line"}
    assert {device for device, outcome in outcomes.items() if outcome is Outcome.SKIPPED} == skipped
    assert {outcomes[device] for device in ("printer", "sign", "board", "voice")} == {Outcome.PASSED}
    assert report.ok


def test_a_sign_nobody_looked_at_passes_and_says_that_nobody_looked(pi: WiredPi) -> None:
    result = pi.result(Hands(eyes=None), "desk1/sign")
    assert result.outcome is Outcome.PASSED
    assert result.seen[-1] == "没有人确认是否看到或听到"


def test_one_device_or_one_instance_can_be_chosen(pi: WiredPi) -> None:
    hands = Hands(patient=False)
    assert [each.device for each in pi.run(hands, "desk1", there=False).results] == ["pad", "sign"]
    assert [each.device for each in pi.run(hands, "desk1/sign", there=False).results] == ["sign"]


def test_a_name_that_is_not_there_is_answered_with_those_that_are(pi: WiredPi) -> None:
    with pytest.raises(UnknownDevice, match="desk1/sign") as refused:
        pi.run(Hands(), "desk1/sing")
    assert 'did you mean "desk1/sign"' in str(refused.value)


def test_a_handset_is_seen_lifted_and_hung_up(pi: WiredPi) -> None:
    result = pi.result(pi.willing(), "desk1-phone")
    assert result.seen == ("线路有电压", "没有振铃", "话筒:挂好", "摘机、挂机都检测到")
    assert pi.line_board.level(HOOK)
