"""What a guest's test is handed."""

import queue
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.vm.inside.header import Header


class Inbox:
    """Where drivers and ports put: a daemon's inbox, waited on with a limit."""

    def __init__(self) -> None:
        self._items: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def put(self, item: object) -> None:
        """From any thread."""
        self._items.put(item)

    def next(self, seconds: float = 20.0) -> Any:
        """The next item.

        Raises:
            Empty: none came.
        """
        return self._items.get(timeout=seconds)

    def await_kind(self, kind: type, seconds: float = 20.0) -> Any:
        """The next item of that kind; what comes before it is let go."""
        while not isinstance(item := self.next(seconds), kind):
            pass
        return item

    @property
    def empty(self) -> bool:
        """Whether nothing waits."""
        return self._items.empty()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def header() -> Iterator[Header]:
    chip = Header()
    yield chip
    chip.close()


@pytest.fixture
def tell_host() -> Callable[[object], None]:
    """Tells the host a fact; what was told stays known there when the guest's power goes."""
    from tests.vm.inside.reporting import tell

    return lambda fact: tell({"fact": fact})


@pytest.fixture
def told_before() -> list[Any]:
    """What was told before the power was cut."""
    from tests.vm.inside.reporting import orders

    return list(orders()["facts"])
