"""The loudspeaker: clips first, a speech engine second, played by an outside program that can be killed."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from drivers.voice import CHIME, Utterance, Voice
from drivers.voice.child import Child, Cut, ProgramHung
from drivers.voice.clips import SHIPPED, ClipPack, Sound, amplify
from drivers.voice.speech import CHILD, Speech
from firmware_py.errors import DriverFault, DriverOffline

log = logging.getLogger(__name__)

SLOW_GAIN = 1.4
"""How much louder the green profile is (R-CALL-03)."""
PROBE_MS = 50
"""Silence played to learn whether anything would be heard."""


class SpeakerVoice(Voice):
    """Plays sentences through ``player``, one at a time. Nothing is written to a disk.

    Args:
        clips: folder of recorded clips; None for the pack that comes with the package.
        player: the program that plays the WAV file on its stdin and exits 0 when it was heard.
        engine: whether text without clips may be spoken by the engine.
        device: ALSA device for ``player`` (``-D``), e.g. ``plughw:1,0``; None for the default.
        volume: percent of the clips' own loudness, which leaves room for the green profile's ``SLOW_GAIN``.
        engine_command: the speech program (see ``drivers.voice.speech``).
        engine_timeout_s: after which a hung engine is killed.
        margin_s: how much longer than its sound the player may take.
    """

    def __init__(
        self,
        *,
        clips: Path | None = None,
        player: Sequence[str] = ("aplay", "-q"),
        engine: bool = True,
        device: str | None = None,
        volume: int = 100,
        engine_command: Sequence[str] = CHILD,
        engine_timeout_s: float = 10.0,
        margin_s: float = 3.0,
    ) -> None:
        self._clips = clips if clips is not None else SHIPPED
        self._player = (*player, *(("-D", device) if device is not None else ()))
        self._speech = Speech(command=engine_command, timeout_s=engine_timeout_s) if engine else None
        self._gains = {False: volume / 100, True: volume / 100 * SLOW_GAIN}
        self._margin_s = margin_s
        self._pack: ClipPack | None = None
        self._lamented: set[str] = set()
        self._child = Child()
        self._turn = threading.Lock()

    def open(self) -> None:
        """Load the clips and find out whether a sound can be heard, by playing a moment of silence.

        Raises:
            DriverOffline: no player, no sound card, or one that another program holds.
        """
        with self._turn:
            self._load()
            self._probe()

    def close(self) -> None:
        """Cut off what is being played."""
        self.stop()

    def check(self) -> None:
        """Play a moment of silence, unless a sentence is being played, which says as much.

        Raises:
            DriverOffline: as ``open``.
        """
        if self._turn.acquire(blocking=False):
            try:
                self._probe()
            finally:
                self._turn.release()

    def say(self, utterance: Utterance) -> None:
        """Play the sentence to its end, or until ``stop`` (contract: ``Voice.say``)."""
        with self._turn:
            self._child.begin()
            try:
                try:
                    self._play(self._render(utterance))
                except DriverFault:
                    self._chime(slow=utterance.slow)
                    raise
            except Cut:
                log.debug("cut off: %s", utterance.text)

    def stop(self) -> None:
        """Cut off the sentence being made or played."""
        self._child.cut()

    def _render(self, utterance: Utterance) -> Sound:
        pack = self._pack if self._pack is not None else self._load()
        missing = pack.missing(utterance.words)
        if utterance.words and not missing:
            return pack.join(utterance.words, slow=utterance.slow)
        self._lament(missing)
        if self._speech is None or not utterance.text.strip():
            lacking = f"no clip for {', '.join(missing)}" if missing else "no clips are named"
            instead = "the speech engine is off" if self._speech is None else "there is no text to speak instead"
            raise DriverFault("voice_engine", f"{lacking}, and {instead}")
        return self._speech.sound(
            utterance.text, slow=utterance.slow, gain=self._gains[utterance.slow], child=self._child
        )

    def _chime(self, *, slow: bool) -> None:
        """Nothing can say it: at least people look up, and read the board (R-CALL-08)."""
        pack = self._pack if self._pack is not None else self._load()
        if CHIME in pack.names:
            self._play(pack.join([CHIME], slow=slow))

    def _play(self, sound: Sound) -> None:
        program = self._player[0]
        try:
            # a pipe, not a file: the first sample leaves a millisecond after the player's start, and no disk wears out
            ended = self._child.run(self._player, timeout_s=sound.duration_s + self._margin_s, stdin=sound.wav())
        except FileNotFoundError as error:
            raise DriverOffline(f"{program} is not installed: apt install alsa-utils") from error
        except OSError as error:
            raise DriverOffline(f"{program} cannot be started: {error}") from error
        except ProgramHung as error:
            raise DriverOffline(f"{error}: is the sound card stuck?") from error
        if ended.code != 0:
            raise DriverOffline(f"{program}: {ended.complaint or ended.code}; is there a sound card (aplay -l)?")

    def _probe(self) -> None:
        pack = self._pack if self._pack is not None else self._load()
        self._child.begin()
        try:
            self._play(Sound(pack.format, pack.format.silence(PROBE_MS)))
        except Cut:
            log.debug("the probe was cut off")

    def _load(self) -> ClipPack:
        self._pack = ClipPack(self._clips, gain=self._gains[False], slow_gain=self._gains[True])
        for problem in self._pack.problems:
            if problem not in self._lamented:  # a sound card that is away is looked for again and again
                self._lamented.add(problem)
                log.warning("clip left out: %s", problem)
        for gain in self._gains.values():
            amplify(b"", gain)  # makes its table now, not while the first ticket waits for its call
        return self._pack

    def _lament(self, missing: Sequence[str]) -> None:
        """One line for each clip that is missing, not one for each call."""
        fresh = [word for word in missing if word not in self._lamented]
        if fresh:
            self._lamented.update(fresh)
            log.warning("no clip for %s in %s: such sentences are left to the engine", ", ".join(fresh), self._clips)
