"""The controller is killed at every system call of a take, a call and a rating: nothing lost, nothing twice."""

import logging
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import pytest

from tests.chaos.assassin import Assassin, need_strace, threads, trace
from tests.chaos.crowd import Crowd
from tests.chaos.effort import need_mosquitto
from tests.chaos.judging import judge
from tests.chaos.killable_hall import KillableHall
from tests.chaos.ledger import Ledger
from tests.chaos.players import Clerk
from tests.chaos.reviving import Reviver

log = logging.getLogger(__name__)

LOOP, LINK = 0, 1
"""The controller's threads, oldest first: the one that decides and journals, and paho's."""

SWEEPS: Final = ((("fdatasync", LOOP), ("pwrite64", LOOP)), (("sendto", LOOP),), (("sendto", LINK),))
"""What is swept, in three halls side by side: most of the time goes into waiting for restarts.

In the loop's thread ``sendto`` wakes the other one: a moment between journal and wire that no other call marks.
"""

LEAVING: Final = (
    "write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,sync_file_range,msync,ftruncate,fallocate,"
    "rename,renameat,renameat2,unlink,unlinkat,sendto,sendmsg,sendmmsg,sendfile,copy_file_range"
)
"""Every call by which something could leave the process."""

STEPS: Final = ("take", "call", "rating")
MOST: Final = 150
"""A visit makes some 50 of the most frequent call; a sweep that never ends is a failure."""


class Sweep:
    """Kill at the first, second, third … call, each time in a fresh visit, until two visits in a row go through."""

    def __init__(self, hall: KillableHall, crowd: Crowd) -> None:
        self._hall = hall
        self._crowd = crowd
        self._turn = 0

    def run(self, call: str, thread: int) -> "Counter[str]":
        """How often it died in each step."""
        died: Counter[str] = Counter()
        nth = unscathed = 0
        while unscathed < 2:
            nth += 1
            assert nth <= MOST, f"{call} never ends"
            died_in = self._one(call, nth, thread)
            died[died_in] += 1
            unscathed = 0 if died_in else unscathed + 1
        return died

    def _one(self, call: str, nth: int, thread: int) -> str:
        self._turn += 1
        clerk = self._crowd.clerks[self._turn % len(self._crowd.clerks)]
        self._crowd.kiosks[1].visit()  # it is up again, and somebody waits
        clerk.see_rating()
        with Reviver(self._hall) as reviver:
            assassin = Assassin(self._hall.pid, call, nth, thread=threads(self._hall.pid)[thread])
            try:
                visit(self._crowd, clerk, reviver)
            finally:
                assassin.withdraw()
        return reviver.died_in


def visit(crowd: Crowd, clerk: Clerk, reviver: Reviver) -> None:
    """A citizen takes a number, is called, served, and rates."""
    reviver.step = "take"
    crowd.kiosks[0].visit()
    reviver.step = "call"
    clerk.call()
    reviver.step = "rating"
    clerk.keypad.await_invitation(clerk.serve())
    clerk.have_rated(4)
    # after a death the press comes again within two seconds; the next visits need not wait for it
    clerk.see_rating(unless=lambda: bool(reviver.died_in))
    reviver.step = "after"


def sweep_in_a_hall(directory: Path, targets: tuple[tuple[str, int], ...]) -> "list[Counter[str]]":
    """A hall of its own goes through these sweeps, one after the other, and is judged at the end."""
    ledger = Ledger()
    with KillableHall(directory) as hall:
        crowd = Crowd(hall, ledger, directory / "edge", seed=1)
        try:
            for clerk in crowd.clerks:
                clerk.log_in()
            crowd.kiosks[0].visits(5)
            sweep = Sweep(hall, crowd)
            died = [sweep.run(call, thread) for call, thread in targets]
            crowd.finish()
        finally:
            crowd.close()
        assert hall.stop(), hall.said()
        judge(hall.journal, ledger, crowd.journals, directory / "judge")
        assert "Traceback" not in hall.said()
    return died


@pytest.mark.chaos
@pytest.mark.req("R-CORE-02", "R-CORE-21", "R-CORE-22", "R-EVAL-03")
def test_killed_at_any_system_call_of_a_visit_nothing_is_lost_and_nothing_happens_twice(tmp_path: Path) -> None:
    need_mosquitto()
    need_strace()
    places = [tmp_path / str(number) for number in range(len(SWEEPS))]
    with ThreadPoolExecutor() as halls:
        swept = list(halls.map(sweep_in_a_hall, places, SWEEPS))
    for targets, died in zip(SWEEPS, swept, strict=True):
        for target, steps in zip(targets, died, strict=True):
            log.info("%s: killed in %s", target, dict(steps))
            assert all(steps[step] for step in STEPS), (target, steps)


@pytest.mark.chaos
@pytest.mark.req("R-CORE-02")
def test_the_sweep_leaves_out_no_system_call_by_which_a_visit_leaves_the_process(tmp_path: Path) -> None:
    need_mosquitto()
    need_strace()
    ledger = Ledger()
    with KillableHall(tmp_path) as hall:
        crowd = Crowd(hall, ledger, tmp_path / "edge", seed=1, desks=1)
        try:
            crowd.clerks[0].log_in()
            crowd.kiosks[0].visits(5)
            with trace(hall.pid, LEAVING, tmp_path / "calls"), Reviver(hall) as reviver:
                visit(crowd, crowd.clerks[0], reviver)
        finally:
            crowd.close()
    lines = (tmp_path / "calls").read_text(encoding="utf-8").splitlines()
    calls = {found[1] for line in lines if (found := re.match(r"\d+ +(\w+)\((?!2,)", line))}  # 2 = stderr, the log
    assert calls == {call for targets in SWEEPS for call, _ in targets}
