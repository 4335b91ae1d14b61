"""The highest numbers across power cuts: a file that may be missing, damaged or impossible to write."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.effects import KeepHighest
from kiosk.seen import read_seen, write_seen

NOTHING = KeepHighest("", {})


@pytest.mark.req("R-CORE-03")
def test_what_was_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "highest.json"
    for seen in (KeepHighest("2026-11-21", {"A": 17}), KeepHighest("2026-11-21", {"A": 18, "B": 1000})):
        write_seen(path, seen)
        assert read_seen(path) == seen
    assert [each.name for each in tmp_path.iterdir()] == ["highest.json"]


def test_a_kiosk_that_has_seen_nothing_starts_with_nothing(tmp_path: Path) -> None:
    assert read_seen(tmp_path / "highest.json") == NOTHING


@pytest.mark.req("R-CORE-03")
@given(damage=st.binary(max_size=60))
def test_a_damaged_file_costs_the_safety_net_and_not_the_kiosk(
    tmp_path_factory: pytest.TempPathFactory, damage: bytes
) -> None:
    path = tmp_path_factory.mktemp("kiosk") / "highest.json"
    path.write_bytes(b'{"day":"2026-11-21","highest":' + damage)

    assert isinstance(read_seen(path), KeepHighest)
    write_seen(path, KeepHighest("2026-11-21", {"A": 1}))
    assert read_seen(path) == KeepHighest("2026-11-21", {"A": 1})


def test_half_a_file_left_by_a_power_cut_does_not_hide_the_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "highest.json"
    write_seen(path, KeepHighest("2026-11-21", {"A": 17}))
    path.with_suffix(".new").write_bytes(b'{"day":"2026')

    assert read_seen(path) == KeepHighest("2026-11-21", {"A": 17})


def test_a_folder_that_cannot_be_written_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    write_seen(tmp_path / "missing" / "highest.json", NOTHING)

    assert "cannot be written" in caplog.text
