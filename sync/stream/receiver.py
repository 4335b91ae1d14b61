"""The receiving end of a stream: the batch is checked and stored, and the watermark told once that is durable."""

from collections.abc import Callable
from typing import Protocol

from firmware_py.journal.record import Record
from sync.stream.wire import BROKEN, GAP, Ack, decode_batch


class Stored(Protocol):
    """What became of a batch in the receiver's transaction, which is committed (``journal.StoreResult`` is one)."""

    @property
    def outcome(self) -> str:
        """``stored``, ``repeat``, ``gap`` or ``broken``."""
        ...

    @property
    def log(self) -> str: ...

    @property
    def upto(self) -> int:
        """The watermark: everything up to here is durable."""
        ...

    @property
    def reason(self) -> str:
        """Why it is broken."""
        ...


Store = Callable[[str, tuple[Record, ...]], Stored]
"""Store an instance's records and commit, together with all that follows from them. Any exception = nothing changed."""


class StreamReceiver:
    """The receiving end, for any number of instances; what it remembers is in ``store``'s database."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def on_batch(self, instance: str, payload: bytes) -> Ack:
        """Take a batch from ``instance``, as its topic says; publish the answer retained on the instance's ack topic.

        Raises:
            Malformed: these bytes are no batch; nothing was changed and there is nothing to publish.
        """
        batch = decode_batch(payload)
        stored = self._store(instance, batch.records)
        last = batch.records[-1]
        known = last.hash if stored.upto == last.seq and stored.outcome in {"stored", "repeat"} else ""
        problem = f"{BROKEN}: {stored.reason}" if stored.outcome == BROKEN else GAP if stored.outcome == GAP else ""
        return Ack(stored.log, stored.upto, known, problem)
