"""A controller at nine o'clock with its desks staffed, and evaluators' journals, closed when the test is over."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from firmware_py.errors import JournalError
from tests.controller.brains import Controller, Edge, opened_controller


@pytest.fixture
def controller(tmp_path: Path) -> Iterator[Controller]:
    """One life; a test that begins another closes that one itself."""
    found = opened_controller(tmp_path)
    yield found
    with suppress(JournalError):  # a test may have made it unusable
        found.close()


@pytest.fixture
def edge(tmp_path: Path) -> Iterator[Callable[[str], Edge]]:
    """Makes an instance's journal."""
    made: list[Edge] = []

    def make(instance: str) -> Edge:
        made.append(Edge(tmp_path, instance))
        return made[-1]

    yield make
    for each in made:
        each.journal.close()
