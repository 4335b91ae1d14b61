"""Callers' numbers: in one file for its owner only, soon gone, and everywhere else a hash (R-PHONE-10)."""

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.errors import JournalCorrupt, JournalError
from firmware_py.journal.callers import FILE, KEEP_MS, KEY, Callers, dialled

NOW = 1_795_222_800_000
MOBILE, OFFICE = "13812345678", "053388881234"


@pytest.fixture
def callers(tmp_path: Path) -> Iterator[Callers]:
    callers = Callers.open(tmp_path)
    yield callers
    callers.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def everything(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.name != KEY)


@pytest.mark.req("R-PHONE-10")
def test_a_number_is_found_again_by_its_hash_which_is_sixteen_digits_and_tells_nothing(callers: Callers) -> None:
    caller = callers.remember(MOBILE, NOW)

    assert callers.number_of(caller) == MOBILE
    assert len(caller) == 16
    assert set(caller) <= set("0123456789abcdef")
    assert caller == callers.remember(MOBILE, NOW + 1)
    assert caller != callers.remember(OFFICE, NOW)
    assert callers.number_of("0" * 16) == ""


@pytest.mark.req("R-PHONE-10")
@pytest.mark.parametrize(
    ("told", "kept"),
    [
        (MOBILE, MOBILE),
        ("138 1234-5678", MOBILE),
        ("+8613812345678", MOBILE),
        ("008613812345678", MOBILE),
        ("(0533) 8888.1234", OFFICE),
        ("+4930123456", "4930123456"),
        ("110", "110"),
        ("P", ""),
        ("O", ""),
        ("", ""),
        ("12", ""),
        ("1" * 21, ""),
        ("138\n", ""),
        ("一三八", ""),
        ("138x12345678", ""),
    ],
)
def test_however_the_exchange_writes_a_number_it_is_one_caller_and_what_is_none_is_nobody(told: str, kept: str) -> None:
    assert dialled(told) == kept


@pytest.mark.req("R-PHONE-10")
@given(st.text(max_size=40))
def test_no_text_a_line_sends_becomes_anything_but_digits(told: str) -> None:
    kept = dialled(told)

    assert kept == "" or (kept.isascii() and kept.isdigit())


@pytest.mark.req("R-PHONE-10")
def test_a_caller_without_a_number_is_not_kept(callers: Callers, tmp_path: Path) -> None:
    assert callers.remember("P", NOW) == callers.hash_of("P") == ""

    with sqlite3.connect(tmp_path / FILE) as reading:
        assert reading.execute("SELECT count(*) FROM caller").fetchone() == (0,)
    reading.close()


@pytest.mark.req("R-PHONE-10")
def test_file_and_key_are_their_owners_only_whatever_the_umask_and_whatever_they_were(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Callers.open(tmp_path).close()
        assert (mode(tmp_path / FILE), mode(tmp_path / KEY)) == (0o600, 0o600)
        (tmp_path / FILE).chmod(0o644)
        Callers.open(tmp_path).close()
        assert mode(tmp_path / FILE) == 0o600
    finally:
        os.umask(before)


@pytest.mark.req("R-PHONE-10")
def test_the_hash_stays_the_same_from_start_to_start_and_differs_from_device_to_device(tmp_path: Path) -> None:
    hashes = []
    for folder in ("a", "a", "b"):
        (tmp_path / folder).mkdir(exist_ok=True)
        callers = Callers.open(tmp_path / folder)
        hashes.append(callers.hash_of(MOBILE))
        callers.close()

    assert hashes[0] == hashes[1] != hashes[2]


@pytest.mark.req("R-PHONE-10")
def test_a_number_is_forgotten_seven_days_after_its_last_call_to_the_millisecond(callers: Callers) -> None:
    mobile, office = callers.remember(MOBILE, NOW), callers.remember(OFFICE, NOW)
    callers.remember(OFFICE, NOW + 1)  # called again

    assert callers.purge(NOW + KEEP_MS) == 0
    assert callers.purge(NOW + KEEP_MS + 1) == 1
    assert (callers.number_of(mobile), callers.number_of(office)) == ("", OFFICE)
    assert callers.purge(NOW + KEEP_MS + 2) == 1


@pytest.mark.req("R-PHONE-10")
def test_a_number_dated_by_a_clock_that_was_far_ahead_is_not_kept_for_ever(callers: Callers) -> None:
    callers.remember(MOBILE, NOW + 100 * KEEP_MS)

    assert callers.purge(NOW) == 1


@pytest.mark.req("R-PHONE-10")
def test_what_is_purged_is_in_no_byte_of_any_file(callers: Callers, tmp_path: Path) -> None:
    callers.remember(MOBILE, NOW)
    assert MOBILE.encode() in everything(tmp_path)

    callers.purge(NOW + KEEP_MS + 1)

    assert MOBILE.encode() not in everything(tmp_path)


@pytest.mark.req("R-PHONE-10")
def test_forgetting_everybody_makes_every_hash_of_before_useless(callers: Callers, tmp_path: Path) -> None:
    caller = callers.remember(MOBILE, NOW)
    callers.remember(OFFICE, NOW)

    assert callers.forget_all() == 2

    assert callers.number_of(caller) == ""
    assert MOBILE.encode() not in everything(tmp_path)
    assert callers.remember(MOBILE, NOW) != caller
    callers.close()
    again = Callers.open(tmp_path)
    assert again.hash_of(MOBILE) != caller
    again.close()


@pytest.mark.req("R-PHONE-10")
def test_the_table_is_strict(callers: Callers, tmp_path: Path) -> None:
    callers.remember(MOBILE, NOW)
    writing = sqlite3.connect(tmp_path / FILE)
    with pytest.raises(sqlite3.IntegrityError):
        writing.execute("UPDATE caller SET wall_ms = 'yesterday'")
    writing.close()


@pytest.mark.req("R-PHONE-10", "R-TECH-07")
def test_a_file_that_cannot_be_used_is_said_in_a_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 100)
    with pytest.raises(JournalCorrupt, match="delete it"):
        Callers.open(tmp_path)

    with pytest.raises(JournalError, match="check the owner"):
        Callers.open(tmp_path / "nowhere")


@pytest.mark.req("R-PHONE-10")
def test_a_key_cut_short_by_a_power_cut_is_replaced(tmp_path: Path) -> None:
    (tmp_path / KEY).write_bytes(b"short")

    callers = Callers.open(tmp_path)

    assert len((tmp_path / KEY).read_bytes()) == 32
    assert callers.hash_of(MOBILE)
    callers.close()
