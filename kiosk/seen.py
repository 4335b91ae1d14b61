"""What a kiosk keeps across power cuts: the highest numbers it saw, the last slips of the day, open priorities.

A new controller starts above those numbers (design 3); a guide can print one of those slips again (R-KIOSK-06), and
confirm those priorities (R-KIOSK-09).
"""

from pathlib import Path

from kiosk.effects import KeepHighest, KeepPriorities, KeepSlips
from kiosk.kept_file import read_kept, write_kept


def read_seen(path: Path) -> KeepHighest:
    """The highest numbers of the file, none when it is missing or damaged."""
    return read_kept(path, KeepHighest("", {}))


def write_seen(path: Path, seen: KeepHighest) -> None:
    """Replace them."""
    write_kept(path, seen)


def read_slips(path: Path) -> KeepSlips:
    """The last slips of the file, none when it is missing or damaged."""
    return read_kept(path, KeepSlips(""))


def write_slips(path: Path, slips: KeepSlips) -> None:
    """Replace them."""
    write_kept(path, slips)


def read_priorities(path: Path) -> KeepPriorities:
    """The open priorities of the file, none when it is missing or damaged."""
    return read_kept(path, KeepPriorities(""))


def write_priorities(path: Path, priorities: KeepPriorities) -> None:
    """Replace them."""
    write_kept(path, priorities)
