"""A code reader on a serial line (a USB reader as a virtual port, 9600 8N1): one code a line, ended by CR or LF."""

import contextlib
import logging
import termios
import threading
from collections.abc import Callable
from typing import Final

import serial

from drivers import Put, monotonic_ms
from drivers.reader import LONGEST, CodeRead, CodeReader, ReaderLost
from firmware_py.errors import DriverOffline

log = logging.getLogger(__name__)

_WIRE_ERRORS: Final = (serial.SerialException, OSError, termios.error)
_READ_S: Final = 5.0


class LineReader:
    """Bytes in, whole lines out; holds at most one line, and discards what is too long or no text."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._overlong = False

    def feed(self, data: bytes) -> list[str]:
        """Take what the wire brought and return the lines it completed, in order; empty ones are none."""
        lines = []
        for byte in data:
            if byte not in b"\r\n":
                self._overlong = self._overlong or len(self._held) >= LONGEST
                if not self._overlong:
                    self._held.append(byte)
                continue
            text = "" if self._overlong else _text(bytes(self._held))
            self._held.clear()
            self._overlong = False
            if text:
                lines.append(text)
        return lines


def _text(line: bytes) -> str:
    try:
        text = line.decode().strip()
    except UnicodeDecodeError:
        return ""
    return text if text.isprintable() else ""


class SerialReader(CodeReader):
    """The reader on one serial port; no other process may hold the port meanwhile.

    Args:
        port: device node, e.g. ``/dev/hall/reader`` or a pty.
        put: where ``CodeRead`` and ``ReaderLost`` go.
        baud: 9600 as readers come; always 8N1.
        now: monotonic milliseconds.
    """

    def __init__(self, port: str, put: Put, *, baud: int = 9600, now: Callable[[], int] = monotonic_ms) -> None:
        self._port_name = port
        self._put = put
        self._baud = baud
        self._now = now
        self._port: serial.Serial | None = None
        self._thread: threading.Thread | None = None
        self._closing = threading.Event()

    def open(self) -> None:
        """Open the port for this process alone and start reading; whatever waited in its buffer is discarded.

        Raises:
            DriverOffline: no such port, no permission, or another process holds it.
        """
        self.close()
        try:
            port = serial.Serial(self._port_name, self._baud, timeout=_READ_S, exclusive=True)
        except (*_WIRE_ERRORS, ValueError) as error:
            raise DriverOffline(f"code reader {self._port_name}: {error}") from error
        self._port = port
        self._closing = threading.Event()
        self._thread = threading.Thread(
            target=self._read, args=(port, self._closing), name=f"reader {self._port_name}", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stop reading and release the port. No ``ReaderLost`` follows a close."""
        self._closing.set()
        port, thread = self._port, self._thread
        self._port = self._thread = None
        if port is not None:
            with contextlib.suppress(*_WIRE_ERRORS):
                port.cancel_read()
        if thread is not None and thread is not threading.current_thread():
            thread.join(_READ_S)
        if port is not None:
            with contextlib.suppress(*_WIRE_ERRORS):
                port.close()

    def check(self) -> None:
        """Say whether the port is open and its thread alive; a reader itself cannot be asked.

        Raises:
            DriverOffline: closed, or lost since ``open``.
        """
        if self._port is None or self._thread is None or not self._thread.is_alive():
            raise DriverOffline(f"code reader {self._port_name} is not connected")

    def _read(self, port: serial.Serial, closing: threading.Event) -> None:
        lines = LineReader()
        try:
            while not closing.is_set():
                data = port.read(max(1, port.in_waiting))
                for text in lines.feed(data):
                    self._put(CodeRead(text, self._now()))
        except (*_WIRE_ERRORS, TypeError) as error:  # TypeError: pyserial's own, for a port closed under a read
            if not closing.is_set():
                self._put(ReaderLost(f"{self._port_name}: {error}"))
