"""The guide beside a dispenser: called by a button, there, and a slip printed once more (R-KIOSK-06, R-KIOSK-10)."""

from typing import Literal

import pytest
from msgspec.structs import replace

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.authority import authorise
from firmware_py.core.plan import Plan
from firmware_py.core.showing import hall_view
from firmware_py.core.states import TicketState
from firmware_py.errors import Rejected
from tests.core.halls import NINE, PLAN, SECOND, ask, open_hall, press, refused, take
from tests.core.test_refusals import ticket_in

About = Literal["consult", "complain", "priority"]
DUTY = replace(PLAN, supervisors=("duty",))


@pytest.mark.req("R-KIOSK-10")
@pytest.mark.parametrize("about", ["consult", "complain", "priority"])
def test_a_call_for_a_guide_stands_until_somebody_says_he_came(about: About) -> None:
    hall = open_hall(PLAN)

    assert ask(hall, c.CallGuide(about), NINE, "kiosk1") == [e.AlertRaised(NINE, about, "kiosk1")]
    assert hall_view(hall, "log", NINE).guides == (("kiosk1", about),)
    assert ask(hall, c.CallGuide(about), NINE + SECOND, "kiosk1") == [], "pressed again it is still one call"

    assert ask(hall, c.GuideCame(), NINE + SECOND, "kiosk1") == [
        e.AlertCleared(NINE + SECOND, about, "kiosk1", "kiosk1")
    ]
    assert hall_view(hall, "log", NINE).guides == ()
    assert refused(hall, c.GuideCame(), NINE, "kiosk1").reason == "no_guide_called"


@pytest.mark.req("R-KIOSK-10")
def test_a_guide_who_came_about_one_thing_leaves_the_other_standing() -> None:
    hall = open_hall(PLAN)
    ask(hall, c.CallGuide("consult"), NINE, "kiosk1")
    ask(hall, c.CallGuide("complain"), NINE, "kiosk1")

    ask(hall, c.GuideCame("consult"), NINE, "kiosk1")

    assert hall_view(hall, "log", NINE).guides == (("kiosk1", "complain"),)


@pytest.mark.req("R-KIOSK-10", "R-DESK-05")
def test_the_duty_panel_names_the_dispenser_and_answers_for_it() -> None:
    hall = open_hall(DUTY)
    ask(hall, c.CallGuide("complain"), NINE, "kiosk1")

    assert ask(hall, c.GuideCame(kiosk="kiosk1"), NINE, "duty") == [e.AlertCleared(NINE, "complain", "kiosk1", "duty")]


@pytest.mark.req("R-KIOSK-10")
def test_one_dispenser_puts_out_no_other_ones_call() -> None:
    hall = open_hall(PLAN)
    ask(hall, c.CallGuide("complain"), NINE, "kiosk1")

    assert refused(hall, c.GuideCame(kiosk="kiosk1"), NINE, "kiosk2").reason == "not_allowed"
    assert hall_view(hall, "log", NINE).guides == (("kiosk1", "complain"),)


@pytest.mark.req("R-KIOSK-10", "R-CORE-30")
def test_help_is_called_in_an_emergency_too() -> None:
    hall = open_hall(DUTY)
    ask(hall, c.EmergencyPause("火警"), NINE, "duty")

    assert ask(hall, c.CallGuide(), NINE, "kiosk1") != []
    assert ask(hall, c.GuideCame(), NINE, "kiosk1") != []


@pytest.mark.req("R-KIOSK-06", "R-KIOSK-10")
@pytest.mark.parametrize("command", [c.CallGuide(), c.GuideCame(), c.Reprint("A001")], ids=lambda each: str(type(each)))
def test_only_a_dispenser_calls_a_guide_or_prints_again(command: c.Command) -> None:
    def may(plan: Plan, instance: str) -> bool:
        try:
            authorise(plan, instance, command)
        except Rejected:
            return False
        return True

    assert may(DUTY, "kiosk1")
    assert may(DUTY, "duty") == isinstance(command, c.GuideCame)
    for other in ("desk2", "desk1-eval", "desk1-phone", "hall", "stranger"):
        assert not may(DUTY, other)


@pytest.mark.req("R-KIOSK-06")
@pytest.mark.parametrize("state", [each for each in TicketState if each is not TicketState.UNSERVED])
def test_a_slip_is_printed_again_exactly_while_somebody_may_hold_the_number(state: TicketState) -> None:
    hall, number, at = ticket_in(state)
    held = {TicketState.WAITING, TicketState.CALLED, TicketState.SERVING, TicketState.HELD, TicketState.PASSED}

    if state in held:
        before = hall.tickets[number]
        assert ask(hall, c.Reprint(f" {number.lower()} "), at, "kiosk1") == [e.Reprinted(at, number, "kiosk1")]
        assert hall.tickets[number] == before, "paper changes nobody's turn"
    else:
        assert refused(hall, c.Reprint(number), at, "kiosk1").details["ticket"] == number


@pytest.mark.req("R-KIOSK-06")
def test_a_number_nobody_took_and_one_whose_slip_is_coming_are_not_printed_again() -> None:
    hall = open_hall(PLAN)
    take(hall)
    coming = press(hall)

    assert refused(hall, c.Reprint("A999"), NINE, "kiosk1").reason == "unknown_ticket"
    assert refused(hall, c.Reprint(coming), NINE, "kiosk1").reason == "slip_coming"
