"""The receiving side of streams: other instances' records, stored once, in order and only if their chain holds."""

import re
import sqlite3
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

import msgspec

from firmware_py.errors import JournalCorrupt
from firmware_py.journal.chain import Row
from firmware_py.journal.record import Record, record_hash

_HASH = re.compile("[0-9a-f]{64}")

SEQ_BITS = 40
"""``place = stream << 40 | seq``; see ``schema.py``."""

_INT64 = range(-(2**63), 2**63)

_REASON_CHARS = 400
"""A reason quotes what a peer sent; it ends up in a log line."""


class StoreOutcome(StrEnum):
    """What became of a batch."""

    STORED = "stored"
    """New records were stored and the watermark moved."""
    REPEAT = "repeat"
    """Everything in it was here already: publish the watermark again."""
    GAP = "gap"
    """Records are missing before it: the sender must go back to the watermark. Nothing was stored."""
    BROKEN = "broken"
    """It does not continue the history held here: raise an alarm. Nothing was stored."""


class StoreResult(msgspec.Struct, frozen=True):
    """The answer to one batch; ``(log, upto)`` is the watermark to publish once the transaction is committed.

    ``fresh`` are the records that were new. ``new_log`` says that the instance began this log just now; ``reason``
    tells the technician why a batch is broken.
    """

    outcome: StoreOutcome
    log: str
    upto: int
    fresh: tuple[Record, ...] = ()
    new_log: bool = False
    reason: str = ""


class Stream(NamedTuple):
    """One log of one instance as held here: the records behind ``origin_seq``, up to ``upto``."""

    stream: int
    instance: str
    log: str
    upto: int
    head_hash: bytes
    origin_seq: int
    origin_hash: bytes


_SELECT = "SELECT stream, instance, log, upto, head_hash, origin_seq, origin_hash FROM watermark"


def streams_of(path: Path, connection: sqlite3.Connection) -> list[Stream]:
    """Every stream in the journal at ``path``, in the order in which they began.

    Raises:
        JournalCorrupt: the table does not hold what was put there.
        sqlite3.Error: as SQLite says it.
    """
    rows = connection.execute(f"{_SELECT} ORDER BY stream").fetchall()
    try:
        return msgspec.convert(rows, list[Stream])
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise JournalCorrupt(f"{path}: the table watermark is damaged ({error})") from error


def check_watermarks(path: Path, connection: sqlite3.Connection) -> None:
    """Compare every watermark with the record it stands on; the chains between are verified in the background.

    A damaged one would refuse its sender's next batch for ever.

    Raises:
        JournalCorrupt: they differ.
        sqlite3.Error: as SQLite says it.
    """
    for held in streams_of(path, connection):
        stands_on: bytes | None = held.origin_hash
        if held.upto != held.origin_seq:
            last = held.stream << SEQ_BITS | held.upto
            row = connection.execute("SELECT hash FROM edge_record WHERE place = ?", (last,)).fetchone()
            stands_on = row[0] if row else None
        if stands_on != held.head_hash:
            raise JournalCorrupt(f"{path}: the watermark of {held.instance}, {held.upto}, does not fit its records")


def store_batch(connection: sqlite3.Connection, instance: str, records: Sequence[Record]) -> StoreResult:
    """Store what is new in a batch and move the watermark, inside the caller's transaction.

    Args:
        connection: the journal's, in a transaction.
        instance: who sent it, as the link vouches for it; never taken from the records.
        records: one batch as received; nothing in it is trusted.

    Raises:
        sqlite3.Error: the caller rolls back.
    """
    if not records:
        sql = "SELECT log, upto FROM watermark WHERE instance = ? ORDER BY stream DESC LIMIT 1"
        current = connection.execute(sql, (instance,)).fetchone()
        return StoreResult(StoreOutcome.REPEAT, *(current or ("", 0)))
    log, first, last = records[0].log, records[0].seq, records[-1].seq
    held = _stream(connection, instance, log)
    upto = held.upto if held else 0
    if flaw := _flaw(records):
        return StoreResult(StoreOutcome.BROKEN, log, upto, reason=flaw[:_REASON_CHARS])
    if first > upto + 1:
        return StoreResult(StoreOutcome.GAP, log, upto)
    if held and (flaw := _strays(connection, held, records)):
        return StoreResult(StoreOutcome.BROKEN, log, upto, reason=flaw[:_REASON_CHARS])
    fresh = tuple(records[upto + 1 - first :])
    if not fresh:
        return StoreResult(StoreOutcome.REPEAT, log, upto)
    if held:
        stream = held.stream
        connection.execute(
            "UPDATE watermark SET upto = ?, head_hash = ? WHERE stream = ?",
            (last, bytes.fromhex(records[-1].hash), stream),
        )
    else:
        stream = _begin(connection, instance, records)
    connection.executemany(
        "INSERT INTO edge_record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [_row(stream << SEQ_BITS | record.seq, record) for record in fresh],
    )
    return StoreResult(StoreOutcome.STORED, log, last, fresh, new_log=not held)


def _flaw(records: Sequence[Record]) -> str:
    """Why the batch is no piece of a chain, or ``""``. The batch alone is looked at."""
    log, seq, before = records[0].log, records[0].seq, records[0].prev_hash
    if not log or seq < 1:
        return f"log {log!r}, record {seq}: a log has a name and starts at record 1"
    if not _HASH.fullmatch(before):
        return f"record {seq} says that {before!r} is before it, which is no hash"
    for record in records:
        if record.log != log or record.seq != seq:
            return f"expected record {seq} of log {log}, found record {record.seq} of log {record.log}"
        if record.prev_hash != before:
            return f"record {seq} says that {record.prev_hash} is before it, but that is {before}"
        if record.mono_ms not in _INT64 or record.desk not in _INT64:
            return f"record {seq} holds a number beyond 64 bits"
        try:
            genuine = record_hash(record)
        except (ValueError, OverflowError, TypeError) as error:
            return f"record {seq} has no canonical form: {error}"
        if record.hash != genuine:
            return f"record {seq} says its hash is {record.hash}, its content says {genuine}"
        seq, before = seq + 1, record.hash
    return ""


def _strays(connection: sqlite3.Connection, held: Stream, records: Sequence[Record]) -> str:
    """Why the batch is another history than the one held, or ``""``.

    The batch is a chain in itself, so that one hash in common proves all before it equal.
    """
    first, last = records[0], records[-1]
    if first.seq == held.upto + 1:
        ours, theirs, seq = held.head_hash.hex(), first.prev_hash, held.upto
    else:
        seq = min(last.seq, held.upto)
        if seq <= held.origin_seq:  # it is in an earlier file; a repeat is harmless whatever it says
            return ""
        row = connection.execute(
            "SELECT hash FROM edge_record WHERE place = ?", (held.stream << SEQ_BITS | seq,)
        ).fetchone()
        ours, theirs = row[0].hex() if row else "missing", records[seq - first.seq].hash
    if ours == theirs:
        return ""
    return f"history was rewritten: record {seq} of log {held.log} is {ours} here and {theirs} there"


def _begin(connection: sqlite3.Connection, instance: str, records: Sequence[Record]) -> int:
    cursor = connection.execute(
        "INSERT INTO watermark (instance, log, upto, head_hash, origin_seq, origin_hash) VALUES (?, ?, ?, ?, 0, ?)",
        (
            instance,
            records[0].log,
            records[-1].seq,
            bytes.fromhex(records[-1].hash),
            bytes.fromhex(records[0].prev_hash),
        ),
    )
    stream = cursor.lastrowid
    if stream is None:
        raise sqlite3.DatabaseError("SQLite gave the new stream no number")
    return stream


def _stream(connection: sqlite3.Connection, instance: str, log: str) -> Stream | None:
    row = connection.execute(f"{_SELECT} WHERE instance = ? AND log = ?", (instance, log)).fetchone()
    return Stream(*row) if row else None


def _row(place: int, record: Record) -> Row:
    return (
        place,
        record.wall,
        record.boot,
        record.mono_ms,
        record.actor,
        record.cmd_id,
        record.type,
        record.ticket,
        record.desk,
        record.data,
        bytes.fromhex(record.hash),
    )
