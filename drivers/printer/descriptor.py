"""Wires that are a file descriptor: a device file, a serial line, a TCP port."""

import contextlib
import errno
import fcntl
import os
import select
import socket
import stat
import struct
import termios
import time
import tty
from collections.abc import Callable
from pathlib import Path
from typing import Final

from drivers.printer.ports import FilePort, SerialPort, TcpPort
from drivers.printer.transport import Transport, TransportLost, in_words

CONNECT_TIMEOUT_S: Final = 2.0
LPGETSTATUS: Final = 0x060B

_READY_BUT_EMPTY_S: Final = 0.002
_NO_SUCH_QUESTION: Final = frozenset((errno.ENOTTY, errno.EINVAL, errno.ENOSYS))


def ask_usblp(descriptor: int) -> int | None:
    """The port status of a usblp device; None for a descriptor that is none.

    Raises:
        OSError: the printer is gone.
    """
    answer = bytearray(4)
    try:
        fcntl.ioctl(descriptor, LPGETSTATUS, answer)
    except OSError as error:
        if error.errno in _NO_SUCH_QUESTION:
            return None
        raise
    return int.from_bytes(answer, "little") & 0xFF


class DescriptorTransport(Transport):
    """One open descriptor, non-blocking.

    Args:
        descriptor: what is read and written.
        release: gives it back.
        baud: of a serial line; 0 = the wire is faster than the printer.
        ask_port: asks the descriptor for its port status.
    """

    def __init__(
        self,
        descriptor: int,
        release: Callable[[], None],
        *,
        baud: int = 0,
        ask_port: Callable[[int], int | None] | None = None,
    ) -> None:
        self._fd = descriptor
        self._release = release
        self._baud = baud
        self._ask_port = ask_port
        self._ends_on_empty = stat.S_ISSOCK(os.fstat(descriptor).st_mode)
        self._open = True

    def seconds_for(self, size: int) -> float:
        return size * 10 / self._baud if self._baud else 0.0

    def write(self, data: bytes, deadline: float) -> None:
        sent = 0
        while sent < len(data):
            try:
                sent += os.write(self._fd, memoryview(data)[sent:])
            except BlockingIOError:
                if not self._wait(select.POLLOUT, deadline):
                    raise TransportLost(f"it took only {sent} of {len(data)} bytes in time", sent) from None
            except OSError as error:
                raise TransportLost(in_words(error), sent) from error

    def read(self, deadline: float) -> bytes:
        while events := self._wait(select.POLLIN, deadline):
            try:
                data = os.read(self._fd, 4096)
            except BlockingIOError:
                data = b""
            except OSError as error:
                raise TransportLost(in_words(error)) from error
            if data:
                return data
            if self._ends_on_empty or events & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
                raise TransportLost("the far end hung up")
            if time.monotonic() >= deadline:
                break
            time.sleep(_READY_BUT_EMPTY_S)  # usblp is "readable" for an empty USB packet: no end, but no hot loop
        return b""

    def port_status(self) -> int | None:
        if self._ask_port is None:
            return None
        try:
            return self._ask_port(self._fd)
        except OSError as error:
            raise TransportLost(in_words(error)) from error

    def close(self, *, discard: bool = False) -> None:
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


def open_file(port: FilePort, ask_port: Callable[[int], int | None] = ask_usblp) -> Transport:
    """Open a device file for this process alone.

    Raises:
        OSError: absent, not ours to open, held by another process, or the pattern fits several.
    """
    descriptor = os.open(_the_one(port), os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # usblp refuses a second opener by itself, others do not
        if os.isatty(descriptor):
            tty.setraw(descriptor)  # a terminal would echo the slip back and change its line ends
        return DescriptorTransport(descriptor, lambda: os.close(descriptor), ask_port=ask_port)
    except BaseException:
        os.close(descriptor)
        raise


def open_serial(port: SerialPort) -> Transport:
    """Open a serial line for this process alone.

    Raises:
        OSError, termios.error: absent, no serial line, not ours to open, or held by another process.
    """
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
    try:
        _mark_damage(line.fileno())
        return DescriptorTransport(line.fileno(), line.close, baud=port.baud)
    except BaseException:
        line.close()
        raise


def open_tcp(port: TcpPort) -> Transport:
    """Connect to a network printer.

    Raises:
        OSError: nobody listens, or the network does not reach it.
    """
    connection = socket.create_connection((port.host, port.number), timeout=CONNECT_TIMEOUT_S)
    connection.setblocking(False)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return DescriptorTransport(connection.fileno(), connection.close)


def _the_one(port: FilePort) -> str:
    if not port.is_pattern:
        return port.path
    found = sorted(str(path) for path in Path("/").glob(port.path[1:]))
    if not found:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), port.path)
    if len(found) > 1:
        raise OSError(f"it stands for {len(found)} devices ({', '.join(found)}); name one of them in `port`")
    return found[0]


def _mark_damage(descriptor: int) -> None:
    """Have a break or a damaged character come as ``FF 00 x``: FF is no printer's word, while the lone 00 that a line
    reads when its printer loses power would pass for the answer to a barrier. An honest FF comes twice."""
    settings = termios.tcgetattr(descriptor)
    settings[0] = (settings[0] | termios.PARMRK | termios.INPCK) & ~(termios.IGNBRK | termios.BRKINT | termios.IGNPAR)
    termios.tcsetattr(descriptor, termios.TCSANOW, settings)
