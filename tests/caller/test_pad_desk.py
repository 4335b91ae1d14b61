"""A desk's pad and sign: keys become commands, refusals become beeps, the sign shows what the hall says."""

from collections.abc import Mapping
from itertools import count

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from caller.day_end import LATECOMERS_MS
from caller.pad_desk import KEY_MS, PadDesk, ShowSign
from caller.pad_presses import BOUNCE_MS, INSIST_MS
from caller.pad_signals import Beep, ShowDigits
from caller.pad_typing import MOST_DIGITS, TYPING_MS
from caller.pad_words import WORDS
from drivers.keypad import KeyPressed, Shows
from drivers.keypad.keycaps import KEYCAPS, keycaps
from drivers.keypad.keymaps import NUMBER_PAD, NUMBER_PAD_DIGITS
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.states import DeskState
from firmware_py.core.views import DeskView
from firmware_py.link import Lifecycle, LinkDown, LinkUp, Received, encode
from firmware_py.runtime.asking import RETRY_MS
from firmware_py.runtime.effects import Send, SetStatus
from firmware_py.runtime.loop import Timer
from firmware_py.runtime.port_reports import PortDown, PortUp
from tests.caller.views import TOPICS, controller_is, desk_view, hall_view, only
from tests.hall.small_hall import NINE

ADDRESS, HANZI = 7, 4
FAULT = phrases.sign_lost(hanzi=HANZI)


class Desk:
    """Desk 3's logic in a test's hands."""

    def __init__(
        self,
        *,
        hanzi: int = HANZI,
        heard: bool = True,
        card: bool = False,
        three: bool = False,
        shows: Shows = Shows(digits=True, beeper=True),  # noqa: B008 - frozen
        keys: Mapping[str, str] | None = None,
        typing: Mapping[str, str] | None = None,
    ) -> None:
        ids = count(1)
        self.now = 50_000
        self.logic = PadDesk(
            "desk3",
            desk=3,
            address=ADDRESS,
            keys=keycaps({}) if keys is None else keys,
            hanzi=hanzi,
            topics=TOPICS,
            new_id=lambda: f"k{next(ids)}",
            services=("social", "realty"),
            card=card,
            three=three,
            shows=shows,
            typing=typing,
        )
        if heard:
            self.on(LinkUp())
            self.on(controller_is(Lifecycle.READY))
            self.sees(desk_view())

    def on(self, item: object) -> list[object]:
        return list(self.logic.on(item, self.now))

    def sees(self, view: DeskView) -> list[object]:
        return self.on(Received(TOPICS.desk(3), encode(view)))

    def press(self, word: str, *, address: int = ADDRESS) -> list[object]:
        """The key that means this word."""
        key = next(key for key, meaning in KEYCAPS.items() if meaning == word)
        return self.on(KeyPressed(address, key, self.now))

    def answer(self, answer: c.Answer) -> list[object]:
        return self.on(Received(TOPICS.answer("desk3"), encode(answer)))

    def wait(self, ms: int) -> list[object]:
        until, found = self.now + ms, list[object]()
        while (due := self.logic.due()) is not None and due <= until:
            self.now = max(self.now, due)
            found += self.on(Timer())
            moved = self.logic.due()
            assert moved is None or moved > self.now, "a timer must move on"
        self.now = until
        return found


def commands(effects: list[object]) -> list[c.Command]:
    return [each.request.command for each in only(effects, Send)]


def signs(effects: list[object]) -> list[str]:
    return [each.text for each in only(effects, ShowSign)]


def beeps(effects: list[object]) -> int:
    return len(only(effects, Beep))


# --- keys -------------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-DESK-01")
@pytest.mark.parametrize("word", sorted(set(KEYCAPS.values()) - {"transfer", "add_item", "give_reason"}))
def test_every_key_of_the_pad_that_needs_no_digits_asks_its_command_for_this_desk(word: str) -> None:
    [command] = commands(Desk().press(word))

    assert command == WORDS[word](3)


@pytest.mark.req("R-DESK-01")
def test_the_keys_of_another_pad_on_the_bus_are_not_this_desks() -> None:
    assert Desk().press("next", address=ADDRESS + 1) == []


def test_a_key_without_a_meaning_does_nothing() -> None:
    desk = Desk()

    assert desk.on(KeyPressed(ADDRESS, "7F", desk.now)) == []


@pytest.mark.req("R-CORE-22")
def test_a_bouncing_key_is_one_command() -> None:
    desk = Desk()

    first = desk.press("next")
    desk.now += BOUNCE_MS - 1
    bounced = desk.press("next")
    desk.now += BOUNCE_MS
    again = desk.press("next")

    assert [len(commands(each)) for each in (first, bounced, again)] == [1, 0, 1]


@pytest.mark.req("R-CORE-22")
def test_two_different_keys_in_quick_succession_are_two_commands() -> None:
    desk = Desk()
    asked = commands(desk.press("finish"))
    desk.now += 50
    asked += commands(desk.press("next"))

    assert asked == [c.Finish(3), c.Next(3)]


@pytest.mark.req("R-DESK-01")
@pytest.mark.parametrize("state", [DeskState.PAUSED, DeskState.WAIT])
def test_the_pause_key_brings_the_desk_back(state: str) -> None:
    desk = Desk()
    assert commands(desk.press("pause")) == [c.Pause(3)]
    desk.now += 1000
    desk.sees(desk_view(state, seq=2))

    assert commands(desk.press("pause")) == [c.ResumeDesk(3)]


@pytest.mark.req("R-DESK-01")
def test_the_pause_key_brings_back_who_left_a_citizen_at_the_desk() -> None:
    desk = Desk()
    desk.sees(replace(desk_view("serving", seq=2, ticket="A001"), interrupted=True))

    assert commands(desk.press("pause")) == [c.ResumeDesk(3)]


def refuse(desk: Desk, effects: list[object], reason: str) -> int:
    """The beeps of a refusal of what was just asked."""
    [asked] = [each.request for each in only(effects, Send)]
    return beeps(desk.answer(c.Answer(asked.cmd_id, refusal=reason)))


@pytest.mark.req("R-CORE-25", "R-DESK-01")
def test_the_last_desk_pauses_at_a_second_press_within_ten_seconds() -> None:
    desk = Desk()
    assert refuse(desk, desk.press("pause"), "last_desk") == 1
    desk.now += INSIST_MS

    pressed = desk.press("pause")
    assert commands(pressed) == [c.Pause(3, urgent=True)]
    [asked] = [each.request for each in only(pressed, Send)]
    assert beeps(desk.answer(c.Answer(asked.cmd_id, e.DeskPaused(NINE, 3, "", ("social",))))) == 0
    desk.now += BOUNCE_MS
    assert commands(desk.press("pause")) == [c.Pause(3)], "the next time it is asked again"


@pytest.mark.req("R-CORE-25")
def test_a_second_press_that_comes_later_or_after_another_refusal_insists_on_nothing() -> None:
    desk = Desk()
    refuse(desk, desk.press("pause"), "last_desk")
    desk.now += INSIST_MS + 1
    assert commands(desk.press("pause")) == [c.Pause(3)]

    desk = Desk()
    refuse(desk, desk.press("pause"), "pause_pending")
    desk.now += BOUNCE_MS
    assert commands(desk.press("pause")) == [c.Pause(3)]


@pytest.mark.req("R-CORE-22")
def test_a_key_is_repeated_under_its_name_until_it_is_answered() -> None:
    desk = Desk()
    [asked] = [each.request for each in only(desk.press("next"), Send)]

    assert [each.request for each in only(desk.wait(2 * RETRY_MS), Send)] == [asked, asked]
    desk.answer(c.Answer(asked.cmd_id, e.Called(NINE, "A001", 3, "ordinary")))

    assert desk.wait(KEY_MS) == []


@pytest.mark.req("R-DESK-01")
def test_a_refusal_is_one_beep_and_a_success_none() -> None:
    desk = Desk()
    [asked] = [each.request for each in only(desk.press("next"), Send)]
    refusal = c.Answer(asked.cmd_id, refusal="nobody_waiting")

    assert beeps(desk.answer(refusal)) == 1
    assert beeps(desk.answer(refusal)) == 0, "the repeat of an answer is none"
    [asked] = [each.request for each in only(desk.press("recall"), Send)]
    assert beeps(desk.answer(c.Answer(asked.cmd_id, e.Recalled(NINE, "A001", 3, 2)))) == 0


@pytest.mark.req("R-DESK-01")
def test_a_key_nobody_answered_beeps_once_after_five_seconds() -> None:
    desk = Desk()
    desk.press("next")

    assert beeps(desk.wait(KEY_MS - 1)) == 0
    assert beeps(desk.wait(1)) == 1
    assert desk.wait(60_000) == []


def test_a_device_report_that_nobody_answers_beeps_at_nobody() -> None:
    desk = Desk()
    assert commands(desk.on(PortDown("sign", "offline", ""))) == [c.ReportDevice("sign", "offline")]

    assert beeps(desk.wait(120_000)) == 0


# --- keys that need digits --------------------------------------------------------------------------------------------


def wire(desk: Desk, *keys: str) -> list[object]:
    """Keys by their wire names, a second apart."""
    found: list[object] = []
    for key in keys:
        desk.now += 1000
        found += desk.on(KeyPressed(ADDRESS, key, desk.now))
    return found


@pytest.mark.req("R-DESK-01", "R-CORE-14")
@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        (("02+0F",), c.Transfer(3, target=2, reason="转办")),
        (("02", "0F"), c.Transfer(3, target=2, reason="转办")),
        (("01+02+0F",), c.Transfer(3, target=12, reason="转办")),
        (("01", "01", "0F"), c.Transfer(3, target=11, reason="转办")),
        (("00+02+0F",), c.Transfer(3, service="realty", reason="转办")),
        (("00", "01+0F"), c.Transfer(3, service="social", reason="转办")),
    ],
)
def test_a_transfer_goes_to_the_desk_typed_or_with_a_leading_nought_to_the_service(
    keys: tuple[str, ...], asked: c.Command
) -> None:
    desk = Desk()
    assert commands(desk.press("transfer")) == []

    assert commands(wire(desk, *keys)) == [asked]
    assert desk.logic.due() is not None, "it is repeated until it is answered"


@pytest.mark.req("R-DESK-01")
def test_what_is_typed_stands_on_the_pad_until_it_is_done() -> None:
    desk = Desk()
    desk.sees(desk_view("serving", seq=2, ticket="A017"))

    shown = only(desk.press("transfer") + wire(desk, "01", "02", "0F"), ShowDigits)

    assert [each.ticket for each in shown] == ["", "1", "12", "017"]


@pytest.mark.req("R-DESK-01")
def test_a_pause_of_five_seconds_stands_for_confirming() -> None:
    desk = Desk()
    desk.press("transfer")
    wire(desk, "02")

    assert commands(desk.wait(TYPING_MS - 1)) == []
    assert commands(desk.wait(1)) == [c.Transfer(3, target=2, reason="转办")]


@pytest.mark.req("R-DESK-01")
def test_a_key_nobody_finished_is_forgotten_after_five_seconds_without_a_sound() -> None:
    desk = Desk()
    desk.press("transfer")

    forgotten = desk.wait(TYPING_MS)

    assert (beeps(forgotten), commands(forgotten)) == (0, [])
    assert commands(desk.press("next")) == [c.Next(3)]


@pytest.mark.req("R-DESK-01")
def test_a_wrong_key_takes_it_back_with_one_beep_and_is_not_carried_out() -> None:
    desk = Desk()
    desk.press("transfer")
    desk.now += 1000

    wrong = desk.press("finish")

    assert (beeps(wrong), commands(wrong)) == (1, [])
    desk.now += 1000
    assert commands(desk.press("finish")) == [c.Finish(3)]


@pytest.mark.req("R-CORE-22")
def test_the_bounce_of_the_key_itself_takes_nothing_back() -> None:
    desk = Desk()
    desk.press("transfer")
    desk.now += BOUNCE_MS - 1

    assert beeps(desk.press("transfer")) == 0
    assert commands(wire(desk, "02+0F")) == [c.Transfer(3, target=2, reason="转办")]


@pytest.mark.req("R-DESK-01")
def test_digits_that_stand_for_a_key_are_digits_only_while_something_is_typed() -> None:
    desk = Desk()
    desk.press("transfer")

    assert commands(wire(desk, "06+0F")) == [c.Transfer(3, target=6, reason="转办")]
    assert commands(wire(desk, "06+0F")) == [c.Pass(3)]
    assert commands(wire(desk, "02+0F", "02", "0F")) == []


@pytest.mark.req("R-DESK-01")
@pytest.mark.parametrize("keys", [("0F",), ("00+0F",), ("00+09+0F",), ("01",) * (MOST_DIGITS + 1)])
def test_digits_that_name_nothing_are_one_beep(keys: tuple[str, ...]) -> None:
    desk = Desk()
    desk.press("transfer")

    effects = wire(desk, *keys)

    assert (beeps(effects), commands(effects)) == (1, [])


@pytest.mark.req("R-CORE-15", "R-DESK-01")
def test_an_item_is_added_by_its_place_among_those_of_the_service() -> None:
    desk = Desk()
    items = msgspec.structs.replace(desk_view("serving", seq=2, ticket="A017"), items=("补卡", "查询"))
    desk.sees(items)
    desk.press("add_item")

    assert commands(wire(desk, "02+0F")) == [c.AddItem(3, "查询")]
    desk.press("add_item")
    assert beeps(wire(desk, "03+0F")) == 1
    desk.sees(desk_view("serving", seq=3, ticket="B001"))
    desk.now += 1000
    desk.press("add_item")
    assert commands(wire(desk, "0F")) == [c.AddItem(3, "加办")], "a service without a list takes any"


@pytest.mark.req("R-DESK-03", "R-DESK-01")
def test_why_the_desk_was_left_is_chosen_by_a_digit_from_the_short_list() -> None:
    desk = Desk()
    for digits, reason in (("01+0F", "取送材料"), ("06+0F", "其他公务")):
        desk.now += 1000
        assert commands(desk.press("give_reason")) == []
        assert commands(wire(desk, digits)) == [c.GiveReason(3, reason)]
    for digits in ("07+0F", "00+0F", "0F"):
        desk.now += 1000
        desk.press("give_reason")
        assert beeps(wire(desk, digits)) == 1


@pytest.mark.req("R-DESK-02")
def test_people_who_name_themselves_type_their_staff_number() -> None:
    desk = Desk(card=True)

    assert commands(desk.press("login")) == []
    assert commands(wire(desk, "01", "00", "00", "02", "0F")) == [c.Login(3, staff="1002")]
    desk.sees(desk_view("paused", seq=2))
    desk.press("pause")
    assert commands(wire(desk, "01", "02", "0F")) == [c.ResumeDesk(3, staff="12")]
    desk.press("stand_in")
    assert commands(wire(desk, "0F")) == [c.StandIn(3)], "the planned one"
    assert commands(Desk().press("stand_in")) == [c.StandIn(3)]


@pytest.mark.req("R-DESK-02", "R-CORE-22")
def test_the_key_that_begins_typing_pressed_twice_in_haste_types_nothing() -> None:
    """On a USB pad 恢复服务 is the digit 0 and 登录 is 确认 as well."""
    desk = Desk(card=True, keys=NUMBER_PAD, typing=NUMBER_PAD_DIGITS)
    desk.sees(desk_view("paused", seq=2))
    for key in ("KEY_KP0", "KEY_KP0", "KEY_KP1", "KEY_KP2"):
        assert commands(desk.on(KeyPressed(ADDRESS, key, desk.now))) == []
    assert commands(desk.on(KeyPressed(ADDRESS, "KEY_KPENTER", desk.now))) == [c.ResumeDesk(3, staff="12")]

    desk.sees(desk_view("closed", seq=3))
    desk.now += 1000
    for _ in range(2):
        assert commands(desk.on(KeyPressed(ADDRESS, "KEY_KPENTER", desk.now))) == []


# --- telephones -------------------------------------------------------------------------------------------------------


@pytest.mark.req("R-PHONE-03", "R-CALL-11")
def test_the_second_ring_of_the_own_telephone_beeps_once() -> None:
    desk = Desk()

    assert [beeps(desk.sees(desk_view(seq=seq, ring=ring))) for seq, ring in enumerate((1, 2, 2, 3, 4), 2)] == [
        0,
        1,
        0,
        0,
        0,
    ]
    desk.sees(desk_view(seq=9))
    assert beeps(desk.sees(desk_view(seq=10, ring=2))) == 1, "another call"


@pytest.mark.req("R-PHONE-03", "R-CALL-11")
def test_a_neighbours_telephone_beeps_once_for_each_neighbour() -> None:
    desk = Desk()

    assert beeps(desk.sees(desk_view(seq=2, neighbours=(1,)))) == 1
    assert beeps(desk.sees(desk_view(seq=3, neighbours=(1,), waiting=4))) == 0
    assert beeps(desk.sees(desk_view(seq=4, neighbours=(1, 2)))) == 1
    assert beeps(desk.sees(desk_view(seq=5))) == 0


# --- sign and digits --------------------------------------------------------------------------------------------------


@pytest.mark.req("R-CALL-05", "R-CALL-01")
def test_the_sign_follows_the_desk() -> None:
    desk = Desk()
    states = [
        (desk_view("calling", ticket="A001"), "A001"),
        (desk_view("rating", rating="A001"), "请评价"),
        (desk_view("wait"), "请稍候"),
        (desk_view("paused"), "暂停服务"),
        (desk_view("ready"), "3号窗口"),
        (desk_view("closed", opened=False), "准备中"),
        (desk_view("closed"), "未开放"),
    ]
    for seq, (view, text) in enumerate(states, 2):
        changed = DeskView(**{name: getattr(view, name) for name in view.__struct_fields__} | {"seq": seq})
        assert signs(desk.sees(changed)) == [text]
        assert signs(desk.sees(changed)) == [], "what stands there is not sent again"


@pytest.mark.req("R-CALL-10", "R-CALL-05")
def test_a_desk_whose_day_is_over_says_so() -> None:
    desk = Desk()
    desk.sees(desk_view("closed", seq=2))

    assert signs(desk.on(Received(TOPICS.hall_state, encode(hall_view(closed=True))))) == ["服务结束"]


@pytest.mark.req("R-CALL-10")
def test_a_sign_whose_power_comes_back_at_night_is_dark_again() -> None:
    desk = Desk()
    desk.on(Received(TOPICS.hall_state, encode(hall_view(closed=True))))
    assert signs(desk.wait(LATECOMERS_MS)) == [""]

    assert signs(desk.on(PortUp("sign"))) == [""]


@pytest.mark.req("R-CALL-05", "R-CORE-01")
@pytest.mark.parametrize(
    "lost",
    [
        LinkDown("cut"),
        controller_is(Lifecycle.LOST),
        controller_is(Lifecycle.DISCONNECTED),
        controller_is(Lifecycle.INIT),
    ],
)
def test_a_sign_shows_its_fault_text_while_the_controller_is_not_heard(lost: object) -> None:
    desk = Desk()
    desk.sees(desk_view("calling", seq=2, ticket="A001"))

    assert signs(desk.on(lost)) == [FAULT]
    assert signs(desk.wait(60_000)) == []


@pytest.mark.req("R-CALL-05", "R-CORE-21")
def test_a_broker_that_came_back_without_the_controller_brings_no_old_number_back() -> None:
    desk = Desk()
    desk.sees(desk_view("calling", seq=2, ticket="A001"))
    desk.on(LinkDown("the broker is gone"))

    assert signs(desk.on(LinkUp())) == []
    assert signs(desk.on(controller_is(Lifecycle.READY))) == [], "what its desk is doing is not known yet"
    assert signs(desk.sees(desk_view("serving", seq=5, ticket="A002"))) == ["A002"]


@pytest.mark.req("R-CALL-05")
def test_a_desk_that_starts_without_a_controller_does_not_show_what_stood_there_before() -> None:
    desk = Desk(heard=False)

    assert signs(desk.on(LinkDown("the broker is not there"))) == [FAULT]


@pytest.mark.req("R-CALL-05", "R-TECH-02")
def test_a_sign_that_was_dark_is_told_again_what_it_must_show() -> None:
    desk = Desk()
    desk.sees(desk_view("paused", seq=2))
    desk.on(PortDown("sign", "offline", ""))

    back = desk.on(PortUp("sign"))

    assert signs(back) == ["暂停服务"]
    assert commands(back) == [c.ReportDevice("sign", "")]


def test_a_desk_without_a_sign_shows_none() -> None:
    desk = Desk(hanzi=0)

    assert signs(desk.sees(desk_view("paused", seq=2))) == signs(desk.on(LinkDown("cut"))) == []


def test_the_pad_shows_how_many_wait_and_whose_turn_it_is() -> None:
    desk = Desk()

    assert only(desk.sees(desk_view("calling", seq=2, ticket="A017", waiting=12)), ShowDigits) == [
        ShowDigits(12, "017")
    ]
    assert only(desk.sees(desk_view("calling", seq=3, ticket="A017", waiting=12)), ShowDigits) == []
    assert only(desk.sees(desk_view(seq=4, waiting=2000)), ShowDigits) == [ShowDigits(999, "")]
    assert only(desk.on(PortUp("pad")), ShowDigits) == [ShowDigits(999, "")]


def test_a_view_older_than_the_one_followed_is_left_alone() -> None:
    desk = Desk()
    desk.sees(desk_view("paused", seq=9))

    assert desk.sees(desk_view("calling", seq=8, ticket="A001")) == []
    assert signs(desk.sees(desk_view("calling", seq=1, ticket="B001", log="log-2"))) == ["B001"]


@pytest.mark.req("R-CORE-21")
def test_a_link_that_is_up_tells_that_the_desk_is_ready() -> None:
    assert only(Desk(heard=False).on(LinkUp()), SetStatus) == [SetStatus(Lifecycle.READY)]


@pytest.mark.req("R-SYNC-02")
@given(
    st.binary(max_size=300),
    st.sampled_from([TOPICS.desk(3), TOPICS.hall_state, TOPICS.answer("desk3"), TOPICS.status("controller")]),
)
def test_no_payload_on_any_topic_ends_it(payload: bytes, topic: str) -> None:
    desk = Desk()
    desk.on(Received(topic, payload))

    assert commands(desk.press("next")) == [c.Next(3)]
