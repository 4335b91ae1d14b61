"""Crackling on a telephone line: spikes on its ring detector that are nobody's ringing, until it is mended."""

import threading
import time
from collections.abc import Callable
from random import Random
from typing import Final

_PAUSES_S: Final = (0.0, 0.004, 0.4)
"""Between spikes: bunches, and silences longer than any inside a ring."""
_SPIKE_NS: Final = 1_000_000


class Crackling:
    """The noise of one line. ``spike`` is called with the moments, in monotonic nanoseconds, at which one begins and
    ends."""

    def __init__(self, spike: Callable[[int, int], None]) -> None:
        self._spike = spike
        self._quiet = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Crackle."""
        self.stop()
        self._quiet = threading.Event()
        self._thread = threading.Thread(target=self._crackle, args=(self._quiet,), name="noisy line", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Be quiet. Holds when it returns."""
        thread, self._thread = self._thread, None
        self._quiet.set()
        if thread is not None:
            thread.join()

    def _crackle(self, quiet: threading.Event) -> None:
        random = Random(1)  # the same each time
        while not quiet.wait(random.choice(_PAUSES_S)):
            now = time.monotonic_ns()
            self._spike(now, now + _SPIKE_NS)
