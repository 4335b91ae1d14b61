"""A caller's number on its way through a telephone's watcher: into the restricted file, and out only as a hash."""

import logging
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from drivers.phone import CallerHeard, Edge
from evaluator.callers import PURGE_EVERY_MS, CallerNumbers
from evaluator.keeping import Keeping, SendBatch
from evaluator.phone import CALLER_WAITS_MS, PhoneWatch
from evaluator.phone_daemon import WatchAndPurge
from firmware_py.core import facts as f
from firmware_py.journal.callers import FILE, KEEP_MS, KEY, Callers
from firmware_py.journal.reader import JournalReader
from firmware_py.link import LinkUp
from firmware_py.runtime.clock import ManualClock
from firmware_py.runtime.effects import Keep
from firmware_py.runtime.loop import Timer
from tests.core.line_signals import Burst, Current, hook, pulses
from tests.hall.small_hall import NINE, TOPICS

_FACTS = msgspec.json.Decoder(f.EdgeFact)
LINE = "desk1-phone"
NUMBER = "13812345678"
START = 1_000_000


class Watched:
    """The whole of a telephone's daemon but its pins: watch, callers' file, journal, stream."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock(mono_ms=START, wall_ms=NINE)
        self.callers = CallerNumbers(folder, self.clock)
        self.logic = WatchAndPurge(PhoneWatch([LINE], self.callers.hash_of), self.callers)
        self.keeping = Keeping(LINE, folder / "journal.db", "boot", self.clock, TOPICS, lambda _: self.logic)
        self.callers.open()
        self.keeping.open()
        self.sent: list[bytes] = []
        self.on(LinkUp())

    def close(self) -> None:
        self.keeping.close()
        self.callers.close()

    def on(self, item: object) -> None:
        for effect in self.keeping.on(item, self.clock.mono_ms()):
            if isinstance(effect, SendBatch):
                self.sent.append(effect.payload)

    def rings(self, number: str = NUMBER) -> None:
        """One ring, then the number, as an exchange sends it."""
        now = self.clock.mono_ms()
        for at, wire, closed in pulses(Burst(now, now + 1000), Current(25.0)):
            self.clock.advance(at - self.clock.mono_ms())
            self.on(Edge(LINE, wire, closed, at))
        self.on(CallerHeard(LINE, number, self.clock.mono_ms()))


def kept(folder: Path) -> str:
    callers = Callers.open(folder)
    try:
        return callers.number_of(callers.hash_of(NUMBER))
    finally:
        callers.close()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(tmp_path)
    yield watched
    watched.close()


@pytest.mark.req("R-PHONE-10")
def test_a_number_stands_in_its_file_and_nowhere_else(watched: Watched, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    watched.rings()

    with_number = {path.name for path in watched.folder.iterdir() if NUMBER.encode() in path.read_bytes()}
    assert with_number == {FILE}
    assert watched.sent
    assert not [payload for payload in watched.sent if NUMBER.encode() in payload or b"1381234" in payload]
    assert NUMBER not in caplog.text
    assert NUMBER not in repr(CallerHeard(LINE, NUMBER, 0))
    hashed = watched.callers.hash_of(NUMBER)
    with JournalReader.open(watched.folder / "journal.db") as reader:
        assert f.CallerKnown(LINE, hashed) in [_FACTS.decode(record.data) for record in reader.records(0, 100)]


@pytest.mark.req("R-PHONE-10")
def test_a_line_that_tells_no_number_leaves_no_file_behind(watched: Watched) -> None:
    watched.on(LinkUp())

    assert watched.callers.due() is None
    assert not (watched.folder / FILE).exists()
    assert not (watched.folder / KEY).exists()


@pytest.mark.req("R-PHONE-10")
def test_old_numbers_go_at_the_next_start_and_then_once_a_day(tmp_path: Path) -> None:
    first = Watched(tmp_path)
    first.rings()
    first.close()

    second = Watched(tmp_path)  # nothing is old yet
    days = KEEP_MS // PURGE_EVERY_MS + 1
    for _ in range(days):
        assert kept(tmp_path) == NUMBER
        second.clock.advance(PURGE_EVERY_MS)
        assert second.logic.due() == second.clock.mono_ms()
        second.on(Timer())
    assert kept(tmp_path) == ""
    second.rings()
    second.close()

    assert kept(tmp_path) == NUMBER
    late = CallerNumbers(tmp_path, ManualClock(wall_ms=NINE + 10 * KEEP_MS))
    late.open()
    late.close()
    assert kept(tmp_path) == ""


@pytest.mark.req("R-PHONE-10", "R-TECH-07")
def test_a_damaged_file_costs_the_numbers_and_no_call(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    watched = Watched(tmp_path)

    watched.rings()

    assert any(b"ring_began" in payload for payload in watched.sent)
    assert not [payload for payload in watched.sent if b"caller_known" in payload]
    assert "delete it" in caplog.text
    assert NUMBER not in caplog.text
    watched.close()


# --- to which call a number belongs -----------------------------------------------------------------------------------


class Line:
    """The watch of one line; a number's "hash" is its length, to be seen by the eye."""

    def __init__(self) -> None:
        self.logic = PhoneWatch([LINE], lambda number: f"{len(number):016x}" if number.isdigit() else "")
        self.facts: list[f.EdgeFact] = []

    def on(self, item: object, now: int) -> None:
        self.facts += [each.fact for each in self.logic.on(item, now) if isinstance(each, Keep)]

    def edges(self, edges: list[tuple[int, str, bool]]) -> None:
        for at, wire, closed in edges:
            self.on(msgspec.convert({"line": LINE, "wire": wire, "closed": closed, "at": at}, Edge), at)

    def ring(self, begins: int) -> None:
        self.edges([*pulses(Burst(begins, begins + 1000), Current(25.0))])

    @property
    def callers(self) -> list[f.CallerKnown]:
        return [fact for fact in self.facts if isinstance(fact, f.CallerKnown)]


KNOWN = f.CallerKnown(LINE, f"{len(NUMBER):016x}")


@pytest.mark.req("R-PHONE-06", "R-PHONE-10")
@pytest.mark.parametrize(("before_ms", "known"), [(500, [KNOWN]), (CALLER_WAITS_MS + 1000, [])])
def test_a_number_sent_before_the_first_ring_waits_for_it_and_not_for_long(
    before_ms: int, known: list[f.CallerKnown]
) -> None:
    line = Line()
    line.on(CallerHeard(LINE, NUMBER, 100_000 - before_ms), 100_000 - before_ms)
    assert line.facts == []

    line.ring(100_000)

    assert line.facts == [f.RingBegan(LINE, 1), *known]
    line.ring(105_000)
    assert line.callers == known


@pytest.mark.req("R-PHONE-06", "R-PHONE-10")
def test_a_number_sent_between_two_rings_or_during_a_conversation_is_told_at_once() -> None:
    line = Line()
    line.ring(1000)
    line.on(CallerHeard(LINE, NUMBER, 3000), 3000)
    assert line.facts[-1] == KNOWN

    line = Line()
    line.edges([*hook(1000, True)])
    line.on(Timer(), 2000)
    line.on(CallerHeard(LINE, NUMBER, 9000), 9000)
    assert line.facts == [f.Lifted(LINE, 0), KNOWN]


@pytest.mark.req("R-PHONE-10")
def test_a_caller_who_withholds_the_number_and_a_line_of_somebody_else_tell_nothing() -> None:
    line = Line()
    line.ring(1000)
    line.on(CallerHeard(LINE, "P", 3000), 3000)
    line.on(CallerHeard("desk9-phone", NUMBER, 3000), 3000)

    assert line.callers == []
