"""A card that has turned read-only under a running journal, as worn SD cards do; and is well again afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

from firmware_py.journal.store import Journal


@contextmanager
def takes_nothing(journal: Journal) -> Iterator[None]:
    """Every write fails inside the block; reads go on."""
    journal._connection.execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        journal._connection.execute("PRAGMA query_only = OFF")
