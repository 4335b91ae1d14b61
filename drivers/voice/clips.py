"""Recorded clips: a folder of WAV files, and sentences made by laying them end to end."""

import io
import sys
import wave
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

SHIPPED = Path(__file__).with_name("clips")
"""The pack that comes with the package; ``clips.toml`` in it says what each name speaks."""

UNREADABLE = (wave.Error, EOFError, RuntimeError)
"""What ``wave`` raises for a file that is none; RuntimeError where a chunk claims to be longer than the file."""

_SAMPLE_BYTES = 2
_MAX = 32767


class Format(msgspec.Struct, frozen=True):
    """How the sound is stored; samples are 16-bit signed, as every clip and every engine here has them."""

    rate_hz: int
    channels: int

    def silence(self, ms: int) -> bytes:
        """So much of nothing."""
        return bytes(self.rate_hz * ms // 1000 * self.channels * _SAMPLE_BYTES)


class ClipError(ValueError):
    """A file is no WAV this package can play."""


def clip_names(directory: Path = SHIPPED) -> frozenset[str]:
    """What a pack can say: its file names without ``.wav``."""
    return frozenset(path.stem for path in directory.glob("*.wav"))


class ClipPack:
    """Every playable clip of a folder, in memory (the shipped pack is under 1.5 MB).

    A damaged clip, or one of another format than most, counts as missing and is named in ``problems``: one bad file
    must not silence the others.
    """

    def __init__(self, directory: Path) -> None:
        self.problems: list[str] = []
        loaded: dict[str, tuple[Format, bytes]] = {}
        for path in sorted(directory.glob("*.wav")):
            try:
                loaded[path.stem] = read_wav(path)
            except (ClipError, OSError) as error:
                self.problems.append(str(error))
        formats = Counter(form for form, _ in loaded.values())
        self.format = formats.most_common(1)[0][0] if formats else Format(rate_hz=16_000, channels=1)
        self._pcm: dict[str, bytes] = {}
        for name, (form, pcm) in loaded.items():
            if form == self.format:
                self._pcm[name] = pcm
            else:
                self.problems.append(f"{directory / name}.wav is {form}, the pack is {self.format}")

    @property
    def names(self) -> frozenset[str]:
        """The clips that can be played."""
        return frozenset(self._pcm)

    def missing(self, words: Iterable[str]) -> tuple[str, ...]:
        """Those of ``words`` the pack cannot say, in order, each once."""
        return tuple(dict.fromkeys(word for word in words if word not in self._pcm))

    def join(self, words: Sequence[str], *, gap_ms: int, gain: float = 1.0) -> bytes:
        """One sentence as the bytes of a WAV file; every word must be in ``names``."""
        pcm = self.format.silence(gap_ms).join(self._pcm[word] for word in words)
        return wav_bytes(self.format, amplify(pcm, gain))


def read_wav(path: Path) -> tuple[Format, bytes]:
    """The format and samples of a WAV file.

    Raises:
        ClipError: not a WAV file, not 16-bit, or without a single sample.
        OSError: cannot be read.
    """
    try:
        with wave.open(str(path), "rb") as wav:
            form, pcm = Format(wav.getframerate(), wav.getnchannels()), wav.readframes(wav.getnframes())
            width = wav.getsampwidth()
    except UNREADABLE as error:
        raise ClipError(f"{path} is not a WAV file: {error}") from error
    if width != _SAMPLE_BYTES:
        raise ClipError(f"{path} has {8 * width}-bit samples, 16 are needed")
    pcm = pcm[: len(pcm) - len(pcm) % (form.channels * width)]  # a file cut off in the middle of a sample
    if not pcm or form.rate_hz <= 0:
        raise ClipError(f"{path} is empty")
    return form, pcm


def wav_bytes(form: Format, pcm: bytes) -> bytes:
    """A whole WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setnchannels(form.channels)
        wav.setsampwidth(_SAMPLE_BYTES)
        wav.setframerate(form.rate_hz)
        wav.writeframes(pcm)
    return out.getvalue()


def duration_s(path: Path) -> float:
    """How long a WAV file plays.

    Raises:
        ClipError, OSError: as ``read_wav``.
    """
    form, pcm = read_wav(path)
    return len(pcm) / (form.rate_hz * form.channels * _SAMPLE_BYTES)


def amplify(pcm: bytes, gain: float) -> bytes:
    """The samples ``gain`` times as loud, cut off at full scale.

    Through a table of all 65 536 values: a sentence takes milliseconds, where arithmetic per sample would eat the
    budget for the first sound on a Pi.
    """
    if gain == 1.0:
        return pcm
    louder = _GAIN_TABLES.get(gain)
    if louder is None:
        louder = array("h", (max(-_MAX, min(_MAX, round(value * gain))) for value in range(-32768, 32768)))
        # indexed by the unsigned reading of a sample: 0…32767 first, then the negative ones
        louder = louder[32768:] + louder[:32768]
        _GAIN_TABLES[gain] = louder
    samples = array("H", pcm)
    if sys.byteorder == "big":
        samples.byteswap()
    out = array("h", map(louder.__getitem__, samples))
    if sys.byteorder == "big":
        out.byteswap()
    return out.tobytes()


_GAIN_TABLES: dict[float, "array[int]"] = {}
