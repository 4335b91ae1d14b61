"""The port of a bus of signs: a serial line or a TCP connection, held by this process alone, every call bounded."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import serial

from drivers.serial_port import WIRE_ERRORS
from firmware_py.errors import DriverOffline

POLL_S = 0.01
"""Longest single wait for a byte; whoever waits for an answer counts its own deadline above it."""
WRITE_TIMEOUT_S = 1.0
"""A port that takes no bytes for this long (flow control, a hung adapter) counts as gone."""
CONNECT_TIMEOUT_S = 2.0
MOST_UNREAD = 64
"""Pieces of 4 KB that may lie there unread; a card answers with some 30 bytes."""


class Line:
    """Opens itself when it is needed, and is closed by whatever goes wrong on it.

    Args:
        port: a device path, best a udev link that survives replugging, or ``tcp://HOST:5005``.
        baud: speed of a serial line, 8N1.
        gap_s: silence kept between two frames, so that an RS-485 line can turn round and slow cards keep up.
        pause: waits for so many seconds.
    """

    def __init__(self, port: str, baud: int, gap_s: float, pause: Callable[[float], None] = time.sleep) -> None:
        self._name = port
        self._baud = baud
        self._gap_s = gap_s
        self._pause = pause
        self._wire: serial.Serial | socket.socket | None = None
        self._quiet_since = 0.0

    def open(self) -> None:
        """Take the port, if it is not held already.

        Raises:
            DriverOffline: absent, owned by another process, or nobody listens.
        """
        if self._wire is not None:
            return
        try:
            self._wire = _connected(self._name) if self._name.startswith("tcp://") else self._opened()
        except (*WIRE_ERRORS, ValueError) as error:
            raise DriverOffline(f"LED port {self._name} cannot be opened: {error}") from error

    def close(self) -> None:
        """Let go of it. Never raises."""
        wire, self._wire = self._wire, None
        if wire is not None:
            with contextlib.suppress(*WIRE_ERRORS):
                wire.close()

    def probe(self) -> None:
        """Throw away what lies there unread, and learn whether the port still is.

        Raises:
            DriverOffline: it is gone.
        """
        self.open()
        with self._translated():
            match self._wire:
                case serial.Serial() as port:
                    if port.in_waiting:
                        port.reset_input_buffer()
                case socket.socket() as connection:
                    connection.settimeout(0.0)
                    with contextlib.suppress(BlockingIOError):
                        for _ in range(MOST_UNREAD):
                            _received(connection)
                        raise OSError("it talks without end; is this a card?")
                case None:
                    pass

    def send(self, frame: bytes) -> float:
        """Put a frame on the wire, after its gap, and forget what came before it: a late answer to an earlier frame is
        not this one's. Returns the ``time.monotonic()`` at which its last byte leaves.

        Raises:
            DriverOffline: the port is gone, or took no bytes in time.
        """
        # The gap counts from the last byte heard or sent: after a pause, the frame leaves at once.
        owed_s = self._quiet_since + self._gap_s - time.monotonic()
        if owed_s > 0:
            self._pause(owed_s)
        try:
            self.probe()
        except DriverOffline:
            if not self._name.startswith("tcp://"):
                raise
            self.open()  # a card may hang up on a connection that was idle: no loss while it takes the next one
        on_wire_s = 0.0
        with self._translated():
            match self._wire:
                case serial.Serial() as port:
                    port.write(frame)
                    on_wire_s = len(frame) * 10 / self._baud
                case socket.socket() as connection:
                    connection.settimeout(WRITE_TIMEOUT_S)
                    connection.sendall(frame)
                case None:
                    pass
        self._quiet_since = time.monotonic() + on_wire_s
        return self._quiet_since

    def read(self) -> bytes:
        """What has come, after ``POLL_S`` at most; ``b""`` when nothing has.

        Raises:
            DriverOffline: the port is gone.
        """
        data = b""
        with self._translated():
            match self._wire:
                case serial.Serial() as port:
                    data = port.read(port.in_waiting or 1)
                case socket.socket() as connection:
                    connection.settimeout(POLL_S)
                    with contextlib.suppress(TimeoutError):
                        data = _received(connection)
                case None:
                    pass
        if data:
            self._quiet_since = time.monotonic()
        return data

    def _opened(self) -> serial.Serial:
        return serial.Serial(self._name, self._baud, timeout=POLL_S, write_timeout=WRITE_TIMEOUT_S, exclusive=True)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except WIRE_ERRORS as error:
            self.close()
            raise DriverOffline(f"LED port {self._name} is gone: {error}") from error


def _connected(name: str) -> socket.socket:
    parts = urlsplit(name)
    if not parts.hostname or not parts.port:
        raise ValueError("write it as tcp://HOST:5005")
    connection = socket.create_connection((parts.hostname, parts.port), timeout=CONNECT_TIMEOUT_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _received(connection: socket.socket) -> bytes:
    data = connection.recv(4096)
    if not data:
        raise OSError("the card hung up")
    return data
