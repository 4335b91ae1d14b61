"""Recorded clips: a folder of WAV files, and sentences made by laying them end to end."""

import io
import sys
import wave
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from drivers.voice import CHIME

SHIPPED = Path(__file__).with_name("clips")
"""The pack that comes with the package; ``clips.toml`` in it says what each name speaks."""
SLOW = "slow"
"""The folder inside a pack with the same words spoken slowly, for the green profile (R-CALL-03)."""

GAP_MS = 40
"""Between two clips."""
SLOW_GAP_MS = 80
"""Between two clips of the green profile's slower reading (R-CALL-03)."""
STRETCHED_GAP_MS = 200
"""The same where the pack has not every word slow: then the pauses alone slow the sentence down."""

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


class Sound(msgspec.Struct, frozen=True):
    """Something to be heard: its samples and how they are stored."""

    form: Format
    pcm: bytes

    @property
    def duration_s(self) -> float:
        """How long it plays."""
        return len(self.pcm) / (self.form.rate_hz * self.form.channels * _SAMPLE_BYTES)

    def wav(self) -> bytes:
        """The bytes of a WAV file."""
        return wav_bytes(self.form, self.pcm)


class ClipError(ValueError):
    """A file is no WAV this package can play."""


def clip_names(directory: Path = SHIPPED) -> frozenset[str]:
    """What a pack can say: its file names without ``.wav``."""
    return frozenset(path.stem for path in directory.glob("*.wav"))


class ClipPack:
    """Every playable clip of a folder, in memory (the shipped pack is under 4 MB).

    A pack may have any rate; but all its clips must have the same, the slow ones too, because a sentence is one file.
    A damaged clip, or one of another format than most, counts as missing and is named in ``problems``: one bad file
    must not silence the others. What the pack does not have slow is taken from the ordinary clips, further apart:
    stretched samples would sound like another person.

    Args:
        directory: the folder.
        gain, slow_gain: how much louder the clips are played, in the ordinary and in the slow reading.
    """

    def __init__(self, directory: Path, *, gain: float = 1.0, slow_gain: float = 1.0) -> None:
        self.problems: list[str] = []
        loaded: dict[Path, Sound] = {}
        for path in sorted((*directory.glob("*.wav"), *(directory / SLOW).glob("*.wav"))):
            try:
                loaded[path] = read_wav(path)
            except (ClipError, OSError) as error:
                self.problems.append(str(error))
        formats = Counter(sound.form for sound in loaded.values())
        self.format = formats.most_common(1)[0][0] if formats else Format(rate_hz=16_000, channels=1)
        self._gains = {False: gain, True: slow_gain}
        self._loud: dict[tuple[str, bool], bytes] = {}
        self._normal: dict[str, bytes] = {}
        self._slow: dict[str, bytes] = {}
        for path, sound in loaded.items():
            if sound.form == self.format:
                (self._normal if path.parent == directory else self._slow)[path.stem] = sound.pcm
            else:
                self.problems.append(f"{path} is {told(sound.form)}, the pack is {told(self.format)}")

    @property
    def names(self) -> frozenset[str]:
        """The clips that can be played."""
        return frozenset(self._normal)

    @property
    def slow_names(self) -> frozenset[str]:
        """Those of them that are spoken slowly too."""
        return frozenset(self._slow) & self.names

    def missing(self, words: Iterable[str]) -> tuple[str, ...]:
        """Those of ``words`` the pack cannot say, in order, each once."""
        return tuple(dict.fromkeys(word for word in words if word not in self._normal))

    def join(self, words: Sequence[str], *, slow: bool = False) -> Sound:
        """One sentence; every word must be in ``names``."""
        gap_ms = GAP_MS
        if slow:
            spoken = [word for word in words if word != CHIME]
            gap_ms = SLOW_GAP_MS if self.slow_names.issuperset(spoken) else STRETCHED_GAP_MS
        gap = self.format.silence(gap_ms)
        return Sound(self.format, gap.join(self.clip(word, slow=slow) for word in words))

    def clip(self, word: str, *, slow: bool = False) -> bytes:
        """The samples of one word, which must be in ``names``, as loud as they are played."""
        loud = self._loud.get((word, slow))
        if loud is None:
            samples = (slow and self._slow.get(word)) or self._normal[word]
            loud = self._loud[word, slow] = amplify(samples, self._gains[slow])
        return loud


def told(form: Format) -> str:
    """A format as it stands in a sentence."""
    return f"{form.rate_hz} Hz, {'mono' if form.channels == 1 else f'{form.channels} channels'}"


def read_wav(path: Path) -> Sound:
    """A WAV file.

    Raises:
        ClipError: not a WAV file, not 16-bit, or without a single sample.
        OSError: cannot be read.
    """
    return parse_wav(path.read_bytes(), str(path))


def parse_wav(data: bytes, name: str) -> Sound:
    """The same from a WAV file's bytes; ``name`` stands in the errors.

    Raises:
        ClipError: as ``read_wav``.
    """
    try:
        with wave.open(io.BytesIO(data), "rb") as wav:
            form, pcm = Format(wav.getframerate(), wav.getnchannels()), wav.readframes(wav.getnframes())
            width = wav.getsampwidth()
    except UNREADABLE as error:
        raise ClipError(f"{name} is not a WAV file: {str(error) or 'nothing is in it'}") from error
    if width != _SAMPLE_BYTES:
        raise ClipError(f"{name} has {8 * width}-bit samples, 16 are needed")
    pcm = pcm[: len(pcm) - len(pcm) % (form.channels * width)]  # a file cut off in the middle of a sample
    if not pcm or form.rate_hz <= 0:
        raise ClipError(f"{name} is empty")
    return Sound(form, pcm)


def wav_bytes(form: Format, pcm: bytes) -> bytes:
    """A whole WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setnchannels(form.channels)
        wav.setsampwidth(_SAMPLE_BYTES)
        wav.setframerate(form.rate_hz)
        wav.writeframes(pcm)
    return out.getvalue()


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
