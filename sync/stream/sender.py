"""The sending end of a stream: what to publish now, and what a person must see to."""

from collections import deque
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, Protocol

import msgspec

from firmware_py.journal.record import Record
from firmware_py.link.payloads import encode
from sync.stream.wire import BROKEN, GAP, MAX_BYTES, MAX_RECORDS, Ack, Batch

WINDOW: Final = 8
"""Batches in flight. One only, until this connection's receiver has spoken: it may hold everything, or be away."""

RETRY_MS: Final = 2_000
TROUBLED_RETRY_MS: Final = 60_000
"""Between attempts while a person must act."""

HEAD_EVERY_MS: Final = 600_000
"""How often an idle sender shows its chain head."""

_ENVELOPE_BYTES: Final = 400


class AlarmKind(StrEnum):
    """What a person, or the owner of the journal, must see to."""

    OTHER_LOG = "other_log"
    """The receiver speaks of another log: after a new log began that is its predecessor, and will pass."""
    BEYOND = "beyond"
    """It holds more of this log than we do: our file is an old copy. Begin a new log."""
    FORKED = "forked"
    """It holds another record under one of our numbers: one of the two histories was rewritten."""
    BROKEN = "broken"
    """It refuses our records; ``detail`` is its reason."""
    RECEDED = "receded"
    """It has lost records that it had acknowledged; they are sent again."""
    MISSING = "missing"
    """Our own journal no longer has what the receiver needs next."""


class StreamAlarm(msgspec.Struct, frozen=True):
    """Raised once per finding, not once per attempt."""

    kind: AlarmKind
    detail: str


class Sending(msgspec.Struct, frozen=True):
    """What the sender wants done: encoded batches to publish in this order, and alarms to raise."""

    payloads: tuple[bytes, ...] = ()
    alarms: tuple[StreamAlarm, ...] = ()


class Source(Protocol):
    """A log that can be read: a journal or a journal's reader."""

    @property
    def log(self) -> str:
        """The log's id."""
        ...

    @property
    def head(self) -> tuple[int, str]:
        """Seq and hash of the newest record; seq 0 when there is none."""
        ...

    def records(self, after: int, limit: int) -> Sequence[Record]:
        """At most ``limit`` records behind ``after``, oldest first."""
        ...


class StreamSender:
    """The sending end of a log. Every ``on_…`` answers what to publish; every ``now`` is monotonic milliseconds.

    When the source goes on in a new log (a rotation, which waits until everything is acknowledged), so does the sender.
    """

    def __init__(self, source: Source, *, acked: int = 0) -> None:
        """Begin behind ``acked``, a lower bound of what the receiver holds."""
        self._source = source
        self._log = source.log
        self._acked = acked
        self._sent = acked
        self._in_flight: deque[int] = deque()
        self._up = self._heard = self._troubled = False
        self._went_back = False
        self._since = 0
        self._alarms: list[StreamAlarm] = []
        self._alarmed: dict[AlarmKind, str] = {}

    @property
    def acked(self) -> int:
        """The receiver is known to hold everything up to here."""
        return self._acked

    @property
    def backlog(self) -> int:
        """Records that the receiver is not known to hold."""
        return max(0, self._source.head[0] - self._acked)

    def due(self) -> int | None:
        """When ``on_timer`` is wanted."""
        if not self._up:
            return None
        if self._in_flight:
            return self._since + (TROUBLED_RETRY_MS if self._troubled else RETRY_MS)
        return self._since + HEAD_EVERY_MS

    def on_link_up(self, now: int) -> Sending:
        """Connected: nothing sent before may have arrived, and the receiver may be another one."""
        self._up = True
        return self._again(now)

    def on_link_down(self) -> None:
        """Not connected: nothing is sent until ``on_link_up``."""
        self._up = False
        self._in_flight.clear()

    def on_appended(self, now: int) -> Sending:
        """The log has grown."""
        return self._fill(now)

    def on_timer(self, now: int) -> Sending:
        """The time of ``due`` has come; earlier calls do nothing."""
        due = self.due()
        if due is None or now < due:
            return Sending()
        if self._in_flight:
            return self._again(now)
        return self._show_head(now)

    def on_ack(self, ack: Ack, now: int) -> Sending:
        """The receiver has spoken."""
        self._follow_rotation()
        head_seq = self._source.head[0]
        if ack.log != self._log:
            self._raise(AlarmKind.OTHER_LOG, f"the receiver speaks of log {ack.log}, record {ack.upto}")
        elif ack.upto > head_seq:
            self._trouble(AlarmKind.BEYOND, f"the receiver holds record {ack.upto}, our last is {head_seq}")
        elif ack.problem.startswith(BROKEN):
            self._trouble(AlarmKind.BROKEN, ack.problem)
        elif ack.head_hash and ack.upto and ack.head_hash != (ours := self._hash_at(ack.upto)):
            self._trouble(AlarmKind.FORKED, f"record {ack.upto} is {ours} here and {ack.head_hash} at the receiver")
        else:
            self._follow(ack, now)
        return self._fill(now)

    def _follow_rotation(self) -> None:
        if self._source.log != self._log:
            self._log = self._source.log
            self._acked = self._sent = 0
            self._troubled = False
            self._in_flight.clear()

    def _follow(self, ack: Ack, now: int) -> None:
        self._heard, self._troubled = True, False
        if ack.upto > self._acked:
            self._acked, self._since, self._went_back = ack.upto, now, False
            self._sent = max(self._sent, ack.upto)
        while self._in_flight and self._in_flight[0] <= ack.upto:
            self._in_flight.popleft()
        if ack.problem != GAP:
            return
        if ack.upto < self._acked:
            self._raise(AlarmKind.RECEDED, f"the receiver is back at record {ack.upto}, it had {self._acked}")
            self._acked, self._went_back = ack.upto, False
        if not self._went_back:  # every batch behind the missing one reports the same gap
            self._went_back = True
            self._in_flight.clear()
            self._sent = self._acked

    def _again(self, now: int) -> Sending:
        self._heard = self._went_back = False
        self._in_flight.clear()
        self._sent = self._acked
        return self._fill(now)

    def _show_head(self, now: int) -> Sending:
        self._since = now
        head_seq = self._source.head[0]
        if head_seq:
            self._sent = head_seq - 1
        return self._fill(now)

    def _fill(self, now: int) -> Sending:
        self._follow_rotation()
        payloads: list[bytes] = []
        window = WINDOW if self._heard and not self._troubled else 1
        while self._up and len(self._in_flight) < window:
            batch = self._next_batch()
            if batch is None:
                break
            if not self._in_flight:
                self._since = now
            self._sent = batch.records[-1].seq
            self._in_flight.append(self._sent)
            payloads.append(encode(batch))
        alarms, self._alarms = self._alarms, []
        return Sending(tuple(payloads), tuple(alarms))

    def _next_batch(self) -> Batch | None:
        head_seq, head_hash = self._source.head
        if self._sent >= head_seq:
            return None
        records = tuple(self._source.records(self._sent, MAX_RECORDS))
        if not records or records[0].seq != self._sent + 1:
            self._trouble(AlarmKind.MISSING, f"record {self._sent + 1} is not in the journal any more")
            return None
        size = _ENVELOPE_BYTES
        for count, record in enumerate(records):
            size += len(encode(record)) + 1
            if size > MAX_BYTES and count:
                records = records[:count]
                break
        return Batch(self._log, records[0].seq, records, head_seq, head_hash)

    def _hash_at(self, seq: int) -> str:
        found = self._source.records(seq - 1, 1)
        return found[0].hash if found else "missing"

    def _trouble(self, kind: AlarmKind, detail: str) -> None:
        self._troubled = True
        self._raise(kind, detail)

    def _raise(self, kind: AlarmKind, detail: str) -> None:
        if self._alarmed.get(kind) != detail:
            self._alarmed[kind] = detail
            self._alarms.append(StreamAlarm(kind, detail))
