"""The buses every test of this room may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.link.buses import Bus, InProcess, Mosquitto


@pytest.fixture(params=["in-process", "mosquitto"])
def bus(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bus]:
    made: Bus = InProcess() if request.param == "in-process" else Mosquitto(tmp_path / "broker")
    try:
        yield made
    finally:
        made.close()
