"""Snapshots: a state of the owner with the record it belongs to, in a file of its own beside the journal.

A file and not a table: a day of 2 000 tickets is half a megabyte, which a table would write twice (WAL, then file).
"""

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path

import msgspec

from firmware_py.journal.files import beside, snapshots_beside, sync_folder, write_whole

FORMAT = 1
"""Layout of the file: SHA-256 (hex) of all that follows, newline, header (JSON), newline, payload."""

KEPT = 2
"""Snapshots kept: the newest, and one to fall back to."""

_log = logging.getLogger(__name__)


class Snapshot(msgspec.Struct, frozen=True):
    """The state after record ``(log, seq)`` with hash ``hash``, taken at ``at_ms`` (UTC milliseconds).

    ``payload`` belongs to the owner, who also versions what is in it.
    """

    log: str
    seq: int
    hash: str
    at_ms: int
    payload: bytes


class _Header(msgspec.Struct, frozen=True):
    format: int
    log: str
    seq: int
    hash: str
    at_ms: int


def write_snapshot(journal: Path, snapshot: Snapshot, *, prune: bool = True) -> Path:
    """Store a snapshot beside ``journal`` and drop all but the ``KEPT`` newest of its log; raises ``OSError``."""
    header = msgspec.json.encode(_Header(FORMAT, snapshot.log, snapshot.seq, snapshot.hash, snapshot.at_ms))
    body = b"".join((header, b"\n", snapshot.payload))
    path = beside(journal, f".snapshot-{snapshot.log}-{snapshot.seq:012d}")
    write_whole(path, hashlib.sha256(body).hexdigest().encode(), b"\n", body)
    if prune:
        _prune(journal, snapshot.log)
    return path


def read_snapshots(journal: Path, log: str) -> Iterator[Snapshot]:
    """The whole snapshots of ``log``, newest first; a damaged one is logged and skipped."""
    for path in _of_log(journal, log):
        try:
            yield _decode(path.read_bytes(), log)
        except (OSError, ValueError) as error:
            _log.warning("snapshot %s is skipped: %s", path, error)


def _decode(content: bytes, log: str) -> Snapshot:
    digest, _, body = content.partition(b"\n")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise ValueError("its checksum does not match")
    encoded, _, payload = body.partition(b"\n")
    header = msgspec.json.decode(encoded, type=_Header)  # raises a ValueError
    if header.format != FORMAT:
        raise ValueError(f"its format is {header.format}, this release reads {FORMAT}")
    if header.log != log:
        raise ValueError(f"it belongs to log {header.log}")
    return Snapshot(header.log, header.seq, header.hash, header.at_ms, payload)


def _of_log(journal: Path, log: str) -> list[Path]:
    prefix = f"{journal.name}.snapshot-{log}-"
    found = [path for path in snapshots_beside(journal) if path.name.startswith(prefix) and path.suffix != ".new"]
    return sorted(found, key=lambda path: path.name, reverse=True)


def _prune(journal: Path, log: str) -> None:
    kept = set(_of_log(journal, log)[:KEPT])
    for path in snapshots_beside(journal):
        if path not in kept:
            path.unlink(missing_ok=True)
    sync_folder(journal.parent)
