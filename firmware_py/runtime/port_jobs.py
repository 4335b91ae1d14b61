"""The jobs that wait for a port: in order, a newer one of the same key in the place of the older."""

from collections import deque
from collections.abc import Callable
from typing import Generic, Literal, TypeVar

import msgspec

D = TypeVar("D")

WhenOffline = Literal["fail", "keep_latest"]
"""What becomes of jobs while the wire is gone: ``fail`` all, or ``keep_latest`` of each key and fail those without."""


class Job(msgspec.Struct, Generic[D], frozen=True):
    """One thing to do with a driver. ``key`` names what it is about: only the newest job about it is worth doing."""

    id: str
    do: Callable[[D], object]
    key: str | None = None


class JobQueue(Generic[D]):
    """Not for two threads at once: its port holds a lock."""

    def __init__(self, when_offline: WhenOffline) -> None:
        self._keep_latest = when_offline == "keep_latest"
        self._jobs: deque[Job[D]] = deque()

    def __len__(self) -> int:
        return len(self._jobs)

    def add(self, job: Job[D]) -> None:
        """Queue it, in the place of the one with its key if one waits."""
        place = self._place_of(job.key)
        if place is None:
            self._jobs.append(job)
        else:
            self._jobs[place] = job

    def take(self) -> Job[D] | None:
        """The first, or None."""
        return self._jobs.popleft() if self._jobs else None

    def put_back(self, job: Job[D]) -> bool:
        """Whether a job that the wire's loss ended waits for the wire's return, itself or in a newer one's shape.

        It goes to the end, so that one dead card of a bus does not stand before the others.
        """
        if self._stranded(job):
            return False
        if self._place_of(job.key) is None:
            self._jobs.append(job)
        return True

    def has_stranded(self) -> bool:
        """Whether some job must not wait for the wire's return."""
        return any(map(self._stranded, self._jobs))

    def take_stranded(self) -> list[Job[D]]:
        """The jobs that must not wait for the wire's return."""
        stranded = [job for job in self._jobs if self._stranded(job)]
        self._jobs = deque(job for job in self._jobs if not self._stranded(job))
        return stranded

    def _stranded(self, job: Job[D]) -> bool:
        return not self._keep_latest or job.key is None

    def _place_of(self, key: str | None) -> int | None:
        if key is None:
            return None
        return next((place for place, waiting in enumerate(self._jobs) if waiting.key == key), None)
