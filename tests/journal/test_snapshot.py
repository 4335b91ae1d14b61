"""Snapshots: the newest whole one of this history, or none."""

import logging
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_py.journal.snapshot import Snapshot
from firmware_py.journal.store import Journal
from tests.journal.facts import AT_MS, BOOT, facts, written


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hall.db"


def stored(path: Path) -> list[Path]:
    """The snapshot files, oldest first."""
    return sorted(path.parent.glob(f"{path.name}.snapshot-*"))


def snapshot_after_each(path: Path, count: int) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        for turn in range(1, count + 1):
            journal.append(facts(1))
            journal.snapshot(b"state %d" % turn, journal.head, AT_MS + turn)


@pytest.mark.req("R-CORE-21")
def test_the_newest_snapshot_comes_back_whole_with_the_record_it_belongs_to(path: Path) -> None:
    payload = bytes(range(256)) * 10 + b"\n\n"
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.latest_snapshot() is None
        journal.append(facts(3))
        head = journal.head
        journal.append(facts(2))
        journal.snapshot(payload, head, AT_MS)
    with Journal.open(path, boot=BOOT) as journal:
        snapshot = journal.latest_snapshot()
        assert snapshot == Snapshot(journal.log, 3, head.hash, AT_MS, payload)
        assert [seq for seq, *_ in journal.replay(snapshot.seq)] == [4, 5]


def test_an_empty_journal_may_have_a_snapshot(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        journal.snapshot(b"", journal.head, AT_MS)
        assert journal.latest_snapshot() == Snapshot(journal.log, 0, journal.origin, AT_MS, b"")


def test_two_snapshots_are_kept(path: Path) -> None:
    snapshot_after_each(path, 5)
    assert [name.name[-1] for name in stored(path)] == ["4", "5"]


@pytest.mark.req("R-CORE-21")
@given(damage=st.integers(0, 10_000), flip=st.integers(0, 255))
@settings(max_examples=50, deadline=None)
def test_a_damaged_snapshot_gives_way_to_the_one_before_and_then_to_a_full_replay(damage: int, flip: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hall.db"
        snapshot_after_each(path, 3)
        for expected in (b"state 3", b"state 2", None):
            with Journal.open(path, boot=BOOT) as journal:
                assert journal.replaced is None
                snapshot = journal.latest_snapshot()
                assert (snapshot.payload if snapshot else None) == expected
            if expected is None:
                break
            newest = stored(path)[-1 if expected == b"state 3" else -2]
            content = bytearray(newest.read_bytes())
            if flip:
                content[damage % len(content)] ^= flip
            else:
                del content[damage % len(content) :]
            newest.write_bytes(content)


def test_a_skipped_snapshot_is_said_in_the_log(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    snapshot_after_each(path, 2)
    stored(path)[-1].write_bytes(b"rubbish")
    with caplog.at_level(logging.WARNING), Journal.open(path, boot=BOOT) as journal:
        assert journal.latest_snapshot() is not None
    assert "is skipped: its checksum does not match" in caplog.text


def test_a_snapshot_of_another_log_or_format_is_not_used(path: Path) -> None:
    import hashlib

    import msgspec

    log = written(path, 2)[0].log
    with Journal.open(path, boot=BOOT) as journal:
        head = journal.head
    for name, format_, named in ((f"{log}-000000000001", 2, log), (f"{log}-000000000002", 1, "another")):
        header = {"format": format_, "log": named, "seq": head.seq, "hash": head.hash, "at_ms": 0}
        body = msgspec.json.encode(header) + b"\nstate"
        content = hashlib.sha256(body).hexdigest().encode() + b"\n" + body
        path.with_name(f"hall.db.snapshot-{name}").write_bytes(content)
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.replaced is None
        assert journal.latest_snapshot() is None


def test_a_snapshot_that_was_cut_short_is_no_snapshot(path: Path) -> None:
    snapshot_after_each(path, 1)
    (whole,) = stored(path)
    whole.with_name(whole.name.replace("001", "002") + ".new").write_bytes(whole.read_bytes()[:20])
    with Journal.open(path, boot=BOOT) as journal:
        snapshot = journal.latest_snapshot()
        assert snapshot is not None
        assert snapshot.seq == 1
        journal.append(facts(1))
        journal.snapshot(b"next", journal.head, AT_MS)
    assert not list(path.parent.glob("*.new"))
