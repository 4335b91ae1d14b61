"""Which wires of a device.toml may have several owners, and what is said about the others."""

from pathlib import Path

import pytest

from firmware_py.errors import ConfigError
from firmware_py.runtime.config import load
from tests.runtime.config_files import changed

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
ROW = (EXAMPLES / "device-row.toml").read_text("utf-8")
HALL = EXAMPLES / "weekday-hall" / "hall.toml"


def problems(folder: Path, text: str) -> list[str]:
    path = folder / "device.toml"
    path.write_text(text, "utf-8")
    try:
        load(HALL, path)
    except ConfigError as error:
        return error.problems
    return []


def test_the_uplink_runs_with_nobody(tmp_path: Path) -> None:
    uplink = '\n[[instance]]\nid = "uplink"\nrole = "uplink"\ntogether = "row1"\ncentre = { host = "localhost" }\n'
    [problem] = problems(tmp_path, ROW + uplink)
    assert ".together: found" in problem
    assert "the uplink runs by itself" in problem


def test_a_row_of_desks_may_share_its_two_buses(tmp_path: Path) -> None:
    assert problems(tmp_path, ROW) == []


@pytest.mark.parametrize(
    ("old", "new", "path", "said"),
    [
        ('role = "desk"\ntogether = "row1"\ndesk = 2', 'role = "desk"\ndesk = 2', "instance[2].pad.port", '"together"'),
        (
            'role = "desk"\ntogether = "row1"\ndesk = 2',
            'role = "desk"\ndesk = 2',
            "instance[2].sign.port",
            '"together"',
        ),
        (
            'role = "evaluator"\ntogether = "row1"\ndesk = 2',
            'role = "evaluator"\ntogether = "row2"\ndesk = 2',
            "instance[3].keypad.port",
            "instance[0].pad.port has this one",
        ),
        (
            'port = "/dev/hall/pads"\naddress = 2\n\n[instance.sign]',
            'port = "/dev/hall/pads"\naddress = 1\n\n[instance.sign]',
            "instance[2].pad.address",
            "an address of its own on the wire; instance[0].pad.address",
        ),
        (
            'port = "/dev/hall/signs"\naddress = 2',
            'port = "/dev/hall/signs"\naddress = 1',
            "instance[2].sign.address",
            "an address of its own on the wire; instance[0].sign.address",
        ),
        (
            'port = "/dev/hall/signs"\naddress = 2',
            'port = "/dev/hall/signs"\naddress = 2\nbaud = 9600',
            "instance[2].sign.baud",
            "57600, as at instance[0].sign: one wire, one speed",
        ),
        (
            'driver = "onbon"\nport = "/dev/hall/signs"\naddress = 2',
            'driver = "strip"\nport = "/dev/hall/signs"\naddress = 2',
            "instance[2].sign.port",
            "a wire of its own",
        ),
        ('port = "/dev/hall/signs"\naddress = 2', 'port = "/dev/hall/pads"\naddress = 2', "sign.port", "of its own"),
        (  # a frame names the make of the card it is for
            'port = "/dev/hall/signs"\naddress = 2',
            'port = "/dev/hall/signs"\naddress = 2\ncard = "6K1"',
            "instance[2].sign.port",
            "a wire of its own",
        ),
    ],
)
def test_what_may_not_be_shared_is_said_at_its_path(tmp_path: Path, old: str, new: str, path: str, said: str) -> None:
    found = [line for line in problems(tmp_path, changed(ROW, old, new)) if f"{path}: found" in line]
    assert len(found) == 1
    assert said in found[0]
