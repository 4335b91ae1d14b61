"""The journal of one instance: appends facts durably, stores other instances' streams, keeps snapshots."""

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from firmware_py.errors import JournalCorrupt, JournalError
from firmware_py.journal.acked import Acked
from firmware_py.journal.connection import BUSY_S
from firmware_py.journal.files import beside, claim, on_disk, set_aside, write_whole
from firmware_py.journal.opening import begin, connect_owner, examine, is_present, looking
from firmware_py.journal.reader import Head, JournalFile
from firmware_py.journal.record import Entry, Record
from firmware_py.journal.rotation import archive_path, exchange, prepare_next
from firmware_py.journal.snapshot import Snapshot, write_snapshot
from firmware_py.journal.streams import streams_of
from firmware_py.journal.transaction import Transaction


class Journal(JournalFile):
    """An append-only, hash-chained log in one SQLite file with one owner (design.md 4).

    It belongs to the thread that opened it. After a ``JournalError`` nothing of the failed transaction is in memory or
    in the file, and the owner may try again; a ``JournalCorrupt`` is for the supervisor: the next ``open`` looks at the
    whole file and sets it aside if it must.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, boot: str, lock: int, busy_s: float) -> None:
        """Take over ``connection`` and ``lock``; callers use ``open``."""
        self._lock = lock
        self._busy_s = busy_s
        super().__init__(path, connection)
        self.boot = boot
        """This boot's id, stamped on every record."""
        self.replaced: Path | None = None
        """Where a damaged file was moved, whole, when this journal was opened: the owner must raise an alarm."""
        self.replaced_because = ""
        """What was found in it."""

    def _attach(self, connection: sqlite3.Connection) -> None:
        super()._attach(connection)
        self._head: Head | None = None
        self._acked = Acked.beside(self.path, self.log)

    @classmethod
    def open(cls, path: Path, *, boot: str = "", at_ms: int | None = None, busy_s: float = BUSY_S) -> Self:
        """Become the owner of the journal at ``path``; make it if it is not there, or damaged (see ``replaced``).

        Args:
            path: the journal file; its folder must exist.
            boot: this boot's id, stamped on every record; a tool that appends nothing has none.
            at_ms: wall clock, UTC milliseconds; now if omitted.
            busy_s: how long a write waits for a foreign lock.

        Raises:
            JournalError: another process owns it, or the path or disk cannot be used.
        """
        at_ms = time.time_ns() // 1_000_000 if at_ms is None else at_ms
        lock = claim(path)
        try:
            with on_disk(path):
                return cls._claimed(path, boot, lock, at_ms, busy_s)
        except BaseException:
            os.close(lock)
            raise

    @classmethod
    def _claimed(cls, path: Path, boot: str, lock: int, at_ms: int, busy_s: float) -> Self:
        replaced, because = None, ""
        if is_present(path):
            try:
                return cls._examined(path, boot, lock, busy_s)
            except JournalCorrupt as damage:
                replaced, because = set_aside(path, at_ms), str(damage)
        begin(path, at_ms)
        journal = cls._examined(path, boot, lock, busy_s)
        journal.replaced, journal.replaced_because = replaced, because
        return journal

    @classmethod
    def _examined(cls, path: Path, boot: str, lock: int, busy_s: float) -> Self:
        connection = connect_owner(path, busy_s)
        try:
            journal = cls(path, connection, boot, lock, busy_s)
            with looking(path):
                journal._verified_after = examine(journal, connection)
        except BaseException:
            connection.close()
            raise
        return journal

    @property
    def head(self) -> Head:
        """The newest record's seq and hash, from memory."""
        if self._head is None:
            self._head = super().head
        return self._head

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Everything done with the transaction is durable when the block ends; nothing of it if the block raises.

        Raises:
            JournalError: it could not be made durable; the file and ``head`` are as before.
        """
        try:
            # deferred, a read before the first write could fail at once beside another writer (ecosystem.md 0.2)
            self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.Error as error:
            raise self._explained(error) from error
        transaction = None
        try:
            transaction = Transaction(self._connection, self.log, self.boot, self.head)
            yield transaction
            self._connection.execute("COMMIT")
            self._head = transaction.head
        except BaseException as error:
            self._abandon()
            if isinstance(error, sqlite3.Error):
                raise self._explained(error) from error
            raise
        finally:
            if transaction is not None:
                transaction.end()

    def append(self, entries: Sequence[Entry]) -> list[Record]:
        """Append facts in one transaction; durable when it returns.

        Raises:
            JournalError: nothing was appended.
        """
        if not entries:
            return []
        with self.transaction() as transaction:
            return [transaction.append(entry) for entry in entries]

    def watermarks(self) -> dict[str, tuple[str, int]]:
        """Per instance: the log it began last, and up to which seq it is stored here."""
        try:
            return {stream.instance: (stream.log, stream.upto) for stream in streams_of(self.path, self._connection)}
        except sqlite3.Error as error:
            raise self._explained(error) from error

    @property
    def acked(self) -> int:
        """The last seq of this log that its receiver is known to hold; a lower bound after a restart."""
        return self._acked.upto

    def set_acked(self, upto: int) -> None:
        """The receiver's watermark for this log is ``upto``; an older one than before is ignored.

        Raises:
            JournalCorrupt: the receiver holds more than this file has, so the file is an older copy of itself and would
                use its seqs twice. It is condemned: the next ``open`` begins a new log.
        """
        if upto > self.head.seq:
            finding = f"the receiver holds {upto} records of log {self.log}, the file only {self.head.seq}"
            self.condemn(finding)
            raise self._corrupt(finding)
        self._acked.advance(upto)

    def condemn(self, reason: str) -> None:
        """Have the next ``open`` set this file aside, because another instance knows its history to be another.

        Raises:
            JournalError: this cannot be remembered.
        """
        with on_disk(self.path):
            write_whole(beside(self.path, ".condemned"), reason.encode())

    def snapshot(self, payload: bytes, head: Head, at_ms: int) -> None:
        """Keep the owner's state as it was right after record ``head``; the two newest snapshots are kept.

        Raises:
            JournalError: ``head`` is no record of this journal, or the disk cannot take the snapshot.
        """
        if self.hash_at(head.seq) != head.hash:
            raise JournalError(f"{self.path}: record {head.seq} with hash {head.hash} is not in it; take no snapshot")
        with on_disk(self.path):
            write_snapshot(self.path, Snapshot(self.log, head.seq, head.hash, at_ms, payload))

    def rotate(self, payload: bytes, at_ms: int, acked: int) -> Path:
        """Archive this file and go on in a new one, with a new ``log``, whose chain continues this one's.

        Watermarks go along, and ``payload`` becomes the new log's snapshot at seq 0. Every ``JournalReader`` then reads
        the archive until it is opened anew (``superseded``). A power cut leaves the old file or the new one.

        Args:
            payload: the owner's state after ``head``.
            at_ms: wall clock, UTC milliseconds.
            acked: what the receiver holds of this log (a hall without a centre passes ``head.seq``).

        Returns:
            The archive. Removing it, one day, is the owner's business.

        Raises:
            JournalError: records are not acknowledged yet, a reader is in the way, or the disk cannot take the file.
        """
        if acked < self.head.seq:
            raise JournalError(f"{self.path}: the receiver lacks {self.head.seq - acked} records; rotate it later")
        archive = archive_path(self.path, self.log)
        draft = prepare_next(self, self._connection, payload, at_ms)
        self._connection.close()
        try:
            exchange(self.path, draft, archive)
        finally:
            self._attach(connect_owner(self.path, self._busy_s))
        return archive

    def checkpoint(self) -> None:
        """Copy the WAL into the file now, in an idle moment, so that no commit has to wait for it.

        Raises:
            JournalError: the disk cannot take it; nothing is lost.
        """
        self._fetch("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Close the file and give up its ownership; harmless when repeated.

        Raises:
            JournalError: the receiver's watermark could not be kept; everything is closed nevertheless.
        """
        if self._lock < 0:
            return
        lock, self._lock = self._lock, -1
        try:
            self._acked.close()
        finally:
            super().close()
            os.close(lock)

    def _abandon(self) -> None:
        self._head = None  # the file knows: an interrupt may have come before or after the commit
        with suppress(sqlite3.Error):  # SQLite has rolled back by itself where this fails
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _corrupt(self, finding: str) -> JournalCorrupt:
        with suppress(OSError):  # the marker only makes the next opening more thorough
            beside(self.path, ".suspect").touch()
        return super()._corrupt(finding)

    def _explained(self, error: sqlite3.Error) -> JournalError:
        sentence = super()._explained(error)
        return self._corrupt(f"SQLite says: {error}") if isinstance(sentence, JournalCorrupt) else sentence
