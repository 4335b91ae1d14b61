"""An ear in the demo hall: hears which recorded clips a sound is made of, for the page to write down.

It knows the shipped clips and compares samples; what the speech engine made is heard as free speech.
"""

import io
import tomllib
import wave
from functools import lru_cache

from drivers.voice.clips import SHIPPED, amplify, read_wav
from drivers.voice.speaker import GAP_MS, SLOW_GAIN, SLOW_GAP_MS

PROFILES = ((1.0, GAP_MS), (SLOW_GAIN, SLOW_GAP_MS))
"""The ordinary and the green reading: how loud, and how far apart the clips stand."""


@lru_cache(maxsize=1)
def _clips() -> dict[str, tuple[str, bytes]]:
    """Clip name to what it says and its samples."""
    table: dict[str, dict[str, str]] = tomllib.loads((SHIPPED / "clips.toml").read_text(encoding="utf-8"))
    words: dict[str, str] = {}
    for section in ("hanzi", "letters"):
        words.update(table[section])
    words["duibuqi"] += ","
    found = {}
    for path in sorted(SHIPPED.glob("*.wav")):
        said = "" if path.stem == "chime" else words.get(path.stem, "")
        found[path.stem] = (said, read_wav(path)[1])
    return found


@lru_cache(maxsize=64)
def heard(sound: bytes) -> str:
    """What a WAV file says, in words; "" when it is not made of the shipped clips."""
    with wave.open(io.BytesIO(sound), "rb") as file:
        rate, pcm = file.getframerate(), file.readframes(file.getnframes())
    for gain, gap_ms in PROFILES:
        said = _match(pcm, gain, rate * gap_ms // 1000 * 2)
        if said is not None:
            return said
    return ""


def _match(pcm: bytes, gain: float, gap: int) -> str | None:
    clips = sorted(((said, amplify(clip, gain)) for said, clip in _clips().values()), key=lambda each: -len(each[1]))
    place, words = 0, []
    while place < len(pcm):
        found = next(((said, clip) for said, clip in clips if pcm.startswith(clip, place)), None)
        if found is None:
            return None
        words.append(found[0])
        place += len(found[1]) + gap
    return "".join(words)
