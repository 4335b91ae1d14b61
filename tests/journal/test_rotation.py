"""Rotation: the archive is whole, the new file continues its chain, nothing that was stored is asked for again."""

from pathlib import Path

import pytest

from firmware_py.errors import JournalError
from firmware_py.journal.reader import Head, JournalReader
from firmware_py.journal.snapshot import Snapshot
from firmware_py.journal.store import Journal
from firmware_py.journal.streams import StoreOutcome
from firmware_py.journal.verify import verify
from tests.journal.facts import AT_MS, BOOT, facts, written

EDGE = "desk3-eval"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hall.db"


@pytest.mark.req("R-TECH-07", "R-SYNC-07")
def test_the_new_file_continues_the_chain_of_the_archive(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(5))
        old_log, old_head = journal.log, journal.head
        archive = journal.rotate(b"state", AT_MS, acked=5)

        assert archive == path.with_name(f"hall-{old_log}.db")
        assert journal.log != old_log
        assert journal.head == Head(0, old_head.hash)
        assert journal.predecessor == (old_log, 5)
        assert journal.acked == 0
        assert journal.latest_snapshot() == Snapshot(journal.log, 0, old_head.hash, AT_MS, b"state")
        (record,) = journal.append(facts(1))
        assert record.seq == 1
        assert record.prev_hash == old_head.hash
    assert verify(archive, expected=old_head).own.checked == 5
    assert verify(path).ok
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.replaced is None
        assert journal.records(0, 9) == [record]
        assert journal.latest_snapshot() is not None


def test_what_is_not_acknowledged_is_not_rotated_away(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(5))
        with pytest.raises(JournalError, match="lacks 2 records"):
            journal.rotate(b"state", AT_MS, acked=3)
        assert journal.head.seq == 5
    assert not list(path.parent.glob("hall-*"))


def test_streams_go_on_where_they_were(tmp_path: Path, path: Path) -> None:
    edge = written(tmp_path / "edge.db", 9)
    with Journal.open(path, boot=BOOT) as journal:
        with journal.transaction() as tx:
            tx.store(EDGE, edge[:6])
        archive = journal.rotate(b"state", AT_MS, acked=0)
        assert journal.watermarks() == {EDGE: (edge[0].log, 6)}
        with journal.transaction() as tx:
            assert tx.store(EDGE, edge[1:4]).outcome is StoreOutcome.REPEAT
            assert tx.store(EDGE, edge[7:]).outcome is StoreOutcome.GAP
            assert tx.store(EDGE, edge[4:7]).fresh == (edge[6],)
            assert tx.store(EDGE, edge[7:]).fresh == (*edge[7:],)
    assert [chain.checked for chain in verify(archive).streams] == [6]
    assert [chain.checked for chain in verify(path).streams] == [3]
    assert verify(path).ok


def test_a_reader_keeps_the_archive_until_it_opens_anew(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(3))
        with JournalReader.open(path) as reader:
            assert reader.head.seq == 3
            archive = journal.rotate(b"state", AT_MS, acked=3)
            journal.append(facts(1))
            assert reader.superseded
            assert reader.head.seq == 3
        with JournalReader.open(path) as reader:
            assert reader.log == journal.log
            assert reader.head.seq == 1
        assert verify(archive).own.checked == 3
    assert verify(path).own.checked == 1


def test_a_rotation_cut_short_before_the_exchange_changes_nothing(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(3))
        log = journal.log
    path.with_name("hall.db.next").write_bytes(b"half")
    path.with_name(f"hall-{log}.db").hardlink_to(path)
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.replaced is None
        journal.append(facts(1))
        archive = journal.rotate(b"state", AT_MS, acked=4)
    assert verify(archive).own.checked == 4
    assert not list(path.parent.glob("*.next*"))


def test_rotations_follow_each_other(path: Path) -> None:
    archives = []
    with Journal.open(path, boot=BOOT) as journal:
        for turn in range(3):
            journal.append(facts(2))
            archives.append(journal.rotate(b"%d" % turn, AT_MS, acked=2))
    heads: list[Head] = []
    for archive in (*archives, path):
        with JournalReader.open(archive) as reader:
            assert not heads or reader.origin == heads[-1].hash
            heads.append(reader.head)
    assert [head.seq for head in heads] == [2, 2, 2, 0]
