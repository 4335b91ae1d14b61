"""Damage: a file that cannot be trusted is set aside as a whole, and its owner learns it."""

import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from firmware_py.errors import HallError, JournalCorrupt
from firmware_py.journal.export import export
from firmware_py.journal.opening import TAIL
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
