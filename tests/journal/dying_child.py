"""A process that forks itself again and again to do one thing, and dies in each fork one file operation later."""

import os
import shutil
import signal
import sys
from itertools import count
from pathlib import Path

import firmware_py.journal.schema  # noqa: F401  (imported before the forks: an import is no file operation of ours)
from firmware_py.journal.store import Journal
from tests.journal.facts import AT_MS, BOOT, facts


def die_at(step: int, folder: Path) -> None:
    """Kill this process just before its ``step``-th operation on a file in ``folder``."""
    left = step

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        concerns_us = any(str(folder) in os.fsdecode(a) for a in arguments if isinstance(a, str | bytes | os.PathLike))
        if concerns_us and (event in {"open", "sqlite3.connect"} or event.startswith("os.")):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def do(verb: str, path: Path) -> None:
    """The thing during which a power cut may come."""
    with Journal.open(path, boot=BOOT, at_ms=AT_MS) as journal:
        match verb:
            case "open":
                journal.append(facts(1))
            case "rotate":
                journal.rotate(b"rotated", AT_MS, acked=journal.head.seq)
                journal.append(facts(1))
            case "snapshot":
                journal.snapshot(b"newer", journal.head, AT_MS)
                journal.set_acked(journal.head.seq)


def main() -> None:
    verb, prepared, base = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    for step in count(1):
        folder = base / f"{step:03d}"
        shutil.copytree(prepared, folder)
        child = os.fork()
        if child == 0:
            die_at(step, folder)
            do(verb, folder / "hall.db")
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
