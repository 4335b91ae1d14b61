"""The state diagrams: drawn from the tables, and never behind them."""

import re
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.desks import DESK
from firmware_py.core.lines import LINE
from firmware_py.core.rating_window import WINDOW
from firmware_py.core.states import DeskState, LineState, TicketState
from firmware_py.core.tickets import TICKET
from tests.core.halls import NINE, SECOND, ask, happen, open_hall, serve, state

SCRIPT = Path(__file__).parents[2] / "scripts" / "diagrams"
PAGE = SCRIPT.parents[1] / "docs" / "state-diagrams.md"


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(SCRIPT))


def run(script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(script), *arguments], capture_output=True, text=True, timeout=60, check=False
    )


def section(page: str, title: str) -> str:
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def arrows(page: str, title: str) -> set[tuple[str, str, str]]:
    """(from, to, cause) of one diagram, conditions left out."""
    found = re.findall(r"^    (\S+) --> (\S+) : (.*)$", section(page, title), re.MULTILINE)
    return {
        (source, target, cause.partition(" (")[0]) for source, target, causes in found for cause in causes.split("<br>")
    }


def test_the_page_is_what_the_tables_say_today() -> None:
    checked = run(SCRIPT, "--check")
    assert checked.returncode == 0, checked.stderr


def test_every_row_of_every_table_is_an_arrow(script: dict[str, Any]) -> None:
    page = script["page"]()
    for title, table in (("Ticket", TICKET), ("Desk", DESK), ("Telephone line", LINE)):
        drawn = arrows(page, title)
        for source, row in table.items():
            for event, target in row.items():
                assert (source.value, target.value, event.__struct_config__.tag) in drawn
    drawn = arrows(page, "Rating window")
    assert drawn == {
        (source.value, target.value, step.value) for source, row in WINDOW.items() for step, target in row.items()
    }


def test_every_state_is_called_as_people_call_it(script: dict[str, Any]) -> None:
    page = script["page"]()
    for title, states in (("Ticket", TicketState), ("Desk", DeskState), ("Telephone line", LineState)):
        named = re.findall(r'^    state "([^"]+)" as (\w+)$', section(page, title), re.MULTILINE)
        assert [name for _, name in named] == [each.value for each in states]
        assert all(re.search("[\u4e00-\u9fff]", words) for words, _ in named)


def test_a_stale_page_is_found_out(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "docs").mkdir()
    copy = tmp_path / "scripts" / "diagrams"
    copy.write_bytes(SCRIPT.read_bytes())
    (tmp_path / "docs" / PAGE.name).write_text(PAGE.read_text("utf-8") + " ", "utf-8")
    stale = run(copy, "--check")
    assert (stale.returncode, stale.stderr) == (
        1,
        "docs/state-diagrams.md is stale: run .venv/bin/python scripts/diagrams\n",
    )
    assert run(copy).returncode == 0
    assert run(copy, "--check").returncode == 0


# --- what the drawing knows beyond the tables must be true ------------------------------------------------------------


def test_a_ticket_begins_as_drawn(script: dict[str, Any]) -> None:
    begun = {
        e.Taken: e.Taken(NINE, "A001", "a", "X", "kiosk1", 0),
        e.ManualEntered: e.ManualEntered(NINE, "M001", "a", NINE, "desk1"),
    }
    assert set(script["START"]) == set(begun)
    for kind, event in begun.items():
        hall = open_hall()
        happen(hall, [event])
        assert state(hall, event.ticket) is script["START"][kind]


@pytest.mark.req("R-CORE-29")
def test_a_held_ticket_given_back_is_held_as_drawn(script: dict[str, Any]) -> None:
    hall = open_hall()
    happen(hall, [e.Taken(NINE, "A001", "a", "X", "kiosk1", 0), e.Printed(NINE, "A001")])
    number = serve(hall)
    ask(hall, c.Hold(1), NINE + SECOND)
    ask(hall, c.Transfer(1, "b", reason="走错窗口", ticket=number), NINE + 2 * SECOND)
    happen(hall, [e.TransferUndone(NINE + 3 * SECOND, number, 1)])
    undone = script["UNDONE"]
    assert (undone.source, undone.cause) == ("waiting", "transfer_undone")
    assert state(hall, number) == undone.target
