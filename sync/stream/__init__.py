"""Ordered, acknowledged replication of one log over a link that may lose, repeat and reorder: both ends, pure.

The receiver decides. It stores a batch only where it continues what it holds, moves its watermark in the same
transaction and publishes it (retained) after the commit; a batch it has seen before changes nothing. The sender's part
is to keep offering what lies behind the watermark: up to eight batches at once, all over again (go-back-N) when two
seconds bring no progress. So a broker that forgets, a client library that drops and a restart on either side cost
time, never a record and never two (ecosystem.md 3, measured).

Every batch names the head of the sender's chain, and an idle sender repeats its last record now and then: a history
rewritten on either side no longer fits the other's hashes, and is refused and alarmed (R-SYNC-07).
"""

from sync.stream.receiver import Store, Stored, StreamReceiver
from sync.stream.sender import AlarmKind, Sending, Source, StreamAlarm, StreamSender
from sync.stream.wire import Ack, Batch, decode_ack, decode_batch

__all__ = [
    "Ack",
    "AlarmKind",
    "Batch",
    "Sending",
    "Source",
    "Store",
    "Stored",
    "StreamAlarm",
    "StreamReceiver",
    "StreamSender",
    "decode_ack",
    "decode_batch",
]
