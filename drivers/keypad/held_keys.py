"""Which keys are down: one press each however long they are held, and a fault when no finger holds that long."""

import threading
from typing import Final

from firmware_py.errors import DriverFault

STUCK_MS: Final = 30_000
"""A key that has been down for so long is stuck, or something lies on it."""


class HeldKeys:
    """The keys of one device, by name. Edges come from its reader thread, questions from any other.

    Args:
        what: the device, for the fault's text.
        settle_ms: a key that goes down again within this time of coming up has bounced; 0 where the device debounces.
    """

    def __init__(self, what: str, *, settle_ms: int = 0) -> None:
        self._what = what
        self._settle_ms = settle_ms
        self._lock = threading.Lock()
        self._down: dict[str, int] = {}
        self._up: dict[str, tuple[int, int]] = {}
        """Key → when it last went down, and when it came up after that."""

    def down(self, key: str, at: int) -> bool:
        """The key is down at monotonic ``at``; True when that is a press, False when it was down already."""
        with self._lock:
            if key in self._down:
                return False
            since, left = self._up.get(key, (at, at - self._settle_ms))
            bounced = at - left < self._settle_ms
            self._down[key] = since if bounced else at
            return not bounced

    def up(self, key: str, at: int) -> None:
        """The key is up."""
        with self._lock:
            since = self._down.pop(key, None)
            if since is not None:
                self._up[key] = (since, at)

    def clear(self) -> None:
        """Nothing is known of any key: the device is another, or its edges got lost."""
        with self._lock:
            self._down.clear()
            self._up.clear()

    def check(self, now: int) -> None:
        """Say whether every key comes up again.

        Raises:
            DriverFault: ``stuck_key``, with the key's name.
        """
        with self._lock:
            stuck = [f"{key} for {(now - at) // 1000} s" for key, at in self._down.items() if now - at >= STUCK_MS]
        if stuck:
            raise DriverFault("stuck_key", f"{self._what}: held down: {', '.join(stuck)}")
