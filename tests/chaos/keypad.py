"""A real evaluator daemon but for its wire: its journal, its stream and its logic, in a thread of its own."""

import queue
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from drivers import monotonic_ms
from drivers.keypad import LevelPressed
from evaluator.keeping import Keeping, SendBatch
from evaluator.rating import Evaluator, Invite
from evaluator.rating_daemon import last_press
from firmware_py.core.views import RatingView
from firmware_py.journal.reader import JournalReader
from firmware_py.link import Link, Received, decode
from firmware_py.runtime.clock import OffsetClock
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.loop import Logic, Loop
from firmware_py.runtime.on_link import OnLink
from sync.stream.wire import Ack, decode_ack
from tests.chaos.effort import PATIENCE_S
from tests.chaos.ledger import Ledger

LEVELS: Final = (5, 4, 3, 2, 1)


class Keypad:
    """The evaluator of one desk, and the citizen in front of it.

    Args:
        link: the evaluator's.
        desk: where it stands.
        state: gets a folder with its journal.
        clock_offset: the hand on the hall's clock.
        ledger: where a crash is noted.
    """

    def __init__(self, link: Link, desk: int, state: Path, clock_offset: Path, ledger: Ledger) -> None:
        name, topics, clock = link.instance, link.topics, OffsetClock(clock_offset)
        self.journal: Final = state / name / "journal.db"
        self.journal.parent.mkdir(parents=True)
        self._invited: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._ack_topic = topics.ack(name)
        self._acked = Ack("", 0)
        self._ledger = ledger

        def perform(effect: object, now: int) -> None:
            match effect:
                case SendBatch(payload):
                    link.publish(topics.log(name), payload)
                case SetStatus(lifecycle):
                    link.set_status(lifecycle)

        keeping = Keeping(
            name,
            self.journal,
            "chaos",
            clock,
            topics,
            lambda journal: _Watched(
                Evaluator(name, desk=desk, address=1, levels=LEVELS, topics=topics, last=last_press(journal)),
                self._invited.put,
            ),
        )
        on_link = OnLink(link, self._hear, [topics.rating(name), self._ack_topic])
        self._loop = Loop(name, keeping, perform, clock=clock, resources=[keeping, on_link])
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def close(self) -> None:
        """Switch it off; what it has journalled stays."""
        self._loop.stop()
        self._thread.join(PATIENCE_S)

    def await_invitation(self, ticket: str) -> None:
        """The keypad lights up for this number: a key pressed from now on is pressed in its window."""
        while self._invited.get(timeout=PATIENCE_S) != ticket:
            pass

    def press(self, level: int) -> None:
        """A citizen presses a level."""
        self._loop.put(LevelPressed(1, LEVELS.index(level), monotonic_ms()))

    @property
    def drained(self) -> bool:
        """Whether the controller has said that it holds everything that stands in this journal."""
        with JournalReader.open(self.journal) as reader:
            return reader.head.seq == (self._acked.upto if self._acked.log == reader.log else 0)

    @property
    def kept(self) -> int:
        """Facts in this journal."""
        with JournalReader.open(self.journal) as reader:
            return reader.head.seq

    def _hear(self, item: object) -> None:
        if isinstance(item, Received) and item.topic == self._ack_topic and item.payload:
            self._acked = decode_ack(item.payload)
        self._loop.put(item)

    def _run(self) -> None:
        with self._ledger.watching():
            self._loop.run()


class _Watched:
    """The evaluator's logic; ``lit`` is told for which number it lights up, once it has taken the window in."""

    def __init__(self, logic: Logic, lit: Callable[[str], None]) -> None:
        self._logic = logic
        self._lit = lit

    def on(self, item: object, now: int) -> Iterator[object]:
        for effect in self._logic.on(item, now):
            if isinstance(effect, Invite) and isinstance(item, Received):
                self._lit(decode(item.payload, RatingView).ticket)
            yield effect

    def due(self) -> int | None:
        return self._logic.due()
