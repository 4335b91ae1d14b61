"""A board of pins behind a Unix socket: the world's side of a Pi's header, where contacts close and lamps light.

The process that plays the world owns the ``PinBoard``; daemons reach it with ``factory = "socket:/path"``
(``drivers.virtual.socket_pins``), from threads of the same process or from other ones. Lines of text:

    board → Pi   level <pin> <0|1>              the level is this; no edge was seen
                 edge <pin> <0|1> <at_ns>       the level became this, at this monotonic nanosecond
                 ready                          every level known so far has been told
                 yours <pin> | held <pin>       a claim is granted, or another process has the line
    Pi → board   set <pin> <0|1>                an output pin's level
                 claim <pin>, free <pin>        a process takes a line, as the kernel gives it to one alone, or lets go

A pin the board never drove is left to the Pi's own pull resistor, which also decides whether its first level is an
edge.
"""

import contextlib
import os
import selectors
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

CLEAN: Final[Sequence[int]] = (0,)
BOUNCING: Final[Sequence[int]] = (0, 700, 1_100, 2_600, 2_900)
"""Microseconds at which a contact closes, opens, closes … before it rests closed; used mirrored when it opens."""

_MS: Final = 1_000_000
_SEND_S: Final = 1.0


class PinBoard:
    """The far end of every pin.

    Args:
        path: where the socket is made; a stale one is replaced.
        on_change: told ``(pin, high)`` when the Pi sets an output, in the board's thread.
    """

    def __init__(self, path: Path | str, *, on_change: Callable[[int, bool], None] | None = None) -> None:
        self._path = Path(path)
        self._on_change = on_change
        self._lock = threading.Lock()
        self._levels: dict[int, bool] = {}
        self._outputs: dict[int, bool] = {}
        self._pis: dict[socket.socket, bytearray] = {}
        self._claims: dict[int, socket.socket | None] = {}
        """Pin → who has it; None = somebody who is no Pi of ours."""
        self._wake = -1
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        """Start to listen. Levels driven before a ``close`` are kept: the world does not move when a board restarts.

        Raises:
            OSError: the socket cannot be made there.
        """
        self.close()
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(str(self._path))
            listener.listen()
        except OSError:
            listener.close()
            raise
        woken, self._wake = os.pipe()
        self._thread = threading.Thread(target=self._serve, args=(listener, woken), name="pin board", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Vanish: every Pi loses its connection."""
        thread, wake = self._thread, self._wake
        self._thread, self._wake = None, -1
        if thread is not None:
            os.close(wake)
            thread.join()
            self._path.unlink(missing_ok=True)

    def __enter__(self) -> "PinBoard":
        self.open()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def drive(self, pin: int, low: bool, at_ns: int | None = None, *, lost: bool = False) -> None:
        """Pull a pin low or let it go high; no edge if it is there already.

        Args:
            pin: BCM number.
            low: True closes a contact to ground.
            at_ns: the edge's time, monotonic nanoseconds; None is now.
            lost: the kernel drops the edge: the level changes and nobody is told when.
        """
        at = time.monotonic_ns() if at_ns is None else at_ns
        high = not low
        with self._lock:
            if self._levels.get(pin) == high:
                return
            self._levels[pin] = high
            line = f"level {pin} {high:d}\n" if lost else f"edge {pin} {high:d} {at}\n"
            for pi in list(self._pis):
                self._tell(pi, line)

    def press(self, pin: int, *, held_ms: int = 80, contact: Sequence[int] = CLEAN, at_ns: int | None = None) -> None:
        """Press and release a button at once: the edges carry the times, nobody waits.

        Args:
            pin: BCM number of a contact to ground.
            held_ms: from the first closing to the first opening edge of the release.
            contact: ``CLEAN``, ``BOUNCING``, or microseconds of closing, opening, … closing edges.
            at_ns: when it first closes; None is now.
        """
        start = time.monotonic_ns() if at_ns is None else at_ns
        for number, offset_us in enumerate(contact):
            self.drive(pin, number % 2 == 0, start + offset_us * 1000)
        for number, offset_us in enumerate(contact):
            self.drive(pin, number % 2 == 1, start + held_ms * _MS + offset_us * 1000)

    def hold(self, pin: int, on: bool = True) -> None:
        """Another process takes a line, or lets go of it."""
        with self._lock:
            if on:
                self._claims[pin] = None
            else:
                self._claims.pop(pin, None)

    def level(self, pin: int) -> bool:
        """Whether a pin is high: as the Pi set it, or else as the board drove it, or else resting high."""
        with self._lock:
            return self._outputs.get(pin, self._levels.get(pin, True))

    def _serve(self, listener: socket.socket, woken: int) -> None:
        with selectors.DefaultSelector() as selector, contextlib.closing(listener):
            selector.register(listener, selectors.EVENT_READ)
            selector.register(woken, selectors.EVENT_READ)
            while True:
                for key, _ in selector.select():
                    if key.fileobj == woken:
                        os.close(woken)
                        self._hang_up()
                        return
                    if key.fileobj is listener:
                        pi = self._accept(listener)
                        if pi is not None:
                            selector.register(pi, selectors.EVENT_READ)
                    elif isinstance(key.fileobj, socket.socket) and not self._hear(key.fileobj):
                        selector.unregister(key.fileobj)
                        with self._lock:
                            self._forget(key.fileobj)
                        key.fileobj.close()

    def _accept(self, listener: socket.socket) -> socket.socket | None:
        pi, _ = listener.accept()
        pi.settimeout(_SEND_S)
        with self._lock:  # no edge may fall between the snapshot and the first one told
            levels = "".join(f"level {pin} {high:d}\n" for pin, high in self._levels.items())
            self._pis[pi] = bytearray()
            self._tell(pi, levels + "ready\n")
        return pi

    def _tell(self, pi: socket.socket, lines: str) -> None:
        try:
            pi.sendall(lines.encode("ascii"))
        except OSError:  # gone, or not reading: the serving thread sees the shutdown and forgets it
            with contextlib.suppress(OSError):
                pi.shutdown(socket.SHUT_RDWR)

    def _hear(self, pi: socket.socket) -> bool:
        try:
            data = pi.recv(4096)
        except OSError:
            return False
        buffer = self._pis[pi]
        buffer += data
        *lines, rest = bytes(buffer).split(b"\n")
        buffer[:] = rest
        try:
            for line in lines:
                self._obey(pi, line)
        except ValueError:  # it does not speak our language
            return False
        return bool(data) and len(rest) < 64

    def _obey(self, pi: socket.socket, line: bytes) -> None:
        verb, number, *level = line.split(b" ")
        pin = int(number)
        match verb, level:
            case b"set", [high]:
                self._set(pin, high == b"1")
            case b"claim", []:
                with self._lock:
                    mine = self._claims.setdefault(pin, pi) is pi
                    self._tell(pi, f"{'yours' if mine else 'held'} {pin}\n")
            case b"free", []:
                with self._lock:
                    if self._claims.get(pin) is pi:
                        del self._claims[pin]
            case _:
                raise ValueError(f"not a command of this board: {line!r}")

    def _forget(self, pi: socket.socket) -> None:
        self._pis.pop(pi, None)
        self._claims = {pin: owner for pin, owner in self._claims.items() if owner is not pi}

    def _set(self, pin: int, high: bool) -> None:
        with self._lock:
            changed = self._outputs.get(pin) != high
            self._outputs[pin] = high
        if changed and self._on_change is not None:
            self._on_change(pin, high)

    def _hang_up(self) -> None:
        with self._lock:
            pis = list(self._pis)
            for pi in pis:
                self._forget(pi)
        for pi in pis:
            pi.close()
