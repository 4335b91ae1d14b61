"""Export and backup: what leaves the journal is all of it, and verified."""

from pathlib import Path

import msgspec
import pytest

from firmware_py.errors import JournalCorrupt, JournalError
from firmware_py.journal.export import backup, export
from firmware_py.journal.record import GENESIS, Record, record_hash
from firmware_py.journal.store import Journal
from firmware_py.journal.verify import verify
from tests.journal.facts import BOOT, behind_its_back, facts, written


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hall.db"


@pytest.mark.req("R-TECH-07")
def test_exported_lines_hold_every_record_and_prove_the_chain_by_themselves(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        records = journal.append(facts(2100))
        lines = list(export(path))
    assert not any("\n" in line for line in lines)
    decoded = [msgspec.json.decode(line, type=Record) for line in lines]
    assert decoded == records
    before = GENESIS
    for record in decoded:
        assert record.prev_hash == before
        assert record.hash == record_hash(record)
        before = record.hash
    assert list(export(path, after=2098)) == lines[2098:]
    assert list(export(path, after=2100)) == []


@pytest.mark.req("R-TECH-07")
def test_a_backup_of_a_live_journal_is_whole_verified_and_usable(tmp_path: Path, path: Path) -> None:
    copy = tmp_path / "copy.db"
    with Journal.open(path, boot=BOOT) as journal:
        records = journal.append(facts(20))
        report = backup(path, copy)
        journal.append(facts(5))
    assert report.ok
    assert report.own.checked == 20
    assert list(export(copy)) == list(export(path))[:20]
    assert not list(tmp_path.glob("*.new*"))
    with Journal.open(copy, boot=BOOT) as restored:
        assert restored.replaced is None
        assert restored.records(0, 50) == records
        assert restored.append(facts(1))[0].seq == 21
    with behind_its_back(copy) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA page_size").fetchone() == (1024,)


def test_a_backup_never_overwrites(tmp_path: Path, path: Path) -> None:
    written(path, 1)
    copy = tmp_path / "copy.db"
    copy.write_text("precious")
    with pytest.raises(JournalError, match="exists already"):
        backup(path, copy)
    assert copy.read_text() == "precious"


def test_a_backup_that_cannot_be_written_says_where(tmp_path: Path, path: Path) -> None:
    written(path, 1)
    with pytest.raises(JournalError, match="missing"):
        backup(path, tmp_path / "missing" / "copy.db")
    with pytest.raises(JournalError, match="there is no journal here"):
        backup(tmp_path / "nothing.db", tmp_path / "copy.db")


@pytest.mark.req("R-TECH-07")
def test_a_journal_that_does_not_verify_gives_no_backup(tmp_path: Path, path: Path) -> None:
    written(path, 9)
    with behind_its_back(path) as connection:
        connection.execute("UPDATE record SET actor = 'nobody' WHERE seq = 7")
    with pytest.raises(JournalCorrupt, match="does not verify: record 7"):
        backup(path, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()
    assert not list(tmp_path.glob("*.new*"))
    assert not verify(path).ok
