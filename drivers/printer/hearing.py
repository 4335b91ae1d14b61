"""What has been heard on a printer's wire: answers filed by their kind, until they are used or forgotten."""

import time
from collections import deque
from collections.abc import Callable

from drivers.printer import PrinterStatus
from drivers.printer.replies import Reply, ReplyKind, ReplyReader, read_automatic
from drivers.printer.transport import Transport


class Hearing:
    """The ear of a conversation. Every method that listens raises ``TransportLost`` when the wire breaks."""

    def __init__(self, wire: Transport) -> None:
        self._wire = wire
        self._reader = ReplyReader()
        self.real_time: deque[int] = deque()
        """Answers to ``DLE EOT``, oldest first."""
        self.in_order: list[int] = []
        """Answers to ``GS r``."""
        self.blocks: list[bytes] = []
        self.pushed: PrinterStatus | None = None
        """What the printer told by itself last (``GS a``); never forgotten."""
        self.noise = 0
        """Pieces that are no printer's words."""
        self.doubles = False
        """Answers come twice on this wire."""

    @property
    def says_stopped(self) -> bool:
        """The printer told by itself that it cannot go on."""
        return self.pushed is not None and self.pushed.fault is not None

    def drain(self) -> None:
        """Take in what has come, without waiting."""
        self._take_in(self._wire.drain())

    def listen(self, seconds: float) -> None:
        """Take in what comes for so long."""
        self.wait(time.monotonic() + seconds, lambda: False)

    def wait(self, deadline: float, come: Callable[[], bool]) -> bool:
        """Take in what comes until it is enough; False when the deadline passed first, also amid endless chatter."""
        while not come():
            data = self._wire.read(deadline)
            self._take_in(data)
            if not data or time.monotonic() >= deadline:
                return come()
        return True

    def forget(self) -> None:
        """What was heard so far answers nothing that is asked from now on."""
        self._reader.forget()
        self.real_time.clear()
        self.in_order.clear()
        self.blocks.clear()
        self.noise = 0

    def _take_in(self, data: bytes) -> None:
        for reply in self._reader.feed(data):
            self._file(reply)

    def _file(self, reply: Reply) -> None:
        match reply.kind:
            case ReplyKind.REAL_TIME:
                self.real_time.append(reply.value)
            case ReplyKind.IN_ORDER:
                self.in_order.append(reply.value)
            case ReplyKind.BLOCK:
                self.blocks.append(reply.data)
            case ReplyKind.AUTOMATIC:
                self.pushed = read_automatic(reply.data)
            case ReplyKind.FLOW:
                pass
            case ReplyKind.NOISE:
                self.noise += 1
