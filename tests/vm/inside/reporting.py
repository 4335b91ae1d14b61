"""The guest's pytest run, told to the host report by report over a virtio port, and its end, whatever happens."""

import json
import os
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

PORT: Final = Path("/dev/virtio-ports/hall.report")
ORDERS: Final = Path("/opt/hall/run.json")


@cache
def _port() -> int:
    return os.open(PORT, os.O_WRONLY | os.O_CLOEXEC)


def tell(word: dict[str, Any]) -> None:
    """One JSON object to the host; returns when QEMU has taken it."""
    left = json.dumps(word).encode() + b"\n"
    while left:
        left = left[os.write(_port(), left) :]


def orders() -> dict[str, Any]:
    """What the host wants of this boot."""
    found: dict[str, Any] = json.loads(ORDERS.read_text("utf-8"))
    return found


class Telling:
    """The pytest plugin."""

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be imported has no item to report it."""
        if report.failed:
            tell({"broken": f"{report.nodeid}: {report.longreprtext}"})

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Setup, call and teardown, each as it ends."""
        tell({"report": report._to_json()})


def main() -> None:
    """Run what the host ordered."""
    status: object = "no run"
    try:
        options = ["-q", "-p", "no:cacheprovider", "--rootdir=/opt/hall", "-c", "/opt/hall/setup.cfg"]
        status = int(pytest.main([*options, *orders()["items"]], plugins=[Telling()]))
    finally:
        sys.stdout.flush()
        tell({"done": status})
