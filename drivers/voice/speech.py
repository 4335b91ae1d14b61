"""Free text as sound, spoken by a one-shot child process and checked before anybody hears it."""

import sys
from collections.abc import Sequence

from drivers.voice.child import Child, ProgramHung
from drivers.voice.clips import ClipError, Sound, amplify, parse_wav
from drivers.voice.speech_child import VOICE
from firmware_py.errors import DriverFault

CHILD = (sys.executable, "-m", "drivers.voice.speech_child")
RATE = 190
"""Words a minute."""
SLOW_RATE = 150
"""Words a minute for the green profile (R-CALL-03)."""
KEEP = 12
"""Sentences kept in memory, some 250 KB each: the desk's prompts and the notices, which are said again and again."""


class Speech:
    """A speech engine, and the last sentences it made, so that a repeat costs nothing. Nothing is written to a disk.

    Args:
        command: the program that speaks; it gets ``--voice V --rate N`` and the text on stdin, and writes a WAV file
            to stdout.
        timeout_s: after which a hung engine is killed.
    """

    def __init__(self, *, command: Sequence[str] = CHILD, timeout_s: float = 10.0) -> None:
        self._command = tuple(command)
        self._timeout_s = timeout_s
        self._made: dict[tuple[str, int], Sound] = {}

    def sound(self, text: str, *, slow: bool, gain: float, child: Child) -> Sound:
        """``text`` as it sounds, ``gain`` times as loud.

        Raises:
            DriverFault: ``voice_engine`` - missing, without the Mandarin voice, hung, or it made no sound.
            Cut: ``child`` was cut meanwhile.
        """
        recipe = text, SLOW_RATE if slow else RATE
        sound = self._made.pop(recipe, None)
        if sound is None:
            made = speak(*recipe, child, command=self._command, timeout_s=self._timeout_s)
            sound = Sound(made.form, amplify(made.pcm, gain))
        self._made[recipe] = sound  # the newest last
        if len(self._made) > KEEP:
            del self._made[next(iter(self._made))]
        return sound


def speak(
    text: str, rate: int, child: Child, *, voice: str = VOICE, command: Sequence[str] = CHILD, timeout_s: float
) -> Sound:
    """``text`` at so many words a minute, as the engine speaks it.

    Raises:
        DriverFault, Cut: as ``Speech.sound``.
    """
    try:
        ended = child.run((*command, "--voice", voice, "--rate", str(rate)), timeout_s=timeout_s, stdin=text.encode())
    except ProgramHung as error:
        raise DriverFault("voice_engine", f"{error} and was killed") from error
    except OSError as error:
        raise DriverFault("voice_engine", f"the speech engine cannot be started: {error}") from error
    if ended.code != 0:
        raise DriverFault("voice_engine", ended.complaint or f"the speech engine ended with code {ended.code}")
    try:
        return parse_wav(ended.output, "what it wrote")
    except ClipError as error:
        raise DriverFault("voice_engine", f"the speech engine made no sound of {text[:20]!r}: {error}") from error
