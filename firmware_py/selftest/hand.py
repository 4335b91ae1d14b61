"""A driver held by one thread of its own, so that whoever uses it waits only so long: a device may hang its kernel."""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from typing import Final, Generic, TypeVar

from drivers import Driver
from firmware_py.errors import DriverOffline

log = logging.getLogger(__name__)

OPEN_S: Final = 15.0
"""A printer that is silent on a slow serial line is given up sooner."""
CLOSE_S: Final = 6.0

D = TypeVar("D", bound=Driver)
T = TypeVar("T")


class Hand(Generic[D]):
    """The only user of one driver."""

    def __init__(self, driver: D, what: str) -> None:
        self._driver = driver
        self._what = what
        self._stuck = False
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"selftest {what}", daemon=True)
        self._thread.start()

    def do(self, job: Callable[[D], T], limit_s: float) -> T:
        """Have the driver do something and wait for it.

        Raises:
            DriverOffline: as the driver, or it did not come back within ``limit_s`` seconds, now or before.
            DriverFault: as the driver.
        """
        done: queue.SimpleQueue[Callable[[], T]] = queue.SimpleQueue()

        def run() -> None:
            try:
                result = job(self._driver)
            except Exception as error:
                failed = error

                def fail() -> T:
                    raise failed

                done.put(fail)
            else:
                done.put(lambda: result)

        if self._stuck:
            raise DriverOffline(f"{self._what}: the driver is still stuck")
        self._jobs.put(run)
        try:
            answer = done.get(timeout=limit_s)
        except queue.Empty:
            self._stuck = True
            raise DriverOffline(f"{self._what}: the driver did not come back within {limit_s:g} s") from None
        return answer()

    def close(self) -> None:
        """Close the driver; one that is stuck is left behind."""
        self._jobs.put(self._driver.close)
        self._jobs.put(None)
        if not self._stuck:
            self._thread.join(CLOSE_S)
        if self._thread.is_alive():
            log.warning("%s: still busy; leaving it behind", self._what)

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


@contextlib.contextmanager
def holding(driver: D, what: str) -> Iterator[Hand[D]]:
    """The driver open for a while; closed whatever happens.

    Raises:
        DriverOffline, DriverFault: it does not open.
    """
    hand = Hand(driver, what)
    try:
        hand.do(lambda it: it.open(), OPEN_S)
        yield hand
    finally:
        hand.close()
