"""The printer's end of its cable: a TCP port or a pty, that can be pulled out and put back in the same place."""

import contextlib
import os
import selectors
import shutil
import socket
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path

from drivers.virtual.pty_wire import PtyWire

Received = Callable[[bytes], None]


class Cable(ABC):
    """One end of a cable, served by the printer's thread; every fd it watches stands in the thread's selector."""

    port: str
    """What the host's driver is told to open."""

    @abstractmethod
    def plug_in(self) -> None:
        """The host can open the port and talk."""

    @abstractmethod
    def pull_out(self) -> None:
        """The host finds the wire dead, and nothing to open."""

    def restart(self) -> None:  # noqa: B027 - a wire without a protocol of its own notices nothing
        """The printer's power comes back: a network connection or a USB device begins anew."""

    @abstractmethod
    def answer(self, data: bytes) -> None:
        """Send bytes to the host; a host that does not take them loses them."""

    @abstractmethod
    def close(self) -> None:
        """Give everything back."""


class TcpCable(Cable):
    """A network printer's raw port on 127.0.0.1, for one host at a time as real ones are."""

    def __init__(self, selector: selectors.BaseSelector, received: Received, number: int) -> None:
        self._selector = selector
        self._received = received
        # Bound and never listening: nobody else is given the number while the cable is out.
        self._place = _bound(("127.0.0.1", number))
        self._address: tuple[str, int] = self._place.getsockname()
        self._listener: socket.socket | None = None
        self._host: socket.socket | None = None
        self.port = f"tcp://127.0.0.1:{self._address[1]}"

    def plug_in(self) -> None:
        self._listener = _bound(self._address)
        self._listener.setblocking(False)
        self._listener.listen(1)
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def pull_out(self) -> None:
        self._hang_up()
        self._stop_listening()

    def restart(self) -> None:
        self._hang_up()

    def answer(self, data: bytes) -> None:
        if self._host is not None:
            with contextlib.suppress(OSError):
                self._host.send(data)

    def close(self) -> None:
        self.pull_out()
        self._place.close()

    def _accept(self) -> None:
        if self._listener is None:
            return
        try:
            self._host, _ = self._listener.accept()
        except OSError:
            return  # it gave up before we looked
        self._host.setblocking(False)
        self._host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._selector.unregister(self._listener)  # the next host waits until this one has gone
        self._selector.register(self._host, selectors.EVENT_READ, self._read)

    def _read(self) -> None:
        if self._host is None:
            return
        try:
            data = self._host.recv(65536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self._received(data)
        else:
            self._hang_up()

    def _hang_up(self) -> None:
        if self._host is None:
            return
        self._selector.unregister(self._host)
        self._host.close()
        self._host = None
        if self._listener is not None:
            self._selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def _stop_listening(self) -> None:
        if self._listener is not None:
            self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None


class PtyCable(Cable):
    """A serial line or a USB printer's device file: a pty behind a name that outlives pulling it out."""

    def __init__(self, selector: selectors.BaseSelector, received: Received) -> None:
        self._selector = selector
        self._received = received
        self._folder = Path(tempfile.mkdtemp(prefix="hall-printer-"))
        self._wire = PtyWire(self._folder / "lp0")
        self.port = f"file://{self._wire.path}"

    def plug_in(self) -> None:
        self._wire.plug_in()
        self._selector.register(self._wire.far, selectors.EVENT_READ, self._read)

    def pull_out(self) -> None:
        if self._wire.plugged:
            self._selector.unregister(self._wire.far)
            self._wire.pull_out()

    def answer(self, data: bytes) -> None:
        self._wire.send(data)

    def close(self) -> None:
        self.pull_out()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _read(self) -> None:
        if self._wire.plugged:
            with contextlib.suppress(OSError):
                self._received(os.read(self._wire.far, 65536))


def _bound(address: tuple[str, int]) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError:
        bound.close()
        raise
    return bound
