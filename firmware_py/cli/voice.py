"""``hall voice``: make the clip pack, see what a pack of recordings lacks, hear a call."""

import json
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from drivers.voice import Utterance
from drivers.voice.building import Words, build, read_words
from drivers.voice.clips import SLOW, ClipError, ClipPack, Sound, read_wav, told
from firmware_py.errors import ConfigError
from firmware_py.phrases import speech, text
from firmware_py.runtime.config import load_device
from firmware_py.runtime.device_file import HallInstance
from firmware_py.runtime.wire_settings.voice import SpeakerConfig, VoiceConfig
from firmware_py.runtime.wires import voice_driver

QUIET: Final = 5
"""Percent of full scale that a clip must reach somewhere, to be heard in a hall."""
LOUD: Final = 71
"""Above it the green profile's louder reading is cut off at full scale."""
_BAR: Final = 30


class Checked(msgspec.Struct, frozen=True):
    """What is to be said of a pack: what keeps it from being used as it is, and what is merely less good."""

    names: int
    slow: int
    form: str
    wrong: list[str]
    remarks: list[str]


def build_pack(out: Path, words_file: Path | None) -> int:
    """Make the pack, telling how far it is; 0. What cannot be made raises (``drivers.voice.building.build``)."""
    words = read_words() if words_file is None else read_words(words_file)
    made = 0
    try:
        for each in build(out, words):
            made = each.done
            filled = _BAR * each.done // each.of
            bar = f"\r[{'#' * filled}{'.' * (_BAR - filled)}] {each.done}/{each.of} {each.path.stem:<20}"
            if sys.stderr.isatty():
                print(bar, end="", file=sys.stderr, flush=True)
    except OSError as error:
        raise ConfigError([f"{out}: {error}"]) from error
    finally:
        if sys.stderr.isatty():
            print(file=sys.stderr)
    print(text("clips.built", n=made, folder=str(out)))
    return 0


def check_pack(folder: Path, words_file: Path | None, *, as_json: bool) -> int:
    """Say what a pack of recordings lacks; 0 when it can be used as it is, 1 when not."""
    words = read_words() if words_file is None else read_words(words_file)
    if not folder.is_dir():
        raise ConfigError([f"{folder}: no such folder"])
    found = judged(folder, words)
    if as_json:
        print(json.dumps(msgspec.to_builtins(found), ensure_ascii=False))
        return 1 if found.wrong else 0
    for sentence in (*found.wrong, *found.remarks):
        print(sentence)
    if found.wrong:
        print(text("clips.bad", n=len(found.wrong)))
        return 1
    print(text("clips.good", n=found.names, slow=found.slow, form=found.form))
    return 0


def judged(folder: Path, words: Words) -> Checked:
    """A pack beside the list of what it must say."""
    pack = ClipPack(folder)
    says = words.hanzi | words.letters | words.tones
    wrong = [sentence for path in _files(folder) for sentence in _wrong(path, folder, pack)]
    there = {path.stem for path in folder.glob("*.wav")}
    slow = {path.stem for path in (folder / SLOW).glob("*.wav")}
    wrong += [text("clips.missing", name=name, says=says[name]) for name in sorted(says.keys() - there)]
    wanted = sorted(says.keys() - words.tones.keys() - slow)
    remarks = [text("clips.missing_slow", name=name, says=says[name]) for name in wanted]
    remarks += [text("clips.extra", file=_short(path, folder)) for path in _files(folder) if path.stem not in says]
    return Checked(len(pack.names), len(pack.slow_names), told(pack.format), wrong, remarks)


def say(ticket: str, desk: int, *, slow: bool, config: Path, device: str | None) -> int:
    """Play a call as the hall hears it; 0. A voice that fails raises its ``DriverError``."""
    words, sentence = speech.call_words(ticket, desk)
    driver = voice_driver(_wire(config, device))
    driver.open()
    try:
        driver.say(Utterance(sentence, words, slow))
    except KeyboardInterrupt:
        driver.stop()
        raise
    finally:
        driver.close()
    print(text("clips.played", said=sentence))
    return 0


def _wire(config: Path, device: str | None) -> VoiceConfig:
    """The hall's voice on this Pi; ``device`` names a sound card instead."""
    path = config / "device.toml"
    if device is not None or not path.exists():
        return SpeakerConfig(device=device or "")
    for each in load_device(path).instances:
        if isinstance(each, HallInstance) and each.voice is not None:
            return each.voice
    raise ConfigError([f"{path}: no hall instance here has a voice; name a sound card with --device"])


def _files(folder: Path) -> list[Path]:
    return sorted((*folder.glob("*.wav"), *(folder / SLOW).glob("*.wav")))


def _wrong(path: Path, folder: Path, pack: ClipPack) -> Iterator[str]:
    name = _short(path, folder)
    try:
        sound = read_wav(path)
    except (ClipError, OSError) as error:
        yield text("clips.unreadable", file=name, why=str(error))
        return
    if sound.form != pack.format:
        yield text("clips.odd_form", file=name, form=told(sound.form), pack=told(pack.format))
    percent = _peak(sound)
    if percent < QUIET:
        yield text("clips.quiet", file=name, percent=percent)
    elif percent > LOUD:
        yield text("clips.loud", file=name, percent=percent)


def _peak(sound: Sound) -> int:
    samples = array("h", sound.pcm)
    highest, lowest = max(samples), min(samples)
    return 100 * max(highest, -lowest) // 32767


def _short(path: Path, folder: Path) -> str:
    return str(path.relative_to(folder))
