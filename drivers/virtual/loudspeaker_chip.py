"""A SYN6288 speech chip at the far end of a serial line: it parses frames, speaks for as long as it takes, answers.

Written from the chip's side of hardware.md 5.4; it shares nothing with ``drivers.voice``.
"""

import contextlib
import os
import re
import select
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from drivers import monotonic_ms
from drivers.virtual.faults import Fault
from drivers.virtual.loudspeaker_chip_ear import ChipEar
from drivers.virtual.pty_wire import PtyWire

KEEP = 40
"""Sentences remembered; a demo runs for days."""
MS_A_CHARACTER = 220
FAULTS = (
    Fault.UNPLUGGED,
    Fault.SILENT,
    Fault.GARBAGE,
    Fault.LOST_BYTES,
    Fault.SLOW,
    Fault.DUPLICATE,
    Fault.REFUSES,
)
LATE_S = 0.8
"""How late a slow chip answers."""
EVERY = 5
"""Of so many bytes one is lost."""
NOISE = b"\x00\xff\x91"

_MARK = re.compile(rb"\[([vmt])(\d+)\]")


class Said(msgspec.Struct, frozen=True):
    """One sentence. ``start`` is monotonic ms when it began; ``finished`` is False while it lasts, or if it was cut."""

    number: int
    start: int
    text: str
    volume: int
    speed: int
    finished: bool = False


class VirtualSpeechChip:
    """One chip on one pty.

    Args:
        link: a stable name for the pty, made when the cable is put in, removed when it is pulled.
        speed: 1 speaks in real time, 60 a minute in a second. May be set at any time.
        on_change: called with a sentence when it begins and when it ends, from the chip's thread. Must not block.
    """

    def __init__(
        self, *, link: Path | None = None, speed: float = 1.0, on_change: Callable[[Said], None] | None = None
    ) -> None:
        self.speed = speed
        self._on_change = on_change
        self._wire = PtyWire(link)
        self._faults = dict.fromkeys(FAULTS, False)
        self._said: deque[Said] = deque(maxlen=KEEP)
        self._count = 0
        self._ear = ChipEar()
        self._bytes_in = self._bytes_out = 0
        self._ends_at: float | None = None
        self.asked = 0
        """How often it was asked whether it is busy."""
        self._lock = threading.RLock()
        self._news = threading.Condition(self._lock)
        self._closing = False
        self._bell, self._woken = socket.socketpair()
        self._wire.plug_in()
        self._thread = threading.Thread(target=self._live, name="virtual-speech-chip", daemon=True)
        self._thread.start()

    @property
    def path(self) -> str:
        """The port the host opens."""
        return self._wire.path

    def said(self) -> list[Said]:
        """The last sentences, oldest first."""
        with self._lock:
            return list(self._said)

    def wait_for(self, seen: Callable[[], bool], timeout_s: float = 10.0) -> bool:
        """Wait until it is so; looked at whenever the chip has said or done something."""
        with self._news:
            return self._news.wait_for(seen, timeout_s)

    @property
    def faults(self) -> Mapping[Fault, bool]:
        """Every fault it can have, and whether it has it now."""
        return dict(self._faults)

    def set_fault(self, fault: Fault, on: bool) -> None:
        """Let it break so, or mend it (contract: ``FarEnd.set_fault``). A chip that fell silent has lost its power:
        what it said breaks off, and it comes back with a word that it has started.

        Raises:
            ValueError: a speech chip cannot have that fault.
        """
        if fault not in self._faults:
            raise ValueError(f"a speech chip has no fault {fault}")
        with self._lock:
            changed = self._faults[fault] is not on
            self._faults[fault] = on
            if not changed:
                return
            if fault is Fault.UNPLUGGED:
                if on:
                    self._wire.pull_out()
                else:
                    self._wire.plug_in()
                self._bell.send(b"\x00")
            elif fault is Fault.SILENT:
                if on:
                    self._break_off()
                else:
                    self._answer(0x4A)

    def restart(self) -> None:
        """A dip of its power: it forgets its sentence and says that it has started."""
        with self._lock:
            self._break_off()
            self._answer(0x4A)

    def send(self, data: bytes) -> None:
        """Put these bytes on the wire, whatever they mean."""
        with self._lock:
            self._wire.send(data)

    def close(self) -> None:
        """Take everything away; may be called twice."""
        if self._closing:
            return
        self._closing = True
        self._bell.send(b"\x00")
        self._thread.join()
        self._on_change = None
        self._wire.pull_out()
        self._bell.close()
        self._woken.close()

    # --- the chip's thread --------------------------------------------------------------------------------------------

    def _live(self) -> None:
        while not self._closing:
            with self._lock:
                far, ends_at = self._wire.far, self._ends_at
            until = None if ends_at is None else max(0.0, ends_at - time.monotonic())
            with contextlib.suppress(OSError, ValueError):  # the cable comes out under our hands
                woken = self._woken.fileno()
                ready = select.select([woken, far] if far != -1 else [woken], [], [], until)[0]
                if woken in ready:
                    self._woken.recv(16)
                if far in ready:
                    self._take(os.read(far, 4096))
            with self._lock:
                if self._ends_at is not None and time.monotonic() >= self._ends_at:
                    self._end(finished=True)
                    self._answer(0x4F)

    def _take(self, data: bytes) -> None:
        with self._lock:
            if self._faults[Fault.SILENT]:
                self._ear.forget()
                return
            kept = bytearray()
            for byte in data:
                self._bytes_in += 1
                if not (self._faults[Fault.LOST_BYTES] and self._bytes_in % EVERY == 0):
                    kept.append(byte)
            for frame in self._ear.feed(bytes(kept)):
                if frame is None:
                    self._answer(0x45)
                else:
                    self._obey(*frame)

    def _obey(self, command: int, data: bytes) -> None:
        if self._faults[Fault.REFUSES] or (command == 0x01 and not self._speakable(data)):
            self._answer(0x45)
        elif command == 0x01:
            self._break_off()
            self._answer(0x41)
            self._speak(data[1:])
        elif command == 0x02:
            self._break_off()
            self._answer(0x41)
        elif command == 0x21:
            self.asked += 1
            self._news.notify_all()
            self._answer(0x41, 0x4F if self._ends_at is None else 0x4E)
        else:
            self._answer(0x45)

    def _speakable(self, data: bytes) -> bool:
        if not data or data[0] & 0x0F:  # 0 in the low half is GB2312; the high half is background music
            return False
        try:
            data[1:].decode("gb2312")
        except UnicodeDecodeError:
            return False
        return len(data) > 1

    def _speak(self, text: bytes) -> None:
        marks = {mark: int(value) for mark, value in _MARK.findall(text)}
        words = _MARK.sub(b"", text).decode("gb2312")
        self._count += 1
        said = Said(self._count, monotonic_ms(), words, marks.get(b"v", 10), marks.get(b"t", 4))
        self._said.append(said)
        slower = 3 if self._faults[Fault.SLOW] else 1
        self._ends_at = time.monotonic() + len(words) * MS_A_CHARACTER / 1000 / self.speed * slower
        self._changed(said)

    def _break_off(self) -> None:
        if self._ends_at is not None:
            self._end(finished=False)

    def _end(self, *, finished: bool) -> None:
        self._ends_at = None
        self._said[-1] = msgspec.structs.replace(self._said[-1], finished=finished)
        self._changed(self._said[-1])

    def _answer(self, *words: int) -> None:
        if self._faults[Fault.SILENT]:
            return
        data = bytes(words) * (2 if self._faults[Fault.DUPLICATE] else 1)
        if self._faults[Fault.GARBAGE]:
            data = NOISE + data + NOISE
        if self._faults[Fault.LOST_BYTES]:
            kept = bytearray()
            for byte in data:
                self._bytes_out += 1
                if self._bytes_out % EVERY:
                    kept.append(byte)
            data = bytes(kept)
        if self._faults[Fault.SLOW]:
            later = threading.Timer(LATE_S, self.send, [data])
            later.daemon = True
            later.start()
            return
        self._wire.send(data)

    def _changed(self, said: Said) -> None:
        self._news.notify_all()
        if self._on_change is not None:
            self._on_change(said)
