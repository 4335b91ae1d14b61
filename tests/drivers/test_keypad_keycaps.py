"""The table of keycaps and a hall's changes to it."""

import pytest

from drivers.keypad.keycaps import DESK_KEYS, KEYCAPS, keycaps
from drivers.virtual.pads import VirtualPads
from firmware_py.errors import ConfigError


@pytest.mark.req("R-DESK-01")
def test_every_desk_key_has_exactly_one_key_of_the_pad() -> None:
    assert sorted(KEYCAPS.values()) == sorted(DESK_KEYS)
    assert {
        "next", "recall", "arrive", "pass", "hold", "resume_ticket", "transfer", "finish", "wait", "pause",
        "resume_desk", "login", "logout", "pickup", "callback_done", "assist", "undo", "interrupt", "stand_in",
        "add_item", "record_done", "begin_self_test", "end_self_test", "confirm_clock", "give_reason",
    } == DESK_KEYS  # fmt: skip


@pytest.mark.req("R-DESK-01")
def test_the_documented_keys_keep_their_documented_meaning() -> None:
    documented = {"0C": "next", "0D": "recall", "0B": "finish", "12": "pause", "13": "transfer"}
    documented |= {"00+0F": "hold", "03+0F": "resume_ticket", "06+0F": "pass"}
    assert documented.items() <= KEYCAPS.items()


def test_every_key_of_the_table_can_be_pressed_on_a_pad() -> None:
    pads = VirtualPads([1])
    for key in KEYCAPS:
        pads.press(1, key)


def test_a_hall_moves_adds_and_removes_keys() -> None:
    table = keycaps({"0E": "arrive", "KEY_KP1": "next", "13": ""})
    assert table["0E"] == "arrive"
    assert table["KEY_KP1"] == "next"
    assert "13" not in table
    assert table["0C"] == "next"


def test_every_wrong_word_is_named_with_the_nearest_right_one() -> None:
    with pytest.raises(ConfigError) as refused:
        keycaps({"0E": "pauze", "10": "logout", "14": "explode"})
    assert len(refused.value.problems) == 2
    assert "did you mean pause?" in refused.value.problems[0]
    assert "allowed: add_item" in refused.value.problems[1]
