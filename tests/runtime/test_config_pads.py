"""Pads and evaluators in device.toml: each wire's settings, the shipped key maps, and what ``hall check`` says."""

from pathlib import Path

import pytest

from drivers.keypad import Shows
from drivers.keypad.key_names import code_of
from drivers.keypad.keycaps import FF68, KEYCAPS, TYPED
from drivers.keypad.keymaps import NUMBER_PAD, NUMBER_PAD_DIGITS
from firmware_py.runtime.config import load, load_device
from firmware_py.runtime.describe import describe, describe_device
from firmware_py.runtime.device_file import DeskInstance, EvaluatorInstance
from firmware_py.runtime.wire_settings.keypad import GpioKeypad
from firmware_py.runtime.wire_settings.pad import EvdevPad, Ff68Pad, GpioPad, PadKey
from tests.runtime.config_files import HALL, changed, problems_of_device, written

LINK = '[link]\nhost = "127.0.0.1"\n'
DESK = '\n[[instance]]\nid = "desk1"\nrole = "desk"\ndesk = 1\n'
EVAL = '\n[[instance]]\nid = "desk1-eval"\nrole = "evaluator"\ndesk = 1\n'
THREE = """
[instance.pad]
driver = "gpio"
keymap = "three"
lamp = 16
beeper = 20

[instance.pad.keys]
next = { pin = 5, lamp = 12 }
recall = { pin = 6 }
pause = { pin = 13 }
"""
BUTTONS = """
[instance.keypad]
driver = "gpio"
pins = [5, 6, 13, 19, 26]
lamps = [16]
"""


def pad_of(directory: Path, table: str) -> Ff68Pad | EvdevPad | GpioPad:
    return load_device(written(directory, device=LINK + DESK + table)[1]).instance("desk1", DeskInstance).pad


@pytest.mark.req("R-DESK-01")
def test_buttons_on_pins_are_named_by_what_they_do(tmp_path: Path) -> None:
    pad = pad_of(tmp_path, THREE)
    assert isinstance(pad, GpioPad)
    assert pad.keys["next"] == PadKey(5, 12)
    assert pad.pins == {"next": 5, "recall": 6, "pause": 13}
    assert pad.lamps == {"next": 12, "desk": 16}
    assert pad.meanings == {"next": "next", "recall": "recall", "pause": "pause"}
    assert pad.shows == Shows(beeper=True, lamps=frozenset({"next", "desk"}))


@pytest.mark.req("R-EVAL-11")
def test_an_evaluator_of_buttons_has_a_pin_for_each_level(tmp_path: Path) -> None:
    device = load_device(written(tmp_path, device=LINK + EVAL + BUTTONS)[1])
    keypad = device.instance("desk1-eval", EvaluatorInstance).keypad
    assert keypad == GpioKeypad((5, 6, 13, 19, 26), (16,))


@pytest.mark.req("R-DESK-01")
def test_a_pad_that_says_nothing_of_its_keys_has_the_usual_ones(tmp_path: Path) -> None:
    assert pad_of(tmp_path, '\n[instance.pad]\ndriver = "ff68"\nport = "/dev/hall/pad1"\n').meanings == FF68
    usb = pad_of(tmp_path, '\n[instance.pad]\ndriver = "evdev"\npath = "/dev/input/by-path/x"\n')
    assert usb.meanings == NUMBER_PAD
    assert usb.digits == NUMBER_PAD_DIGITS
    assert usb.shows == Shows()


@pytest.mark.req("R-DESK-01")
def test_a_hall_changes_single_keys_of_a_map_and_keeps_the_others(tmp_path: Path) -> None:
    usb = pad_of(
        tmp_path,
        '\n[instance.pad]\ndriver = "evdev"\npath = "/dev/input/by-path/x"\n'
        'keys = { KEY_KPDOT = "", KEY_TAB = "logout", KEY_F1 = "7" }\n',
    )
    assert "KEY_KPDOT" not in usb.meanings
    assert usb.meanings["KEY_TAB"] == "logout"
    assert usb.meanings["KEY_KP1"] == "next"
    assert usb.digits["KEY_F1"] == "7"


@pytest.mark.req("R-DESK-01")
def test_a_pad_with_three_keys_has_those_three(tmp_path: Path) -> None:
    bus = pad_of(tmp_path, '\n[instance.pad]\ndriver = "ff68"\nport = "/dev/hall/pad1"\nkeymap = "three"\n')
    assert bus.meanings == {"0C": "next", "0D": "recall", "12": "pause"}
    usb = pad_of(
        tmp_path,
        '\n[instance.pad]\ndriver = "evdev"\npath = "/dev/input/by-path/x"\nkeymap = "three"\n'
        'keys = { KEY_KP1 = "", KEY_A = "next" }\n',
    )
    assert usb.meanings == {"KEY_A": "next", "KEY_KP2": "recall", "KEY_KP3": "pause"}


def test_the_shipped_number_pad_has_only_keys_that_the_kernel_knows_and_words_that_a_desk_knows() -> None:
    assert all(code_of(key) for key in (*NUMBER_PAD, *NUMBER_PAD_DIGITS))
    assert set(NUMBER_PAD.values()) <= set(KEYCAPS.values())
    assert len(set(NUMBER_PAD.values())) == len(NUMBER_PAD)
    assert set(NUMBER_PAD_DIGITS.values()) == TYPED
    assert set(NUMBER_PAD_DIGITS) <= set(NUMBER_PAD)


WRONG = [
    (DESK + THREE, "recall =", "recal =", "pad.keys.recal: found", 'did you mean "recall"?'),
    (DESK + THREE, "recall =", "finish =", "pad.keys.finish: found", 'one of "next", "pause", "recall"'),
    (DESK + THREE, "pause = { pin = 13 }\n", "", "pad.keys: found no key for pause", "next, recall and pause"),
    (DESK + THREE, "pin = 13", "pin = 5", "pad.keys.pause.pin: found", "a wire of its own; instance[0].pad.keys.next"),
    (DESK + THREE, "beeper = 20", "beeper = 12", "pad.keys.next.lamp", "a wire of its own"),
    (DESK + THREE, "beeper = 20", "beeper = 99", "pad.beeper: found 99", "a BCM pin number from 2 to 27"),
    (DESK + THREE, '"three"', '"tree"', 'pad.keymap: found "tree"', 'one of "three", "usual"'),
    (DESK + THREE, '"gpio"', '"gpoi"', 'pad.driver: found "gpoi"', 'one of "ff68", "evdev", "gpio"'),
    (EVAL + BUTTONS, "19, 26]", "19]", "keypad.pins: found 4 pins", "as many as levels, which are 5"),
    (EVAL + BUTTONS, "19, 26]", "19, 5]", "keypad.pins[4]: found", "a wire of its own; instance[0].keypad.pins[0]"),
    (EVAL + BUTTONS, "[16]", "[5]", "keypad.lamps[0]: found", "a wire of its own"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "old", "new", "found", "allowed"), WRONG)
def test_a_wrong_pad_is_told_with_path_value_and_what_is_allowed(
    tmp_path: Path, text: str, old: str, new: str, found: str, allowed: str
) -> None:
    assert problems_of_device(tmp_path, LINK + text) == []
    problems = problems_of_device(tmp_path, LINK + changed(text, old, new))
    assert any(found in each and allowed in each for each in problems), problems


@pytest.mark.req("R-DESK-02")
def test_three_keys_cannot_type_a_staff_number(tmp_path: Path) -> None:
    assert problems_of_device(tmp_path, LINK + DESK + THREE) == []
    card = changed(HALL, "[[desk]]\nid = 1", '[[desk]]\nid = 1\nlogin = "card"')
    [problem] = problems_of_device(tmp_path, LINK + DESK + THREE, hall=card)
    assert 'instance[0].pad.keymap: found "three" where people type' in problem
    assert 'login = "roster"' in problem


@pytest.mark.req("R-DESK-02")
def test_buttons_without_digits_cannot_type_a_staff_number_either(tmp_path: Path) -> None:
    card = changed(HALL, "[[desk]]\nid = 1", '[[desk]]\nid = 1\nlogin = "card"')
    buttons = changed(THREE, 'keymap = "three"\n', "")
    [problem] = problems_of_device(tmp_path, LINK + DESK + buttons, hall=card)
    assert "instance[0].pad.keys: found no key for 0, 1, 2, 3, 4, 5, 6, 7, 8, 9" in problem
    assert 'login = "roster"' in problem
    digits = "".join(f"{digit} = {{ pin = {pin} }}\n" for digit, pin in enumerate((4, 7, 8, 9, 10, 11, 14, 15, 17, 18)))
    assert problems_of_device(tmp_path, LINK + DESK + buttons + digits, hall=card) == []
    usb = '\n[instance.pad]\ndriver = "evdev"\npath = "/dev/input/by-path/x"\nkeys = { KEY_KP7 = "" }\n'
    assert problems_of_device(tmp_path, LINK + DESK + usb, hall=card) == []


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("KEY_NUMLOCK", "cheap pads press this one around every key"),  # never heard, so never a key of the desk
        ("KEY_79", "'KEY_79' is called KEY_KP1"),  # else KEY_KP1 would still mean what it did
    ],
)
def test_a_key_that_would_never_be_heard_is_refused(tmp_path: Path, key: str, said: str) -> None:
    usb = f'\n[instance.pad]\ndriver = "evdev"\npath = "/dev/input/by-path/x"\nkeys = {{ {key} = "recall" }}\n'
    [problem] = problems_of_device(tmp_path, LINK + DESK + usb)
    assert f"instance[0].pad.keys.{key}: found" in problem
    assert said in problem
    keys = f'keys = ["{key}", "KEY_KP2", "KEY_KP3", "KEY_KP4", "KEY_KP5"]'
    table = f'\n[instance.keypad]\ndriver = "evdev"\npath = "/dev/input/by-path/x"\n{keys}\n'
    [problem] = problems_of_device(tmp_path, LINK + EVAL + table)
    assert "instance[0].keypad.keys[0]: found" in problem
    assert said in problem


@pytest.mark.req("R-DESK-01", "R-TECH-01")
def test_hall_check_shows_the_keys_in_force_and_what_it_shows_can_be_loaded_again(tmp_path: Path) -> None:
    text = LINK + DESK + THREE + '\n[[instance]]\nid = "desk2"\nrole = "desk"\ndesk = 2\n'
    text += '\n[instance.pad]\ndriver = "ff68"\nport = "/dev/hall/pad2"\nkeys = { "14" = "", "0E" = "finish" }\n'
    plan, device = load(*written(tmp_path, HALL, text))
    shown = describe(plan, device)
    assert "# keys in force (keymap three):\n#   next = next   recall = recall   pause = pause\n" in shown
    usual = shown[shown.index("keys in force (keymap usual)") :]
    assert "0C = next" in usual
    assert "0E = finish" in usual
    assert "14 = arrive" not in usual
    assert "while typing:   00 = 0" in usual
    assert device is not None
    (tmp_path / "again").mkdir()
    assert load_device(written(tmp_path / "again", device=describe_device(device))[1]) == device
