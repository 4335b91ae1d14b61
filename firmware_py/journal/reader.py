"""Reading a journal: head, ranges, tail and replay, for its owner and for any process that opens it read-only."""

import logging
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from firmware_py.errors import JournalCorrupt, JournalError
from firmware_py.journal.chain import COLUMNS, ChainWalk, Row
from firmware_py.journal.connection import connect_reader, explained
from firmware_py.journal.record import Record
from firmware_py.journal.snapshot import Snapshot, read_snapshots

_logger = logging.getLogger(__name__)

CHUNK = 2000
"""Rows read per statement: a long read would keep the writer's WAL from being reused."""

Fact = tuple[int, str, str, str, str]
"""What a replay needs of a record: seq, type, data, cmd_id, actor."""


class Head(NamedTuple):
    """The newest record of a log: its seq and hash; seq 0 and the origin's hash when the log is empty."""

    seq: int
    hash: str


class JournalFile:
    """What can be read of an open journal, by its owner (``Journal``) or by anybody else (``JournalReader``).

    Every method raises ``JournalError`` when the file cannot be read and ``JournalCorrupt`` when it is damaged.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Take over ``connection``; callers use ``open`` of one of the two."""
        self.path = path
        self._attach(connection)

    def _attach(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        meta = self._fetch("SELECT log, created, before_log, before_seq, lower(hex(before_hash)) FROM meta")
        if len(meta) != 1:
            raise self._corrupt(f"the table meta has {len(meta)} rows instead of one")
        self.log: str = meta[0][0]
        """The log's random id, made with the file."""
        self.created: str = meta[0][1]
        """When the log began, RFC 3339 UTC."""
        self.predecessor: tuple[str, int] = meta[0][2], meta[0][3]
        """Log and last seq of the file that this one continues; ``("", 0)`` when there is none."""
        self.origin: str = meta[0][4]
        """``prev_hash`` of the first record: the predecessor's head, else ``GENESIS``."""
        self._verified_after: int | None = None
        self._file = _identity(self.path)

    @property
    def head(self) -> Head:
        """The newest record's seq and hash; what is published so that a rewritten history is noticed elsewhere."""
        rows = self._fetch("SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1")
        return Head(rows[0][0], self._hex(rows[0])) if rows else Head(0, self.origin)

    def hash_at(self, seq: int) -> str | None:
        """The hash of record ``seq`` (0: the origin); ``None`` when there is no such record."""
        if seq == 0:
            return self.origin
        rows = self._fetch("SELECT seq, hash FROM record WHERE seq = ?", (seq,))
        return self._hex(rows[0]) if rows else None

    def records(self, after: int, limit: int) -> list[Record]:
        """At most ``limit`` records behind seq ``after``, oldest first."""
        # the row before comes along for its hash, which is the first record's prev_hash
        rows = self.rows(max(0, after) - 1, limit + 1)
        before = self.origin
        if after > 0 and rows:
            if rows[0][0] != after:
                raise self._corrupt(f"record {after} is missing")
            before = self._hex(rows.pop(0))
        records = []
        for seq, row in enumerate(rows[:limit], max(0, after) + 1):
            if row[0] != seq:
                raise self._corrupt(f"record {seq} is missing, record {row[0]} is in its place")
            hash_ = self._hex(row)
            records.append(Record(self.log, *row[:10], before, hash_))
            before = hash_
        return records

    def tail(self, count: int) -> list[Record]:
        """The newest ``count`` records, oldest first."""
        return self.records(max(0, self.head.seq - count), count)

    def replay(self, after: int = 0) -> Iterator[Fact]:
        """Every fact behind seq ``after``, oldest first; verifies what was not yet verified when the file was opened.

        Raises:
            JournalCorrupt: the chain is broken; everything yielded before is genuine.
        """
        trusted = self._verified_after
        if trusted is None or after < trusted:
            walk = ChainWalk(self.log, after, self.hash_at(after) or self.origin)
            while rows := self.rows(walk.seq, CHUNK):
                self._follow(walk, rows)
                for row in rows:
                    yield row[0], row[6], row[9], row[5], row[4]
                after = walk.seq
                if trusted is not None and after >= trusted:
                    break
            else:
                return
        sql = "SELECT seq, type, data, cmd_id, actor FROM record WHERE seq > ? ORDER BY seq LIMIT ?"
        while facts := self._fetch(sql, (after, CHUNK)):
            if facts[-1][0] != after + len(facts):
                raise self._corrupt(f"a record behind {after} is missing")
            yield from facts
            after += len(facts)

    def latest_snapshot(self) -> Snapshot | None:
        """The newest snapshot that is whole and belongs to this history; ``None`` means: replay from the start."""
        for snapshot in read_snapshots(self.path, self.log):
            if self.hash_at(snapshot.seq) == snapshot.hash:
                return snapshot
            _logger.warning("%s: snapshot of record %s skipped, it is of another history", self.path, snapshot.seq)
        return None

    @property
    def superseded(self) -> bool:
        """Whether another file now stands at the path, because the owner rotated it or set it aside: open it anew."""
        return _identity(self.path) != self._file

    def close(self) -> None:
        """Close the file; harmless when repeated."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _follow(self, walk: ChainWalk, rows: Sequence[Row]) -> None:
        walk.follow(rows)
        if walk.first_fault is not None:
            raise self._corrupt(f"the hash chain is broken at {walk.first_fault}")

    def rows(self, after: int, limit: int) -> list[Row]:
        """At most ``limit`` rows behind seq ``after`` as stored, for checking them."""
        return self._fetch(f"SELECT {COLUMNS} FROM record WHERE seq > ? ORDER BY seq LIMIT ?", (after, limit))

    def _fetch(self, sql: str, values: tuple[int | str, ...] = ()) -> list[Any]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.Error as error:
            raise self._explained(error) from error

    def _hex(self, row: Sequence[object]) -> str:
        stored = row[-1]
        if not isinstance(stored, bytes):
            raise self._corrupt(f"the hash of record {row[0]} is damaged")
        return stored.hex()

    def _corrupt(self, finding: str) -> JournalCorrupt:
        return JournalCorrupt(f"{self.path}: {finding}; restart the daemon to set the file aside")

    def _explained(self, error: sqlite3.Error) -> JournalError:
        return explained(self.path, error)


class JournalReader(JournalFile):
    """A journal opened read-only; may stand beside its owner, in the same or another process."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open read-only.

        Raises:
            JournalError: there is no such file, or it cannot be read.
            JournalCorrupt: it is not a journal, or damaged.
        """
        connection = connect_reader(path)
        try:
            return cls(path, connection)
        except BaseException:
            connection.close()
            raise


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
