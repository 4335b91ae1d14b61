"""What systemd hears, on a socket of its own kind."""

import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_py.runtime.sd_notify import Notifier


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(tmp_path / "notify"))
        ear.settimeout(5)
        yield ear


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"NOTIFY_SOCKET": str(tmp_path / "notify")}


@pytest.mark.req("R-TECH-01")
def test_each_word_is_one_datagram(manager: socket.socket, environ: dict[str, str]) -> None:
    notify = Notifier.from_environment(environ)
    notify.ready("3 desks")
    notify.status("printing")
    notify.watchdog()
    notify.stopping()
    heard = [manager.recv(4096) for _ in range(4)]
    assert heard == [b"READY=1\nSTATUS=3 desks", b"STATUS=printing", b"WATCHDOG=1", b"STOPPING=1"]


def test_an_abstract_socket_is_found_by_its_at_sign() -> None:
    name = f"hall-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(f"\0{name}")
        ear.settimeout(5)
        Notifier.from_environment({"NOTIFY_SOCKET": f"@{name}"}).ready()
        assert ear.recv(4096) == b"READY=1"


def test_a_status_cannot_smuggle_in_another_assignment(manager: socket.socket, environ: dict[str, str]) -> None:
    Notifier.from_environment(environ).status("printer\nREADY=1\r\ngone")
    assert manager.recv(4096) == b"STATUS=printer READY=1 gone"


def test_a_status_may_be_chinese(manager: socket.socket, environ: dict[str, str]) -> None:
    Notifier.from_environment(environ).status("缺纸")
    assert manager.recv(4096).decode() == "STATUS=缺纸"


def test_an_empty_status_says_nothing(manager: socket.socket, environ: dict[str, str]) -> None:
    notify = Notifier.from_environment(environ)
    notify.status("")
    notify.stopping()
    assert manager.recv(4096) == b"STOPPING=1"


def test_off_systemd_every_word_is_silence() -> None:
    notify = Notifier.from_environment({"WATCHDOG_USEC": "20000000"})
    notify.ready("x")
    notify.watchdog()
    assert notify.watchdog_ms is None


def test_an_address_of_another_kind_is_refused_with_a_word(caplog: pytest.LogCaptureFixture) -> None:
    Notifier.from_environment({"NOTIFY_SOCKET": "vsock:2:1234"}).ready()
    assert "vsock:2:1234" in caplog.text
    assert "allowed" in caplog.text


@pytest.mark.req("R-TECH-01")
@pytest.mark.parametrize(
    ("variables", "interval_ms"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "20000000"}, 10_000),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": str(os.getpid())}, 10_000),
        ({"WATCHDOG_USEC": "20000000", "WATCHDOG_PID": "1"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
        ({"WATCHDOG_USEC": "-5"}, None),
        ({"WATCHDOG_USEC": "1"}, 1),
    ],
)
def test_the_watchdog_is_fed_twice_as_often_as_systemd_looks(
    environ: dict[str, str], variables: dict[str, str], interval_ms: int | None
) -> None:
    assert Notifier.from_environment(environ | variables).watchdog_ms == interval_ms


def test_a_manager_that_went_away_is_told_of_once_and_again_after_it_was_back(
    tmp_path: Path, environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    notify = Notifier.from_environment(environ)
    with caplog.at_level(logging.WARNING):
        notify.watchdog()
        notify.watchdog()
        assert len(caplog.records) == 1
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
            ear.bind(str(tmp_path / "notify"))
            notify.watchdog()
        (tmp_path / "notify").unlink()
        notify.watchdog()
    assert len(caplog.records) == 2
