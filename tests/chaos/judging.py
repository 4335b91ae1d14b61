"""Nothing lost, nothing twice: a journal that went through crashes, judged by what clients and evaluators know."""

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from firmware_py.controller.memory import Memory
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.snapshot import freeze
from firmware_py.journal.reader import JournalReader
from firmware_py.journal.verify import verify
from tests.chaos.ledger import Asked, Ledger

_EVENTS = msgspec.json.Decoder(e.HallEvent)
_FACTS = msgspec.json.Decoder(f.EdgeFact)

EFFECT: dict[type[c.Command], tuple[type[e.Event], ...]] = {
    c.Take: (e.Taken,),
    c.ReportPrinted: (e.Printed,),
    c.ReportPrintFailed: (e.PrintFailed,),
    c.ReportPrintUnknown: (e.PrintUnknown,),
    c.ReturnTicket: (e.Returned,),
    c.Login: (e.LoggedIn,),
    c.Next: (e.Called,),
    c.Recall: (e.Recalled,),
    c.Arrive: (e.Arrived,),
    c.Pass: (e.Passed,),
    c.Wait: (e.DeskWaits,),
    c.ResumeDesk: (e.DeskResumed,),
    c.Finish: (e.Finished,),
}
"""The one event that a command is there for; others may stand beside it."""


class Told(msgspec.Struct, frozen=True):
    """One record of the hall's journal, read back."""

    seq: int
    cmd_id: str
    event: e.Event


def read_story(journal: Path) -> list[Told]:
    """The hall's whole history."""
    with JournalReader.open(journal) as reader:
        return [Told(seq, cmd_id, _EVENTS.decode(data)) for seq, _, data, cmd_id, _ in reader.replay()]


def judge(journal: Path, ledger: Ledger, keypads: Iterable[Path], scratch: Path) -> list[Told]:
    """Everything that must hold once all asked commands are answered and all streams drained; answers the story."""
    chains_hold(journal, keypads)
    story = read_story(journal)
    numbers_are_unique(story)
    every_command_has_one_effect(story, ledger.asked)
    nobody_is_called_to_two_desks(story)
    every_rating_counts_once(story, keypads)
    nothing_was_told_that_is_not_so(journal, story, ledger)
    replay_equals_snapshot(journal, scratch)
    return story


def chains_hold(journal: Path, keypads: Iterable[Path]) -> None:
    """Invariant 14: no hole, every hash right; and each evaluator's log is held as it is, to its last record."""
    report = verify(journal)
    assert report.ok, report
    assert report.own.checked == report.own.head.seq
    held = {chain.log: chain.head for chain in report.streams}
    for path in keypads:
        with JournalReader.open(path) as reader:
            assert not reader.head.seq or held[reader.log] == reader.head, path
    assert not list(journal.parent.glob("*.damaged-*"))


def numbers_are_unique(story: Sequence[Told]) -> None:
    """Invariant 1, and R-CORE-03: numbers run from 1 without a gap."""
    taken = [told.event.ticket for told in story if isinstance(told.event, e.Taken)]
    assert len(set(taken)) == len(taken), [number for number, count in Counter(taken).items() if count > 1]
    for prefix in {number[0] for number in taken}:
        numbers = [int(number[1:]) for number in taken if number[0] == prefix]
        assert numbers == list(range(1, len(numbers) + 1)), prefix


def every_command_has_one_effect(story: Sequence[Told], asked: Iterable[Asked]) -> None:
    """R-CORE-22: what was accepted happened, once, as told; every repeat got the first answer."""
    by_command: dict[str, list[Told]] = defaultdict(list)
    for told in story:
        by_command[told.cmd_id].append(told)
    for each in asked:
        assert each.answers, f"{each.cmd_id} {each.command} was never answered"
        done = by_command[each.cmd_id]
        effects = [told.event for told in done if isinstance(told.event, EFFECT[type(each.command)])]
        assert len(effects) <= 1, (each.cmd_id, effects)
        assert [told.seq for told in done] == list(range(done[0].seq, done[0].seq + len(done))) if done else True
        for answer in each.accepted:
            assert effects, f"{each.cmd_id} was answered {answer} and is not in the journal"
            assert answer.event == done[-1].event, each.cmd_id
    known = {each.cmd_id for each in asked} | {""}
    assert set(by_command) <= known


def nobody_is_called_to_two_desks(story: Sequence[Told]) -> None:
    """Invariant 2: a ticket is called, served or rated at one desk at most; a desk has one citizen at most."""
    at_desk: dict[int, str] = {}
    rating: dict[int, str] = {}
    for told in story:
        match told.event:
            case e.Called(_, ticket, desk):
                assert ticket not in {**at_desk, **rating}.values(), (told, at_desk, rating)
                assert desk not in at_desk, (told, at_desk)
                at_desk[desk] = ticket
            case e.Recalled(_, ticket, desk) | e.Arrived(_, ticket, desk):
                assert at_desk.get(desk) == ticket, told
            case e.Passed(_, ticket, desk) | e.Withdrawn(_, ticket, desk):
                assert at_desk.pop(desk) == ticket, told
            case e.Finished(_, ticket, desk):
                assert at_desk.pop(desk) == ticket, told
                assert desk not in rating, (told, rating)
                rating[desk] = ticket
            case e.RatingLocked(_, ticket, desk) | e.RatingClosed(_, ticket, desk) | e.InviteFailed(_, ticket, desk):
                assert rating.pop(desk) == ticket, told


def every_rating_counts_once(story: Sequence[Told], keypads: Iterable[Path]) -> None:
    """Invariant 9: each window that was pressed in has one rating, of the level that was pressed, and no other has."""
    windows = {told.seq: told.event for told in story if isinstance(told.event, e.RatingOpened)}
    finished = Counter(told.event.ticket for told in story if isinstance(told.event, e.Finished))
    invited = Counter(told.event.ticket for told in story if isinstance(told.event, e.RatingOpened | e.InviteFailed))
    assert set(finished) <= set(invited)
    pressed: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for path in keypads:
        for fact in _facts(path):
            if isinstance(fact, f.LevelChosen) and fact.proof:
                pressed[windows[fact.window_seq].ticket].append((fact.level, fact.elapsed_ms))
    rated: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for told in story:
        assert not isinstance(told.event, e.StrayRating), told
        if isinstance(told.event, e.Rated):
            assert told.event.ticket not in rated, told
        if isinstance(told.event, e.Rated | e.RatingCorrected):
            rated[told.event.ticket].append((told.event.level, told.event.elapsed_ms))
    assert rated == pressed


def nothing_was_told_that_is_not_so(journal: Path, story: Sequence[Told], ledger: Ledger) -> None:
    """R-CORE-02: every event the hall was told is in the journal, at the place that it named."""
    with JournalReader.open(journal) as reader:
        log = reader.log
    kinds = {f"{log}:{told.seq}": str(type(told.event).__struct_config__.tag) for told in story}
    heard = {event_id: kind for event_id, kind in ledger.events.items() if kind != "refused"}
    assert heard
    assert heard.items() <= kinds.items(), set(heard.items()) - set(kinds.items())


def replay_equals_snapshot(journal: Path, scratch: Path) -> None:
    """A restart from the snapshot stands where a replay of the whole journal stands."""
    whole = hall_after(journal, scratch / "with")
    bare = hall_after(journal, scratch / "without", snapshots=False)
    assert whole == bare


def hall_after(journal: Path, scratch: Path, *, snapshots: bool = True) -> bytes:
    """The hall that a controller would rebuild from a copy of the journal."""
    copy = copied(journal, scratch)
    found = list(copy.parent.glob("*.snapshot-*"))
    if not snapshots:
        for path in found:
            path.unlink()
    memory = Memory(copy, boot="judge", secret=b"")
    memory.open()
    try:
        assert memory.journal.replaced is None, memory.journal.replaced_because
        return freeze(memory.hall)
    finally:
        memory.journal.close()


def copied(journal: Path, scratch: Path) -> Path:
    """A copy of the journal with all that lies beside it."""
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(journal.parent, scratch)
    return scratch / journal.name


def _facts(journal: Path) -> list[f.Fact]:
    with JournalReader.open(journal) as reader:
        return [_FACTS.decode(data) for _, _, data, _, _ in reader.replay()]
