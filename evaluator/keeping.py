"""Facts before effects on a device: each fact goes into this instance's journal, then travels until it is acknowledged.

``Keeping`` wraps a daemon's logic: it takes the ``Keep`` effects out of its answers, journals them, and puts the
stream's batches in their place; what else the logic wanted done waits until they are on the disk. The loop's thread
owns the journal (design 3.6).
"""

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from firmware_py.core.facts import DeviceDown, EdgeFact
from firmware_py.errors import JournalCorrupt, JournalError
from firmware_py.journal.record import Entry
from firmware_py.journal.store import Journal
from firmware_py.link import LinkDown, LinkUp, Malformed, Received, Topics
from firmware_py.runtime.clock import Clock
from firmware_py.runtime.effects import Keep
from firmware_py.runtime.loop import Logic, Timer
from sync.stream.sender import AlarmKind, Sending, StreamSender
from sync.stream.wire import decode_ack

log = logging.getLogger(__name__)

KEEP_TRYING_MS = 1000
"""A fact the disk would not take is tried again this often; it is not forgotten while the daemon lives."""


class SendBatch(msgspec.Struct, frozen=True):
    """Effect: put this batch on the instance's log topic."""

    payload: bytes


class Keeping:
    """A journal, its stream, and the logic whose facts go there.

    Args:
        instance: this daemon's name.
        path: the journal file.
        boot: this boot's id.
        clock: stamps the records.
        topics: of the hall.
        think: makes the logic once the journal can be read (a restart may need what it says).
    """

    def __init__(
        self, instance: str, path: Path, boot: str, clock: Clock, topics: Topics, think: Callable[[Journal], Logic]
    ) -> None:
        self._instance = instance
        self._path = path
        self._boot = boot
        self._clock = clock
        self._ack_topic = topics.ack(instance)
        self._think = think
        self._logic: Logic
        self._journal: Journal
        self._sender: StreamSender
        self._unkept: list[EdgeFact] = []
        self._held_back: list[object] = []
        self._try_at: int | None = None

    # --- the loop's resource ------------------------------------------------------------------------------------------

    def open(self) -> None:
        """Take the journal.

        Raises:
            JournalError: it cannot be used.
        """
        self._journal = Journal.open(self._path, boot=self._boot)
        if self._journal.replaced is not None:
            log.error(
                "the journal was damaged (%s); kept as %s", self._journal.replaced_because, self._journal.replaced
            )
            self._unkept.append(DeviceDown("journal", "journal_replaced"))
            self._try_at = self._clock.mono_ms()
        try:
            self._sender = StreamSender(self._journal, acked=self._journal.acked)
            self._logic = self._think(self._journal)
        except BaseException:
            self._journal.close()
            raise

    def close(self) -> None:
        """Let go of it."""
        self._journal.close()

    # --- the loop's logic ---------------------------------------------------------------------------------------------

    def on(self, item: object, now: int) -> Iterator[object]:
        """The logic's effects, its facts journalled and sent on."""
        match item:
            case Received(topic, payload) if topic == self._ack_topic:
                yield from self._acked(payload, now)
                return
            case LinkUp():
                yield from self._sending(self._sender.on_link_up(now))
            case LinkDown():
                self._sender.on_link_down()
            case Timer():
                yield from self._sending(self._sender.on_timer(now))
                if self._unkept:
                    yield from self._keep([], now)
        kept: list[EdgeFact] = []
        effects: list[object] = []
        for effect in self._logic.on(item, now):
            if isinstance(effect, Keep):
                kept.append(effect.fact)
            else:
                effects.append(effect)
        if kept:  # facts before effects
            self._held_back += effects
            yield from self._keep(kept, now)
        else:
            yield from effects

    def due(self) -> int | None:
        """The logic's next timer, or the stream's."""
        moments = [self._logic.due(), self._sender.due(), self._try_at]
        return min((moment for moment in moments if moment is not None), default=None)

    def _keep(self, facts: list[EdgeFact], now: int) -> Iterator[object]:
        self._unkept += facts
        entries = [
            Entry(
                self._clock.wall_ms(),
                now,
                self._instance,
                "",
                str(type(fact).__struct_config__.tag),
                "",
                getattr(fact, "desk", 0),
                msgspec.json.encode(fact).decode(),
            )
            for fact in self._unkept
        ]
        try:
            self._journal.append(entries)
        except JournalCorrupt:
            raise  # the next start sets the file aside
        except JournalError:
            if self._try_at is None:
                log.exception("facts are not on the disk yet; trying every second")
            self._try_at = now + KEEP_TRYING_MS
            return
        self._unkept, self._try_at = [], None
        yield from self._sending(self._sender.on_appended(now))
        effects, self._held_back = self._held_back, []
        yield from effects

    def _acked(self, payload: bytes, now: int) -> Iterator[SendBatch]:
        if not payload:
            return
        try:
            ack = decode_ack(payload)
        except Malformed as error:
            log.warning("%s: %s", self._ack_topic, error)
            return
        before = self._sender.acked
        yield from self._sending(self._sender.on_ack(ack, now))
        if self._sender.acked > before:
            self._remember_acked()

    def _remember_acked(self) -> None:
        try:
            self._journal.set_acked(self._sender.acked)
        except JournalCorrupt:
            raise
        except JournalError as error:  # it only saves a repeat after the next start
            log.warning("%s", error)

    def _sending(self, sending: Sending) -> Iterator[SendBatch]:
        for alarm in sending.alarms:
            log.error("the stream to the controller: %s: %s", alarm.kind.value, alarm.detail)
            if alarm.kind in {AlarmKind.BEYOND, AlarmKind.FORKED}:
                self._journal.condemn(alarm.detail)
                raise JournalError(f"{self._path}: {alarm.detail}; the next start begins a new log")
        for payload in sending.payloads:
            yield SendBatch(payload)
