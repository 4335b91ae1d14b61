"""The recorded sabotages fit the code as it is, and none of the requirements pinned down exactly goes without one.

Whether the tests notice them is another matter, and takes minutes: ``scripts/sabotage``.
"""

import re
from collections import Counter

import pytest

from tests.sabotage.records import ROOT, RecordError, Sabotage, read_records

RECORDS = read_records()
TABLE = (ROOT / "docs" / "requirements.md").read_text("utf-8")
HELD = set(re.findall(r"^\| (R-\w+-\d\d) \| ★ .* \| `.*` \|$", TABLE, re.MULTILINE))
"""What is pinned down exactly by a test; the table is fresh, or scripts/check complains."""
HEAVIEST = (
    *(f"R-CORE-{number:02d}" for number in (2, 4, 6, 11, 16, 20, 21, 22)),
    *("R-EVAL-02", "R-EVAL-04", "R-PHONE-02", "R-PHONE-03"),
)
"""What goes wrong here costs somebody the turn, or lets somebody write a rating: one sabotage is no proof."""


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: f"{record.requirement}-{record.file}")
def test_a_record_fits_the_code_as_it_is(record: Sabotage) -> None:
    assert not record.flaw()
    assert record.requirement in HELD
    assert record.why.strip()
    for test in record.tests:
        assert (ROOT / test.partition("::")[0]).exists(), f"{record}: {test} is not there"


def test_every_requirement_pinned_down_exactly_is_sabotaged() -> None:
    assert {record.requirement for record in RECORDS} == HELD
    assert len(HELD) > 40


def test_the_heaviest_are_sabotaged_in_two_ways_at_least() -> None:
    counts = Counter(record.requirement for record in RECORDS)
    assert not [requirement for requirement in HEAVIEST if counts[requirement] < 2]


def test_no_two_records_are_the_same_edit() -> None:
    assert len({(record.file, record.find, record.replace) for record in RECORDS}) == len(RECORDS)


@pytest.mark.parametrize(
    ("find", "replace", "finding"),
    [
        ("never", "ever", "stands 0 times"),
        ("a", "b", "stands 2 times"),
        ("b = a", "b = a", "changes nothing"),
    ],
)
def test_an_edit_that_fits_no_more_says_so(find: str, replace: str, finding: str) -> None:
    record = Sabotage("R-CORE-01", "nobody knows", "x.py", find, replace, ())
    with pytest.raises(RecordError, match=finding):
        record.applied("a = 1\nb = a\n")
    assert record.flaw()  # there is no such file
