"""The virtual printer's own thread: it serves the cable, runs errands of other threads, and wakes for what is late."""

import queue
import selectors
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future


class PrinterThread:
    """Serves whatever is registered in ``selector``, whose data are called when it is ready.

    Args:
        changed: called after every errand.
        next_late: when (monotonic seconds) to call ``take_late`` without being woken; None = never.
        take_late: does what is due by now.
        ended: gives back what it served; called in the thread at its end, whatever ended it.
    """

    def __init__(
        self,
        changed: Callable[[], None],
        next_late: Callable[[], float | None],
        take_late: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        self.selector = selectors.DefaultSelector()
        self.closing = False
        self._changed = changed
        self._next_late = next_late
        self._take_late = take_late
        self._ended = ended
        self._errands: queue.SimpleQueue[tuple[Callable[[], None], Future[None]]] = queue.SimpleQueue()
        self._bell, self._ear = socket.socketpair()
        self.selector.register(self._ear, selectors.EVENT_READ, self._wake)
        self._thread = threading.Thread(target=self._serve, name="virtual-printer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def do(self, errand: Callable[[], None]) -> None:
        """Have this done between two events; it is done when this returns. From any thread, its own too.

        Raises:
            ValueError: it has ended.
        """
        if self.closing:
            raise ValueError("this printer has been closed")
        done: Future[None] = Future()
        self._errands.put((errand, done))
        if threading.current_thread() is self._thread:
            self._run_errands()
        else:
            self._bell.send(b"\x00")
        done.result()

    def stop(self) -> None:
        """End, and give everything back."""
        self.do(lambda: setattr(self, "closing", True))
        self._thread.join()
        self.selector.close()
        self._bell.close()
        self._ear.close()

    def _serve(self) -> None:
        try:
            while not self.closing:
                late = self._next_late()
                for key, _ in self.selector.select(None if late is None else max(0.0, late - time.monotonic())):
                    key.data()
                self._take_late()
        finally:  # also when a callback raised: nobody may wait for a printer that is gone
            self.closing = True
            self._ended()
            self._run_errands()

    def _wake(self) -> None:
        self._ear.recv(4096)
        self._run_errands()

    def _run_errands(self) -> None:
        while not self._errands.empty():
            errand, done = self._errands.get()
            try:
                errand()
            except Exception as error:
                done.set_exception(error)
            else:
                done.set_result(None)
            self._changed()
