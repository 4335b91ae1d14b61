"""Asking the controller: the same command again under the same name until it is answered or worth nothing any more."""

from collections.abc import Callable, Iterator

import msgspec

from firmware_py.core.commands import Answer, Command, HallCommand, ReportDevice, Request
from firmware_py.runtime.effects import Send

RETRY_MS = 1000
"""Between two sendings of one request: longer than any answer takes, short enough for a controller's restart."""


class Unanswered(msgspec.Struct, frozen=True):
    """A request came to its end without an answer."""

    cmd_id: str
    command: Command


REPORT_MS = 60_000
"""Outcomes and device reports are worth telling for a minute: long enough for any restart."""


class _Open(msgspec.Struct):
    request: Request
    retry_at: int
    until: int


class Asking:
    """The requests of one instance that wait for an answer. Times are monotonic milliseconds."""

    def __init__(self) -> None:
        self._open: dict[str, _Open] = {}

    def ask(self, cmd_id: str, command: HallCommand, now: int, *, for_ms: int = 5000) -> Send:
        """Ask, and go on asking for ``for_ms``."""
        request = Request(cmd_id, command, for_ms)
        self._open[cmd_id] = _Open(request, now + RETRY_MS, now + for_ms)
        return Send(request)

    def withdraw(self, cmd_id: str) -> None:
        """Ask no longer: something newer says what this said."""
        self._open.pop(cmd_id, None)

    def answered(self, answer: Answer) -> Command | None:
        """The command this answers; None for a repeat or somebody else's answer."""
        found = self._open.pop(answer.cmd_id, None)
        return found.request.command if found else None

    def again(self, now: int) -> Iterator[Send]:
        """Everything open, at once: the link is back."""
        for each in self._open.values():
            each.retry_at = now + RETRY_MS
            yield Send(each.request)

    def elapse(self, now: int) -> Iterator[Send | Unanswered]:
        """Repeats that are due, and requests that are given up."""
        for cmd_id, each in list(self._open.items()):
            if now >= each.until:
                del self._open[cmd_id]
                yield Unanswered(cmd_id, each.request.command)
            elif now >= each.retry_at:
                each.retry_at = now + RETRY_MS
                yield Send(each.request)

    def due(self) -> int | None:
        """When ``elapse`` has something to say."""
        return min((min(each.retry_at, each.until) for each in self._open.values()), default=None)


class DeviceReports:
    """How this instance's devices are, told when it changes and again whenever the link comes up."""

    def __init__(self, asking: Asking, new_id: Callable[[], str]) -> None:
        self._asking = asking
        self._new_id = new_id
        self.reasons: dict[str, str] = {}
        self._told: dict[str, str] = {}

    def changed(self, device: str, reason: str, now: int) -> Iterator[Send]:
        """``reason`` "" = it works."""
        if self.reasons.get(device) != reason:
            self.reasons[device] = reason
            yield self._tell(device, reason, now)

    def again(self, now: int) -> Iterator[Send]:
        """All of them, because the controller may be another."""
        for device, reason in self.reasons.items():
            yield self._tell(device, reason, now)

    def _tell(self, device: str, reason: str, now: int) -> Send:
        self._asking.withdraw(self._told.get(device, ""))  # repeated later, an older report would win over this one
        cmd_id = self._told[device] = self._new_id()
        return self._asking.ask(cmd_id, ReportDevice(device, reason), now, for_ms=REPORT_MS)
