"""Facts to append, and ways to reach behind the journal's back."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from firmware_py.journal.record import Entry, Record
from firmware_py.journal.store import Journal

BOOT = "3f2c8e0a-7f1d-4f43-9a9f-6d5a2f0b9a11"
AT_MS = 1_795_241_100_123  # 2026-11-21T06:05:00.123Z


def fact(number: int, data: str = "") -> Entry:
    """A fact of the size that real ones have."""
    return Entry(
        wall_ms=AT_MS + number * 1000,
        mono_ms=number * 1000,
        actor="kiosk1-kiosk",
        cmd_id=f"01J2ABCDEFGH0123456789{number:06d}",
        type="ticket_issued",
        ticket=f"A{number % 1000:03d}",
        desk=number % 8,
        data=data
        or f'{{"type":"ticket_issued","ticket":"A{number:03d}","service":"social","class":"X","ahead":{number}}}',
    )


def facts(count: int, start: int = 1) -> list[Entry]:
    """``count`` facts, each another."""
    return [fact(number) for number in range(start, start + count)]


def written(path: Path, count: int) -> list[Record]:
    """The records of a fresh journal of ``count`` facts at ``path``, closed again."""
    with Journal.open(path, boot=BOOT) as journal:
        return journal.append(facts(count))


@contextmanager
def behind_its_back(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection of somebody who wants to change history and knows how to drop a trigger."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        yield connection
    finally:
        connection.close()
