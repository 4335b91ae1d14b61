"""SQLite connections to a journal file: the settings that make a commit durable, and its errors said in sentences."""

import sqlite3
from pathlib import Path

from firmware_py.errors import JournalCorrupt, JournalError

APPLICATION_ID = 0x48414C4C
"""Marks an SQLite file as a journal of Hall ("HALL"), so that a wrong path never harms another program's file."""

SCHEMA_VERSION = 1
"""``PRAGMA user_version`` of a journal that this release writes; a release that adds migrations raises it by one."""

PAGE_BYTES = 1024
"""A commit rewrites whole pages: 1024 halves what an SD card must swallow (ecosystem.md 10)."""

_CHECKPOINT_PAGES = 800
"""WAL pages before SQLite copies them into the file: 800 KiB, what 200 pages of the usual 4096 would be."""

_WAL_LIMIT_BYTES = 4 * 1024 * 1024

BUSY_S = 5.0
"""How long a write waits for a foreign lock before it is an error."""


def connect_writer(path: Path, *, create: bool = False, busy_s: float = BUSY_S) -> sqlite3.Connection:
    """Open the one writing connection; it belongs to the calling thread.

    Raises:
        sqlite3.Error: as SQLite says it; callers pass it through ``explained``.
    """
    mode = "rwc" if create else "rw"
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}", timeout=busy_s, isolation_level=None, uri=True
    )
    try:
        if create:
            connection.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        # NORMAL would lose tickets that are already printed when the power goes (ecosystem.md 4): FULL, said aloud
        connection.execute("PRAGMA synchronous = FULL")
        # damage inside a page is then an error at the first read, not a wrong answer
        connection.execute("PRAGMA cell_size_check = ON")
        _write_ahead(path, connection)
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_LIMIT_BYTES}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    except BaseException:
        connection.close()
        raise
    return connection


def _write_ahead(path: Path, connection: sqlite3.Connection) -> None:
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
    if mode != "wal":
        raise JournalError(
            f"{path}: this file system cannot hold a write-ahead log (SQLite stays in mode {mode}); "
            "put the journal on a local ext4 partition"
        )


def connect_reader(path: Path, *, busy_s: float = BUSY_S) -> sqlite3.Connection:
    """Open a connection that can only read; several may exist beside the writer, in any process.

    A reader never checkpoints: SQLite up to 3.51.2 may corrupt a WAL that two connections reset (ecosystem.md 0.4).

    Raises:
        JournalError: the file is missing, unreadable or another program's.
        JournalCorrupt: it is not an SQLite file, or lacks a part that every journal has.
    """
    if not path.is_file():
        raise JournalError(f"{path}: there is no journal here; correct the path")
    address = f"{path.absolute().as_uri()}?mode=ro"
    try:
        try:
            return _identified(path, sqlite3.connect(address, timeout=busy_s, isolation_level=None, uri=True))
        except sqlite3.OperationalError as error:
            unshared = primary_code(error) in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
            if not unshared or path.with_name(path.name + "-wal").exists():
                raise
            # an archive on a read-only medium: nobody can be writing it, and SQLite cannot make its -shm beside it
            return _identified(path, sqlite3.connect(f"{address}&immutable=1", isolation_level=None, uri=True))
    except sqlite3.Error as error:
        raise explained(path, error) from error
    except UnicodeDecodeError as error:  # Python cannot read the message in which SQLite quotes a damaged name
        raise JournalCorrupt(f"{path}: its list of tables is damaged; restart the daemon to set it aside") from error


def _identified(path: Path, connection: sqlite3.Connection) -> sqlite3.Connection:
    try:
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA query_only = ON")
        _demand_a_journal(path, connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _demand_a_journal(path: Path, connection: sqlite3.Connection) -> None:
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    found = {"meta", "record"} & tables
    if application == APPLICATION_ID and len(found) == 2:
        return
    if application == APPLICATION_ID or found:
        raise JournalCorrupt(f"{path}: its header or list of tables is damaged; restart the daemon to set it aside")
    raise JournalError(f"{path}: this is another program's database, not a journal; correct the path")


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's primary result code, or SQLITE_ERROR where the error comes from Python's own module."""
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)) & 0xFF


def is_damaged_text(error: sqlite3.Error) -> bool:
    """Whether a TEXT was no UTF-8; Python reports it without a code of SQLite's."""
    return str(error).startswith("Could not decode to UTF-8")


def explained(path: Path, error: sqlite3.Error) -> JournalError:
    """The error as a sentence for the person who must act: which file, what happened, what to do."""
    said = f"SQLite says: {error}"
    if is_damaged_text(error) or str(error).startswith(("no such ", "unsupported file format")):
        return JournalCorrupt(f"{path}: the file is damaged ({said}); restart the daemon to set it aside")
    match primary_code(error):
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return JournalCorrupt(f"{path}: the file is damaged ({said}); restart the daemon to set it aside")
        case sqlite3.SQLITE_FULL:
            return JournalError(f"{path}: the disk is full, nothing was stored ({said}); free space on its partition")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return JournalError(f"{path}: another program holds the file locked ({said}); close that program")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return JournalError(
                f"{path}: the file cannot be opened or written ({said}); check the owner, the permissions and the mount"
            )
        case sqlite3.SQLITE_IOERR:
            return JournalError(f"{path}: the disk does not read or write ({said}); check and replace the SD card")
        case sqlite3.SQLITE_CONSTRAINT:
            return JournalError(
                f"{path}: the journal refused a change ({said}); it is append-only and has one writer: "
                "close any other program that writes to it, then restart the daemon"
            )
        case _:
            return JournalError(f"{path}: the journal could not be used ({said}); see the log before this line")
