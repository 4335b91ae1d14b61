"""From a command line to a running daemon and to the exit status that systemd acts on (R-TECH-01)."""

import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_py.controller.daemon import build
from firmware_py.errors import ConfigError
from firmware_py.journal.reader import JournalReader
from firmware_py.journal.store import Journal
from firmware_py.link import Link, Role
from firmware_py.link.local import LocalBus
from firmware_py.runtime.clock import OffsetClock, SystemClock
from firmware_py.runtime.device_file import ClockConfig, ControllerInstance, DeviceConfig, KioskInstance, LinkConfig
from firmware_py.runtime.launching import EX_CONFIG, EX_FAILED, clock_of, launch
from firmware_py.runtime.loop import Loop
from firmware_py.runtime.site import Site
from sync.mqtt.connecting import connect

HALL = """
[hall]
id = "h1"
name = "阳光区政务服务大厅"
hours = ["09:00-17:30"]
complaint_phone = "12345"

[[service]]
id = "social"
prefix = "A"
name = "社会保障"

[[desk]]
id = 1
services = ["social"]
"""
DEVICE = """
state = "{state}"

[link]
host = "127.0.0.1"

[[instance]]
id = "controller"
role = "controller"
"""


@pytest.fixture(autouse=True)
def _root_logger_put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()  # a daemon's log goes where its process says
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "hall.toml").write_text(HALL, encoding="utf-8")
    (folder / "device.toml").write_text(DEVICE.format(state=tmp_path / "state"), encoding="utf-8")
    return folder


def on_local_bus(config: LinkConfig, instance: str, role: Role, hall: str, boot: str) -> Link:
    return LocalBus(hall).connect(instance, role, boot=boot)


def stops_at_once(settings: ControllerInstance, site: Site) -> Loop:
    """The real controller, told to stop before it begins."""
    loop = build(settings, site)
    loop.stop()
    return loop


def start(config: Path, instance: str = "controller") -> int:
    arguments = ["--id", instance, "--config", str(config)]
    return launch("hall-controller", ControllerInstance, Role.CONTROLLER, on_local_bus, stops_at_once, arguments)


@pytest.mark.req("R-TECH-01", "R-TECH-03")
def test_a_daemon_that_was_told_to_stop_ends_with_zero_and_its_journal_is_whole(config: Path, tmp_path: Path) -> None:
    assert start(config) == 0
    with JournalReader.open(tmp_path / "state" / "controller" / "journal.db") as reader:
        assert "configured" in [record.type for record in reader.records(0, 2)]


@pytest.mark.req("R-TECH-01")
def test_a_wrong_configuration_ends_with_78_and_every_problem_on_a_line(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "ear"))
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "ear"))
        (config / "hall.toml").write_text(HALL.replace('"A"', '"O"').replace("09:00", "9 o'clock"), encoding="utf-8")

        assert start(config) == EX_CONFIG
        told = ear.recv(4096).decode()

    lines = capsys.readouterr().err.splitlines()
    assert len([line for line in lines if "hall.toml" in line]) == 2
    assert told.startswith("STATUS=configuration: ")


@pytest.mark.req("R-TECH-01")
@pytest.mark.parametrize(
    ("instance", "said"), [("controler", "did you mean"), ("kiosk1", "no instance of device.toml")]
)
def test_an_instance_that_is_not_there_ends_with_78(
    config: Path, capsys: pytest.CaptureFixture[str], instance: str, said: str
) -> None:
    assert start(config, instance) == EX_CONFIG
    assert said in capsys.readouterr().err


@pytest.mark.req("R-TECH-01")
def test_an_instance_of_another_role_ends_with_78(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--id", "controller", "--config", str(config)]

    def never(*_: object) -> Loop:
        raise AssertionError

    assert launch("hall-kiosk", KioskInstance, Role.KIOSK, on_local_bus, never, arguments) == EX_CONFIG
    assert "is a controller" in capsys.readouterr().err


@pytest.mark.req("R-TECH-01")
def test_a_state_directory_that_cannot_be_made_ends_with_1(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "state").write_text("a file is in the way")

    assert start(config) == EX_FAILED
    assert "cannot use its state directory" in capsys.readouterr().err


@pytest.mark.req("R-TECH-01", "R-TECH-07")
def test_a_journal_that_somebody_else_owns_ends_with_1_and_says_who(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "state" / "controller"
    state.mkdir(parents=True)
    with Journal.open(state / "journal.db", boot="other"):
        assert start(config) == EX_FAILED

    assert f"process {os.getpid()} owns this journal" in capsys.readouterr().err


@pytest.mark.req("R-TECH-01")
def test_a_bug_ends_with_1_for_systemd_to_restart(config: Path) -> None:
    class Broken:
        def open(self) -> None:
            raise ZeroDivisionError

        def close(self) -> None:
            raise AssertionError("it was never open")

    def broken(settings: ControllerInstance, site: Site) -> Loop:
        class Idle:
            def on(self, item: object, now: int) -> list[object]:
                return []

            def due(self) -> None:
                return None

        return Loop("broken", Idle(), lambda effect, now: None, clock=site.clock, resources=[Broken()])

    arguments = ["--id", "controller", "--config", str(config)]
    assert launch("x", ControllerInstance, Role.CONTROLLER, on_local_bus, broken, arguments) == EX_FAILED


@pytest.mark.req("R-EVAL-04", "R-TECH-01")
def test_a_secret_that_is_none_ends_with_78(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = tmp_path / "state" / "controller"
    state.mkdir(parents=True)
    (state / "secret").write_bytes(b"short")

    assert start(config) == EX_CONFIG
    assert "expected at least 32" in capsys.readouterr().err


def test_the_clock_is_the_one_the_device_names(tmp_path: Path) -> None:
    link, instances = LinkConfig("127.0.0.1"), (ControllerInstance("controller"),)

    assert type(clock_of(DeviceConfig(link, instances))) is SystemClock
    moved = DeviceConfig(link, instances, clock=ClockConfig(offset_file=str(tmp_path / "offset")))
    assert type(clock_of(moved)) is OffsetClock


# --- the link of every installed hall ---------------------------------------------------------------------------------


def test_an_instance_proves_itself_with_its_own_password(tmp_path: Path) -> None:
    (tmp_path / "kiosk1.password").write_text("s3cret\n", encoding="utf-8")
    config = LinkConfig("127.0.0.1", port=1883, password_file=str(tmp_path / "{instance}.password"))

    link = connect(config, "kiosk1", Role.KIOSK, "h1", "boot")

    assert link.instance == "kiosk1"
    assert link.topics.command("kiosk1") == "hall/v1/h1/i/kiosk1/cmd"
    assert link._terms.password == "s3cret"


@pytest.mark.req("R-TECH-01")
def test_a_password_that_cannot_be_read_is_a_problem_of_the_configuration(tmp_path: Path) -> None:
    missing = LinkConfig("127.0.0.1", password_file=str(tmp_path / "none"))
    with pytest.raises(ConfigError, match=r"link.password_file: .*none cannot be read: No such file"):
        connect(missing, "kiosk1", Role.KIOSK, "h1", "boot")

    (tmp_path / "bytes").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(ConfigError, match="holds no password"):
        connect(LinkConfig("127.0.0.1", password_file=str(tmp_path / "bytes")), "kiosk1", Role.KIOSK, "h1", "boot")
