"""strace on a running controller: kills it at one exact system call, or notes what it calls."""

import contextlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Final

import pytest

ATTACH_S: Final = 10.0


class Assassin:
    """Waits beside a process until one of its threads enters a system call for the ``nth`` time, and kills it there.

    The call itself is not carried out any more. It counts from the moment the constructor returns.

    Args:
        pid: whom.
        call: the system call.
        nth: 1 = the next one.
        thread: that thread alone; 0 = any, also those still to be born, each with a count of its own.
    """

    def __init__(self, pid: int, call: str, nth: int, *, thread: int = 0) -> None:
        aim = ["-p", str(thread)] if thread else ["-f", "-p", str(pid)]
        inject = f"inject={call}:signal=KILL:when={nth}"
        self._strace = _attached(pid, thread or pid, "-o", "/dev/null", *aim, "-e", f"trace={call}", "-e", inject)

    def withdraw(self) -> None:
        """Let the process live, if it still does."""
        _end(self._strace)


@contextmanager
def trace(pid: int, calls: str, sink: Path, *options: str) -> Iterator[None]:
    """Note in ``sink`` which of ``calls`` (with commas) all threads of a process make meanwhile."""
    strace = _attached(pid, pid, "-f", "-p", str(pid), "-o", str(sink), "-e", f"trace={calls}", *options)
    try:
        yield
    finally:
        _end(strace)


def threads(pid: int) -> list[int]:
    """The process's threads, the main one first."""
    return sorted(int(task.name) for task in Path(f"/proc/{pid}/task").iterdir())


def need_strace() -> None:
    """Skip a test on a machine that cannot do this."""
    if reason := _why_not():
        pytest.skip(reason)


@cache
def _why_not() -> str:
    if shutil.which("strace") is None:
        return "strace is not installed"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as victim:
        try:
            Assassin(victim.pid, "exit_group", 2).withdraw()
        except AssertionError:
            return "tracing another process is not permitted: run as root, or set kernel.yama.ptrace_scope to 0"
        finally:
            victim.kill()
    return ""


def _attached(pid: int, thread: int, *options: str) -> "subprocess.Popen[bytes]":
    strace = subprocess.Popen(["strace", "-qq", *options], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + ATTACH_S
    while not _traced(pid, thread):
        if time.monotonic() > deadline or strace.poll() is not None:
            _end(strace)
            raise AssertionError(f"strace cannot attach to process {pid}")
    return strace


def _end(strace: "subprocess.Popen[bytes]") -> None:
    strace.terminate()
    strace.wait()


def _traced(pid: int, thread: int) -> bool:
    """Whether the thread has a tracer; one that is gone has had one."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        status = Path(f"/proc/{pid}/task/{thread}/status").read_text(encoding="utf-8")
        return "TracerPid:\t0\n" not in status
    return True
