"""Making a clip pack with the speech engine: every word spoken, checked, cut to size and brought to one loudness."""

import math
import subprocess
import tomllib
from array import array
from collections.abc import Iterator
from functools import lru_cache
from operator import mul
from pathlib import Path
from typing import Final

import msgspec

from drivers.voice import CHIME
from drivers.voice.child import Child
from drivers.voice.clips import SHIPPED, SLOW, Format, Sound, read_wav, wav_bytes
from drivers.voice.speech import speak
from drivers.voice.speech_child import VOICE
from firmware_py.errors import ConfigError, DriverFault

WORDS: Final = SHIPPED / "clips.toml"
"""What each name of the shipped pack speaks."""
FORM: Final = Format(rate_hz=16_000, channels=1)
LETTERS_VOICE: Final = "en-us"
RATE: Final = 190
"""Words a minute of the ordinary clips: 184 characters a minute as calls are read (speech.rate_normal)."""
SLOW_RATE: Final = 160
"""Words a minute of the green profile's clips: 148 characters a minute as calls are read (speech.rate_green)."""
LOUDNESS: Final = 0.16
"""Root mean square of a clip, of full scale."""
PEAK: Final = 0.68
"""Highest sample, of full scale: the slow reading is 1.4 times as loud and still not clipped."""
QUIET: Final = 0.01
"""Of a clip's peak; what is quieter at its ends is cut away."""
TAPS: Final = 24
"""Half width of the resampling filter, in samples of the slower rate."""
ENGINE_S: Final = 30.0

Samples = list[float]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A list of clips: name → text, for the Mandarin and the English voice and the computed tones; ``pause_ms`` is the
    silence at a clip's end."""

    hanzi: dict[str, str] = {}
    letters: dict[str, str] = {}
    tones: dict[str, str] = {}
    pause_ms: dict[str, int] = {}

    @property
    def names(self) -> frozenset[str]:
        """All clips."""
        return frozenset(self.hanzi) | frozenset(self.letters) | frozenset(self.tones)


class Made(msgspec.Struct, frozen=True):
    """One clip that lies there now, and how much is still to do."""

    path: Path
    done: int
    of: int


def read_words(path: Path = WORDS) -> Words:
    """A list of clips.

    Raises:
        ConfigError: cannot be read, or is no such list.
    """
    try:
        words = msgspec.convert(tomllib.loads(path.read_text("utf-8")), Words)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigError([f"{path}: {error}"]) from error
    strange = [name for name in sorted(words.names) if not name.replace("_", "").isalnum() or not name.isascii()]
    strange += [name for name in words.tones if name != CHIME]
    strange += [name for name in words.pause_ms if name not in words.names]
    if strange:
        raise ConfigError([f"{path}: {', '.join(strange)}: not the name of a clip that can be made"])
    return words


def build(out: Path, words: Words) -> Iterator[Made]:
    """Make every clip of the list in ``out``, the slow ones in ``out/slow``; each is read back before the next.

    Raises:
        DriverFault: ``voice_engine`` - no engine, a text it reads as English, or a clip without sound.
        OSError: cannot be written.
    """
    (out / SLOW).mkdir(parents=True, exist_ok=True)
    jobs = [(out / f"{name}.wav", name, RATE) for name in sorted(words.names)]
    jobs += [(out / SLOW / f"{name}.wav", name, SLOW_RATE) for name in sorted(words.names - words.tones.keys())]
    for done, (path, name, rate) in enumerate(jobs, 1):
        path.write_bytes(clip(words, name, rate))
        if read_wav(path).form != FORM:
            raise DriverFault("voice_engine", f"{path} did not become a clip")
        yield Made(path, done, len(jobs))


def clip(words: Words, name: str, rate: int = RATE) -> bytes:
    """One clip as the bytes of its file.

    Raises:
        DriverFault: as ``build``.
    """
    if name in words.tones:
        samples = chime()
    elif name in words.letters:
        samples = trimmed(spoken(words.letters[name], LETTERS_VOICE, rate))
    else:
        require_mandarin(words.hanzi[name])
        samples = trimmed(spoken(words.hanzi[name], VOICE, rate))
    if not any(samples):
        raise DriverFault("voice_engine", f"the speech engine made no sound of {name}")
    loudness = math.sqrt(sum(value * value for value in samples) / len(samples))
    gain = min(LOUDNESS / loudness, PEAK / max(map(abs, samples)))
    pcm = array("h", (round(value * gain * 32767) for value in samples)).tobytes()
    return wav_bytes(FORM, pcm + FORM.silence(words.pause_ms.get(name, 0)))


def require_mandarin(text: str) -> None:
    """See that the voice reads hanzi as Mandarin: an engine of another release may read their pinyin as English.

    Raises:
        DriverFault: ``voice_engine`` - it does not, or there is no ``espeak-ng`` to ask.
    """
    command = ["espeak-ng", "-q", "--ipa", "-v", VOICE, text]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=ENGINE_S, check=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise DriverFault("voice_engine", f"espeak-ng cannot be asked: {error}; apt install espeak-ng") from error
    if "(en)" in asked.stdout or not asked.stdout.strip():
        raise DriverFault("voice_engine", f"espeak-ng reads {text!r} as {asked.stdout.strip()!r}")


def spoken(text: str, voice: str, rate: int, *, timeout_s: float = ENGINE_S) -> Samples:
    """One text by the engine, at ``FORM``'s rate.

    Raises:
        DriverFault: ``voice_engine``.
    """
    return resampled(speak(text, rate, Child(), voice=voice, timeout_s=timeout_s))


def resampled(sound: Sound) -> Samples:
    """To ``FORM``'s rate, through a windowed sinc that keeps what the slower rate cannot carry from folding back."""
    samples = [value / 32768 for value in array("h", sound.pcm)]
    rate_hz = sound.form.rate_hz
    common = math.gcd(rate_hz, FORM.rate_hz)
    up, down = FORM.rate_hz // common, rate_hz // common
    reach = math.ceil(TAPS * max(1.0, rate_hz / FORM.rate_hz))
    padded = [0.0] * reach + samples + [0.0] * (reach + 1)
    out = []
    for index in range(len(samples) * up // down):
        whole, phase = divmod(index * down, up)
        out.append(sum(map(mul, padded[whole + 1 : whole + 1 + 2 * reach], _filter(phase, up, down, reach))))
    return out


@lru_cache(maxsize=1024)
def _filter(phase: int, up: int, down: int, reach: int) -> Samples:
    """The weights of the samples around a moment that lies ``phase / up`` behind the middle one."""
    cutoff = min(1.0, up / down) * 0.95
    weights = []
    for tap in range(1 - reach, reach + 1):
        x = tap - phase / up
        window = 0.5 + 0.5 * math.cos(math.pi * x / reach) if abs(x) < reach else 0.0
        angle = math.pi * cutoff * x
        weights.append(window * cutoff * (math.sin(angle) / angle if angle else 1.0))
    return weights


def trimmed(sound: Samples) -> Samples:
    """Without the silence around it; 10 ms stay on either side and fade, so that no clip clicks."""
    limit = QUIET * max(map(abs, sound), default=0.0)
    loud = [index for index, value in enumerate(sound) if abs(value) > limit]
    if not loud:
        return []
    margin = FORM.rate_hz // 100
    cut = sound[max(0, loud[0] - margin) : loud[-1] + 1 + margin]
    for index in range(min(margin, len(cut) // 2)):
        cut[index] *= index / margin
        cut[-1 - index] *= index / margin
    return cut


def chime() -> Samples:
    """叮咚: two bell tones, a major third down, the first still sounding under the second."""
    out = [0.0] * FORM.rate_hz
    for start_s, hertz in ((0.0, 659.26), (0.35, 523.25)):
        for index in range(int(start_s * FORM.rate_hz), len(out)):
            t = index / FORM.rate_hz - start_s
            attack = min(1.0, t / 0.004)
            bell = math.sin(2 * math.pi * hertz * t) + 0.35 * math.sin(4 * math.pi * hertz * t) * math.exp(-6 * t)
            out[index] += attack * math.exp(-5 * t) * bell
    for index in range(FORM.rate_hz // 20):
        out[-1 - index] *= index / (FORM.rate_hz // 20)
    return out
