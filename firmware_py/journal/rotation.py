"""Rotation: a full file becomes an archive, and a new one continues its chain (design.md 4, retention)."""

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from firmware_py.errors import JournalError
from firmware_py.journal.connection import connect_writer, explained
from firmware_py.journal.files import beside, on_disk, sync_folder
from firmware_py.journal.opening import begin
from firmware_py.journal.reader import JournalFile
from firmware_py.journal.snapshot import Snapshot, write_snapshot
from firmware_py.journal.streams import Stream, streams_of


def archive_path(path: Path, log: str) -> Path:
    """Where the file of ``log`` goes: ``hall.db`` becomes ``hall-<log>.db`` in the same folder."""
    return path.with_name(f"{path.stem}-{log}{path.suffix}")


def prepare_next(reader: JournalFile, connection: sqlite3.Connection, payload: bytes, at_ms: int) -> Path:
    """Make the file that continues ``reader``'s, with its watermarks and a snapshot, and complete ``reader``'s own.

    Raises:
        JournalError: it could not be made, or another reader is in the way; nothing has changed.
    """
    path, head = reader.path, reader.head
    draft = beside(path, ".next")
    try:
        with on_disk(path):
            for leftover in (draft, beside(draft, "-wal"), beside(draft, "-shm")):
                leftover.unlink(missing_ok=True)
            begin(draft, at_ms, (reader.log, head.seq, head.hash))
            log = _carry_watermarks(draft, streams_of(path, connection))
            write_snapshot(path, Snapshot(log, 0, head.hash, at_ms, payload), prune=False)
        # all of the WAL into the file, so that the file alone is the archive
        busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        raise explained(path, error) from error
    if busy:
        raise JournalError(f"{path}: another program is reading it, so it cannot be rotated now; try again later")
    return draft


def exchange(path: Path, draft: Path, archive: Path) -> None:
    """Give the closed, complete file at ``path`` its archive name and put ``draft`` in its place.

    The name ``path`` stands for a whole journal at every moment, so that a power cut leaves the old or the new one.

    Raises:
        JournalError: the old file is still in place.
    """
    with on_disk(path):
        for left_by_a_reader in (beside(path, "-wal"), beside(path, "-shm")):  # the new file must not inherit them
            left_by_a_reader.unlink(missing_ok=True)
        archive.unlink(missing_ok=True)  # the same file under its second name, if an earlier try was cut short
        os.link(path, archive)
        draft.rename(path)
        sync_folder(path.parent)


def _carry_watermarks(draft: Path, streams: Sequence[Stream]) -> str:
    connection = connect_writer(draft)
    try:
        connection.executemany(
            "INSERT INTO watermark VALUES (?, ?, ?, ?, ?, ?, ?)",
            [held._replace(origin_seq=held.upto, origin_hash=held.head_hash) for held in streams],
        )
        return str(connection.execute("SELECT log FROM meta").fetchone()[0])
    finally:
        connection.close()
