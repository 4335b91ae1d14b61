"""``[instance.reader]``: the code reader of a kiosk."""

import msgspec

from firmware_py.runtime.value_kinds import Baud, DevicePath


class SerialReaderConfig(msgspec.Struct, frozen=True, tag_field="driver", tag="serial"):
    """A bar or QR code reader on a serial line: a code a line."""

    port: DevicePath
    baud: Baud = 9600


class HidReaderConfig(msgspec.Struct, frozen=True, tag_field="driver", tag="hid"):
    """A bar or QR code reader that types as a USB keyboard of the US layout; ``path`` may be a pattern. Only this
    device is ever opened, and it is taken away from the console (R-KIOSK-15)."""

    path: DevicePath


ReaderConfig = SerialReaderConfig | HidReaderConfig
"""A code reader."""
