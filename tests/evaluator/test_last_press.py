"""What an evaluator's journal says of the window before a restart."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from evaluator.rating import LastPress
from evaluator.rating_daemon import last_press
from firmware_py.core import facts as f
from firmware_py.journal.record import Entry
from firmware_py.journal.store import Journal
from tests.hall.small_hall import NINE


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal.open(tmp_path / "journal.db", boot="boot") as journal:
        yield journal


def keep(journal: Journal, *facts: f.EdgeFact) -> None:
    journal.append([Entry(NINE, 0, "desk1-eval", "", "t", "", 1, msgspec.json.encode(fact).decode()) for fact in facts])


def chosen(level: int, elapsed_ms: int, seq: int = 7, *, proof: str = "proven") -> f.LevelChosen:
    return f.LevelChosen(1, level, elapsed_ms, "hall-log", seq, proof)


LOCKED = f.WindowLocked(1, "hall-log", 7)


@pytest.mark.req("R-EVAL-02", "R-CORE-21")
@pytest.mark.parametrize(
    ("facts", "last"),
    [
        ([], LastPress()),
        ([chosen(4, 3000)], LastPress("hall-log", 7, 4, 3000)),
        ([chosen(4, 3000), chosen(5, 6000)], LastPress("hall-log", 7, 5, 3000)),
        ([chosen(4, 3000), LOCKED], LastPress("hall-log", 7, 4, 3000, locked=True)),
        ([chosen(4, 3000), LOCKED, chosen(2, 500, 12)], LastPress("hall-log", 12, 2, 500)),
        ([chosen(4, 3000), f.LevelChosen(1, 1, 0)], LastPress("hall-log", 7, 4, 3000)),
        ([chosen(4, 3000), f.DeviceUp("keypad"), f.WindowLocked(1, "hall-log", 3)], LastPress("hall-log", 7, 4, 3000)),
    ],
)
def test_the_newest_press_with_a_proof_is_found_with_the_time_of_the_first(
    journal: Journal, facts: list[f.EdgeFact], last: LastPress
) -> None:
    keep(journal, *facts)

    assert last_press(journal) == last


def test_a_record_of_a_newer_release_is_skipped(journal: Journal) -> None:
    keep(journal, chosen(4, 3000))
    journal.append([Entry(NINE, 0, "desk1-eval", "", "t", "", 1, '{"type":"level_sung","desk":1}')])

    assert last_press(journal).level == 4
