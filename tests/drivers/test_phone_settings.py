"""The line of a desk in device.toml: which driver, which wires, and what a line without a hook detector cannot have."""

from pathlib import Path

import pytest

from firmware_py.runtime.config import load_device
from firmware_py.runtime.device_file import PhoneInstance
from firmware_py.runtime.wire_settings.phone import GpioLine, ModemLine
from tests.runtime.config_files import EXAMPLES, changed, problems_of_device, written

DESK = EXAMPLES["desk"]
GPIO = 'driver = "gpio"\nring = 22\nhook = 23\n'
MODEM = 'driver = "modem"\nport = "/dev/hall/modem2"\n'


def with_line(text: str) -> str:
    return changed(DESK, GPIO, text)


def line_of_desk_2(directory: Path, text: str) -> GpioLine | ModemLine:
    _, path = written(directory, device=with_line(text))
    return load_device(path, None).instance("desk2-phone", PhoneInstance).line


@pytest.mark.req("R-PHONE-01", "R-PHONE-12")
def test_a_line_on_pins_has_a_ring_detector_and_what_else_is_fitted(tmp_path: Path) -> None:
    assert line_of_desk_2(tmp_path, GPIO) == GpioLine(ring=22, hook=23)
    full = GPIO + 'second = 24\nloop = 25\nfactory = "socket:/run/pins"\npull_up = false\n'
    assert line_of_desk_2(tmp_path, full) == GpioLine(22, 23, 24, 25, "socket:/run/pins", False)
    assert problems_of_device(tmp_path, with_line(full)) == []


@pytest.mark.req("R-PHONE-05")
def test_a_ring_detector_alone_and_a_modem_beside_the_telephone_see_no_hook(tmp_path: Path) -> None:
    assert not line_of_desk_2(tmp_path, 'driver = "gpio"\nring = 22\n').hook_seen
    assert not line_of_desk_2(tmp_path, MODEM).hook_seen
    assert line_of_desk_2(tmp_path, GPIO).hook_seen
    assert line_of_desk_2(tmp_path, MODEM + "hook = true\n").hook_seen


def test_a_modem_has_a_port_a_speed_a_country_and_commands_of_its_model(tmp_path: Path) -> None:
    text = MODEM + 'baud = 57600\ninit = ["ATX3", "AT+VDR=1,0"]\ncountry = "26"\n'
    assert line_of_desk_2(tmp_path, text) == ModemLine("/dev/hall/modem2", 57600, ("ATX3", "AT+VDR=1,0"), "26")
    assert problems_of_device(tmp_path, with_line(text)) == []


@pytest.mark.parametrize(
    ("line", "place", "allowed"),
    [
        ('driver = "gpio"\nring = 22\nloop = 23\n', "instance[5].line.loop: found 23", "a hook detector beside it"),
        ('driver = "gpio"\nring = 22\nsecond = 23\n', "instance[5].line.second: found 23", "a hook detector beside it"),
        (
            'driver = "gpio"\nring = 22\nhook = 22\n',
            "instance[5].line.hook: found",
            "instance[5].line.ring has this one",
        ),
        (
            'driver = "gpio"\nring = 22\nhook = 17\n',
            "instance[5].line.hook: found",
            "instance[2].line.ring has this one",
        ),
        ('driver = "gpio"\nhook = 22\n', "instance[5].line.ring: found nothing", "a BCM pin number from 2 to 27"),
        ('driver = "voip"\n', 'instance[5].line.driver: found "voip"', 'one of "gpio", "modem"'),
        ("ring = 22\nhook = 23\n", "instance[5].line.driver: found nothing", 'one of "gpio", "modem"'),
        ('driver = "modem"\n', "instance[5].line.port: found nothing", "a device, best a udev link"),
        ('driver = "modem"\nport = "/dev/hall/sign1"\n', "instance[5].line.port: found", "a wire of its own"),
        (MODEM + 'country = "CN"\n', 'instance[5].line.country: found "CN"', "two hexadecimal digits"),
        (MODEM + 'init = ["+VCID=1"]\n', 'instance[5].line.init[0]: found "+VCID=1"', 'a modem\'s command, "AT…"'),
        (MODEM + 'init = ["ATZ\\rATD110"]\n', "instance[5].line.init[0]: found", 'a modem\'s command, "AT…"'),
        (MODEM + "baud = 1234\n", "instance[5].line.baud: found 1234", "115200"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_with_its_place_and_what_is_allowed(
    tmp_path: Path, line: str, place: str, allowed: str
) -> None:
    problems = problems_of_device(tmp_path, with_line(line))

    assert len(problems) == 1, problems
    assert place in problems[0]
    assert allowed in problems[0]
