"""The loudspeaker: clips first, a speech engine second, played by an outside program that can be killed."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

from drivers.voice import Utterance, Voice
from drivers.voice.cache import WavCache
from drivers.voice.child import Child, Cut, ProgramHung
from drivers.voice.clips import SHIPPED, ClipError, ClipPack, amplify, duration_s, wav_bytes
from drivers.voice.speech import CHILD, Speech
from firmware_py.errors import DriverFault, DriverOffline

log = logging.getLogger(__name__)

GAP_MS = 40
"""Between two clips."""
SLOW_GAP_MS = 160
"""Between two clips in the green profile's slower reading (R-CALL-03)."""
SLOW_GAIN = 1.4
"""How much louder the green profile is."""
PROBE_MS = 50
"""Silence played to learn whether anything would be heard."""


class SpeakerVoice(Voice):
    """Plays sentences through ``player``, one at a time.

    Args:
        clips: folder of recorded clips; None for the pack that comes with the package.
        cache: folder for made sentences, best on a tmpfs; bounded.
        player: the program that plays the WAV file named last and exits 0 when it was heard.
        engine: whether text without clips may be spoken by the engine.
        device: ALSA device for ``player`` (``-D``), e.g. ``plughw:1,0``; None for the default.
        engine_command: the speech program (see ``drivers.voice.speech``).
        engine_timeout_s: after which a hung engine is killed.
        margin_s: how much longer than its sound the player may take.
    """

    def __init__(
        self,
        *,
        clips: Path | None = None,
        cache: Path,
        player: Sequence[str] = ("aplay", "-q"),
        engine: bool = True,
        device: str | None = None,
        engine_command: Sequence[str] = CHILD,
        engine_timeout_s: float = 10.0,
        margin_s: float = 3.0,
    ) -> None:
        self._clips = clips if clips is not None else SHIPPED
        self._cache = WavCache(cache)
        self._player = (*player, *(("-D", device) if device is not None else ()))
        self._speech = Speech(self._cache, command=engine_command, timeout_s=engine_timeout_s) if engine else None
        self._margin_s = margin_s
        self._pack: ClipPack | None = None
        self._lamented: set[str] = set()
        self._child = Child()
        self._turn = threading.Lock()

    def open(self) -> None:
        """Load the clips and find out whether a sound can be heard, by playing a moment of silence.

        Raises:
            DriverOffline: no player, or no sound card.
            DriverFault: ``voice_cache`` - the cache folder cannot be written.
        """
        with self._turn:
            self._cache.open()
            self._load()
            self._probe()

    def close(self) -> None:
        """Cut off what is being played."""
        self.stop()

    def check(self) -> None:
        """Play a moment of silence, unless a sentence is being played, which says as much.

        Raises:
            DriverOffline: no player, or no sound card.
        """
        if self._turn.acquire(blocking=False):
            try:
                self._probe()
            finally:
                self._turn.release()

    def say(self, utterance: Utterance) -> None:
        """Play the sentence to its end, or until ``stop`` (contract: ``Voice.say``); also raises ``voice_cache``."""
        with self._turn:
            self._child.begin()
            try:
                self._play(self._render(utterance))
            except Cut:
                log.debug("cut off: %s", utterance.text)

    def stop(self) -> None:
        """Cut off the sentence being made or played."""
        self._child.cut()

    def _render(self, utterance: Utterance) -> Path:
        gain, gap_ms = (SLOW_GAIN, SLOW_GAP_MS) if utterance.slow else (1.0, GAP_MS)
        pack = self._pack if self._pack is not None else self._load()
        missing = pack.missing(utterance.words)
        if utterance.words and not missing:
            wav = pack.join(utterance.words, gap_ms=gap_ms, gain=gain)
            path = self._cache.path(wav)
            return path if self._cache.holds(path) else self._cache.put(path, wav)
        self._lament(missing)
        if self._speech is None or not utterance.text.strip():
            lacking = f"no clip for {', '.join(missing)}" if missing else "no clips are named"
            instead = "the speech engine is off" if self._speech is None else "there is no text to speak instead"
            raise DriverFault("voice_engine", f"{lacking}, and {instead}")
        return self._speech.wav(utterance.text, slow=utterance.slow, gain=gain, child=self._child)

    def _play(self, path: Path) -> None:
        program = self._player[0]
        try:
            ended = self._child.run((*self._player, str(path)), timeout_s=duration_s(path) + self._margin_s)
        except FileNotFoundError as error:
            raise DriverOffline(f"{program} is not installed: apt install alsa-utils") from error
        except (OSError, ClipError) as error:
            raise DriverOffline(f"{program} cannot play {path}: {error}") from error
        except ProgramHung as error:
            raise DriverOffline(f"{error}: is the sound card stuck?") from error
        if ended.code != 0:
            raise DriverOffline(f"{program}: {ended.complaint or ended.code}; is there a sound card (aplay -l)?")

    def _probe(self) -> None:
        pack = self._pack if self._pack is not None else self._load()
        silence = wav_bytes(pack.format, pack.format.silence(PROBE_MS))
        path = self._cache.path(silence)
        self._child.begin()
        try:
            self._play(path if self._cache.holds(path) else self._cache.put(path, silence))
        except Cut:
            log.debug("the probe was cut off")

    def _load(self) -> ClipPack:
        self._pack = ClipPack(self._clips)
        for problem in self._pack.problems:
            log.warning("clip left out: %s", problem)
        amplify(b"", SLOW_GAIN)  # makes its table now, not while the first green ticket waits for its call
        return self._pack

    def _lament(self, missing: Sequence[str]) -> None:
        """One line for each clip that is missing, not one for each call."""
        fresh = [word for word in missing if word not in self._lamented]
        if fresh:
            self._lamented.update(fresh)
            log.warning("no clip for %s in %s: such sentences are left to the engine", ", ".join(fresh), self._clips)
