"""One demo hall for all tests of a module that can share it."""

from collections.abc import Iterator

import pytest

from firmware_py.demo.serving import running
from tests.demo.hall_page import Panel


@pytest.fixture(scope="module")
def panel() -> Iterator[Panel]:
    """A hall on the in-process link, open and ready."""
    with running(state=None, config=None, mqtt=False) as url:
        made = Panel(url)
        made.ready()
        yield made
