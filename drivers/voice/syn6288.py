"""A SYN6288 speech chip on a serial line: it says any text by itself, and tells when it has finished."""

import contextlib
import threading
import time
from typing import Final

import serial

from drivers.serial_port import WIRE_ERRORS
from drivers.voice import CHIME, Utterance, Voice
from drivers.voice.speaker import SLOW_GAIN
from drivers.voice.syn6288_frames import (
    NO_MARKS,
    QUERY,
    SLOW_SPEED,
    SPEED,
    STOP,
    VOLUME_MAX,
    Reply,
    marked,
    replies,
    speak,
)
from firmware_py.errors import DriverFault, DriverOffline

_WRITE_S: Final = 1.0
QUIET_S: Final = 0.03
"""Silence after which an answer is whole: many times what a byte takes at 1 200 baud."""
_TRIES: Final = 3
_ASK_AGAIN_S: Final = 2.0
"""How long to listen for the end of a sentence before asking whether it still goes on."""
CHARACTER_S: Final = 0.5
"""No character takes the chip longer, read slowly."""


class Syn6288Voice(Voice):
    """The chip on one serial port, 8N1, which no other process may hold meanwhile.

    Args:
        port: device node, e.g. ``/dev/hall/voice`` or a pty.
        baud: 9600 as the chip comes.
        volume: percent; 100 leaves room for the green profile, which is ``SLOW_GAIN`` times as loud.
        chime: what goes before a sentence that has the clip ``chime`` among its words; "" = nothing.
        reply_s: how long the chip may think, besides the time the bytes themselves take.
        character_s, margin_s: how long a sentence may go on: for each of its characters, and besides.
        quiet_s: silence after which an answer is whole.
    """

    def __init__(
        self,
        port: str,
        *,
        baud: int = 9600,
        volume: int = 100,
        chime: str = "",
        reply_s: float = 0.5,
        character_s: float = CHARACTER_S,
        margin_s: float = 3.0,
        quiet_s: float = QUIET_S,
    ) -> None:
        self._name = port
        self._baud = baud
        loudest = VOLUME_MAX / SLOW_GAIN
        self._volume = round(loudest * volume / 100)
        self._slow_volume = min(VOLUME_MAX, round(loudest * SLOW_GAIN * volume / 100))
        self._chime = chime
        self._reply_s = reply_s
        self._character_s = character_s
        self._margin_s = margin_s
        self._quiet_s = quiet_s
        self._port: serial.Serial | None = None
        self._turn = threading.Lock()
        self._cut = threading.Event()
        self._restarted = False

    def open(self) -> None:
        """Take the port for this process alone, and have the chip answer.

        Raises:
            DriverOffline: no such port, one that another process holds, or nobody answers on it.
        """
        self.close()
        with self._turn:
            try:
                self._port = serial.Serial(
                    self._name, self._baud, timeout=self._quiet_s, write_timeout=_WRITE_S, exclusive=True
                )
            except (*WIRE_ERRORS, ValueError) as error:
                raise DriverOffline(f"speech chip {self._name}: {error}") from error
            try:
                self._state()
            except DriverOffline:
                self._release()
                raise

    def close(self) -> None:
        """Cut off what is being said and release the port."""
        self.stop()
        with self._turn:
            self._release()

    def check(self) -> None:
        """Ask the chip how it is, unless it is speaking, which says as much.

        Raises:
            DriverOffline: it does not answer.
        """
        if self._turn.acquire(blocking=False):
            try:
                self._state()
            finally:
                self._turn.release()

    def say(self, utterance: Utterance) -> None:
        """Have the text spoken to its end, or until ``stop`` (contract: ``Voice.say``); ``words`` but for the chime
        are not needed: the chip speaks whatever is written.

        Raises:
            DriverFault: also ``voice_engine`` for a character that is not in GB2312.
        """
        if not utterance.text.translate(NO_MARKS).strip():
            raise DriverFault("voice_engine", "a speech chip has no clips, and there is no text to speak")
        volume, speed = (self._slow_volume, SLOW_SPEED) if utterance.slow else (self._volume, SPEED)
        chime = f"{self._chime} " if self._chime and CHIME in utterance.words else ""
        try:
            pieces = marked(chime + utterance.text, volume=volume, speed=speed)
        except UnicodeEncodeError as error:
            raise DriverFault("voice_engine", f"the chip cannot say {error.object[error.start]!r}") from error
        with self._turn:
            self._cut.clear()
            for piece in pieces:
                self._begin(piece.text)
                if not self._finish(piece.characters * self._character_s + self._margin_s):
                    return

    def stop(self) -> None:
        """Cut off the sentence being said."""
        self._cut.set()

    def _release(self) -> None:
        port, self._port = self._port, None
        if port is not None:
            with contextlib.suppress(*WIRE_ERRORS):
                port.close()

    def _begin(self, text: bytes) -> None:
        """Give it a sentence and be sure that it speaks."""
        said: list[Reply] | None = None
        for _ in range(_TRIES):
            said = self._exchange(speak(text))
            # after it took the sentence; what it said before is no matter
            self._restarted = said is not None and said[-1:] == [Reply.STARTED]
            if said and Reply.TAKEN in said and Reply.NOT_TAKEN not in said and not self._restarted:
                return
            if said is not None and Reply.NOT_TAKEN in said:
                continue
            # No word, or none that is understood: it may speak all the same, and must not begin anew then.
            if self._state() is Reply.BUSY:
                self._restarted = False
                return
        if said is not None and Reply.NOT_TAKEN in said:
            raise DriverFault("voice_refused", f"the speech chip {self._name} refuses what it is told")
        raise DriverOffline(f"speech chip {self._name}: does not take a sentence")

    def _finish(self, longest_s: float) -> bool:
        """Wait for the sentence's end; False when it was cut off."""
        end = time.monotonic() + longest_s
        ask_at = 0.0  # what is very short has ended by now
        while time.monotonic() < end:
            if self._cut.is_set():
                with contextlib.suppress(DriverOffline):
                    self._exchange(STOP)
                return False
            said = self._read()
            self._note(said)
            if said or time.monotonic() >= ask_at:
                # A byte alone may be noise: what it says of itself counts when it was asked.
                state = self._state()
                if self._restarted:
                    raise DriverOffline(f"speech chip {self._name}: it started anew in the middle of a sentence")
                if state is Reply.IDLE:
                    return True
                ask_at = time.monotonic() + _ASK_AGAIN_S
        with contextlib.suppress(DriverOffline):
            self._exchange(STOP)
        raise DriverOffline(f"speech chip {self._name}: still busy after {longest_s:.0f} s")

    def _state(self) -> Reply:
        """Whether it is speaking.

        Raises:
            DriverOffline: it does not answer, or not in words it has.
        """
        garbled = False
        for _ in range(_TRIES):
            said = self._exchange(QUERY)
            if said is None:
                garbled = True
                continue
            states = [each for each in said if each in (Reply.BUSY, Reply.IDLE)]
            if states:
                return states[-1]
            if not said:
                break  # a chip without power has been asked once, which is bound enough
        why = "answers what is no word of its own; is the baud right?" if garbled else "does not answer"
        raise DriverOffline(f"speech chip {self._name}: {why}")

    def _exchange(self, frame: bytes) -> list[Reply] | None:
        """Send a frame and hear what comes of it: empty when nothing does, None when it makes no sense."""
        port = self._opened()
        try:
            self._note(port.read(port.in_waiting))
            port.write(frame)
        except WIRE_ERRORS as error:
            raise DriverOffline(f"speech chip {self._name}: {error}") from error
        deadline = time.monotonic() + self._reply_s + (len(frame) + 2) * 10 / self._baud
        heard = b""
        while time.monotonic() < deadline:
            data = self._read()
            heard += data
            known = replies(heard)
            # taken, and, where it was asked, its state: more does not follow
            if heard and not data and (frame != QUERY or known is None or len(heard) > known.count(Reply.TAKEN)):
                break
        self._note(heard)
        return replies(heard)

    def _note(self, heard: bytes) -> None:
        """A chip that says it has started has forgotten what it was told."""
        if Reply.STARTED in (replies(heard) or ()):
            self._restarted = True

    def _read(self) -> bytes:
        """What comes in the next moment."""
        port = self._opened()
        try:
            return bytes(port.read(max(1, port.in_waiting)))
        except (*WIRE_ERRORS, TypeError) as error:  # TypeError: pyserial's own, for a port closed under a read
            raise DriverOffline(f"speech chip {self._name}: {error}") from error

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise DriverOffline(f"speech chip {self._name} is not open")
        return self._port
