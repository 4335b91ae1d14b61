"""Free text as a WAV file, spoken by a one-shot child process and checked before anybody hears it."""

import sys
from collections.abc import Sequence
from pathlib import Path

from drivers.voice.cache import WavCache
from drivers.voice.child import Child, ProgramHung
from drivers.voice.clips import ClipError, amplify, read_wav, wav_bytes
from drivers.voice.speech_child import VOICE
from firmware_py.errors import DriverFault

CHILD = (sys.executable, "-m", "drivers.voice.speech_child")
RATE = 160
"""Words a minute."""
SLOW_RATE = 120
"""Words a minute for the green profile (R-CALL-03)."""


class Speech:
    """A speech engine behind a cache.

    Args:
        cache: where the sounds are kept.
        command: the program that speaks; it gets ``--voice V --rate N OUT`` and the text on stdin.
        timeout_s: after which a hung engine is killed.
    """

    def __init__(self, cache: WavCache, *, command: Sequence[str] = CHILD, timeout_s: float = 10.0) -> None:
        self._cache = cache
        self._command = tuple(command)
        self._timeout_s = timeout_s

    def wav(self, text: str, *, slow: bool, gain: float, child: Child) -> Path:
        """The file that speaks ``text``.

        Raises:
            DriverFault: ``voice_engine`` - missing, without the Mandarin voice, hung, or it made no sound;
                ``voice_cache``.
            Cut: ``child`` was cut meanwhile.
        """
        rate = SLOW_RATE if slow else RATE
        path = self._cache.path(b"speech", VOICE.encode(), str((rate, gain)).encode(), text.encode())
        if self._cache.holds(path):
            return path
        part = self._cache.scratch(path)
        try:
            self._speak(text, rate, part, child)
            form, pcm = read_wav(part)
        except (ClipError, OSError) as error:
            raise DriverFault("voice_engine", f"the speech engine made no sound of {text[:20]!r}: {error}") from error
        finally:
            part.unlink(missing_ok=True)
        return self._cache.put(path, wav_bytes(form, amplify(pcm, gain)))

    def _speak(self, text: str, rate: int, out: Path, child: Child) -> None:
        command = (*self._command, "--voice", VOICE, "--rate", str(rate), str(out))
        try:
            ended = child.run(command, timeout_s=self._timeout_s, stdin=text.encode())
        except ProgramHung as error:
            raise DriverFault("voice_engine", f"{error} and was killed") from error
        if ended.code != 0:
            raise DriverFault("voice_engine", ended.complaint or f"the speech engine ended with code {ended.code}")
