"""An inbox that a test can wait on."""

import queue
import time
from collections.abc import Callable

from firmware_py.link import LinkDown, LinkUp, Received

PATIENCE_S = 10.0


class Inbox:
    """Everything an instance heard, in order; ``put`` is what its link gets."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[object] = queue.SimpleQueue()
        self.heard: list[object] = []
        """All that was taken so far."""

    def put(self, item: object) -> None:
        self._queue.put(item)

    def until(self, wanted: Callable[[object], bool], patience_s: float = PATIENCE_S) -> list[object]:
        """Take items until one is wanted; answers all that were taken now, the wanted one last."""
        taken: list[object] = []
        deadline = time.monotonic() + patience_s
        while True:
            try:
                item = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"never heard what was waited for; heard {taken}") from None
            taken.append(item)
            self.heard.append(item)
            if wanted(item):
                return taken

    def up(self) -> list[object]:
        """Wait for the link to come up."""
        return self.until(lambda item: isinstance(item, LinkUp))

    def down(self) -> LinkDown:
        """Wait for the link to go down."""
        item = self.until(lambda item: isinstance(item, LinkDown))[-1]
        assert isinstance(item, LinkDown)
        return item

    def message(self, topic: str, payload: bytes | None = None) -> Received:
        """Wait for a message on a topic (and with a payload)."""
        item = self.until(
            lambda item: isinstance(item, Received) and item.topic == topic and payload in {None, item.payload}
        )[-1]
        assert isinstance(item, Received)
        return item

    def messages_until(self, topic: str, payload: bytes | None = None) -> list[Received]:
        """Every message taken until this one came, itself last."""
        taken = self.until(
            lambda item: isinstance(item, Received) and item.topic == topic and payload in {None, item.payload}
        )
        return [item for item in taken if isinstance(item, Received)]
