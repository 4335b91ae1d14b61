"""Facts before effects on a device: journalled first, sent until acknowledged, never forgotten while it lives."""

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec
import pytest

from evaluator.keeping import KEEP_TRYING_MS, Keeping, SendBatch
from firmware_py.core import facts as f
from firmware_py.errors import JournalCorrupt, JournalError
from firmware_py.journal.reader import JournalReader
from firmware_py.journal.record import Record
from firmware_py.journal.store import Journal
from firmware_py.link import LinkDown, LinkUp, Received, encode
from firmware_py.runtime.clock import ManualClock
from firmware_py.runtime.effects import Keep
from firmware_py.runtime.loop import Logic, Timer
from sync.stream.wire import Ack, decode_batch
from tests.hall.failing_disk import loses_its_records, takes_nothing
from tests.hall.small_hall import NINE, TOPICS

_FACTS = msgspec.json.Decoder(f.EdgeFact)


class Rang(msgspec.Struct, frozen=True):
    """An item that is a fact, an effect, or both."""

    ring: int
    effect: str = ""
    fact: bool = True


class Telling:
    """The simplest logic there is: it keeps what it hears and says what it is told to say."""

    def on(self, item: object, now: int) -> Iterable[object]:
        if isinstance(item, Rang):
            if item.effect:
                yield item.effect
            if item.fact:
                yield Keep(f.RingBegan("desk1-phone", item.ring))

    def due(self) -> int | None:
        return None


class Device:
    """One life of ``Keeping`` on a journal file."""

    def __init__(self, path: Path, logic: Logic | None = None) -> None:
        self.path = path
        self.clock = ManualClock(mono_ms=1000, wall_ms=NINE)
        self.keeping = Keeping("desk1-phone", path, "boot", self.clock, TOPICS, lambda _: logic or Telling())
        self.keeping.open()

    @property
    def journal(self) -> Journal:
        return self.keeping._journal

    def on(self, item: object) -> list[object]:
        return list(self.keeping.on(item, self.clock.mono_ms()))

    def acked(self, upto: int, *, log: str = "", problem: str = "", head_hash: str = "") -> list[object]:
        ack = Ack(log or self.journal.log, upto, head_hash, problem)
        return self.on(Received(TOPICS.ack("desk1-phone"), encode(ack)))

    def wait(self, ms: int) -> list[object]:
        until, found = self.clock.mono_ms() + ms, list[object]()
        while (due := self.keeping.due()) is not None and due <= until:
            self.clock.advance(max(0, due - self.clock.mono_ms()))
            found += self.on(Timer())
            moved = self.keeping.due()
            assert moved is None or moved > self.clock.mono_ms(), "a timer must move on"
        self.clock.advance(until - self.clock.mono_ms())
        return found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def device(path: Path) -> Iterator[Device]:
    device = Device(path)
    yield device
    device.keeping.close()


def sent(effects: Iterable[object]) -> list[Record]:
    return [record for each in effects if isinstance(each, SendBatch) for record in decode_batch(each.payload).records]


def rings(records: Iterable[Record]) -> list[int]:
    return [fact.ring for record in records if isinstance(fact := _FACTS.decode(record.data), f.RingBegan)]


def on_disk(path: Path) -> list[Record]:
    """What another process reads there now."""
    with JournalReader.open(path) as reader:
        return reader.records(0, 1000)


@pytest.mark.req("R-CORE-02", "R-SYNC-01")
def test_a_fact_is_on_the_disk_before_anything_else_happens(device: Device) -> None:
    device.on(LinkUp())
    kept_when: list[int] = []
    for _ in device.keeping.on(Rang(1, "thanks"), 2000):
        kept_when.append(len(on_disk(device.path)))

    assert kept_when == [1, 1], "the batch and the thanks, both after the fact"


@pytest.mark.req("R-SYNC-01")
def test_a_fact_travels_with_who_when_and_what(device: Device) -> None:
    device.on(LinkUp())

    [record] = sent(device.on(Rang(2)))

    assert (record.seq, record.actor, record.type, record.boot) == (1, "desk1-phone", "ring_began", "boot")
    assert (record.wall, record.mono_ms) == ("2026-11-21T01:00:00.000Z", 1000)
    assert _FACTS.decode(record.data) == f.RingBegan("desk1-phone", 2)


@pytest.mark.req("R-SYNC-01")
def test_facts_kept_while_nobody_listens_are_sent_when_the_link_is_up(device: Device) -> None:
    assert device.on(Rang(1)) == device.on(Rang(2)) == []

    assert rings(sent(device.on(LinkUp()))) == [1, 2]


@pytest.mark.req("R-SYNC-01")
def test_what_is_not_acknowledged_is_sent_again_and_what_is_never(device: Device) -> None:
    device.on(LinkUp())
    device.on(Rang(1))
    device.acked(1)
    device.on(Rang(2))

    assert rings(sent(device.wait(2500))) == [2]
    device.acked(2)
    assert sent(device.wait(60_000)) == []


@pytest.mark.req("R-SYNC-01", "R-CORE-21")
def test_a_restart_sends_what_was_not_acknowledged(path: Path) -> None:
    first = Device(path)
    first.on(LinkUp())
    for ring in (1, 2, 3):
        first.on(Rang(ring))
    first.acked(2)
    first.keeping.close()

    second = Device(path)
    try:
        assert rings(sent(second.on(LinkUp()))) == [3]
    finally:
        second.keeping.close()


@pytest.mark.req("R-SYNC-01", "R-CORE-21")
def test_a_power_cut_costs_a_repeat_and_no_fact(path: Path, tmp_path: Path) -> None:
    first = Device(path)
    first.on(LinkUp())
    first.on(Rang(1))
    first.acked(1)
    first.on(Rang(2))
    after = tmp_path / "after"
    after.mkdir()
    for name in ("journal.db", "journal.db-wal"):
        shutil.copy(tmp_path / name, after / name)

    second = Device(after / "journal.db")
    try:
        assert rings(sent(second.on(LinkUp()))) == [1, 2]
    finally:
        second.keeping.close()
        first.keeping.close()


@pytest.mark.req("R-CORE-02")
def test_a_fact_the_disk_does_not_take_is_tried_every_second_and_no_effect_is_ahead_of_it(device: Device) -> None:
    device.on(LinkUp())
    with takes_nothing(device.journal):
        assert device.on(Rang(1, "thanks")) == []
        assert device.wait(3 * KEEP_TRYING_MS) == []
        assert device.on(Rang(2)) == []
    after = device.wait(KEEP_TRYING_MS)

    assert rings(on_disk(device.path)) == [1, 2]
    assert rings(sent(after)) == [1, 2]
    assert [each for each in after if isinstance(each, str)] == ["thanks"]
    assert device.wait(KEEP_TRYING_MS) == []


@pytest.mark.req("R-CORE-02")
def test_what_has_no_fact_to_wait_for_goes_on_while_the_disk_takes_nothing(device: Device) -> None:
    with takes_nothing(device.journal):
        device.on(Rang(1, "thanks"))

        assert device.on(Rang(0, "hello", fact=False)) == ["hello"]


def test_a_full_disk_is_logged_once(device: Device, caplog: pytest.LogCaptureFixture) -> None:
    with takes_nothing(device.journal):
        device.on(Rang(1))
        device.wait(10 * KEEP_TRYING_MS)

    assert caplog.text.count("not on the disk yet") == 1


@pytest.mark.req("R-SYNC-01")
def test_a_watermark_that_cannot_be_written_down_costs_a_repeat_after_the_next_start_and_no_more(
    device: Device, caplog: pytest.LogCaptureFixture
) -> None:
    device.on(LinkUp())
    for ring in range(1, 302):
        device.on(Rang(ring))
    in_the_way = device.path.with_name("journal.db.acked.new")
    in_the_way.mkdir()
    device.acked(301)
    in_the_way.rmdir()

    assert "journal.db.acked" in caplog.text
    assert sent(device.wait(60_000)) == []


@pytest.mark.req("R-SYNC-02")
@pytest.mark.parametrize("payload", [b"", b"{", b'{"log":"x"}', b"\xff"])
def test_a_malformed_acknowledgement_changes_nothing(device: Device, payload: bytes) -> None:
    device.on(LinkUp())
    device.on(Rang(1))

    assert device.on(Received(TOPICS.ack("desk1-phone"), payload)) == []
    assert rings(sent(device.wait(2500))) == [1]


@pytest.mark.req("R-TECH-07")
@pytest.mark.parametrize(
    "ack", [{"upto": 9}, {"upto": 1, "head_hash": "0" * 64}], ids=["it holds more", "it holds something else"]
)
def test_a_controller_that_knows_another_history_makes_the_next_start_begin_a_new_log(
    path: Path, ack: dict[str, int | str]
) -> None:
    first = Device(path)
    first.on(LinkUp())
    first.on(Rang(1))
    old = first.journal.log
    upto, head_hash = ack["upto"], ack.get("head_hash", "")
    with pytest.raises(JournalError, match="the next start begins a new log"):
        first.acked(int(upto), head_hash=str(head_hash))
    first.keeping.close()

    second = Device(path)
    try:
        assert second.journal.log != old
        assert second.journal.replaced is not None
    finally:
        second.keeping.close()


@pytest.mark.req("R-TECH-07", "R-TECH-02")
def test_a_damaged_journal_is_set_aside_and_its_replacement_begins_with_the_alarm(path: Path) -> None:
    path.write_bytes(b"this was a journal once" * 100)

    device = Device(path)
    device.wait(0)
    try:
        assert device.journal.replaced is not None
        assert [_FACTS.decode(record.data) for record in on_disk(path)] == [f.DeviceDown("journal", "journal_replaced")]
    finally:
        device.keeping.close()


@pytest.mark.req("R-TECH-07")
def test_damage_found_while_it_runs_ends_the_daemon_instead_of_being_tried_for_ever(device: Device) -> None:
    loses_its_records(device.journal)

    with pytest.raises(JournalCorrupt):
        device.on(Rang(1))


def test_a_cut_link_is_sent_nothing(device: Device) -> None:
    device.on(LinkUp())
    device.on(LinkDown("cut"))

    assert device.on(Rang(1)) == []
    assert device.wait(60_000) == []
