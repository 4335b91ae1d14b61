"""Breaks what is declared, one thing at a time: a row of a table lost or leading elsewhere, a number off by one, a set
or an order without one of its members.

    python scripts/mutation_rows.py OUT JOBS FILE… -- PYTEST-ARGUMENTS…

Tests are collected once; each break is made in a fork of that process, which then runs them until one fails: of a row
only those that look it up. What killed one goes first for those that follow: neighbouring rows die of the same tests.
"""

import ast
import json
import os
import select
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import partial
from importlib import import_module
from pathlib import Path
from resource import RLIMIT_CPU, setrlimit
from signal import SIGXCPU
from types import ModuleType
from typing import Any, NamedTuple

import pytest

LONGEST_S = 60
"""A mutant that computes longer hangs; how busy the machine is does not count."""
PASSED, FAILED, NEVER_RAN = 0, 1, 3
HANGS = -SIGXCPU
"""Ended by its own limit. Ended by anybody else it proves nothing."""


class Break(NamedTuple):
    """One thing declared otherwise; ``apply`` does it to this process. ``row`` = the row of a table it touches, as
    (table, state, fact): only tests that look it up can notice."""

    file: str
    change: str
    apply: Callable[[], object]
    row: tuple[str, Any, Any] | None = None


class Watched(dict[Any, Any]):
    """A state's rows in a table, telling which of them are looked up."""

    def __init__(self, rows: dict[Any, Any], seen: Callable[[Any], None]) -> None:
        super().__init__(rows)
        self._seen = seen

    def __getitem__(self, event: Any) -> Any:
        self._seen(event)
        return super().__getitem__(event)

    def __contains__(self, event: object) -> bool:
        self._seen(event)
        return super().__contains__(event)

    def get(self, event: Any, default: Any = None) -> Any:
        self._seen(event)
        return super().get(event, default)


class Fork(NamedTuple):
    """A process that runs the tests with one break; ``end`` is where it names the test that failed."""

    broken: Break
    end: int


def breaks(file: str) -> Iterator[Break]:
    """All breaks of what ``file`` declares in capitals."""
    module = _module(file)
    for name in _declared(file):
        value = getattr(module, name)
        if isinstance(value, dict):
            yield from _rows(file, name, value)
        else:
            for change, apply in _others(module, name, value):
                yield Break(file, f"{name}: {change}", apply)


def _module(file: str) -> ModuleType:
    return import_module(file.removesuffix(".py").replace("/", "."))


def _declared(file: str) -> Iterator[str]:
    for statement in ast.parse(Path(file).read_text("utf-8")).body:
        target = statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        if isinstance(target, ast.Name) and target.id.isupper():
            yield target.id


def _rows(file: str, name: str, table: dict[Any, dict[Any, Any]]) -> Iterator[Break]:
    for state, rows in table.items():
        for event, follows in rows.items():
            place = (name, state, event)
            row = f"{name}: `{_word(state)}: {_word(event)} → {_word(follows)}`"
            yield Break(file, f"{row} dropped", partial(rows.pop, event), place)
            for other in _elsewhere(state, follows):
                yield Break(file, f"{row} → `{_word(other)}`", partial(rows.update, {event: other}), place)


def _others(module: ModuleType, name: str, value: Any) -> Iterator[tuple[str, Callable[[], object]]]:
    if isinstance(value, frozenset):
        for member in sorted(value, key=_word):
            yield f"without `{_word(member)}`", _rebound(module, name, value - {member})
    elif isinstance(value, tuple):
        for member in value:
            without = tuple(each for each in value if each is not member)
            yield f"without `{_word(member)}`", _rebound(module, name, without)
        yield "reversed", _rebound(module, name, value[::-1])
    elif isinstance(value, str):
        yield f"`{value}` → `XX{value}XX`", _rebound(module, name, f"XX{value}XX")
    elif isinstance(value, int):
        for off in (-1, 1):
            yield f"`{value}` → `{value + off}`", _rebound(module, name, value + off)


def _elsewhere(state: StrEnum, follows: StrEnum) -> Iterator[StrEnum]:
    """Where a row is made to lead: nowhere, and to the state that is declared next."""
    states = list(type(state))
    if follows is not state:
        yield state
    there = states.index(follows)
    yield next(each for each in states[there + 1 :] + states[:there] if each is not state)


def _rebound(module: ModuleType, name: str, value: object) -> Callable[[], None]:
    """Another value for a name, also where other modules of ours have imported it; the tests keep the one they know."""

    def apply() -> None:
        old = getattr(module, name)
        for other in list(sys.modules.values()):
            if other.__name__.startswith("firmware_py.") and vars(other).get(name) is old:
                setattr(other, name, value)

    return apply


def _word(thing: Any) -> str:
    return thing.__name__ if isinstance(thing, type) else getattr(thing, "name", None) or str(thing)


def _unless(killer: str) -> Callable[[pytest.Item], bool]:
    """Sorts the test of this name to the front and leaves the others in their order."""
    return lambda item: item.nodeid != killer


class Breaker:
    """A pytest plugin that runs the collected tests once as they are, and then once per break until one fails."""

    def __init__(self, jobs: int, files: list[str]) -> None:
        self.found: list[tuple[str, str, str]] = []
        self._jobs = jobs
        self._files = files
        self._failed = ""
        self._running = ""
        self._seconds: dict[str, float] = {}
        self._readers: dict[tuple[str, Any, Any], set[str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what failed first, and how long everything took."""
        self._seconds[report.nodeid] = self._seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed and not self._failed:
            self._failed = report.nodeid

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In place of pytest's own loop."""
        self._watch()
        self._run(session.items)
        if self._failed or session.testsfailed:
            raise pytest.UsageError(f"the unbroken copy fails already: {self._failed or 'collection'}")
        items = sorted(session.items, key=lambda item: self._seconds[item.nodeid])
        waiting = [each for file in self._files for each in breaks(file)]
        waiting.reverse()
        running: dict[int, Fork] = {}
        while waiting or running:
            while waiting and len(running) < self._jobs:
                broken = waiting.pop()
                readers = self._readers.get(broken.row, set()) if broken.row else self._seconds.keys()
                if not readers:
                    self.found.append((broken.file, broken.change, "no test looks it up"))
                    continue
                pid, end = self._fork(broken, [item for item in items if item.nodeid in readers])
                running[pid] = Fork(broken, end)
            ready = select.select([fork.end for fork in running.values()], [], [])[0] if running else []
            for pid, fork in [(pid, fork) for pid, fork in running.items() if fork.end in ready]:
                running.pop(pid)
                killer = os.read(fork.end, 65536).decode()
                os.close(fork.end)
                code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                if code not in {PASSED, FAILED, HANGS}:
                    raise pytest.UsageError(f"{fork.broken.change} was not judged: exit code {code}")
                fate = "" if code else "survived"
                self.found.append((fork.broken.file, fork.broken.change, fate))
                items = sorted(items, key=_unless(killer))
        return True

    def _watch(self) -> None:
        for file in self._files:
            for name in _declared(file):
                table = getattr(_module(file), name)
                if isinstance(table, dict):
                    table.update(
                        {state: Watched(rows, partial(self._saw, name, state)) for state, rows in table.items()}
                    )

    def _saw(self, name: str, state: Any, event: Any) -> None:
        self._readers.setdefault((name, state, event), set()).add(self._running)

    def _run(self, items: list[pytest.Item]) -> None:
        for item, following in zip(items, [*items[1:], None], strict=True):
            self._running = item.nodeid
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._failed:
                return

    def _fork(self, broken: Break, items: list[pytest.Item]) -> tuple[int, int]:
        end, told = os.pipe()
        pid = os.fork()
        if pid:
            os.close(told)
            return pid, end
        code = NEVER_RAN
        setrlimit(RLIMIT_CPU, (LONGEST_S, LONGEST_S + 10))
        try:
            broken.apply()
            self._run(items)
            os.write(told, self._failed.encode())
            code = FAILED if self._failed else PASSED
        finally:
            os._exit(code)


def main() -> int:
    """Write [file, change, fate] of every break to OUT; the exit code is pytest's."""
    out, jobs = Path(sys.argv[1]), int(sys.argv[2])
    middle = sys.argv.index("--")
    breaker = Breaker(jobs, sys.argv[3:middle])
    quiet = ["-o", "addopts=--strict-markers", "-p", "no:terminal", "--capture=no"]
    code = pytest.main([*sys.argv[middle + 1 :], *quiet], plugins=[breaker])
    out.write_text(json.dumps(breaker.found, ensure_ascii=False), "utf-8")
    return int(code)


if __name__ == "__main__":
    sys.exit(main())
