"""Broken streams: a batch that does not continue the history held here stores nothing and says why."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_py.journal.record import GENESIS, Record, record_hash
from firmware_py.journal.store import Journal
from firmware_py.journal.streams import StoreOutcome, StoreResult
from tests.journal.facts import BOOT, written

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


def rehashed(record: Record, **changes: str | int) -> Record:
    """The record changed by somebody who knows how to compute a hash."""
    changed = msgspec.structs.replace(record, **changes)
    return msgspec.structs.replace(changed, hash=record_hash(changed))


def changed_content(edge: list[Record]) -> list[Record]:
    return [*edge[:6], msgspec.structs.replace(edge[6], data='{"level":5}'), *edge[7:]]


def changed_log(edge: list[Record]) -> list[Record]:
    return [*edge[:6], rehashed(edge[6], log="another")]


def hole(edge: list[Record]) -> list[Record]:
    return [*edge[:6], *edge[7:]]


def swapped(edge: list[Record]) -> list[Record]:
    return [*edge[:6], edge[7], edge[6], *edge[8:]]


def unchained(edge: list[Record]) -> list[Record]:
    return [*edge[:6], rehashed(edge[6], prev_hash=edge[0].hash), *edge[7:]]


def rewritten_before_the_watermark(edge: list[Record]) -> list[Record]:
    forged, before = edge[:2], edge[1].hash
    for record in edge[2:]:
        forged.append(rehashed(record, ticket="A999", prev_hash=before))
        before = forged[-1].hash
    return forged


def number_too_big(edge: list[Record]) -> list[Record]:
    return [*edge[:6], rehashed(edge[6], mono_ms=2**63)]


def number_beyond_any_hash(edge: list[Record]) -> list[Record]:
    return [*edge[:6], msgspec.structs.replace(edge[6], seq=7, desk=-(2**70))]


def torn_text(edge: list[Record]) -> list[Record]:
    return [*edge[:6], msgspec.structs.replace(edge[6], data="\ud800")]


def no_hash_before(edge: list[Record]) -> list[Record]:
    return [rehashed(edge[0], prev_hash="0" * 63 + " ")]


def seq_zero(edge: list[Record]) -> list[Record]:
    return [rehashed(edge[0], seq=0)]


def nameless_log(edge: list[Record]) -> list[Record]:
    return [rehashed(edge[0], log="")]


@pytest.mark.req("R-SYNC-07")
@pytest.mark.parametrize("held", [0, 4])
@pytest.mark.parametrize(
    "forge",
    [
        changed_content,
        changed_log,
        hole,
        swapped,
        unchained,
        number_too_big,
        number_beyond_any_hash,
        torn_text,
        no_hash_before,
        seq_zero,
        nameless_log,
    ],
)
def test_a_batch_that_is_no_chain_is_broken_and_stores_nothing(
    path: Path, edge: list[Record], held: int, forge: Callable[[list[Record]], list[Record]]
) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        store(journal, edge[:held])
        before = journal.watermarks()
        result = store(journal, forge(edge))
        assert result.outcome is StoreOutcome.BROKEN
        assert result.reason
        assert result.fresh == ()
        assert journal.watermarks() == before
        assert store(journal, edge).outcome is StoreOutcome.STORED


@pytest.mark.req("R-SYNC-07")
@pytest.mark.parametrize(("first", "last"), [(0, 4), (2, 4), (3, 4), (0, 10), (2, 10), (3, 10), (4, 10)])
def test_rewritten_history_is_noticed_wherever_the_batch_begins_and_ends(
    path: Path, edge: list[Record], first: int, last: int
) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        store(journal, edge[:4])
        result = store(journal, rewritten_before_the_watermark(edge)[first:last])
        assert result.outcome is StoreOutcome.BROKEN
        assert "history was rewritten" in result.reason
        assert journal.watermarks() == {EDGE: (edge[0].log, 4)}


def test_a_reason_never_grows_with_what_the_peer_sent(path: Path, edge: list[Record]) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        result = store(journal, [msgspec.structs.replace(edge[0], hash="x" * 100_000)])
    assert result.outcome is StoreOutcome.BROKEN
    assert len(result.reason) <= 400


records = st.builds(
    Record,
    log=st.text(max_size=3),
    seq=st.integers(-5, 5),
    wall=st.text(max_size=3),
    boot=st.text(max_size=3),
    mono_ms=st.integers(),
    actor=st.text(max_size=3),
    cmd_id=st.text(max_size=3),
    type=st.text(max_size=3),
    ticket=st.text(max_size=3),
    desk=st.integers(),
    data=st.text(max_size=3),
    prev_hash=st.one_of(st.just(GENESIS), st.text(max_size=64)),
    hash=st.text(max_size=64),
)


@given(st.lists(records, min_size=1, max_size=3))
@settings(max_examples=60, deadline=None)
def test_any_records_at_all_get_an_answer_and_change_nothing_unless_their_chain_holds(batch: list[Record]) -> None:
    with tempfile.TemporaryDirectory() as folder, Journal.open(Path(folder) / "hall.db", boot=BOOT) as journal:
        result = store(journal, batch)
        assert result.outcome in {StoreOutcome.BROKEN, StoreOutcome.GAP}
        assert journal.watermarks() == {}
