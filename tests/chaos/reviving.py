"""Starts a controller again as soon as it dies, as systemd would, and notes in which step of the test it died."""

import threading

from tests.chaos.killable_hall import KillableHall


class Reviver:
    """Watches inside its ``with`` block; one death is expected at most, and forgiven."""

    def __init__(self, hall: KillableHall) -> None:
        self._hall = hall
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.step = "before"
        """What the test is doing; the test says so."""
        self.died_in = ""
        """The step in which the controller died; "" = it did not."""

    def __enter__(self) -> "Reviver":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        last = False
        while not last and not self.died_in:
            last = self._over.is_set()
            if self._hall.ended_within(0.01):
                self.died_in = self.step
                self._hall.start()
