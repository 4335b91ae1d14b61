"""The city's side of the uplink: stores every hall's journal, in order and once, and says how far it has come.

Only receiving stands here so far; what a city does with the facts is its own affair.
"""

import logging
from collections.abc import Iterator
from pathlib import Path

import msgspec

from firmware_py.errors import JournalError
from firmware_py.journal.record import Record
from firmware_py.journal.store import Journal
from firmware_py.journal.streams import StoreResult
from firmware_py.link import Kind, Lifecycle, LinkUp, Malformed, Received, Topics, encode, parse
from firmware_py.runtime.effects import SetStatus
from sync.stream.receiver import StreamReceiver
from sync.stream.wire import Ack

log = logging.getLogger(__name__)


class Publish(msgspec.Struct, frozen=True):
    """Effect: these bytes on this topic."""

    topic: str
    payload: bytes


class Centre:
    """The logic. Each hall is a stream of the journal at ``path``, verified record by record as it arrives."""

    def __init__(self, path: Path, *, boot: str) -> None:
        self._path = path
        self._boot = boot
        self._journal: Journal
        self._receiver = StreamReceiver(self._store)

    def open(self) -> None:
        """Take the journal.

        Raises:
            JournalError: it cannot be used.
        """
        self._journal = Journal.open(self._path, boot=self._boot)

    def close(self) -> None:
        """Let go of it."""
        self._journal.close()

    def on(self, item: object, now: int) -> Iterator[object]:
        """Effects of one inbox item."""
        del now
        match item:
            case LinkUp():
                yield SetStatus(Lifecycle.READY)
                for hall, (name, upto) in self._journal.watermarks().items():
                    yield Publish(Topics(hall).hall_ack, encode(Ack(name, upto)))
            case Received(topic, payload):
                yield from self._batch(topic, payload)
            case _:
                pass

    def due(self) -> int | None:
        """Time alone changes nothing here."""
        return None

    def _batch(self, topic: str, payload: bytes) -> Iterator[Publish]:
        address = parse(topic)
        if address is None or address.kind is not Kind.HALL_LOG:
            return
        try:
            ack = self._receiver.on_batch(address.hall, payload)
        except Malformed as error:
            log.warning("%s: %s", topic, error)
            return
        except JournalError:
            log.exception("%s: not stored; the hall will send it again", address.hall)
            return
        if ack.problem:
            log.error("%s: stream %s at %d: %s", address.hall, ack.log, ack.upto, ack.problem)
        yield Publish(Topics(address.hall).hall_ack, encode(ack))

    def _store(self, hall: str, records: tuple[Record, ...]) -> StoreResult:
        with self._journal.transaction() as transaction:
            return transaction.store(hall, records)
