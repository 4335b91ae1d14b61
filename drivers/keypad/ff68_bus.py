"""Staff pads and evaluators on one ``FF 68`` serial bus: a thread that reads and acknowledges, a lock that writes.

Every key is acknowledged in the reader thread, before anyone has thought about it: the acknowledgement says "heard",
not "allowed". A device that hears nothing sends its frame again; the bit-identical frame of the same device within
``repeat_ms`` of the one before is acknowledged again and reported once. The window slides, so that three
retransmissions, and a key that is stuck and repeats for ever, are one press too. A person who means the same key
twice inside the window gets one press, which a double press is anyway (R-CORE-22). A frame that goes on coming like
that for ``STUCK_MS`` is a stuck key; when it has been missing for a second, the key is free again.

A pad cannot be asked how it is: ``check`` knows the port, not whether a pad at the end of the wire has power.

The adapter must not hear itself (RS-485 receivers off while sending): an echoed acknowledgement would be a key.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final

import msgspec

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
from drivers.keypad.held_keys import STUCK_MS
from drivers.serial_port import Hear, SerialPort, Write
from firmware_py.errors import DriverFault

log = logging.getLogger(__name__)

REPEAT_MS: Final = 300
"""How long after a frame its identical twin counts as the same press; above a device's retransmission interval."""
HELD_MS: Final = 1000
FREE_MS: Final = 1000
"""A stuck key that has not been heard for so long has come free."""
DAMAGED_BYTES: Final = 30
"""So many bytes without one whole frame among them: three frames, as many as a device sends that is not answered."""
DAMAGED_MS: Final = 60_000
"""How long what nobody could read is held against the bus."""
BETWEEN_BEEPS_S: Final = 0.3
"""A pad knows one short beep; closer together, two sound like one."""


class _Heard(msgspec.Struct, frozen=True):
    """One key of one device: when it came first without a pause, and when last."""

    since: int
    at: int

    @property
    def held(self) -> bool:
        """Whether it has come for so long that the keys pressed meanwhile do not end it."""
        return self.at - self.since >= HELD_MS


class Ff68Bus(PadBus):
    """The bus on one serial port; no other process may hold the port meanwhile.

    Args:
        port: device node, e.g. ``/dev/hall/pads`` or a pty.
        put: where ``KeyPressed``, ``LevelPressed`` and ``PadLost`` go.
        baud: 9600 in the deployed system; always 8N1.
        repeat_ms: see the module.
        between_beeps_s: see ``BETWEEN_BEEPS_S``.
        now: monotonic milliseconds.
    """

    def __init__(
        self,
        port: str,
        put: Put,
        *,
        baud: int = 9600,
        repeat_ms: int = REPEAT_MS,
        between_beeps_s: float = BETWEEN_BEEPS_S,
        now: Callable[[], int] = monotonic_ms,
    ) -> None:
        self._put = put
        self._repeat_ms = repeat_ms
        self._between_beeps_s = between_beeps_s
        self._now = now
        self._heard: dict[tuple[int, int, bytes], _Heard] = {}
        self._last: dict[tuple[int, int], bytes] = {}
        self._damaged: tuple[int, int] = (0, 0)
        """How many bytes in a row were no frame, and when the last came; only the reader writes it."""
        self._hearing = threading.Lock()
        self._pause = threading.Event()
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
        """Say whether the bus is open, its reader alive, what comes readable and no key stuck; a pad itself cannot be
        asked.

        Raises:
            DriverOffline: closed, or lost since ``open``.
            DriverFault: ``stuck_key``, with the pad's address and the key's code; ``damaged_frames`` - something speaks
                and nothing of it can be read: another speed, wires swapped, a line without its resistors.
        """
        self._wire.check()
        self._check_keys(None)

    def check_at(self, address: int) -> None:
        self._wire.check()
        self._check_keys(address)

    def _check_keys(self, only: int | None) -> None:
        now = self._now()
        with self._hearing:
            stuck = [
                f"{'position' if func == LEVEL_KEY else 'key'} {key_name(data)} of address {address} "
                f"for {(heard.at - heard.since) // 1000} s"
                for (address, func, data), heard in self._heard.items()
                if only in {None, address} and heard.at - heard.since >= STUCK_MS and now - heard.at <= FREE_MS
            ]
        damaged, at = self._damaged
        if stuck:
            raise DriverFault("stuck_key", f"held down: {', '.join(stuck)}")
        if damaged >= DAMAGED_BYTES and now - at <= DAMAGED_MS:
            raise DriverFault("damaged_frames", f"{damaged} bytes in a row are no frame: baud, A and B, termination?")

    def show_digits(self, address: int, waiting: int | None, ticket: str) -> None:
        self._wire.send(digits_frame(address, waiting, ticket).encode())

    def beep(self, address: int, times: int = 1, *, long: bool = False) -> None:  # noqa: ARG002 - it knows one length
        for turn in range(times):
            if turn:
                self._pause.wait(self._between_beeps_s)
            self._wire.send(beep_frame(address).encode())

    def invite(self, address: int) -> None:
        self._wire.send(invite_frame(address).encode())

    def _listen(self, write: Write) -> Hear:
        frames = FrameReader()
        with self._hearing:
            self._heard.clear()
            self._last.clear()
            self._damaged = (0, 0)

        def hear(data: bytes) -> None:
            at = self._now()
            if at - self._damaged[1] > DAMAGED_MS:  # a crackle now and then is no trouble
                frames.dropped = 0
            whole = frames.feed(data)
            self._damaged = (frames.dropped, at)
            for frame in whole:
                self._on_frame(write, frame, at)

        return hear

    def _on_frame(self, write: Write, frame: Frame, at: int) -> None:
        ack = answer(frame)
        if ack is None:
            log.debug("ignored on the pad bus: %s", frame)
            return
        write(ack.encode())
        if self._is_press(frame, at):
            if frame.func == LEVEL_KEY:
                self._put(LevelPressed(frame.address, frame.data[0], at))
            else:
                self._put(KeyPressed(frame.address, key_name(frame.data), at))

    def _is_press(self, frame: Frame, at: int) -> bool:
        """Whether it is no repetition of what was heard a moment ago."""
        device, key = (frame.address, frame.func), (frame.address, frame.func, frame.data)
        with self._hearing:
            self._heard = {other: heard for other, heard in self._heard.items() if at - heard.at <= FREE_MS}
            before = self._heard.get(key)
            again = (
                before is not None
                and at - before.at <= self._repeat_ms
                and (before.held or self._last.get(device) == frame.data)
            )
            self._heard[key] = _Heard(before.since if again and before is not None else at, at)
            self._last[device] = frame.data
        return not again
