"""A card that fails under a running journal, as worn SD cards do; and is well again afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from firmware_py.journal.store import Journal


@contextmanager
def takes_nothing(journal: Journal) -> Iterator[None]:
    """It has turned read-only: every write fails inside the block, reads go on."""
    journal._connection.execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        journal._connection.execute("PRAGMA query_only = OFF")


@contextmanager
def fails_at(journal: Journal, kind: str) -> Iterator[None]:
    """It fails in the middle of a transaction, at the record of this type."""
    journal._connection.execute(
        f"CREATE TEMP TRIGGER worn_out BEFORE INSERT ON main.record WHEN NEW.type = '{kind}' "
        "BEGIN SELECT RAISE(ABORT, 'the card is worn out'); END"
    )
    try:
        yield
    finally:
        journal._connection.execute("DROP TRIGGER temp.worn_out")


def loses_its_records(journal: Journal) -> None:
    """What a flipped bit in the list of tables amounts to; there is no way back."""
    for command in (
        "PRAGMA writable_schema = ON",
        "DELETE FROM sqlite_master WHERE name = 'record'",
        "PRAGMA writable_schema = RESET",
    ):
        journal._connection.execute(command)
