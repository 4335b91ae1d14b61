"""Verifying: whatever is changed behind the journal's back is found, with the record it happened to."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_py.errors import JournalCorrupt, JournalError
from firmware_py.journal.reader import Head, JournalReader
from firmware_py.journal.record import chain_digest
from firmware_py.journal.store import Journal
from firmware_py.journal.verify import verify
from tests.journal.facts import BOOT, behind_its_back, facts, written

COLUMNS = ("wall", "boot", "mono_ms", "actor", "cmd_id", "type", "ticket", "desk", "data", "hash")


@pytest.mark.req("R-TECH-07", "R-SYNC-07")
@given(seq=st.integers(1, 9), column=st.sampled_from(COLUMNS), place=st.integers(0, 200), flip=st.integers(1, 255))
@settings(max_examples=60, deadline=None)
def test_any_changed_byte_of_a_record_is_found_at_that_record(seq: int, column: str, place: int, flip: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hall.db"
        written(path, 9)
        with behind_its_back(path) as connection:
            (value,) = connection.execute(f"SELECT {column} FROM record WHERE seq = ?", (seq,)).fetchone()
            if isinstance(value, int):
                connection.execute(f"UPDATE record SET {column} = ? WHERE seq = ?", (value ^ flip, seq))
            else:
                raw = bytearray(value.encode() if isinstance(value, str) else value)
                raw[place % len(raw)] ^= flip
                # CAST keeps the column's type and puts any bytes there, also such as are no UTF-8
                new = "CAST(? AS TEXT)" if isinstance(value, str) else "?"
                connection.execute(f"UPDATE record SET {column} = {new} WHERE seq = ?", (bytes(raw), seq))

        report = verify(path)

        assert not report.ok
        assert report.own.checked == 9
        # a changed hash also spoils the record that was chained to it
        assert report.own.bad == (2 if column == "hash" and seq < 9 else 1)
        assert report.own.first_fault is not None
        assert report.own.first_fault.seq == seq
        assert report.own.first_fault.expected != report.own.first_fault.found


@pytest.mark.req("R-TECH-07")
def test_removed_records_are_reported_as_holes(tmp_path: Path) -> None:
    path = tmp_path / "hall.db"
    written(path, 20)
    with behind_its_back(path) as connection:
        connection.execute("DELETE FROM record WHERE seq IN (5, 6, 12)")
    own = verify(path).own
    assert (own.holes, own.bad, own.checked) == (3, 0, 17)
    assert str(own.first_fault) == "record 5: expected record 5, found record 7"


def test_a_record_whose_place_was_changed_is_found(tmp_path: Path) -> None:
    path = tmp_path / "hall.db"
    written(path, 6)
    with behind_its_back(path) as connection:
        connection.execute("UPDATE record SET seq = 99 WHERE seq = 6")
    own = verify(path).own
    assert own.holes == 93
    assert own.first_fault is not None
    assert own.first_fault.seq == 6


@pytest.mark.req("R-SYNC-07")
def test_a_forged_chain_needs_a_witness_and_the_published_head_is_one(tmp_path: Path) -> None:
    path = tmp_path / "hall.db"
    records = written(path, 5)
    published = Head(5, records[-1].hash)
    with behind_its_back(path) as connection:  # a forger who knows the format makes every later hash fit
        before = records[1].hash
        connection.execute("UPDATE record SET ticket = 'A999' WHERE seq = 3")
        for seq in (3, 4, 5):
            row = connection.execute("SELECT * FROM record WHERE seq = ?", (seq,)).fetchone()
            digest = chain_digest((records[0].log, *row[:10], before))
            connection.execute("UPDATE record SET hash = ? WHERE seq = ?", (digest, seq))
            before = digest.hex()

    assert verify(path).ok
    report = verify(path, expected=published)
    assert not report.ok
    assert report.own.first_fault is not None
    assert report.own.first_fault.seq == 5
    assert report.own.first_fault.expected == published.hash


@pytest.mark.req("R-SYNC-07", "R-TECH-07")
def test_a_cut_off_end_is_found_by_the_published_head(tmp_path: Path) -> None:
    path = tmp_path / "hall.db"
    records = written(path, 5)
    with behind_its_back(path) as connection:
        connection.execute("DELETE FROM record WHERE seq > 3")
    assert verify(path).ok
    assert str(verify(path, expected=Head(5, records[-1].hash)).own.first_fault).endswith("found nothing")
    assert verify(path, expected=Head(3, records[2].hash)).ok


def test_verifying_from_a_trusted_record_checks_only_what_is_behind_it(tmp_path: Path) -> None:
    path = tmp_path / "hall.db"
    written(path, 10)
    with behind_its_back(path) as connection:
        connection.execute("UPDATE record SET desk = 77 WHERE seq = 4")
    assert not verify(path).ok
    report = verify(path, from_seq=4)
    assert report.ok
    assert report.own.checked == 6
    with pytest.raises(JournalError, match="no record 11"):
        verify(path, from_seq=11)


def test_progress_reaches_the_total_and_counts_streamed_records(tmp_path: Path) -> None:
    path = tmp_path / "hall.db"
    edge = written(tmp_path / "edge.db", 30)
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(4100))
        with journal.transaction() as tx:
            tx.store("desk3-eval", edge)
    seen: list[tuple[int, int]] = []
    report = verify(path, progress=lambda done, total: seen.append((done, total)))
    assert report.ok
    assert seen == [(2000, 4130), (4000, 4130), (4100, 4130), (4130, 4130)]
    assert [(chain.instance, chain.log, chain.checked) for chain in report.streams] == [("desk3-eval", edge[0].log, 30)]


@pytest.mark.req("R-TECH-07")
def test_a_live_journal_verifies_while_its_owner_appends(tmp_path: Path) -> None:
    path = tmp_path / "hall.db"
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(2500))

        def append_meanwhile(done: int, total: int) -> None:
            journal.append(facts(3))

        report = verify(path, progress=append_meanwhile)
        assert report.ok
        assert report.own.checked == 2500
        assert report.own.head.seq == 2500
        assert journal.head.seq == 2506
    assert verify(path).own.checked == 2506


@pytest.mark.req("R-TECH-07")
def test_a_changed_streamed_record_is_found_in_its_stream(tmp_path: Path) -> None:
    path = tmp_path / "hall.db"
    edge = written(tmp_path / "edge.db", 8)
    written(path, 3)
    with Journal.open(path, boot=BOOT) as journal, journal.transaction() as tx:
        tx.store("desk3-eval", edge)
    with behind_its_back(path) as connection:
        connection.execute("UPDATE edge_record SET data = '{}' WHERE place & 255 = 5")
    report = verify(path)
    assert not report.ok
    assert report.own.first_fault is None
    (stream,) = report.streams
    assert stream.first_fault is not None
    assert stream.first_fault.seq == 5


def test_a_stream_that_ends_before_its_watermark_is_found(tmp_path: Path) -> None:
    path = tmp_path / "hall.db"
    edge = written(tmp_path / "edge.db", 8)
    with Journal.open(path, boot=BOOT) as journal, journal.transaction() as tx:
        tx.store("desk3-eval", edge)
    with behind_its_back(path) as connection:
        connection.execute("DELETE FROM edge_record WHERE place & 255 = 8")
    (stream,) = verify(path).streams
    assert "the watermark, record 8" in str(stream.first_fault)


def test_what_is_no_journal_is_refused_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="there is no journal here"):
        verify(tmp_path / "missing.db")
    garbage = tmp_path / "garbage.db"
    garbage.write_bytes(b"not a database at all" * 500)
    with pytest.raises(JournalCorrupt, match="damaged"):
        verify(garbage)
    with behind_its_back(tmp_path / "other.db") as connection:
        connection.execute("CREATE TABLE songs (title)")
    with pytest.raises(JournalError, match="another program's database"):
        JournalReader.open(tmp_path / "other.db")
