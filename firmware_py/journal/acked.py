"""The sender's memory of how far the receiver's watermark has come."""

from pathlib import Path

import msgspec

from firmware_py.journal.files import beside, on_disk, write_whole

_STRIDE = 200
"""Records of progress between two writes to the card: one batch."""


class _Mark(msgspec.Struct, frozen=True):
    log: str
    upto: int


class Acked:
    """How many records of ``log`` its one receiver is known to hold durably.

    It is a lower bound: it is written every 200 records and at ``close``, never in the log's own commits, because
    losing it costs one repeated batch and keeping it exactly would cost a commit per batch. On a connect the receiver's
    retained watermark brings it up to date.
    """

    def __init__(self, path: Path, log: str) -> None:
        """Read the mark kept at ``path``; one that is missing, damaged or of another log counts as 0."""
        self._path = path
        self._log = log
        self._upto = self._stored = self._read()

    @classmethod
    def beside(cls, journal: Path, log: str) -> "Acked":
        """The mark of the journal at ``journal``; its owner or its uplink keeps it, not both."""
        return cls(beside(journal, ".acked"), log)

    @property
    def upto(self) -> int:
        """The last seq the receiver holds."""
        return self._upto

    def advance(self, upto: int) -> None:
        """The receiver says that it holds everything up to ``upto``; an older saying is ignored.

        Raises:
            JournalError: the mark cannot be written.
        """
        self._upto = max(self._upto, upto)
        if self._upto - self._stored >= _STRIDE:
            self.close()

    def close(self) -> None:
        """Write the mark if it moved; the object stays usable.

        Raises:
            JournalError: the mark cannot be written.
        """
        if self._upto == self._stored:
            return
        with on_disk(self._path):
            write_whole(self._path, msgspec.json.encode(_Mark(self._log, self._upto)))
        self._stored = self._upto

    def _read(self) -> int:
        try:
            mark = msgspec.json.decode(self._path.read_bytes(), type=_Mark)
        except (OSError, ValueError):
            return 0
        return mark.upto if mark.log == self._log else 0
