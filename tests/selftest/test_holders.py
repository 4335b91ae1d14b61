"""Who runs and who holds: read from a /proc like the kernel's."""

import os
from pathlib import Path

import pytest

from firmware_py.runtime.device_file import ControllerInstance
from firmware_py.runtime.programs import PROGRAMS, TOGETHER
from firmware_py.selftest.holders import Holder, daemon_of, holder_of


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    (tmp_path / "proc").mkdir()
    return tmp_path / "proc"


def process(proc: Path, pid: int, *words: str, holds: str = "", cwd: str = "/") -> None:
    folder = proc / str(pid)
    (folder / "fd").mkdir(parents=True)
    (folder / "cmdline").write_bytes(b"".join(word.encode() + b"\0" for word in words))
    (folder / "cwd").symlink_to(cwd)
    if holds:
        (folder / "fd" / "3").symlink_to(holds)


@pytest.mark.parametrize(
    "words",
    [
        ("/opt/hall/bin/hall-controller", "--id", "controller"),
        ("/opt/hall/bin/python", "/opt/hall/bin/hall-controller", "--id=controller", "--config", "/etc/hall"),
        ("python3.11", "-m", "firmware_py.controller", "--config=/etc/hall/", "--id", "controller"),
    ],
)
def test_a_daemon_is_known_by_its_command_line_however_it_was_started(proc: Path, words: tuple[str, ...]) -> None:
    process(proc, 7001, *words)
    found = daemon_of(ControllerInstance(id="controller"), Path("/etc/hall"), proc)
    assert found is not None
    assert (found.pid, found.unit) == (7001, "hall-controller@controller")


@pytest.mark.parametrize(
    "words",
    [
        ("hall-controller", "--id", "other"),
        ("hall-controller", "--id", "controller", "--config", "/home/demo"),
        ("less", "hall-controller", "--id", "controller"),
        ("python3", "-c", "hall-controller --id controller"),
        ("hall-controller", "--id"),
    ],
)
def test_another_program_instance_or_hall_is_not_it(proc: Path, words: tuple[str, ...]) -> None:
    process(proc, 7001, *words)
    assert daemon_of(ControllerInstance(id="controller"), Path("/etc/hall"), proc) is None


def test_a_relative_folder_is_below_the_process_own(proc: Path) -> None:
    process(proc, 7001, "hall-controller", "--id", "controller", "--config", "hall", cwd="/etc")
    assert daemon_of(ControllerInstance(id="controller"), Path("/etc/hall"), proc) is not None


def test_an_instance_that_shares_its_process_is_held_by_the_shared_unit(proc: Path) -> None:
    process(proc, 7001, "hall-together", "--id", "row1")
    found = daemon_of(ControllerInstance(id="controller", together="row1"), Path("/etc/hall"), proc)
    assert found is not None
    assert found.unit == "hall-together@row1"


def test_a_device_is_followed_through_its_link_to_who_has_it_open(proc: Path, tmp_path: Path) -> None:
    node, link = tmp_path / "ttyUSB0", tmp_path / "pad1"
    node.touch()
    link.symlink_to(node)
    process(proc, 7001, "/usr/sbin/ModemManager", holds=str(node))
    assert holder_of(str(link), proc) == Holder(7001, "ModemManager")


def test_a_daemon_that_has_a_device_open_is_named_by_its_unit(proc: Path, tmp_path: Path) -> None:
    node = tmp_path / "ttyUSB0"
    node.touch()
    process(proc, 7001, "hall-desk", "--id", "desk1", holds=str(node))
    assert holder_of(str(tmp_path / "tty*"), proc) == Holder(7001, "hall-desk", "hall-desk@desk1")


def test_this_process_is_no_holder(proc: Path, tmp_path: Path) -> None:
    node = tmp_path / "ttyUSB0"
    node.touch()
    process(proc, os.getpid(), "hall", "selftest", holds=str(node))
    assert holder_of(str(node), proc) is None


def test_every_program_that_setup_installs_for_a_role_is_known() -> None:
    installed = (Path(__file__).parents[2] / "setup.cfg").read_text(encoding="utf-8")
    for program, module in (*PROGRAMS.values(), TOGETHER):
        assert f"{program} = {module}" in installed
