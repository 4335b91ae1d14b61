"""Damage: a file that cannot be trusted is set aside as a whole, and its owner learns it."""

import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware_py.errors import HallError, JournalCorrupt, JournalError
from firmware_py.journal.connection import SCHEMA_VERSION
from firmware_py.journal.export import export
from firmware_py.journal.opening import TAIL
from firmware_py.journal.reader import Head
from firmware_py.journal.store import Journal
from firmware_py.journal.verify import verify
from tests.journal.facts import AT_MS, BOOT, behind_its_back, facts, written


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hall.db"


def power_cut(journal: Journal, to: Path) -> None:
    """What the card holds while the journal is open."""
    for ending in ("", "-wal", "-shm"):
        shutil.copy(journal.path.with_name(journal.path.name + ending), to.with_name(to.name + ending))


@pytest.mark.req("R-CORE-21")
def test_a_damaged_header_moves_file_wal_shm_and_snapshots_aside_together(tmp_path: Path, path: Path) -> None:
    written(tmp_path / "source.db", 5)
    with Journal.open(tmp_path / "source.db", boot=BOOT) as source:
        source.append(facts(1))  # into the WAL, without the header page, which it could restore
        source.snapshot(b"state", source.head, AT_MS)
        power_cut(source, path)
        snapshot = next(tmp_path.glob("source.db.snapshot-*"))
        shutil.copy(snapshot, tmp_path / snapshot.name.replace("source", "hall"))
        old_log = source.log
    with path.open("r+b") as stream:
        stream.write(b"\0" * 100)
    bytes_before = {ending: path.with_name(path.name + ending).read_bytes() for ending in ("", "-wal")}

    with Journal.open(path, boot=BOOT, at_ms=AT_MS) as journal:
        aside = tmp_path / "hall.db.damaged-20261121T060500Z"
        assert journal.replaced == aside
        assert "hall.db" in journal.replaced_because
        assert journal.log != old_log
        assert journal.head.seq == 0
        assert journal.latest_snapshot() is None
        journal.append(facts(1))
    assert {ending: aside.with_name(aside.name + ending).read_bytes() for ending in ("", "-wal")} == bytes_before
    assert aside.with_name(aside.name + "-shm").exists()
    assert len(list(tmp_path.glob("hall.db.damaged-*.snapshot-*"))) == 1
    with Journal.open(path, boot=BOOT) as again:
        assert again.replaced is None
        assert again.head.seq == 1


def truncate_to_nothing(path: Path) -> None:
    path.write_bytes(b"")


def cut_in_half(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def zero_a_page(path: Path) -> None:
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 1024 * 1024
    content[middle : middle + 1024] = bytes(1024)
    path.write_bytes(content)


def change_a_record(path: Path) -> None:
    with behind_its_back(path) as connection:
        connection.execute("UPDATE record SET desk = 9 WHERE seq = 40")


def remove_a_record(path: Path) -> None:
    with behind_its_back(path) as connection:
        connection.execute("DELETE FROM record WHERE seq = 40")


def spoil_a_text(path: Path) -> None:
    with behind_its_back(path) as connection:
        connection.execute("UPDATE record SET data = CAST(x'ff' AS TEXT) WHERE seq = 40")


def forget_the_log(path: Path) -> None:
    with behind_its_back(path) as connection:
        connection.execute("DELETE FROM meta")


def drop_a_table(path: Path) -> None:
    with behind_its_back(path) as connection:
        connection.execute("DROP TABLE meta")


@pytest.mark.req("R-CORE-21", "R-SYNC-07")
@pytest.mark.parametrize(
    "damage",
    [
        truncate_to_nothing,
        cut_in_half,
        zero_a_page,
        change_a_record,
        remove_a_record,
        spoil_a_text,
        forget_the_log,
        drop_a_table,
    ],
)
def test_damage_is_found_at_opening_and_a_new_log_begins(path: Path, damage: Callable[[Path], None]) -> None:
    old = written(path, 80)[0].log
    damage(path)
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.replaced is not None
        assert journal.replaced.exists()
        assert journal.replaced_because
        assert journal.log != old
        assert [record.seq for record in journal.append(facts(2))] == [1, 2]


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


def test_a_page_lost_in_the_middle_of_a_stream_is_found_at_opening(tmp_path: Path, path: Path) -> None:
    edge = written(tmp_path / "edge.db", 60)
    with Journal.open(path, boot=BOOT) as journal, journal.transaction() as tx:
        tx.store("desk3-eval", edge)
    content = bytearray(path.read_bytes())
    page = content.index(bytes.fromhex(edge[30].hash)) // 1024 * 1024
    content[page : page + 1024] = bytes(1024)
    path.write_bytes(content)
    with Journal.open(path, boot=BOOT) as journal:
        assert "page" in journal.replaced_because


def test_two_damaged_files_in_one_second_do_not_overwrite_each_other(path: Path) -> None:
    names = []
    for _ in range(3):
        path.write_bytes(b"garbage" * 1000)
        with Journal.open(path, boot=BOOT, at_ms=AT_MS) as journal:
            assert journal.replaced is not None
            names.append(journal.replaced.name)
    stamp = "hall.db.damaged-20261121T060500Z"
    assert names == [stamp, f"{stamp}-2", f"{stamp}-3"]


def test_a_wal_without_its_file_is_set_aside_and_not_inherited(tmp_path: Path, path: Path) -> None:
    with Journal.open(tmp_path / "source.db", boot=BOOT) as source:
        source.append(facts(5))
        power_cut(source, path)
    path.unlink()
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.replaced is not None
        assert journal.replaced.with_name(journal.replaced.name + "-wal").exists()
        assert journal.head.seq == 0


def test_a_birth_that_was_cut_short_leaves_no_trace(path: Path) -> None:
    for ending in (".new", ".new-wal", ".new-shm"):
        path.with_name(path.name + ending).write_bytes(b"half")
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.replaced is None
        journal.append(facts(1))
    assert not list(path.parent.glob("*.new*"))


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


def test_damage_older_than_the_verified_tail_is_met_by_the_replay_and_by_the_next_opening(path: Path) -> None:
    """A large file is not looked at as a whole at every start; once damage was met it is."""
    with Journal.open(path, boot=BOOT) as journal:
        for _ in range(3):
            journal.append(facts(TAIL, 1))
    assert path.stat().st_size > 8 * 1024 * 1024
    with behind_its_back(path) as connection:
        connection.execute("UPDATE record SET desk = 99 WHERE seq = 2500")

    with Journal.open(path, boot=BOOT) as journal:
        assert journal.replaced is None
        seen = []
        with pytest.raises(JournalCorrupt, match="broken at record 2500"):
            for seq, *_ in journal.replay():
                seen.append(seq)
        assert seen == list(range(1, 2001))
        assert len(list(journal.replay(20_000))) == TAIL
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.replaced is not None
        assert "record 2500" in journal.replaced_because


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


@cache
def sound_file() -> tuple[bytes, tuple[str, ...]]:
    """A closed journal of 12 records and one stream, and what it exports."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hall.db"
        edge = written(Path(folder) / "edge.db", 4)
        with Journal.open(path, boot=BOOT) as journal:
            journal.append(facts(12))
            with journal.transaction() as tx:
                tx.store("desk3-eval", edge)
        return path.read_bytes(), tuple(export(path))


@pytest.mark.req("R-CORE-21", "R-TECH-07")
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@example(place=18.5 / 22528, bit=1)
@settings(max_examples=150, deadline=None)
def test_no_flipped_bit_of_the_file_changes_what_it_tells_unnoticed(place: float, bit: int) -> None:
    content, lines = sound_file()
    changed = bytearray(content)
    changed[int(place * len(changed))] ^= 1 << bit
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hall.db"
        path.write_bytes(changed)
        try:
            told = tuple(export(path)) if verify(path).ok else None
        except HallError:
            told = None
        assert told is None or told == lines
        with Journal.open(path, boot=BOOT) as journal:
            assert journal.replaced is not None or tuple(export(path)) == lines
            journal.append(facts(1))
