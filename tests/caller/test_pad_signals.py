"""What a pad shows of what happens, by what it has: the table of pad_signals, row by row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from caller.pad_signals import BEEPS, Beep, Light, PadFace, ShowDigits, Signal, lamps, news
from drivers.keypad import KeyPressed, Shows
from firmware_py.core import commands as c
from firmware_py.core.states import DeskState
from firmware_py.core.views import DeskView, PhoneView
from firmware_py.link import LinkDown
from firmware_py.runtime.effects import Send
from firmware_py.runtime.port_reports import PortUp
from firmware_py.runtime.wire_settings.pad import DESK_LAMP
from tests.caller.test_pad_desk import ADDRESS, Desk
from tests.caller.views import desk_view, only

KEYS = ("login", "next", "arrive", "recall", "finish", "resume_ticket", "pause", "resume_desk", "pickup", "hold")
ALL = Shows(digits=True, beeper=True, lamps=frozenset({DESK_LAMP, *KEYS}))

STATES = {
    "nobody logged in": (desk_view("closed"), "steady", {"login"}, set()),
    "free, nobody waits": (desk_view("ready"), "steady", set(), set()),
    "free, three wait": (desk_view("ready", waiting=3), "blink", {"next"}, set()),
    "called": (desk_view("calling", ticket="A001", waiting=3), "steady", {"arrive", "recall"}, set()),
    "serving": (desk_view("serving", ticket="A001", waiting=3), "steady", {"finish"}, set()),
    "a rating is open": (desk_view("rating", rating="A001"), "steady", set(), {"finish"}),
    "paused": (desk_view("paused", waiting=3), "steady", set(), {"pause", "resume_desk"}),
    "put aside": (replace(desk_view("ready"), held=("A003",)), "steady", {"resume_ticket"}, set()),
    "pause pending": (desk_view("pause_pending", ticket="A001"), "steady", {"finish", "pause"}, set()),
    "own phone, first ring": (desk_view("ready", ring=1), "steady", set(), set()),
    "own phone, second ring": (desk_view("serving", ticket="A001", ring=2), "blink", {"finish"}, set()),
    "a neighbour's phone": (desk_view("ready", neighbours=(1,)), "blink", set(), {"pickup"}),
}


@pytest.mark.req("R-DESK-01", "R-CALL-11")
@pytest.mark.parametrize("what", sorted(STATES))
def test_the_lamps_say_what_is_to_be_done(what: str) -> None:
    view, desk, steady, blinking = STATES[what]
    shine = lamps(view, ALL)

    assert shine.pop(DESK_LAMP) == desk
    assert {lamp for lamp, how in shine.items() if how == "steady"} == steady
    assert {lamp for lamp, how in shine.items() if how == "blink"} == blinking


@pytest.mark.req("R-CALL-05", "R-CORE-21")
def test_a_pad_whose_hall_is_not_heard_is_dark_all_over() -> None:
    face = PadFace(ALL)
    shown = list(face.show(desk_view("calling", ticket="A017", waiting=12), None))
    assert ShowDigits(12, "017") in shown

    dark = list(face.show(None, None))

    assert dark[0] == ShowDigits(None, "")
    assert {each.how for each in dark if isinstance(each, Light)} == {"off"}
    assert list(face.show(None, None)) == []


@pytest.mark.req("R-DESK-01")
def test_the_number_of_an_open_rating_stands_on_the_pad_until_the_next_is_called() -> None:
    face = PadFace(ALL)
    assert next(face.show(desk_view("rating", rating="A017"), None)) == ShowDigits(0, "017")
    assert next(face.show(desk_view("calling", ticket="A018", rating="A017"), None)) == ShowDigits(0, "018")
    assert next(face.show(desk_view("rating", rating="A017"), "12")) == ShowDigits(0, "12"), "what is typed goes first"


@pytest.mark.req("R-PHONE-03", "R-CALL-11")
def test_each_signal_is_heard_as_another() -> None:
    assert set(BEEPS) == set(Signal)
    assert len(set(BEEPS.values())) == len(BEEPS)
    quiet = desk_view("ready")
    assert news(quiet, desk_view("ready", ring=1)) is None
    assert news(quiet, desk_view("ready", ring=2)) is Signal.RING
    assert news(desk_view("ready", ring=2), desk_view("ready", ring=3)) is None
    assert news(quiet, desk_view("ready", neighbours=(1,))) is Signal.NEIGHBOUR
    assert news(None, desk_view("ready", neighbours=(1,), ring=3)) is None, "what rang before this pad was there"


@pytest.mark.req("R-DESK-01")
def test_a_pad_is_told_nothing_it_cannot_show() -> None:
    desk = Desk(shows=Shows())
    effects = desk.sees(desk_view("calling", seq=2, ticket="A001", waiting=4, ring=2, neighbours=(1,)))
    [asked] = [each.request for each in only(desk.press("next"), Send)]
    effects += desk.answer(c.Answer(asked.cmd_id, refusal="nobody_waiting"))
    effects += desk.on(LinkDown("cut"))

    assert [each for each in effects if isinstance(each, Beep | Light | ShowDigits)] == []


def test_a_pad_that_was_away_is_told_everything_again() -> None:
    desk = Desk(shows=Shows(digits=True, lamps=frozenset({DESK_LAMP, "next"})))
    desk.sees(desk_view("ready", seq=2, waiting=4))

    back = desk.on(PortUp("pad"))

    assert only(back, ShowDigits) == [ShowDigits(4, "")]
    assert {(each.lamp, each.how) for each in only(back, Light)} == {(DESK_LAMP, "blink"), ("next", "steady")}


@pytest.mark.req("R-DESK-01")
def test_a_refusal_is_short_and_an_answer_that_never_came_is_long() -> None:
    desk = Desk()
    [asked] = [each.request for each in only(desk.press("next"), Send)]
    assert only(desk.answer(c.Answer(asked.cmd_id, refusal="nobody_waiting")), Beep) == [Beep(1)]
    desk.now += 1000
    desk.press("next")
    assert only(desk.wait(6000), Beep) == [Beep(1, long=True)]


@pytest.mark.req("R-DESK-01")
def test_the_keys_of_a_number_pad_are_digits_while_something_is_typed() -> None:
    typing = {f"KEY_KP{digit}": str(digit) for digit in range(10)} | {"KEY_KPENTER": "ok"}
    desk = Desk(keys={"KEY_KP1": "next", "KEY_KPPLUS": "transfer", "KEY_KPENTER": "login"}, typing=typing)
    found: list[object] = []
    for key in ("KEY_KPPLUS", "KEY_KP1", "KEY_KP2", "KEY_KPENTER", "KEY_KP1"):
        desk.now += 1000
        found += desk.on(KeyPressed(ADDRESS, key, desk.now))

    assert [each.request.command for each in only(found, Send)] == [c.Transfer(3, target=12, reason="转办"), c.Next(3)]


VIEWS = st.builds(
    lambda state, ticket, rating, waiting, ring, neighbours, held, interrupted: replace(
        desk_view(state, ticket=ticket, rating=rating, waiting=waiting, neighbours=neighbours),
        phone=PhoneView(ring),
        held=held,
        interrupted=interrupted,
    ),
    st.sampled_from([state.value for state in DeskState]),
    st.sampled_from(["", "A001"]),
    st.sampled_from(["", "B002"]),
    st.integers(0, 2000),
    st.integers(0, 9),
    st.sampled_from([(), (1,), (1, 2)]),
    st.sampled_from([(), ("A003",)]),
    st.booleans(),
)


@given(st.lists(st.none() | VIEWS, max_size=12))
def test_whatever_the_hall_says_the_pad_shows_it_and_is_told_changes_only(views: list[DeskView | None]) -> None:
    face = PadFace(ALL)
    shine: dict[str, str] = {}
    digits: ShowDigits | None = None
    for view in views:
        for told in face.show(view, None):
            if isinstance(told, Light):
                assert shine.get(told.lamp) != told.how
                shine[told.lamp] = told.how
            else:
                assert digits != told
                digits = told
        assert shine == lamps(view, ALL)
        assert digits is not None
        assert (digits == ShowDigits(None, "")) is (view is None)
