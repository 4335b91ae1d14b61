"""A process that appends and says which seqs are acknowledged, until it is killed."""

import sys
from pathlib import Path

from firmware_py.journal.store import Journal
from tests.journal.facts import AT_MS, facts


def main() -> None:
    journal = Journal.open(Path(sys.argv[1]), boot="child")
    if journal.replaced is not None:
        sys.stdout.write(f"replaced {journal.replaced_because}\n")
    turn = 0
    while True:
        records = journal.append(facts(1 + turn % 3))
        sys.stdout.write(f"{records[-1].seq} {records[-1].hash}\n")
        sys.stdout.flush()
        if turn % 50 == 49:
            journal.snapshot(b"state" * 1000, journal.head, AT_MS)
        turn += 1


if __name__ == "__main__":
    main()
