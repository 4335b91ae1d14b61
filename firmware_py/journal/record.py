"""What one journal record is, and the canonical bytes its hash covers."""

import hashlib
from datetime import UTC, datetime

import msgspec

GENESIS = "0" * 64
"""``prev_hash`` of the first record of a log that has no predecessor."""

_canonical = msgspec.json.Encoder().encode


class Entry(msgspec.Struct, frozen=True):
    """A fact about to be appended; the journal adds seq, boot and hashes.

    ``wall_ms`` is UTC milliseconds since 1970 as this instance believes, ``mono_ms`` is monotonic milliseconds.
    ``data`` is the tagged event as JSON text; ``type`` repeats its tag so that a query needs no parsing.
    """

    wall_ms: int
    mono_ms: int
    actor: str
    cmd_id: str
    type: str
    ticket: str
    desk: int
    data: str


class Record(msgspec.Struct, frozen=True):
    """One stored fact. ``(log, seq)`` is its only coordinate; ``seq`` starts at 1 and has no holes (invariant 14)."""

    log: str
    seq: int
    wall: str
    boot: str
    mono_ms: int
    actor: str
    cmd_id: str
    type: str
    ticket: str
    desk: int
    data: str
    prev_hash: str
    hash: str


def wall_text(wall_ms: int) -> str:
    """RFC 3339 UTC with milliseconds: ``2026-11-21T06:05:00.123Z``."""
    moment = datetime.fromtimestamp(wall_ms / 1000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{wall_ms % 1000:03d}Z"


def chain_hash(
    log: str, seq: int, wall: str, boot: str, mono_ms: int, entry: Entry, prev_hash: str
) -> str:  # the canonical form is one JSON array: no field can slide into its neighbour
    """SHA-256 (hex) over the record's canonical bytes and the hash before it."""
    return chain_digest(
        (
            log,
            seq,
            wall,
            boot,
            mono_ms,
            entry.actor,
            entry.cmd_id,
            entry.type,
            entry.ticket,
            entry.desk,
            entry.data,
            prev_hash,
        )
    ).hex()


def chain_digest(fields: tuple[object, ...]) -> bytes:
    """The digest behind ``chain_hash``, for the loops that have the twelve fields at hand in its order.

    Raises:
        ValueError, OverflowError, TypeError: a field has no canonical form (a lone surrogate, an integer beyond
            64 bits, a value of a foreign type).
    """
    return hashlib.sha256(_canonical(fields)).digest()


def record_hash(record: Record) -> str:
    """What ``record.hash`` must be if the record is genuine; raises like ``chain_digest``."""
    return chain_digest(
        (
            record.log,
            record.seq,
            record.wall,
            record.boot,
            record.mono_ms,
            record.actor,
            record.cmd_id,
            record.type,
            record.ticket,
            record.desk,
            record.data,
            record.prev_hash,
        )
    ).hex()
