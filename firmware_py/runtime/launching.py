"""From a command line to a running daemon: read both files, find this instance, join the link, run, tell the end."""

import argparse
import logging
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

from firmware_py.core.plan import Plan
from firmware_py.errors import ConfigError, JournalError
from firmware_py.link import Link, Role
from firmware_py.runtime import logs
from firmware_py.runtime.clock import Clock, OffsetClock, SystemClock, boot_id
from firmware_py.runtime.config import load
from firmware_py.runtime.device_file import DeviceConfig, Instance, LinkConfig
from firmware_py.runtime.loop import Loop
from firmware_py.runtime.sd_notify import Notifier
from firmware_py.runtime.shared_wires import SharedWires
from firmware_py.runtime.site import Site
from firmware_py.runtime.struct_types import read_all
from firmware_py.runtime.together import Choir, Together

log = logging.getLogger(__name__)

EX_CONFIG: Final = 78
"""systemd does not restart a daemon that ends with this (``RestartPreventExitStatus=78``)."""
EX_FAILED: Final = 1

Connect = Callable[[LinkConfig, str, Role, str, str], Link]
"""Makes the link: settings, instance, role, hall, boot. ``sync.mqtt.connect`` is the one of every installed hall."""

I = TypeVar("I", bound=Instance)  # noqa: E741 - one letter, as type variables are
Build = Callable[[I, Site], Loop]
"""Makes the daemon's loop of its settings and where it stands."""


def clock_of(device: DeviceConfig) -> Clock:
    """The clock that ``[clock]`` names."""
    return OffsetClock(Path(device.clock.offset_file)) if device.clock.offset_file else SystemClock(device.clock.source)


def arguments_of(program: str, description: str, example: str, argv: list[str] | None) -> argparse.Namespace:
    """``--id`` and ``--config``, as every daemon has them."""
    parser = argparse.ArgumentParser(
        prog=program, description=description, epilog=f"example: {program} --id {example} --config /etc/hall"
    )
    parser.add_argument("--id", required=True, help="the name in device.toml")
    parser.add_argument("--config", type=Path, default=Path("/etc/hall"), help="folder of hall.toml and device.toml")
    return parser.parse_args(argv)


def launch(
    program: str, kind: type[I], role: Role, connect: Connect, build: Build[I], argv: list[str] | None = None
) -> int:
    """Run one daemon until it is told to stop; the exit status is 0, 1 (see the log) or 78 (see the configuration)."""
    arguments = arguments_of(program, f"The hall's {role.value} daemon; systemd runs it.", f"{role.value}1", argv)
    notify = Notifier.from_environment()

    def start() -> Callable[[], bool]:
        plan, device = load(arguments.config / "hall.toml", arguments.config / "device.toml")
        settings = device.instance(arguments.id, kind)
        loop = build(settings, _site(plan, device, settings, role, connect, notify, boot_id()))

        def run() -> bool:
            loop.run()
            return True

        return run

    return _to_its_end(arguments.id, notify, start)


def launch_together(
    program: str, roles: Mapping[str, tuple[Role, Build[Any], str]], connect: Connect, argv: list[str] | None = None
) -> int:
    """The same for all instances with the name ``--id`` in ``together``, which share their wires."""
    arguments = arguments_of(program, "Several daemons on one wire; systemd runs them.", "row1", argv)
    notify = Notifier.from_environment()

    def start() -> Callable[[], bool]:
        plan, device = load(arguments.config / "hall.toml", arguments.config / "device.toml")
        members = device.together(arguments.id)
        together, shared, boot = Together(), SharedWires(), boot_id()
        choir = Choir(notify, [each.id for each in members])
        loops = []
        for each in members:
            role, build, _ = roles[str(type(each).__struct_config__.tag)]
            site = _site(plan, device, each, role, connect, choir.part(each.id), boot)
            loops.append(build(each, replace(site, on_crash=together.ended, shared=shared)))
        return lambda: together.run(loops, notify)

    return _to_its_end(arguments.id, notify, start)


def _site(
    plan: Plan, device: DeviceConfig, settings: Instance, role: Role, connect: Connect, notify: Notifier, boot: str
) -> Site:
    link = connect(device.link, settings.id, role, plan.id, boot)
    state = device.state_of(settings.id)
    state.mkdir(parents=True, exist_ok=True)
    return Site(plan, link, state, clock_of(device), notify, boot)


def _to_its_end(name: str, notify: Notifier, start: Callable[[], Callable[[], bool]]) -> int:
    logs.configure()
    try:
        run = start()
        read_all()
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)  # noqa: T201 - what the technician reads at the terminal
        notify.status(f"configuration: {error.problems[0]}")
        return EX_CONFIG
    except OSError as error:
        log.error("%s: cannot use its state directory: %s", name, error)
        return EX_FAILED
    try:
        return 0 if run() else EX_FAILED
    except JournalError as error:
        log.error("%s", error)
        return EX_FAILED
    except Exception:
        return EX_FAILED
