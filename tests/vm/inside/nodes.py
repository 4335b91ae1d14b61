"""Waiting for udev: a device that is plugged in has its node when this returns, one that is pulled has none."""

import subprocess
from pathlib import Path
from typing import Final

PATIENCE_S: Final = 40
"""An emulated machine enumerates a USB device in one second, a starved one in many."""


def appeared(*paths: Path) -> None:
    """Wait until these nodes or links are there and every rule has run.

    Raises:
        CalledProcessError: they never came.
    """
    _wait(*paths)


def vanished(*paths: Path) -> None:
    """Wait until they are gone.

    Raises:
        CalledProcessError: they stay.
    """
    _wait("--removed", *paths)


def _wait(*arguments: object) -> None:
    subprocess.run(["udevadm", "wait", "--settle", f"--timeout={PATIENCE_S}", *map(str, arguments)], check=True)
