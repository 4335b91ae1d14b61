"""From a press to a number: asking, repeating, giving up, and what the citizen reads meanwhile (T01)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.link import LinkDown, LinkUp, Received
from firmware_py.runtime.asking import REPORT_MS, RETRY_MS
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.port_reports import PortDown, PortUp
from kiosk.effects import KeepHighest, PrintSlip
from kiosk.face import NOTICE_MS
from kiosk.requests import ANSWER_MS
from tests.hall.small_hall import HOUR, NINE, TOPICS
from tests.kiosk.waiting import TODAY, Kiosk, commands, hall_view, only, requests, slips, texts


@pytest.mark.req("R-KIOSK-01")
def test_a_press_asks_for_one_ticket_of_its_buttons_service() -> None:
    kiosk = Kiosk()

    assert commands(kiosk.press("left")) == [c.Take("social", "X")]
    assert commands(kiosk.press("right")) == [c.Take("realty", "X")]
    kiosk.wait(2000)
    assert commands(kiosk.press("green")) == [c.Take("social", "G")]


@pytest.mark.req("R-KIOSK-01", "R-CORE-22")
def test_two_presses_in_a_second_and_a_half_are_one_request() -> None:
    kiosk = Kiosk()

    first = requests(kiosk.press())
    kiosk.now += 1499
    second = requests(kiosk.press())
    kiosk.now += 100
    third = requests(kiosk.press())

    assert len(first) == 1
    assert second == []
    assert len(third) == 1
    assert third[0].cmd_id != first[0].cmd_id


@pytest.mark.req("R-KIOSK-01")
def test_a_button_that_is_hammered_answers_politely_once_and_the_others_go_on() -> None:
    kiosk, told = Kiosk(), list[str]()
    for _ in range(8):
        told += [text for text in texts(kiosk.press()) if text == phrases.refusal("busy_hands_off", {})]
        kiosk.now += 400

    assert len(told) == 1
    assert commands(kiosk.press("right")) == [c.Take("realty")]


def test_a_button_that_stands_in_no_configuration_does_nothing() -> None:
    assert Kiosk().press("phantom") == []


@pytest.mark.req("R-CORE-22", "R-CORE-21")
def test_an_unanswered_request_is_repeated_every_second_under_the_same_name() -> None:
    kiosk = Kiosk()
    [asked] = requests(kiosk.press())

    repeats = requests(kiosk.wait(ANSWER_MS - 1))

    assert repeats == [asked] * ((ANSWER_MS - 1) // RETRY_MS)


@pytest.mark.req("R-KIOSK-01")
def test_an_answered_request_is_not_repeated_and_its_slip_is_printed_once() -> None:
    kiosk = Kiosk()
    [asked] = requests(kiosk.press())

    effects = kiosk.taken(asked, "A017", 12)
    again = kiosk.taken(asked, "A017", 12)

    assert slips(effects) == ["A017"]
    assert texts(effects) == [phrases.text("kiosk.take_slip_ahead", ticket="A017", n=12)]
    assert slips(again) == []
    assert requests(kiosk.wait(60_000)) == []


@pytest.mark.req("R-KIOSK-03")
def test_the_slip_carries_the_halls_local_time() -> None:
    kiosk = Kiosk()
    [asked] = requests(kiosk.press())

    [slip] = only(kiosk.taken(asked), PrintSlip)

    assert slip.wall_ms == NINE + 8 * HOUR


@pytest.mark.req("R-KIOSK-01", "R-KIOSK-04")
def test_after_five_seconds_without_an_answer_the_citizen_is_told() -> None:
    kiosk = Kiosk()
    kiosk.press()

    assert texts(kiosk.wait(ANSWER_MS - 1)) == []
    assert texts(kiosk.wait(1)) == [phrases.refusal("no_answer", {})]
    assert requests(kiosk.wait(60_000)) == []


@pytest.mark.req("R-CORE-21", "R-CORE-22")
def test_a_number_that_comes_after_the_citizen_was_sent_away_is_given_back_and_not_printed() -> None:
    kiosk = Kiosk()
    [asked] = requests(kiosk.press())
    kiosk.wait(ANSWER_MS)

    late = kiosk.taken(asked, "A005")
    repeated = kiosk.taken(asked, "A005")

    assert slips(late) == slips(repeated) == []
    assert commands(late) == [c.ReportPrintFailed("A005", "given_up")]
    assert commands(repeated) == []


def test_a_refusal_that_comes_too_late_changes_nothing() -> None:
    kiosk = Kiosk()
    [asked] = requests(kiosk.press())
    kiosk.wait(ANSWER_MS)

    assert kiosk.answer(c.Answer(asked.cmd_id, refusal="issue_closed", details={"hours": "09:00-17:30"})) == []


@pytest.mark.req("R-KIOSK-04")
@pytest.mark.parametrize(
    ("reason", "details"),
    [
        ("issue_closed", {"hours": "09:00-17:30", "time": "08:45"}),
        ("before_issue", {"hours": "09:00-17:30", "time": "08:45"}),
        ("not_offered", {"service": "社会保障"}),
        ("printer_fault", {"place": "二楼"}),
        ("journal_fault", {"detail": "the disk is full"}),
    ],
)
def test_a_refusal_is_read_in_the_halls_words(reason: str, details: dict[str, str | int]) -> None:
    kiosk = Kiosk()
    [asked] = requests(kiosk.press())

    effects = kiosk.answer(c.Answer(asked.cmd_id, refusal=reason, details=details))

    assert texts(effects) == [phrases.refusal(reason, details)]
    assert slips(effects) == []


def test_somebody_elses_answer_prints_nothing() -> None:
    kiosk = Kiosk()

    assert slips(kiosk.answer(c.Answer("strange", e.Taken(NINE, "A001", "social", "X", "kiosk2", 0)))) == []


@pytest.mark.req("R-CORE-21")
def test_a_link_that_is_back_hears_at_once_what_was_asked_meanwhile() -> None:
    kiosk = Kiosk()
    kiosk.on(LinkDown("gone"))
    [asked] = requests(kiosk.press())

    effects = kiosk.on(LinkUp())

    assert asked in requests(effects)
    assert only(effects, SetStatus)


@pytest.mark.req("R-CORE-21")
def test_every_process_tells_once_that_it_started_and_again_to_a_controller_with_another_journal() -> None:
    kiosk = Kiosk(linked=False)
    kiosk.on(LinkUp())
    assert commands(kiosk.wait(3000)) == [], "nobody is there to hear it"

    [started] = requests(kiosk.sees(hall_view("log-1", 1)))
    assert started.command == c.KioskStarted()
    kiosk.answers(started)
    assert commands(kiosk.sees(hall_view("log-1", 2))) == []

    [again] = commands(kiosk.sees(hall_view("log-2", 1)))
    assert again == c.KioskStarted()


@pytest.mark.req("R-CORE-03", "R-CORE-21")
def test_numbers_a_new_controller_never_heard_are_told_again_when_it_is_heard() -> None:
    kiosk = Kiosk(KeepHighest(TODAY, {"A": 17}), linked=False)
    kiosk.on(LinkUp())
    assert commands(kiosk.sees(hall_view())) == [c.KioskStarted(TODAY, {"A": 17})]
    kiosk.on(LinkDown("cut"))
    kiosk.wait(REPORT_MS)

    kiosk.on(LinkUp())
    assert commands(kiosk.sees(hall_view(seq=2))) == [c.KioskStarted(TODAY, {"A": 17})]


@pytest.mark.req("R-CORE-03", "R-CORE-21")
def test_the_highest_numbers_are_kept_before_the_slip_is_printed_and_told_to_a_new_controller() -> None:
    kiosk = Kiosk()
    for number in ("A001", "A003", "A002"):
        [asked] = requests(kiosk.press())
        effects = kiosk.taken(asked, number)
        assert [type(each) for each in effects][:2] == [KeepHighest, PrintSlip]
        kiosk.printed(number)
        kiosk.wait(60_000)
    [asked] = requests(kiosk.press("right"))
    [kept] = only(kiosk.taken(asked, "B1000"), KeepHighest)

    assert kept == KeepHighest(TODAY, {"A": 3, "B": 1000})
    assert c.KioskStarted(TODAY, {"A": 3, "B": 1000}) in commands(kiosk.sees(hall_view("log-2")))


@pytest.mark.req("R-CORE-03")
def test_what_was_kept_before_a_power_cut_is_told_after_it() -> None:
    kiosk = Kiosk(KeepHighest(TODAY, {"A": 41}), linked=False)
    kiosk.on(LinkUp())

    assert commands(kiosk.sees(hall_view())) == [c.KioskStarted(TODAY, {"A": 41})]


@pytest.mark.req("R-CORE-03")
def test_a_new_day_forgets_yesterdays_numbers() -> None:
    kiosk = Kiosk(KeepHighest("2026-11-20", {"A": 41, "B": 7}))
    [asked] = requests(kiosk.press())

    [kept] = only(kiosk.taken(asked, "A001"), KeepHighest)

    assert kept == KeepHighest(TODAY, {"A": 1})


@pytest.mark.req("R-KIOSK-04", "R-KIOSK-05")
def test_the_sign_says_what_may_be_expected_of_the_kiosk() -> None:
    kiosk = Kiosk(linked=False)

    assert texts(kiosk.on(LinkDown("the broker is not there"))) == [phrases.text("kiosk.starting")]
    assert texts(kiosk.on(LinkUp())) == []
    assert texts(kiosk.sees(hall_view())) == [phrases.text("kiosk.idle")]
    closed = phrases.refusal("before_issue", {"time": "08:45", "hours": ""})
    assert texts(kiosk.sees(hall_view(seq=2, reason="before_issue", opens="08:45"))) == [closed]
    assert texts(kiosk.sees(hall_view(seq=3))) == [phrases.text("kiosk.idle")]
    assert texts(kiosk.on(LinkDown("cut"))) == [phrases.text("kiosk.lost")]
    assert texts(kiosk.on(LinkUp())) == [phrases.text("kiosk.idle")]


@pytest.mark.req("R-KIOSK-05")
def test_a_sign_that_was_dark_is_told_again_what_it_must_show() -> None:
    kiosk = Kiosk()

    assert texts(kiosk.on(PortDown("sign", "offline", ""))) == []
    assert texts(kiosk.on(PortUp("sign"))) == [phrases.text("kiosk.idle")]


def test_a_notice_stands_for_eight_seconds_and_then_the_idle_text_is_back() -> None:
    kiosk = Kiosk()
    [asked] = requests(kiosk.press())
    kiosk.taken(asked)

    assert texts(kiosk.wait(NOTICE_MS - 1)) == []
    assert texts(kiosk.wait(1)) == [phrases.text("kiosk.idle")]


def test_a_view_older_than_the_one_followed_is_left_alone() -> None:
    kiosk = Kiosk()
    kiosk.sees(hall_view(seq=9))

    assert texts(kiosk.sees(hall_view(seq=8, reason="noon", opens="13:15"))) == []


@pytest.mark.req("R-SYNC-02")
@given(st.binary(max_size=300), st.sampled_from([TOPICS.answer("kiosk1"), TOPICS.hall_state, TOPICS.board]))
def test_no_payload_on_any_topic_prints_anything_or_ends_the_kiosk(payload: bytes, topic: str) -> None:
    kiosk = Kiosk()
    [asked] = requests(kiosk.press())

    effects = kiosk.on(Received(topic, payload))

    assert slips(effects) == []
    assert slips(kiosk.taken(asked)) == ["A001"], "the citizen still gets a slip"


CODES = ["B:AB12", "2026-11-20/A001"]
"""An appointment, and the slip of a day that ended too early."""


@pytest.mark.req("R-KIOSK-07", "R-KIOSK-08", "R-KIOSK-01")
@pytest.mark.parametrize("code", CODES)
def test_whatever_ticket_an_answer_issues_is_printed_exactly_once(code: str) -> None:
    kiosk = Kiosk()
    [asked] = requests(kiosk.reads(code))
    taken = e.Taken(NINE, "A017", "social", "A", "kiosk1", 3, booking="AB12")

    effects = kiosk.answer(c.Answer(asked.cmd_id, taken))

    assert [type(each) for each in effects][:2] == [KeepHighest, PrintSlip]
    assert slips(effects) == ["A017"]
    assert texts(effects) == [phrases.text("kiosk.take_slip_ahead", ticket="A017", n=3)]
    assert slips(kiosk.answer(c.Answer(asked.cmd_id, taken))) == []
    assert requests(kiosk.wait(60_000)) == []


@pytest.mark.req("R-KIOSK-07")
def test_who_comes_after_the_slot_is_told_so() -> None:
    kiosk = Kiosk()
    [asked] = requests(kiosk.reads("B:AB12"))

    effects = kiosk.answer(c.Answer(asked.cmd_id, e.Taken(NINE, "A017", "social", "X", "kiosk1", 3, booking="AB12")))

    assert slips(effects) == ["A017"]
    assert texts(effects) == [phrases.text("kiosk.late_booking")]


@pytest.mark.req("R-KIOSK-08")
def test_a_number_that_returns_is_told_what_comes_next_and_needs_no_paper() -> None:
    kiosk = Kiosk()
    [asked] = requests(kiosk.reads("A003"))
    effects = kiosk.answer(c.Answer(asked.cmd_id, e.Returned(NINE, "A003", 5)))
    assert (texts(effects), slips(effects)) == ([phrases.text("kiosk.returned", ticket="A003")], [])

    [asked] = requests(kiosk.reads("A004"))
    effects = kiosk.answer(c.Answer(asked.cmd_id, e.ReportedBack(NINE, "A004")))
    assert (texts(effects), slips(effects)) == ([phrases.text("kiosk.back", ticket="A004")], [])


@pytest.mark.req("R-KIOSK-07", "R-KIOSK-08", "R-KIOSK-04")
@pytest.mark.parametrize("code", CODES)
def test_a_code_that_is_refused_or_not_answered_is_told_politely(code: str) -> None:
    kiosk = Kiosk()
    [asked] = requests(kiosk.reads(code))
    effects = kiosk.answer(c.Answer(asked.cmd_id, refusal="unknown_booking"))
    assert texts(effects) == [phrases.refusal("unknown_booking", {})]

    kiosk.wait(NOTICE_MS)
    [asked] = requests(kiosk.reads(code))
    assert texts(kiosk.wait(ANSWER_MS)) == [phrases.refusal("no_answer", {})]
    late = kiosk.answer(c.Answer(asked.cmd_id, e.Taken(NINE, "A005", "social", "A", "kiosk1", 0)))
    assert commands(late) == [c.ReportPrintFailed("A005", "given_up")], "so that the code is worth a ticket still"
    assert slips(late) == []
