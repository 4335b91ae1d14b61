"""A serial port that this process alone holds, with a thread that reads it and a lock that writes."""

import contextlib
import termios
import threading
from collections.abc import Callable
from typing import Final

import serial

from firmware_py.errors import DriverOffline

Write = Callable[[bytes], None]
"""Sends bytes through the very port that was being read. Raises OSError once that one is closed."""
Hear = Callable[[bytes], None]
"""Takes what the wire brought, in the reading thread."""

WIRE_ERRORS: Final = (serial.SerialException, OSError, termios.error)
"""What a vanished port raises: termios.error is no OSError (hardware.md 2.7)."""
_WRITE_S: Final = 1.0
_READ_S: Final = 5.0


class SerialPort:
    """One port, always 8N1.

    Args:
        name: device node, e.g. ``/dev/hall/pads`` or a pty.
        baud: its speed.
        what: what hangs on it, for the errors.
        listen: asked at each ``open`` for what hears the wire from then on; it may answer with the ``Write`` it gets.
        lost: told once, in the reading thread, that the wire went away; never after a ``close``.
    """

    def __init__(
        self, name: str, baud: int, *, what: str, listen: Callable[[Write], Hear], lost: Callable[[str], None]
    ) -> None:
        self._name = name
        self._baud = baud
        self._what = what
        self._listen = listen
        self._lost = lost
        self._port: serial.Serial | None = None
        self._reader: threading.Thread | None = None
        self._writing = threading.Lock()
        self._closing = threading.Event()

    def open(self) -> None:
        """Open the port for this process alone and start reading; whatever waited in its buffer is discarded.

        Raises:
            DriverOffline: no such port, no permission, or another process holds it.
        """
        self.close()
        try:
            port = serial.Serial(self._name, self._baud, timeout=_READ_S, write_timeout=_WRITE_S, exclusive=True)
        except (*WIRE_ERRORS, ValueError) as error:
            raise DriverOffline(f"{self._what} {self._name}: {error}") from error
        self._port = port
        self._closing = threading.Event()
        self._reader = threading.Thread(
            target=self._read, args=(port, self._closing), name=f"{self._what} {self._name}", daemon=True
        )
        self._reader.start()

    def close(self) -> None:
        """Stop reading and release the port; may be called twice, and before ``open``."""
        self._closing.set()
        port, reader = self._port, self._reader
        self._port = self._reader = None
        if port is not None:
            with contextlib.suppress(*WIRE_ERRORS):
                port.cancel_read()
        if reader is not None and reader is not threading.current_thread():
            reader.join(_READ_S)
        if port is not None:
            with self._writing, contextlib.suppress(*WIRE_ERRORS):
                port.close()

    def check(self) -> None:
        """Say whether the port is open and its reader alive; what hangs on it cannot be asked.

        Raises:
            DriverOffline: closed, or lost since ``open``.
        """
        if self._port is None or self._reader is None or not self._reader.is_alive():
            raise DriverOffline(f"{self._what} {self._name} is not connected")

    def send(self, data: bytes) -> None:
        """Write to the wire.

        Raises:
            DriverOffline: closed, lost, or not taken within a second.
        """
        self.check()
        try:
            self._write(self._port, data)
        except WIRE_ERRORS as error:
            raise DriverOffline(f"{self._what} {self._name}: {error}") from error

    def _write(self, port: serial.Serial | None, data: bytes) -> None:
        with self._writing:
            if port is None or not port.is_open:
                raise OSError("the port was closed meanwhile")
            port.write(data)

    def _read(self, port: serial.Serial, closing: threading.Event) -> None:
        hear = self._listen(lambda data: self._write(port, data))
        try:
            while not closing.is_set():
                hear(port.read(max(1, port.in_waiting)))
        except (*WIRE_ERRORS, TypeError) as error:  # TypeError: pyserial's own, for a port closed under a read
            if not closing.is_set():
                self._lost(f"{self._name}: {error}")
