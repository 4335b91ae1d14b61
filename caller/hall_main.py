"""``hall-caller``: the hall board and the voice."""

import sys

from caller.hall_daemon import build
from firmware_py.link import Role
from firmware_py.runtime.device_file import HallInstance
from firmware_py.runtime.launching import launch
from sync.mqtt.connecting import connect


def main() -> int:
    """Run it."""
    return launch("hall-caller", HallInstance, Role.HALL, connect, build)


if __name__ == "__main__":
    sys.exit(main())
