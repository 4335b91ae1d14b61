"""Streams: records of other instances are stored in order, once, and only if their history is the one held here."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_py.errors import JournalCorrupt
from firmware_py.journal.record import Record
from firmware_py.journal.store import Journal
from firmware_py.journal.streams import StoreOutcome, StoreResult
from firmware_py.journal.verify import verify
from tests.journal.facts import BOOT, behind_its_back, fact, facts, written

EDGE = "desk3-eval"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hall.db"


@pytest.fixture
def edge(tmp_path: Path) -> list[Record]:
    """Ten records of an edge's journal."""
    return written(tmp_path / "edge.db", 10)


def store(journal: Journal, records: list[Record], instance: str = EDGE) -> StoreResult:
    with journal.transaction() as tx:
        return tx.store(instance, records)


@pytest.mark.req("R-SYNC-01")
def test_batches_in_order_are_stored_and_move_the_watermark(path: Path, edge: list[Record]) -> None:
    log = edge[0].log
    with Journal.open(path, boot=BOOT) as journal:
        assert store(journal, edge[:4]) == StoreResult(StoreOutcome.STORED, log, 4, tuple(edge[:4]), new_log=True)
        assert store(journal, edge[4:]) == StoreResult(StoreOutcome.STORED, log, 10, tuple(edge[4:]))
        assert journal.watermarks() == {EDGE: (log, 10)}
        assert journal.head.seq == 0
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.watermarks() == {EDGE: (log, 10)}
    with behind_its_back(path) as connection:
        rows = connection.execute("SELECT instance, log, seq, ticket, data, hash FROM edge ORDER BY seq").fetchall()
    assert rows == [(EDGE, log, r.seq, r.ticket, r.data, r.hash) for r in edge]
    assert verify(path).ok


@pytest.mark.req("R-SYNC-01")
def test_repeats_are_harmless_and_an_overlap_stores_only_what_is_new(path: Path, edge: list[Record]) -> None:
    log = edge[0].log
    with Journal.open(path, boot=BOOT) as journal:
        store(journal, edge[:6])
        assert store(journal, edge[:6]) == StoreResult(StoreOutcome.REPEAT, log, 6)
        assert store(journal, edge[2:4]) == StoreResult(StoreOutcome.REPEAT, log, 6)
        assert store(journal, edge[3:8]) == StoreResult(StoreOutcome.STORED, log, 8, tuple(edge[6:8]))
        assert store(journal, []) == StoreResult(StoreOutcome.REPEAT, log, 8)
        assert store(journal, [], "unheard of") == StoreResult(StoreOutcome.REPEAT, "", 0)
    assert verify(path).streams[0].checked == 8


@pytest.mark.req("R-SYNC-01")
def test_a_gap_stores_nothing_and_names_the_watermark_to_go_back_to(path: Path, edge: list[Record]) -> None:
    log = edge[0].log
    with Journal.open(path, boot=BOOT) as journal:
        assert store(journal, edge[2:]) == StoreResult(StoreOutcome.GAP, log, 0)
        store(journal, edge[:3])
        assert store(journal, edge[5:]) == StoreResult(StoreOutcome.GAP, log, 3)
        assert journal.watermarks() == {EDGE: (log, 3)}
    assert verify(path).streams[0].checked == 3


def test_a_new_log_of_an_instance_takes_over_and_a_late_repeat_of_the_old_one_does_not(
    tmp_path: Path, path: Path, edge: list[Record]
) -> None:
    second = written(tmp_path / "edge2.db", 3)
    with Journal.open(path, boot=BOOT) as journal:
        store(journal, edge)
        assert store(journal, second).new_log
        assert journal.watermarks() == {EDGE: (second[0].log, 3)}
        assert store(journal, []) == StoreResult(StoreOutcome.REPEAT, second[0].log, 3)
        assert store(journal, edge[5:]) == StoreResult(StoreOutcome.REPEAT, edge[0].log, 10)
        assert journal.watermarks() == {EDGE: (second[0].log, 3)}
    assert [chain.checked for chain in verify(path).streams] == [10, 3]


def test_instances_do_not_mix_even_if_they_claim_one_log(path: Path, edge: list[Record]) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        store(journal, edge[:5], "desk1-eval")
        store(journal, edge[:2], "desk2-eval")
        assert journal.watermarks() == {"desk1-eval": (edge[0].log, 5), "desk2-eval": (edge[0].log, 2)}


class Changed(Exception):
    """The controller could not decide about a batch."""


@pytest.mark.req("R-SYNC-01", "R-CORE-02")
def test_batch_watermark_and_the_facts_that_follow_are_durable_together_or_not_at_all(
    path: Path, edge: list[Record]
) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        with pytest.raises(Changed), journal.transaction() as tx:
            assert tx.store(EDGE, edge[:5]).outcome is StoreOutcome.STORED
            tx.append(fact(1))
            raise Changed
        assert journal.watermarks() == {}
        assert journal.head.seq == 0
        with journal.transaction() as tx:
            for record in tx.store(EDGE, edge[:5]).fresh:
                tx.append(fact(record.seq))
        assert journal.head.seq == 5
        assert journal.watermarks() == {EDGE: (edge[0].log, 5)}
    assert verify(path).ok


@pytest.mark.req("R-SYNC-01")
@given(st.data())
@settings(max_examples=25, deadline=None)
def test_any_loss_repetition_and_disorder_of_batches_ends_with_the_same_content(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as folder:
        edge = written(Path(folder) / "edge.db", 20)
        path = Path(folder) / "hall.db"
        journal = Journal.open(path, boot=BOOT)
        try:
            taken: list[Record] = []
            for _ in range(data.draw(st.integers(0, 12))):
                start = data.draw(st.integers(0, 19))
                stop = data.draw(st.integers(start + 1, 20))
                result = store(journal, edge[start:stop])
                taken += result.fresh
                assert (result.outcome is StoreOutcome.GAP) == (start > len(taken) - len(result.fresh))
                assert result.upto == len(taken)
                if data.draw(st.booleans()):
                    journal.close()
                    journal = Journal.open(path, boot=BOOT)
            taken += store(journal, edge[len(taken) :]).fresh  # what the sender does after a gap
            assert taken == edge
            assert journal.watermarks() == {EDGE: (edge[0].log, 20)}
        finally:
            journal.close()
        (stream,) = verify(path).streams
        assert (stream.checked, stream.first_fault) == (20, None)


def test_the_senders_mark_only_rises_and_is_there_after_a_restart(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(10))
        assert journal.acked == 0
        journal.set_acked(7)
        journal.set_acked(3)
        assert journal.acked == 7
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.acked == 7


def test_the_senders_mark_costs_no_write_per_batch(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(1000))
        mark = path.with_name("hall.db.acked")
        for upto in range(10, 200, 10):
            journal.set_acked(upto)
        assert not mark.exists()
        journal.set_acked(200)
        assert mark.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"{}", b'{"log":"another","upto":9}'])
def test_a_senders_mark_that_cannot_be_used_counts_as_nothing_acknowledged(path: Path, content: bytes) -> None:
    written(path, 10)
    path.with_name("hall.db.acked").write_bytes(content)
    with Journal.open(path, boot=BOOT) as journal:
        assert journal.replaced is None
        assert journal.acked == 0


def test_a_watermark_ahead_of_the_file_is_no_progress(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        journal.append(facts(2))
        with pytest.raises(JournalCorrupt):
            journal.set_acked(3)
        assert journal.acked == 0
