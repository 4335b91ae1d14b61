"""What runs an instance of each role: its rights on the link, its daemon, and the module of its process."""

from collections.abc import Callable
from typing import Final

from caller import desk_daemon, hall_daemon
from evaluator import phone_daemon, rating_daemon
from firmware_py.controller import daemon as controller_daemon
from firmware_py.link import Role
from firmware_py.runtime.device_file import AnyInstance
from firmware_py.runtime.loop import Loop
from kiosk import daemon as kiosk_daemon

ROLES: Final[dict[str, tuple[Role, Callable[..., Loop], str]]] = {
    "controller": (Role.CONTROLLER, controller_daemon.build, "firmware_py.controller"),
    "kiosk": (Role.KIOSK, kiosk_daemon.build, "kiosk"),
    "desk": (Role.DESK, desk_daemon.build, "caller.desk_main"),
    "hall": (Role.HALL, hall_daemon.build, "caller.hall_main"),
    "evaluator": (Role.EVALUATOR, rating_daemon.build, "evaluator.rating_main"),
    "phone": (Role.PHONE, phone_daemon.build, "evaluator.phone_main"),
}
"""By the role's name in device.toml; the uplink's daemon runs by itself alone."""


def role_of(instance: AnyInstance) -> str:
    """The instance's role as device.toml spells it."""
    return str(type(instance).__struct_config__.tag)
