"""What all tests share: examples are judged by what they find, never by how long a busy machine took over them.

``pytest --req R-CORE-07`` runs the tests that hold this requirement and no others; it may be given more than once.
"""

import pytest
from hypothesis import HealthCheck, settings

MOST_SKIPPED = 20
"""One in so many may be skipped where mosquitto, a browser and the virtual Pi are missing."""

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


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A whole run that skips a great part of its tests proves nothing, and must not look as if it did."""
    config = session.config
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput") or config.args_source is not config.ArgsSource.TESTPATHS:
        return
    passed, skipped, left_out = (len(reporter.stats.get(each, ())) for each in ("passed", "skipped", "deselected"))
    if skipped > passed // MOST_SKIPPED and not left_out:
        reporter.write_line(f"{skipped} skipped beside {passed} passed: this run proves too little", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
