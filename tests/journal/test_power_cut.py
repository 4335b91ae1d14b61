"""A power cut between any two file operations of a birth, a rotation, a snapshot or a setting aside loses nothing."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from firmware_py.journal.export import export
from firmware_py.journal.store import Journal
from firmware_py.journal.verify import verify
from tests.journal.facts import AT_MS, BOOT, facts, written


@pytest.fixture
def each_cut(tmp_path: Path) -> Callable[[str, Path], list[Path]]:
    """The folder after a cut before each file operation of the verb, and, last, after no cut."""

    def run(verb: str, prepared: Path) -> list[Path]:
        base = tmp_path / "cuts"
        base.mkdir()
        command = [sys.executable, "-m", "tests.journal.dying_child", verb, str(prepared), str(base)]
        subprocess.run(command, check=True, timeout=60, cwd=Path(__file__).parents[2])
        return sorted(base.iterdir())

    return run


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    folder = tmp_path / "prepared"
    folder.mkdir()
    return folder


def with_history(folder: Path) -> tuple[str, list[str]]:
    """A journal with records, a stream and a snapshot; its log and lines."""
    edge = written(folder.parent / "edge.db", 4)
    with Journal.open(folder / "hall.db", boot=BOOT) as journal:
        journal.append(facts(5))
        journal.snapshot(b"older", journal.head, AT_MS)
        with journal.transaction() as tx:
            tx.store("desk3-eval", edge)
        return journal.log, list(export(journal.path))


@pytest.mark.req("R-CORE-21")
def test_a_birth_cut_short_anywhere_is_born_again_without_an_alarm(
    prepared: Path, each_cut: Callable[[str, Path], list[Path]]
) -> None:
    folders = each_cut("open", prepared)
    assert len(folders) > 8
    for folder in folders:
        with Journal.open(folder / "hall.db", boot=BOOT) as journal:
            assert journal.replaced is None
            journal.append(facts(1))
        assert verify(folder / "hall.db").ok


@pytest.mark.req("R-CORE-21", "R-TECH-07")
def test_a_rotation_cut_short_anywhere_leaves_the_old_file_or_the_new_one(
    prepared: Path, each_cut: Callable[[str, Path], list[Path]]
) -> None:
    old_log, lines = with_history(prepared)
    folders = each_cut("rotate", prepared)
    assert len(folders) > 25
    logs = set()
    for folder in folders:
        with Journal.open(folder / "hall.db", boot=BOOT) as journal:
            assert journal.replaced is None
            snapshot = journal.latest_snapshot()
            assert snapshot is not None
            if journal.log == old_log:
                assert list(export(journal.path)) == lines
                assert snapshot.payload == b"older"
            else:
                assert list(export(folder / f"hall-{old_log}.db")) == lines
                assert snapshot.payload == b"rotated"
            assert [upto for _, upto in journal.watermarks().values()] == [4]
            logs.add(journal.log == old_log)
            journal.rotate(b"again", AT_MS, acked=journal.head.seq)
            assert list(export(folder / f"hall-{old_log}.db")) == lines
        assert verify(folder / "hall.db").ok
    assert logs == {True, False}


@pytest.mark.req("R-CORE-21")
def test_a_snapshot_cut_short_anywhere_leaves_the_older_or_the_newer_one(
    prepared: Path, each_cut: Callable[[str, Path], list[Path]]
) -> None:
    log, lines = with_history(prepared)
    payloads = set()
    for folder in each_cut("snapshot", prepared):
        with Journal.open(folder / "hall.db", boot=BOOT) as journal:
            assert (journal.log, journal.replaced) == (log, None)
            assert list(export(journal.path)) == lines
            snapshot = journal.latest_snapshot()
            assert snapshot is not None
            payloads.add(snapshot.payload)
    assert payloads == {b"older", b"newer"}


@pytest.mark.req("R-CORE-21")
def test_a_setting_aside_cut_short_anywhere_ends_with_a_new_log_and_every_byte_of_the_old_one(
    prepared: Path, each_cut: Callable[[str, Path], list[Path]]
) -> None:
    with_history(prepared)
    path = prepared / "hall.db"
    damaged = b"rubbish" + path.read_bytes()[7:]
    path.write_bytes(damaged)
    (prepared / "hall.db-wal").write_bytes(b"what was committed last")
    for folder in each_cut("open", prepared):
        with Journal.open(folder / "hall.db", boot=BOOT) as journal:
            journal.append(facts(1))
            assert journal.latest_snapshot() is None
        assert verify(folder / "hall.db").ok
        kept = [entry.read_bytes() for entry in folder.glob("hall.db.damaged-*")]
        assert damaged in kept
        assert b"what was committed last" in kept
