"""Deciding about the self-test of an evaluator: its keys are tried, and nothing of it is a rating (R-EVAL-10, I02)."""

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.calling import desk_of
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk
from firmware_py.core.states import DeskState
from firmware_py.errors import Rejected

SELF_TEST_MS = 5 * 60_000
"""A test nobody ends is over by itself: a citizen must never meet a keypad that does not count."""


def begin_self_test(hall: Hall, command: c.BeginSelfTest, at: int, by: str) -> list[e.Event]:
    """The test begins; only with nobody at the desk and no window open, so that no citizen's press can fall into it.

    Raises:
        Rejected: ``no_evaluator``, ``already_testing``, ``desk_fault``, ``finish_first`` or ``rating_first``.
    """
    del by
    desk = desk_of(hall, command.desk)
    plan = hall.plan.desk(desk.id)
    if plan is None or not plan.evaluator:
        raise Rejected("no_evaluator", desk=desk.id)
    if desk.testing:
        raise Rejected("already_testing")
    if desk.state is DeskState.FAULT:
        raise Rejected("desk_fault")
    if desk.ticket:
        raise Rejected("finish_first")
    if desk.rating:
        raise Rejected("rating_first", ticket=desk.rating)
    return [e.SelfTestBegan(at, desk.id)]


def end_self_test(hall: Hall, command: c.EndSelfTest, at: int, by: str) -> list[e.Event]:
    """The test is over: presses count again.

    Raises:
        Rejected: ``not_testing``.
    """
    del by
    desk = desk_of(hall, command.desk)
    if not desk.testing:
        raise Rejected("not_testing")
    return [e.SelfTestEnded(at, desk.id)]


def self_test_over_at(desk: Desk) -> int:
    """Hall time at which the test ends by itself; 0 = there is none."""
    return desk.testing_since + SELF_TEST_MS if desk.testing_since else 0
