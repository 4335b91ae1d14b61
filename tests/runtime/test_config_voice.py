"""``[instance.voice]``: which voice, how loud, and for which desks."""

from pathlib import Path

import pytest

from drivers.voice.speaker import SpeakerVoice
from drivers.voice.syn6288 import Syn6288Voice
from firmware_py.runtime.config import load
from firmware_py.runtime.device_file import HallInstance
from firmware_py.runtime.wire_settings.voice import SpeakerConfig, Syn6288Config
from firmware_py.runtime.wires import voice_driver
from tests.runtime.config_files import EXAMPLES, HALL, changed, problems_of_both, problems_of_device, written

SPEAKER = '[instance.voice]\ndriver = "speaker"\n'
CHIP = '[instance.voice]\ndriver = "syn6288"\nport = "/dev/hall/voice"\n'
VOICE = EXAMPLES["controller"][EXAMPLES["controller"].index("[instance.voice]") :]
EVALUATOR = """
[[instance]]
id = "desk1-eval"
role = "evaluator"
desk = 1

[instance.keypad]
driver = "ff68"
port = "/dev/hall/eval1"

"""


def brain(voice: str) -> str:
    """The shipped controller's Pi with this voice."""
    return changed(EXAMPLES["controller"], VOICE, voice)


def hall_of(desks: int) -> str:
    """The test hall with so many desks."""
    start, end = HALL.index("[[desk]]"), HALL.index("[[kiosk]]")
    rows = "".join(f'[[desk]]\nid = {desk}\nservices = ["*"]\n\n' for desk in range(1, desks + 1))
    return HALL[:start] + rows + HALL[end:]


def test_a_speaker_is_alsas_default_at_full_volume_with_the_shipped_clips(tmp_path: Path) -> None:
    _, device = load(*written(tmp_path, HALL, brain(SPEAKER)))
    hall = device.instance("hall", HallInstance)
    assert hall.voice == SpeakerConfig(device="", volume=100, clips="", engine=True, player=("aplay", "-q"))
    assert (hall.zone, hall.zone_board) == ((), False)
    assert isinstance(voice_driver(hall.voice), SpeakerVoice)


def test_a_speech_chip_is_named_by_its_port(tmp_path: Path) -> None:
    _, device = load(*written(tmp_path, HALL, brain(CHIP + "volume = 60\n")))
    hall = device.instance("hall", HallInstance)
    assert hall.voice == Syn6288Config("/dev/hall/voice", baud=9600, volume=60)
    assert isinstance(voice_driver(hall.voice), Syn6288Voice)


@pytest.mark.parametrize(
    ("voice", "problem"),
    [
        ("[instance.voice]\n", "instance[1].voice.driver"),
        ('[instance.voice]\ndriver = "speeker"\n', 'did you mean "speaker"'),
        (
            SPEAKER + "volume = 101\n",
            "instance[1].voice.volume: found 101; allowed: percent, a whole number from 0 to 100",
        ),
        (SPEAKER + "player = []\n", "instance[1].voice.player"),
        (SPEAKER + 'port = "/dev/ttyUSB0"\n', "instance[1].voice.port"),
        ('[instance.voice]\ndriver = "syn6288"\n', "instance[1].voice.port"),
        (CHIP + 'chime = "[v16]"\n', "instance[1].voice.chime"),
    ],
)
def test_a_wrong_voice_is_told_with_path_and_what_is_allowed(tmp_path: Path, voice: str, problem: str) -> None:
    found = problems_of_device(tmp_path, brain(voice))
    assert len(found) == 1, found
    assert problem in found[0]


@pytest.mark.req("R-EVAL-06", "R-CALL-11")
@pytest.mark.parametrize("voice", [SPEAKER + 'device = "plughw:1,0"\n', CHIP])
def test_the_voice_of_a_desk_and_that_of_the_hall_never_share_a_loudspeaker(tmp_path: Path, voice: str) -> None:
    both = brain(voice + EVALUATOR + voice)
    [problem] = problems_of_device(tmp_path, both, hall=None)
    assert "instance[2].voice" in problem
    assert "a wire of its own; instance[1].voice" in problem
    apart = voice.replace("plughw:1,0", "plughw:2,0").replace("/dev/hall/voice", "/dev/hall/voice1")
    assert problems_of_device(tmp_path, brain(voice + EVALUATOR + apart), hall=None) == []


@pytest.mark.req("R-CALL-02")
def test_a_voice_calls_for_ten_desks_and_a_larger_hall_has_zones(tmp_path: Path) -> None:
    def zoned(*zone: int) -> str:
        return changed(brain(SPEAKER), 'role = "hall"\n', f'role = "hall"\nzone = {list(zone)}\n')

    assert problems_of_both(tmp_path, hall_of(10), brain(SPEAKER)) == []
    [problem] = problems_of_both(tmp_path, hall_of(11), brain(SPEAKER))
    assert "instance[1].zone: found 11 desks for one voice" in problem
    assert "10 at most" in problem
    assert problems_of_both(tmp_path, hall_of(11), zoned(1, 2, 3, 11)) == []
    [problem] = problems_of_both(tmp_path, hall_of(12), zoned(*range(1, 12)))
    assert "11 desks for one voice" in problem


@pytest.mark.req("R-CALL-02")
def test_a_zone_names_desks_the_hall_has(tmp_path: Path) -> None:
    device = changed(brain(SPEAKER), 'role = "hall"\n', 'role = "hall"\nzone = [1, 77]\n')
    [problem] = problems_of_both(tmp_path, hall_of(3), device)
    assert "instance[1].zone[1]: found 77; allowed: a desk of hall.toml: one of 1, 2, 3" in problem


@pytest.mark.req("R-CALL-03")
@pytest.mark.parametrize(
    ("line", "fits"),
    [
        ("repeat = 3", True),
        ("repeat = 0", False),
        ("gap_s = 1", True),
        ("gap_s = 31", False),
        ('one = "yao"', True),
        ('one = "er"', False),
    ],
)
def test_how_calls_are_read_stands_in_the_limits(tmp_path: Path, line: str, fits: bool) -> None:
    hall = hall_of(3) + ("" if "[limits.call]" in HALL else "\n[limits.call]\n")
    hall = hall.replace("[limits.call]\n", f"[limits.call]\n{line}\n")
    found = problems_of_both(tmp_path, hall, brain(SPEAKER))
    assert (found == []) is fits, found
    assert fits or f"limits.call.{line.partition(' ')[0]}" in found[0]
