"""The hall's voice through the real aplay into snd-aloop, recorded at the other end of the loop."""

import subprocess
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.voice import Utterance
from drivers.voice.speaker import SpeakerVoice
from firmware_py.errors import DriverOffline

CALL = Utterance(
    "请A001号到1号窗口办理", ("chime", "qing", "A", "d0", "d0", "d1", "hao_dao", "d1", "hao_chuangkou_banli")
)
RECORD = ("arecord", "-q", "-D", "plughw:Loopback,1", "-f", "S16_LE", "-r", "22050", "-c", "1", "-t", "wav")


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Path]:
    """Records what the loop carries into this file until the test has ended."""
    path = tmp_path / "heard.wav"
    with subprocess.Popen([*RECORD, "-d", "30", str(path)]) as recording:
        yield path
        recording.terminate()


def clips_seconds(words: tuple[str, ...]) -> float:
    from drivers.voice.clips import SHIPPED, ClipPack

    return ClipPack(SHIPPED).join(words).duration_s


def test_a_call_is_heard_at_its_full_length(recorder: Path) -> None:
    voice = SpeakerVoice(device="plughw:Loopback,0", margin_s=30.0)
    voice.open()
    try:
        voice.say(CALL)
    finally:
        voice.close()
    loud = _loud_seconds(recorder)
    expected = clips_seconds(CALL.words)
    assert expected * 0.6 < loud < expected + 1.5


def test_a_call_on_a_card_that_is_not_there_is_offline() -> None:
    voice = SpeakerVoice(device="plughw:Absent,0", margin_s=30.0)
    with pytest.raises(DriverOffline, match="sound card"):
        voice.open()


def test_a_card_that_another_program_plays_on_is_offline_and_then_heard_again() -> None:
    """The whole hardware device, not the mixing one: ALSA gives it to one program at a time."""
    command = ["aplay", "-q", "-D", "hw:Loopback,0,0", "-f", "S16_LE", "-r", "22050", "-c", "1", "-t", "raw", "-"]
    voice = SpeakerVoice(device="plughw:Loopback,0,0", margin_s=30.0)
    with subprocess.Popen(command, stdin=subprocess.PIPE) as other:
        assert other.stdin is not None
        other.stdin.write(bytes(65536))
        other.stdin.flush()
        _await_owner()
        with pytest.raises(DriverOffline, match="busy"):
            voice.open()
        other.kill()
    voice.open()
    voice.close()


def _await_owner() -> None:
    status = Path("/proc/asound/Loopback/pcm0p/sub0/status")
    for _ in range(2000):
        if "closed" not in status.read_text():
            return
        subprocess.run(["true"], check=True)
    raise AssertionError("the other program never got the card")


def _loud_seconds(path: Path) -> float:
    """From the first to the last sample that is no silence."""
    raw = path.read_bytes()
    with wave.open(str(path), "rb") as heard:
        rate = heard.getframerate()
    samples = memoryview(raw[44 : 44 + (len(raw) - 44) // 2 * 2]).cast("h")
    loud = [place for place in range(0, len(samples), 50) if abs(samples[place]) > 300]
    return (loud[-1] - loud[0]) / rate if loud else 0.0
