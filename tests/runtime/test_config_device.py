"""``device.toml``: what it becomes, what is said of a wrong one, and whether it fits its hall."""

from pathlib import Path

import pytest

from drivers.buttons.pins import pin_factory
from drivers.keypad.keycaps import KEYCAPS, keycaps
from drivers.printer import rows
from drivers.printer.library import WIDTHS_DOTS
from firmware_py.errors import ConfigError
from firmware_py.runtime.config import load, load_device
from firmware_py.runtime.describe import describe, describe_device
from firmware_py.runtime.device_file import (
    ControllerInstance,
    DeskInstance,
    DeviceConfig,
    EvaluatorInstance,
    HallInstance,
    KioskInstance,
    PhoneInstance,
)
from firmware_py.runtime.wire_settings.buttons import GpioButtons, PinButton
from firmware_py.runtime.wire_settings.keypad import EvdevKeypad, Ff68Keypad
from firmware_py.runtime.wire_settings.pad import EvdevPad, Ff68Pad
from firmware_py.runtime.wire_settings.phone import GpioLine
from firmware_py.runtime.wire_settings.printer import DOTS, PrinterConfig
from firmware_py.runtime.wire_settings.reader import SerialReaderConfig
from tests.runtime.config_files import (
    EXAMPLES,
    HALL,
    changed,
    problems_of_both,
    problems_of_device,
    written,
)


def device(directory: Path, text: str) -> DeviceConfig:
    return load_device(written(directory, device=text)[1])


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_fits_the_sample_hall(tmp_path: Path, name: str) -> None:
    plan, read = load(*written(tmp_path, HALL, EXAMPLES[name]))
    assert read.instances
    assert plan.id == "demo"


@pytest.mark.parametrize("name", EXAMPLES)
def test_what_is_described_is_the_same_device(tmp_path: Path, name: str) -> None:
    read = device(tmp_path, EXAMPLES[name])
    assert device(tmp_path, describe_device(read)) == read


def test_each_role_has_settings_of_its_own(tmp_path: Path) -> None:
    kiosk = device(tmp_path, EXAMPLES["kiosk"]).instance("kiosk1", KioskInstance)
    assert kiosk.printer == PrinterConfig("file:///dev/usb/lp0")
    assert isinstance(kiosk.buttons, GpioButtons)
    assert kiosk.buttons.pins["green"] == PinButton("general", "G", pin=19)
    assert kiosk.debounce_ms == 1500
    assert kiosk.reader == SerialReaderConfig("/dev/hall/reader", baud=9600)
    desks = device(tmp_path, EXAMPLES["desk"])
    one, two = desks.instance("desk1", DeskInstance), desks.instance("desk2", DeskInstance)
    assert one.pad == Ff68Pad("/dev/hall/pad1", keys={"14": "arrive", "13": ""})
    assert isinstance(two.pad, EvdevPad)
    assert two.pad.keys["KEY_KP1"] == "next"
    assert one.sign is not None
    assert (one.sign.width_px, one.sign.height_px) == (128, 16)
    assert desks.instance("desk1-eval", EvaluatorInstance).keypad == Ff68Keypad("/dev/hall/eval1")
    keypad = desks.instance("desk2-eval", EvaluatorInstance).keypad
    assert isinstance(keypad, EvdevKeypad)
    assert keypad.levels == (5, 4, 3, 2, 1)
    assert desks.instance("desk2-phone", PhoneInstance) == PhoneInstance("desk2-phone", GpioLine(ring=22, hook=23))
    brain = device(tmp_path, EXAMPLES["controller"])
    assert brain.instance("controller", ControllerInstance).secret_file == "/etc/hall/secrets/rating"
    hall = brain.instance("hall", HallInstance)
    assert hall.board is not None
    assert hall.board.height_px == 64
    assert hall.voice is not None
    assert hall.voice.player == ("aplay", "-q")


def test_the_paper_is_as_wide_as_the_driver_thinks(tmp_path: Path) -> None:
    read = device(tmp_path, changed(EXAMPLES["kiosk"], "width_mm = 80", "width_mm = 58"))
    assert read.instance("kiosk1", KioskInstance).printer.width_dots == 384
    assert sorted(DOTS.values()) == sorted(WIDTHS_DOTS)


def test_the_link_of_an_instance_has_its_own_certificate(tmp_path: Path) -> None:
    link = device(tmp_path, EXAMPLES["kiosk"]).link.of("kiosk1")
    assert (link.cert, link.key) == ("/etc/hall/tls/kiosk1.crt", "/etc/hall/tls/kiosk1.key")
    assert link.ca == "/etc/hall/tls/ca.crt"


def test_each_instance_has_a_state_directory_of_its_own(tmp_path: Path) -> None:
    assert device(tmp_path, EXAMPLES["kiosk"]).state_of("kiosk1") == Path("/var/lib/hall/kiosk1")


def test_asking_for_an_instance_that_is_not_here_or_is_something_else_says_so(tmp_path: Path) -> None:
    read = device(tmp_path, EXAMPLES["desk"])
    with pytest.raises(ConfigError, match=r'"desk1-evil" is no instance of device.toml.*did you mean "desk1-eval"'):
        read.instance("desk1-evil", EvaluatorInstance)
    with pytest.raises(ConfigError, match=r'"desk1" is a desk in device.toml; allowed: a kiosk'):
        read.instance("desk1", KioskInstance)


def test_secrets_are_named_and_not_shown(tmp_path: Path) -> None:
    secret = tmp_path / "rating"
    secret.write_text("9f86d081884c7d65")
    plan, read = load(
        *written(tmp_path, HALL, changed(EXAMPLES["controller"], "/etc/hall/secrets/rating", str(secret)))
    )
    described = describe(plan, read)
    assert f'secret_file = "{secret}"  # the secret in it is not shown' in described
    assert "9f86d081884c7d65" not in described


def test_a_password_has_no_place_in_the_file(tmp_path: Path) -> None:
    (problem,) = problems_of_device(tmp_path, changed(EXAMPLES["kiosk"], "[clock]", 'password = "x"\n[clock]'))
    assert "link.password: found a key nobody knows" in problem


KIOSK, DESK, BRAIN = EXAMPLES["kiosk"], EXAMPLES["desk"], EXAMPLES["controller"]
LP0 = '"file:///dev/usb/lp0"'

WRONG = [
    (KIOSK, 'role = "kiosk"', 'role = "kisok"', 'instance[0].role: found "kisok"', 'did you mean "kiosk"?'),
    (KIOSK, 'role = "kiosk"', 'rol = "kiosk"', "instance[0].rol: found a key nobody knows", 'did you mean "role"?'),
    (KIOSK, 'role = "kiosk"', "", "instance[0].role: found nothing", 'one of "controller", "kiosk", "desk"'),
    (KIOSK, 'role = "kiosk"', "role = 7", "instance[0].role: found 7", 'one of "controller"'),
    (KIOSK, 'role = "kiosk"', 'role = "toaster"', 'instance[0].role: found "toaster"', 'one of "controller"'),
    (KIOSK, "[[instance]]", "[instance]", "instance: found a table with", "write [[instance]] with two brackets"),
    (KIOSK, LP0, '"/dev/usb/lp0"', 'instance[0].printer.port: found "/dev/usb/lp0"', '"file:///dev/usb/lp0"'),
    (KIOSK, LP0, '"usb://1"', 'instance[0].printer.port: found "usb://1"', '"tcp://HOST:9100"'),
    (KIOSK, LP0, '"serial:///dev/hall/kiosk-sign?baud=9600"', "instance[0].sign.port: found", "instance[0].printer"),
    (KIOSK, "width_mm = 80", "width_mm = 76", "instance[0].printer.width_mm: found 76", "one of 58, 80"),
    (KIOSK, '"gb18030"  ', '"GB18030"  ', 'instance[0].printer.encoding: found "GB18030"', 'did you mean "gb18030"?'),
    (KIOSK, "1500", "15", "instance[0].debounce_ms: found 15", "a whole number from 100 to 5000"),
    (KIOSK, 'factory = "gpio"', 'factory = "bcm"', 'instance[0].buttons.factory: found "bcm"', '"socket:/path"'),
    (KIOSK, "pin = 6", "pin = 5", "instance[0].buttons.pins.realty.pin: found", "instance[0].buttons.pins.social"),
    (KIOSK, "pin = 6", "pin = 40", "instance[0].buttons.pins.realty.pin: found 40", "a BCM pin number from 2 to 27"),
    (KIOSK, '= "realty"', '= "realtyy"', 'pins.realty.service: found "realtyy"', 'did you mean "realty"?'),
    (KIOSK, 'klass = "G"', 'klass = "A"', 'instance[0].buttons.pins.green.klass: found "A"', 'one of "G", "X"'),
    (KIOSK, 'id = "kiosk1"', 'id = "kiosk2"', 'instance[0].id: found "kiosk2"', 'a kiosk in hall.toml: "kiosk1"'),
    (KIOSK, "pull_up = true", 'pull_up = "yes"', 'instance[0].buttons.pull_up: found "yes"', "true or false"),
    (KIOSK, '"none"  ', '"gps"  ', 'clock.source: found "gps"', 'one of "none", "ntp", "rtc"'),
    (KIOSK, 'ca = "/etc/hall/tls/ca.crt"', "", "link.ca: found nothing", "ca, cert and key belong together"),
    (KIOSK, '"/etc/hall/tls/ca.crt"', '"ca.crt"', 'link.ca: found "ca.crt"', 'a path from the root, "/…", or ""'),
    (KIOSK, 'host = "192.168.10.2"', "", "link.host: found nothing", "a host name or address"),
    (DESK, '"desk2-phone"', '"desk1-phone"', 'instance[5].id: found "desk1-phone"', "a name of its own; instance[2]"),
    (DESK, '"/dev/hall/sign2"', '"/dev/hall/pad1"', "instance[3].sign.port: found", "its own; instance[0].pad.port"),
    (DESK, '"/dev/hall/sign1"', '"/dev//hall/pad1"', "instance[0].sign.port: found", "a wire of its own"),
    (DESK, "ring = 22", "ring = 17", "instance[5].line.ring: found", "a wire of its own; instance[2].line.ring has"),
    (DESK, '"/dev/hall/pad1"', '"pad1"', 'instance[0].pad.port: found "pad1"', "a device, best a udev link"),
    (DESK, 'driver = "ff68"  ', 'driver = "ff86"  ', 'instance[0].pad.driver: found "ff86"', 'did you mean "ff68"?'),
    (DESK, 'driver = "ff68"  ', "", "instance[0].pad.driver: found nothing", 'one of "ff68", "evdev"'),
    (DESK, '"14" = "arrive"', '"14" = "arive"', 'instance[0].pad.keys.14: found "arive"', 'did you mean "arrive"?'),
    (DESK, '"14" = "arrive"', '"1G" = "arrive"', 'instance[0].pad.keys.1G: found "1G"', 'code, such as "0C"'),
    (DESK, 'KEY_KP1 = "next"', 'KEY_KP1 = "nxt"', 'instance[3].pad.keys.KEY_KP1: found "nxt"', 'did you mean "next"?'),
    (DESK, 'KEY_KP1 = "next"', 'KEY_ONE = "next"', "instance[3].pad.keys.KEY_ONE: found", "a key the kernel knows"),
    (DESK, "\ndesk = 2", "\ndesk = 1", "instance[3].desk: found 1", "2, whose it is in hall.toml"),
    (DESK, "\ndesk = 2", "\ndesk = 9", "instance[3].desk: found 9", "2, whose it is in hall.toml"),
    (DESK, '"desk2-eval"', '"desk2-evl"', 'instance[4].id: found "desk2-evl"', 'did you mean "desk2-eval"?'),
    (DESK, '"desk2-phone"', '"phone9"', 'instance[5].id: found "phone9"', "the phone of a desk in hall.toml: one of"),
    (DESK, "[5, 4, 3, 2, 1]", "[5, 4, 3, 2, 2]", "keypad.levels: found [5, 4, 3, 2, 2]", "each of 1, 2, 3, 4, 5 once"),
    (DESK, "[5, 4, 3, 2, 1]", "[5, 4, 3, 2]", "keypad.levels: found [5, 4, 3, 2]", "reduced_scale = true"),
    (DESK, "[5, 4, 3, 2, 1]", "[5, 4, 3, 2, 6]", "instance[1].keypad.levels[4]: found 6", "a whole number from 1 to 5"),
    (DESK, "[5, 4, 3, 2, 1]", "5", "instance[1].keypad.levels: found 5", "the levels of the keys from left to right"),
    (DESK, '"KEY_KP4", "KEY_KP3"', '"KEY_KP4"', "instance[4].keypad.keys: found 4 keys", "as many as levels"),
    (DESK, '"KEY_KP4", "KEY_KP3"', '"KEY_KP4", "KEY_KP4"', "instance[4].keypad.keys[2]: found", "a key once"),
    (DESK, "width_px = 128", "width_px = 0", "instance[0].sign.width_px: found 0", "a whole number from 16 to 4096"),
    (KIOSK, '"/dev/hall/reader"', '"/dev/hall/kiosk-sign"', "instance[0].reader.port: found", "a wire of its own"),
    (KIOSK, '"/dev/hall/reader"', '"reader"', 'instance[0].reader.port: found "reader"', "a device, best a udev link"),
    (BRAIN, "57600", "57601", "instance[1].board.baud: found 57601", "one of 1200, 2400, 4800"),
    (BRAIN, 'id = "hall"', 'id = "desk1-eval"', 'instance[1].id: found "desk1-eval"', "a name that hall.toml gives"),
    (BRAIN, '"/var/lib/hall"', '"state"', 'state: found "state"', 'a path from the root, "/…"'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "old", "new", "found", "allowed"), WRONG)
def test_a_wrong_value_is_told_with_path_value_and_what_is_allowed(
    tmp_path: Path, text: str, old: str, new: str, found: str, allowed: str
) -> None:
    problems = problems_of_device(tmp_path, changed(text, old, new))
    assert any(found in each and allowed in each for each in problems), problems


def test_an_open_link_is_for_the_loopback_only(tmp_path: Path) -> None:
    tls = 'ca = "/etc/hall/tls/ca.crt"\ncert = "/etc/hall/tls/{instance}.crt"\nkey = "/etc/hall/tls/{instance}.key"\n'
    assert problems_of_device(tmp_path, changed(BRAIN, tls, "")) == []
    (problem,) = problems_of_device(tmp_path, changed(KIOSK, tls, ""))
    assert 'link.host: found "192.168.10.2" without ca, cert and key' in problem


def test_an_open_link_to_the_centre_is_refused_too(tmp_path: Path) -> None:
    uplink = '\n[[instance]]\nid = "uplink"\nrole = "uplink"\ncentre = { host = "centre.example" }\n'
    (problem,) = problems_of_device(tmp_path, BRAIN + uplink)
    assert 'instance[2].centre.host: found "centre.example" without ca, cert and key' in problem


def test_a_missing_link_is_one_problem(tmp_path: Path) -> None:
    (problem,) = problems_of_device(tmp_path, KIOSK[: KIOSK.index("[link]")] + KIOSK[KIOSK.index("[clock]") :])
    assert "link: found nothing; allowed: a table with host" in problem


def test_a_device_has_one_controller(tmp_path: Path) -> None:
    two = BRAIN + '\n[[instance]]\nid = "controller2"\nrole = "controller"\n'
    (problem,) = problems_of_device(tmp_path, two)
    assert 'instance[2].role: found "controller"; allowed: one controller; instance[0] is one' in problem


def test_a_hall_instance_shows_or_speaks(tmp_path: Path) -> None:
    (problem,) = problems_of_device(tmp_path, BRAIN[: BRAIN.index("[instance.board]")])
    assert "instance[1]: found neither board nor voice" in problem


def test_pins_of_two_boards_do_not_meet(tmp_path: Path) -> None:
    text = changed(DESK, "ring = 22", 'factory = "socket:/run/hall/pins"\nring = 17')
    assert problems_of_device(tmp_path, text) == []


@pytest.mark.req("R-EVAL-11")
@pytest.mark.parametrize(
    ("levels", "fits"), [("[5, 4, 3, 2]", True), ("[4, 3, 1]", True), ("[4, 4, 1]", False), ("[5, 1]", False)]
)
def test_an_old_keypad_with_fewer_levels_says_that_it_is_one(tmp_path: Path, levels: str, fits: bool) -> None:
    text = changed(DESK, 'id = "desk1-eval"', 'id = "desk1-eval"\nreduced_scale = true')
    problems = problems_of_device(tmp_path, changed(text, "[5, 4, 3, 2, 1]", levels))
    assert (problems == []) is fits


def test_an_instance_whose_role_is_not_known_has_no_other_problem(tmp_path: Path) -> None:
    assert len(problems_of_device(tmp_path, changed(KIOSK, 'role = "kiosk"', ""))) == 1


@pytest.mark.req("R-TECH-01")
def test_the_errors_of_both_files_are_told_at_once(tmp_path: Path) -> None:
    hall = changed(changed(HALL, "max_calls = 3", "max_calls = 0"), 'prefix = "B"', 'prefix = "O"')
    wrong = changed(changed(DESK, "\ndesk = 2", "\ndesk = 7"), '"desk2-phone"', '"phone9"')
    problems = problems_of_both(tmp_path, hall, wrong)
    files = [problem.partition(":")[0].rpartition("/")[2] for problem in problems]
    assert files == ["hall.toml", "hall.toml", "device.toml", "device.toml"]


def test_a_device_is_read_even_when_the_hall_is_no_toml(tmp_path: Path) -> None:
    problems = problems_of_both(tmp_path, "[hall", changed(KIOSK, "width_mm = 80", "width_mm = 1"))
    assert len(problems) == 2
    assert "instance[0].printer.width_mm" in problems[1]


def test_a_device_without_a_hall_is_checked_by_itself(tmp_path: Path) -> None:
    assert problems_of_device(tmp_path, changed(KIOSK, 'id = "kiosk1"', 'id = "anything"'), hall=None) == []


# --- the drivers agree with what is allowed here ----------------------------------------------------------------------


def test_every_encoding_allowed_here_is_the_drivers() -> None:
    assert set(PrinterConfig.__annotations__["encoding"].__args__) == set(rows.ENCODINGS)


def test_every_key_of_an_example_pad_is_one_the_driver_takes(tmp_path: Path) -> None:
    pad = device(tmp_path, DESK).instance("desk1", DeskInstance).pad
    assert keycaps(pad.keys)["14"] == "arrive"
    assert "13" not in keycaps(pad.keys)
    assert "13" in KEYCAPS


def test_a_factory_refused_here_is_refused_by_the_driver(tmp_path: Path) -> None:
    assert problems_of_device(tmp_path, changed(KIOSK, 'factory = "gpio"', 'factory = "bcm"')) != []
    with pytest.raises(ConfigError):
        pin_factory("bcm")
