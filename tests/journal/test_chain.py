"""Walking a chain of rows as a damaged page may give them."""

from pathlib import Path

import msgspec
import pytest

from firmware_py.journal.chain import ChainWalk, Row
from firmware_py.journal.reader import JournalReader
from firmware_py.journal.record import GENESIS, Entry
from firmware_py.journal.store import Journal
from tests.journal.facts import BOOT


@pytest.fixture
def walk_and_rows(tmp_path: Path) -> tuple[ChainWalk, list[Row]]:
    """A walk at the start of a log of six rows that have empty texts and zeros in them."""
    path = tmp_path / "hall.db"
    with Journal.open(path, boot=BOOT) as journal:
        journal.append([Entry(number, 0, "", "", "opened", "", 0, "{}") for number in range(6)])
    with JournalReader.open(path) as reader:
        return ChainWalk(reader.log, 0, GENESIS), reader.rows(0, 10)


def put(row: Row, column: int, value: object) -> Row:
    """The row with another value in one column, of whatever type."""
    changed = list[object](row)
    changed[column] = value
    return tuple(changed)  # type: ignore[return-value]


@pytest.mark.req("R-SYNC-07")
def test_a_sound_chain_has_no_fault_in_one_piece_or_in_several(walk_and_rows: tuple[ChainWalk, list[Row]]) -> None:
    walk, rows = walk_and_rows
    walk.follow(rows[:2])
    walk.follow([])
    walk.follow(rows[2:])
    assert (walk.seq, bytes.fromhex(walk.hash), walk.checked) == (6, rows[-1][10], 6)
    assert (walk.first_fault, walk.bad, walk.holes) == (None, 0, 0)


@pytest.mark.req("R-SYNC-07")
@pytest.mark.parametrize(
    ("column", "value"),
    [(4, b""), (7, b""), (4, None), (8, None), (8, 0.0), (8, False), (9, b"{}"), (10, None), (10, "0" * 32)],
)
def test_a_value_of_another_type_is_a_fault_even_if_it_reads_the_same(
    walk_and_rows: tuple[ChainWalk, list[Row]], column: int, value: object
) -> None:
    """One flipped bit makes an empty text an empty blob, which has the same canonical bytes."""
    walk, rows = walk_and_rows
    rows[2] = put(rows[2], column, value)
    walk.follow(rows)
    assert walk.first_fault is not None
    assert walk.first_fault.seq == 3
    assert walk.seq == 6


def test_rows_out_of_order_are_a_fault_and_the_walk_still_comes_to_an_end(
    walk_and_rows: tuple[ChainWalk, list[Row]],
) -> None:
    walk, rows = walk_and_rows
    walk.follow([rows[0], rows[1], put(rows[2], 0, 0)])
    assert str(walk.first_fault) == "record 3: expected record 3, found record 0"
    assert walk.seq == 3
    walk.follow(rows[3:])
    assert walk.seq == 6


def test_the_first_fault_is_kept_when_others_follow(walk_and_rows: tuple[ChainWalk, list[Row]]) -> None:
    walk, rows = walk_and_rows
    walk.follow([rows[0], put(rows[1], 9, "[]"), rows[2], put(rows[3], 9, "[]")])
    assert (walk.bad, walk.first_fault and walk.first_fault.seq) == (2, 2)
    walk.stop(5, "a readable record", "noise")
    assert (walk.bad, walk.first_fault and walk.first_fault.seq) == (3, 2)
    assert msgspec.json.encode(walk.first_fault).startswith(b'{"seq":2,')
