"""The signs' end of their wire: a pty or a TCP port with a thread that listens, and what is wrong with the cable."""

import contextlib
import os
import queue
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from drivers.virtual.printer_cable import Cable, Received, TcpCable
from drivers.virtual.pty_wire import PtyWire

LOSES_EVERY = 7
"""With lost bytes, each of this many does not arrive: no frame is short enough to slip through."""
NOISE = b"\x00\xff\xa5\xaa\xf0\x5a\xa6\x01\xd0\xbb" * 3
"""What a bad line may well bring: pieces of every protocol's frames, and no whole one."""

Hear = Callable[[bytes, int], None]
"""Takes what arrived, and when its first byte did (``time.monotonic_ns``); called in the line's thread."""


class LedLine:
    """One wire; every method may be called from any thread, and holds when it returns.

    Args:
        hear: the signs.
        link: where a symlink to the pty is kept, so that the driver's path outlives ``pull_out`` and ``plug_in``.
        tcp: a TCP port of 127.0.0.1 instead of a pty.
        late_s: how late everything arrives while it is slow.
    """

    def __init__(self, hear: Hear, *, link: Path | None, tcp: bool, late_s: float) -> None:
        self._hear = hear
        self._late_ns = round(late_s * 1e9)
        self._slow = False
        self.loses = False
        self.doubles = False
        """Everything the signs say comes twice."""
        self.noise = b""
        """Bytes before and after everything the signs say."""
        self._counted = 0
        self._coming: deque[tuple[int, bytes]] = deque()
        self._selector = selectors.DefaultSelector()
        self._bell, self._ear = socket.socketpair()
        self._selector.register(self._ear, selectors.EVENT_READ, self._wake)
        self._cable: Cable = (
            TcpCable(self._selector, self._received, 0) if tcp else _LinkedPty(self._selector, self._received, link)
        )
        self._cable.plug_in()
        self._plugged = True
        self._errands: queue.SimpleQueue[tuple[Callable[[], None], Future[None]]] = queue.SimpleQueue()
        self._closing = False
        self._gate = threading.Lock()
        """Guards the end against an errand that comes too late."""
        self._thread = threading.Thread(target=self._serve, name="virtual-led", daemon=True)
        self._thread.start()

    @property
    def port(self) -> str:
        """What the driver opens."""
        return self._cable.port

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return self._plugged

    def plug_in(self) -> None:
        """Put the cable in; nothing when it is."""
        self._do(self._plug_in)

    def pull_out(self) -> None:
        """Pull it; nothing when it is out."""
        self._do(self._pull_out)

    def set_slow(self, on: bool) -> None:
        """Let everything arrive late, or no longer: what was under way then arrives at once."""

        def turn() -> None:
            self._slow = on
            self._hear_due()

        self._do(turn)

    def send(self, data: bytes) -> None:
        """Say something, in the line's thread; what a driver does not read in time is lost, as on a wire."""
        data = self.noise + data * (2 if self.doubles else 1) + self.noise
        self._cable.answer(self._without_lost(data))

    def close(self) -> None:
        """End the thread and give back the port; may be called twice."""
        with self._gate:
            self._closing = True
            with contextlib.suppress(OSError):  # the thread may have ended by itself
                self._bell.send(b"!")
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _plug_in(self) -> None:
        if not self._plugged:
            self._cable.plug_in()
            self._plugged = True

    def _pull_out(self) -> None:
        if self._plugged:
            self._cable.pull_out()
            self._coming.clear()
            self._plugged = False

    def _do(self, errand: Callable[[], None]) -> None:
        if threading.current_thread() is self._thread:
            errand()
            return
        done: Future[None] = Future()
        with self._gate:
            if self._closing:
                return
            self._errands.put((errand, done))
            self._bell.send(b"!")
        done.result()

    # --- everything below runs in the line's thread -------------------------------------------------------------------

    def _serve(self) -> None:
        try:
            while not self._closing:
                until = self._coming[0][0] + self._late_ns if self._coming else None
                wait_s = None if until is None else max(0.0, (until - time.monotonic_ns()) / 1e9)
                for key, _ in self._selector.select(wait_s):
                    serve: Callable[[], None] = key.data
                    serve()
                self._hear_due()
        finally:
            with self._gate:
                self._closing = True
                self._cable.close()
                self._run_errands()
                self._selector.close()
                self._bell.close()
                self._ear.close()

    def _wake(self) -> None:
        self._ear.recv(64)
        self._run_errands()

    def _run_errands(self) -> None:
        while not self._errands.empty():
            errand, done = self._errands.get()
            try:
                if not self._closing:
                    errand()
            except OSError as error:
                done.set_exception(error)
            else:
                done.set_result(None)

    def _received(self, data: bytes) -> None:
        self._coming.append((time.monotonic_ns(), self._without_lost(data)))

    def _hear_due(self) -> None:
        while self._coming:
            arrived, data = self._coming[0]
            if self._slow and time.monotonic_ns() < arrived + self._late_ns:
                return
            self._coming.popleft()
            self._hear(data, arrived)

    def _without_lost(self, data: bytes) -> bytes:
        if not self.loses:
            return data
        first, self._counted = self._counted, self._counted + len(data)
        return bytes(byte for place, byte in enumerate(data, start=first) if place % LOSES_EVERY)


class _LinkedPty(Cable):
    """A serial line: a pty, behind a name of its own if it has one."""

    def __init__(self, selector: selectors.BaseSelector, received: Received, link: Path | None) -> None:
        self._selector = selector
        self._received = received
        self._wire = PtyWire(link)

    def plug_in(self) -> None:
        self._wire.plug_in()
        self.port = self._wire.path
        self._selector.register(self._wire.far, selectors.EVENT_READ, self._read)

    def pull_out(self) -> None:
        if self._wire.plugged:
            self._selector.unregister(self._wire.far)
            self._wire.pull_out()

    def answer(self, data: bytes) -> None:
        self._wire.send(data)

    def close(self) -> None:
        self.pull_out()

    def _read(self) -> None:
        if self._wire.plugged:
            with contextlib.suppress(BlockingIOError):  # another pty by now
                self._received(os.read(self._wire.far, 65536))
