"""Callers' numbers, apart from every journal: a small file of their own, for its owner only, soon purged (R-PHONE-10).

Everywhere else a caller is a keyed hash: enough to see that somebody called twice, useless without the key. The key
lies beside the numbers; forgetting everything makes a new one, so that no hash of before can ever be matched again.
"""

import hashlib
import hmac
import os
import re
import secrets
import sqlite3
from pathlib import Path

from firmware_py.errors import JournalCorrupt, JournalError
from firmware_py.journal.connection import BUSY_S, explained, primary_code

KEEP_MS = 7 * 24 * 60 * 60_000
"""How long a number is kept (privacy.phone_no_retention_d)."""
HASH_DIGITS = 16
"""Hexadecimal digits of the hash that stands for a caller elsewhere."""
KEY_BYTES = 32
FILE, KEY = "callers.db", "callers.key"
"""Their names in an instance's folder."""

_NUMBER = re.compile(r"\+?[0-9]{3,20}\Z")
_BETWEEN = str.maketrans("", "", " -()./")


def dialled(number: str) -> str:
    """A number as it would be dialled here: digits only, without the country code of China; "" = it is none (a caller
    who withholds it, a line that garbles it)."""
    bare = number.translate(_BETWEEN)
    if not _NUMBER.match(bare):
        return ""
    for code in ("+86", "0086"):
        if bare.startswith(code):
            return bare[len(code) :]
    return bare.removeprefix("+")


class Callers:
    """The numbers of one telephone's callers. Belongs to the thread that opened it."""

    def __init__(self, connection: sqlite3.Connection, path: Path, key: bytes) -> None:
        self._connection = connection
        self._path = path
        self._key = key

    @classmethod
    def open(cls, folder: Path) -> "Callers":
        """Take the file and its key in ``folder``, made there the first time; readable by their owner only.

        Raises:
            JournalError: they cannot be used; the sentence says what to do.
        """
        path = folder / FILE
        try:
            key = _read_key(folder / KEY)
            return cls(_connect(path), path, key)
        except sqlite3.Error as error:
            raise explained(path, error) from error
        except OSError as error:
            raise JournalError(
                f"{path}: {error.strerror}; check the owner and the permissions of its folder"
            ) from error

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def hash_of(self, number: str) -> str:
        """What stands for ``number`` everywhere else; "" when it is no number."""
        bare = dialled(number)
        return hmac.new(self._key, bare.encode(), hashlib.sha256).hexdigest()[:HASH_DIGITS] if bare else ""

    def remember(self, number: str, wall_ms: int) -> str:
        """Keep ``number``, last called at ``wall_ms``; its hash, "" when it is no number.

        Raises:
            JournalError: it was not kept.
        """
        caller = self.hash_of(number)
        if caller:
            self._do(
                "INSERT INTO caller (hash, number, wall_ms) VALUES (?, ?, ?) "
                "ON CONFLICT (hash) DO UPDATE SET wall_ms = max(wall_ms, excluded.wall_ms)",
                (caller, dialled(number), wall_ms),
            )
        return caller

    def number_of(self, caller: str) -> str:
        """The number to call back, "" when it is not known any more.

        Raises:
            JournalError: the file cannot be read.
        """
        try:
            found = self._connection.execute("SELECT number FROM caller WHERE hash = ?", (caller,)).fetchone()
        except sqlite3.Error as error:
            raise explained(self._path, error) from error
        return str(found[0]) if found else ""

    def purge(self, wall_ms: int) -> int:
        """Forget who has not called within ``KEEP_MS`` before ``wall_ms``, and who called after it (a wall clock that
        was wrong); how many that were.

        Raises:
            JournalError: they are still there.
        """
        return self._do("DELETE FROM caller WHERE wall_ms < ? OR wall_ms > ?", (wall_ms - KEEP_MS, wall_ms + KEEP_MS))

    def forget_all(self) -> int:
        """Forget everybody at once and make a new key; how many that were.

        Raises:
            JournalError: they are still there.
        """
        gone = self._do("DELETE FROM caller", ())
        try:
            self._key = _new_key(self._path.with_name(KEY))
        except OSError as error:
            raise JournalError(
                f"{self._path}: the numbers are gone, but their key could not be renewed: {error}"
            ) from error
        return gone

    def _do(self, statement: str, values: tuple[str | int, ...]) -> int:
        try:
            return self._connection.execute(statement, values).rowcount
        except sqlite3.Error as error:
            raise explained(self._path, error) from error


def _connect(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)  # whatever it was before
    connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
    try:
        # what is deleted is overwritten, and no second file keeps a copy of it
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS caller (hash TEXT PRIMARY KEY, number TEXT NOT NULL, wall_ms INTEGER NOT NULL) "
            "STRICT, WITHOUT ROWID"
        )
    except sqlite3.DatabaseError as error:
        connection.close()
        if primary_code(error) in {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}:
            raise JournalCorrupt(f"{path}: the file is damaged; delete it, the numbers in it are lost") from error
        raise
    return connection


def _read_key(path: Path) -> bytes:
    if path.exists():
        key = path.read_bytes()
        if len(key) >= KEY_BYTES:
            return key
    return _new_key(path)


def _new_key(path: Path) -> bytes:
    key = secrets.token_bytes(KEY_BYTES)
    fresh = path.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(file.fileno())
    os.replace(fresh, path)  # noqa: PTH105 - the name of the system call that makes it safe
    return key
