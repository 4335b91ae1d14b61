"""What came of a self-test, device by device; the form of ``hall selftest --json``."""

from collections import Counter
from enum import StrEnum

import msgspec

from firmware_py.errors import HallError
from firmware_py.phrases import text


class Outcome(StrEnum):
    """How a device's test ended."""

    PASSED = "passed"
    FAILED = "failed"
    HELD = "held"
    """Its daemon runs and has the wire: it was not disturbed, and nothing is known about it."""
    SKIPPED = "skipped"
    """Nobody was there to press."""


class NotAsItShould(HallError):
    """A device answers, but not as it should.

    Args:
        code: key of ``[selftest.wrong]`` (what was found) and ``[selftest.todo]`` (what to do).
        values: for the fields of both sentences.
    """

    def __init__(self, code: str, **values: str | int) -> None:
        self.code = code
        self.values = values
        super().__init__(f"{code}: {values}")


class NobodyThere(HallError):
    """What is left of the test needs a hand at the device, and there is none."""


class Result(msgspec.Struct, frozen=True):
    """One device. ``id`` is its instance, or ``pi`` for what this Pi itself has.

    ``code`` is what is wrong: ``offline``, ``bug``, ``taken``, a DriverFault's, or a key of ``[selftest.wrong]``;
    ``said`` and ``advice`` are that in words, ``detail`` what the driver said of it. ``unit`` is the systemd unit that
    holds the device. ``seen`` is everything found on the way.
    """

    id: str
    device: str
    driver: str
    wire: str
    outcome: Outcome
    code: str = ""
    said: str = ""
    advice: str = ""
    detail: str = ""
    unit: str = ""
    seen: tuple[str, ...] = ()
    took_ms: int = 0


class Report(msgspec.Struct, frozen=True):
    """A whole self-test. ``ok`` = nothing failed and nothing was in use; ``at`` is local time, RFC 3339."""

    hall: str
    at: str
    ok: bool
    results: tuple[Result, ...]

    def counts(self) -> dict[Outcome, int]:
        """How many of each."""
        found = Counter(each.outcome for each in self.results)
        return {outcome: found[outcome] for outcome in Outcome}


def all_good(results: tuple[Result, ...]) -> bool:
    """Whether everything that was to be tested was, and works."""
    return all(each.outcome in (Outcome.PASSED, Outcome.SKIPPED) for each in results)


def device_name(device: str) -> str:
    """What a device is called."""
    here = ("clock", "storage", "link", "centre", "keys")
    return text(f"selftest.here.{device}" if device in here else f"devices.{device}")
