"""Where a self-test meets the technician: lines, questions and readings, each waited for so long and no longer."""

import os
import queue
import select
import sys
import time
from typing import Final, Protocol, TextIO

from firmware_py.phrases import text

Inbox = queue.SimpleQueue[object]
"""Where a driver leaves what was pressed."""

_NO: Final = frozenset({"n", "no", "否", "不"})


class Console(Protocol):
    """The technician's end."""

    def say(self, line: str) -> None:
        """Show a line."""
        ...

    def agrees(self, question: str, within_s: float) -> bool | None:
        """Ask; None = nobody answered in time."""
        ...

    def reading(self, inbox: Inbox, within_s: float) -> object | None:
        """The next reading of a driver; None = none came in time."""
        ...

    def look(self, seconds: float) -> None:
        """Leave the technician so long to look at what is shown."""
        ...


class Terminal:
    """A terminal, or a pipe that nobody answers through.

    Args:
        out: where lines go.
        answers: where answers come from; asked only when it is a terminal.
    """

    def __init__(self, out: TextIO | None = None, answers: TextIO | None = None) -> None:
        self._out = sys.stdout if out is None else out
        self._answers = sys.stdin if answers is None else answers

    def say(self, line: str) -> None:
        """Print it at once."""
        print(line, file=self._out, flush=True)

    def agrees(self, question: str, within_s: float) -> bool | None:
        """Read one line; an empty one agrees."""
        if self._answers.closed or not self._answers.isatty():
            return None
        self.say("    " + text("selftest.yes_no", question=question))
        if not select.select([self._answers], [], [], within_s)[0]:
            return None
        # not readline: its buffer would keep what select then cannot see
        line = os.read(self._answers.fileno(), 1024).decode(errors="replace")
        return line.strip().lower() not in _NO if line else None

    def reading(self, inbox: Inbox, within_s: float) -> object | None:
        """Wait for it."""
        try:
            return inbox.get(timeout=within_s)
        except queue.Empty:
            return None

    def look(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)
