"""What a record's hash covers."""

import hashlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_py.journal.record import GENESIS, Entry, Record, chain_hash, record_hash, wall_text

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
numbers = st.integers(-(2**63), 2**63 - 1)
records = st.builds(
    Record, texts, numbers, texts, texts, numbers, texts, texts, texts, texts, numbers, texts, texts, texts
)


def as_entry(record: Record) -> Entry:
    return Entry(0, record.mono_ms, record.actor, record.cmd_id, record.type, record.ticket, record.desk, record.data)


@given(records)
def test_the_hash_is_sha256_over_one_json_array_of_all_fields(record: Record) -> None:
    fields = msgspec.structs.astuple(record)[:-1]
    expected = hashlib.sha256(msgspec.json.encode(list(fields))).hexdigest()

    assert record_hash(record) == expected
    assert (
        chain_hash(record.log, record.seq, record.wall, record.boot, record.mono_ms, as_entry(record), record.prev_hash)
        == expected
    )


@pytest.mark.req("R-SYNC-07")
@given(records, records)
def test_two_different_records_never_share_a_hash(one: Record, other: Record) -> None:
    same = msgspec.structs.replace(one, hash="") == msgspec.structs.replace(other, hash="")
    assert (record_hash(one) == record_hash(other)) == same


def test_a_character_that_slides_into_the_next_field_changes_the_hash() -> None:
    record = Record("log", 1, "w", "b", 0, "ab", "c", "t", "A001", 1, "{}", GENESIS, "")
    slid = msgspec.structs.replace(record, actor="a", cmd_id="bc")
    assert record_hash(record) != record_hash(slid)


@pytest.mark.parametrize(
    ("wall_ms", "text"),
    [
        (1_795_241_100_123, "2026-11-21T06:05:00.123Z"),
        (0, "1970-01-01T00:00:00.000Z"),
        (999, "1970-01-01T00:00:00.999Z"),
        (1_798_761_599_999, "2026-12-31T23:59:59.999Z"),
    ],
)
def test_wall_time_is_rfc_3339_utc_with_milliseconds(wall_ms: int, text: str) -> None:
    assert wall_text(wall_ms) == text
