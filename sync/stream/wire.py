"""What a stream puts on the link: batches one way, watermarks the other."""

import re
from typing import Annotated, Final

import msgspec

from firmware_py.journal.record import Record
from firmware_py.link.payloads import Malformed, decode

MAX_RECORDS: Final = 200
MAX_BYTES: Final = 64 * 1024
"""A batch ends at either; a record that is longer by itself travels alone."""

_HASH: Final = re.compile("[0-9a-f]{64}")

GAP: Final = "gap"
BROKEN: Final = "broken"

LogId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Seq = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class Batch(msgspec.Struct, frozen=True):
    """Records ``first``, ``first + 1``, … of ``log``, and where the sender's chain ends now."""

    log: LogId
    first: Seq
    records: tuple[Record, ...]
    head_seq: Seq
    head_hash: str


class Ack(msgspec.Struct, frozen=True):
    """The receiver holds ``log`` durably up to ``upto``, whose hash is ``head_hash`` ("" = not looked up).

    ``problem`` is ``""``, ``"gap"`` (go back to ``upto``), or ``"broken: …"`` with the reason for the technician.
    """

    log: LogId
    upto: Seq
    head_hash: str = ""
    problem: str = ""


def decode_batch(payload: bytes) -> Batch:
    """Read a batch and check everything that needs no database; whether the chain holds is for ``store``.

    Raises:
        Malformed: it is none; says what is wrong.
    """
    batch = decode(payload, Batch)
    records = batch.records
    if not 1 <= len(records) <= MAX_RECORDS:
        raise Malformed(f"a batch of {len(records)} records; 1 to {MAX_RECORDS} are allowed")
    for place, record in enumerate(records):
        if record.log != batch.log or record.seq != batch.first + place:
            found, wanted = f"{record.seq} of log {record.log[:64]!r}", f"{batch.first + place} of log {batch.log!r}"
            raise Malformed(f"record {found} stands where {wanted} belongs")
    last = records[-1]
    if not _HASH.fullmatch(batch.head_hash) or batch.head_seq < last.seq:
        raise Malformed(f"the head is named as {batch.head_seq} {batch.head_hash[:64]!r} behind record {last.seq}")
    if batch.head_seq == last.seq and batch.head_hash != last.hash:
        raise Malformed(f"record {last.seq} is the head, but their hashes differ")
    return batch


def decode_ack(payload: bytes) -> Ack:
    """Read a watermark.

    Raises:
        Malformed: it is none.
    """
    return decode(payload, Ack)
