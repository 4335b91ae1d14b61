"""The highest numbers a kiosk has seen, kept across power cuts: a new controller starts above them (design 3)."""

import contextlib
import logging
import os
from pathlib import Path

import msgspec

from kiosk.dispenser import KeepHighest

log = logging.getLogger(__name__)


def read_seen(path: Path) -> KeepHighest:
    """What the file says; nothing when it is missing or damaged, which costs only this safety net."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=KeepHighest)
    except FileNotFoundError:
        return KeepHighest("", {})
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        log.warning("%s cannot be read (%s); it is written anew with the next number", path, error)
        return KeepHighest("", {})


def write_seen(path: Path, seen: KeepHighest) -> None:
    """Replace the file. Not fsynced: the controller's commit is the ticket, this is the second line."""
    fresh = path.with_suffix(".new")
    try:
        fresh.write_bytes(msgspec.json.encode(seen))
        os.replace(fresh, path)  # noqa: PTH105 - the name of the system call that makes it safe
    except OSError as error:
        log.warning("%s cannot be written: %s", path, error)
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
