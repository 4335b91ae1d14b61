"""A slow virtual printer: what was sent to it, until it gets round to it."""

import time
from collections import deque
from collections.abc import Iterator
from typing import Final

SLOW_S: Final = 1.0
"""Later than a driver waits for a status."""


class PrinterDelay:
    """Holds bytes back while the printer is ``slow``. For the printer's own thread only.

    Args:
        slow_s: how late it is then.
    """

    def __init__(self, slow_s: float) -> None:
        self.slow = False
        self._slow_s = slow_s
        self._late: deque[tuple[float, bytes]] = deque()

    @property
    def next_due(self) -> float | None:
        """``time.monotonic()`` of the next bytes; None = nothing waits."""
        return self._late[0][0] if self._late else None

    def holds_back(self, data: bytes) -> bool:
        """Whether these bytes must wait; nothing overtakes what is late."""
        if self.slow or self._late:
            self._late.append((time.monotonic() + self._slow_s if self.slow else self._late[-1][0], data))
            return True
        return False

    def due(self) -> Iterator[bytes]:
        """What it has got round to by now."""
        while self._late and self._late[0][0] <= time.monotonic():
            yield self._late.popleft()[1]

    def forget(self) -> None:
        """What waits will never arrive."""
        self._late.clear()
