"""Priorities at the dispenser: declared, or confirmed by a guide afterwards (R-KIOSK-09)."""

import pytest
from msgspec.structs import replace

from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.link import LinkDown
from firmware_py.runtime.wire_settings.buttons import GUIDE_LAMP
from kiosk.effects import KeepPriorities
from kiosk.presses import KEY_BOUNCE_MS
from kiosk.requests import ANSWER_MS
from tests.hall.small_hall import NINE
from tests.kiosk.guide_panel import LIT, kiosk_with, ticket, types, yes
from tests.kiosk.waiting import TODAY, commands, hall_view, lamps, only, requests, slips, texts

CONFIRM = replace(LIT, priority="confirm")


@pytest.mark.req("R-KIOSK-09")
def test_where_people_declare_it_themselves_the_priority_button_takes_a_priority_ticket() -> None:
    assert commands(kiosk_with().press("green")) == [c.Take("social", "G")]


@pytest.mark.req("R-KIOSK-09", "R-CORE-04")
def test_where_a_guide_confirms_the_number_comes_at_once_and_the_guide_makes_it_a_priority_one() -> None:
    kiosk = kiosk_with(CONFIRM)
    pressed = kiosk.press("green")
    assert commands(pressed) == [c.Take("social", "X")], "nobody waits for a guide to get a number"

    [asked] = requests(pressed)
    taken = kiosk.taken(asked, "A007")
    assert slips(taken) == ["A007"]
    assert commands(taken) == [c.CallGuide("priority")]
    assert lamps(taken) == {GUIDE_LAMP: "steady", "confirm": "blink", "came": "steady"}

    confirmed = kiosk.press("confirm")
    assert commands(confirmed) == [c.Upgrade("A007")]
    assert lamps(confirmed) == {"confirm": "off"}
    [upgrade] = requests(confirmed)
    told = kiosk.answer(c.Answer(upgrade.cmd_id, e.Upgraded(NINE, "A007", "kiosk1")))
    assert commands(told) == [c.GuideCame("priority")]
    assert lamps(told) == {GUIDE_LAMP: "off", "came": "off"}
    assert texts(told) == [phrases.text("kiosk.confirmed", ticket="A007")]
    assert "优先" not in texts(told)[0], "nobody else is told whose priority it is (B05)"


@pytest.mark.req("R-KIOSK-09")
def test_who_came_first_is_confirmed_first_unless_the_guide_types_a_number() -> None:
    kiosk = kiosk_with(CONFIRM)
    for number in ("A001", "A002", "A003"):
        ticket(kiosk, number, "green")
        kiosk.now += 2000

    types(kiosk, "KEY_A", "KEY_0", "KEY_0", "KEY_3")
    assert commands(kiosk.press("confirm")) == [c.Upgrade("A003")]
    kiosk.now += KEY_BOUNCE_MS
    assert commands(kiosk.press("confirm")) == [c.Upgrade("A001")]
    kiosk.now += KEY_BOUNCE_MS
    assert commands(kiosk.press("confirm")) == [c.Upgrade("A002")]
    kiosk.now += KEY_BOUNCE_MS
    assert texts(kiosk.press("confirm")) == [phrases.text("kiosk.nothing_to_confirm")]


@pytest.mark.req("R-KIOSK-09")
def test_a_priority_waits_across_a_power_cut_until_the_hall_has_answered() -> None:
    kiosk = kiosk_with(CONFIRM)
    [kept] = only(ticket(kiosk, "A007", "green"), KeepPriorities)
    assert kept == KeepPriorities(TODAY, ("A007",))

    again = kiosk_with(CONFIRM, priorities=kept)
    pressed = again.press("confirm")
    assert commands(pressed) == [c.Upgrade("A007")]
    assert only(pressed, KeepPriorities) == []
    assert only(yes(again, pressed), KeepPriorities) == [KeepPriorities(TODAY)]


@pytest.mark.req("R-KIOSK-09")
def test_yesterdays_priorities_are_nobodys_today() -> None:
    kiosk = kiosk_with(CONFIRM)
    ticket(kiosk, "A007", "green")

    dark = kiosk.sees(hall_view(seq=2, day="2026-11-22"))

    assert lamps(dark)["confirm"] == "off"
    assert texts(kiosk.press("confirm")) == [phrases.text("kiosk.nothing_to_confirm")]
    assert only(ticket(kiosk, "A001", "green"), KeepPriorities) == [KeepPriorities("2026-11-22", ("A001",))]


@pytest.mark.req("R-KIOSK-09")
def test_a_confirmation_nobody_answers_is_to_be_pressed_again() -> None:
    kiosk = kiosk_with(CONFIRM)
    ticket(kiosk, "A007", "green")
    kiosk.on(LinkDown("cut"))
    assert lamps(kiosk.press("confirm"))["confirm"] == "off"

    late = kiosk.wait(ANSWER_MS)

    assert phrases.text("kiosk.go_to_guide") in texts(late)
    assert lamps(late)["confirm"] == "blink"
    assert commands(kiosk.press("confirm")) == [c.Upgrade("A007")]


@pytest.mark.req("R-KIOSK-09")
@pytest.mark.parametrize(("refusal", "again"), [("slip_coming", True), ("emergency", True), ("already_served", False)])
def test_a_refusal_ends_it_only_when_it_is_about_the_number(refusal: str, again: bool) -> None:
    kiosk = kiosk_with(CONFIRM)
    ticket(kiosk, "A007", "green")
    [asked] = requests(kiosk.press("confirm"))

    told = kiosk.answer(c.Answer(asked.cmd_id, refusal=refusal, details={"ticket": "A007", "desk": 1}))

    assert texts(told) != []
    kiosk.now += KEY_BOUNCE_MS
    assert commands(kiosk.press("confirm")) == ([c.Upgrade("A007")] if again else [])
