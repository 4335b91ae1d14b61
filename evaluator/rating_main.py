"""``hall-evaluator``: one desk's rating keypad."""

import sys

from evaluator.rating_daemon import build
from firmware_py.link import Role
from firmware_py.runtime.device_file import EvaluatorInstance
from firmware_py.runtime.launching import launch
from sync.mqtt.connecting import connect


def main() -> int:
    """Run it."""
    return launch("hall-evaluator", EvaluatorInstance, Role.EVALUATOR, connect, build)


if __name__ == "__main__":
    sys.exit(main())
