"""A kiosk without a screen: its lamps say what may be pressed, its loudspeaker what became of it (R-KIOSK-02, 11)."""

import pytest
from msgspec.structs import replace

from drivers.printer import Printed
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.link import LinkDown, LinkUp
from firmware_py.phrases.lint import lint_text
from firmware_py.runtime.port_reports import PortDown, PortUp
from firmware_py.runtime.wire_settings.buttons import GUIDE_LAMP
from kiosk.choices import Choice, Habits
from kiosk.effects import PrintSlip, Say
from kiosk.face import NOTICE_MS, REPEAT_MS
from kiosk.presses import HOLD_OFF_MS
from kiosk.requests import ANSWER_MS
from tests.kiosk.waiting import Kiosk, commands, hall_view, lamps, only, requests, said, texts

BUTTONS = {
    "left": Choice("social"),
    "right": Choice("realty"),
    "green": Choice("social", "G"),
    "large": Choice("social", large=True),
    "consult": Choice(act="consult"),
    "confirm": Choice(act="confirm"),
    "came": Choice(act="guide_came"),
    "again": Choice(act="repeat"),
}
LIT = frozenset({"left", "right", "consult", GUIDE_LAMP})
HABITS = Habits(voice=True, lamps=LIT)
FAULT = phrases.refusal("printer_fault", {"place": "二楼"})


def kiosk_with(habits: Habits = HABITS, *, linked: bool = True) -> Kiosk:
    kiosk = Kiosk(buttons=BUTTONS, habits=habits, linked=linked)
    kiosk.answers(*requests(kiosk.on(PortUp("buttons"))))
    return kiosk


# --- lamps ------------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-KIOSK-02")
def test_a_button_is_lit_exactly_while_a_press_will_be_taken() -> None:
    kiosk = Kiosk(buttons=BUTTONS, habits=HABITS, linked=False)
    dark = {"left": "off", "right": "off", "consult": "off", GUIDE_LAMP: "off"}
    assert lamps(kiosk.on(PortUp("printer"))) == dark
    assert lamps(kiosk.on(PortUp("buttons"))) == {"consult": "steady"}
    kiosk.on(LinkUp())
    assert lamps(kiosk.sees(hall_view())) == {"left": "steady", "right": "steady"}
    assert lamps(kiosk.sees(hall_view(seq=2, reason="issue_closed"))) == {"left": "off", "right": "off"}
    assert lamps(kiosk.sees(hall_view(seq=3))) == {"left": "steady", "right": "steady"}
    assert lamps(kiosk.on(PortDown("printer", "cover_open", ""))) == {"left": "off", "right": "off"}
    assert lamps(kiosk.on(PortUp("printer"))) == {"left": "steady", "right": "steady"}
    assert lamps(kiosk.on(PortDown("printer", "paper_low", ""))) == {}, "paper that runs low is paper"
    assert lamps(kiosk.on(LinkDown("cut"))) == {"left": "off", "right": "off"}


@pytest.mark.req("R-KIOSK-02")
def test_nothing_is_lit_while_nobody_would_feel_a_press_and_a_stuck_button_darkens_no_other() -> None:
    kiosk = kiosk_with()
    assert lamps(kiosk.on(PortDown("buttons", "stuck_key", "left"))) == {}
    assert lamps(kiosk.on(PortDown("buttons", "offline", ""))) == {"left": "off", "right": "off", "consult": "off"}
    assert lamps(kiosk.on(PortUp("buttons"))) == {"left": "steady", "right": "steady", "consult": "steady"}


@pytest.mark.req("R-KIOSK-02", "R-TECH-02")
@pytest.mark.parametrize("reason", ["offline", "wrong_keys", "two_pads"])
def test_a_panel_that_is_not_the_one_the_file_names_feels_nothing_either(reason: str) -> None:
    kiosk = kiosk_with()
    down = kiosk.on(PortDown("buttons", reason, ""))
    assert lamps(down) == {"left": "off", "right": "off", "consult": "off"}
    assert texts(down) == [FAULT]


@pytest.mark.req("R-KIOSK-07", "R-KIOSK-08")
def test_a_panel_that_feels_nothing_keeps_nobody_from_checking_in() -> None:
    kiosk = kiosk_with()
    kiosk.on(PortDown("buttons", "offline", ""))
    assert commands(kiosk.reads("B:HX12")) == [c.CheckIn("HX12")]


@pytest.mark.req("R-KIOSK-05", "R-KIOSK-02")
def test_nobody_is_sent_to_a_dispenser_that_is_out_of_order_itself() -> None:
    kiosk = kiosk_with()
    nobody = phrases.refusal("printer_fault", {"place": ""})
    for seq, device, reason, text in (
        (2, "printer", "paper_low", FAULT),
        (3, "printer", "paper_out", nobody),
        (4, "buttons", "offline", nobody),
        (5, "instance", "lost", nobody),
        (6, "sign", "offline", FAULT),
    ):
        kiosk.sees(replace(hall_view(seq=seq), devices=(("kiosk2", device, reason),)))
        kiosk.on(PortDown("printer", "paper_out", ""))
        assert said(kiosk.press("left")) == [text], device
        kiosk.now += 2000
        kiosk.on(PortUp("printer"))


@pytest.mark.req("R-KIOSK-04", "R-KIOSK-05")
def test_a_broken_dispenser_sends_nobody_elsewhere_while_the_hall_gives_no_numbers_anywhere() -> None:
    kiosk = kiosk_with()
    kiosk.on(PortDown("printer", "paper_out", ""))
    closed = phrases.refusal("issue_closed", {"hours": "09:00-12:00,13:30-17:30"})

    assert texts(kiosk.sees(hall_view(seq=2, reason="issue_closed"))) == [closed]
    assert said(kiosk.press("left")) == [closed]
    assert texts(kiosk.wait(NOTICE_MS)) == []
    assert texts(kiosk.sees(hall_view(seq=3))) == [FAULT]


@pytest.mark.req("R-KIOSK-05")
def test_paper_that_runs_low_wipes_no_refusal_off_the_sign() -> None:
    kiosk = kiosk_with()
    [asked] = requests(kiosk.press("left"))
    kiosk.answer(c.Answer(asked.cmd_id, refusal="not_offered", details={}))

    assert texts(kiosk.on(PortDown("printer", "paper_low", ""))) == []


@pytest.mark.req("R-KIOSK-02", "R-TECH-02")
def test_nobody_is_asked_to_press_buttons_that_feel_nothing() -> None:
    kiosk = kiosk_with()
    assert texts(kiosk.on(PortDown("buttons", "stuck_key", "left"))) == []
    assert texts(kiosk.on(PortDown("buttons", "offline", ""))) == [FAULT]
    assert texts(kiosk.on(PortUp("buttons"))) == [phrases.text("kiosk.idle")]


@pytest.mark.req("R-KIOSK-02")
def test_a_press_that_was_felt_goes_dark_until_its_answer_is_there() -> None:
    kiosk = kiosk_with()
    pressed = kiosk.press("left")
    assert lamps(pressed) == {"left": "off"}

    [asked] = requests(pressed)
    assert lamps(kiosk.taken(asked)) == {"left": "steady"}


@pytest.mark.req("R-KIOSK-02")
def test_a_refusal_lights_and_speaks() -> None:
    kiosk = kiosk_with()
    [asked] = requests(kiosk.press("right"))
    details: dict[str, str | int] = {"hours": "09:00-17:30", "time": "08:45"}

    refused = kiosk.answer(c.Answer(asked.cmd_id, refusal="issue_closed", details=details))

    assert lamps(refused) == {"right": "blink"}
    assert said(refused) == texts(refused) == [phrases.refusal("issue_closed", details)]
    assert lamps(kiosk.wait(NOTICE_MS)) == {"right": "steady"}


@pytest.mark.req("R-KIOSK-02", "R-KIOSK-04")
def test_no_answer_and_no_paper_are_lit_and_said_as_well() -> None:
    kiosk = kiosk_with()
    kiosk.press("left")
    late = kiosk.wait(ANSWER_MS)
    assert lamps(late) == {"left": "blink"}
    assert said(late) == [phrases.refusal("no_answer", {})]

    kiosk.wait(NOTICE_MS)
    kiosk.on(PortDown("printer", "paper_out", ""))
    pressed = kiosk.press("left")
    assert lamps(pressed) == {"left": "blink"}
    assert said(pressed) == [FAULT]


@pytest.mark.req("R-KIOSK-01", "R-KIOSK-02")
def test_scenario_36_a_hammered_button_blinks_while_it_rests_and_the_others_stay_lit() -> None:
    kiosk = kiosk_with()
    effects = list[object]()
    for _ in range(7):
        effects += kiosk.press("left")
        kiosk.now += 300
    assert lamps(effects)["left"] == "blink"
    assert "right" not in lamps(effects)
    assert said(effects) == [phrases.refusal("busy_hands_off", {})]

    assert lamps(kiosk.wait(HOLD_OFF_MS + ANSWER_MS + NOTICE_MS))["left"] == "steady", (
        "by itself, when the rest is over"
    )
    assert commands(kiosk.press("left")) == [c.Take("social")]


def test_lamps_that_were_dark_are_told_again_what_they_must_show() -> None:
    kiosk = kiosk_with()
    kiosk.on(PortDown("lamps", "offline", ""))

    back = kiosk.on(PortUp("lamps"))

    assert lamps(back) == {"left": "steady", "right": "steady", "consult": "steady", GUIDE_LAMP: "off"}
    assert c.ReportDevice("lamps", "") in commands(back)


def test_a_kiosk_without_lamps_and_voice_asks_nothing_of_them() -> None:
    kiosk = Kiosk(buttons=BUTTONS)
    effects = [*kiosk.press("left"), *kiosk.on(PortDown("printer", "paper_out", "")), *kiosk.press("left")]
    assert lamps(effects) == {}
    assert said(effects) == []


# --- voice ------------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-KIOSK-11", "R-KIOSK-02")
@pytest.mark.parametrize(
    ("ahead", "sentence"),
    [
        (0, "您的号码是A零一七,请取走号票,留意叫号"),
        (2, "您的号码是A零一七,您前面还有二人等候,请取走号票,留意叫号"),
        (112, "您的号码是A零一七,您前面还有一百一十二人等候,请取走号票,留意叫号"),
    ],
)
def test_number_and_people_ahead_are_said_when_the_slip_is_out_and_not_before(ahead: int, sentence: str) -> None:
    kiosk = kiosk_with()
    [asked] = requests(kiosk.press("left"))

    assert said(kiosk.taken(asked, "A017", ahead)) == []
    assert said(kiosk.printed("A017")) == [sentence]
    assert lint_text(sentence) == []


@pytest.mark.req("R-KIOSK-11")
def test_a_hall_that_wants_refusals_alone_hears_no_numbers() -> None:
    kiosk = kiosk_with(Habits(voice=True, speak=False))
    [asked] = requests(kiosk.press("left"))
    kiosk.taken(asked, "A017")

    assert said(kiosk.printed("A017")) == []
    kiosk.now += 2000
    [asked] = requests(kiosk.press("left"))
    assert said(kiosk.answer(c.Answer(asked.cmd_id, refusal="not_offered", details={}))) != []


@pytest.mark.req("R-KIOSK-11", "R-CALL-03")
def test_a_green_ticket_is_said_slowly_and_a_key_says_the_last_sentence_again() -> None:
    kiosk = kiosk_with()
    [asked] = requests(kiosk.press("green"))
    kiosk.taken(asked, "A017")
    [sentence] = only(kiosk.printed("A017"), Say)

    assert sentence.slow
    assert only(kiosk.press("again"), Say) == [sentence]


@pytest.mark.req("R-KIOSK-11")
def test_what_was_said_long_ago_is_not_said_again_but_what_stands_now() -> None:
    kiosk = kiosk_with()
    kiosk.on(PortDown("printer", "paper_out", ""))
    assert said(kiosk.press("left")) == [FAULT]
    assert said(kiosk.press("again")) == [FAULT]
    kiosk.on(PortUp("printer"))
    kiosk.wait(REPEAT_MS)

    assert said(kiosk.press("again")) == [phrases.text("kiosk.idle")]
    kiosk.wait(1000)
    kiosk.on(PortDown("printer", "cover_open", ""))
    kiosk.wait(REPEAT_MS)
    assert said(kiosk.press("again")) == [FAULT]


@pytest.mark.req("R-KIOSK-05", "R-KIOSK-11")
def test_a_slip_nobody_can_be_sure_of_is_told_with_its_number_and_not_as_a_failure() -> None:
    kiosk = kiosk_with()
    [asked] = requests(kiosk.press("left"))
    kiosk.taken(asked, "A017")

    assert said(kiosk.printed("A017", Printed.UNKNOWN, "no_reply")) == [
        phrases.text("kiosk.slip_unsure", ticket="A017")
    ]


# --- large print ------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-KIOSK-11")
@pytest.mark.parametrize(
    ("button", "large_print", "large"),
    [("left", "asked", False), ("large", "asked", True), ("green", "asked", False), ("green", "green", True)],
)
def test_the_large_slip_is_printed_for_whom_it_was_asked_or_the_hall_says_so(
    button: str, large_print: str, large: bool
) -> None:
    kiosk = kiosk_with(Habits(large_print="green" if large_print == "green" else "asked"))
    [asked] = requests(kiosk.press(button))
    [slip] = only(kiosk.taken(asked), PrintSlip)

    assert slip.large is large
