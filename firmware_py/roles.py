"""What runs an instance of each role: its rights on the link, its daemon, and the module of its process."""

from collections.abc import Callable
from typing import Final

from caller import desk_daemon, hall_daemon
from evaluator import phone_daemon, rating_daemon
from firmware_py.controller import daemon as controller_daemon
from firmware_py.link import Role
from firmware_py.runtime.device_file import AnyInstance
from firmware_py.runtime.loop import Loop
from firmware_py.runtime.programs import PROGRAMS
from kiosk import daemon as kiosk_daemon

ROLES: Final[dict[str, tuple[Role, Callable[..., Loop], str]]] = {
    "controller": (Role.CONTROLLER, controller_daemon.build, PROGRAMS["controller"][1]),
    "kiosk": (Role.KIOSK, kiosk_daemon.build, PROGRAMS["kiosk"][1]),
    "desk": (Role.DESK, desk_daemon.build, PROGRAMS["desk"][1]),
    "hall": (Role.HALL, hall_daemon.build, PROGRAMS["hall"][1]),
    "evaluator": (Role.EVALUATOR, rating_daemon.build, PROGRAMS["evaluator"][1]),
    "phone": (Role.PHONE, phone_daemon.build, PROGRAMS["phone"][1]),
}
"""By the role's name in device.toml; the uplink's daemon runs by itself alone."""


def role_of(instance: AnyInstance) -> str:
    """The instance's role as device.toml spells it."""
    return str(type(instance).__struct_config__.tag)
