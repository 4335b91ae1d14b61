"""Taking a journal elsewhere: a verified copy of the file, and its records as JSON lines."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec

from firmware_py.errors import JournalCorrupt, JournalError
from firmware_py.journal.connection import connect_reader, explained, primary_code
from firmware_py.journal.files import beside, on_disk, sync_folder
from firmware_py.journal.reader import CHUNK, JournalReader
from firmware_py.journal.verify import Progress, VerifyReport, verify


def export(path: Path, after: int = 0) -> Iterator[str]:
    """The records behind seq ``after`` as JSON lines without line ends, oldest first, up to the head at the time.

    Each line is a whole ``Record``, so that the chain can be verified from the lines alone.

    Raises:
        JournalError: there is no such file, or it cannot be read.
        JournalCorrupt: it is damaged.
    """
    with JournalReader.open(path) as reader:
        while records := reader.records(after, CHUNK):
            for record in records:
                yield msgspec.json.encode(record).decode()
            after = records[-1].seq


def backup(path: Path, to: Path, progress: Progress | None = None) -> VerifyReport:
    """Copy a journal while its owner goes on; the copy is verified before it gets its name.

    Copying the files would miss what is in the WAL, so SQLite writes the copy from one consistent view.

    Raises:
        JournalError: ``to`` exists, or one of the two cannot be used.
        JournalCorrupt: the copy does not verify, so neither does the journal; no copy is left.
    """
    if to.exists():
        raise JournalError(f"{to}: exists already; name another file")
    draft = beside(to, ".new")
    with on_disk(to):
        try:
            _copy(path, draft)
            report = verify(draft, progress=progress)
            if not report.ok:
                fault = next((chain.first_fault for chain in report.chains if chain.first_fault), report.structure)
                raise JournalCorrupt(f"{path}: its copy does not verify: {fault}")
            draft.rename(to)
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(to.parent)
    return report


def _copy(path: Path, draft: Path) -> None:
    draft.unlink(missing_ok=True)
    connection = connect_reader(path)
    try:
        connection.execute("PRAGMA query_only = OFF")  # the copy is a write in SQLite's eyes
        connection.execute("VACUUM INTO ?", (str(draft),))
    except sqlite3.Error as error:
        damaged = primary_code(error) in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
        raise explained(path if damaged else draft, error) from error
    finally:
        connection.close()
    descriptor = os.open(draft, os.O_RDWR)
    try:
        os.fsync(descriptor)  # SQLite leaves the copy to the page cache
    finally:
        os.close(descriptor)
