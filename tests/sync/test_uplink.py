"""The hall's journal at the centre: complete, in order, once, whatever happens in between (R-SYNC-01)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_py.journal.reader import JournalReader
from firmware_py.journal.record import Entry
from firmware_py.journal.store import Journal
from firmware_py.journal.verify import verify
from firmware_py.link import LinkDown, LinkUp, Received, Topics
from sync.centre import Centre, Publish
from sync.uplink import FromCentre, SendBatch, Uplink

TOPICS = Topics("h12")


def _entries(first: int, count: int) -> list[Entry]:
    return [
        Entry(1_795_000_000_000 + place, place, "kiosk1", "", "taken", f"A{place:03d}", 0, "{}")
        for place in range(first, first + count)
    ]


class City:
    """An uplink and a centre with a wire between them that a test may cut; time is a number."""

    def __init__(self, folder: Path) -> None:
        self.hall = Journal.open(folder / "hall.db", boot="b")
        self.path = folder / "centre.db"
        self.uplink = Uplink(folder / "hall.db")
        self.centre = Centre(self.path, boot="b")
        self.centre.open()
        self.now = 0
        self.wire = True
        self.batches = 0

    def tell(self, item: object) -> None:
        """Give the uplink an item and carry what comes of it to and fro until nothing moves."""
        self.now += 1
        waiting = [item]
        while waiting:
            for effect in self.uplink.on(waiting.pop(0), self.now):
                if isinstance(effect, SendBatch) and self.wire:
                    self.batches += 1
                    for answer in self.centre.on(Received(TOPICS.hall_log, effect.payload), self.now):
                        if isinstance(answer, Publish):
                            waiting.append(FromCentre(Received(answer.topic, answer.payload)))

    def pass_time(self, ms: int) -> None:
        """Let the uplink's timers run."""
        self.now += ms
        self.tell(object())

    def stored(self) -> tuple[str, int] | None:
        """The centre's watermark of the hall."""
        return self.centre._journal.watermarks().get("h12")

    def close(self) -> None:
        self.hall.close()
        self.uplink.close()
        self.centre.close()


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = City(tmp_path)
    yield made
    made.close()


@pytest.mark.req("R-SYNC-01")
def test_the_backlog_of_days_without_a_centre_drains_in_order(city: City) -> None:
    city.hall.append(_entries(1, 900))
    city.tell(FromCentre(LinkDown("no route")))
    city.pass_time(3 * 24 * 3600 * 1000)
    city.hall.append(_entries(901, 100))
    city.tell(FromCentre(LinkUp()))
    assert city.stored() == (city.hall.log, 1000)


@pytest.mark.req("R-SYNC-01")
def test_batches_lost_on_the_way_are_sent_again_and_stored_once(city: City) -> None:
    city.hall.append(_entries(1, 300))
    city.wire = False
    city.tell(FromCentre(LinkUp()))
    assert city.stored() is None
    city.wire = True
    city.pass_time(2500)
    assert city.stored() == (city.hall.log, 300)
    sent = city.batches
    city.pass_time(2500)
    assert city.batches == sent  # nothing new, nothing sent


@pytest.mark.req("R-SYNC-01", "R-SYNC-07")
def test_a_centre_that_restarts_says_where_it_is_and_its_copy_verifies(city: City) -> None:
    city.hall.append(_entries(1, 50))
    city.tell(FromCentre(LinkUp()))
    city.centre.close()
    city.centre.open()
    acks = [effect for effect in city.centre.on(LinkUp(), 0) if isinstance(effect, Publish)]
    assert [ack.topic for ack in acks] == [TOPICS.hall_ack]
    assert b'"upto":50' in acks[0].payload
    assert verify(city.path).ok


@pytest.mark.req("R-SYNC-01")
def test_a_hall_without_a_journal_yet_is_waited_for(tmp_path: Path) -> None:
    uplink = Uplink(tmp_path / "hall.db")
    assert list(uplink.on(FromCentre(LinkUp()), 1)) == []
    journal = Journal.open(tmp_path / "hall.db", boot="b")
    journal.append(_entries(1, 3))
    batches = [effect for effect in uplink.on(object(), 2000) if isinstance(effect, SendBatch)]
    assert len(batches) == 1
    uplink.close()
    journal.close()


def test_garbage_on_the_log_topic_changes_nothing(city: City) -> None:
    for payload in (b"", b"\xff\x00", b"{}", b'{"log":"x","first":1,"records":[],"head_seq":0,"head_hash":""}'):
        assert list(city.centre.on(Received(TOPICS.hall_log, payload), 0)) == []
    with JournalReader.open(city.path) as reader:
        assert reader.head.seq == 0
