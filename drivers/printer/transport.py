"""The wire to a printer, whichever it is: every call on it bounded in time, every byte that may have left counted.

What is known of a slip hangs on whether its first byte left, and the library's connectors cannot tell (hardware.md
1.5); so the wires are our own.
"""

import errno
import termios
import time
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Final

from drivers.printer.ports import FilePort, SerialPort, TcpPort, UsbPort, parse_port
from firmware_py.errors import DriverOffline

if TYPE_CHECKING:
    from usb.backend import IBackend

NOT_ERROR, SELECTED, PAPER_END = 0x08, 0x10, 0x20
"""Bits of a port status (IEEE 1284, as usblp's LPGETSTATUS and the USB printer class give it; hardware.md 1.3)."""

_WORDS: Final = {
    errno.ENOENT: "there is no such device; check its power and its cable",
    errno.ENODEV: "it is gone; check its power and its cable",
    errno.ENXIO: "it is gone; check its power and its cable",
    errno.EACCES: "this user may not open it; printers belong to the group lp",
    errno.EPERM: "this user may not open it; printers belong to the group lp",
    errno.EBUSY: "another process holds it; stop that first",
    errno.EAGAIN: "another process holds it; stop that first",
    errno.ECONNREFUSED: "nobody listens there; check the address and its network cable",
    errno.EHOSTUNREACH: "the network does not reach it; check the address and its network cable",
    errno.ENETUNREACH: "the network does not reach it; check this Pi's network",
}


class TransportLost(Exception):
    """The wire broke, or took no more bytes in time; at most ``sent`` bytes of this call's data had left."""

    def __init__(self, what: str, sent: int = 0) -> None:
        self.sent = sent
        super().__init__(what)


class Transport(ABC):
    """One open wire. Deadlines are ``time.monotonic()`` seconds. Not for two threads at once."""

    talks_back: bool = True
    """False where the wire cannot carry an answer."""

    def seconds_for(self, size: int) -> float:  # noqa: ARG002 - most wires are faster than their printer
        """How long this many bytes are under way after the wire took them; 0 where that is no matter."""
        return 0.0

    @abstractmethod
    def write(self, data: bytes, deadline: float) -> None:
        """Hand all of it over.

        Raises:
            TransportLost: the wire broke, or the deadline passed first.
        """

    @abstractmethod
    def read(self, deadline: float) -> bytes:
        """What has come, as soon as anything has; ``b""`` when the deadline passed first.

        Raises:
            TransportLost: the wire broke.
        """

    def port_status(self) -> int | None:
        """What the port itself knows of the printer (``NOT_ERROR``, ``SELECTED``, ``PAPER_END``); None = nothing.

        Raises:
            TransportLost: the wire broke.
        """
        return None

    @abstractmethod
    def close(self, *, discard: bool = False) -> None:
        """Let go of the wire, at once. Never raises; may be called twice.

        Args:
            discard: throw away what has not been delivered yet, so that half a slip does not follow later.
        """

    def drain(self) -> bytes:
        """Everything that lies there unread, without waiting.

        Raises:
            TransportLost: the wire broke.
        """
        drained = b""
        until = time.monotonic() + 1.0
        while data := self.read(0.0):
            drained += data
            if len(drained) > 65536 or time.monotonic() > until:
                raise TransportLost("it talks without end; is this a printer?")
        return drained


def open_transport(port: str, *, usb_backend: "IBackend | None" = None) -> Transport:
    """Take hold of the wire.

    Args:
        port: as ``parse_port`` reads it.
        usb_backend: the USB bus to look on; None = this machine's, through libusb.

    Raises:
        ConfigError: the port is not written as one.
        DriverOffline: the device is absent, not ours to open, owned by another process, or nobody listens.
    """
    wire = parse_port(port)
    from drivers.printer.descriptor import open_file, open_serial, open_tcp

    try:
        match wire:
            case FilePort():
                return open_file(wire)
            case SerialPort():
                return open_serial(wire)
            case TcpPort():
                return open_tcp(wire)
            case UsbPort():
                from drivers.printer.usb_class import open_usb

                return open_usb(wire, usb_backend)
    except (OSError, ValueError, NotImplementedError, termios.error) as error:
        raise DriverOffline(f"printer at {port}: {in_words(error)}") from error


def in_words(error: Exception) -> str:
    """What happened, and for the usual ones what to do about it."""
    number = error.errno if isinstance(error, OSError) else None
    words = _WORDS.get(number) if number is not None else None
    return f"{words} ({error})" if words else str(error)
