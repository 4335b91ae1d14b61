"""Staff pads and evaluators on one ``FF 68`` serial bus: a thread that reads and acknowledges, a lock that writes.

Every key is acknowledged in the reader thread, before anyone has thought about it: the acknowledgement says "heard",
not "allowed". A device that hears nothing sends its frame again; the bit-identical frame of the same device within
``repeat_ms`` of the one before is acknowledged again and reported once. The window slides, so that three
retransmissions, and a key that is stuck and repeats for ever, are one press too. A person who means the same key
twice inside the window gets one press, which a double press is anyway (R-CORE-22).

The adapter must not hear itself (RS-485 receivers off while sending): an echoed acknowledgement would be a key.
"""

import logging
from collections.abc import Callable
from typing import Final

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
from drivers.serial_port import Hear, SerialPort, Write

log = logging.getLogger(__name__)

REPEAT_MS: Final = 300
"""How long after a frame its identical twin counts as the same press; above a device's retransmission interval."""


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
        self._put = put
        self._repeat_ms = repeat_ms
        self._now = now
        self._heard: dict[tuple[int, int], tuple[bytes, int]] = {}
        self._wire = SerialPort(
            port, baud, what="pad bus", listen=self._listen, lost=lambda reason: put(PadLost(reason))
        )

    def open(self) -> None:
        """Open the port for this process alone and start reading; whatever waited in its buffer is discarded.

        Raises:
            DriverOffline: no such port, no permission, or another process holds it.
        """
        self._wire.open()

    def close(self) -> None:
        """Stop reading and release the port. No ``PadLost`` follows a close."""
        self._wire.close()

    def check(self) -> None:
        """Say whether the bus is open and its reader alive; a pad itself cannot be asked.

        Raises:
            DriverOffline: closed, or lost since ``open``.
        """
        self._wire.check()

    def show_digits(self, address: int, waiting: int, ticket: str) -> None:
        self._wire.send(digits_frame(address, waiting, ticket).encode())

    def beep(self, address: int) -> None:
        self._wire.send(beep_frame(address).encode())

    def invite(self, address: int) -> None:
        self._wire.send(invite_frame(address).encode())

    def _listen(self, write: Write) -> Hear:
        frames = FrameReader()
        self._heard.clear()

        def hear(data: bytes) -> None:
            at = self._now()
            for frame in frames.feed(data):
                self._on_frame(write, frame, at)

        return hear

    def _on_frame(self, write: Write, frame: Frame, at: int) -> None:
        ack = answer(frame)
        if ack is None:
            log.debug("ignored on the pad bus: %s", frame)
            return
        write(ack.encode())
        device = (frame.address, frame.func)
        before = self._heard.get(device)
        self._heard[device] = (frame.data, at)
        if before is not None and before[0] == frame.data and at - before[1] <= self._repeat_ms:
            return
        if frame.func == LEVEL_KEY:
            self._put(LevelPressed(frame.address, frame.data[0], at))
        else:
            self._put(KeyPressed(frame.address, key_name(frame.data), at))
