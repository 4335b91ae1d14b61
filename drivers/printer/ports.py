"""Which wire a printer hangs on, as ``port`` in device.toml says it."""

import re
from typing import Final, Literal
from urllib.parse import parse_qs, urlsplit

import msgspec

from firmware_py.errors import ConfigError

Flow = Literal["none", "xonxoff", "rtscts"]

SHAPES: Final = (
    "tcp://HOST:9100",
    "serial:///dev/ttyUSB0?baud=19200",
    "file:///dev/usb/lp0",
    "usb://04b8:0e15",
)
"""One of each, for the sentence that refuses anything else."""

_USB: Final = re.compile(r"usb://([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?:/([!-~]{1,126}))?")


class FilePort(msgspec.Struct, frozen=True):
    """A device file, such as usblp's ``/dev/usb/lp0``; ``/dev/usb/lp*`` is the one printer there, whichever number."""

    path: str

    @property
    def is_pattern(self) -> bool:
        """Whether the path stands for whichever device it matches."""
        return "*" in self.path


class SerialPort(msgspec.Struct, frozen=True):
    """A serial line, 8N1."""

    path: str
    baud: int = 19200
    flow: Flow = "none"


class TcpPort(msgspec.Struct, frozen=True):
    """A network printer's raw port."""

    host: str
    number: int = 9100


class UsbPort(msgspec.Struct, frozen=True):
    """A printer on the USB bus, without the kernel's usblp: by vendor and product; ``serial`` tells twins apart."""

    vendor: int
    product: int
    serial: str = ""


Port = FilePort | SerialPort | TcpPort | UsbPort


def parse_port(port: str) -> Port:
    """Read ``tcp://HOST[:9100]``, ``serial:///dev/…[?baud=19200&flow=none]``, ``file:///dev/usb/lp0`` or
    ``usb://VID:PID[/SERIAL]`` (four hexadecimal digits each, as lsusb shows them).

    Raises:
        ConfigError: it is none of these; the sentence says what was found and what is allowed.
    """
    if usb := _USB.fullmatch(port):
        return UsbPort(int(usb[1], 16), int(usb[2], 16), usb[3] or "")
    shapes = f"write it as {', '.join(SHAPES[:-1])} or {SHAPES[-1]}"
    try:
        parts = urlsplit(port)
        if parts.scheme == "tcp" and parts.hostname and not parts.path.strip("/") and not parts.query:
            return TcpPort(parts.hostname, parts.port or 9100)
        if parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc and not parts.query:
            return FilePort(parts.path)
        if parts.scheme == "serial" and parts.path.startswith("/") and not parts.netloc:
            fields = {
                key: values[-1] for key, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()
            }
            serial = msgspec.convert({**fields, "path": parts.path}, SerialPort, strict=False)
            if serial.baud > 0 and set(fields) <= {"baud", "flow"}:
                return serial
    except ValueError as error:
        raise ConfigError([f"printer port {port!r}: {error}; {shapes}"]) from error
    raise ConfigError([f"printer port {port!r}: {shapes}"])
