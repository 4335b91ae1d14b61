"""Appending: what is acknowledged is in the file, in order, once, and nothing else is."""

import shutil
import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_py.errors import JournalError
from firmware_py.journal.reader import Head, JournalReader
from firmware_py.journal.record import GENESIS, Entry, Record, record_hash, wall_text
from firmware_py.journal.store import Journal
from firmware_py.journal.verify import verify
from tests.journal.facts import AT_MS, BOOT, fact, facts, written


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hall.db"


def test_a_new_journal_is_empty_and_has_a_log_of_its_own(tmp_path: Path) -> None:
    with (
        Journal.open(tmp_path / "a.db", boot=BOOT, at_ms=AT_MS) as one,
        Journal.open(tmp_path / "b.db", boot=BOOT) as two,
    ):
        assert one.head == Head(0, GENESIS)
        assert one.tail(5) == one.records(0, 5) == []
        assert list(one.replay()) == []
        assert one.created == wall_text(AT_MS)
        assert one.predecessor == ("", 0)
        assert one.replaced is None
        assert len(one.log) == 16
        assert one.log != two.log


@pytest.mark.req("R-CORE-02")
def test_an_appended_fact_comes_back_whole_after_reopening(path: Path) -> None:
    (record,) = written(path, 1)
    given_fact = fact(1)

    with Journal.open(path, boot="another boot") as journal:
        assert journal.records(0, 10) == [record]
        assert journal.head == (1, record.hash)
        assert journal.log == record.log
    assert record == Record(
        log=record.log,
        seq=1,
        wall=wall_text(given_fact.wall_ms),
        boot=BOOT,
        mono_ms=given_fact.mono_ms,
        actor=given_fact.actor,
        cmd_id=given_fact.cmd_id,
        type=given_fact.type,
        ticket=given_fact.ticket,
        desk=given_fact.desk,
        data=given_fact.data,
        prev_hash=GENESIS,
        hash=record_hash(record),
    )


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
entries = st.builds(
    Entry,
    wall_ms=st.integers(0, 4_000_000_000_000),
    mono_ms=st.integers(-(2**63), 2**63 - 1),
    actor=texts,
    cmd_id=texts,
    type=texts,
    ticket=texts,
    desk=st.integers(-(2**63), 2**63 - 1),
    data=texts,
)


@given(st.lists(entries, max_size=5))
@settings(max_examples=40, deadline=None)
def test_any_text_and_number_survives_the_file_unchanged(batch: list[Entry]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hall.db"
        with Journal.open(path, boot=BOOT) as journal:
            records = journal.append(batch)
        with JournalReader.open(path) as reader:
            assert reader.records(0, 10) == records
        assert verify(path).ok
        assert [(r.actor, r.cmd_id, r.type, r.ticket, r.desk, r.data) for r in records] == [
            (e.actor, e.cmd_id, e.type, e.ticket, e.desk, e.data) for e in batch
        ]


def test_ranges_tail_and_replay_agree_with_what_was_appended(path: Path) -> None:
    records = written(path, 30)
    with Journal.open(path, boot=BOOT) as journal:
        for after in (0, 1, 2, 17, 29, 30, 31):
            assert journal.records(after, 100) == records[after:]
            assert journal.records(after, 4) == records[after : after + 4]
            assert list(journal.replay(after)) == [(r.seq, r.type, r.data, r.cmd_id, r.actor) for r in records[after:]]
        assert journal.records(5, 0) == []
        assert journal.tail(7) == records[-7:]
        assert journal.tail(1000) == records
        assert journal.hash_at(12) == records[11].hash
        assert journal.hash_at(31) is None


def test_replay_crosses_the_chunks_it_reads_in(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(4500))
        assert [seq for seq, *_ in journal.replay()] == list(range(1, 4501))
    with JournalReader.open(path) as reader:  # a reader has verified nothing yet, so this way verifies
        assert [seq for seq, *_ in reader.replay(3)] == list(range(4, 4501))


def test_appending_nothing_writes_nothing(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.append([]) == []
        assert journal.head.seq == 0


class Changed(Exception):
    """Something went wrong in the middle of a transaction."""


@pytest.mark.req("R-CORE-02", "R-SYNC-07")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE record SET ticket = 'A999' WHERE seq = 2",
        "DELETE FROM record WHERE seq = 2",
        "DELETE FROM record",
        "INSERT OR REPLACE INTO record SELECT 2, wall, boot, mono_ms, actor, cmd_id, type, 'A9', desk, data, hash "
        "FROM record WHERE seq = 2",
        "INSERT INTO record SELECT 9, wall, boot, mono_ms, actor, cmd_id, type, ticket, desk, data, hash "
        "FROM record WHERE seq = 2",
        "UPDATE meta SET log = 'mine'",
        "DELETE FROM meta",
        "UPDATE edge_record SET ticket = 'A999'",
        "DELETE FROM edge_record",
        "INSERT OR REPLACE INTO edge_record SELECT * FROM edge_record",
    ],
)
def test_sql_that_would_change_history_is_refused(path: Path, statement: str) -> None:
    records = written(path, 3)
    with Journal.open(path, boot=BOOT) as journal, journal.transaction() as tx:
        tx.store("desk3-eval", records)
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|nowhere else|stored once"):
        connection.execute(statement)
    connection.close()
    assert verify(path).ok


@pytest.mark.req("R-CORE-02")
def test_a_commit_reaches_the_card_before_it_is_acknowledged(path: Path) -> None:
    """No test can cut the power: it holds the two settings that a measured power cut needed (ecosystem.md 4)."""
    with Journal.open(path, boot=BOOT) as journal:
        settings_now = [
            journal._connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("synchronous", "journal_mode", "page_size", "wal_autocheckpoint")
        ]
    assert settings_now == [2, "wal", 1024, 800]


def test_a_journal_belongs_to_the_thread_that_opened_it(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal, ThreadPoolExecutor(1) as elsewhere:
        with pytest.raises(JournalError, match="thread"):
            elsewhere.submit(journal.append, facts(1)).result(10)
        assert journal.append(facts(1))[0].seq == 1


def test_closing_twice_is_harmless_and_a_closed_journal_says_so(path: Path) -> None:
    journal = Journal.open(path, boot=BOOT)
    journal.append(facts(1))
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        journal.append(facts(1))


def test_a_checkpoint_empties_the_wal_into_the_file(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(50))
        before = path.stat().st_size
        journal.checkpoint()
        assert path.stat().st_size > before
        assert journal.tail(1)[0].seq == 50


steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(1, 4)),
        st.tuples(st.just("rollback"), st.integers(1, 4)),
        st.tuples(st.just("reopen"), st.just(0)),
        st.tuples(st.just("power cut"), st.just(0)),
        st.tuples(st.just("checkpoint"), st.just(0)),
    ),
    max_size=15,
)


@pytest.mark.req("R-CORE-02", "R-CORE-21")
@given(steps)
@settings(max_examples=40, deadline=None)
def test_any_mix_of_appends_rollbacks_and_power_cuts_keeps_the_log_whole(plan: list[tuple[str, int]]) -> None:
    """Invariant 14. A power cut is what the files hold while the journal is still open."""
    with tempfile.TemporaryDirectory() as folder:
        place = 0
        journal = Journal.open(Path(folder) / "0.db", boot=BOOT)
        acknowledged: list[Record] = []
        try:
            for step, count in plan:
                match step:
                    case "append":
                        acknowledged += journal.append(facts(count))
                    case "rollback":
                        with pytest.raises(Changed), journal.transaction() as tx:
                            for entry in facts(count):
                                tx.append(entry)
                            raise Changed
                    case "reopen":
                        journal.close()
                        journal = Journal.open(journal.path, boot=BOOT)
                    case "power cut":
                        place += 1
                        old, new = journal.path, Path(folder) / f"{place}.db"
                        shutil.copy(old, new)
                        if old.with_name(old.name + "-wal").exists():
                            shutil.copy(old.with_name(old.name + "-wal"), new.with_name(new.name + "-wal"))
                        journal.close()
                        journal = Journal.open(new, boot=BOOT)
                    case _:
                        journal.checkpoint()
                assert journal.replaced is None
                assert journal.head == (len(acknowledged), acknowledged[-1].hash if acknowledged else GENESIS)
            assert journal.records(0, 1000) == acknowledged
            assert [record.seq for record in acknowledged] == list(range(1, len(acknowledged) + 1))
            assert verify(journal.path).ok
        finally:
            journal.close()
