"""Small files a kiosk keeps across power cuts: read leniently, replaced whole, missed by nobody if they are lost."""

import contextlib
import logging
import os
from pathlib import Path
from typing import TypeVar

import msgspec

log = logging.getLogger(__name__)

S = TypeVar("S", bound=msgspec.Struct)


def read_kept(path: Path, nothing: S) -> S:
    """What the file says; ``nothing`` when it is missing or damaged, which costs a safety net and not the kiosk."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=type(nothing))
    except FileNotFoundError:
        return nothing
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        log.warning("%s cannot be read (%s); it is written anew with the next number", path, error)
        return nothing


def write_kept(path: Path, kept: msgspec.Struct) -> None:
    """Replace the file. Not fsynced: the controller's commit is the ticket, this is the second line."""
    fresh = path.with_suffix(".new")
    try:
        fresh.write_bytes(msgspec.json.encode(kept))
        os.replace(fresh, path)  # noqa: PTH105 - the name of the system call that makes it safe
    except OSError as error:
        log.warning("%s cannot be written: %s", path, error)
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)
