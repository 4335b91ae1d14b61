"""``hall selftest``: every device of this Pi tried, and what to do about each that does not work."""

import contextlib
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

import msgspec

from firmware_py.phrases import text
from firmware_py.runtime.config import load
from firmware_py.runtime.launching import clock_of
from firmware_py.runtime.struct_types import read_all
from firmware_py.selftest.console import Console, Terminal
from firmware_py.selftest.running import SelfTest, UnknownDevice

EX_FAILED = 1
EX_USAGE = 2


def selftest(
    config: Path,
    *,
    only: Sequence[str],
    hands: bool,
    on_paper: bool,
    as_json: bool,
    console: Console | None = None,
) -> int:
    """Test them; 0 = everything that was tried works, 1 = something failed, is in use or was broken off, 2 = ``only``
    names nothing, 78 = configuration (raised as ConfigError)."""
    plan, device = load(config / "hall.toml", config / "device.toml")
    read_all()
    if console is None:
        console = Terminal(sys.stderr if as_json else sys.stdout)
    test = SelfTest(plan, device, config, console, clock_of(device), hands=hands)
    try:
        with _ended_like_ctrl_c():
            report = test.run(only)
            printed = test.print_report(report) if on_paper else True
    except UnknownDevice as error:
        print(error, file=sys.stderr)
        return EX_USAGE
    except KeyboardInterrupt:
        print(text("selftest.stopped"), file=sys.stderr)
        return EX_FAILED
    if as_json:
        print(msgspec.json.encode(report).decode())
    return 0 if report.ok and printed else EX_FAILED


@contextlib.contextmanager
def _ended_like_ctrl_c() -> Iterator[None]:
    """systemd and a closed terminal end the test as Ctrl-C does, and that does it in the background, too: signs dark,
    wires free."""
    before = [(number, signal.signal(number, _stop)) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise KeyboardInterrupt
