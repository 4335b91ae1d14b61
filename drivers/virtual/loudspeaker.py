"""A loudspeaker at the far end of a player program: it keeps what was heard, and can break in four ways."""

import contextlib
import io
import shutil
import socket
import sys
import tempfile
import threading
import time
import wave
from collections import deque
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path

import msgspec

from drivers import monotonic_ms
from drivers.virtual.faults import Fault

KEEP_SOUNDS = 40
"""Sounds remembered, about 150 KB each; a demo runs for days."""
MAX_SOUND_BYTES = 64 * 1024 * 1024
"""What is longer is no sentence."""
FAULTS = (Fault.UNPLUGGED, Fault.SILENT, Fault.SLOW, Fault.REFUSES)
"""No card; a card that takes the sound and never ends; one that drags; one that another program holds."""
DRAGS = 3
"""How many times as long a sound takes on a slow card."""
LOOK_AGAIN_S = 0.05
"""How often a card that takes the sound and never ends is looked at: somebody may mend it."""


class Ending(StrEnum):
    """How far a sound got."""

    PLAYING = "playing"
    FINISHED = "finished"
    CUT = "cut"


class Heard(msgspec.Struct, frozen=True):
    """One sound. ``start`` is monotonic ms when its first byte arrived; ``wav`` is the whole file, even if cut."""

    number: int
    start: int
    wav: bytes
    duration_ms: int
    ending: Ending

    @property
    def finished(self) -> bool:
        """Heard to its end."""
        return self.ending is Ending.FINISHED

    @property
    def cut(self) -> bool:
        """Broken off: the player was killed or the cable pulled."""
        return self.ending is Ending.CUT


class VirtualLoudspeaker:
    """Where ``SpeakerVoice``'s player ends. Pure silence (a driver's probe) is played but not heard.

    Args:
        speed: 1 plays in real time, 60 a minute in a second, ``math.inf`` at once. May be set at any time.
        on_change: called with a sound when it starts and when it ends, from the sound's thread. Must not block.
    """

    def __init__(self, *, speed: float = 1.0, on_change: Callable[[Heard], None] | None = None) -> None:
        self.speed = speed
        self._on_change = on_change
        self._faults = dict.fromkeys(FAULTS, False)
        self._count = 0
        self._sounds: deque[Heard] = deque(maxlen=KEEP_SOUNDS)
        self._lock = threading.Lock()
        self._cables: dict[socket.socket, threading.Thread] = {}
        self._folder = tempfile.mkdtemp(prefix="hall-speaker-")
        self._path = f"{self._folder}/socket"
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(self._path)
        self._server.listen()
        self._thread = threading.Thread(target=self._serve, name="virtual-speaker", daemon=True)
        self._thread.start()

    @property
    def player_command(self) -> tuple[str, ...]:
        """What to give ``SpeakerVoice`` as ``player``. Without site-packages it starts in some 15 ms."""
        cable = Path(__file__).with_name("loudspeaker_cable.py")
        return (sys.executable, "-S", "-E", str(cable), self._path)

    def played(self) -> list[Heard]:
        """The last sounds, oldest first; the one being played is among them."""
        with self._lock:
            return list(self._sounds)

    @property
    def faults(self) -> Mapping[Fault, bool]:
        """Every fault it can have, and whether it has it now."""
        return dict(self._faults)

    def set_fault(self, fault: Fault, on: bool) -> None:
        """Let it break so, or mend it (contract: ``FarEnd.set_fault``). Pulling the cable breaks off what plays.

        Raises:
            ValueError: a loudspeaker cannot have that fault.
        """
        if fault not in self._faults:
            raise ValueError(f"a loudspeaker has no fault {fault}")
        self._faults[fault] = on
        if fault is Fault.UNPLUGGED and on:
            with self._lock:
                for cable in self._cables:
                    with contextlib.suppress(OSError):
                        cable.shutdown(socket.SHUT_RDWR)

    def unplug(self) -> None:
        """Pull the cable: what plays breaks off, the next player fails."""
        self.set_fault(Fault.UNPLUGGED, True)

    def replug(self) -> None:
        """Put the cable back."""
        self.set_fault(Fault.UNPLUGGED, False)

    def close(self) -> None:
        """End the threads and remove the socket; may be called twice."""
        self._on_change = None
        self.unplug()
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)  # wakes accept()
        self._thread.join()
        self._server.close()
        with self._lock:
            threads = list(self._cables.values())
        for thread in threads:
            thread.join()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _serve(self) -> None:
        while True:
            try:
                cable, _ = self._server.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._hear, args=(cable,), name="virtual-sound", daemon=True)
            with self._lock:
                if self._faults[Fault.UNPLUGGED]:
                    cable.close()
                    continue
                self._cables[cable] = thread
            thread.start()

    def _hear(self, cable: socket.socket) -> None:
        start = monotonic_ms()
        try:
            sound = _receive(cable)
            if self._faults[Fault.REFUSES]:
                cable.sendall(b"!")
                return
            duration_ms, silent = _measure(sound)
            heard = None if silent else self._begin(start, sound, duration_ms)
            ending = self._sound_out(cable, duration_ms)
            if heard is not None:
                self._end(heard, ending)
            if ending is Ending.FINISHED:
                cable.sendall(b".")
        except (OSError, EOFError, wave.Error, RuntimeError, ZeroDivisionError):
            pass  # a player that died or sent no WAV is not heard; closing the cable tells one that still waits
        finally:
            with self._lock:
                del self._cables[cable]
            cable.close()

    def _sound_out(self, cable: socket.socket, duration_ms: int) -> Ending:
        """Wait as long as the sound takes; the player says nothing meanwhile, so any news is its end."""
        ends_at = time.monotonic() + duration_ms / 1000 / self.speed * (DRAGS if self._faults[Fault.SLOW] else 1)
        while (left := ends_at - time.monotonic()) > 0 or self._faults[Fault.SILENT]:
            cable.settimeout(LOOK_AGAIN_S if self._faults[Fault.SILENT] else left)
            try:
                cable.recv(1)
            except TimeoutError:
                continue
            return Ending.CUT
        cable.settimeout(None)
        with self._lock:
            return Ending.CUT if self._faults[Fault.UNPLUGGED] else Ending.FINISHED

    def _begin(self, start: int, sound: bytes, duration_ms: int) -> Heard:
        with self._lock:
            self._count += 1
            heard = Heard(self._count, start, sound, duration_ms, Ending.PLAYING)
            self._sounds.append(heard)
        self._changed(heard)
        return heard

    def _end(self, heard: Heard, ending: Ending) -> None:
        ended = msgspec.structs.replace(heard, ending=ending)
        with self._lock:
            for at, sound in enumerate(self._sounds):
                if sound.number == ended.number:
                    self._sounds[at] = ended
        self._changed(ended)

    def _changed(self, heard: Heard) -> None:
        if self._on_change is not None:
            self._on_change(heard)


def _receive(cable: socket.socket) -> bytes:
    size = int.from_bytes(_exactly(cable, 8), "big")
    if size > MAX_SOUND_BYTES:
        raise EOFError
    return _exactly(cable, size)


def _exactly(cable: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = cable.recv(min(65536, size - len(data)))
        if not piece:
            raise EOFError
        data += piece
    return bytes(data)


def _measure(sound: bytes) -> tuple[int, bool]:
    """Duration in ms, and whether nothing in it can be heard."""
    with wave.open(io.BytesIO(sound), "rb") as wav:
        frames = wav.readframes(wav.getnframes())
        return wav.getnframes() * 1000 // wav.getframerate(), not any(frames)
