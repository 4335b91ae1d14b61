"""``hall voice``: what a technician is told of a pack, and what he hears."""

import json
import math
import shutil
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.virtual.loudspeaker import VirtualLoudspeaker
from drivers.voice.clips import SHIPPED, Format, wav_bytes
from firmware_py.cli import EX_FAILED, main
from firmware_py.demo.listening import heard
from firmware_py.runtime.launching import EX_CONFIG


@pytest.fixture
def loudspeaker() -> Iterator[VirtualLoudspeaker]:
    far_end = VirtualLoudspeaker(speed=math.inf)
    yield far_end
    far_end.close()


@pytest.fixture
def config(tmp_path: Path, loudspeaker: VirtualLoudspeaker) -> Path:
    """A device.toml whose hall has a voice."""
    player = json.dumps(list(loudspeaker.player_command))
    (tmp_path / "device.toml").write_text(
        '[link]\nhost = "127.0.0.1"\n\n[[instance]]\nid = "hall"\nrole = "hall"\n\n'
        f'[instance.voice]\ndriver = "speaker"\nengine = false\nplayer = {player}\n'
    )
    return tmp_path


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A copy of the shipped pack."""
    return Path(shutil.copytree(SHIPPED, tmp_path / "pack"))


@pytest.mark.req("R-CALL-03")
def test_a_call_is_played_through_the_voice_of_this_pi(
    config: Path, loudspeaker: VirtualLoudspeaker, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["voice", "say", "A001", "12", "--config", str(config)]) == 0
    assert main(["voice", "say", "a001", "3", "--slow", "--config", str(config)]) == 0
    assert [heard(sound.wav) for sound in loudspeaker.played()] == [
        "请A零零一号到十二号窗口办理",
        "请A零零一号到三号窗口办理",
    ]
    assert "已播放:请A零零一号到十二号窗口办理" in capsys.readouterr().out


def test_a_voice_that_fails_is_said_and_ends_with_1(
    config: Path, loudspeaker: VirtualLoudspeaker, capsys: pytest.CaptureFixture[str]
) -> None:
    loudspeaker.unplug()
    assert main(["voice", "say", "A001", "3", "--config", str(config)]) == EX_FAILED
    assert "is there a sound card" in capsys.readouterr().err


@pytest.mark.parametrize(("ticket", "desk"), [("甲1", "3"), ("A001", "0"), ("A001", "three")])
def test_a_number_or_desk_that_cannot_be_read_is_usage(ticket: str, desk: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["voice", "say", ticket, desk])
    assert caught.value.code == 2


def test_a_pi_without_a_hall_voice_says_how_to_name_a_card(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    device = config / "device.toml"
    text = device.read_text()
    device.write_text(text[: text.index("[[instance]]")] + '[[instance]]\nid = "controller"\nrole = "controller"\n')
    assert main(["voice", "say", "A001", "3", "--config", str(config)]) == EX_CONFIG
    assert "--device" in capsys.readouterr().err


@pytest.mark.req("R-CALL-08")
def test_the_shipped_pack_lacks_nothing(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voice", "check", str(pack)]) == 0
    assert capsys.readouterr().out == "语音包可以使用:52 个词,慢读 51 个,16000 Hz, mono\n"


@pytest.mark.req("R-CALL-08")
def test_everything_that_is_wrong_with_a_pack_is_named_at_once(pack: Path, capsys: pytest.CaptureFixture[str]) -> None:
    form = Format(16_000, 1)
    (pack / "A.wav").unlink()
    (pack / "B.wav").write_text("not a sound")
    (pack / "C.wav").write_bytes(wav_bytes(Format(44_100, 2), array("h", [9000] * 800).tobytes()))
    (pack / "D.wav").write_bytes(wav_bytes(form, array("h", [200] * 800).tobytes()))
    (pack / "E.wav").write_bytes(wav_bytes(form, array("h", [-32768] * 800).tobytes()))
    (pack / "hello.wav").write_bytes((pack / "F.wav").read_bytes())
    (pack / "slow/G.wav").unlink()

    assert main(["voice", "check", str(pack)]) == EX_FAILED

    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "5 处需要改正"
    wanted = [
        "缺少 A.wav:A",
        "B.wav 不能播放",
        "C.wav 是 44100 Hz, 2 channels,其他录音是 16000 Hz, mono",
        "D.wav 声音太小",
        "E.wav 声音太满(最高 100%)",
        "缺少慢读 slow/G.wav:G",
        "hello.wav 没有用处",
    ]
    for sentence in wanted:
        assert any(sentence in line for line in lines), sentence
    assert len(lines) == len(wanted) + 1


def test_what_only_makes_it_less_good_does_not_fail_it_and_programs_may_read_it(
    pack: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(pack / "slow")
    assert main(["voice", "check", str(pack), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["names"], found["slow"], found["wrong"]) == (52, 0, [])
    assert len(found["remarks"]) == 51


def test_a_folder_that_is_none_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["voice", "check", str(tmp_path / "nothing")]) == EX_CONFIG
    assert "no such folder" in capsys.readouterr().err


def test_a_pack_is_built_from_a_list_and_then_passes_its_own_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed: no clip can be made here")
    words = tmp_path / "words.toml"
    words.write_text('[hanzi]\nting = "请停步"\n[tones]\nchime = "叮咚"\n', "utf-8")
    out = tmp_path / "out"
    assert main(["voice", "build", "--out", str(out), "--words", str(words)]) == 0
    assert "已生成 3 个语音片段" in capsys.readouterr().out
    assert main(["voice", "check", str(out), "--words", str(words)]) == 0
    assert "语音包可以使用:2 个词" in capsys.readouterr().out
