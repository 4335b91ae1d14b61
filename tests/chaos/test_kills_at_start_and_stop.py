"""The controller is killed at system calls of its first start, of a restart, and of its stop with the last snapshot."""

import logging
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
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

FIRST: Final = {"rename": 1, "fsync": 1, "unlink": 5, "ftruncate": 4, "fdatasync": 9, "pwrite64": 40}
RESTART: Final = {"ftruncate": 2, "fdatasync": 1, "pwrite64": 9}
STOP: Final = {"write": 1, "fsync": 1, "rename": 1, "unlink": 1, "ftruncate": 1, "fdatasync": 1, "pwrite64": 5}
"""Every so manieth call is tried, so that the run stays short; ``HALL_CHAOS=long`` tries every one."""


def swept(calls: dict[str, int], kill_at: Callable[[str, int], bool]) -> "Counter[str]":
    """Kill at the calls of each kind until the last one is past; how many kills there were of each."""
    killed: Counter[str] = Counter()
    for call, stride in calls.items():
        nth = 1
        while kill_at(call, nth):
            killed[call] += 1
            nth += 1 if LONG else stride
    log.info("killed at: %s", dict(killed))
    return killed


@contextmanager
def small_hall(directory: Path) -> Iterator[tuple[KillableHall, Crowd, Ledger]]:
    """A hall with one desk, led by the hand."""
    need_mosquitto()
    need_strace()
    ledger = Ledger()
    with KillableHall(directory) as hall:
        crowd = Crowd(hall, ledger, directory / "edge", seed=1, desks=1)
        try:
            yield hall, crowd, ledger
        finally:
            crowd.close()


@pytest.mark.chaos
@pytest.mark.req("R-CORE-21")
def test_killed_while_its_first_journal_is_made_it_begins_as_if_nothing_had_been(tmp_path: Path) -> None:
    with small_hall(tmp_path) as (hall, crowd, ledger):

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

        killed = swept(FIRST, kill_at)
        assert "Traceback" not in hall.said()
    assert all(killed[call] for call in FIRST), killed


@pytest.mark.chaos
@pytest.mark.req("R-CORE-21", "R-CORE-22")
def test_killed_while_it_starts_again_or_stops_it_still_knows_everything(tmp_path: Path) -> None:
    with small_hall(tmp_path) as (hall, crowd, ledger):
        kiosk, clerk = crowd.kiosks[0], crowd.clerks[0]
        clerk.log_in()
        kiosk.visit()

        def starting(call: str, nth: int) -> bool:
            hall.kill()
            hall.start()
            with Reviver(hall) as reviver:
                assassin = Assassin(hall.pid, call, nth)
                recognised()
                assassin.withdraw()
            return bool(reviver.died_in)

        def stopping(call: str, nth: int) -> bool:
            assassin = Assassin(hall.pid, call, nth)
            hall.stop()
            died = hall.was_killed
            assassin.withdraw()
            hall.start()
            recognised()
            return died

        def recognised() -> None:
            kiosk.visit()
            for each in [each for each in ledger.asked if each.instance == kiosk.asker.instance][:3]:
                assert kiosk.asker.insist(each.cmd_id, each.command) == each.answers[0]

        started, stopped = swept(RESTART, starting), swept(STOP, stopping)
        crowd.finish()
        crowd.close()
        assert hall.stop(), hall.said()
        judge(hall.journal, ledger, crowd.journals, tmp_path / "judge")
        assert "Traceback" not in hall.said()
    assert all(started[call] for call in RESTART), started
    assert all(stopped[call] for call in STOP), stopped
