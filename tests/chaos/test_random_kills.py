"""Controller and broker are killed at random moments while a hall is at work: nothing lost, nothing twice."""

import logging
import random
from collections import Counter
from enum import Enum, auto
from pathlib import Path
from typing import Final

import pytest

from tests.chaos.crowd import Crowd
from tests.chaos.effort import LONG, need_mosquitto
from tests.chaos.judging import judge
from tests.chaos.killable_hall import KillableHall
from tests.chaos.ledger import Asked, Ledger

log = logging.getLogger(__name__)

SEEDS: Final = range(20261123, 20261123 + (10 if LONG else 1))


class Blow(Enum):
    """What is done to the hall."""

    WORKING = auto()
    """kill -9 the controller, a random number of answers after it came up."""
    STARTING = auto()
    """kill -9 it while it starts."""
    STOPPING = auto()
    """kill -9 it while it takes its last snapshot, or just before or after."""
    BROKER = auto()
    """kill -9 the broker: it forgets everything."""
    BOTH = auto()
    """The Pi that carries both loses power."""


BLOWS: Final = {Blow.WORKING: 38, Blow.STARTING: 10, Blow.STOPPING: 6, Blow.BROKER: 4, Blow.BOTH: 4}
LEAST_KILLS: Final = 50
MOST_ANSWERS: Final = 40
"""Answers between two blows, at most: a few tenths of a second of load."""
START_S: Final = 0.5
"""What a start takes on a busy machine; a blow while starting comes within it."""


class Fate:
    """Deals the blows and counts the controllers that died of them."""

    def __init__(self, hall: KillableHall, ledger: Ledger, chance: random.Random) -> None:
        self._hall = hall
        self._ledger = ledger
        self._chance = chance
        self.killed = 0

    def deal(self, blow: Blow) -> None:
        """One blow, and everything is started again at once."""
        hall, chance = self._hall, self._chance
        if blow is Blow.STARTING:
            self._demand_life(chance.uniform(0.0, START_S))
        else:
            assert self._ledger.wait_answers(chance.randint(1, MOST_ANSWERS)), hall.said()
            self._demand_life(chance.uniform(0.0, 0.02))
        broker, controller = blow in {Blow.BROKER, Blow.BOTH}, blow is not Blow.BROKER
        if broker:
            hall.broker.kill()
        if blow is Blow.STOPPING:
            hall.stop(chance.choice((0.0, 0.01, 0.03, 0.1, 5.0)))
        elif controller:
            hall.kill()
        self.killed += controller and hall.was_killed
        restarts = [hall.broker.start] * broker + [hall.start] * controller
        chance.shuffle(restarts)
        for restart in restarts:
            restart()

    def _demand_life(self, seconds: float) -> None:
        assert not self._hall.ended_within(seconds), f"the controller ended by itself: {self._hall.said()}"


@pytest.mark.chaos
@pytest.mark.req("R-CORE-02", "R-CORE-21", "R-CORE-22", "R-EVAL-03", "R-SYNC-01")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_hall_killed_more_than_fifty_times_under_load_loses_nothing_and_does_nothing_twice(
    tmp_path: Path, seed: int
) -> None:
    need_mosquitto()
    chance, ledger = random.Random(seed), Ledger()
    blows = [blow for blow, count in BLOWS.items() for _ in range(count)]
    chance.shuffle(blows)
    with KillableHall(tmp_path) as hall:
        fate = Fate(hall, ledger, chance)
        crowd = Crowd(hall, ledger, tmp_path / "edge", seed=seed)
        try:
            crowd.work()
            for blow in blows:
                fate.deal(blow)
            crowd.finish()
            repeat_what_was_accepted(crowd, ledger.asked, chance)
        finally:
            crowd.close()
        assert hall.stop(), hall.said()
        story = judge(hall.journal, ledger, crowd.journals, tmp_path / "judge")
        assert "Traceback" not in hall.said()
    assert fate.killed >= LEAST_KILLS
    happened = Counter(type(told.event).__name__ for told in story)
    demand_real_load(happened, ledger.asked)
    log.info("%d kills, %d records, %d commands", fate.killed, len(story), len(ledger.asked))


def repeat_what_was_accepted(crowd: Crowd, asked: list[Asked], chance: random.Random) -> None:
    """Old commands once more under their old names: the hall remembers its answers through all the restarts."""
    for player in crowd.players:
        own = [each for each in asked if each.instance == player.asker.instance and each.accepted]
        for each in chance.sample(own, min(30, len(own))):
            first = each.accepted[0]
            assert player.asker.insist(each.cmd_id, each.command) == first


def demand_real_load(happened: "Counter[str]", asked: list[Asked]) -> None:
    """A run in which hardly anything happened, or nothing had to be repeated, would prove nothing."""
    least = {"Taken": 150, "Called": 25, "Rated": 12}
    assert not {kind: happened[kind] for kind, count in least.items() if happened[kind] < count}
    repeated = Counter(type(each.command).__name__ for each in asked if each.sent > 1)
    assert repeated["Take"] >= 10, repeated
    assert repeated["Next"] >= 5, repeated
