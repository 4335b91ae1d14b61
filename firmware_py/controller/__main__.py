"""``hall-controller``: the hall's brain."""

import sys

from firmware_py.controller.daemon import build
from firmware_py.link import Role
from firmware_py.runtime.device_file import ControllerInstance
from firmware_py.runtime.launching import launch
from sync.mqtt.connecting import connect


def main() -> int:
    """Run it."""
    return launch("hall-controller", ControllerInstance, Role.CONTROLLER, connect, build)


if __name__ == "__main__":
    sys.exit(main())
