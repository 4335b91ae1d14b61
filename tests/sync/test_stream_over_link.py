"""Whole streams between two real journals: over a bus that loses and reorders, and over a mosquitto that is killed."""

import queue
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers import monotonic_ms
from firmware_py.journal.record import Record
from firmware_py.journal.store import Journal
from firmware_py.link import Link, LinkDown, LinkUp, Received, Role, Topics, encode
from firmware_py.link.local import Faults, LocalBus
from sync.stream import Ack, Sending, Stored, StreamReceiver, StreamSender, decode_ack
from tests.link.buses import HALL, Mosquitto
from tests.sync.logs import entry

TOPICS = Topics(HALL)


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path / "edge.db", boot="b") as journal:
        yield journal


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path / "hall.db", boot="b") as journal:
        yield journal


class Pair:
    """An evaluator's and the controller's part of a stream, both served by the test's own thread."""

    def __init__(self, edge: Journal, hall: Journal, to_edge: Link, to_hall: Link) -> None:
        self.edge, self.hall, self._edge_link, self._hall_link = edge, hall, to_edge, to_hall
        self.inbox: queue.SimpleQueue[tuple[str, object]] = queue.SimpleQueue()
        self.sender = StreamSender(edge)
        self.receiver = StreamReceiver(self._store)
        self.stored: list[Record] = []
        to_edge.subscribe(TOPICS.ack("eval1"))
        to_hall.subscribe(TOPICS.log("+"))
        to_edge.open(lambda item: self.inbox.put(("edge", item)))
        to_hall.open(lambda item: self.inbox.put(("hall", item)))

    def _store(self, instance: str, records: tuple[Record, ...]) -> Stored:
        with self.hall.transaction() as transaction:
            result = transaction.store(instance, records)
        self.stored += result.fresh
        return result

    def publish(self, sending: Sending) -> None:
        assert not sending.alarms
        for payload in sending.payloads:
            self._edge_link.publish(TOPICS.log("eval1"), payload)

    def take(self, who: str, item: object, now: int) -> None:
        match who, item:
            case "edge", LinkUp():
                self.publish(self.sender.on_link_up(now))
            case "edge", LinkDown():
                self.sender.on_link_down()
            case "edge", Received(_, payload):
                self.publish(self.sender.on_ack(decode_ack(payload), now))
            case "hall", LinkUp():
                for instance, (log, upto) in self.hall.watermarks().items():
                    self._hall_link.publish(TOPICS.ack(instance), encode(Ack(log, upto)))
            case "hall", Received(topic, payload):
                assert topic == TOPICS.log("eval1")
                self._hall_link.publish(TOPICS.ack("eval1"), encode(self.receiver.on_batch("eval1", payload)))

    def close(self) -> None:
        self._edge_link.close()
        self._hall_link.close()


@pytest.mark.req("R-SYNC-01")
@pytest.mark.parametrize("seed", range(4))
def test_over_a_bus_that_drops_repeats_and_reorders_everything_arrives_once_in_order(
    edge: Journal, hall: Journal, seed: int
) -> None:
    bus = LocalBus(HALL)
    to_edge, to_hall = bus.connect("eval1", Role.EVALUATOR), bus.connect("brain", Role.CONTROLLER)
    edge.append([entry(number) for number in range(1, 1501)])
    bus.disturb(Faults(drop=0.25, duplicate=0.2, delay=0.2, pattern="hall/v1/+/i/+/log", seed=seed))
    pair = Pair(edge, hall, to_edge, to_hall)
    chance, now = random.Random(seed), 0
    while pair.sender.backlog:
        try:
            pair.take(*pair.inbox.get_nowait(), now)
        except queue.Empty:
            due = pair.sender.due()
            assert due is not None
            now = max(now, due)
            pair.publish(pair.sender.on_timer(now))
        if chance.random() < 0.2:
            bus.release()
        if chance.random() < 0.02:
            bus.stop()
            bus.start()
        if chance.random() < 0.1 and len(pair.stored) < 1400:
            edge.append([entry(0) for _ in range(20)])
            pair.publish(pair.sender.on_appended(now))
    assert pair.stored == edge.records(0, 100_000)
    assert hall.watermarks() == {"eval1": (edge.log, edge.head.seq)}


@pytest.mark.req("R-SYNC-01")
def test_over_a_mosquitto_that_is_killed_again_and_again_everything_arrives_once_in_order(
    tmp_path: Path, edge: Journal, hall: Journal
) -> None:
    edge.append([entry(number) for number in range(1, 6001)])
    bus = Mosquitto(tmp_path / "broker")
    pair = Pair(edge, hall, bus.make("eval1", "b"), bus.make("brain", "b"))
    try:
        kills = [800, 1600, 1900, 4200, 5500]
        while pair.sender.backlog:
            due = pair.sender.due()
            wait_s = 10.0 if due is None else max(0.0, min(10.0, (due - monotonic_ms()) / 1000))
            try:
                pair.take(*pair.inbox.get(timeout=wait_s), monotonic_ms())
            except queue.Empty:
                assert due is not None, "nothing happens any more"
                pair.publish(pair.sender.on_timer(monotonic_ms()))
            if kills and len(pair.stored) >= kills[0]:
                kills.pop(0)
                bus.stop()
                bus.start()
        assert not kills
        assert pair.stored == edge.records(0, 100_000)
        assert hall.watermarks() == {"eval1": (edge.log, 6000)}
    finally:
        pair.close()
        bus.close()
