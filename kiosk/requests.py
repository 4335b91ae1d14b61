"""The kiosk's questions to the hall: what each was asked for, and which the citizen no longer waits for."""

from collections import deque
from collections.abc import Callable, Iterator

import msgspec

from firmware_py.core import commands as c
from firmware_py.runtime.asking import REPORT_MS, Asking, Unanswered
from firmware_py.runtime.effects import Send
from kiosk.effects import KeptSlip

ANSWER_MS = 5000
"""Whoever stands here is told after five seconds without an answer (design 3.1)."""
ISSUING = (c.Take, c.CheckIn, c.ReturnTicket)
"""What a citizen waits here for the answer to: it may be a ticket."""


class About(msgspec.Struct, frozen=True):
    """What a request was asked for: the button, whether its slip is the large one, whether a guide confirms its
    priority, and the slip that a yes prints again."""

    button: str = ""
    large: bool = False
    confirm: bool = False
    slip: KeptSlip | None = None


class Answered(msgspec.Struct, frozen=True):
    """An answer that somebody waits for. ``late`` = nobody does any more: a ticket in it must be given back."""

    command: c.Command
    about: About = About()
    late: bool = False


class Requests:
    """Times are monotonic milliseconds."""

    def __init__(self, asking: Asking, new_id: Callable[[], str]) -> None:
        self._asking = asking
        self._new_id = new_id
        self._about: dict[str, About] = {}
        self._given_up: deque[tuple[str, c.Command]] = deque(maxlen=64)

    @property
    def buttons(self) -> frozenset[str]:
        """The buttons whose answer is awaited."""
        return frozenset(about.button for about in self._about.values() if about.button)

    def ask(self, command: c.HallCommand, now: int, for_ms: int, about: About = About()) -> Send:  # noqa: B008 - frozen
        """Ask for as long as it is worth it."""
        cmd_id = self._new_id()
        self._about[cmd_id] = about
        return self._asking.ask(cmd_id, command, now, for_ms=for_ms)

    def report(self, command: c.HallCommand, now: int) -> Send:
        """Tell the hall something, for as long as a restart of it may take."""
        return self._asking.ask(self._new_id(), command, now, for_ms=REPORT_MS)

    def answered(self, answer: c.Answer) -> Answered | None:
        """What the answer is about; None for a repeat, and for what needs no answer."""
        about = self._about.pop(answer.cmd_id, None)
        for given_up in self._given_up:
            if given_up[0] == answer.cmd_id:
                self._given_up.remove(given_up)
                return Answered(given_up[1], late=True)
        command = self._asking.answered(answer)
        return None if command is None or about is None else Answered(command, about)

    def elapse(self, now: int) -> Iterator[Send | Answered]:
        """Repeats that are due, and what was never answered (``late``)."""
        for each in self._asking.elapse(now):
            if not isinstance(each, Unanswered):
                yield each
                continue
            if isinstance(each.command, ISSUING):
                self._given_up.append((each.cmd_id, each.command))
            yield Answered(each.command, self._about.pop(each.cmd_id, About()), late=True)
