"""The files beside a journal: the owner's lock, whole-file writes, and moving a damaged journal out of the way."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from firmware_py.errors import JournalError


@contextmanager
def on_disk(path: Path) -> Iterator[None]:
    """Turn the operating system's refusals into a ``JournalError`` that says what to do."""
    try:
        yield
    except OSError as error:
        name = error.filename or path
        raise JournalError(
            f"{path}: {name}: {error.strerror}; check free space, owner, permissions and mount"
        ) from error


def beside(path: Path, suffix: str) -> Path:
    """The companion of a journal: ``hall.db`` and ``-wal`` give ``hall.db-wal``."""
    return path.with_name(path.name + suffix)


def snapshots_beside(path: Path) -> list[Path]:
    """The journal's snapshot files, in no order."""
    prefix = f"{path.name}.snapshot-"
    return [entry for entry in path.parent.iterdir() if entry.name.startswith(prefix)]


def claim(path: Path) -> int:
    """Become the one owner of the journal at ``path`` until the returned descriptor is closed or the process ends.

    A lock file of its own, because SQLite's locks come and go with each transaction.

    Raises:
        JournalError: another process (or another thread of this one) owns it, or the folder cannot be written.
    """
    lock_path = beside(path, ".lock")
    if not path.parent.is_dir():
        raise JournalError(f"{path}: the folder {path.parent} does not exist; create it or correct the path")
    with on_disk(path):
        lock = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        owner = os.read(lock, 32).decode(errors="replace").strip()
        os.close(lock)
        raise JournalError(
            f"{path}: process {owner or 'unknown'} owns this journal and it has one writer; "
            "stop that daemon, or open the journal read-only"
        ) from error
    with suppress(OSError):  # the number only serves the message above; a full disk must not prevent the opening
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
    return lock


def set_aside(path: Path, at_ms: int) -> Path:
    """Move a journal that cannot be trusted out of the way and return where its main file now is.

    File, ``-wal``, ``-shm`` and snapshots move together and keep their endings, so that ``sqlite3 .recover`` and a
    person find all of it. The journal must be closed, and stay claimed by the caller if a daemon could start.

    Args:
        path: the journal.
        at_ms: wall clock, UTC milliseconds, for the new name.

    Raises:
        JournalError: the folder cannot be written.
    """
    stamp = datetime.fromtimestamp(at_ms / 1000, UTC)
    name = f"{path.name}.damaged-{stamp:%Y%m%dT%H%M%SZ}"
    aside, copy = path.with_name(name), 1
    while aside.exists() or beside(aside, "-wal").exists():  # a clock without battery starts at the same second again
        copy += 1
        aside = path.with_name(f"{name}-{copy}")
    with on_disk(path):
        # the main file goes first: without it the rest is an orphan that `Journal.open` sets aside too, whereas a
        # main file without its -wal would look whole and lack what was committed last
        moves = [path, beside(path, "-wal"), beside(path, "-shm"), *snapshots_beside(path)]
        for old in moves:
            if old.exists():
                old.rename(aside.with_name(aside.name + old.name.removeprefix(path.name)))
        for marker in (".suspect", ".condemned"):
            beside(path, marker).unlink(missing_ok=True)
        sync_folder(path.parent)
    return aside


def write_whole(path: Path, *parts: bytes) -> None:
    """Write a file so that after a power cut it is there whole or not at all; raises ``OSError``."""
    draft = beside(path, ".new")
    try:
        with draft.open("wb") as stream:
            for part in parts:
                stream.write(part)
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder survive a power cut; raises ``OSError``."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
