"""The controller is killed at every single system call of a take, a call and a rating: nothing lost, nothing twice."""

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from sync.broker import find_mosquitto
from tests.chaos.assassin import Assassin, threads, why_not
from tests.chaos.judging import judge
from tests.chaos.killable_hall import DESKS, KillableHall
from tests.chaos.ledger import Ledger
from tests.chaos.players import Clerk, Crowd

LONG: Final = os.environ.get("HALL_CHAOS") == "long"



class Round:
    """One visit, step by step, during which the controller may die at any moment and is started again at once."""

    def __init__(self, hall: KillableHall, crowd: Crowd, clerk: Clerk) -> None:
        self._hall = hall
        self._crowd = crowd
        self._clerk = clerk
        self._step = "before"
        self.died_in = ""
        """The step in which it died; "" = it did not."""

    def visit(self) -> None:
        """A citizen takes a number, is called, served, and rates."""
        self._step = "take"
        self._crowd.kiosks[0].visit()
        self._step = "call"
        self._clerk.call()
        self._step = "rating"
        self._clerk.serve()
        self._clerk.rate(4)
        # after a death the press comes again in two seconds; the next visits need not wait for it
        self._clerk.see_rating(unless=lambda: bool(self.died_in))
        self._step = "after"

    @contextmanager
    def revived(self) -> Iterator[None]:
        """Whenever the controller dies in here it is started again."""
        over = threading.Event()

        def watch() -> None:
            last = False
            while not last:
                last = over.is_set()
                if self._hall.ended_within(0.01):
                    self.died_in = self._step
                    self._hall.start()
                    return

        thread = threading.Thread(target=watch)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

def test_sweep(tmp_path):
    import time
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    if why_not():
        pytest.skip(why_not())
    ledger = Ledger()
    begun=time.monotonic()
    with KillableHall(tmp_path) as hall:
        crowd = Crowd(hall, tmp_path / "edge", DESKS, ledger, 1)
        kills = Counter()
        try:
            for clerk in crowd.clerks:
                clerk.log_in()
            turn = 0
            for call, which in (("fdatasync", 0), ("pwrite64", 0), ("sendto", 0), ("sendto", 1)):
                nth, unscathed = 0, 0
                while unscathed < 2:
                    nth += 1
                    turn += 1
                    clerk = crowd.clerks[turn % len(crowd.clerks)]
                    crowd.kiosks[1].visit()
                    clerk.see_rating()
                    round_ = Round(hall, crowd, clerk)
                    with round_.revived():
                        assassin = Assassin(hall.pid, call, nth, thread=threads(hall.pid)[which])
                        round_.visit()
                        assassin.withdraw()
                    unscathed = 0 if round_.died_in else unscathed + 1
                    if round_.died_in:
                        kills[call, which, round_.died_in] += 1
                print(call, which, nth, {k: v for k, v in kills.items() if k[:2] == (call, which)}, time.monotonic() - begun)
            crowd.finish()
            print("drained", time.monotonic() - begun)
        finally:
            crowd.close()
        assert hall.stop()
        judge(hall.journal, ledger, crowd.journals, tmp_path / "judge")
        print(hall.said()[-2000:])
    print(sum(kills.values()), time.monotonic() - begun)
