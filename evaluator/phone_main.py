"""``hall-phone``: one desk's telephone line."""

import sys

from evaluator.phone_daemon import build
from firmware_py.link import Role
from firmware_py.runtime.device_file import PhoneInstance
from firmware_py.runtime.launching import launch
from sync.mqtt.connecting import connect


def main() -> int:
    """Run it."""
    return launch("hall-phone", PhoneInstance, Role.PHONE, connect, build)


if __name__ == "__main__":
    sys.exit(main())
