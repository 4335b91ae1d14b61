"""From a command line to a running daemon: read both files, find this instance, join the link, run, tell the end."""

import argparse
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from firmware_py.errors import ConfigError, JournalError
from firmware_py.link import Link, Role
from firmware_py.runtime import logs
from firmware_py.runtime.clock import Clock, OffsetClock, SystemClock, boot_id
from firmware_py.runtime.config import load
from firmware_py.runtime.device_file import DeviceConfig, Instance, LinkConfig
from firmware_py.runtime.loop import Loop
from firmware_py.runtime.sd_notify import Notifier
from firmware_py.runtime.site import Site
from firmware_py.runtime.struct_types import read_all

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


def launch(
    program: str, kind: type[I], role: Role, connect: Connect, build: Build[I], argv: list[str] | None = None
) -> int:
    """Run one daemon until it is told to stop; the exit status is 0, 1 (see the log) or 78 (see the configuration)."""
    parser = argparse.ArgumentParser(
        prog=program,
        description=f"The hall's {role.value} daemon; systemd runs it.",
        epilog=f"example: {program} --id {role.value}1 --config /etc/hall",
    )
    parser.add_argument("--id", required=True, help="the instance's name in device.toml")
    parser.add_argument("--config", type=Path, default=Path("/etc/hall"), help="folder of hall.toml and device.toml")
    arguments = parser.parse_args(argv)
    logs.configure()
    notify = Notifier.from_environment()
    try:
        plan, device = load(arguments.config / "hall.toml", arguments.config / "device.toml")
        settings = device.instance(arguments.id, kind)
        boot = boot_id()
        link = connect(device.link, settings.id, role, plan.id, boot)
        state = device.state_of(settings.id)
        state.mkdir(parents=True, exist_ok=True)
        read_all()
        loop = build(settings, Site(plan, link, state, clock_of(device), notify, boot))
    except ConfigError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)  # noqa: T201 - what the technician reads at the terminal
        notify.status(f"configuration: {error.problems[0]}")
        return EX_CONFIG
    except OSError as error:
        log.error("%s: cannot use its state directory: %s", arguments.id, error)
        return EX_FAILED
    try:
        loop.run()
    except JournalError as error:
        log.error("%s", error)
        return EX_FAILED
    except Exception:
        return EX_FAILED
    return 0
