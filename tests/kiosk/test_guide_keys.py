"""The keys that take no number: calling a guide, and what the guide does behind the panel (R-KIOSK-06, 08–10, 12)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.printer import Printed
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.plan import Hours
from firmware_py.core.views import HoursNotice
from firmware_py.link import LinkDown, LinkUp
from firmware_py.runtime.asking import REPORT_MS
from firmware_py.runtime.port_reports import PortDown, PortUp
from firmware_py.runtime.wire_settings.buttons import GUIDE_LAMP
from kiosk.choices import Choice, Habits
from kiosk.effects import KeepSlips, NewRoll, PrintNotice, PrintSlip
from kiosk.last_slips import STEP_MS
from kiosk.presses import KEY_BOUNCE_MS
from kiosk.requests import ANSWER_MS
from kiosk.typed_number import PAUSE_MS, TypedNumber
from tests.hall.small_hall import NINE
from tests.kiosk.waiting import Kiosk, commands, hall_view, lamps, only, requests, slips, texts

DIGITS = {f"KEY_{digit}": Choice(act="type", types=digit) for digit in "0123456789"}
LETTERS = {f"KEY_{letter}": Choice(act="type", types=letter) for letter in "AB"}
BUTTONS = {
    "left": Choice("social"),
    "right": Choice("realty"),
    "green": Choice("social", "G"),
    "consult": Choice(act="consult"),
    "complain": Choice(act="complain"),
    "came": Choice(act="guide_came"),
    "confirm": Choice(act="confirm"),
    "reprint": Choice(act="reprint"),
    "roll": Choice(act="new_roll"),
    "notice": Choice(act="notice"),
    "KEY_ENTER": Choice(act="type", types="ok"),
    "KEY_C": Choice(act="type", types="clear"),
    **DIGITS,
    **LETTERS,
}
LIT = Habits(lamps=frozenset({"consult", "complain", "came", "confirm", GUIDE_LAMP}))


def kiosk_with(habits: Habits = LIT, kept: KeepSlips | None = None) -> Kiosk:
    kiosk = Kiosk(buttons=BUTTONS, habits=habits, kept=kept)
    kiosk.answers(*requests(kiosk.on(PortUp("buttons"))))
    return kiosk


def ticket(kiosk: Kiosk, number: str, button: str = "left", outcome: Printed | None = Printed.PRINTED) -> list[object]:
    """Somebody takes this number here, and its slip comes out so."""
    kiosk.now += 2000
    [asked] = requests(kiosk.press(button))
    effects = kiosk.taken(asked, number)
    if outcome is not None:
        kiosk.answers(*requests(kiosk.printed(number, outcome)))
    return effects


def yes(kiosk: Kiosk, effects: list[object]) -> list[object]:
    """The hall says yes to the only request."""
    [asked] = requests(effects)
    match asked.command:
        case c.Reprint(number):
            return kiosk.answer(c.Answer(asked.cmd_id, e.Reprinted(NINE, number, "kiosk1")))
        case c.Upgrade(number):
            return kiosk.answer(c.Answer(asked.cmd_id, e.Upgraded(NINE, number, "kiosk1")))
        case _:
            return kiosk.answer(c.Answer(asked.cmd_id))


def types(kiosk: Kiosk, *keys: str) -> list[object]:
    effects = list[object]()
    for key in keys:
        kiosk.now += 200
        effects += kiosk.press(key)
    return effects


# --- a guide, please --------------------------------------------------------------------------------------------------


@pytest.mark.req("R-KIOSK-10")
@pytest.mark.parametrize("act", ["consult", "complain"])
def test_a_call_lights_the_guides_lamp_until_somebody_presses_it_off(act: str) -> None:
    kiosk = kiosk_with()
    pressed = kiosk.press(act)
    assert commands(pressed) == [c.CallGuide("consult" if act == "consult" else "complain")]
    assert texts(pressed) == [phrases.text(f"kiosk.{act}_called")]
    assert lamps(pressed) == {GUIDE_LAMP: "steady", act: "blink", "came": "steady"}

    assert lamps(yes(kiosk, pressed)) == {}
    kiosk.sees(hall_view(seq=2, guides=(("kiosk1", act),)))
    came = kiosk.press("came")
    assert commands(came) == [c.GuideCame()]
    assert lamps(came) == {GUIDE_LAMP: "off", act: "steady", "came": "off"}
    kiosk.now += KEY_BOUNCE_MS
    assert commands(kiosk.press("came")) == [], "nobody is called any more"


@pytest.mark.req("R-KIOSK-10")
def test_a_call_that_was_seen_to_at_the_duty_panel_is_dark_and_another_kiosks_call_is_not_ours() -> None:
    kiosk = kiosk_with()
    yes(kiosk, kiosk.press("consult"))
    kiosk.sees(hall_view(seq=2, guides=(("kiosk1", "consult"), ("kiosk2", "complain"))))

    dark = kiosk.sees(hall_view(seq=3, guides=(("kiosk2", "complain"),)))

    assert lamps(dark) == {GUIDE_LAMP: "off", "consult": "steady", "came": "off"}


@pytest.mark.req("R-KIOSK-10")
def test_the_lamp_calls_though_the_hall_is_out_of_reach_and_the_hall_hears_it_later() -> None:
    kiosk = kiosk_with()
    kiosk.on(LinkDown("cut"))
    pressed = kiosk.press("consult")
    assert lamps(pressed)[GUIDE_LAMP] == "steady"

    kiosk.wait(20_000)
    assert c.CallGuide("consult") in commands(kiosk.on(LinkUp()))
    kiosk.wait(REPORT_MS)
    assert lamps(kiosk.press("came"))[GUIDE_LAMP] == "off"


@pytest.mark.req("R-KIOSK-10")
def test_without_lamp_and_hall_nobody_is_said_to_have_been_called() -> None:
    kiosk = kiosk_with(Habits())
    kiosk.on(LinkDown("cut"))

    pressed = kiosk.press("consult")

    assert texts(pressed) == [phrases.text("kiosk.go_to_guide")]
    assert commands(pressed) == []


# --- priority ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-KIOSK-09")
def test_where_people_declare_it_themselves_the_priority_button_takes_a_priority_ticket() -> None:
    assert commands(kiosk_with().press("green")) == [c.Take("social", "G")]


@pytest.mark.req("R-KIOSK-09", "R-CORE-04")
def test_where_a_guide_confirms_the_number_comes_at_once_and_the_guide_makes_it_a_priority_one() -> None:
    kiosk = kiosk_with(replace(LIT, priority="confirm"))
    pressed = kiosk.press("green")
    assert commands(pressed) == [c.Take("social", "X")], "nobody waits for a guide to get a number"

    [asked] = requests(pressed)
    taken = kiosk.taken(asked, "A007")
    assert slips(taken) == ["A007"]
    assert commands(taken) == [c.CallGuide("priority")]
    assert lamps(taken) == {GUIDE_LAMP: "steady", "confirm": "blink", "came": "steady"}

    confirmed = kiosk.press("confirm")
    assert commands(confirmed) == [c.Upgrade("A007"), c.GuideCame("priority")]
    assert lamps(confirmed) == {GUIDE_LAMP: "off", "confirm": "off", "came": "off"}
    upgrade, _ = requests(confirmed)
    told = kiosk.answer(c.Answer(upgrade.cmd_id, e.Upgraded(NINE, "A007", "kiosk1")))
    assert texts(told) == [phrases.text("kiosk.confirmed", ticket="A007")]
    assert "优先" not in texts(told)[0], "nobody else is told whose priority it is (B05)"


@pytest.mark.req("R-KIOSK-09")
def test_who_came_first_is_confirmed_first_unless_the_guide_types_a_number() -> None:
    kiosk = kiosk_with(replace(LIT, priority="confirm"))
    for number in ("A001", "A002", "A003"):
        ticket(kiosk, number, "green")
        kiosk.now += 2000

    types(kiosk, "KEY_A", "KEY_0", "KEY_0", "KEY_3")
    assert commands(kiosk.press("confirm")) == [c.Upgrade("A003")]
    kiosk.now += KEY_BOUNCE_MS
    assert commands(kiosk.press("confirm")) == [c.Upgrade("A001")]
    kiosk.now += KEY_BOUNCE_MS
    assert commands(kiosk.press("confirm"))[0] == c.Upgrade("A002")
    kiosk.now += KEY_BOUNCE_MS
    assert texts(kiosk.press("confirm")) == [phrases.text("kiosk.nothing_to_confirm")]


# --- printing again ---------------------------------------------------------------------------------------------------


@pytest.mark.req("R-KIOSK-06")
def test_a_slip_is_printed_again_only_when_the_hall_has_logged_it_and_is_marked() -> None:
    kiosk = kiosk_with()
    [slip] = only(ticket(kiosk, "A001"), PrintSlip)
    kiosk.now += STEP_MS
    pressed = kiosk.press("reprint")
    assert commands(pressed) == [c.Reprint("A001")]
    assert slips(pressed) == [], "a fact before paper"

    assert only(yes(kiosk, pressed), PrintSlip) == [replace(slip, reprint=True)]
    assert commands(kiosk.printed("reprint:A001")) == [], "the first slip was sure"


@pytest.mark.req("R-KIOSK-06")
def test_pressed_again_the_key_means_the_slip_before_and_typed_the_one_of_that_number() -> None:
    kiosk = kiosk_with()
    for number in ("A001", "B001", "A002"):
        ticket(kiosk, number, "right" if number[0] == "B" else "left")
    kiosk.now += STEP_MS
    asked = list[c.Command]()
    for _ in range(4):
        asked += commands(kiosk.press("reprint"))
        kiosk.now += 1000
    assert asked == [c.Reprint(number) for number in ("A002", "B001", "A001", "A002")]

    kiosk.now += STEP_MS
    assert commands(kiosk.press("reprint")) == [c.Reprint("A002")], "later it is the newest again"
    types(kiosk, "KEY_B", "KEY_1")
    kiosk.now += 1000
    assert commands(kiosk.press("reprint")) == [c.Reprint("B001")]
    types(kiosk, "KEY_B", "KEY_9")
    kiosk.now += 1000
    assert texts(kiosk.press("reprint")) == [phrases.text("kiosk.no_slip")]


@pytest.mark.req("R-KIOSK-06", "R-KIOSK-05")
def test_a_second_copy_that_comes_out_settles_a_first_one_that_was_uncertain() -> None:
    kiosk = kiosk_with()
    ticket(kiosk, "A001", outcome=Printed.UNKNOWN)
    kiosk.now += STEP_MS
    yes(kiosk, kiosk.press("reprint"))

    assert commands(kiosk.printed("reprint:A001", Printed.UNKNOWN, "no_reply")) == []
    assert commands(kiosk.printed("reprint:A001")) == [c.ReportPrinted("A001")]
    assert commands(kiosk.printed("reprint:A001")) == []


@pytest.mark.req("R-KIOSK-06", "R-KIOSK-05")
def test_a_number_that_never_reached_paper_cannot_be_printed_again_and_a_refusal_is_told() -> None:
    kiosk = kiosk_with()
    ticket(kiosk, "A001")
    ticket(kiosk, "A002", outcome=Printed.FAILED)
    kiosk.now += STEP_MS
    pressed = kiosk.press("reprint")
    assert commands(pressed) == [c.Reprint("A001")]

    [asked] = requests(pressed)
    refused = kiosk.answer(c.Answer(asked.cmd_id, refusal="already_served", details={"ticket": "A001"}))
    assert slips(refused) == []
    assert texts(refused) == [phrases.refusal("already_served", {"ticket": "A001"})]


@pytest.mark.req("R-KIOSK-06")
def test_slips_are_kept_across_a_power_cut_and_only_so_many_and_only_of_today() -> None:
    kiosk = kiosk_with(replace(LIT, reprints=2))
    for number in ("A001", "A002", "A003"):
        kept = only(ticket(kiosk, number), KeepSlips)[-1]
    assert [each.taken.ticket for each in kept.slips] == ["A002", "A003"]

    again = kiosk_with(kept=kept)
    assert commands(again.press("reprint")) == [c.Reprint("A003")]
    yesterday = kiosk_with(kept=replace(kept, day="2026-11-20"))
    assert texts(yesterday.press("reprint")) == [phrases.text("kiosk.no_slip")]


@pytest.mark.req("R-KIOSK-06")
def test_without_paper_and_without_an_answer_nothing_is_printed_again() -> None:
    kiosk = kiosk_with()
    ticket(kiosk, "A001")
    kiosk.now += STEP_MS
    kiosk.press("reprint")
    assert phrases.text("kiosk.go_to_guide") in texts(kiosk.wait(ANSWER_MS))

    kiosk.on(PortDown("printer", "paper_out", ""))
    kiosk.now += STEP_MS
    assert commands(kiosk.press("reprint")) == []


# --- other sheets -----------------------------------------------------------------------------------------------------


@pytest.mark.req("R-KIOSK-12")
def test_the_notice_key_prints_a_sheet_for_what_is_broken_and_one_for_the_hours_that_change() -> None:
    kiosk = kiosk_with()
    assert texts(kiosk.press("notice")) == [phrases.text("kiosk.no_notice")]
    broken = replace(
        hall_view(seq=2),
        devices=(("kiosk1", "sign", "offline"), ("kiosk2", "printer", "paper_out")),
        coming=HoursNotice(1, "2026-12-01", (Hours(540, 1020),)),
    )
    kiosk.sees(broken)
    kiosk.now += KEY_BOUNCE_MS

    assert [each.kind for each in only(kiosk.press("notice"), PrintNotice)] == ["fault", "hours"]
    assert commands(kiosk.printed("notice:fault", Printed.FAILED, "paper_out")) == [], "no number's slip"


def test_a_new_roll_is_told_to_the_counter() -> None:
    pressed = kiosk_with().press("roll")
    assert only(pressed, NewRoll) == [NewRoll()]
    assert texts(pressed) == [phrases.text("kiosk.new_roll")]


# --- a number that is typed -------------------------------------------------------------------------------------------


@pytest.mark.req("R-KIOSK-08")
def test_a_passed_number_comes_back_by_typing_it() -> None:
    kiosk = kiosk_with()
    shown = types(kiosk, "KEY_A", "KEY_0", "KEY_1", "KEY_7")
    assert texts(shown)[-1] == phrases.text("kiosk.typed", number="A017")

    assert commands(types(kiosk, "KEY_ENTER")) == [c.ReturnTicket("A017")]
    assert commands(types(kiosk, "KEY_A", "KEY_1", "KEY_7", "KEY_ENTER")) == [c.ReturnTicket("A017")], "twice is meant"
    assert commands(types(kiosk, "KEY_ENTER")) == []


@pytest.mark.req("R-KIOSK-08")
def test_digits_without_letters_are_asked_for_them_where_the_hall_has_several() -> None:
    kiosk = kiosk_with()
    asked = types(kiosk, "KEY_1", "KEY_7", "KEY_ENTER")

    assert commands(asked) == []
    assert texts(asked)[-1] == phrases.text("kiosk.letters_first")
    only_one = TypedNumber(["A", "A"])
    only_one.key("7", 0)
    assert only_one.take(1) == "A007"


@pytest.mark.req("R-KIOSK-08")
def test_what_was_typed_is_forgotten_when_it_is_cleared_or_the_typist_has_gone() -> None:
    kiosk = kiosk_with()
    assert commands(types(kiosk, "KEY_A", "KEY_1", "KEY_C", "KEY_ENTER")) == []
    types(kiosk, "KEY_A", "KEY_1")
    kiosk.now += PAUSE_MS
    assert commands(types(kiosk, "KEY_ENTER")) == []


@given(st.lists(st.tuples(st.sampled_from([*"0123456789", "A", "BC", "clear"]), st.integers(0, 20_000)), max_size=40))
def test_whatever_is_typed_is_a_number_of_the_halls_form_or_none(keys: list[tuple[str, int]]) -> None:
    typed, at = TypedNumber(["A", "BC"]), 0
    for key, later in keys:
        at += later
        typed.key(key, at)
    number = typed.take(at)

    letters = number.rstrip("0123456789")
    assert number == "" or (letters in {"A", "BC"} and 3 <= len(number) - len(letters) <= 4)
    assert typed.take(at) == ""
