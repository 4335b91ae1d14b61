"""The wire to a printer: a device file, a serial line or a TCP port, every call on it bounded in time.

All three are a file descriptor, so one class serves them. It counts every byte the kernel took, because what is
known of a slip hangs on whether its first byte left (hardware.md 1.5: the library's connectors cannot tell).
"""

import contextlib
import os
import select
import socket
import stat
import struct
import termios
import time
import tty
from collections.abc import Callable
from typing import Literal
from urllib.parse import parse_qs, urlsplit

import msgspec

from firmware_py.errors import ConfigError, DriverOffline

CONNECT_TIMEOUT_S = 2.0
Flow = Literal["none", "xonxoff", "rtscts"]

_READY_BUT_EMPTY_S = 0.002
_SHAPES = "tcp://HOST:9100, serial:///dev/ttyUSB0?baud=19200 or file:///dev/usb/lp0"


class FilePort(msgspec.Struct, frozen=True):
    """A device file, such as usblp's ``/dev/usb/lp0``."""

    path: str


class SerialPort(msgspec.Struct, frozen=True):
    """A serial line, 8N1."""

    path: str
    baud: int = 19200
    flow: Flow = "none"


class TcpPort(msgspec.Struct, frozen=True):
    """A network printer's raw port."""

    host: str
    number: int = 9100


Port = FilePort | SerialPort | TcpPort


class TransportLost(Exception):
    """The wire broke, or took no more bytes in time; ``sent`` bytes of this call's data had left."""

    def __init__(self, what: str, sent: int = 0) -> None:
        self.sent = sent
        super().__init__(what)


class Transport:
    """One open wire. Deadlines are ``time.monotonic()`` seconds. Not for two threads at once."""

    def __init__(self, descriptor: int, release: Callable[[], None], *, baud: int = 0) -> None:
        self._fd = descriptor
        self._release = release
        self._baud = baud
        self._ends_on_empty = stat.S_ISSOCK(os.fstat(descriptor).st_mode)
        self._open = True

    def seconds_for(self, size: int) -> float:
        """How long this many bytes are under way after the kernel took them; 0 where that is no matter."""
        return size * 10 / self._baud if self._baud else 0.0

    def write(self, data: bytes, deadline: float) -> None:
        """Hand all of it to the kernel.

        Raises:
            TransportLost: the wire broke, or the deadline passed first.
        """
        sent = 0
        while sent < len(data):
            try:
                sent += os.write(self._fd, memoryview(data)[sent:])
            except BlockingIOError:
                if not self._wait(select.POLLOUT, deadline):
                    raise TransportLost(f"it took only {sent} of {len(data)} bytes in time", sent) from None
            except OSError as error:
                raise TransportLost(str(error), sent) from error

    def read(self, deadline: float) -> bytes:
        """What has come, as soon as anything has; ``b""`` when the deadline passed first.

        Raises:
            TransportLost: the wire broke.
        """
        while events := self._wait(select.POLLIN, deadline):
            try:
                data = os.read(self._fd, 4096)
            except BlockingIOError:
                data = b""
            except OSError as error:
                raise TransportLost(str(error)) from error
            if data:
                return data
            if self._ends_on_empty or events & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
                raise TransportLost("the far end hung up")
            if time.monotonic() >= deadline:
                break
            time.sleep(_READY_BUT_EMPTY_S)  # usblp is "readable" for an empty USB packet: no end, but no hot loop
        return b""

    def drain(self) -> bytes:
        """Everything that lies there unread, without waiting.

        Raises:
            TransportLost: the wire broke.
        """
        drained = b""
        while data := self.read(0.0):
            drained += data
            if len(drained) > 65536:
                raise TransportLost("it talks without end; is this a printer?")
        return drained

    def close(self, *, discard: bool = False) -> None:
        """Let go of the wire, at once. Never raises; may be called twice.

        Args:
            discard: throw away what the kernel has not delivered yet, so that half a slip does not follow later.
        """
        if not self._open:
            return
        self._open = False
        with contextlib.suppress(OSError, termios.error):  # a far end that is gone took it along
            if self._ends_on_empty and discard:
                with socket.socket(fileno=os.dup(self._fd)) as twin:
                    twin.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif os.isatty(self._fd):
                termios.tcflush(self._fd, termios.TCOFLUSH)  # else close() may wait 30 s for a stopped printer
        with contextlib.suppress(OSError, termios.error):  # pyserial restores the settings of a line that is gone
            self._release()

    def _wait(self, event: int, deadline: float) -> int:
        poll = select.poll()
        poll.register(self._fd, event)
        ready = poll.poll(max(0.0, deadline - time.monotonic()) * 1000)
        return ready[0][1] if ready else 0


def parse_port(port: str) -> Port:
    """Read ``tcp://HOST[:9100]``, ``serial:///dev/…[?baud=19200&flow=none]`` or ``file:///dev/usb/lp0``.

    Raises:
        ConfigError: it is none of these; the sentence says what was found and what is allowed.
    """
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
        raise ConfigError([f"printer port {port!r}: {error}; write it as {_SHAPES}"]) from error
    raise ConfigError([f"printer port {port!r}: write it as {_SHAPES}"])


def open_transport(port: str) -> Transport:
    """Take hold of the wire.

    Raises:
        ConfigError: the port is not written as one.
        DriverOffline: the device is absent, not ours to open, owned by another process, or nobody listens.
    """
    wire = parse_port(port)
    try:
        match wire:
            case FilePort():
                return _open_file(wire)
            case SerialPort():
                return _open_serial(wire)
            case TcpPort():
                return _open_tcp(wire)
    except (OSError, ValueError, termios.error) as error:
        raise DriverOffline(f"printer at {port}: {error}") from error


def _open_file(port: FilePort) -> Transport:
    descriptor = os.open(port.path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        if os.isatty(descriptor):
            tty.setraw(descriptor)  # a terminal would echo the slip back and change its line ends
        return Transport(descriptor, lambda: os.close(descriptor))
    except BaseException:
        os.close(descriptor)
        raise


def _open_serial(port: SerialPort) -> Transport:
    import serial

    line = serial.Serial(
        port=port.path,
        baudrate=port.baud,
        timeout=0,
        write_timeout=0,
        exclusive=True,
        xonxoff=port.flow == "xonxoff",
        rtscts=port.flow == "rtscts",
    )
    return Transport(line.fileno(), line.close, baud=port.baud)


def _open_tcp(port: TcpPort) -> Transport:
    connection = socket.create_connection((port.host, port.number), timeout=CONNECT_TIMEOUT_S)
    connection.setblocking(False)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Transport(connection.fileno(), connection.close)
