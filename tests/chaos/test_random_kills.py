"""The controller and the broker are killed at random moments while a hall is at work: nothing lost, nothing twice."""

import os
import random
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.journal.connection import connect_reader
from firmware_py.journal.reader import JournalReader
from firmware_py.journal.streams import streams_of
from sync.broker import find_mosquitto
from tests.chaos.judging import judge
from tests.chaos.killable_hall import DESKS, PATIENCE_S, KillableHall
from tests.chaos.ledger import Ledger
from tests.chaos.players import Crowd

pytestmark = [pytest.mark.chaos]

LONG: Final = os.environ.get("HALL_CHAOS") == "long"
SEEDS: Final = range(20261123, 20261123 + (8 if LONG else 1))
KILLS: Final = 56
BROKER_KILLS: Final = 6


def test_killed_again_and_again_under_load(tmp_path: Path) -> None:
    ledger = Ledger()
    begun = time.monotonic()
    with KillableHall(tmp_path) as hall:
        crowd = Crowd(hall, tmp_path / "edge", DESKS, ledger, 1)
        try:
            crowd.begin()
            assert ledger.wait_answers(1), hall.said()
            print("first", time.monotonic() - begun)
            assert ledger.wait_answers(1000)
            print("1000", time.monotonic() - begun)
            crowd.finish()
        finally:
            crowd.close()
        print(time.monotonic() - begun)
        hall.stop()
        print(hall.said())
        story = judge(hall.journal, ledger, [keypad.journal for keypad in crowd.keypads.values()], tmp_path / "judge")
        from collections import Counter
        print(Counter(type(t.event).__name__ for t in story), time.monotonic() - begun)
