"""Staff pads and evaluators on one ``FF 68`` serial bus: a thread that reads and acknowledges, a lock that writes.

Every key is acknowledged in the reader thread, before anyone has thought about it: the acknowledgement says "heard",
not "allowed". A device that hears nothing sends its frame again; the bit-identical frame of the same device within
``repeat_ms`` of the one before is acknowledged again and reported once. The window slides, so that three
retransmissions, and a key that is stuck and repeats for ever, are one press too. A person who means the same key
twice inside the window gets one press, which a double press is anyway (R-CORE-22).

The adapter must not hear itself (RS-485 receivers off while sending): an echoed acknowledgement would be a key.
"""

import contextlib
import logging
import termios
import threading
from collections.abc import Callable
from typing import Final

import serial

from drivers import Put, monotonic_ms
from drivers.keypad import KeyPressed, LevelPressed, PadBus, PadLost
from drivers.keypad.ff68_frames import (
    LEVEL_KEY,
    Frame,
    FrameReader,
    answer,
    beep_frame,
    digits_frame,
    invite_frame,
    key_name,
)
from firmware_py.errors import DriverOffline

log = logging.getLogger(__name__)

REPEAT_MS: Final = 300
"""How long after a frame its identical twin counts as the same press; above a device's retransmission interval."""

_WIRE_ERRORS: Final = (serial.SerialException, OSError, termios.error)
_WRITE_S: Final = 1.0
_READ_S: Final = 5.0


class Ff68Bus(PadBus):
    """The bus on one serial port; no other process may hold the port meanwhile.

    Args:
        port: device node, e.g. ``/dev/hall/pads`` or a pty.
        put: where ``KeyPressed``, ``LevelPressed`` and ``PadLost`` go.
        baud: 9600 in the deployed system; always 8N1.
        repeat_ms: see the module.
        now: monotonic milliseconds.
    """

    def __init__(
        self,
        port: str,
        put: Put,
        *,
        baud: int = 9600,
        repeat_ms: int = REPEAT_MS,
        now: Callable[[], int] = monotonic_ms,
    ) -> None:
        self._port_name = port
        self._put = put
        self._baud = baud
        self._repeat_ms = repeat_ms
        self._now = now
        self._port: serial.Serial | None = None
        self._reader: threading.Thread | None = None
        self._writing = threading.Lock()
        self._closing = threading.Event()
        self._heard: dict[tuple[int, int], tuple[bytes, int]] = {}

    def open(self) -> None:
        """Open the port for this process alone and start reading; whatever waited in its buffer is discarded.

        Raises:
            DriverOffline: no such port, no permission, or another process holds it.
        """
        self.close()
        try:
            port = serial.Serial(self._port_name, self._baud, timeout=_READ_S, write_timeout=_WRITE_S, exclusive=True)
        except (*_WIRE_ERRORS, ValueError) as error:
            raise DriverOffline(f"pad bus {self._port_name}: {error}") from error
        self._port = port
        self._closing = threading.Event()
        self._heard.clear()
        self._reader = threading.Thread(
            target=self._read, args=(port, self._closing), name=f"pads {self._port_name}", daemon=True
        )
        self._reader.start()

    def close(self) -> None:
        """Stop reading and release the port. No ``PadLost`` follows a close."""
        self._closing.set()
        port, reader = self._port, self._reader
        self._port = self._reader = None
        if port is not None:
            with contextlib.suppress(*_WIRE_ERRORS):
                port.cancel_read()
        if reader is not None and reader is not threading.current_thread():
            reader.join(_READ_S)
        if port is not None:
            with self._writing, contextlib.suppress(*_WIRE_ERRORS):
                port.close()

    def check(self) -> None:
        """Say whether the bus is open and its reader alive; a pad itself cannot be asked.

        Raises:
            DriverOffline: closed, or lost since ``open``.
        """
        if self._port is None or self._reader is None or not self._reader.is_alive():
            raise DriverOffline(f"pad bus {self._port_name} is not connected")

    def show_digits(self, address: int, waiting: int, ticket: str) -> None:
        self._send(digits_frame(address, waiting, ticket))

    def beep(self, address: int) -> None:
        self._send(beep_frame(address))

    def invite(self, address: int) -> None:
        self._send(invite_frame(address))

    def _send(self, frame: Frame) -> None:
        self.check()
        try:
            self._write(self._port, frame)
        except _WIRE_ERRORS as error:
            raise DriverOffline(f"pad bus {self._port_name}: {error}") from error

    def _write(self, port: serial.Serial | None, frame: Frame) -> None:
        with self._writing:
            if port is None or not port.is_open:
                raise OSError("the port was closed meanwhile")
            port.write(frame.encode())

    def _read(self, port: serial.Serial, closing: threading.Event) -> None:
        frames = FrameReader()
        try:
            while not closing.is_set():
                data = port.read(max(1, port.in_waiting))
                at = self._now()
                for frame in frames.feed(data):
                    self._on_frame(port, frame, at)
        except (*_WIRE_ERRORS, TypeError) as error:  # TypeError: pyserial's own, for a port closed under a read
            if not closing.is_set():
                self._put(PadLost(f"{self._port_name}: {error}"))

    def _on_frame(self, port: serial.Serial, frame: Frame, at: int) -> None:
        ack = answer(frame)
        if ack is None:
            log.debug("pad bus %s: ignored %s", self._port_name, frame)
            return
        self._write(port, ack)
        device = (frame.address, frame.func)
        before = self._heard.get(device)
        self._heard[device] = (frame.data, at)
        if before is not None and before[0] == frame.data and at - before[1] <= self._repeat_ms:
            return
        if frame.func == LEVEL_KEY:
            self._put(LevelPressed(frame.address, frame.data[0], at))
        else:
            self._put(KeyPressed(frame.address, key_name(frame.data), at))
