"""``python -m firmware_py.cli`` is ``hall``."""

import sys

from firmware_py.cli import main

if __name__ == "__main__":
    sys.exit(main())
