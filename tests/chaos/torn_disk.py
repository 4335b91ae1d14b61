"""What a disk may hold after a power cut, by strace's notes: what was synced for certain, of the rest any part."""

import random
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

NOTED: Final = "pwrite64,write,ftruncate,fdatasync,fsync,sendto"
"""The calls that are understood here."""

NOTES: Final = ("-xx", "-y", "-s", "2000000")
"""strace's options that make its notes whole: every byte, and the name of every file."""

SECTOR: Final = 512
"""A disk writes these whole or not at all."""

_ENTRY: Final = re.compile(r'(\d+) +(\w+)\(\d+<([^>]*)>(?:, "([^"]*)")?(?:, (\d+))?(?:, (\d+))?(.*)')
_RESUMED: Final = re.compile(r"(\d+) +<\.\.\. (\w+) resumed>")


class Write(msgspec.Struct, frozen=True):
    """Bytes given to the kernel; not yet on the disk."""

    name: str
    offset: int
    data: bytes


class Cut(msgspec.Struct, frozen=True):
    """A file made this long; not yet on the disk."""

    name: str
    size: int


class Sync(msgspec.Struct, frozen=True):
    """Everything done to the file before is on the disk."""

    name: str


class Sent(msgspec.Struct, frozen=True):
    """Bytes that left the process: whatever they say must be on the disk."""

    data: bytes


Step = Write | Cut | Sync | Sent


def read_notes(path: Path) -> Iterator[Step]:
    """The noted calls, each at the moment from which it is to be reckoned with: a sync when done, others when begun."""
    syncing: dict[str, Sync] = {}
    with path.open(encoding="ascii") as lines:
        for line in lines:
            if resumed := _RESUMED.match(line):
                if done := syncing.pop(resumed[1], None):
                    yield done
                continue
            entry = _ENTRY.match(line)
            if entry is None:
                continue
            thread, call, path_text, data_text, first, second, rest = entry.groups()
            name, data = Path(_bytes(path_text).decode()).name, _bytes(data_text or "")
            match call:
                case "pwrite64":
                    yield Write(name, int(second), data)
                case "ftruncate":
                    yield Cut(name, int(first))
                case "fdatasync" | "fsync" if "unfinished" in rest:
                    syncing[thread] = Sync(name)
                case "fdatasync" | "fsync":
                    yield Sync(name)
                case "sendto":
                    yield Sent(data)


class TornDisk:
    """Some files, as the kernel has them and as the disk has them."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        """Begin with ``files`` synced; what is done to others is ignored."""
        self._synced = {name: bytearray(content) for name, content in files.items()}
        self._waiting: dict[str, list[Write | Cut]] = {name: [] for name in files}

    def do(self, step: Step) -> None:
        """What happens next."""
        if isinstance(step, Sent) or step.name not in self._synced:
            return
        if isinstance(step, Sync):
            for each in self._waiting[step.name]:
                _apply(self._synced[step.name], each)
            self._waiting[step.name] = []
        else:
            self._waiting[step.name].append(step)

    def after_power_cut(self, chance: random.Random) -> dict[str, bytes]:
        """The files as they may be found: of what was not synced nothing, everything, or any sectors of it."""
        kept = chance.choice((0.0, 0.5, 1.0))
        found = {name: bytearray(content) for name, content in self._synced.items()}
        for name, steps in self._waiting.items():
            for step in steps:
                for part in _sectors(step):
                    if chance.random() < kept:
                        _apply(found[name], part)
        return {name: bytes(content) for name, content in found.items()}


def _sectors(step: Write | Cut) -> Iterator[Write | Cut]:
    if isinstance(step, Cut):
        yield step
        return
    start, end = step.offset, step.offset + len(step.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        yield Write(step.name, start, step.data[start - step.offset : stop - step.offset])
        start = stop


def _apply(content: bytearray, step: Write | Cut) -> None:
    if isinstance(step, Cut):
        del content[step.size :]
        content.extend(bytes(step.size - len(content)))
        return
    content.extend(bytes(max(0, step.offset - len(content))))
    content[step.offset : step.offset + len(step.data)] = step.data


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
