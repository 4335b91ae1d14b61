"""``hall …``: what a technician and a newcomer type."""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from firmware_py import __version__
from firmware_py.cli.device_verbs import add_drivers, add_selftest
from firmware_py.errors import ConfigError, HallError
from firmware_py.runtime import logs
from firmware_py.runtime.launching import EX_CONFIG

EX_FAILED: Final = 1

Verb = Callable[[argparse.Namespace], int]


def main(argv: list[str] | None = None) -> int:
    """Run one verb; the exit status is 0, 1 (it did not work), 2 (usage), 69 (nothing there) or 78 (configuration)."""
    logs.configure({"HALL_LOG": "warning", **os.environ})
    parser = _parser()
    arguments = parser.parse_args(argv)
    verb: Verb = arguments.verb
    try:
        return verb(arguments)
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        return EX_CONFIG
    except HallError as error:
        print(error, file=sys.stderr)
        return EX_FAILED
    except BrokenPipeError:
        sys.stderr.close()
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hall", description="The software of a government service hall.")
    parser.add_argument("--version", action="version", version=f"hall {__version__}")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")
    _add_demo(verbs)
    _add_check(verbs)
    _add_status(verbs)
    add_selftest(verbs)
    add_drivers(verbs)
    _add_explain(verbs)
    _add_journal(verbs)
    _add_voice(verbs)
    return parser


Verbs = argparse._SubParsersAction


def _add_demo(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    demo = verbs.add_parser(
        "demo",
        help="a whole hall with virtual hardware, on a page",
        description="Runs the real daemons with the real drivers; only the far ends of the cables are virtual.",
        epilog="example: hall demo --state ~/hall-demo   (kill it, start it again: the queue is there)",
    )
    demo.add_argument("--port", type=int, help="port of the page (default: 8080, or a free one)")
    demo.add_argument("--host", default="127.0.0.1", help="address to listen on (default: this machine only)")
    demo.add_argument("--state", type=Path, metavar="DIR", help="keep the hall here (default: forgotten at the end)")
    demo.add_argument("--config", type=Path, metavar="DIR", help="folder of another hall.toml (default: sample hall)")
    demo.add_argument("--mqtt", action="store_true", help="separate processes over a mosquitto, as in a real hall")
    demo.add_argument("--no-browser", action="store_true", help="do not open the page")
    demo.add_argument("--smoke", action="store_true", help="do one visit, say each step, and end")
    demo.set_defaults(verb=_demo)


def _demo(arguments: argparse.Namespace) -> int:
    try:
        import starlette  # noqa: F401 - only to say clearly what is missing
        import uvicorn  # noqa: F401
    except ImportError:
        print("the demo's web server is missing: pip install 'hall[demo]'", file=sys.stderr)
        return EX_FAILED
    if arguments.smoke:
        from firmware_py.demo.smoke import smoke

        return smoke(state=arguments.state, config=arguments.config, mqtt=arguments.mqtt)
    from firmware_py.demo.serving import demo

    try:
        return demo(
            state=arguments.state,
            config=arguments.config,
            mqtt=arguments.mqtt,
            host=arguments.host,
            port=arguments.port,
            browser=not arguments.no_browser,
        )
    except OSError as error:
        print(f"the page cannot be served on {arguments.host}:{arguments.port}: {error}", file=sys.stderr)
        return EX_FAILED


def _add_check(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    check = verbs.add_parser(
        "check",
        help="is the configuration right, and what does it come to",
        description="Reads hall.toml and device.toml, says everything that is wrong at once, prints effective values.",
        epilog="example: hall check --config /etc/hall",
    )
    check.add_argument("--config", type=Path, default=Path("/etc/hall"), help="folder of the two files")
    check.add_argument("--json", action="store_true", help="for programs")
    check.set_defaults(verb=_check)


def _check(arguments: argparse.Namespace) -> int:
    from firmware_py.cli.checking import check

    return check(arguments.config, as_json=arguments.json)


def _add_status(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    status = verbs.add_parser(
        "status",
        help="what the hall is doing now",
        description="Asks the hall's link for its retained states: desks, queues, devices.",
        epilog="example: hall status --config /etc/hall --json",
    )
    status.add_argument("--config", type=Path, default=Path("/etc/hall"), help="folder of hall.toml and device.toml")
    status.add_argument("--wait", type=float, default=3.0, metavar="S", help="seconds to wait for the link (3)")
    status.add_argument("--json", action="store_true", help="for programs")
    status.set_defaults(verb=_status)


def _status(arguments: argparse.Namespace) -> int:
    from firmware_py.cli.status import status

    return status(arguments.config, wait_s=arguments.wait, as_json=arguments.json)


def _add_explain(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    explain = verbs.add_parser(
        "explain",
        help="why this ticket was called when it was",
        description=(
            "Replays the journal and says for each call of one ticket: the rule, who answers for it, who had come "
            "earlier and still waited, and what happened before and after. The controller may be running. "
            "Exit status 1: no such ticket, or a decision record that does not match the journal."
        ),
        epilog="example: hall explain A012 --day 2026-11-22 --state ~/hall-demo",
    )
    explain.add_argument("ticket", help="the number, such as A012")
    explain.add_argument("--day", default="", metavar="YYYY-MM-DD", help="business day (default: the journal's last)")
    place = explain.add_mutually_exclusive_group()
    place.add_argument("--config", type=Path, default=Path("/etc/hall"), help="folder of hall.toml and device.toml")
    place.add_argument("--state", type=Path, metavar="DIR", help="the state folder, as of hall demo --state")
    place.add_argument("--journal", type=Path, metavar="FILE", help="the controller's journal itself")
    explain.add_argument("--all", action="store_true", help="everything, not only what fits on one screen")
    explain.add_argument("--json", action="store_true", help="for programs")
    explain.set_defaults(verb=_explain)


def _explain(arguments: argparse.Namespace) -> int:
    from firmware_py.cli.explaining import explain, journal_of

    path = arguments.journal or journal_of(arguments.config, arguments.state)
    return explain(path, arguments.ticket, arguments.day, everything=arguments.all, as_json=arguments.json)


def _add_voice(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    from firmware_py.cli.voice_verbs import add_voice

    add_voice(
        verbs.add_parser(
            "voice",
            help="make, check and hear the hall's clips",
            description="The clips of which calls are made, and the loudspeaker that plays them.",
        )
    )


def _add_journal(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    journal = verbs.add_parser("journal", help="read and verify a journal", description="Never changes the journal.")
    kinds = journal.add_subparsers(title="what", required=True, metavar="WHAT")
    tail = kinds.add_parser(
        "tail",
        help="the newest records, in words",
        description="Prints the newest records of the hall's journal as Chinese sentences.",
        epilog="example: hall journal tail -n 20 /var/lib/hall/controller/journal.db",
    )
    tail.add_argument("file", type=Path)
    tail.add_argument("-n", type=int, default=20, metavar="COUNT", help="how many (20)")
    tail.add_argument("--json", action="store_true", help="one record a line, for programs")
    tail.set_defaults(verb=_tail)
    verify = kinds.add_parser(
        "verify",
        help="does the hash chain hold",
        description="Follows the chain from the first record; exit status 1 names the first record that does not fit.",
        epilog="example: hall journal verify /var/lib/hall/controller/journal.db",
    )
    verify.add_argument("file", type=Path)
    verify.add_argument("--json", action="store_true", help="for programs")
    verify.set_defaults(verb=_verify)


def _tail(arguments: argparse.Namespace) -> int:
    from firmware_py.cli.journal import tail

    return tail(arguments.file, arguments.n, as_json=arguments.json)


def _verify(arguments: argparse.Namespace) -> int:
    from firmware_py.cli.journal import verify

    return verify(arguments.file, as_json=arguments.json)
