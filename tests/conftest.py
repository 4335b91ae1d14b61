"""What all tests share: examples are judged by what they find, never by how long a busy machine took over them.

``pytest --req R-CORE-07`` runs the tests that hold this requirement and no others; it may be given more than once.
"""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("hall", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hall")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--req", action="append", default=[], metavar="ID", help="only tests that hold this requirement")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = set(config.getoption("--req"))
    if not wanted:
        return
    kept = [item for item in items if wanted & {each for mark in item.iter_markers("req") for each in mark.args}]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
