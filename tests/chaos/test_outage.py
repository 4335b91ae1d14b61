"""A controller that was away for longer than a rating window still counts what was pressed in it."""

import time
from pathlib import Path
from typing import Final

import pytest

from firmware_py.core import events as e
from firmware_py.runtime.clock import write_offset
from tests.chaos.crowd import Crowd
from tests.chaos.effort import need_mosquitto
from tests.chaos.judging import judge
from tests.chaos.killable_hall import TEN_O_CLOCK_MS, KillableHall
from tests.chaos.ledger import Ledger

AWAY_MS: Final = 30 * 60_000
"""Beyond the window's four seconds and the minute in which a silent evaluator may still deliver."""


@pytest.mark.chaos
@pytest.mark.req("R-CORE-21", "R-EVAL-03", "R-SYNC-01")
def test_a_press_made_while_the_controller_was_away_for_half_an_hour_counts_once(tmp_path: Path) -> None:
    need_mosquitto()
    ledger = Ledger()
    with KillableHall(tmp_path) as hall:
        crowd = Crowd(hall, ledger, tmp_path / "edge", seed=1, desks=1)
        try:
            clerk = crowd.clerks[0]
            clerk.log_in()
            crowd.kiosks[0].visit()
            assert clerk.call()
            clerk.keypad.await_invitation(clerk.serve())
            hall.kill()
            kept = clerk.keypad.kept
            clerk.have_rated(2)
            while clerk.keypad.kept == kept:
                clerk.asker.listen(0.01)
            write_offset(hall.clock_offset, TEN_O_CLOCK_MS + AWAY_MS - time.time_ns() // 1_000_000)
            hall.start()
            clerk.see_rating()
            crowd.finish()
        finally:
            crowd.close()
        assert hall.stop(), hall.said()
        story = judge(hall.journal, ledger, crowd.journals, tmp_path / "judge")
    assert [told.event.level for told in story if isinstance(told.event, e.Rated)] == [2]
