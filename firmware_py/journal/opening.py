"""Opening a journal file for its owner: make it, bring it up to date, and trust it only after a look at it."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware_py.errors import JournalCorrupt, JournalError
from firmware_py.journal.acked import Acked
from firmware_py.journal.chain import ChainWalk
from firmware_py.journal.connection import (
    PAGE_BYTES,
    SCHEMA_VERSION,
    connect_reader,
    connect_writer,
    explained,
    primary_code,
)
from firmware_py.journal.files import beside, on_disk, sync_folder
from firmware_py.journal.reader import CHUNK, JournalFile
from firmware_py.journal.record import GENESIS, wall_text
from firmware_py.journal.snapshot import read_snapshots
from firmware_py.journal.streams import check_watermarks, streams_of

TAIL = 10_000
"""Records whose chain is verified at every opening; the rest is verified in the background (design.md 4)."""

_QUICK_CHECK_BYTES = 8 * 1024 * 1024
"""Up to this size SQLite's own structure check runs at opening; beyond it would eat the restart budget of 0.5 s."""


def is_present(path: Path) -> bool:
    """Whether there is a journal at ``path``, or the orphaned WAL of one, which a new file must never inherit."""
    return path.exists() or beside(path, "-wal").exists()


def begin(path: Path, at_ms: int, before: tuple[str, int, str] = ("", 0, GENESIS)) -> None:
    """Make a new, empty journal at ``path``, whole or not at all.

    Args:
        path: where; nothing may be there.
        at_ms: wall clock, UTC milliseconds.
        before: log, last seq and head of the file that this one continues.

    Raises:
        JournalError: the folder cannot be written or the disk is full.
    """
    from firmware_py.journal.schema import migrate  # sqlite-utils costs 40 ms that no later start should pay

    draft = beside(path, ".new")
    with on_disk(path):
        for leftover in (draft, beside(draft, "-wal"), beside(draft, "-shm")):
            leftover.unlink(missing_ok=True)
        try:
            connection = connect_writer(draft, create=True)
            try:
                migrate(connection)
                log, seq, head = before
                connection.execute(
                    "INSERT INTO meta VALUES (?, ?, ?, ?, ?)",
                    (os.urandom(8).hex(), wall_text(at_ms), log, seq, bytes.fromhex(head)),
                )
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise explained(path, error) from error
        draft.rename(path)
        sync_folder(path.parent)


def connect_owner(path: Path, busy_s: float) -> sqlite3.Connection:
    """The writing connection to an existing journal, its tables up to date.

    Raises:
        JournalCorrupt: the file is damaged.
        JournalError: it is another program's file, made by a much newer release, or cannot be written.
    """
    if not path.exists():
        raise JournalCorrupt(f"{path}: the file is gone but its -wal is still there")
    if path.stat().st_size < PAGE_BYTES:  # a journal is born whole, so an empty file is what is left of one
        raise JournalCorrupt(f"{path}: the file is empty or too short")
    with path.open("rb") as stream:
        header = stream.read(100)
    if not {header[18], header[19]} <= {1, 2}:  # SQLite would take it for a file that may only be read
        raise JournalCorrupt(f"{path}: its header is damaged")
    condemned = beside(path, ".condemned")
    if condemned.exists():
        raise JournalCorrupt(f"{path}: {condemned.read_text(errors='replace')}")
    version = _version(path)
    with looking(path):
        connection = connect_writer(path, busy_s=busy_s)
        if version < SCHEMA_VERSION:
            from firmware_py.journal.schema import migrate

            try:
                migrate(connection)
            except BaseException:
                connection.close()
                raise
    return connection


def _version(path: Path) -> int:
    """The file's ``user_version``, read before a writer's settings could change a file that is not ours to change."""
    connection = connect_reader(path)
    try:
        with looking(path):
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            # one release ahead is what an update that was rolled back leaves behind, and it must stay usable
            if version <= SCHEMA_VERSION + 1:
                return version
            from firmware_py.journal.schema import knows

            known = knows(connection)
    finally:
        connection.close()
    if known:
        raise JournalCorrupt(f"{path}: its header says format {version} but its tables are of this release")
    raise JournalError(
        f"{path}: made by a newer release (format {version}, this one knows {SCHEMA_VERSION}); install that release"
    )


@contextmanager
def looking(path: Path) -> Iterator[None]:
    """Name what SQLite says while a file is looked at: an opening uses no statement that a sound file could refuse.

    Raises:
        JournalCorrupt: the file is damaged.
        JournalError: it is locked, unwritable, or the disk is full or broken.
    """
    try:
        yield
    except UnicodeDecodeError as error:  # Python cannot read the message in which SQLite quotes a damaged name
        raise JournalCorrupt(f"{path}: its list of tables is damaged ({error.reason})") from error
    except sqlite3.Error as error:
        if primary_code(error) in {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT}:
            raise JournalCorrupt(f"{path}: a table or trigger is damaged (SQLite says: {error})") from error
        raise explained(path, error) from error


def examine(reader: JournalFile, connection: sqlite3.Connection) -> int:
    """Look for damage (inside ``looking``); return the seq behind which the chain is now verified.

    Everything is looked at when the file is small or an earlier run met damage in it, else the structure is taken on
    trust and the chain is verified from the newest snapshot, and over at least ``TAIL`` records.

    Raises:
        JournalCorrupt: what is damaged, or which record the file had once and has no more.
        sqlite3.Error: as SQLite says it.
    """
    path, head = reader.path, reader.head
    suspect = beside(path, ".suspect")
    if suspect.exists() or path.stat().st_size <= _QUICK_CHECK_BYTES:
        finding = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if finding != "ok":
            raise JournalCorrupt(f"{path}: the file is damaged ({finding})")
    snapshot = next(read_snapshots(path, reader.log), None)
    if snapshot is not None and reader.hash_at(snapshot.seq) != snapshot.hash:
        raise JournalCorrupt(
            f"{path}: the file is older than its own snapshot or another history: record {snapshot.seq} with hash "
            f"{snapshot.hash} is not in it (its head is {head.seq})"
        )
    _try_writing(path, connection)
    check_watermarks(path, connection)
    acked = Acked.beside(path, reader.log).upto
    if acked > head.seq:
        raise JournalCorrupt(f"{path}: the receiver holds {acked} records of this log, the file only {head.seq}")
    start = min(head.seq - TAIL, snapshot.seq if snapshot else head.seq)
    start = 0 if suspect.exists() else max(0, start)
    walk = ChainWalk(reader.log, start, reader.hash_at(start) or "")
    while rows := reader.rows(walk.seq, CHUNK):
        walk.follow(rows)
        if walk.first_fault is not None:
            raise JournalCorrupt(f"{path}: the hash chain is broken at {walk.first_fault}")
    if suspect.exists():
        suspect.unlink(missing_ok=True)
    return start


def _try_writing(path: Path, connection: sqlite3.Connection) -> None:
    """Do once, and take back, what a day will do: SQLite opens what it may not write, and a damaged trigger, without a
    word, and the first ticket of the morning is too late to learn it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(
            "INSERT INTO record SELECT 1 + coalesce(max(seq), 0), '', '', 0, '', '', '', '', 0, '', zeroblob(32) "
            "FROM record"
        )
        connection.execute("INSERT INTO watermark VALUES (0, '', '', 0, zeroblob(32), 0, zeroblob(32))")
        connection.execute("UPDATE watermark SET upto = 1, head_hash = zeroblob(32) WHERE stream = 0")
        connection.execute("INSERT INTO edge_record VALUES (0, '', '', 0, '', '', '', '', 0, '', zeroblob(32))")
        if streams_of(path, connection)[0].upto != 1:
            raise JournalCorrupt(f"{path}: its table watermark is damaged")
    finally:
        if connection.in_transaction:  # a full disk has taken it back already
            connection.execute("ROLLBACK")
