"""Help, rounds, and what a supervisor may (R-DESK-05, R-DESK-06, R-DESK-07, scenario 34)."""

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.authority import authorise, is_supervisor
from firmware_py.core.model import Alert
from firmware_py.core.plan import Plan
from firmware_py.errors import Rejected
from tests.core.halls import MINUTE, NINE, PLAN, SECOND, ask, let_time_pass, open_hall, refused, take, with_desk

DUTY = replace(PLAN, supervisors=("duty",))
SUPERVISED: list[c.Command] = [
    c.Approve("leave", "2", "就医"),
    c.OpenTide(4),
    c.CloseTide(4),
    c.AssignServices(2, ("a",), "分流"),
    c.EndAssist(2),
    c.Patrol("Z9"),
    c.EmergencyPause("火警"),
    c.EmergencyResume(),
    c.OpenDay("时钟故障"),
    c.CloseDay("停电"),
]


def may(plan: Plan, instance: str, command: c.Command) -> bool:
    try:
        authorise(plan, instance, command)
    except Rejected:
        return False
    return True


@pytest.mark.req("R-DESK-05")
@pytest.mark.parametrize("command", SUPERVISED, ids=lambda command: type(command).__name__)
def test_approvals_tides_rounds_and_emergencies_are_the_supervisors(command: c.Command) -> None:
    assert may(DUTY, "duty", command)
    assert may(DUTY, "desk1", command), "desk 1 where the plan names none"
    for other in ("desk2", "kiosk1", "desk1-eval", "desk1-phone", "stranger", ""):
        assert not may(DUTY, other, command), other


@pytest.mark.req("R-DESK-05")
def test_a_plan_names_its_supervisors_desk_and_then_desk_1_is_none() -> None:
    plan = with_desk(3, supervisor=True)

    assert [name for name in ("desk1", "desk2", "desk3") if is_supervisor(plan, name)] == ["desk3"]


@pytest.mark.req("R-DESK-05", "R-DESK-03")
def test_the_duty_panel_may_press_any_desks_keys_and_a_supervisors_pad_only_call_specific() -> None:
    assert may(DUTY, "duty", c.GiveReason(2, "送件"))
    assert may(DUTY, "desk1", c.CallSpecific(2, "A001", "军人"))
    assert not may(DUTY, "desk1", c.StandIn(2, "staff8"))
    assert not may(DUTY, "desk1", c.Next(2))
    assert not may(DUTY, "desk2", c.StandIn(3, "staff8"))


# --- help -------------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-DESK-07")
def test_a_call_for_help_is_one_however_often_it_is_pressed() -> None:
    hall = open_hall()

    assert ask(hall, c.Assist(2), NINE) == [e.AlertRaised(NINE, "assist", "2")]
    assert ask(hall, c.Assist(2), NINE + SECOND) == []
    assert ask(hall, c.Assist(3), NINE + SECOND) == [e.AlertRaised(NINE + SECOND, "assist", "3")]
    assert hall.alerts["assist", "2"] == Alert(NINE)


@pytest.mark.req("R-DESK-07")
def test_help_changes_nothing_at_the_desk_and_ends_when_somebody_says_so() -> None:
    hall = open_hall(DUTY)
    take(hall)
    before = hall.desks[2]
    ask(hall, c.Assist(2), NINE)
    assert hall.desks[2] == before

    assert refused(hall, c.EndAssist(3), NINE, "duty").details == {"desk": 3}
    let_time_pass(hall, NINE + 60 * MINUTE)
    assert ("assist", "2") in hall.alerts, "no clock ends it"
    assert ask(hall, c.EndAssist(2), NINE + MINUTE, "duty") == [e.AlertCleared(NINE + MINUTE, "assist", "2", "duty")]
    assert refused(hall, c.EndAssist(2), NINE, "duty").reason == "no_assist"
    assert ask(hall, c.Assist(2), NINE + 2 * MINUTE), "the next time it is a new one"


@pytest.mark.req("R-DESK-07")
def test_help_may_be_called_where_nobody_is_logged_in() -> None:
    hall = open_hall(desks=(1,))

    assert ask(hall, c.Assist(4), NINE) == [e.AlertRaised(NINE, "assist", "4")]
    assert refused(hall, c.Assist(9), NINE).reason == "unknown_desk"
    assert refused(hall, c.EndAssist(9), NINE, "desk1").reason == "unknown_desk"


# --- rounds -----------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-DESK-06")
def test_scenario_34_a_patrol_twice_in_five_minutes_is_one() -> None:
    hall = open_hall()
    five = 5 * MINUTE

    def patrol(at: int, inspector: str = "Z9") -> bool:
        [event] = ask(hall, c.Patrol(inspector), at, "desk1")
        assert isinstance(event, e.Patrolled)
        return event.repeat

    assert not patrol(NINE)
    assert patrol(NINE + five)
    assert not patrol(NINE + five, "Z8"), "another inspector"
    assert not patrol(NINE + five + 1), "a repeat begins no round of its own"


@pytest.mark.req("R-DESK-06")
def test_a_round_tells_who_in_which_role_found_what_and_where() -> None:
    hall = open_hall()

    told = ask(hall, c.Patrol(" L1 ", "leader", "仪容整洁", 2), NINE, "desk1")

    assert told == [e.Patrolled(NINE, "L1", "leader", "仪容整洁", 2)]


@pytest.mark.req("R-DESK-06")
@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (c.Patrol(""), "inspector_needed"),
        (c.Patrol("  "), "inspector_needed"),
        (c.Patrol("9" * 33), "inspector_needed"),
        (c.Patrol("Z9", desk=9), "unknown_desk"),
        (c.Patrol("Z9", finding="长" * 101), "reason_long"),
    ],
)
def test_a_round_nobody_makes_is_refused(command: c.Patrol, reason: str) -> None:
    assert refused(open_hall(), command, NINE, "desk1").reason == reason
