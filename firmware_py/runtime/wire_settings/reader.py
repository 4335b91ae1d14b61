"""``[instance.reader]``: the code reader of a kiosk."""

from typing import Literal

import msgspec

from firmware_py.runtime.value_kinds import Baud, DevicePath


class ReaderConfig(msgspec.Struct, frozen=True):
    """A bar or QR code reader on a serial line: a code a line."""

    port: DevicePath
    driver: Literal["serial"] = "serial"
    baud: Baud = 9600
