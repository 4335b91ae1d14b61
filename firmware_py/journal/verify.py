"""Verifying a whole journal, its own log and the streams it stores, on a live file or an archived one."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import msgspec

from firmware_py.errors import JournalError
from firmware_py.journal.chain import COLUMNS, ChainWalk, Fault, Row
from firmware_py.journal.connection import connect_reader, explained, is_damaged_text, primary_code
from firmware_py.journal.reader import CHUNK, Head, JournalReader
from firmware_py.journal.streams import SEQ_BITS, Stream, streams_of

Progress = Callable[[int, int], None]
"""Told how many records are done, of how many."""

_OWN = f"SELECT {COLUMNS} FROM record WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"
_EDGE = (
    f"SELECT place & {(1 << SEQ_BITS) - 1}, {COLUMNS.removeprefix('seq, ')} "
    "FROM edge_record WHERE place > ? AND place <= ? ORDER BY place LIMIT ?"
)


class ChainReport(msgspec.Struct, frozen=True):
    """What one log was found to be: the instance's own (``instance`` is empty) or one streamed here."""

    instance: str
    log: str
    checked: int
    holes: int
    bad: int
    first_fault: Fault | None
    head: Head


class VerifyReport(msgspec.Struct, frozen=True):
    """What a journal file was found to be; ``structure`` is ``"ok"`` or what SQLite says is wrong with the file."""

    path: str
    structure: str
    own: ChainReport
    streams: tuple[ChainReport, ...]

    @property
    def chains(self) -> tuple[ChainReport, ...]:
        """The own log first, then the streams."""
        return (self.own, *self.streams)

    @property
    def ok(self) -> bool:
        """Nothing was found."""
        return self.structure == "ok" and all(chain.first_fault is None for chain in self.chains)


def verify(
    path: Path, from_seq: int = 0, progress: Progress | None = None, *, expected: Head | None = None
) -> VerifyReport:
    """Check every record behind ``from_seq`` of the own log, and every streamed record.

    Reads in short steps through a connection of its own: the owner may go on appending (R-TECH-07). What is appended
    after the start is not checked.

    Args:
        path: the journal.
        from_seq: a record of the own log that is taken on trust, such as a snapshot's.
        progress: called after every step.
        expected: the head as it was published or acknowledged elsewhere. A chain proves that its inside was not
            changed; only a witness from outside proves that nothing was cut off or forged anew (R-SYNC-07).

    Raises:
        JournalError: there is no such file, or it cannot be read.
        JournalCorrupt: it is so damaged that there is no log to verify.
    """
    connection = connect_reader(path)
    try:
        reader = JournalReader(path, connection)
        start, head, streams = reader.hash_at(from_seq), reader.head, streams_of(path, connection)
        if start is None:
            raise JournalError(f"{path}: there is no record {from_seq} to start from; its head is {head.seq}")
        meter = _Meter(progress, head.seq - from_seq + sum(stream.upto - stream.origin_seq for stream in streams))
        own = ChainWalk(reader.log, from_seq, start)
        _walk(connection, _OWN, own, 0, head.seq, meter)
        witness = reader.hash_at(expected.seq) if expected else None
        if expected and witness != expected.hash:
            own.stop(expected.seq, expected.hash, witness or "nothing")
        chains = tuple(_verify_stream(connection, stream, meter) for stream in streams)
        structure = "; ".join(finding for (finding,) in connection.execute("PRAGMA quick_check(5)"))
    except sqlite3.Error as error:
        raise explained(path, error) from error
    finally:
        connection.close()
    return VerifyReport(str(path), structure, _report("", own), chains)


class _Meter:
    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress = progress
        self._done = 0
        self._total = total

    def advance(self, count: int) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(self._done, self._total)


def _verify_stream(connection: sqlite3.Connection, stream: Stream, meter: _Meter) -> ChainReport:
    walk = ChainWalk(stream.log, stream.origin_seq, stream.origin_hash.hex())
    base = stream.stream << SEQ_BITS
    _walk(connection, _EDGE, walk, base, base + stream.upto, meter)
    if (walk.seq, walk.hash) != (stream.upto, stream.head_hash.hex()):
        found = f"record {walk.seq} with {walk.hash}"
        walk.stop(stream.upto, f"the watermark, record {stream.upto} with {stream.head_hash.hex()}", found)
    return _report(stream.instance, walk)


def _walk(connection: sqlite3.Connection, sql: str, walk: ChainWalk, base: int, end: int, meter: _Meter) -> None:
    limit = CHUNK
    while base + walk.seq < end:
        try:
            rows = _rows(connection, sql, (base + walk.seq, end, limit))
        except sqlite3.DatabaseError as error:
            if primary_code(error) != sqlite3.SQLITE_CORRUPT:
                raise
            if limit == 1:
                walk.stop(walk.seq + 1, "a readable record", str(error))
                return
            limit = 1  # creep up to the damage, so that the report names the record
            continue
        if not rows:
            return
        walk.follow(rows)
        meter.advance(len(rows))


def _rows(connection: sqlite3.Connection, sql: str, values: tuple[int, int, int]) -> list[Row]:
    try:
        return connection.execute(sql, values).fetchall()
    except sqlite3.OperationalError as error:
        if not is_damaged_text(error):
            raise
    # damaged text comes out as something that hashes to nothing, not as an error that hides which record it is in
    connection.text_factory = lambda raw: raw.decode(errors="surrogateescape")
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.text_factory = str


def _report(instance: str, walk: ChainWalk) -> ChainReport:
    head = Head(walk.seq, walk.hash)
    return ChainReport(instance, walk.log, walk.checked, walk.holes, walk.bad, walk.first_fault, head)
