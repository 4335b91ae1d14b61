"""The demo as a newcomer's script runs it: its own process, one visit, exit status 0; and killed, and started again."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sync.broker import find_mosquitto
from tests.demo.hall_page import Panel

DEMO = [sys.executable, "-m", "firmware_py.cli", "demo"]


@pytest.mark.parametrize("arguments", [[], ["--mqtt"]], ids=["threads", "mqtt"])
def test_one_visit_by_smoke_says_every_step_and_ends_well(arguments: list[str], tmp_path: Path) -> None:
    if arguments and find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    run = subprocess.run(
        [*DEMO, "--smoke", "--state", str(tmp_path), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    for step in "①②③④⑤":
        assert step in run.stdout


def _start(state: Path) -> tuple[subprocess.Popen[str], Panel]:
    process = subprocess.Popen(
        [*DEMO, "--no-browser", "--port", "0", "--state", str(state)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    assert found, line
    panel = Panel(found[0])
    panel.ready()
    return process, panel


def _end(process: subprocess.Popen[str], number: int) -> None:
    process.send_signal(number)
    process.wait(10)
    if process.stdout is not None:
        process.stdout.close()


@pytest.mark.req("R-CORE-21")
def test_killed_at_any_moment_and_started_again_the_queue_is_as_it_was(tmp_path: Path) -> None:
    process, panel = _start(tmp_path)
    try:
        panel.take("social")
        panel.take("realty")
        panel.take("social", "G")
        panel.key(1, "login")
        panel.until(lambda: panel.desk(1)["staff"], "the session")
        panel.key(1, "next")
        panel.until(lambda: panel.desk(1)["ticket"], "a call")
        before = panel.hall()
        records = panel.journal()
    finally:
        _end(process, signal.SIGKILL)
    process, panel = _start(tmp_path)
    try:
        after = panel.hall()
        assert [desk["ticket"] for desk in after["desks"]] == [desk["ticket"] for desk in before["desks"]]
        assert [desk["state"] for desk in after["desks"]] == [desk["state"] for desk in before["desks"]]
        assert [each["waiting"] for each in after["services"]] == [each["waiting"] for each in before["services"]]
        assert panel.journal()[: len(records)] == records
        assert panel.desk(1)["sign"] == before["desks"][0]["ticket"]
    finally:
        _end(process, signal.SIGTERM)
    assert process.returncode == 0
