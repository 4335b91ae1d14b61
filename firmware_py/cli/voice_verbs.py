"""What may be typed after ``hall voice``; the work itself is imported when it is wanted."""

import argparse
from pathlib import Path


def add_voice(voice: argparse.ArgumentParser) -> None:
    """The verbs below ``hall voice``."""
    kinds = voice.add_subparsers(title="what", required=True, metavar="WHAT")
    make = kinds.add_parser(
        "build",
        help="make the clip pack with the speech engine",
        description="Speaks every word of the list through pyttsx3 and espeak-ng, twice: at the ordinary pace and "
        "slowly. Takes half a minute. The pack that ships is what this makes.",
        epilog="example: hall voice build --out /var/lib/hall/clips",
    )
    make.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to put the clips")
    make.add_argument("--words", type=Path, metavar="FILE", help="another list than the one that ships (TOML)")
    make.set_defaults(verb=_build)
    judge = kinds.add_parser(
        "check",
        help="what a pack of recordings lacks",
        description="Names missing clips, files that cannot be played, other rates and channels than the rest, and "
        "clips too quiet or too loud. Exit status 1: something must be changed.",
        epilog="example: hall voice check /var/lib/hall/clips",
    )
    judge.add_argument("folder", type=Path, metavar="DIR")
    judge.add_argument("--words", type=Path, metavar="FILE", help="another list than the one that ships (TOML)")
    judge.add_argument("--json", action="store_true", help="for programs")
    judge.set_defaults(verb=_check)
    play = kinds.add_parser(
        "say",
        help="play a call",
        description="Plays a call through the hall's voice of device.toml, or through a sound card.",
        epilog="example: hall voice say A001 3 --slow",
    )
    play.add_argument("ticket", type=_number, help="the number, such as A001")
    play.add_argument("desk", type=_desk, help="the desk")
    play.add_argument("--slow", action="store_true", help="the green profile's reading")
    play.add_argument("--config", type=Path, default=Path("/etc/hall"), help="folder of device.toml")
    play.add_argument("--device", metavar="ALSA", help="a sound card, such as plughw:1,0, instead of device.toml")
    play.set_defaults(verb=_say)


def _number(ticket: str) -> str:
    from firmware_py.phrases import speech

    try:
        speech.read_number(ticket)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return ticket


def _desk(number: str) -> int:
    if not (number.isascii() and number.isdecimal() and int(number) > 0):
        raise argparse.ArgumentTypeError(f"there is no desk {number}")
    return int(number)


def _build(arguments: argparse.Namespace) -> int:
    from firmware_py.cli.voice import build_pack

    return build_pack(arguments.out, arguments.words)


def _check(arguments: argparse.Namespace) -> int:
    from firmware_py.cli.voice import check_pack

    return check_pack(arguments.folder, arguments.words, as_json=arguments.json)


def _say(arguments: argparse.Namespace) -> int:
    from firmware_py.cli.voice import say

    return say(arguments.ticket, arguments.desk, slow=arguments.slow, config=arguments.config, device=arguments.device)
