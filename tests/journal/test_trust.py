"""Trust: a file that is whole may still be another program's, another release's or an older copy of itself."""

import sqlite3
from pathlib import Path

import pytest

from firmware_py.errors import JournalCorrupt, JournalError
from firmware_py.journal.connection import SCHEMA_VERSION
from firmware_py.journal.reader import Head
from firmware_py.journal.store import Journal
from tests.journal.facts import AT_MS, BOOT, behind_its_back, facts, written


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hall.db"


@pytest.mark.req("R-CORE-21")
@pytest.mark.parametrize("change", ["upto = upto - 1", "head_hash = zeroblob(32)", "upto = upto + 1"])
def test_a_watermark_that_does_not_fit_its_records_is_damage(tmp_path: Path, path: Path, change: str) -> None:
    edge = written(tmp_path / "edge.db", 5)
    with Journal.open(path, boot=BOOT) as journal, journal.transaction() as tx:
        tx.store("desk3-eval", edge)
    with behind_its_back(path) as connection:
        connection.execute(f"UPDATE watermark SET {change}")
    with Journal.open(path, boot=BOOT) as journal:
        assert "the watermark of desk3-eval" in journal.replaced_because


def test_another_programs_database_is_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE songs (title)")
    connection.close()
    content = path.read_bytes()
    with pytest.raises(JournalError, match="another program's database") as caught:
        Journal.open(path, boot=BOOT)
    assert not isinstance(caught.value, JournalCorrupt)
    assert path.read_bytes() == content


def test_a_file_one_release_ahead_is_used_and_two_ahead_is_refused(path: Path) -> None:
    written(path, 3)
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.head.seq == 3
        journal.append(facts(1))
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION + 1,)
        connection.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('hall_journal', 'm999_later', '')"
        )
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 2}")
    connection.close()
    with pytest.raises(JournalError, match="newer release"):
        Journal.open(path, boot=BOOT)
    assert path.exists()


def test_an_older_file_is_migrated_and_keeps_its_records(path: Path) -> None:
    """A file of the release before streams came, made by taking their migration back."""
    records = written(path, 3)
    with behind_its_back(path) as connection:
        connection.executescript(
            "DROP VIEW edge; DROP TABLE edge_record; DROP TABLE watermark;"
            "DELETE FROM _sqlite_migrations WHERE name = 'm002_streams'; PRAGMA user_version = 0"
        )
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.replaced is None
        assert journal.records(0, 9) == records
        with journal.transaction() as tx:
            tx.store("desk3-eval", records)
        assert journal.watermarks() == {"desk3-eval": (records[0].log, 3)}


@pytest.mark.req("R-SYNC-07")
def test_a_receiver_that_holds_more_than_the_file_makes_the_owner_begin_a_new_log(path: Path) -> None:
    """An old copy of the card was put in: its seqs are in use elsewhere."""
    log = written(path, 5)[0].log
    with Journal.open(path, boot=BOOT) as journal, pytest.raises(JournalCorrupt, match="holds 9 records"):
        journal.set_acked(9)
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.replaced is not None
        assert "holds 9 records" in journal.replaced_because
        assert journal.log != log


def test_a_condemned_journal_is_set_aside_by_the_next_opening(path: Path) -> None:
    written(path, 2)
    with Journal.open(path, boot=BOOT) as journal:
        journal.condemn("the controller holds another record 2")
        journal.append(facts(1))
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.replaced_because.endswith("the controller holds another record 2")
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.replaced is None


def test_an_older_copy_of_the_file_is_recognised_by_its_snapshot(path: Path) -> None:
    written(path, 5)
    older = path.read_bytes()
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(5))
        journal.snapshot(b"state", journal.head, AT_MS)
    path.write_bytes(older)
    with Journal.open(path, boot=BOOT) as journal:
        assert "older than its own snapshot" in journal.replaced_because


def test_an_older_copy_of_the_file_is_recognised_by_the_remembered_watermark(path: Path) -> None:
    written(path, 5)
    older = path.read_bytes()
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(5))
        journal.set_acked(10)
    path.write_bytes(older)
    with Journal.open(path, boot=BOOT) as journal:
        assert "the receiver holds 10 records" in journal.replaced_because


def test_a_snapshot_of_a_record_that_is_not_there_is_refused(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        (record,) = journal.append(facts(1))
        for head in (Head(2, record.hash), Head(1, "0" * 64)):
            with pytest.raises(JournalError, match="not in it"):
                journal.snapshot(b"state", head, AT_MS)
