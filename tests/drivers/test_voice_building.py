"""Making the clip pack: the one that ships is what is made, and what cannot be made is said."""

import math
import shutil
import subprocess
from array import array
from pathlib import Path

import pytest

from drivers.voice.building import (
    FORM,
    RATE,
    SLOW_RATE,
    Words,
    build,
    chime,
    clip,
    read_words,
    require_mandarin,
    resampled,
    spoken,
    trimmed,
)
from drivers.voice.clips import SHIPPED, SLOW, ClipPack, Format, Sound
from drivers.voice.speech_child import VOICE
from firmware_py.errors import ConfigError, DriverFault

MADE_WITH = "1.51"
"""The release of espeak-ng that spoke the shipped pack."""


@pytest.fixture(scope="module")
def espeak() -> str:
    """The engine's release."""
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed: no clip can be made here")
    command = ["espeak-ng", "--version"]
    return subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout


@pytest.mark.req("R-CALL-03", "R-CALL-08")
def test_the_shipped_pack_is_exactly_what_the_build_makes(espeak: str) -> None:
    if MADE_WITH not in espeak:
        pytest.skip(f"the pack was spoken by espeak-ng {MADE_WITH}, here is {espeak.split(maxsplit=4)[:4]}")
    words = read_words()
    for name in ("chime", "R", "d3"):
        assert clip(words, name, RATE) == (SHIPPED / f"{name}.wav").read_bytes(), name
    assert clip(words, "d1", SLOW_RATE) == (SHIPPED / SLOW / "d1.wav").read_bytes()


def test_a_list_of_its_own_becomes_a_pack_of_its_own_with_slow_words(espeak: str, tmp_path: Path) -> None:
    assert espeak
    made = list(build(tmp_path / "pack", Words(hanzi={"ting": "请停步"}, tones={"chime": "叮咚"})))
    assert [(each.path.name, each.done, each.of) for each in made] == [
        ("chime.wav", 1, 3),
        ("ting.wav", 2, 3),
        ("ting.wav", 3, 3),
    ]
    pack = ClipPack(tmp_path / "pack")
    assert (pack.problems, pack.names, pack.slow_names) == ([], {"chime", "ting"}, {"ting"})
    assert len(pack.clip("ting", slow=True)) > len(pack.clip("ting"))


def fake_espeak(folder: Path, says: str) -> None:
    """An ``espeak-ng`` that answers with these phonemes."""
    program = folder / "espeak-ng"
    program.write_text(f"#!/bin/sh\necho '{says}'\n")
    program.chmod(0o755)


@pytest.mark.req("R-CALL-03")
@pytest.mark.parametrize("phonemes", ["(en)kɪŋθɹiː(cmn)", ""])
def test_an_engine_that_reads_hanzi_as_english_makes_no_clip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, phonemes: str
) -> None:
    fake_espeak(tmp_path, phonemes)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(DriverFault, match="espeak-ng reads '请'") as caught:
        clip(Words(hanzi={"qing": "请"}), "qing")
    assert caught.value.reason == "voice_engine"


def test_without_an_engine_to_ask_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DriverFault, match="apt install espeak-ng"):
        require_mandarin("请")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[hanzi]\n"../up" = "上"\n', "../up"),
        ('[tones]\ngong = "铛"\n', "gong"),
        ("[pause_ms]\nnothing = 3\n", "nothing"),
        ("[hanzi]\nqing = 1\n", "hanzi"),
        ('[hanzis]\nqing = "请"\n', "hanzis"),
        ("not toml at all", "words.toml"),
    ],
)
def test_a_list_that_is_none_is_refused_by_name(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "words.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError, match=why):
        read_words(path)


def test_an_engine_that_hangs_is_a_fault_and_no_traceback() -> None:
    with pytest.raises(DriverFault, match="did not end within") as caught:
        spoken("请", VOICE, RATE, timeout_s=0.01)
    assert caught.value.reason == "voice_engine"


def tone(hertz: float, rate_hz: int) -> Sound:
    samples = (round(16_000 * math.sin(2 * math.pi * hertz * at / rate_hz)) for at in range(rate_hz // 4))
    return Sound(Format(rate_hz, 1), array("h", samples).tobytes())


@pytest.mark.parametrize(("hertz", "kept"), [(300, 1.0), (3_000, 1.0), (6_500, 1.0), (9_000, 0.0), (10_500, 0.0)])
def test_a_sound_brought_to_another_rate_keeps_its_tones_and_folds_none_back(hertz: float, kept: float) -> None:
    middle = resampled(tone(hertz, 22_050))[1000:-1000]
    loudness = math.sqrt(2 * sum(value * value for value in middle) / len(middle)) * 32768 / 16_000
    assert loudness == pytest.approx(kept, abs=0.02)


def test_the_silence_around_a_word_goes_and_nothing_stays_of_silence_alone() -> None:
    word = [0.0] * 4000 + [0.5] * 1000 + [0.0] * 4000
    assert len(trimmed(word)) == 1000 + 2 * (FORM.rate_hz // 100)
    assert trimmed([0.0] * 500) == []
    assert trimmed([]) == []


def test_the_chime_is_two_falling_tones_and_ends_in_silence() -> None:
    sound = chime()
    assert len(sound) == FORM.rate_hz
    assert abs(sound[-1]) < 0.001
