"""Which program runs an instance of each role: its name, which names its systemd unit too, and the module inside."""

from collections.abc import Mapping
from typing import Final

PROGRAMS: Final[Mapping[str, tuple[str, str]]] = {
    "controller": ("hall-controller", "firmware_py.controller"),
    "kiosk": ("hall-kiosk", "kiosk"),
    "desk": ("hall-desk", "caller.desk_main"),
    "hall": ("hall-caller", "caller.hall_main"),
    "evaluator": ("hall-evaluator", "evaluator.rating_main"),
    "phone": ("hall-phone", "evaluator.phone_main"),
    "uplink": ("hall-sync", "sync.uplink"),
}
"""By the role's name in device.toml."""
TOGETHER: Final = ("hall-together", "firmware_py.cli.together")
"""The same for instances that share a process."""
