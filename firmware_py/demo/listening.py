"""An ear in the demo hall: hears which recorded clips a sound is made of, for the page to write down.

It knows the shipped clips and compares samples; what the speech engine made is heard as free speech.
"""

import tomllib
from functools import lru_cache

from drivers.voice import CHIME
from drivers.voice.clips import GAP_MS, SHIPPED, SLOW_GAP_MS, ClipError, ClipPack, amplify, parse_wav
from drivers.voice.speaker import SLOW_GAIN


@lru_cache(maxsize=2)
def _clips(*, slow: bool) -> list[tuple[str, bytes]]:
    """What each clip says and its samples, as the ordinary or the green reading plays it; the longest first."""
    table: dict[str, dict[str, str]] = tomllib.loads((SHIPPED / "clips.toml").read_text(encoding="utf-8"))
    words = table["hanzi"] | table["letters"]
    words["duibuqi"] += ","
    words[CHIME] = ""
    pack = ClipPack(SHIPPED)
    gain = SLOW_GAIN if slow else 1.0
    clips = [(words[name], amplify(pack.clip(name, slow=slow), gain)) for name in sorted(pack.names & words.keys())]
    return sorted(clips, key=lambda each: -len(each[1]))


@lru_cache(maxsize=64)
def heard(sound: bytes) -> str:
    """What a WAV file says, in words; "" when it is not made of the shipped clips."""
    try:
        played = parse_wav(sound, "the sound")
    except ClipError:
        return ""
    for slow, gap_ms in ((False, GAP_MS), (True, SLOW_GAP_MS)):
        said = _match(played.pcm, _clips(slow=slow), len(played.form.silence(gap_ms)))
        if said is not None:
            return said
    return ""


def _match(pcm: bytes, clips: list[tuple[str, bytes]], gap: int) -> str | None:
    place, words = 0, []
    while place < len(pcm):
        found = next(((said, clip) for said, clip in clips if pcm.startswith(clip, place)), None)
        if found is None:
            return None
        words.append(found[0])
        place += len(found[1]) + gap
    return "".join(words)
