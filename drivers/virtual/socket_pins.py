"""The Pi's side of a virtual pin board: a gpiozero pin factory whose edges come through a Unix socket.

Chosen only by ``factory = "socket:/path"``. Each edge carries the sender's time, as a kernel edge carries the
kernel's. When the board goes away the factory reconnects by itself and sends its outputs again; meanwhile reading
or setting a pin raises ``OSError``, which the drivers' ``check`` turns into ``DriverOffline``.
"""

import contextlib
import errno
import logging
import os
import socket
import struct
import threading
import time
from collections.abc import Iterable
from typing import Final, TextIO

from gpiozero.exc import PinInvalidFunction, PinInvalidPull, PinSetInput
from gpiozero.pins import PinInfo
from gpiozero.pins.pi import PiFactory, PiPin

from firmware_py.errors import DriverOffline

log = logging.getLogger(__name__)

_PI_4B: Final = 0xB03115
_HELLO_S: Final = 2.0
_SEND_TIMEVAL: Final = struct.pack("@ll", 1, 0)
"""No level is sent for longer than a second: a board that hangs must not hold a daemon."""
_RETRY_S: Final = (0.1, 0.2, 0.5, 1.0, 2.0)


class SocketFactory(PiFactory):  # type: ignore[misc]  # gpiozero is untyped
    """The header of a Pi 4B whose pins hang on the board at ``path``.

    Raises:
        DriverOffline: no board listens there.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__()
        self.pin_class = SocketPin
        self._path = os.fspath(path)
        self._by_number: dict[int, SocketPin] = {}
        self._levels: dict[int, bool] = {}
        self._outputs: dict[int, bool] = {}
        self._claims: dict[int, bool | None] = {}
        """Pin → whether the board gave it to us; None = not answered yet."""
        self._claimed = threading.Condition()
        self._sending = threading.Lock()
        self._board: socket.socket | None = None
        self._closing = threading.Event()
        try:
            lines = self._connect()
        except OSError as error:
            raise DriverOffline(f"no pin board at {self._path}: {error}") from error
        self._reader = threading.Thread(target=self._read, args=(lines,), name="socket pins", daemon=True)
        self._reader.start()

    def close(self) -> None:
        """Hang up and stop reconnecting."""
        self._closing.set()
        self._forget()
        if self._reader is not threading.current_thread():
            self._reader.join()
        super().close()

    def ticks(self) -> float:
        """Monotonic seconds, the clock the edges are stamped with."""
        return time.monotonic()

    def ticks_diff(self, later: float, earlier: float) -> float:
        """Seconds between two ticks."""
        return later - earlier

    def level(self, number: int) -> bool | None:
        """What the board drives this pin to; None where it leaves it to the pull resistor.

        Raises:
            OSError: the board is away, or has given the pin to another process meanwhile.
        """
        if self._board is None:
            raise ConnectionError(f"the pin board at {self._path} is away")
        if self._claims.get(number) is False:
            raise OSError(errno.EBUSY, f"line {number} of {self._path} is busy")
        return self._levels.get(number)

    def claim(self, number: int) -> None:
        """Take a line for this process, as the kernel gives it to one alone.

        Raises:
            OSError: another process has it (EBUSY), or the board is away.
        """
        with self._claimed:
            if self._claims.get(number):
                return
            self._claims[number] = None
        self._write(f"claim {number}\n")
        with self._claimed:
            self._claimed.wait_for(lambda: self._claims.get(number) is not None, _HELLO_S)
            if not self._claims.get(number):
                self._claims.pop(number, None)
                raise OSError(errno.EBUSY, f"line {number} of {self._path} is busy")

    def free(self, number: int) -> None:
        """Let go of a line."""
        with self._claimed:
            held = self._claims.pop(number, None)
        self._outputs.pop(number, None)
        if held:
            with contextlib.suppress(OSError):
                self._write(f"free {number}\n")

    def send(self, number: int, high: bool) -> None:
        """Set an output; what cannot be sent now is sent when the board is back.

        Raises:
            OSError: the board is away.
        """
        self._outputs[number] = high
        self._write(f"set {number} {high:d}\n")

    def _write(self, line: str) -> None:
        with self._sending:
            if self._board is None:
                raise ConnectionError(f"the pin board at {self._path} is away")
            self._board.sendall(line.encode("ascii"))

    def own(self, number: int, pin: "SocketPin") -> None:
        """Let this pin hear its edges."""
        self._by_number[number] = pin

    def _get_revision(self) -> int:
        return _PI_4B

    def _connect(self) -> TextIO:
        board = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        board.settimeout(_HELLO_S)
        try:
            board.connect(self._path)
            self._levels.clear()  # another board may have come back, with nothing driven
            lines = board.makefile("r", encoding="ascii", newline="\n")
            for line in lines:
                if line == "ready\n":
                    break
                self._hear(line)
            else:
                raise ConnectionError("it hung up")
            board.settimeout(None)
            board.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, _SEND_TIMEVAL)
            with self._sending:
                self._board = board
                for number in list(self._claims):
                    board.sendall(f"claim {number}\n".encode("ascii"))
                for number, high in self._outputs.items():
                    board.sendall(f"set {number} {high:d}\n".encode("ascii"))
        except (OSError, ValueError) as error:
            self._board = None
            board.close()
            raise ConnectionError(str(error)) from error
        return lines

    def _read(self, lines: TextIO) -> None:
        while True:
            with contextlib.suppress(OSError, ValueError):
                self._follow(lines)
            lines.close()
            self._forget()
            if self._closing.is_set():
                return
            log.warning("the pin board at %s went away", self._path)
            again = self._come_back()
            if again is None:
                return
            lines = again
            log.info("the pin board at %s is back", self._path)

    def _follow(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._hear(line)

    def _come_back(self) -> TextIO | None:
        tries = 0
        while not self._closing.wait(_RETRY_S[min(tries, len(_RETRY_S) - 1)]):
            tries += 1
            with contextlib.suppress(OSError):
                return self._connect()
        return None

    def _forget(self) -> None:
        with self._sending:
            board, self._board = self._board, None
        if board is not None:
            with contextlib.suppress(OSError):
                board.shutdown(socket.SHUT_RDWR)
            board.close()

    def _hear(self, line: str) -> None:
        verb, number, *rest = line.split()
        if verb in ("yours", "held"):
            with self._claimed:
                if int(number) in self._claims:
                    self._claims[int(number)] = verb == "yours"
                self._claimed.notify_all()
            return
        high, *stamp = rest
        pin, level, before = int(number), high == "1", self._levels.get(int(number))
        self._levels[pin] = level
        if verb == "edge":
            (at_ns,) = stamp
            if pin in self._by_number:
                self._by_number[pin].edge(int(at_ns) / 1e9, before, level)


class SocketPin(PiPin):  # type: ignore[misc]  # gpiozero is untyped
    """One pin of the header: digital, no PWM, no debounce of its own."""

    def __init__(self, factory: SocketFactory, info: PinInfo) -> None:
        super().__init__(factory, info)
        self._function = "input"
        self._pull = info.pull or "floating"
        self._output = False
        self._edges = "both"
        self._listening = False
        factory.own(self._number, self)

    def close(self) -> None:
        """Back to an input nobody listens to."""
        self.when_changed = None
        self._function = "input"
        self._factory.free(self._number)

    def edge(self, ticks: float, before: bool | None, high: bool) -> None:
        """The board saw an edge; where it had never driven the pin, the pull resistor says whether it is one here."""
        was_high = self._pull == "up" if before is None else before
        wanted = self._edges in ("both", "rising" if high else "falling")
        if self._listening and wanted and was_high != high and self._function == "input":
            self._call_when_changed(ticks, int(high))

    def _get_function(self) -> str:
        return self._function

    def _set_function(self, value: str) -> None:
        if value not in ("input", "output"):
            raise PinInvalidFunction(f"{self!r} cannot be {value!r}, only input or output")
        self._factory.claim(self._number)
        self._function = value

    def _get_state(self) -> int:
        if self._function == "output":
            return int(self._output)
        driven = self._factory.level(self._number)
        return int(self._pull == "up" if driven is None else driven)

    def _set_state(self, value: float) -> None:
        if self._function == "input":
            raise PinSetInput(f"cannot set state of pin {self!r}")
        self._output = bool(value)
        self._factory.send(self._number, self._output)

    def _get_pull(self) -> str:
        return self._pull

    def _set_pull(self, value: str) -> None:
        if value not in ("up", "down", "floating"):
            raise PinInvalidPull(f"invalid pull {value!r} for pin {self!r}")
        self._pull = value

    def _get_edges(self) -> str:
        return self._edges

    def _set_edges(self, value: str) -> None:
        self._edges = value

    def _enable_event_detect(self) -> None:
        self._listening = True

    def _disable_event_detect(self) -> None:
        self._listening = False
