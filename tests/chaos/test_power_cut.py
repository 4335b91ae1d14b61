"""The power goes: whatever the disk then holds, the hall goes on from it, and nothing it had said is missing."""

import logging
import random
import re
import shutil
from pathlib import Path
from typing import Final

import msgspec
import pytest

from firmware_py.journal.reader import JournalReader
from firmware_py.journal.store import Journal
from firmware_py.journal.verify import verify
from tests.chaos.assassin import need_strace, trace
from tests.chaos.crowd import Crowd
from tests.chaos.effort import LONG, need_mosquitto
from tests.chaos.judging import Told, hall_after, judge, read_story
from tests.chaos.killable_hall import KillableHall
from tests.chaos.ledger import Ledger
from tests.chaos.torn_disk import NOTED, NOTES, Sent, TornDisk, Write, read_notes

log = logging.getLogger(__name__)

COPIES: Final = 60 if LONG else 12
CUTS: Final = 2000 if LONG else 150
COMMITS: Final = 600
"""Enough for SQLite to move its write-ahead log into the file, and to begin the log anew, at least once."""


class Frozen(msgspec.Struct, frozen=True):
    """A copy of the controller's files, and what clients had been told when it was made."""

    journal: Path
    accepted: frozenset[str]
    heard: frozenset[str]


@pytest.mark.chaos
@pytest.mark.req("R-CORE-02", "R-CORE-21")
def test_copies_of_the_running_controllers_files_lack_nothing_that_anybody_was_told(tmp_path: Path) -> None:
    need_mosquitto()
    chance, ledger = random.Random(20261123), Ledger()
    copies: list[Frozen] = []
    with KillableHall(tmp_path) as hall:
        crowd = Crowd(hall, ledger, tmp_path / "edge", seed=1)
        try:
            crowd.work()
            for number in range(COPIES):
                assert ledger.wait_answers(chance.randint(1, 40)), hall.said()
                assert not hall.ended_within(chance.uniform(0.0, 0.01))
                with hall.frozen():
                    to = tmp_path / f"copy{number}"
                    shutil.copytree(hall.state, to)
                    accepted = frozenset(each.cmd_id for each in ledger.asked if each.accepted)
                    copies.append(Frozen(to / hall.journal.name, accepted, frozenset(ledger.events)))
            crowd.finish()
        finally:
            crowd.close()
        assert hall.stop(), hall.said()
        story = judge(hall.journal, ledger, crowd.journals, tmp_path / "judge")
        with JournalReader.open(hall.journal) as reader:
            name = reader.log
    for copy in copies:
        hall_after(copy.journal, tmp_path / "judge")
        assert verify(copy.journal).ok
        held = read_story(copy.journal)
        assert held == story[: len(held)]
        assert copy.accepted <= {told.cmd_id for told in held}
        assert copy.heard <= {f"{name}:{told.seq}" for told in held} | {each for each in copy.heard if ":" not in each}
    assert len({len(read_story(copy.journal)) for copy in copies}) > COPIES // 2


class Said:
    """What the controller has put on the wire so far, as far as it must never be unsaid."""

    def __init__(self, log_id: str, story: list[Told]) -> None:
        self._places = re.compile(rb'"id":"%(log)b:(\d+)"|"log":"%(log)b","seq":(\d+)' % {b"log": log_id.encode()})
        self._last_of = {told.cmd_id.encode(): told.seq for told in story}
        self.seq = 0
        """The newest record of the hall's journal that anybody can know of."""
        self.upto: dict[str, int] = {}
        """Log of an evaluator → what it may believe to be safe."""

    def hear(self, data: bytes) -> None:
        """One packet."""
        places = [int(event or view) for event, view in self._places.findall(data)]
        places += [self._last_of[cmd_id] for cmd_id in re.findall(rb'"cmd_id":"([\w.-]+)","event":\{', data)]
        self.seq = max(self.seq, *places, 0)
        for name, upto in re.findall(rb'"log":"(\w+)","upto":(\d+)', data):
            self.upto[name.decode()] = max(self.upto.get(name.decode(), 0), int(upto))


@pytest.mark.chaos
@pytest.mark.req("R-CORE-02", "R-CORE-21", "R-SYNC-01")
def test_with_only_what_was_synced_and_any_part_of_the_rest_nothing_said_is_missing(tmp_path: Path) -> None:
    need_mosquitto()
    need_strace()
    ledger, notes = Ledger(), tmp_path / "notes"
    with KillableHall(tmp_path) as hall:
        files = (hall.journal, hall.journal.with_name(hall.journal.name + "-wal"))
        crowd = Crowd(hall, ledger, tmp_path / "edge", seed=1)
        try:
            crowd.kiosks[0].visit()
            with trace(hall.pid, NOTED, notes, *NOTES):
                disk = TornDisk({path.name: path.read_bytes() for path in files})
                crowd.work()
                assert ledger.wait_answers(COMMITS), hall.said()
                crowd.finish()
        finally:
            crowd.close()
        assert hall.stop(), hall.said()
        story = judge(hall.journal, ledger, crowd.journals, tmp_path / "judge")
        with JournalReader.open(hall.journal) as final:
            demand_all_that_was_said(disk, notes, final, Said(final.log, story), tmp_path / "cut")


def demand_all_that_was_said(disk: TornDisk, notes: Path, final: JournalReader, said: Said, scratch: Path) -> None:
    """Cut the power at many moments; most while the write-ahead log is moved into the file, and right after words."""
    steps = list(read_notes(notes))
    chance = random.Random(20261123)
    moved = [place for place, step in enumerate(steps) if isinstance(step, Write) and step.name == final.path.name]
    spoken = [place for place, step in enumerate(steps) if isinstance(step, Sent) and len(step.data) > 10]
    assert moved, "nothing was ever moved into the file"
    places = (moved, spoken, range(len(steps)))
    cuts = {place for some in places for place in chance.sample(some, min(CUTS // 3, len(some)))}
    for place, step in enumerate(steps):
        disk.do(step)
        if isinstance(step, Sent):
            said.hear(step.data)
        if place not in cuts:
            continue
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        for name, content in disk.after_power_cut(chance).items():
            (scratch / name).write_bytes(content)
        with Journal.open(scratch / final.path.name, boot="after") as journal:
            assert journal.replaced is None, journal.replaced_because
            assert journal.head.seq >= said.seq
            assert journal.head.hash == final.hash_at(journal.head.seq)
            held = dict(journal.watermarks().values())
            assert all(held.get(name, 0) >= upto for name, upto in said.upto.items())
    assert said.seq > COMMITS // 2
    assert said.upto
