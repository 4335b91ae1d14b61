"""One transaction of a journal: the facts and streamed batches that become durable together, or not at all."""

import sqlite3
from collections.abc import Sequence

from firmware_py.errors import JournalError
from firmware_py.journal.reader import Head
from firmware_py.journal.record import Entry, Record, chain_digest, wall_text
from firmware_py.journal.streams import StoreResult, store_batch

_INSERT = "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Transaction:
    """What becomes durable together, or not at all; made by ``Journal.transaction``."""

    def __init__(self, connection: sqlite3.Connection, log: str, boot: str, head: Head) -> None:
        self._connection: sqlite3.Connection | None = connection
        self._log = log
        self._boot = boot
        self.head = head
        """The head as it will be after the commit."""

    def append(self, entry: Entry) -> Record:
        """Add a fact at the head. It is not durable, and no effect may follow from it, before the transaction ends."""
        seq, before = self.head.seq + 1, self.head.hash
        stored = (
            seq,
            wall_text(entry.wall_ms),
            self._boot,
            entry.mono_ms,
            entry.actor,
            entry.cmd_id,
            entry.type,
            entry.ticket,
            entry.desk,
            entry.data,
        )
        digest = chain_digest((self._log, *stored, before))
        self._open().execute(_INSERT, (*stored, digest))
        self.head = Head(seq, digest.hex())
        return Record(self._log, *stored, before, self.head.hash)

    def store(self, instance: str, records: Sequence[Record]) -> StoreResult:
        """Store a batch that ``instance`` streamed here; its watermark moves in this same transaction."""
        return store_batch(self._open(), instance, records)

    def end(self) -> None:
        """The transaction is over: whoever kept a reference gets an error instead of an unnoticed write."""
        self._connection = None

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise JournalError("this transaction is over; begin another with Journal.transaction()")
        return self._connection
