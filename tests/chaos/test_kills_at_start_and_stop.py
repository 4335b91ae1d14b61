"""The controller is killed at system calls of its first start, of a restart, and of its stop with the last snapshot."""

import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from firmware_py.core import events as e
from tests.chaos.assassin import Assassin, need_strace
from tests.chaos.crowd import Crowd
from tests.chaos.effort import LONG, need_mosquitto
from tests.chaos.judging import chains_hold, every_command_has_one_effect, judge, numbers_are_unique, read_story
from tests.chaos.killable_hall import KillableHall
from tests.chaos.ledger import Ledger
from tests.chaos.reviving import Reviver

log = logging.getLogger(__name__)

FIRST: Final = {"rename": 1, "fsync": 1, "unlink": 3, "ftruncate": 2, "fdatasync": 9, "pwrite64": 43}
RESTART: Final = {"ftruncate": 1, "fdatasync": 1, "pwrite64": 9}
STOP: Final = {"write": 1, "fsync": 1, "rename": 1, "unlink": 1, "ftruncate": 1, "fdatasync": 1, "pwrite64": 9}
"""Every so manieth call is tried, so that the run stays short; ``HALL_CHAOS=long`` tries every one."""


def swept(calls: dict[str, int], kill_at: Callable[[str, int], bool]) -> "Counter[str]":
    """Kill at the calls of each kind until the last one is past; how many kills there were of each."""
    killed: Counter[str] = Counter()
    for call, stride in calls.items():
        nth = 1
        while kill_at(call, nth):
            killed[call] += 1
            nth += 1 if LONG else stride
    return killed


@contextmanager
def small_hall(directory: Path) -> Iterator[tuple[KillableHall, Crowd, Ledger]]:
    """A hall with one desk, led by the hand."""
    ledger = Ledger()
    with KillableHall(directory) as hall:
        crowd = Crowd(hall, ledger, directory / "edge", seed=1, desks=1)
        try:
            yield hall, crowd, ledger
        finally:
            crowd.close()
        assert "Traceback" not in hall.said()


def first_starts(directory: Path) -> "Counter[str]":
    """Killed while its first journal is made, it begins as if nothing had been."""
    with small_hall(directory) as (hall, crowd, ledger):

        def kill_at(call: str, nth: int) -> bool:
            before = len(ledger.asked)
            hall.kill()
            shutil.rmtree(hall.state, ignore_errors=True)
            hall.start()
            with Reviver(hall) as reviver:
                assassin = Assassin(hall.pid, call, nth)
                crowd.kiosks[0].visit()
                assassin.withdraw()
            chains_hold(hall.journal, [])
            story = read_story(hall.journal)
            numbers_are_unique(story)
            every_command_has_one_effect(story, ledger.asked[before:])
            assert sum(isinstance(told.event, e.Configured) for told in story) == 1
            return bool(reviver.died_in)

        return swept(FIRST, kill_at)


def restarts(directory: Path) -> "Counter[str]":
    """Killed while it rebuilds the hall and says what it is."""
    with small_hall(directory) as (hall, crowd, ledger):

        def kill_at(call: str, nth: int) -> bool:
            hall.kill()
            hall.start()
            with Reviver(hall) as reviver:
                assassin = Assassin(hall.pid, call, nth)
                demand_memory(crowd, ledger)
                assassin.withdraw()
            return bool(reviver.died_in)

        killed = swept(RESTART, kill_at)
        assert hall.stop(), hall.said()
        judge(hall.journal, ledger, crowd.journals, directory / "judge")
        return killed


def stops(directory: Path) -> "Counter[str]":
    """Killed while it takes its last snapshot, moves the write-ahead log into the file, and says goodbye."""
    with small_hall(directory) as (hall, crowd, ledger):

        def kill_at(call: str, nth: int) -> bool:
            demand_memory(crowd, ledger)
            assassin = Assassin(hall.pid, call, nth)
            hall.stop()
            died = hall.was_killed
            assassin.withdraw()
            hall.start()
            return died

        killed = swept(STOP, kill_at)
        assert hall.stop(), hall.said()
        judge(hall.journal, ledger, crowd.journals, directory / "judge")
        return killed


def demand_memory(crowd: Crowd, ledger: Ledger) -> None:
    """It gives another number, and the oldest answers as it first gave them."""
    kiosk = crowd.kiosks[0]
    kiosk.visit()
    for each in ledger.asked[:3]:
        assert kiosk.asker.insist(each.cmd_id, each.command) == each.answers[0]


@pytest.mark.chaos
@pytest.mark.req("R-CORE-21", "R-CORE-22")
def test_killed_at_system_calls_of_its_first_start_a_restart_and_a_stop_it_still_knows_everything(
    tmp_path: Path,
) -> None:
    need_mosquitto()
    need_strace()
    with ThreadPoolExecutor() as halls:  # side by side: most of the time goes into waiting for restarts
        sweeps = [halls.submit(sweep, tmp_path / sweep.__name__) for sweep in (first_starts, restarts, stops)]
    for calls, sweep in zip((FIRST, RESTART, STOP), sweeps, strict=True):
        killed = sweep.result()
        log.info("killed at %s", dict(killed))
        assert all(killed[call] for call in calls), killed
