"""The panel, keypad and reader of a kiosk in ``device.toml``: what they become and what is said of wrong ones."""

from pathlib import Path

import pytest

from firmware_py.runtime.config import load_device
from firmware_py.runtime.describe import describe_device
from firmware_py.runtime.device_file import KioskInstance
from firmware_py.runtime.wire_settings.buttons import GUIDE_LAMP, EvdevButtons
from kiosk.choices import Choice, choices_of, habits_of
from tests.runtime.config_files import changed, problems_of_device, written

KIOSK = """\
[link]
host = "127.0.0.1"

[[instance]]
id = "kiosk1"
role = "kiosk"
priority = "confirm"
large_print = "green"
speak = false
transfer_slips = true

[instance.printer]
port = "file:///dev/usb/lp0"

[instance.buttons]
driver = "gpio"
guide_lamp = 26

[instance.buttons.pins]
social = { pin = 5, lamp = 17, service = "social" }
green = { pin = 6, service = "social", klass = "G", large_print = true }
ask = { pin = 13, act = "consult" }
confirm = { pin = 19, act = "confirm" }

[instance.keypad]
driver = "evdev"
path = "/dev/input/by-path/*usb-0:1.3:*event-kbd"

[instance.keypad.keys]
KEY_KP1 = { act = "type", types = "1" }
KEY_KP2 = { act = "type", types = "2" }
KEY_KP3 = { act = "type", types = "3" }
KEY_KP4 = { act = "type", types = "4" }
KEY_KP5 = { act = "type", types = "5" }
KEY_KP6 = { act = "type", types = "6" }
KEY_KP7 = { act = "type", types = "7" }
KEY_KP8 = { act = "type", types = "8" }
KEY_KP9 = { act = "type", types = "9" }
KEY_KP0 = { act = "type", types = "0" }
KEY_KPSLASH = { act = "type", types = "A" }
KEY_KPENTER = { act = "type", types = "ok" }

[instance.keypad.touch]
corner = { left = 0, top = 0, right = 10, bottom = 10, act = "guide_came" }

[instance.reader]
driver = "hid"
path = "/dev/input/by-path/*usb-0:1.2:*event-kbd"
"""


def kiosk(directory: Path, text: str = KIOSK) -> KioskInstance:
    return load_device(written(directory, device=text)[1]).instance("kiosk1", KioskInstance)


@pytest.mark.req("R-KIOSK-02", "R-KIOSK-09", "R-KIOSK-10", "R-KIOSK-11", "R-KIOSK-12")
def test_a_panel_becomes_choices_and_habits(tmp_path: Path) -> None:
    settings = kiosk(tmp_path)
    choices, habits = choices_of(settings), habits_of(settings)

    assert choices["social"] == Choice("social")
    assert choices["green"] == Choice("social", "G", large=True)
    assert choices["ask"] == Choice(act="consult")
    assert choices["KEY_KP1"] == Choice(act="type", types="1")
    assert choices["corner"].act == "guide_came"
    assert habits.lamps == {"social", GUIDE_LAMP}
    assert (habits.priority, habits.large_print, habits.speak, habits.voice) == ("confirm", "green", False, False)
    assert habits.transfer_slips
    assert isinstance(settings.keypad, EvdevButtons)


def test_the_values_in_force_can_be_loaded_again(tmp_path: Path) -> None:
    read = load_device(written(tmp_path, device=KIOSK)[1])
    again = load_device(written(tmp_path, device=describe_device(read))[1])
    assert again == read


WRONG = [
    (', service = "social" }', " }", "buttons.pins.social.service: found nothing", "the service it takes a number of"),
    ('act = "consult"', 'act = "consult", service = "social"', "pins.ask.service: found", "since act is consult"),
    ('act = "consult"', 'act = "konsult"', 'pins.ask.act: found "konsult"', 'did you mean "consult"'),
    ('types = "1"', 'types = "I"', 'KEY_KP1.types: found "I"', "a digit, the letters before a number"),
    ('act = "type", types = "1"', 'act = "type"', "KEY_KP1.types: found nothing", "what it types"),
    ('act = "confirm" }', 'act = "confirm", types = "1" }', "pins.confirm.types: found", "since act is confirm"),
    ('confirm = { pin = 19, act = "confirm" }', "", 'priority: found "confirm"', 'a button with act = "confirm"'),
    ('KEY_KPENTER = { act = "type", types = "ok" }', "", "keypad: found keys that type", 'types = "ok"'),
    ("KEY_KP1 =", "KEY_KP99 =", 'keys.KEY_KP99: found "KEY_KP99"', "a key the kernel knows"),
    ("KEY_KP1 =", "KEY_NUMLOCK =", 'keys.KEY_NUMLOCK: found "KEY_NUMLOCK"', "press this by themselves"),
    ('KEY_KP7 = { act = "type", types = "7" }', "", "keypad: found keys that type, and none for 7", "ten digits"),
    ('types = "A"', 'types = "X"', 'keypad: found a key that types "X"', "a prefix of hall.toml"),
    ('KEY_KPSLASH = { act = "type", types = "A" }', "", "keypad: found keys that type digits", "prefixes of hall.toml"),
    ('act = "guide_came"', 'act = "repeat"', "buttons: found buttons that call the guide", "the call never ends"),
    ("right = 10", "right = 0", "touch.corner: found left 0", "left below right"),
    ("corner = {", "other = { left = 5, top = 5, right = 20, bottom = 20, act = \"repeat\" }\ncorner = {",
     "touch.corner: found a field that lies over other", "a place of its own"),
    ("corner =", "social =", "keypad.keys.social: found a button of the panel too", "a name of its own"),
    ("lamp = 17", "lamp = 26", "buttons.guide_lamp: found", "pins.social.lamp has this one"),
    ("[instance.keypad]\n", '[instance.voice]\ndriver = "speaker"\nengine = false\n[instance.keypad]\n',
     "voice.engine: found false", "no clips of what a kiosk says"),
    ("lamp = 17", "lamp = 5", "found", "a wire of its own"),
    ('1.2:*event-kbd"', '1.3:*event-kbd"', "keypad.path: found", "reader.path has this one"),
    ('driver = "hid"', 'driver = "serial"', "reader.path: found a key nobody knows", '"port"'),
    ('driver = "evdev"\npath = "/dev/input/by-path/*usb-0:1.3:*event-kbd"', 'driver = "evdev"', "keypad.path: found",
     "a device"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "found", "allowed"), WRONG)
def test_a_button_without_a_meaning_or_with_two_is_told_with_its_path(
    tmp_path: Path, old: str, new: str, found: str, allowed: str
) -> None:
    problems = problems_of_device(tmp_path, changed(KIOSK, old, new))
    assert any(found in each and allowed in each for each in problems), problems


def test_a_panel_without_buttons_and_one_with_lamps_beside_the_keypads_keys_are_told(tmp_path: Path) -> None:
    bare = changed(KIOSK, "[instance.keypad.touch]\ncorner", "[instance.unknown]\ncorner")
    assert problems_of_device(tmp_path, bare) != []
    lamps = KIOSK[: KIOSK.index("[instance.keypad]")] + (
        '[instance.keypad]\ndriver = "gpio"\n[instance.keypad.pins]\nroll = { pin = 20, lamp = 21, act = "new_roll" }\n'
        'came = { pin = 22, act = "guide_came" }\n'
    )
    (problem,) = problems_of_device(tmp_path, lamps)
    assert "instance[0].keypad: found lamps" in problem


def test_a_button_of_a_service_the_hall_has_not_is_told_wherever_it_is(tmp_path: Path) -> None:
    strange = changed(KIOSK, 'act = "guide_came"', 'service = "sozial"')
    problems = problems_of_device(tmp_path, strange)
    assert any("keypad.touch.corner.service" in each and 'did you mean "social"' in each for each in problems), problems
