"""A pytest plugin for sabotaged copies of the tree: writes down the first test that failed, and of what.

Property tests draw the same examples each time and are content with the first failure: nobody wants it made smaller.
"""

from collections.abc import Generator
from pathlib import Path

import msgspec
import pytest
from hypothesis import Phase, settings

import firmware_py

NO_VERDICT = frozenset({"NameError", "UnboundLocalError", "ImportError", "ModuleNotFoundError", "SyntaxError"})
"""A failure of these kinds says that the edit was no code, not that a test noticed what it does."""


class Seen(msgspec.Struct, frozen=True):
    """The first failure: the test, what ran (``call``, or ``setup``…), and the kind of the exception."""

    test: str
    when: str
    kind: str

    @property
    def counts(self) -> bool:
        """Whether a test noticed the sabotage."""
        return self.when == "call" and self.kind not in NO_VERDICT


def read_seen(path: Path) -> Seen | None:
    """What the witness wrote down; None = nothing failed."""
    return msgspec.json.decode(path.read_bytes(), type=Seen) if path.exists() else None


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--witness", type=Path, required=True, help="where to write the first failure")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    copy = Path(firmware_py.__file__).resolve().parents[1]
    if copy != config.rootpath.resolve():
        raise pytest.UsageError(f"the tests of {config.rootpath} would run against {copy}")
    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("sabotage", settings.default, database=None, derandomize=True, phases=phases)
    settings.load_profile("sabotage")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        kind = call.excinfo.typename if call.excinfo else ""
        _write(item.config, Seen(item.nodeid, report.when, kind))
    return report


def _write(config: pytest.Config, seen: Seen) -> None:
    path: Path = config.getoption("--witness")
    if not path.exists():
        path.write_bytes(msgspec.json.encode(seen))
