"""``hall explain``: why this ticket was called when it was, on one screen (R-CORE-05)."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from firmware_py.cli.ticket_history import Call, History, Waiting, history
from firmware_py.errors import JournalError
from firmware_py.link import CONTROLLER
from firmware_py.phrases import text
from firmware_py.runtime.config import load

EX_FAILED = 1
SCREEN = 24
"""Lines of a terminal nobody has made larger."""

_KEPT = 2
"""Lines that stay of every list, however little room there is."""


def journal_of(config: Path, state: Path | None) -> Path:
    """The controller's journal: in the state folder, else in the one that ``device.toml`` names.

    Raises:
        ConfigError: the files in ``config`` are wrong.
    """
    if state is None:
        _, device = load(config / "hall.toml", config / "device.toml")
        folder = device.state_of(CONTROLLER)
    else:
        folder = state / CONTROLLER
    return folder / "journal.db"


def explain(journal: Path, ticket: str, day: str, *, everything: bool, as_json: bool) -> int:
    """Print it; 0, or 1 when a decision record does not match what the journal leads to.

    Raises:
        NoSuchTicket: there was none that day.
        JournalError: the journal cannot be read.
    """
    if not journal.exists():
        raise JournalError(text("explain.no_journal", file=str(journal)))
    found = history(journal, ticket, day, progress=_progress if sys.stderr.isatty() else None)
    if as_json:
        print(msgspec.json.encode(found).decode())
    else:
        print("\n".join(screen(found, room=0 if everything else SCREEN)))
    return 0 if all(call.agrees for call in found.calls) else EX_FAILED


def screen(found: History, *, room: int = SCREEN) -> list[str]:
    """The lines; at most ``room`` of them (0 = all), the lists shortened where there is more to say."""
    state = text(f"states.{found.state}")
    head = text("explain.head", day=found.day, ticket=found.ticket, service=found.service, state=state)
    steps = [f"  {_clock(step.wall)}  {step.sentence}" for step in found.steps]
    if not found.calls:
        fixed = [head, text("explain.uncalled"), text("explain.steps")]
        (steps,) = _fitted([steps], room - len(fixed) if room else 0)
        return [*fixed, *steps]
    *before, last = found.calls
    earlier = [_in_a_line(nth, call) for nth, call in enumerate(before, 1)]
    people = [_who(each) for each in last.overtaken]
    block = _block(len(found.calls), last)
    titles = 1 + bool(people)
    earlier, people, steps = _fitted([earlier, people, steps], room - len(block) - titles - 1 if room else 0)
    overtaken = [text("explain.overtaken", n=len(last.overtaken)), *people] if people else []
    return [head, *earlier, *block[:-1], *overtaken, block[-1], text("explain.steps"), *steps]


def _block(nth: int, call: Call) -> list[str]:
    """The call itself, its reason, who answers for it, and last whether the record holds."""
    lines = [_called(nth, call), text("explain.why", why=call.why)]
    if call.approver:
        lines.append(text("explain.approver", approver=call.approver, reason=call.because))
    return [*lines, _verdict(call)]


def _called(nth: int, call: Call) -> str:
    return text(
        "explain.call",
        nth=nth,
        time=_clock(call.wall),
        desk=call.desk,
        klass=text(f"explain.classes.{call.klass}"),
        waited=_duration(call.waited_ms),
    )


def _in_a_line(nth: int, call: Call) -> str:
    doubt = "" if call.agrees else f" {_verdict(call).strip()}"
    return text("explain.earlier", call=_called(nth, call), why=call.why) + doubt


def _verdict(call: Call) -> str:
    if call.agrees:
        return text("explain.agrees", n=call.recorded)
    return text("explain.differs", n=call.recorded, rebuilt=len(call.overtaken))


def _who(each: Waiting) -> str:
    return text(
        "explain.waiting",
        ticket=each.ticket,
        klass=text(f"explain.classes.{each.klass}"),
        service=each.service,
        time=_clock(each.since),
        waited=_duration(each.waited_ms),
    )


def _fitted(lists: Sequence[list[str]], room: int) -> list[list[str]]:
    """The lists in ``room`` lines together (0 = all there is): the longest gives way first."""
    kept = [len(each) for each in lists]

    def lines() -> int:
        return sum(keep + (keep < len(each)) for keep, each in zip(kept, lists, strict=True))

    while room and lines() > room and max(kept) > _KEPT:
        kept[kept.index(max(kept))] -= 1
    return [_shortened(each, keep) for each, keep in zip(lists, kept, strict=True)]


def _shortened(lines: list[str], keep: int) -> list[str]:
    """Its beginning and its end, and how much is left out between."""
    if keep >= len(lines):
        return lines
    first = (keep + 1) // 2
    left_out = text("explain.left_out", n=len(lines) - keep)
    return [*lines[:first], left_out, *lines[len(lines) - (keep - first) :]]


def _clock(wall_ms: int) -> str:
    return f"{datetime.fromtimestamp(wall_ms / 1000, UTC):%H:%M:%S}"


def _duration(ms: int) -> str:
    minutes, seconds = divmod(max(0, ms) // 1000, 60)
    return text("explain.duration", minutes=minutes, seconds=seconds)


def _progress(done: int, total: int) -> None:
    end = "\r" if done < total else "\r     \r"
    print(f"\r{100 * done // max(1, total):3d} %", end=end, file=sys.stderr, flush=True)
