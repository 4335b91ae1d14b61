"""What may be typed after ``hall selftest`` and ``hall drivers``; the work itself is imported when it is wanted."""

import argparse
from pathlib import Path

Verbs = argparse._SubParsersAction


def add_selftest(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """``hall selftest``."""
    selftest = verbs.add_parser(
        "selftest",
        help="does every device of this Pi work, and what to do about those that do not",
        description=(
            "Tries every device that device.toml names, over its own wire, with the driver its daemon uses, and asks "
            "you to press, look and listen. Nothing of it reaches the hall: no ticket, no rating, no journal. A device "
            "whose daemon runs is left alone: stop that unit first. Exit status 0: all that was tried works; "
            "1: something does not, or is in use; 78: configuration."
        ),
        epilog="example: hall selftest --only kiosk1 --only desk1/sign --print",
    )
    selftest.add_argument("--config", type=Path, default=Path("/etc/hall"), help="folder of hall.toml and device.toml")
    selftest.add_argument(
        "--only", action="append", default=[], metavar="ID[/DEVICE]", help="an instance, or one device; may be repeated"
    )
    selftest.add_argument("--no-keys", action="store_true", help="nobody is there to press, look or listen")
    selftest.add_argument("--print", action="store_true", dest="on_paper", help="the report on this kiosk's paper too")
    selftest.add_argument("--json", action="store_true", help="for programs; progress goes to standard error")
    selftest.set_defaults(verb=_selftest)


def _selftest(arguments: argparse.Namespace) -> int:
    from firmware_py.cli.selftest import selftest

    return selftest(
        arguments.config,
        only=arguments.only,
        hands=not arguments.no_keys,
        on_paper=arguments.on_paper,
        as_json=arguments.json,
    )


def add_drivers(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """``hall drivers``."""
    drivers = verbs.add_parser(
        "drivers",
        help="what can be connected, and what device.toml must say of it",
        description=(
            "Lists every kind of wire, its drivers, the models each is written for and whether anybody has tried one, "
            "and every key of its table in device.toml. Exit status 2: no such kind."
        ),
        epilog="example: hall drivers --kind printer",
    )
    drivers.add_argument("--kind", metavar="KIND", help="one kind only: printer, led, voice …")
    drivers.add_argument("--json", action="store_true", help="for programs")
    drivers.set_defaults(verb=_drivers)


def _drivers(arguments: argparse.Namespace) -> int:
    from firmware_py.cli.drivers import drivers

    return drivers(arguments.kind, as_json=arguments.json)
