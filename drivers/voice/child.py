"""One outside program at a time, killed when it takes too long or when another thread says so."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Sequence
from typing import Final

import msgspec

REAP_S: Final = 1.0
"""Longer than a killed program takes to be gone."""


class Finished(msgspec.Struct, frozen=True):
    """How a program ended: its exit code, what it wrote, and the last line it complained with."""

    code: int
    output: bytes
    complaint: str


class Cut(Exception):
    """Another thread called ``cut``: the program was killed, or not started at all."""


class ProgramHung(Exception):
    """The program did not end in time and was killed."""


class Child:
    """Runs programs one after the other for one thread; ``cut`` may come from any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._cut = False

    def begin(self) -> None:
        """A new sentence starts: an earlier ``cut`` no longer counts."""
        with self._lock:
            self._cut = False

    def run(self, command: Sequence[str], *, timeout_s: float, stdin: bytes = b"") -> Finished:
        """Run a program to its end.

        Raises:
            OSError: it cannot be started.
            ProgramHung: it was killed after ``timeout_s``.
            Cut: ``cut`` was called since ``begin``.
        """
        with self._lock:
            if self._cut:
                raise Cut
            # A session of its own: what the program starts in turn dies with it.
            process = self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        try:
            output, complaint = process.communicate(stdin, timeout=timeout_s)
        except subprocess.TimeoutExpired as error:
            _kill(process)
            raise ProgramHung(f"{command[0]} did not end within {timeout_s:.1f} s") from error
        finally:
            with self._lock:
                self._process = None
            _let_go(process)
        with self._lock:
            if self._cut:
                raise Cut
        lines = complaint.decode(errors="replace").strip().splitlines()
        return Finished(code=process.returncode, output=output, complaint=lines[-1] if lines else "")

    def cut(self) -> None:
        """End the program being run, and keep the sentence from going on. Never raises."""
        with self._lock:
            self._cut = True
            if self._process is not None:
                _kill(self._process)


def _let_go(process: subprocess.Popen[bytes]) -> None:
    """Close its pipes and see it off. A program that hangs inside a dead sound card's driver outlives even its killing,
    and is left behind: the next sentence must not wait for it."""
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(REAP_S)


def _kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
