"""Clips: the shipped pack keeps its promises, and sentences are exactly their clips."""

import shutil
import subprocess
import tomllib
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.voice.clips import (
    GAP_MS,
    SHIPPED,
    SLOW,
    ClipError,
    ClipPack,
    Format,
    amplify,
    clip_names,
    read_wav,
    wav_bytes,
)
from drivers.voice.speech_child import VOICE

MONO = Format(rate_hz=16_000, channels=1)
CALL = ["chime", "qing", "A", "d0", "d0", "d1", "hao_dao", "shi", "d2", "hao_chuangkou_banli", "xiexie"]


@pytest.fixture(scope="module")
def pack() -> ClipPack:
    return ClipPack(SHIPPED)


def put(folder: Path, name: str, pcm: bytes, form: Format = MONO) -> None:
    (folder / f"{name}.wav").write_bytes(wav_bytes(form, pcm))


@pytest.mark.req("R-CALL-03", "R-CALL-08")
def test_the_shipped_pack_says_every_letter_digit_and_phrase_without_an_engine(pack: ClipPack) -> None:
    wanted = {chr(code) for code in range(ord("A"), ord("Z") + 1)} | {f"d{digit}" for digit in range(10)}
    wanted |= {"yao", "shi", "bai", "qing", "hao_dao", "hao_chuangkou_banli", "xiexie", "zuihou_yici", "chime"}
    wanted |= {"qing_pingjia", "xiexie_pingjia", "duibuqi", "shaohou_qita", "zaijian"}
    assert wanted <= pack.names
    assert pack.problems == []


def test_the_shipped_pack_is_what_its_list_says(pack: ClipPack) -> None:
    listed = tomllib.loads((SHIPPED / "clips.toml").read_text("utf-8"))
    assert clip_names() == pack.names == set().union(listed["hanzi"], listed["letters"], listed["tones"])
    assert set(listed["pause_ms"]) <= pack.names


def test_the_shipped_pack_is_small_and_of_one_format(pack: ClipPack) -> None:
    assert pack.format == MONO
    assert sum(path.stat().st_size for path in SHIPPED.rglob("*.wav")) < 2_600_000


@pytest.mark.req("R-CALL-03")
def test_every_spoken_word_of_the_shipped_pack_is_there_slowly_too(pack: ClipPack) -> None:
    assert pack.slow_names == pack.names - {"chime"}
    for name in pack.slow_names:
        assert len(pack.clip(name, slow=True)) > len(pack.clip(name)), name


@pytest.mark.req("R-CALL-03")
def test_no_shipped_clip_clicks_drags_or_is_clipped_when_read_louder() -> None:
    for path in sorted(SHIPPED.rglob("*.wav")):
        pcm = read_wav(path).pcm
        samples = array("h", pcm)
        peak = max(map(abs, samples))
        assert 0.2 * 32767 < peak < 32767 / 1.4, path.name
        assert max(abs(samples[0]), abs(samples[-1])) < 0.01 * peak, path.name
        lead = next(at for at, sample in enumerate(samples) if abs(sample) > 0.05 * peak)
        assert lead < 0.1 * MONO.rate_hz, path.name


def test_a_sentence_is_its_clips_and_the_gaps_between_them(pack: ClipPack, tmp_path: Path) -> None:
    out = tmp_path / "call.wav"
    out.write_bytes(pack.join(CALL).wav())
    clips = sum(read_wav(SHIPPED / f"{word}.wav").duration_s for word in CALL)
    sound = read_wav(out)
    assert sound.duration_s == pytest.approx(clips + GAP_MS / 1000 * (len(CALL) - 1), abs=0.001)
    assert sound.pcm.startswith(read_wav(SHIPPED / "chime.wav").pcm + MONO.silence(GAP_MS))
    assert sound.pcm.endswith(MONO.silence(GAP_MS) + read_wav(SHIPPED / "xiexie.wav").pcm)


def test_missing_names_each_unknown_word_once_in_order(pack: ClipPack) -> None:
    assert pack.missing(["chime", "yizhan", "A", "gonghui", "yizhan"]) == ("yizhan", "gonghui")


def test_a_damaged_or_odd_clip_is_left_out_and_named(tmp_path: Path) -> None:
    put(tmp_path, "good", b"\x01\x00" * 10)
    put(tmp_path, "fine", b"\x01\x00" * 10)
    put(tmp_path, "odd", b"\x01\x00" * 10, Format(rate_hz=44_100, channels=2))
    put(tmp_path, "empty", b"")
    (tmp_path / "text.wav").write_text("not a sound")
    pack = ClipPack(tmp_path)
    assert pack.names == {"good", "fine"}
    assert len(pack.problems) == 3
    assert all(any(name in problem for problem in pack.problems) for name in ("odd", "empty", "text"))


def test_a_pack_of_another_rate_is_played_as_it_is_and_a_slow_clip_of_another_rate_is_left_out(tmp_path: Path) -> None:
    hall = Format(rate_hz=44_100, channels=2)
    (tmp_path / SLOW).mkdir()
    for name in ("A", "B"):
        put(tmp_path, name, b"\x01\x00" * 20, hall)
    put(tmp_path / SLOW, "A", b"\x02\x00" * 20, MONO)
    pack = ClipPack(tmp_path)
    assert (pack.format, pack.names, pack.slow_names) == (hall, {"A", "B"}, frozenset())
    assert pack.join(["A"], slow=True).pcm == b"\x01\x00" * 20
    [problem] = pack.problems
    assert "slow/A.wav is 16000 Hz, mono, the pack is 44100 Hz, 2 channels" in problem


def test_an_absent_folder_is_an_empty_pack(tmp_path: Path) -> None:
    pack = ClipPack(tmp_path / "nothing")
    assert pack.names == frozenset()
    assert pack.missing(["A"]) == ("A",)


def test_eight_bit_sound_is_refused(tmp_path: Path) -> None:
    raw = bytearray(wav_bytes(MONO, b"\x00\x00" * 8))
    raw[32:36] = b"\x01\x00\x08\x00"  # block align, bits per sample
    (tmp_path / "a.wav").write_bytes(raw)
    with pytest.raises(ClipError, match="8-bit"):
        read_wav(tmp_path / "a.wav")


@given(st.lists(st.integers(-32768, 32767)), st.sampled_from([1.0, 1.4, 0.5]))
def test_louder_is_every_sample_times_the_gain_and_never_beyond_full_scale(samples: list[int], gain: float) -> None:
    louder = array("h", amplify(array("h", samples).tobytes(), gain))
    for before, after in zip(samples, louder, strict=True):
        wanted = before if gain == 1.0 else max(-32767, min(32767, before * gain))
        assert abs(after - wanted) <= 0.5


@settings(max_examples=60)
@given(st.binary(max_size=80), st.integers(0, 44))
def test_any_bytes_are_a_sound_or_a_clip_error(tmp_path_factory: pytest.TempPathFactory, raw: bytes, keep: int) -> None:
    path = tmp_path_factory.getbasetemp() / "any.wav"
    path.write_bytes(wav_bytes(MONO, b"\x01\x02" * 20)[:keep] + raw)
    try:
        sound = read_wav(path)
    except ClipError as error:
        assert "any.wav" in str(error)
    else:
        assert sound.pcm


@pytest.mark.req("R-CALL-03")
def test_the_engines_voice_reads_hanzi_as_mandarin_not_as_english() -> None:
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed")
    command = ["espeak-ng", "-q", "--ipa", "-v", VOICE, "请A零零一号到三号窗口办理"]
    spoken = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout
    assert spoken.strip()
    assert "(en)" not in spoken
