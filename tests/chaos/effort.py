"""How much the crash tests do: a minute or two by default, much with ``HALL_CHAOS=long``."""

import os
from typing import Final

import pytest

from sync.broker import find_mosquitto

LONG: Final = os.environ.get("HALL_CHAOS") == "long"

PATIENCE_S: Final = 30.0
"""Only ever waited for when something is wrong."""


def need_mosquitto() -> None:
    """Skip a test that has no broker."""
    if find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
