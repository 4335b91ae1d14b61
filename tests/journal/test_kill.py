"""Kill -9 while appending: everything acknowledged is there, and nothing is there twice."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from firmware_py.journal.store import Journal
from firmware_py.journal.verify import verify
from tests.journal.facts import BOOT


@pytest.mark.req("R-CORE-02", "R-CORE-21")
def test_everything_acknowledged_before_a_kill_is_there_after_it(tmp_path: Path) -> None:
    path = tmp_path / "hall.db"
    choose = random.Random(20261121)
    acknowledged: dict[int, str] = {}
    for _ in range(10):
        with subprocess.Popen(
            [sys.executable, "-m", "tests.journal.appending_child", str(path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        ) as child:
            assert child.stdout is not None
            for _ in range(choose.randint(1, 300)):
                line = child.stdout.readline()
                assert not line.startswith("replaced"), line
                seq, hash_ = line.split()
                acknowledged[int(seq)] = hash_
            child.kill()
            for line in child.stdout:  # acknowledged while the signal was on its way
                if line.endswith("\n"):
                    seq, hash_ = line.split()
                    acknowledged[int(seq)] = hash_

        with Journal.open(path, boot=BOOT) as journal:
            assert journal.replaced is None
            assert journal.head.seq >= max(acknowledged)
            assert all(journal.hash_at(seq) == hash_ for seq, hash_ in acknowledged.items())
            snapshot = journal.latest_snapshot()
            assert snapshot is None or journal.hash_at(snapshot.seq) == snapshot.hash
    report = verify(path)
    assert report.ok
    assert report.own.checked == report.own.head.seq
