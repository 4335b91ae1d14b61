"""Controller and broker are killed at random moments while a hall is at work: nothing lost, nothing twice."""

import os
import random
from collections import Counter
from enum import Enum, auto
from pathlib import Path
from typing import Final

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from sync.broker import find_mosquitto
from tests.chaos.judging import judge
from tests.chaos.killable_hall import DESKS, KillableHall
from tests.chaos.ledger import Asked, Ledger
from tests.chaos.players import Crowd

LONG: Final = os.environ.get("HALL_CHAOS") == "long"
SEEDS: Final = range(20261123, 20261123 + (8 if LONG else 1))
"""``HALL_CHAOS=long`` runs all of them; one suffices to notice a change for the worse."""


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
MOST_ANSWERS: Final = 40
"""Answers between two blows, at most: a few tenths of a second of load."""
START_S: Final = 0.5
"""What a start takes on a busy machine; a blow while starting comes within it."""


class Fate:
    """Deals the blows and counts what they did."""

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
        if blow in {Blow.BROKER, Blow.BOTH}:
            hall.broker.kill()
        if blow is Blow.STOPPING:
            hall.stop(chance.choice((0.0, 0.01, 0.03, 0.1, 5.0)))
        elif blow is not Blow.BROKER:
            hall.kill()
        controller_first = chance.random() < 0.5
        if blow is not Blow.BROKER:
            self.killed += hall.was_killed
            if controller_first:
                hall.start()
        if blow in {Blow.BROKER, Blow.BOTH}:
            hall.broker.start()
        if blow is not Blow.BROKER and not controller_first:
            hall.start()

    def _demand_life(self, seconds: float) -> None:
        assert not self._hall.ended_within(seconds), f"the controller ended by itself: {self._hall.said()}"


@pytest.mark.chaos
@pytest.mark.req("R-CORE-02", "R-CORE-21", "R-CORE-22", "R-EVAL-03", "R-SYNC-01")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_hall_killed_more_than_fifty_times_under_load_loses_nothing_and_does_nothing_twice(
    tmp_path: Path, seed: int
) -> None:
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    chance, ledger = random.Random(seed), Ledger()
    blows = [blow for blow, count in BLOWS.items() for _ in range(count)]
    chance.shuffle(blows)
    with KillableHall(tmp_path) as hall:
        crowd = Crowd(hall, tmp_path / "edge", DESKS, ledger, seed)
        try:
            crowd.begin()
            fate = Fate(hall, ledger, chance)
            for blow in blows:
                fate.deal(blow)
            crowd.finish()
            asked = ledger.asked
            repeat_what_was_accepted(crowd, asked, chance)
        finally:
            crowd.close()
        assert hall.stop(), "the controller does not stop"
        story = judge(hall.journal, ledger, crowd.journals, tmp_path / "judge")
        assert "Traceback" not in hall.said()
    assert fate.killed >= 50
    demand_real_load(Counter(type(told.event) for told in story), ledger, fate)


def repeat_what_was_accepted(crowd: Crowd, asked: list[Asked], chance: random.Random) -> None:
    """Every kind of command once more under its old name, now that the hall lives on memory and snapshots alone."""
    for player in (*crowd.kiosks, *crowd.clerks):
        own = [each for each in asked if each.instance == player.asker.link.instance and each.accepted]
        for each in chance.sample(own, min(30, len(own))):
            assert player.asker.insist(each.cmd_id, each.command) == each.accepted[0]


def demand_real_load(happened: "Counter[type[e.Event]]", ledger: Ledger, fate: Fate) -> None:
    """A run in which hardly anything happened, or nothing had to be repeated, would prove nothing."""
    least = {e.Taken: 300, e.Called: 40, e.Recalled: 2, e.Passed: 2, e.Withdrawn: 2, e.Rated: 20, e.RatingCorrected: 2}
    assert not {kind.__name__: happened[kind] for kind, count in least.items() if happened[kind] < count}
    repeated = Counter(type(each.command) for each in ledger.asked if each.sent > 1)
    assert repeated[c.Take] >= 10, repeated
    answered_again = sum(len(each.answers) > 1 for each in ledger.asked)
    assert answered_again >= 5
    print(f"\n{fate.killed} kills, {sum(happened.values())} records, {len(ledger.asked)} commands,"
          f" {sum(repeated.values())} sent again, {answered_again} answered again,"
          f" {happened[e.Taken]} numbers, {happened[e.Called]} calls, {happened[e.Rated]} ratings")
