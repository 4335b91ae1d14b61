"""One owner: a second process is told who has the journal, readers are welcome, refusals say what to do."""

import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from firmware_py.errors import JournalError
from firmware_py.journal.reader import JournalReader
from firmware_py.journal.store import Journal
from firmware_py.journal.verify import verify
from tests.journal.facts import AT_MS, BOOT, fact, facts, written

OWNER = """
import sys
from pathlib import Path
from firmware_py.journal.store import Journal
journal = Journal.open(Path(sys.argv[1]), boot='b')
print("owned", flush=True)
sys.stdin.readline()
"""

STRANGER = """
import os, sys
from pathlib import Path
from firmware_py.errors import JournalError
from firmware_py.journal.store import Journal
from firmware_py.journal.verify import verify
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    if sys.argv[1] == "open":
        Journal.open(Path(sys.argv[2]), boot='b')
    report = verify(Path(sys.argv[2]))
    print(report.own.checked, report.ok, end="")
except JournalError as error:
    print(error, end="")
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hall.db"


@pytest.mark.req("R-CORE-02")
def test_a_second_process_is_refused_until_the_first_is_gone(path: Path) -> None:
    written(path, 3)
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "owned\n"
        with pytest.raises(JournalError, match=f"process {owner.pid} owns this journal"):
            Journal.open(path, boot=BOOT)
        with JournalReader.open(path) as reader:
            assert reader.head.seq == 3
        owner.kill()
        owner.wait(10)
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.replaced is None
        assert journal.head.seq == 3


def test_a_second_owner_in_the_same_process_is_refused_too(path: Path) -> None:
    with Journal.open(path, boot=BOOT), pytest.raises(JournalError, match=f"process {os.getpid()} owns"):
        Journal.open(path, boot=BOOT)


def test_a_reader_sees_each_commit_and_nothing_before_it(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal, JournalReader.open(path) as reader:
        assert (reader.log, reader.head) == (journal.log, journal.head)
        with journal.transaction() as tx:
            tx.append(fact(1))
            assert reader.records(0, 10) == []
        assert reader.records(0, 10) == journal.records(0, 10)
        assert reader.head == journal.head


def test_a_reader_cannot_write(path: Path) -> None:
    written(path, 1)
    with JournalReader.open(path) as reader, pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader._connection.execute("INSERT INTO watermark VALUES (1, 'a', 'b', 0, zeroblob(32), 0, zeroblob(32))")


def test_a_reader_that_closes_last_leaves_the_wal_to_the_owner(path: Path) -> None:
    """Only one connection may ever checkpoint (ecosystem.md 0.4)."""
    journal = Journal.open(path, boot=BOOT)
    journal.append(facts(3))
    reader = JournalReader.open(path)
    journal.close()
    size = path.stat().st_size
    reader.close()
    assert path.stat().st_size == size
    assert verify(path).own.checked == 3


def test_a_reader_notices_that_another_file_took_the_place(path: Path) -> None:
    written(path, 1)
    with JournalReader.open(path) as reader:
        assert not reader.superseded
        with Journal.open(path, boot=BOOT) as journal:
            journal.condemn("for this test")
        with Journal.open(path, boot=BOOT, at_ms=AT_MS):
            assert reader.superseded


def test_a_foreign_lock_is_an_error_that_says_so_and_passes(path: Path) -> None:
    with Journal.open(path, boot=BOOT, busy_s=0.05) as journal:
        intruder = sqlite3.connect(path, isolation_level=None)
        intruder.execute("BEGIN IMMEDIATE")
        with pytest.raises(JournalError, match="another program holds the file locked"):
            journal.append(facts(1))
        intruder.execute("ROLLBACK")
        intruder.close()
        assert journal.append(facts(1))[0].seq == 1


def test_a_foreign_writer_is_noticed_at_the_next_append(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(1))
        intruder = sqlite3.connect(path, isolation_level=None)
        intruder.execute(
            "INSERT INTO record SELECT 2, wall, boot, mono_ms, actor, cmd_id, type, ticket, desk, data, hash "
            "FROM record"
        )
        intruder.close()
        with pytest.raises(JournalError, match="one writer"):
            journal.append(facts(1))
    with Journal.open(path, boot=BOOT) as journal:
        assert "record 2" in journal.replaced_because


def test_a_full_disk_refuses_the_fact_and_keeps_what_was_there(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(20))
        head = journal.head
        pages = journal._connection.execute("PRAGMA page_count").fetchone()[0]
        journal._connection.execute(f"PRAGMA max_page_count = {pages + 2}")
        with pytest.raises(JournalError, match=r"hall\.db: the disk is full, nothing was stored.*free space"):
            journal.append(facts(50))
        assert journal.head == head
        journal._connection.execute("PRAGMA max_page_count = 1000000")
        assert journal.append(facts(1))[0].seq == 21
    report = verify(path)
    assert report.ok
    assert report.own.checked == 21


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ("missing/hall.db", "does not exist; create it"),
        ("file/hall.db", "does not exist; create it"),
        ("folder", "Is a directory"),
        ("x" * 300, "File name too long"),
    ],
)
def test_a_path_that_cannot_hold_a_journal_is_refused_with_a_sentence(
    tmp_path: Path, place: str, sentence: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(JournalError, match=sentence):
        Journal.open(tmp_path / place, boot=BOOT)


def test_a_folder_that_cannot_be_written_is_refused_with_a_sentence() -> None:
    with pytest.raises(JournalError, match="check free space, owner, permissions and mount"):
        Journal.open(Path("/proc/hall.db"), boot=BOOT)


@pytest.fixture
def stranger() -> Callable[[str, Path], str]:
    """Does a verb on a journal as a user without rights to it, and says what came of it."""

    def run(verb: str, path: Path) -> str:
        command = [sys.executable, "-c", STRANGER, verb, str(path)]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout

    return run


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


def test_a_file_that_may_not_be_written_is_refused_and_not_set_aside(
    open_folder: Path, stranger: Callable[[str, Path], str]
) -> None:
    path = open_folder / "hall.db"
    written(path, 1)
    path.chmod(0o444)
    open_folder.chmod(0o777)
    path.with_name("hall.db.lock").chmod(0o666)
    assert "cannot be opened or written" in stranger("open", path)
    assert path.exists()
    path.chmod(0o000)
    assert "Permission denied" in stranger("open", path)
    assert "cannot be opened or written" in stranger("verify", path)


@pytest.mark.req("R-TECH-07")
def test_an_archive_on_a_read_only_medium_verifies_and_stays_untouched(
    open_folder: Path, stranger: Callable[[str, Path], str]
) -> None:
    path = open_folder / "hall.db"
    written(path, 3)
    before = {entry.name for entry in open_folder.iterdir()}
    path.chmod(0o444)
    open_folder.chmod(0o555)
    assert stranger("verify", path) == "3 True"
    assert {entry.name for entry in open_folder.iterdir()} == before


@pytest.mark.req("R-TECH-07")
def test_another_user_may_verify_a_live_journal(open_folder: Path, stranger: Callable[[str, Path], str]) -> None:
    with Journal.open(open_folder / "hall.db", boot=BOOT) as journal:
        journal.append(facts(3))
        for entry in open_folder.iterdir():
            entry.chmod(0o644)
        assert stranger("verify", journal.path) == "3 True"
        assert journal.append(facts(1))[0].seq == 4


def test_a_path_with_signs_that_mean_something_in_an_address_works(tmp_path: Path) -> None:
    path = tmp_path / "政务 50%?#&.db"
    written(path, 2)
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.head.seq == 2
    assert verify(path).ok
