"""A daemon imports what its own device.toml needs and nothing else: 40 MB is what each may take (design 6)."""

import subprocess
import sys

import pytest

HEAVY = ("PIL", "escpos", "gpiozero", "serial", "evdev", "pyttsx3", "usb", "yaml", "starlette", "numpy")
"""Libraries of one kind of device each, and of the demo alone."""
DAEMONS = (
    "firmware_py.controller.__main__",
    "kiosk.__main__",
    "caller.desk_main",
    "caller.hall_main",
    "evaluator.rating_main",
    "evaluator.phone_main",
    "sync.uplink",
)
LINE = (
    "from evaluator.phone_daemon import line_driver\n"
    "from firmware_py.runtime.device_file import PhoneInstance\n"
    "from firmware_py.runtime.wire_settings.phone import GpioLine, ModemLine\n"
    "line_driver(PhoneInstance('desk1-phone', {line}), print)\n"
)


def loaded(code: str, among: tuple[str, ...]) -> set[str]:
    """Which of ``among`` a fresh interpreter has loaded after running ``code``."""
    asked = f"import sys\n{code}\nprint(*(set({among!r}) & sys.modules.keys()))"
    ran = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True, timeout=60)
    return set(ran.stdout.split())


@pytest.mark.parametrize("daemon", DAEMONS)
def test_a_daemon_imports_no_drivers_library_before_its_settings_ask_for_one(daemon: str) -> None:
    assert loaded(f"import {daemon}", HEAVY) == set()


@pytest.mark.req("R-PHONE-01")
def test_a_line_on_pins_needs_no_serial_port_and_a_modem_no_pins() -> None:
    assert loaded(LINE.format(line="GpioLine(5)"), HEAVY) == {"gpiozero"}
    assert loaded(LINE.format(line="ModemLine('/dev/modem')"), HEAVY) == {"serial"}


@pytest.mark.req("R-KIOSK-05")
def test_a_printers_bytes_are_built_without_bar_codes_connectors_a_yaml_reader_or_a_font() -> None:
    code = "from drivers.printer.library import byte_builder\nbuilder = byte_builder(576)\nbuilder.cut(feed=False)\n"
    code += "builder.qr('x', ec=1, size=3, native=True)\nimport drivers.printer.raster"
    unused = ("barcode", "qrcode", "yaml", "usb", "cups", "xml.dom", "PIL.ImageFont", "PIL._imagingft", "PIL.ImageDraw")

    assert loaded(code, unused) == set()


@pytest.mark.req("R-KIOSK-13")
def test_the_library_finds_the_real_modules_again_once_it_is_imported() -> None:
    code = (
        "from drivers.printer.library import byte_builder\nbyte_builder(384)\n"
        "import yaml, qrcode, escpos.capabilities\n"
        "assert yaml.safe_load('a: 1') == {'a': 1}\n"
        "assert qrcode.QRCode\n"
        "assert len(escpos.capabilities.CAPABILITIES['profiles']) > 30\n"
    )
    assert loaded(code, ("yaml",)) == {"yaml"}
