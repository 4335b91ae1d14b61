"""Walking a hash chain: every record must follow the one before and hash to what it says."""

from collections.abc import Sequence

import msgspec

from firmware_py.journal.record import chain_digest

Row = tuple[int, str, str, int, str, str, str, str, int, str, object]
"""One row as stored: ``COLUMNS`` in order; ``prev_hash`` is the hash of the row before.

A damaged page may hold any type, which matters for the hash: it is used before it is compared.
"""

_Sound = tuple[int, str, str, int, str, str, str, str, int, str, bytes]

COLUMNS = "seq, wall, boot, mono_ms, actor, cmd_id, type, ticket, desk, data, hash"


class Fault(msgspec.Struct, frozen=True):
    """Where a chain stops being trustworthy: the record, what must stand there and what does."""

    seq: int
    expected: str
    found: str

    def __str__(self) -> str:
        return f"record {self.seq}: expected {self.expected}, found {self.found}"


class ChainWalk:
    """A walk along one log, fed row by row; ``first_fault`` stays ``None`` while everything verifies.

    It goes on after a fault with what is stored, so that one changed record counts as one and not as all that follow.
    """

    def __init__(self, log: str, seq: int, hash_: str) -> None:
        """Start behind record ``seq`` whose hash is ``hash_``; both are taken on trust."""
        self.log = log
        self.seq = seq
        self.hash = hash_
        self.checked = 0
        self.holes = 0
        self.bad = 0
        self.first_fault: Fault | None = None

    def follow(self, rows: Sequence[Row]) -> None:
        """Check the next rows, in order of seq."""
        try:
            # a flipped bit can turn a TEXT into a BLOB or an INTEGER into NULL, which STRICT checks at writing only
            msgspec.convert(rows, list[_Sound])
        except (msgspec.ValidationError, UnicodeEncodeError):
            strangers = True
        else:
            strangers = False
        log, expected_seq, before = self.log, self.seq + 1, self.hash
        for row in rows:
            seq, stored = row[0], row[10]
            if seq != expected_seq:
                self._hole(expected_seq, seq)
            else:
                try:
                    genuine = chain_digest((log, *row[:10], before))
                except (ValueError, OverflowError, TypeError):
                    genuine = b""
                if genuine != stored or (strangers and not _well_typed(row)):
                    self._bad(seq, genuine.hex() or "text and numbers only", stored)
            # a damaged page may give rows out of order: whatever it gives, the walk goes on and comes to an end
            expected_seq = max(seq, expected_seq) + 1
            before = stored.hex() if isinstance(stored, bytes) else ""
        self.checked += len(rows)
        self.seq, self.hash = expected_seq - 1, before

    def stop(self, seq: int, expected: str, found: str) -> None:
        """Note a fault that makes going on impossible, such as a page that cannot be read."""
        self.bad += 1
        self.first_fault = self.first_fault or Fault(seq, expected, found)

    def _hole(self, expected_seq: int, seq: int) -> None:
        # what follows a hole cannot be checked against its predecessor: it counts as missing records, not as bad ones
        self.holes += max(1, seq - expected_seq)
        self.first_fault = self.first_fault or Fault(expected_seq, f"record {expected_seq}", f"record {seq}")

    def _bad(self, seq: int, genuine: str, stored: object) -> None:
        self.bad += 1
        found = stored.hex() if isinstance(stored, bytes) else repr(stored)
        self.first_fault = self.first_fault or Fault(
            seq, genuine, found if found != genuine else "a value of another type"
        )


def _well_typed(row: Row) -> bool:
    try:
        msgspec.convert(row, _Sound)
    except (msgspec.ValidationError, UnicodeEncodeError):
        return False
    return True
