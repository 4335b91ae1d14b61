"""The speaker against a loudspeaker at the far end of its player: what is heard, what fails, what is cut off."""

import logging
import math
import os
import queue
import shlex
import shutil
import socket
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers import monotonic_ms
from drivers.virtual.faults import Fault
from drivers.virtual.loudspeaker import FAULTS, Ending, Heard, VirtualLoudspeaker
from drivers.voice import Utterance
from drivers.voice.clips import (
    GAP_MS,
    SHIPPED,
    SLOW,
    SLOW_GAP_MS,
    STRETCHED_GAP_MS,
    Format,
    parse_wav,
    read_wav,
    wav_bytes,
)
from drivers.voice.speaker import SpeakerVoice
from drivers.voice.speech import KEEP
from firmware_py.errors import DriverFault, DriverOffline

PATIENCE_S = 10.0
WORDS = ("chime", "qing", "A", "d0", "d0", "d1", "hao_dao", "d3", "hao_chuangkou_banli")
CALL = Utterance(text="请A零零一号到三号窗口办理", words=WORDS)
FREE = Utterance(text="各位群众,取号机已恢复")
BEEP = wav_bytes(Format(rate_hz=22_050, channels=1), b"\x00\x10\x00\xf0" * 2205)

Changes = queue.SimpleQueue[Heard]


@pytest.fixture
def changes() -> Changes:
    return queue.SimpleQueue()


@pytest.fixture
def loudspeaker(changes: Changes) -> Iterator[VirtualLoudspeaker]:
    far_end = VirtualLoudspeaker(speed=math.inf, on_change=changes.put)
    yield far_end
    far_end.close()


@pytest.fixture
def voice(loudspeaker: VirtualLoudspeaker) -> Iterator[SpeakerVoice]:
    driver = SpeakerVoice(player=loudspeaker.player_command, engine=False)
    driver.open()
    yield driver
    driver.close()


def engine(tmp_path: Path, script: str) -> tuple[str, ...]:
    """A speech program made of one shell line, which writes the sound to its stdout."""
    program = tmp_path / "engine.sh"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return (str(program),)


def beeping_engine(tmp_path: Path) -> tuple[str, ...]:
    """An engine that says one beep to everything and notes that it was asked."""
    beep, asked = tmp_path / "beep", tmp_path / "asked"
    beep.write_bytes(BEEP)
    return engine(tmp_path, f'cat >> {asked}; echo "|$4" >> {asked}; cat {beep}')


@pytest.mark.req("R-CALL-01", "R-CALL-08")
def test_a_call_is_heard_whole_without_any_engine(voice: SpeakerVoice, loudspeaker: VirtualLoudspeaker) -> None:
    voice.say(CALL)
    (heard,) = loudspeaker.played()
    assert heard.finished
    assert heard.duration_ms > 4_000


def test_the_first_sound_comes_within_150_ms(voice: SpeakerVoice, loudspeaker: VirtualLoudspeaker) -> None:
    delays = []
    for digit in range(7):
        called = monotonic_ms()
        voice.say(Utterance(text="", words=(*WORDS, f"d{digit}")))
        delays.append(loudspeaker.played()[-1].start - called)
    assert sorted(delays)[len(delays) // 2] <= 150


@pytest.mark.req("R-CALL-03")
def test_the_slow_reading_is_spoken_slowly_and_louder(voice: SpeakerVoice, loudspeaker: VirtualLoudspeaker) -> None:
    words = CALL.words[1:]
    voice.say(Utterance(text=CALL.text, words=words))
    voice.say(Utterance(text=CALL.text, words=words, slow=True))
    normal, slow = loudspeaker.played()
    for heard, folder, gap_ms in ((normal, SHIPPED, GAP_MS), (slow, SHIPPED / SLOW, SLOW_GAP_MS)):
        clips_ms = 1000 * sum(read_wav(folder / f"{word}.wav").duration_s for word in words)
        assert heard.duration_ms == pytest.approx(clips_ms + gap_ms * (len(words) - 1), abs=2)
    assert 180 <= a_minute(normal) <= 200, "characters a minute, rules.md 1.3 speech.rate_normal"
    assert 140 <= a_minute(slow) <= 155, "speech.rate_green"
    assert loudness(slow) == pytest.approx(1.4 * loudness(normal), rel=0.05)


def a_minute(heard: Heard) -> float:
    return len(CALL.text) * 60_000 / heard.duration_ms


def loudness(heard: Heard) -> float:
    """Root mean square of what can be heard of it."""
    samples = [value for value in memoryview(heard.wav[44:]).cast("h") if abs(value) > 300]
    return math.sqrt(sum(value * value for value in samples) / len(samples))


@pytest.mark.req("R-CALL-03")
def test_recordings_without_slow_ones_are_read_slowly_by_longer_pauses_and_keep_their_pitch(
    loudspeaker: VirtualLoudspeaker, tmp_path: Path
) -> None:
    for word in ("qing", "A"):
        shutil.copy(SHIPPED / f"{word}.wav", tmp_path)
    driver = SpeakerVoice(player=loudspeaker.player_command, clips=tmp_path, engine=False)
    driver.open()
    for slow in (False, True):
        driver.say(Utterance(text="", words=("qing", "A"), slow=slow))
    normal, slowly = loudspeaker.played()
    assert slowly.duration_ms - normal.duration_ms == pytest.approx(STRETCHED_GAP_MS - GAP_MS, abs=2)


@pytest.mark.req("R-CALL-03")
@pytest.mark.parametrize("volume", [0, 30, 100])
def test_the_volume_is_a_percentage_of_every_sample(loudspeaker: VirtualLoudspeaker, volume: int) -> None:
    driver = SpeakerVoice(player=loudspeaker.player_command, engine=False, volume=volume)
    driver.open()
    driver.say(Utterance(text="", words=("A",)))
    full = read_wav(SHIPPED / "A.wav").pcm
    if not volume:
        assert loudspeaker.played() == []
        return
    heard = parse_wav(loudspeaker.played()[0].wav, "heard").pcm
    pairs = zip(memoryview(full).cast("h"), memoryview(heard).cast("h"), strict=True)
    assert all(abs(after - before * volume / 100) <= 0.5 for before, after in pairs)


@pytest.mark.req("R-CALL-08")
def test_a_missing_clip_hands_the_sentence_to_the_engine_and_is_lamented_once(
    loudspeaker: VirtualLoudspeaker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    driver = SpeakerVoice(player=loudspeaker.player_command, engine_command=beeping_engine(tmp_path))
    driver.open()
    with caplog.at_level(logging.WARNING):
        for desk in ("甲", "乙"):
            driver.say(Utterance(text=f"请到{desk}区", words=("qing", "dao_qu")))
    assert (tmp_path / "asked").read_text() == "请到甲区|190\n请到乙区|190\n"
    assert len(loudspeaker.played()) == 2
    assert [record for record in caplog.messages if "dao_qu" in record] == caplog.messages
    assert len(caplog.messages) == 1


def test_a_damaged_clip_is_named_once_however_often_the_sound_card_is_looked_for(
    loudspeaker: VirtualLoudspeaker, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "qing.wav").write_bytes(b"RIFF")
    driver = SpeakerVoice(player=loudspeaker.player_command, clips=tmp_path, engine=False)
    loudspeaker.unplug()
    for _ in range(3):
        with pytest.raises(DriverOffline):
            driver.open()
    assert len([each for each in caplog.messages if "qing.wav" in each]) == 1


def test_a_sentence_is_made_once_and_kept_while_it_is_wanted(loudspeaker: VirtualLoudspeaker, tmp_path: Path) -> None:
    driver = SpeakerVoice(player=loudspeaker.player_command, engine_command=beeping_engine(tmp_path))
    driver.open()
    for _ in range(3):
        driver.say(FREE)
    driver.say(Utterance(text=FREE.text, slow=True))
    for number in range(KEEP - 2):
        driver.say(Utterance(text=str(number)))
    driver.say(FREE)
    driver.say(Utterance(text="one more than is kept"))
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[:2] == [f"{FREE.text}|190", f"{FREE.text}|150"]
    assert asked.count(f"{FREE.text}|190") == 1
    driver.say(Utterance(text=FREE.text, slow=True))
    assert (tmp_path / "asked").read_text().splitlines().count(f"{FREE.text}|150") == 2, (
        "the longest unused is forgotten"
    )


@pytest.mark.parametrize(
    "utterance", [FREE, Utterance(text="请到甲区", words=("qing", "dao_qu")), Utterance(text="  ", words=())]
)
@pytest.mark.req("R-CALL-08")
def test_neither_clips_nor_engine_is_a_fault_that_says_what_is_missing(
    voice: SpeakerVoice, loudspeaker: VirtualLoudspeaker, utterance: Utterance
) -> None:
    with pytest.raises(DriverFault, match=r"dao_qu|no clips are named") as caught:
        voice.say(utterance)
    assert caught.value.reason == "voice_engine"
    assert [heard.wav for heard in loudspeaker.played()] == [(SHIPPED / "chime.wav").read_bytes()], "people look up"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo first >&2; echo no such voice >&2; exit 3", "no such voice"),
        ("exit 7", "code 7"),
        ("exit 0", "made no sound"),
        ("echo no sound at all", "made no sound"),
        ("head -c 44 {beep}", "made no sound"),
    ],
)
@pytest.mark.req("R-CALL-08")
def test_an_engine_that_makes_no_sound_is_a_fault_after_a_chime_and_the_next_call_is_heard(
    loudspeaker: VirtualLoudspeaker, tmp_path: Path, script: str, why: str
) -> None:
    (tmp_path / "beep").write_bytes(wav_bytes(Format(rate_hz=22_050, channels=1), b""))
    command = engine(tmp_path, script.replace("{beep}", str(tmp_path / "beep")))
    driver = SpeakerVoice(player=loudspeaker.player_command, engine_command=command)
    driver.open()
    with pytest.raises(DriverFault, match=why) as caught:
        driver.say(FREE)
    assert caught.value.reason == "voice_engine"
    driver.say(CALL)
    chime, call = loudspeaker.played()
    assert chime.wav == (SHIPPED / "chime.wav").read_bytes()
    assert call.finished


@pytest.mark.req("R-CALL-08")
def test_a_hung_engine_is_killed_with_everything_it_started(loudspeaker: VirtualLoudspeaker, tmp_path: Path) -> None:
    alive = tmp_path / "alive"
    os.mkfifo(alive)
    command = engine(tmp_path, f"exec 9> {alive}; sleep 600 & wait")
    driver = SpeakerVoice(player=loudspeaker.player_command, engine_command=command, engine_timeout_s=0.2)
    driver.open()
    reads_until_all_who_hold_it_are_dead = threading.Thread(target=alive.read_bytes, daemon=True)
    reads_until_all_who_hold_it_are_dead.start()
    with pytest.raises(DriverFault, match="killed"):
        driver.say(FREE)
    reads_until_all_who_hold_it_are_dead.join(PATIENCE_S)
    assert not reads_until_all_who_hold_it_are_dead.is_alive()


@pytest.mark.req("R-CALL-02")
def test_stop_cuts_the_sentence_and_the_next_one_is_heard(
    voice: SpeakerVoice, loudspeaker: VirtualLoudspeaker, changes: Changes
) -> None:
    loudspeaker.speed = 1 / 60
    speaking = threading.Thread(target=voice.say, args=(CALL,))
    speaking.start()
    assert changes.get(timeout=PATIENCE_S).ending is Ending.PLAYING
    voice.check()  # a sentence being played answers for the sound card; it must not wait for it
    voice.stop()
    speaking.join(PATIENCE_S)
    assert not speaking.is_alive()
    assert changes.get(timeout=PATIENCE_S).cut
    loudspeaker.speed = math.inf
    voice.say(CALL)
    assert [heard.ending for heard in loudspeaker.played()] == [Ending.CUT, Ending.FINISHED]


def test_stop_cuts_a_sentence_that_is_still_being_made(loudspeaker: VirtualLoudspeaker, tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    os.mkfifo(asked)
    command = engine(tmp_path, f"echo now > {asked}; exec sleep 600")
    driver = SpeakerVoice(player=loudspeaker.player_command, engine_command=command, engine_timeout_s=600)
    driver.open()
    speaking = threading.Thread(target=driver.say, args=(FREE,))
    speaking.start()
    assert asked.read_text() == "now\n"
    driver.close()
    speaking.join(PATIENCE_S)
    assert not speaking.is_alive()
    assert loudspeaker.played() == []


def test_stop_without_a_sentence_does_not_silence_the_next(
    voice: SpeakerVoice, loudspeaker: VirtualLoudspeaker
) -> None:
    voice.stop()
    voice.say(CALL)
    assert loudspeaker.played()[-1].finished


def test_what_a_player_complains_with_is_told(tmp_path: Path) -> None:
    driver = SpeakerVoice(player=engine(tmp_path, "cat > /dev/null; echo underrun >&2; exit 1"))
    with pytest.raises(DriverOffline, match=r"underrun.*sound card"):
        driver.open()


@pytest.mark.req("R-CALL-08")
def test_an_unplugged_loudspeaker_is_offline_and_a_replugged_one_speaks(
    voice: SpeakerVoice, loudspeaker: VirtualLoudspeaker
) -> None:
    loudspeaker.unplug()
    for verb in (voice.check, voice.open, lambda: voice.say(CALL)):
        with pytest.raises(DriverOffline, match="sound card"):
            verb()
    loudspeaker.replug()
    voice.check()
    voice.open()
    assert loudspeaker.played() == []
    voice.say(CALL)
    assert loudspeaker.played()[-1].finished


def test_a_cable_pulled_in_the_middle_of_a_sentence_is_offline(
    voice: SpeakerVoice, loudspeaker: VirtualLoudspeaker, changes: Changes
) -> None:
    loudspeaker.speed = 1 / 60
    seen: queue.SimpleQueue[DriverOffline] = queue.SimpleQueue()

    def speak() -> None:
        try:
            voice.say(CALL)
        except DriverOffline as error:
            seen.put(error)

    speaking = threading.Thread(target=speak)
    speaking.start()
    assert changes.get(timeout=PATIENCE_S).ending is Ending.PLAYING
    loudspeaker.unplug()
    assert "sound card" in str(seen.get(timeout=PATIENCE_S))
    speaking.join(PATIENCE_S)
    assert changes.get(timeout=PATIENCE_S).cut


def test_a_missing_player_says_what_to_install(tmp_path: Path) -> None:
    driver = SpeakerVoice(player=(str(tmp_path / "aplay"), "-q"))
    with pytest.raises(DriverOffline, match="apt install alsa-utils"):
        driver.open()


def test_a_hung_player_is_killed_in_bounded_time() -> None:
    driver = SpeakerVoice(player=("sh", "-c", "sleep 600"), margin_s=0.2)
    started = time.monotonic()
    with pytest.raises(DriverOffline, match="stuck"):
        driver.open()
    assert time.monotonic() - started < PATIENCE_S


def test_the_real_player_without_that_sound_card_is_offline() -> None:
    if shutil.which("aplay") is None:
        pytest.skip("aplay (alsa-utils) is not installed")
    driver = SpeakerVoice(device="plughw:CARD=NoSuchCard")
    with pytest.raises(DriverOffline, match="sound card"):
        driver.open()


def test_the_real_player_plays_a_call() -> None:
    if shutil.which("aplay") is None:
        pytest.skip("aplay (alsa-utils) is not installed")
    driver = SpeakerVoice(device="null", engine=False)
    driver.open()
    driver.check()
    driver.say(Utterance(text="", words=("A", "d1")))


@pytest.mark.req("R-CALL-03")
def test_the_real_engine_speaks_a_long_notice_to_its_end(loudspeaker: VirtualLoudspeaker) -> None:
    driver = SpeakerVoice(player=loudspeaker.player_command)
    driver.open()
    notice = "各位群众,因系统维护,取号机将于下午五点停止取号,已取号的业务为您延时办理,"
    try:
        driver.say(Utterance(text=notice))
        driver.say(Utterance(text=notice * 3))
    except DriverFault as error:
        if "apt install" in error.detail:
            pytest.skip(error.detail)
        raise
    once, thrice = loudspeaker.played()
    assert once.duration_ms > 5_000
    assert thrice.duration_ms > 2.8 * once.duration_ms  # past 7 s pyttsx3 comes back before the sound is made


def test_the_real_engine_refuses_a_voice_it_has_not_instead_of_speaking_english(
    loudspeaker: VirtualLoudspeaker, tmp_path: Path
) -> None:
    child = f"exec {shlex.quote(sys.executable)} -m drivers.voice.speech_child --voice zh-xx"
    driver = SpeakerVoice(player=loudspeaker.player_command, engine_command=engine(tmp_path, child))
    driver.open()
    with pytest.raises(DriverFault, match=r"no voice zh-xx|no speech engine"):
        driver.say(FREE)


@settings(max_examples=30, deadline=None)
@given(st.booleans(), st.integers(0, 44), st.binary(max_size=80))
def test_whatever_is_sent_down_the_cable_the_loudspeaker_hears_the_next_call(
    sized: bool, keep: int, noise: bytes
) -> None:
    raw = BEEP[:keep] + noise
    if sized:
        raw = len(raw).to_bytes(8, "big") + raw
    far_end = VirtualLoudspeaker(speed=math.inf)
    try:
        with socket.socket(socket.AF_UNIX) as cable:
            cable.connect(far_end.player_command[-1])
            cable.sendall(raw)
        with socket.socket(socket.AF_UNIX) as cable:
            cable.connect(far_end.player_command[-1])
            cable.sendall(len(BEEP).to_bytes(8, "big") + BEEP)
            assert cable.recv(1) == b"."
        assert far_end.played()[-1].wav == BEEP
    finally:
        far_end.close()


def test_the_loudspeaker_takes_as_long_as_the_sound(tmp_path: Path) -> None:
    sound = tmp_path / "beep.wav"
    sound.write_bytes(BEEP)
    far_end = VirtualLoudspeaker()
    try:
        driver = SpeakerVoice(player=far_end.player_command, clips=tmp_path, engine=False)
        started = time.monotonic()
        driver.open()
        driver.say(Utterance(text="", words=("beep",)))
        assert time.monotonic() - started >= read_wav(sound).duration_s
        assert far_end.played()[0].duration_ms == 200
    finally:
        far_end.close()


def test_a_loudspeaker_knows_its_faults_and_no_others_and_one_that_hung_goes_on_when_it_is_mended(
    voice: SpeakerVoice, loudspeaker: VirtualLoudspeaker, changes: Changes
) -> None:
    assert set(loudspeaker.faults) == set(FAULTS)
    with pytest.raises(ValueError, match="paper_out"):
        loudspeaker.set_fault(Fault.PAPER_OUT, True)
    loudspeaker.set_fault(Fault.SILENT, True)
    assert loudspeaker.faults[Fault.SILENT]
    speaking = threading.Thread(target=voice.say, args=(CALL,))
    speaking.start()
    assert changes.get(timeout=PATIENCE_S).ending is Ending.PLAYING
    loudspeaker.set_fault(Fault.SILENT, False)
    assert changes.get(timeout=PATIENCE_S).finished
    speaking.join(PATIENCE_S)
