"""``hall selftest`` as it is typed: exit statuses, JSON, paper, Ctrl-C."""

import json
import queue
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from firmware_py.cli import main
from firmware_py.link import LinkUp, Member, Role
from firmware_py.runtime.device_file import LinkConfig
from firmware_py.selftest.results import Report
from sync.broker import Broker, find_mosquitto
from sync.mqtt.connecting import connect
from tests.selftest.conftest import Make, make_pi
from tests.selftest.wired_pi import Hands, WiredPi

__all__ = ["make_pi"]

FIELDS = {
    "id",
    "device",
    "driver",
    "wire",
    "outcome",
    "code",
    "said",
    "advice",
    "detail",
    "unit",
    "seen",
    "took_ms",
}


@pytest.fixture
def pi(make_pi: Make) -> Iterator[WiredPi]:
    yield make_pi({})


def hanzi_columns(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line)


def command(pi: WiredPi, *words: str) -> list[str]:
    return [sys.executable, "-m", "firmware_py.cli", "selftest", "--config", str(pi.folder), *words]


@pytest.mark.req("R-TECH-02")
def test_the_command_tests_every_device_and_its_json_keeps_its_form(pi: WiredPi) -> None:
    ended = subprocess.run(command(pi, "--no-keys", "--json"), capture_output=True, check=False, timeout=60)
    found = json.loads(ended.stdout)
    assert set(found) == {"hall", "at", "ok", "results"}
    assert {frozenset(each) for each in found["results"]} == {frozenset(FIELDS)}
    report = msgspec.json.decode(ended.stdout, type=Report)
    outcomes = {f"{each.id}/{each.device}": each.outcome.value for each in report.results}
    assert outcomes == {
        "pi/clock": "passed",
        "pi/storage": "passed",
        "pi/link": "failed",  # no broker here
        "kiosk1/printer": "passed",
        "kiosk1/buttons": "skipped",
        "kiosk1/reader": "skipped",
        "desk1/pad": "skipped",
        "desk1/sign": "passed",
        "desk1-eval/keypad": "skipped",
        "desk1-phone/line": "skipped",
        "hall/board": "passed",
        "hall/voice": "passed",
    }
    assert ended.returncode == 1
    assert "[12/12] hall 语音" in ended.stderr.decode()


def test_all_that_was_tried_works_is_zero(pi: WiredPi, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "--config", str(pi.folder), "--no-keys", "--only", "kiosk1/printer"]) == 0
    assert "全部通过" in capsys.readouterr().out


def test_a_device_that_does_not_work_is_one(pi: WiredPi, capsys: pytest.CaptureFixture[str]) -> None:
    pi.printer.set_paper("out")
    assert main(["selftest", "--config", str(pi.folder), "--no-keys", "--only", "kiosk1/printer"]) == 1
    assert "打印纸用完" in capsys.readouterr().out


def test_a_name_that_is_not_there_is_two(pi: WiredPi, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["selftest", "--config", str(pi.folder), "--only", "kiosk2"]) == 2
    assert "kiosk1/printer" in capsys.readouterr().err


def test_a_wrong_configuration_is_seventy_eight(tmp_path: Path) -> None:
    assert main(["selftest", "--config", str(tmp_path)]) == 78


@pytest.mark.req("R-TECH-02")
@pytest.mark.parametrize(("width_mm", "columns"), [(80, 48), (58, 32)])
def test_the_report_comes_out_of_the_kiosks_own_printer(make_pi: Make, width_mm: int, columns: int) -> None:
    pi = make_pi({"[instance.printer]": {"width_mm": width_mm}})
    pi.sign.unplug()
    assert main(["selftest", "--config", str(pi.folder), "--no-keys", "--only", "desk1/sign", "--print"]) == 1
    (slip,) = pi.printer.slips()
    assert "设备自检报告" in slip.text
    assert "desk1 窗口屏 不通过" in slip.text
    assert "不存在" in slip.text
    assert max(hanzi_columns(line) for line in slip.text.splitlines()) <= columns


def test_a_report_that_cannot_be_printed_is_said(pi: WiredPi, capsys: pytest.CaptureFixture[str]) -> None:
    pi.printer.set_paper("out")
    assert main(["selftest", "--config", str(pi.folder), "--no-keys", "--only", "desk1/sign", "--print"]) == 1
    assert "报告没有打印:缺纸" in capsys.readouterr().out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_test_that_is_broken_off_leaves_the_sign_dark(pi: WiredPi, number: signal.Signals) -> None:
    with subprocess.Popen(command(pi, "--only", "desk1/sign"), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as test:
        assert pi.sign.wait_for(lambda: pi.sign.cards[1].text == "自检", 20)
        test.send_signal(number)
        _, said = test.communicate(timeout=20)
    assert test.returncode == 1
    assert "自检中断" in said.decode()
    assert pi.sign.cards[1].text == ""


@pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed")
def test_a_broker_that_answers_is_within_reach_and_keeps_nothing_of_the_visit(make_pi: Make, tmp_path: Path) -> None:
    """The visitor proves itself as an instance of this Pi, and no topic keeps anything of it."""
    members = [Member("kiosk1", Role.KIOSK, "demo"), Member("watcher", Role.VIEWER, "demo")]
    broker = Broker(tmp_path, members)
    broker.start()
    try:
        pi = make_pi({"[link]": {"port": broker.port, "password_file": broker.password_files}})
        report = pi.run(Hands(), "pi/link")
        config = LinkConfig("127.0.0.1", port=broker.port, password_file=broker.password_files)
        watcher = connect(config, "watcher", Role.VIEWER, "demo", "boot")
        inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        watcher.subscribe(watcher.topics.status("+"))
        watcher.open(inbox.put)
        first = inbox.get(timeout=5)
        watcher.close()
    finally:
        broker.stop()
    assert [each.outcome.value for each in report.results] == ["passed"]
    assert isinstance(first, LinkUp)
    assert inbox.empty()


@pytest.mark.skipif(find_mosquitto() is None, reason="mosquitto is not installed")
def test_a_broker_that_refuses_is_not_within_reach(make_pi: Make, tmp_path: Path) -> None:
    broker = Broker(tmp_path, [Member("kiosk2", Role.KIOSK, "demo")])
    broker.start()
    try:
        pi = make_pi({"[link]": {"port": broker.port}})
        report = pi.run(Hands(patient=False), "pi/link")
    finally:
        broker.stop()
    assert [each.code for each in report.results] == ["link_refused"]


def test_a_proof_that_cannot_be_read_is_named_before_the_broker_is_asked(make_pi: Make, tmp_path: Path) -> None:
    (tmp_path / "ca.crt").touch()
    proofs = {name: str(tmp_path / f"{name}.crt") for name in ("ca", "cert", "key")}
    hands = Hands(patient=False)
    report = make_pi({"[link]": proofs}).run(hands, "pi/link")
    assert [each.code for each in report.results] == ["link_files"]
    assert str(tmp_path / "cert.crt") in hands.text
