"""The hall's secret: made once, kept to itself, never guessed around (R-EVAL-04)."""

import stat
from pathlib import Path

import pytest

from firmware_py.controller.secret import LENGTH, read_secret
from firmware_py.errors import ConfigError


@pytest.mark.req("R-EVAL-04")
def test_the_first_start_makes_it_for_its_owner_only_and_every_later_one_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "secret"

    made = read_secret(path)

    assert len(made) == LENGTH
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_secret(path) == made
    assert read_secret(tmp_path / "another") != made
    assert sorted(each.name for each in tmp_path.iterdir()) == ["another", "secret"]


@pytest.mark.req("R-EVAL-04")
def test_a_secret_too_short_to_keep_one_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(b"hunter2")

    with pytest.raises(ConfigError, match=r"secret: 7 bytes, expected at least 32; delete it"):
        read_secret(path)


@pytest.mark.req("R-EVAL-04", "R-CORE-21")
def test_half_a_secret_left_by_a_power_cut_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "secret.new").write_bytes(b"half")

    assert len(read_secret(tmp_path / "secret")) == LENGTH
