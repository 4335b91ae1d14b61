"""What three keys stand for, in every state a desk can have."""

import pytest
from msgspec.structs import replace

from caller.pad_desk import KEY_MS
from caller.pad_signals import Beep, lamps
from caller.pad_three import ARRIVED_MS, ThreeKeys, steps
from caller.pad_words import WORDS
from drivers.keypad import KeyPressed, Shows
from drivers.keypad.keymaps import THREE_KEYS
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.states import DeskState
from firmware_py.core.views import DeskView
from firmware_py.runtime.effects import Send
from firmware_py.runtime.loop import Timer
from tests.caller.test_pad_desk import ADDRESS, Desk, beeps, commands
from tests.caller.views import desk_view, only
from tests.hall.small_hall import NINE

D = DeskState
HELD = replace(desk_view(D.READY), held=("A003",))
LEFT_ALONE = replace(desk_view(D.SERVING, ticket="A001"), interrupted=True)

MEANINGS: list[tuple[DeskView, str, str, str]] = [
    (desk_view(D.CLOSED), "login", "recall", "pause"),
    (desk_view(D.READY, waiting=3), "next", "recall", "pause"),
    (HELD, "next", "resume_ticket", "pause"),
    (replace(HELD, neighbours=(1,)), "next", "pickup", "pause"),
    (desk_view(D.CALLING, ticket="A001"), "arrive", "recall", "pause"),
    (desk_view(D.SERVING, ticket="A001"), "finish next", "hold", "pause"),
    (desk_view(D.RATING, rating="A001"), "next", "recall", "pause"),
    (desk_view(D.PAUSE_PENDING, ticket="A001"), "finish", "hold", "pause"),
    (desk_view(D.PAUSED), "resume_desk", "recall", "resume_desk"),
    (desk_view(D.WAIT), "resume_desk", "recall", "resume_desk"),
    (LEFT_ALONE, "resume_desk", "hold", "resume_desk"),
    (desk_view(D.CLOSING, waiting=2), "next", "recall", "pause"),
    (desk_view(D.CLOSING), "next", "recall", "logout"),
    (desk_view(D.FAULT), "next", "recall", "pause"),
]


@pytest.mark.req("R-DESK-01")
@pytest.mark.parametrize(("view", "next_", "recall", "pause"), MEANINGS)
def test_each_key_does_the_next_step_of_its_kind(view: DeskView, next_: str, recall: str, pause: str) -> None:
    found = [" ".join(steps(key, view, calls_used=False)) for key in THREE_KEYS]
    assert found == [next_, recall, pause]


@pytest.mark.req("R-DESK-01")
def test_every_state_of_a_desk_is_thought_of_and_every_duty_of_a_day_can_be_done() -> None:
    assert {view.state for view, *_ in MEANINGS} == {state.value for state in DeskState}
    words = {word for _, *meanings in MEANINGS for meaning in meanings for word in meaning.split()} | {"pass"}
    assert words <= WORDS.keys()
    assert words >= {"login", "logout", "next", "arrive", "finish", "recall", "pass", "hold", "resume_ticket"}
    assert words >= {"pause", "resume_desk", "pickup"}


@pytest.mark.req("R-DESK-01", "R-CORE-11")
def test_only_the_ticket_whose_calls_are_used_up_is_passed_by_the_recall_key() -> None:
    desk = Desk(three=True)
    desk.sees(desk_view(D.CALLING, seq=2, ticket="A001"))

    def recalls(refusal: str) -> c.HallCommand:
        desk.now += 1000
        [asked] = [each.request for each in only(desk.on(KeyPressed(ADDRESS, "0D", desk.now)), Send)]
        assert beeps(desk.answer(c.Answer(asked.cmd_id, refusal=refusal))) == 1
        return asked.command

    assert recalls("recall_soon") == c.Recall(3)
    assert recalls("recalls_used") == c.Recall(3)
    assert recalls("nothing_called") == c.Pass(3)
    desk.sees(desk_view(D.CALLING, seq=3, ticket="A002"))
    assert recalls("recall_soon") == c.Recall(3)


def test_finishing_so_soon_after_the_arrival_is_not_meant() -> None:
    keys = ThreeKeys()
    assert keys.words("next", desk_view(D.CALLING, ticket="A001"), 1000) == ("arrive",)
    serving = desk_view(D.SERVING, ticket="A001")
    assert keys.words("next", serving, 1000 + ARRIVED_MS - 1) == ()
    assert keys.words("next", serving, 1000 + ARRIVED_MS) == ("finish", "next")


@pytest.mark.req("R-DESK-01")
def test_nobody_is_called_when_the_citizen_could_not_be_finished() -> None:
    desk = Desk(three=True)
    desk.sees(desk_view(D.SERVING, seq=2, ticket="A001"))
    [asked] = [each.request for each in only(desk.on(KeyPressed(ADDRESS, "0C", desk.now)), Send)]
    assert asked.command == c.Finish(3)

    refused = desk.answer(c.Answer(asked.cmd_id, refusal="rating_open"))

    assert (beeps(refused), commands(refused)) == (1, [])


@pytest.mark.req("R-DESK-01", "R-CORE-22")
def test_the_answer_that_comes_twice_calls_once() -> None:
    desk = Desk(three=True)
    desk.sees(desk_view(D.SERVING, seq=2, ticket="A001"))
    [asked] = [each.request for each in only(desk.on(KeyPressed(ADDRESS, "0C", desk.now)), Send)]
    granted = c.Answer(asked.cmd_id, e.Finished(NINE, "A001", 3, "办结", "1003", False, (), 0))

    assert commands(desk.answer(granted)) == [c.Next(3)]
    assert desk.answer(granted) == []


@pytest.mark.req("R-DESK-01", "R-CORE-22")
def test_an_impatient_press_while_the_first_is_unanswered_loses_the_call_of_neither() -> None:
    desk = Desk(three=True)
    desk.sees(desk_view(D.SERVING, seq=2, ticket="A001"))
    [asked] = [each.request for each in only(desk.on(KeyPressed(ADDRESS, "0C", desk.now)), Send)]
    desk.now += 600
    assert desk.on(KeyPressed(ADDRESS, "0C", desk.now)) == []

    granted = c.Answer(asked.cmd_id, e.Finished(NINE, "A001", 3, "办结", "1003", False, (), 0))
    assert commands(desk.answer(granted)) == [c.Next(3)]


@pytest.mark.req("R-DESK-01")
def test_a_press_that_nobody_answered_can_be_pressed_again() -> None:
    desk = Desk(three=True)
    desk.sees(desk_view(D.SERVING, seq=2, ticket="A001"))
    desk.on(KeyPressed(ADDRESS, "0C", desk.now))
    desk.now += KEY_MS
    assert only(desk.on(Timer()), Beep) == [Beep(long=True)]
    assert commands(desk.on(KeyPressed(ADDRESS, "0C", desk.now))) == [c.Finish(3)]


LIT = [
    (desk_view(D.CLOSED), ("steady", "off", "off")),
    (desk_view(D.READY), ("off", "off", "off")),
    (desk_view(D.READY, waiting=3), ("steady", "off", "off")),
    (desk_view(D.CALLING, ticket="A001"), ("steady", "steady", "off")),
    (desk_view(D.SERVING, ticket="A001"), ("steady", "off", "off")),
    (replace(HELD, neighbours=(1,)), ("off", "blink", "off")),
    (HELD, ("off", "steady", "off")),
    (desk_view(D.PAUSED), ("blink", "off", "blink")),
]


@pytest.mark.req("R-DESK-01")
@pytest.mark.parametrize(("view", "glow"), LIT)
def test_a_lamp_inside_one_of_three_keys_stands_for_what_the_key_would_do_now(
    view: DeskView, glow: tuple[str, ...]
) -> None:
    shone = lamps(view, Shows(lamps=frozenset(THREE_KEYS)), three=True)
    assert tuple(shone[key] for key in THREE_KEYS) == glow


@pytest.mark.req("R-DESK-01")
def test_keys_that_are_not_there_are_not_needed_and_before_the_hall_is_heard_a_key_is_itself() -> None:
    desk = Desk(three=True, heard=False)
    assert commands(desk.on(KeyPressed(ADDRESS, "0C", desk.now))) == [c.Next(3)]
