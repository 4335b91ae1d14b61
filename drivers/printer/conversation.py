"""Questions to a printer and its answers, as long as one wire is open: status, barrier, clearing its buffers."""

import time
from collections import deque

from drivers.printer import PrinterStatus
from drivers.printer.replies import (
    ASK_ERROR_CAUSE,
    ASK_OFFLINE_CAUSE,
    ASK_PAPER,
    ASK_PRINTER,
    Reply,
    ReplyKind,
    ReplyReader,
    read_status,
)
from drivers.printer.transport import Transport

BARRIER = b"\x1dr\x01"
"""``GS r 1``: executed in its turn and not without paper, so its answer proves what stood before it (1.4)."""
CLEAR_BUFFERS = b"\x10\x05\x02" + b"\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08"
"""``DLE ENQ 2`` and ``DLE DC4 8``: clones know the one, newer printers the other and answer it with ``37 25 00``."""


class Conversation:
    """One open wire with a printer at its end. Every method raises ``TransportLost`` when the wire breaks."""

    def __init__(self, wire: Transport, reply_timeout_s: float) -> None:
        self._wire = wire
        self._reply_timeout_s = reply_timeout_s
        self._reader = ReplyReader()
        self._heard: deque[Reply] = deque()
        self._barrier: int | None = None
        self._barrier_pending = False

    def close(self, *, discard: bool) -> None:
        """End it; ``discard`` throws away what is still on its way. Never raises."""
        self._wire.close(discard=discard)

    def catch_up(self) -> bool:
        """Take in what came unasked since the last call; True when a barrier sent earlier was answered after all."""
        self._heard.extend(self._reader.feed(self._wire.drain()))
        answered = self._barrier is not None or any(reply.kind is ReplyKind.IN_ORDER for reply in self._heard)
        late = self._barrier_pending and answered
        self._barrier_pending = self._barrier_pending and not answered
        self._forget()
        return late

    def ask_status(self) -> PrinterStatus | None:
        """``DLE EOT`` 1 to 4 within the reply time-out; None when not even the first is answered."""
        deadline = time.monotonic() + self._reply_timeout_s
        answers: dict[int, int] = {}
        for question in (ASK_PRINTER, ASK_OFFLINE_CAUSE, ASK_ERROR_CAUSE, ASK_PAPER):
            self._wire.write(bytes((0x10, 0x04, question)), deadline)  # one by one: clones drop what comes meanwhile
            reply = self._await(ReplyKind.REAL_TIME, deadline)
            if reply is None:
                break
            answers[question] = reply.value
        return read_status(answers) if answers else None

    def clear_buffers(self) -> None:
        """Have the printer forget what it has not printed yet, also while it is offline."""
        deadline = time.monotonic() + self._reply_timeout_s
        self._wire.write(CLEAR_BUFFERS, deadline)
        self._barrier_pending = False
        # Clones clear without a word: give them the time they would have had to answer, or the slip is cleared too.
        self._await(ReplyKind.BLOCK, deadline)

    def send(self, job: bytes, allowed_s: float) -> float:
        """Hand over a job with a barrier behind it; returns the deadline for the barrier's answer.

        ``TransportLost.sent`` says how much of it had left. ``allowed_s`` is meant twice, for the handing over and
        for the printing, and on a serial line grows by the time the bytes take.
        """
        self._forget()
        allowed_s += self._wire.seconds_for(len(job))
        self._wire.write(job + BARRIER, time.monotonic() + allowed_s)
        self._barrier_pending = True
        return time.monotonic() + allowed_s

    def hear_barrier(self, deadline: float) -> int | None:
        """The byte that answered the last barrier, waited for until the deadline; None if it has not come."""
        if self._barrier is None:
            self._await(ReplyKind.IN_ORDER, deadline)
        return self._barrier

    def _await(self, kind: ReplyKind, deadline: float) -> Reply | None:
        while True:
            while self._heard:
                reply = self._heard.popleft()
                if reply.kind is ReplyKind.IN_ORDER:
                    self._barrier = reply.value
                if reply.kind is kind:
                    return reply
            data = self._wire.read(deadline)
            if not data:
                return None
            self._heard.extend(self._reader.feed(data))

    def _forget(self) -> None:
        self._reader.forget()
        self._heard.clear()
        self._barrier = None
