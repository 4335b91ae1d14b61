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


MONO = 5000
"""Monotonic time at which every fact here was kept."""


def keep(journal: Journal, *facts: f.EdgeFact) -> None:
    journal.append(
        [Entry(NINE, MONO, "desk1-eval", "", "t", "", 1, msgspec.json.encode(fact).decode()) for fact in facts]
    )


def chosen(level: int, elapsed_ms: int, seq: int = 7, *, proof: str = "proven") -> f.LevelChosen:
    return f.LevelChosen(1, level, elapsed_ms, "hall-log", seq, proof)


LOCKED = f.WindowLocked(1, "hall-log", 7)


@pytest.mark.req("R-EVAL-02", "R-CORE-21")
@pytest.mark.parametrize(
    ("facts", "last"),
    [
        ([], LastPress()),
        ([chosen(4, 3000)], LastPress("hall-log", 7, 4, 3000, MONO)),
        ([chosen(4, 3000), chosen(5, 6000)], LastPress("hall-log", 7, 5, 3000, MONO)),
        ([chosen(4, 3000), LOCKED], LastPress("hall-log", 7, 4, 3000, MONO, locked=True)),
        ([chosen(4, 3000), LOCKED, chosen(2, 500, 12)], LastPress("hall-log", 12, 2, 500, MONO)),
        ([chosen(4, 3000), f.LevelChosen(1, 1, 0)], LastPress("hall-log", 7, 4, 3000, MONO)),
        (
            [chosen(4, 3000), f.DeviceUp("keypad"), f.WindowLocked(1, "hall-log", 3)],
            LastPress("hall-log", 7, 4, 3000, MONO),
        ),
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


@pytest.mark.req("R-EVAL-02", "R-CORE-21")
def test_the_time_of_the_first_press_is_known_within_one_boot_and_not_beyond(journal: Journal, tmp_path: Path) -> None:
    entry = msgspec.json.encode(chosen(4, 3000)).decode()
    for mono, fact in ((7000, entry), (9000, msgspec.json.encode(chosen(5, 5000)).decode())):
        journal.append([Entry(NINE, mono, "desk1-eval", "", "t", "", 1, fact)])

    here = last_press(journal)
    journal.close()
    with Journal.open(tmp_path / "journal.db", boot="another boot") as rebooted:
        elsewhere = last_press(rebooted)

    assert (here.level, here.elapsed_ms, here.pressed_at) == (5, 3000, 7000)
    assert here.open_for_ms(9500) == 5500  # five seconds from the first press: half of them are left
    assert elsewhere.pressed_at is None
    assert elsewhere.open_for_ms(9500) == 3000
