"""A hall at nine o'clock with everybody at their desks."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hall.whole_hall import WholeHall


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[WholeHall]:
    """Nothing may have been announced in vain when the test is over (invariant 13)."""
    found = WholeHall(tmp_path)
    found.until_nine()
    yield found
    found.close()
    assert found.spoken_in_vain == []
