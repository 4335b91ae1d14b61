"""``hall-kiosk``: one number dispenser."""

import sys

from firmware_py.link import Role
from firmware_py.runtime.device_file import KioskInstance
from firmware_py.runtime.launching import launch
from kiosk.daemon import build
from sync.mqtt.connecting import connect


def main() -> int:
    """Run it."""
    return launch("hall-kiosk", KioskInstance, Role.KIOSK, connect, build)


if __name__ == "__main__":
    sys.exit(main())
