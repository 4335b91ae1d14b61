"""``hall-together``: the daemons of one device whose devices hang on the same wires, in one process."""

import sys

from firmware_py.roles import ROLES
from firmware_py.runtime.launching import launch_together
from sync.mqtt.connecting import connect


def main() -> int:
    """Run them."""
    return launch_together("hall-together", ROLES, connect)


if __name__ == "__main__":
    sys.exit(main())
