"""Random days: people, clerks, supervisors, devices, clocks and power cuts in any order, against the clerk with the
pencil; each class of days looks harder at one side of the hall."""

import pytest
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from firmware_py.core import events as e
from tests.core.days_desks import Clerks, Visits
from tests.core.days_devices import Devices
from tests.core.days_people import Crowd, People
from tests.core.days_supervisor import Notices, Supervisors
from tests.core.days_time import Nights, Times
from tests.core.effort import effort
from tests.core.stage import SEEN, Stage


class BusyDays(People, Clerks, Times):
    """Who is next, visits, transfers, taking back."""


class UnusualDays(People, Clerks, Supervisors, Times):
    """Favours, tides, absences, emergencies, other hours."""


class LoudDays(Visits, Devices, Times):
    """Evaluators and telephones."""


class LongDays(Crowd, Visits, Notices, Nights):
    """Noon, evening, night, and clocks nobody vouches for."""


class WholeDays(People, Clerks, Supervisors, Devices, Nights):
    """Everything at once."""


CLASSES: tuple[type[Stage], ...] = (BusyDays, UnusualDays, LoudDays, LongDays, WholeDays)

BusyDays.TestCase.settings = effort(500, steps=14)
UnusualDays.TestCase.settings = effort(450, steps=14)
LoudDays.TestCase.settings = effort(400, steps=14)
LongDays.TestCase.settings = effort(400, steps=16)
WholeDays.TestCase.settings = effort(300, steps=20)

TestBusyDays = pytest.mark.req(
    "R-CORE-01",
    "R-CORE-03",
    "R-CORE-04",
    "R-CORE-05",
    "R-CORE-06",
    "R-CORE-08",
    "R-CORE-11",
    "R-CORE-12",
    "R-CORE-13",
    "R-CORE-14",
    "R-CORE-15",
    "R-CORE-27",
    "R-CORE-29",
    "R-CORE-31",
)(BusyDays.TestCase)
TestUnusualDays = pytest.mark.req(
    "R-CORE-07", "R-CORE-09", "R-CORE-10", "R-CORE-24", "R-CORE-25", "R-CORE-26", "R-CORE-30", "R-CORE-32"
)(UnusualDays.TestCase)
TestLoudDays = pytest.mark.req(
    "R-EVAL-01", "R-EVAL-02", "R-EVAL-03", "R-EVAL-04", "R-EVAL-10", "R-PHONE-05", "R-PHONE-06", "R-PHONE-08"
)(LoudDays.TestCase)
TestLongDays = pytest.mark.req(
    "R-CORE-16", "R-CORE-17", "R-CORE-18", "R-CORE-19", "R-CORE-20", "R-CORE-21", "R-CORE-22", "R-CORE-23"
)(LongDays.TestCase)
TestWholeDays = pytest.mark.req("R-CORE-01", "R-CORE-21")(WholeDays.TestCase)


ROUNDS = 15
"""Seeds tried at most; mostly the tests above have seen everything, or the first two or three do."""


def test_nothing_the_hall_can_record_is_left_out_of_the_random_days() -> None:
    """Each kind of event happens in them, or what they check about it is checked nowhere."""
    for number in range(ROUNDS):
        if not never_seen():
            break
        for days in CLASSES:
            again = seed(number)(type(days.__name__, (days,), {}))
            few = settings(effort(60, long_factor=1, steps=20), database=None, phases=[Phase.generate])
            run_state_machine_as_test(again, settings=few)
    assert never_seen() == set()


def never_seen() -> set[str]:
    return {kind.__name__ for kind in e.HallEvent.__args__ if not SEEN[kind]}
