"""Who may ask what (R-EVAL-04): the link has proved the name, the table says what it may do."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core.authority import authorise
from firmware_py.core.plan import Plan
from firmware_py.errors import Rejected
from tests.core.halls import PLAN

HALL = replace(PLAN, supervisors=("duty",))
KIOSK = [c.Take("a"), c.ReportPrinted("A001"), c.KioskStarted(), c.ReturnTicket("A001"), c.Cancel("A001")]
DESK = [c.Login(1), c.Next(1), c.Arrive(1), c.Finish(1), c.Pause(1), c.Pickup(1)]
EVERYTHING: list[c.Command] = [*KIOSK, *DESK, c.Void("A001", "x"), c.EmergencyPause("x"), c.ConfirmClock()]


def may(instance: str, command: c.Command, plan: Plan = HALL, down: frozenset[tuple[str, str]] = frozenset()) -> bool:
    try:
        authorise(plan, instance, command, down)
    except Rejected as refusal:
        assert refusal.reason in {"not_allowed", "unknown_desk"}
        return False
    return True


@pytest.mark.req("R-CORE-01")
def test_a_kiosk_takes_and_serves_no_desk() -> None:
    assert [command for command in EVERYTHING if may("kiosk1", command)] == KIOSK


@pytest.mark.req("R-CORE-01")
def test_a_pad_serves_its_own_desk_and_no_other() -> None:
    assert all(may("desk1", command) for command in DESK)
    assert not any(may("desk2", command) for command in DESK)
    assert not may("desk1", c.Take("a"))
    assert may("desk1", c.ReturnTicket("A001"))
    assert not may("desk1", c.Next(77))


@pytest.mark.req("R-EVAL-04")
@pytest.mark.parametrize("instance", ["desk1-eval", "desk1-phone", "stranger", ""])
def test_an_evaluator_a_telephone_and_a_stranger_command_nothing(instance: str) -> None:
    assert not any(may(instance, command) for command in EVERYTHING)
    assert may(instance, c.ReportDevice("keypad", "unplugged"))


def test_a_supervisor_may_work_any_desk_and_void_but_takes_no_numbers() -> None:
    assert all(may("duty", command) for command in [*DESK, c.Void("A001", "x"), c.EmergencyPause("x")])
    assert not may("duty", c.Take("a"))
    assert not may("duty", c.Next(1), PLAN)


@pytest.mark.req("R-DESK-05", "R-CORE-17")
@pytest.mark.parametrize("device", ["pad", "instance"])
def test_a_supervisors_pad_ends_the_visit_at_a_desk_whose_pad_is_down(device: str) -> None:
    down = frozenset({("desk2", device)})
    ends = [c.Finish(2), c.Hold(2), c.ResumeDesk(2), c.Logout(2)]
    for command in ends:
        assert may("desk1", command, PLAN, down)
        assert not may("desk1", command, PLAN), "its own keys work"
        assert not may("desk1", command, PLAN, frozenset({("desk3", device), ("desk2", "sign")}))
        assert not may("desk3", command, PLAN, down), "no supervisor's"
        assert not may("desk1", command, HALL, down), "the hall has a duty panel for it"
        assert may("duty", command, HALL, down)
    for command in (c.Next(2), c.Arrive(2), c.Pass(2), c.Login(2), c.Pause(2), c.Transfer(2, "b", 0, "x")):
        assert not may("desk1", command, PLAN, down)
    assert not may("desk1", c.Finish(4), PLAN, frozenset({("desk5", device)}))
