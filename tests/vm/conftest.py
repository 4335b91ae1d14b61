"""One set of test files, two machines: the host asks the guest for each item's reports, the guest runs the items."""

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "cuts_power(facts): the guest's power goes when this test has told so many facts"
    )
    config.addinivalue_line("markers", "second_boot: runs on the same disk after the power was cut")


if os.environ.get("HALL_IN_VM") == "1":
    from tests.vm.inside.fixtures import *  # noqa: F403
else:
    from tests.vm.on_the_host import (  # noqa: F401
        pytest_collection_modifyitems,
        pytest_runtest_protocol,
    )
