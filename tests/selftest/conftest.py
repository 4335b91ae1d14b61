"""The Pi of these tests, in a folder whose path is short enough for sockets."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from tests.selftest.wired_pi import WiredPi

Make = Callable[[Mapping[str, Mapping[str, object]]], WiredPi]


@pytest.fixture
def make_pi() -> Iterator[Make]:
    """Builds a Pi whose named tables of device.toml differ."""
    made: list[WiredPi] = []
    with tempfile.TemporaryDirectory(prefix="pi-") as folder:

        def make(changed: Mapping[str, Mapping[str, object]]) -> WiredPi:
            made.append(WiredPi(Path(folder), changed))
            return made[-1]

        yield make
        for each in made:
            each.close()


@pytest.fixture
def pi(make_pi: Make) -> WiredPi:
    """The usual one."""
    return make_pi({})
