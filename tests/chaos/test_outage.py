"""A controller that was away still counts what was pressed in a rating window meanwhile, however late it hears it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.runtime.clock import write_offset
from tests.chaos.crowd import Crowd
from tests.chaos.effort import need_mosquitto
from tests.chaos.judging import judge
from tests.chaos.killable_hall import TEN_O_CLOCK_MS, KillableHall
from tests.chaos.ledger import Ledger
from tests.chaos.players import Clerk

AWAY_MS: Final = 30 * 60_000
"""Beyond the window's four seconds and the minute in which a silent evaluator may still deliver."""
LEVEL: Final = 2


@contextmanager
def one_citizen_invited(directory: Path) -> Iterator[tuple[KillableHall, Clerk]]:
    """A desk whose first citizen is about to rate; afterwards that press must be the one rating of the day."""
    need_mosquitto()
    ledger = Ledger()
    with KillableHall(directory) as hall:
        crowd = Crowd(hall, ledger, directory / "edge", seed=1, desks=1)
        try:
            clerk = crowd.clerks[0]
            clerk.log_in()
            crowd.kiosks[0].visits(4)
            clerk.call()
            clerk.keypad.await_invitation(clerk.serve())
            yield hall, clerk
            crowd.finish()
        finally:
            crowd.close()
        assert hall.stop(), hall.said()
        story = judge(hall.journal, ledger, crowd.journals, directory / "judge")
    assert [told.event.level for told in story if isinstance(told.event, e.Rated)] == [LEVEL]


def press_unheard(hall: KillableHall, clerk: Clerk) -> None:
    """The controller dies, and then the citizen presses."""
    hall.kill()
    before = clerk.keypad.kept
    clerk.have_rated(LEVEL)
    clerk.asker.wait_until(lambda: clerk.keypad.kept > before)


@pytest.mark.chaos
@pytest.mark.req("R-CORE-21", "R-EVAL-03", "R-SYNC-01")
def test_a_press_made_while_the_controller_was_away_for_half_an_hour_counts_once(tmp_path: Path) -> None:
    with one_citizen_invited(tmp_path) as (hall, clerk):
        press_unheard(hall, clerk)
        write_offset(hall.clock_offset, TEN_O_CLOCK_MS + AWAY_MS - time.time_ns() // 1_000_000)
        hall.start()
        clerk.see_rating()


@pytest.mark.chaos
@pytest.mark.req("R-CORE-21", "R-EVAL-03", "R-SYNC-01")
def test_a_press_made_while_the_controller_was_away_counts_though_the_next_citizen_arrives_first(
    tmp_path: Path,
) -> None:
    with one_citizen_invited(tmp_path) as (hall, clerk):
        clerk.call()
        press_unheard(hall, clerk)
        clerk.asker.listen(2.1)  # the evaluator has just repeated itself in vain, and will again two seconds later
        hall.start()
        assert clerk.asker.ask(c.Arrive(1)).accepted
