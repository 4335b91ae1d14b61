"""Kills a process at one exact system call, with strace's injection; and tells whether this machine allows it."""

import contextlib
import shutil
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Final

ATTACH_S: Final = 10.0


class Assassin:
    """Waits beside a process until one of its threads enters a system call for the ``nth`` time, and kills it there.

    The call itself is not carried out any more. It counts from the moment the constructor returns.

    Args:
        pid: whom.
        call: the system call.
        nth: 1 = the next one.
        thread: that thread alone; 0 = any, also those still to be born.
    """

    def __init__(self, pid: int, call: str, nth: int, *, thread: int = 0) -> None:
        aim = ["-p", str(thread)] if thread else ["-f", "-p", str(pid)]
        inject = f"inject={call}:signal=KILL:when={nth}"
        command = ["strace", "-qq", "-o", "/dev/null", *aim, "-e", f"trace={call}", "-e", inject]
        self._strace = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + ATTACH_S
        while not _traced(pid, thread or pid):
            if time.monotonic() > deadline or self._strace.poll() is not None:
                self.withdraw()
                raise AssertionError(f"strace cannot attach to process {pid}")

    def withdraw(self) -> None:
        """Let the process live, if it still does."""
        self._strace.terminate()
        self._strace.wait()


def threads(pid: int) -> list[int]:
    """The process's threads, the main one first."""
    return sorted(int(task.name) for task in Path(f"/proc/{pid}/task").iterdir())


@cache
def why_not() -> str:
    """Why this machine cannot do it; "" = it can."""
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


def _traced(pid: int, thread: int) -> bool:
    """Whether the thread has a tracer; one that is gone has had one."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        status = Path(f"/proc/{pid}/task/{thread}/status").read_text(encoding="utf-8")
        return "TracerPid:\t0\n" not in status
    return True
