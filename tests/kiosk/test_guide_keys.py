"""The keys that take no number: calling a guide, and what the guide does behind the panel (R-KIOSK-06, 08, 10, 12)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from drivers.printer import Printed
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core.plan import Hours
from firmware_py.core.views import HoursNotice
from firmware_py.link import LinkDown, LinkUp
from firmware_py.runtime.asking import REPORT_MS
from firmware_py.runtime.port_reports import PortDown
from firmware_py.runtime.wire_settings.buttons import GUIDE_LAMP
from kiosk.choices import Habits
from kiosk.effects import KeepSlips, NewRoll, PrintNotice, PrintSlip
from kiosk.guide_keys import CALL_MS
from kiosk.last_slips import STEP_MS
from kiosk.presses import KEY_BOUNCE_MS
from kiosk.requests import ANSWER_MS
from kiosk.typed_number import PAUSE_MS, TypedNumber
from tests.kiosk.guide_panel import LIT, kiosk_with, ticket, types, yes
from tests.kiosk.waiting import commands, hall_view, lamps, only, requests, slips, texts

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


@pytest.mark.req("R-KIOSK-10")
def test_a_call_the_hall_never_heard_is_taken_back_where_no_lamp_calls() -> None:
    kiosk = kiosk_with(Habits())
    kiosk.press("consult")
    kiosk.on(LinkDown("cut"))

    assert phrases.text("kiosk.go_to_guide") in texts(kiosk.wait(CALL_MS))
    kiosk.on(LinkUp())
    assert commands(kiosk.press("came")) == [], "nobody is called"


@pytest.mark.req("R-KIOSK-10")
def test_a_call_the_hall_refused_keeps_the_lamp_lit() -> None:
    kiosk = kiosk_with()
    [asked] = requests(kiosk.press("consult"))
    kiosk.answer(c.Answer(asked.cmd_id, refusal="journal_fault"))

    assert GUIDE_LAMP not in lamps(kiosk.sees(hall_view(seq=2))), "the guide can see it all the same"


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
def test_a_number_typed_today_never_prints_the_slip_of_the_same_number_of_yesterday() -> None:
    kiosk = kiosk_with()
    ticket(kiosk, "A001")
    kiosk.sees(hall_view(seq=2, day="2026-11-22"))
    kiosk.now += STEP_MS
    types(kiosk, "KEY_A", "KEY_1")
    kiosk.now += 1000

    pressed = kiosk.press("reprint")

    assert commands(pressed) == [], "today's A001 was taken at another dispenser"
    assert texts(pressed) == [phrases.text("kiosk.no_slip")]


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
@pytest.mark.parametrize(
    ("devices", "sheets"),
    [
        ((), []),
        ((("kiosk1", "sign", "offline"),), []),
        ((("kiosk2", "printer", "paper_low"), ("kiosk2", "buttons", "stuck_key")), []),
        ((("kiosk2", "printer", "paper_out"),), [("fault", "大厅入口")]),
        ((("kiosk2", "instance", "lost"),), [("fault", "大厅入口")]),
        ((("kiosk2", "sign", "offline"),), [("device", "大厅入口")]),
        ((("desk1", "sign", "offline"),), [("device", "大厅入口")]),
        (
            (("desk1", "pad", "offline"), ("kiosk2", "buttons", "offline")),
            [("fault", "大厅入口"), ("device", "大厅入口")],
        ),
    ],
)
def test_the_notice_key_prints_for_a_dead_dispenser_where_this_one_stands_and_for_anything_else_no_place_for_numbers(
    devices: tuple[tuple[str, str, str], ...], sheets: list[tuple[str, str]]
) -> None:
    kiosk = kiosk_with()
    kiosk.sees(replace(hall_view(seq=2), devices=devices))
    pressed = kiosk.press("notice")

    assert [(each.kind, each.place) for each in only(pressed, PrintNotice)] == sheets
    assert texts(pressed) == ([] if sheets else [phrases.text("kiosk.no_notice")])


@pytest.mark.req("R-KIOSK-12")
def test_the_notice_key_prints_the_hours_that_change_and_its_failure_is_no_numbers() -> None:
    kiosk = kiosk_with()
    kiosk.sees(replace(hall_view(seq=2), coming=HoursNotice(1, "2026-12-01", (Hours(540, 1020),))))

    assert [each.kind for each in only(kiosk.press("notice"), PrintNotice)] == ["hours"]
    assert commands(kiosk.printed("notice:hours", Printed.FAILED, "paper_out")) == []


@pytest.mark.req("R-KIOSK-06", "R-KIOSK-12")
@pytest.mark.parametrize("job", ["reprint:A001", "transfer:A001", "notice:fault"])
def test_a_printer_that_answers_nothing_is_not_said_to_be_broken(job: str) -> None:
    kiosk = kiosk_with()
    ticket(kiosk, "A001")

    assert texts(kiosk.printed(job, Printed.UNKNOWN, "no_reply")) == []
    assert texts(kiosk.printed(job, Printed.FAILED, "cutter")) != []


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
