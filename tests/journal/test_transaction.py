"""Transactions: all of it is durable or none, and the head in memory never says otherwise."""

from pathlib import Path

import msgspec
import pytest

from firmware_py.errors import JournalError
from firmware_py.journal.store import Journal
from firmware_py.journal.verify import verify
from tests.journal.facts import BOOT, fact, facts


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hall.db"


class Changed(Exception):
    """Something went wrong in the middle of a transaction."""


@pytest.mark.req("R-CORE-02", "R-CORE-21")
def test_a_transaction_that_fails_leaves_file_and_head_as_they_were(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        before = journal.append(facts(3))[-1]
        with pytest.raises(Changed), journal.transaction() as tx:
            tx.append(fact(4))
            tx.append(fact(5))
            raise Changed
        assert journal.head == (3, before.hash)
        assert journal.append([fact(4)])[0].prev_hash == before.hash
    assert verify(path).own.checked == 4


@pytest.mark.req("R-CORE-21")
def test_an_interrupt_right_after_the_commit_does_not_make_the_head_fall_behind(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        with pytest.raises(Changed), journal.transaction() as tx:
            record = tx.append(fact(1))
            journal._connection.execute("COMMIT")
            raise Changed
        assert journal.head == (1, record.hash)
        assert journal.append([fact(2)])[0].prev_hash == record.hash


def test_a_fact_that_cannot_be_stored_takes_its_whole_transaction_back(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        with pytest.raises(ValueError, match="surrogates"):
            journal.append([fact(1), msgspec.structs.replace(fact(2), data="\ud800")])
        with pytest.raises(OverflowError):
            journal.append([fact(1), msgspec.structs.replace(fact(2), desk=2**63)])
        assert journal.head.seq == 0
        assert [r.seq for r in journal.append(facts(2))] == [1, 2]


def test_a_transaction_shows_its_head_before_the_journal_does(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        with journal.transaction() as tx:
            record = tx.append(fact(1))
            assert tx.head == (1, record.hash)
            assert journal.head.seq == 0
        assert journal.head == (1, record.hash)


def test_a_transaction_inside_another_is_refused_and_the_outer_one_survives(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        with journal.transaction() as tx:
            tx.append(fact(1))
            with pytest.raises(JournalError, match="within a transaction"), journal.transaction():
                pass
            tx.append(fact(2))
        assert journal.head.seq == 2


def test_a_transaction_kept_after_its_end_cannot_write(path: Path) -> None:
    with Journal.open(path, boot=BOOT) as journal:
        with journal.transaction() as tx:
            tx.append(fact(1))
        with pytest.raises(JournalError, match="over"):
            tx.append(fact(2))
        with pytest.raises(JournalError, match="over"):
            tx.store("desk3-eval", journal.records(0, 1))
        assert journal.head.seq == 1
