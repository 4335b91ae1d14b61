"""``hall-desk``: one desk's staff pad and sign."""

import sys

from caller.desk_daemon import build
from firmware_py.link import Role
from firmware_py.runtime.device_file import DeskInstance
from firmware_py.runtime.launching import launch
from sync.mqtt.connecting import connect


def main() -> int:
    """Run it."""
    return launch("hall-desk", DeskInstance, Role.DESK, connect, build)


if __name__ == "__main__":
    sys.exit(main())
