"""What the receiving end takes, what it answers, and that nothing malformed reaches its store."""

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware_py.journal.record import Record
from firmware_py.journal.store import Journal
from firmware_py.link import Malformed, encode
from sync.stream import Ack, Batch, Stored, StreamReceiver, StreamSender, decode_batch
from tests.sync.logs import Kept, MemoryLog, MemoryStore, entry


def batch_of(log: MemoryLog, first: int, last: int) -> Batch:
    return Batch(log.log, first, tuple(log.all[first - 1 : last]), *log.head)


def never(instance: str, records: tuple[Record, ...]) -> Stored:
    raise AssertionError("a malformed batch reached the store")


@pytest.fixture
def log() -> MemoryLog:
    made = MemoryLog()
    made.append(300)
    return made


@pytest.mark.req("R-SYNC-01")
def test_a_batch_is_stored_and_answered_with_the_watermark_and_its_hash(log: MemoryLog) -> None:
    store = MemoryStore()
    receiver = StreamReceiver(store.store)
    assert receiver.on_batch("eval1", encode(batch_of(log, 1, 150))) == Ack(log.log, 150, log.all[149].hash)
    assert receiver.on_batch("eval1", encode(batch_of(log, 100, 290))) == Ack(log.log, 290, log.all[289].hash)
    assert store.of("eval1", log.log) == log.all[:290]


@pytest.mark.req("R-SYNC-01")
def test_a_repeat_changes_nothing_and_is_answered_with_the_same_watermark(log: MemoryLog) -> None:
    store = MemoryStore()
    receiver = StreamReceiver(store.store)
    receiver.on_batch("eval1", encode(batch_of(log, 1, 200)))
    assert receiver.on_batch("eval1", encode(batch_of(log, 1, 200))) == Ack(log.log, 200, log.all[199].hash)
    assert receiver.on_batch("eval1", encode(batch_of(log, 1, 50))) == Ack(log.log, 200)
    assert len(store.of("eval1", log.log)) == 200


def test_a_gap_is_answered_with_where_to_go_back_to(log: MemoryLog) -> None:
    store = MemoryStore()
    receiver = StreamReceiver(store.store)
    assert receiver.on_batch("eval1", encode(batch_of(log, 5, 10))) == Ack(log.log, 0, problem="gap")
    assert not store.held


@pytest.mark.req("R-SYNC-07")
def test_a_rewritten_history_is_refused_with_the_reason(log: MemoryLog) -> None:
    store = MemoryStore()
    receiver = StreamReceiver(store.store)
    receiver.on_batch("eval1", encode(batch_of(log, 1, 100)))
    forged = MemoryLog(log.log)
    forged.append(99)
    forged.append(1, "another story")
    forged.append(50)
    answer = receiver.on_batch("eval1", encode(batch_of(forged, 100, 150)))
    assert answer == Ack(log.log, 100, problem="broken: history was rewritten")
    assert store.of("eval1", log.log) == log.all[:100]


def test_streams_of_two_instances_do_not_touch(log: MemoryLog) -> None:
    store = MemoryStore()
    receiver = StreamReceiver(store.store)
    receiver.on_batch("eval1", encode(batch_of(log, 1, 10)))
    assert receiver.on_batch("eval2", encode(batch_of(log, 5, 10))).problem == "gap"


def test_when_the_store_fails_nothing_is_answered(log: MemoryLog) -> None:
    def full(instance: str, records: tuple[Record, ...]) -> Kept:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        StreamReceiver(full).on_batch("eval1", encode(batch_of(log, 1, 10)))


change = msgspec.structs.replace

SPOILERS: dict[str, Callable[[Batch, list[Record]], Batch]] = {
    "empty": lambda good, _: change(good, records=()),
    "too many": lambda good, every: change(good, records=tuple(every[:201])),
    "first is not the first": lambda good, _: change(good, first=2),
    "a hole": lambda good, every: change(good, records=(*every[:4], *every[5:9])),
    "a repeat inside": lambda good, every: change(good, records=(*every[:4], *every[3:9])),
    "backwards": lambda good, every: change(good, records=tuple(every[9::-1])),
    "another log inside": lambda good, every: change(good, records=(*every[:9], change(every[9], log="other"))),
    "no log": lambda good, every: change(good, log="", records=(change(every[0], log=""),)),
    "head before the end": lambda good, _: change(good, head_seq=9),
    "head is no hash": lambda good, _: change(good, head_hash="zz"),
    "head's hash is another": lambda good, _: change(good, head_seq=10),
    "negative": lambda good, every: change(good, first=-1, records=(change(every[0], seq=-1),)),
    "beyond 64 bits": lambda good, every: change(
        good, first=2**63, records=(change(every[0], seq=2**63),), head_seq=2**63
    ),
}


@pytest.mark.req("R-SYNC-02")
@pytest.mark.parametrize("spoil", SPOILERS.values(), ids=list(SPOILERS))
def test_a_malformed_batch_is_refused_with_a_reason_and_never_reaches_the_store(
    log: MemoryLog, spoil: Callable[[Batch, list[Record]], Batch]
) -> None:
    with pytest.raises(Malformed) as refusal:
        StreamReceiver(never).on_batch("eval1", encode(spoil(batch_of(log, 1, 10), log.all)))
    assert 10 < len(str(refusal.value)) < 400


@given(st.binary(max_size=300) | st.text().map(str.encode) | st.just(b'{"log":' + b"[" * 100_000))
def test_bytes_that_are_no_batch_are_refused(payload: bytes) -> None:
    with pytest.raises(Malformed):
        StreamReceiver(never).on_batch("eval1", payload)


@settings(max_examples=200)
@given(st.data())
def test_a_batch_with_any_byte_changed_stores_nothing_false(data: st.DataObject) -> None:
    log = MemoryLog()
    log.append(3)
    payload = bytearray(encode(batch_of(log, 1, 3)))
    at = data.draw(st.integers(0, len(payload) - 1))
    payload[at] = data.draw(st.integers(0, 255))
    store = MemoryStore()
    try:
        answer = StreamReceiver(store.store).on_batch("eval1", bytes(payload))
    except Malformed:
        assert not store.held
    else:
        held = store.of("eval1", answer.log)
        assert held == log.all[: len(held)] or answer.log != log.log


def test_a_newer_release_may_add_a_field(log: MemoryLog) -> None:
    payload = encode(batch_of(log, 1, 2)).replace(b'{"log":', b'{"new_field":{"a":[1]},"log":')
    assert decode_batch(payload) == batch_of(log, 1, 2)


def test_the_journal_is_a_source_and_a_store(tmp_path: Path) -> None:
    with Journal.open(tmp_path / "edge.db", boot="b") as edge, Journal.open(tmp_path / "hall.db", boot="b") as hall:
        edge.append([entry(number) for number in range(1, 501)])

        def store(instance: str, records: tuple[Record, ...]) -> Stored:
            with hall.transaction() as transaction:
                return transaction.store(instance, records)

        sender, receiver = StreamSender(edge, acked=edge.acked), StreamReceiver(store)
        waiting = list(sender.on_link_up(0).payloads)
        while waiting:
            ack = receiver.on_batch("eval1", waiting.pop(0))
            assert ack.problem == ""
            waiting += sender.on_ack(ack, 0).payloads
        assert sender.acked == 500 and sender.backlog == 0
        assert hall.watermarks() == {"eval1": (edge.log, 500)}
