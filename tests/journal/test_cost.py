"""What a fact costs: bytes on the card, CPU beyond the bare commit, and what a start imports."""

import resource
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import pytest

from firmware_py.journal.store import Journal
from tests.journal.facts import AT_MS, BOOT, fact, facts, written

START = """
import sys
from pathlib import Path
from firmware_py.journal.store import Journal
with Journal.open(Path(sys.argv[1]), boot='b') as journal:
    print(journal.head.seq, "sqlite_utils" in sys.modules, "click" in sys.modules)
"""


def bytes_written() -> int:
    """Bytes this process gave to write() and its kin so far."""
    for line in Path("/proc/self/io").read_text().splitlines():
        if line.startswith("wchar:"):
            return int(line.split()[1])
    pytest.skip("this kernel does not count written bytes (/proc/self/io has no wchar)")


def test_a_typical_fact_costs_less_than_five_kilobytes_of_writing(tmp_path: Path) -> None:
    """Design, budgets: 8 commits and 40 KB per ticket, checkpoints included."""
    count = 600
    with Journal.open(tmp_path / "hall.db", boot=BOOT) as journal:
        before = bytes_written()
        for number in range(count):
            journal.append([fact(number)])
        journal.checkpoint()
        per_commit = (bytes_written() - before) / count
    assert per_commit < 5000


def test_a_streamed_press_costs_less_than_five_kilobytes_of_writing(tmp_path: Path) -> None:
    edge = written(tmp_path / "edge.db", 300)
    with Journal.open(tmp_path / "hall.db", boot=BOOT) as journal:
        before = bytes_written()
        for record in edge:
            with journal.transaction() as tx:
                tx.store("desk3-eval", [record])
                tx.append(fact(record.seq))
        journal.checkpoint()
        per_commit = (bytes_written() - before) / len(edge)
    assert per_commit < 8000  # a press and what follows from it are two facts in one commit


@pytest.mark.req("R-CORE-02")
def test_a_durable_fact_costs_at_most_120_microseconds_of_cpu_beyond_the_bare_commit(tmp_path: Path) -> None:
    bare = sqlite3.connect(tmp_path / "bare.db", isolation_level=None)
    bare.execute("PRAGMA page_size = 1024")
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute("CREATE TABLE record (seq INTEGER PRIMARY KEY, a TEXT, b TEXT, c TEXT, data TEXT, hash BLOB) STRICT")
    entry = fact(1)
    ours, theirs = [], []
    with Journal.open(tmp_path / "hall.db", boot=BOOT) as journal:
        for number in range(400):
            start = time.thread_time_ns()
            journal.append([entry])
            middle = time.thread_time_ns()
            bare.execute("BEGIN IMMEDIATE")
            bare.execute(
                "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)",
                (number + 1, BOOT, entry.cmd_id, entry.actor, entry.data, bytes(32)),
            )
            bare.execute("COMMIT")
            ours.append(middle - start)
            theirs.append(time.thread_time_ns() - middle)
    bare.close()
    assert (median(ours) - median(theirs)) / 1000 <= 120


def test_only_the_first_start_imports_what_makes_tables(tmp_path: Path) -> None:
    path = tmp_path / "hall.db"
    said = [
        subprocess.run(
            [sys.executable, "-c", START, str(path)], capture_output=True, text=True, check=True, timeout=30
        ).stdout
        for _ in range(2)
    ]
    assert said == ["0 True True\n", "0 False False\n"]


def test_a_start_after_a_long_day_is_quick(tmp_path: Path) -> None:
    """Snapshot and verified tail: the CPU of a start does not grow with the history behind it."""
    path = tmp_path / "hall.db"
    with Journal.open(path, boot=BOOT) as journal:
        for _ in range(10):
            journal.append(facts(5000))
        journal.snapshot(b"x" * 500_000, journal.head, AT_MS)
        journal.append(facts(500))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    with Journal.open(path, boot=BOOT) as journal:
        snapshot = journal.latest_snapshot()
        assert snapshot is not None
        assert sum(1 for _ in journal.replay(snapshot.seq)) == 500
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - before < 0.5
