"""One ticket of one day, out of the journal: what happened to it, and for each call whom it overtook and why.

The journal is replayed through ``evolve`` up to just before each call, so that what is told is what the machine had
before it, not what it says of itself (R-CORE-05). Reading only: the controller may be writing meanwhile.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.machine import evolve
from firmware_py.core.model import Ticket
from firmware_py.core.overtaking import agrees, overtaken
from firmware_py.core.plan import Service
from firmware_py.core.schedule import wall
from firmware_py.core.service_time import waited_ms
from firmware_py.core.snapshot import thaw
from firmware_py.errors import HallError, JournalError
from firmware_py.journal.reader import JournalReader
from firmware_py.journal.snapshot import read_snapshots
from firmware_py.phrases import telling, text

_EVENTS = msgspec.json.Decoder(e.HallEvent)
_NUMBER = re.compile(r"([A-Za-z]+)(\d+)")
_NEAREST = 5

Progress = Callable[[int, int], None]
"""Told (records read, records there are)."""


class Waiting(msgspec.Struct, frozen=True):
    """Somebody who had taken a number earlier and was still waiting: since when by the wall (ms), and how long."""

    ticket: str
    service: str
    klass: str
    since: int
    waited_ms: int


class Call(msgspec.Struct, frozen=True):
    """One call: ``wall`` is local time (ms); ``approver`` and ``because`` stand where somebody answers for it.

    ``recorded`` is how many it overtook by its record, ``overtaken`` who they were by the journal; ``agrees`` tells
    whether count and key range of the two are the same.
    """

    seq: int
    wall: int
    desk: int
    rule: str
    why: str
    klass: str
    waited_ms: int
    recorded: int
    overtaken: tuple[Waiting, ...]
    agrees: bool
    approver: str = ""
    because: str = ""


class Step(msgspec.Struct, frozen=True):
    """One thing that happened to it, in words."""

    seq: int
    wall: int
    sentence: str


class History(msgspec.Struct, frozen=True):
    """Everything about one ticket of one business day."""

    day: str
    ticket: str
    service: str
    state: str
    calls: tuple[Call, ...]
    steps: tuple[Step, ...]


class NoSuchTicket(HallError):
    """There is none of that number, or no such day; the sentence names what is nearest."""


def history(path: Path, number: str, day: str = "", *, progress: Progress | None = None) -> History:
    """What happened to ticket ``number`` on ``day``, "" = the journal's last business day.

    Raises:
        NoSuchTicket: nothing did.
        JournalError: the file cannot be read, or not by this release.
    """
    number = _spelled(number)
    with JournalReader.open(path) as reader:
        teller = _Telling(_start(reader, number, day), number)
        last = reader.head.seq
        for seq, event in _events(reader, teller.hall.seq):
            if isinstance(event, e.DayOpened) and day and teller.hall.day == day:
                break
            teller.tell(seq, event)
            if progress is not None and not seq % 1000:
                progress(seq, last)
    if progress is not None:
        progress(last, last)
    return teller.told(day)


def _spelled(number: str) -> str:
    """``a12`` is A012: people write numbers as they say them."""
    match = _NUMBER.fullmatch(number.strip())
    return f"{match[1].upper()}{int(match[2]):03d}" if match else number.strip()


def _start(reader: JournalReader, number: str, day: str) -> Hall:
    """The hall of the newest snapshot from before the ticket; else an empty one, and the whole history is read.

    Raises:
        JournalError: the file continues another one, and what stood there is not known.
    """
    for snapshot in read_snapshots(reader.path, reader.log):
        hall = thaw(snapshot.payload) if reader.hash_at(snapshot.seq) == snapshot.hash else None
        if hall is None or hall.seq != snapshot.seq:
            continue
        before = hall.day < day if day else False
        if before or (hall.day == (day or hall.day) and number not in hall.tickets):
            return hall
    before_log, before_seq = reader.predecessor
    if before_seq:
        raise JournalError(text("explain.continues", file=str(reader.path), log=before_log))
    return Hall()


def _events(reader: JournalReader, after: int) -> Iterator[tuple[int, e.HallEvent]]:
    for seq, kind, data, _, _ in reader.replay(after):
        try:
            yield seq, _EVENTS.decode(data)
        except msgspec.MsgspecError as error:
            raise JournalError(text("explain.newer", file=str(reader.path), n=seq, kind=kind)) from error


class _Telling:
    """The hall as it is replayed, and what is said of one ticket on the way; a new day forgets the one before."""

    def __init__(self, hall: Hall, number: str) -> None:
        self.hall = hall
        self._number = number
        self._calls: list[Call] = []
        self._steps: list[Step] = []
        self._granted: e.Granted | None = None
        self._seen: list[str] = [hall.day] if hall.day else []

    def tell(self, seq: int, event: e.HallEvent) -> None:
        hall, number = self.hall, self._number
        if isinstance(event, e.DayOpened):
            self._calls, self._steps, self._granted = [], [], None
            self._seen.append(event.day)
        mine = number in {getattr(event, "ticket", ""), getattr(event, "subject", "")}
        if mine and isinstance(event, e.Called):
            self._calls.append(self._call(seq, event))
        if mine and isinstance(event, e.Granted):
            self._granted = event
        evolve(hall, event)
        if mine:
            self._steps.append(Step(seq, wall(hall, event.at), telling.sentence(event, hall.plan)))

    def told(self, day: str) -> History:
        hall, number = self.hall, self._number
        if not hall.day or (day and hall.day != day):
            days = text("telling.between").join(self._seen[-_NEAREST:]) or text("explain.none")
            raise NoSuchTicket(text("explain.no_day", day=day or text("explain.any_day"), days=days))
        ticket = hall.tickets.get(number)
        if ticket is None:
            near = text("telling.between").join(_nearest(number, list(hall.tickets))) or text("explain.none")
            raise NoSuchTicket(text("explain.no_ticket", day=hall.day, ticket=number, near=near))
        service = _service(hall, ticket)
        return History(hall.day, number, service, ticket.state.value, tuple(self._calls), tuple(self._steps))

    def _call(self, seq: int, called: e.Called) -> Call:
        hall, chosen = self.hall, self.hall.tickets[called.ticket]
        rebuilt = overtaken(hall, called)
        approver, because = called.approver, called.reason
        if not approver and self._granted is not None and called.rule == "granted":
            approver, because = self._granted.approver, self._granted.reason
        return Call(
            seq=seq,
            wall=wall(hall, called.at),
            desk=called.desk,
            rule=called.rule,
            why=telling.why(called, hall.plan) or text("why.ordinary") + text("why.nobody"),
            klass=chosen.klass.value,
            waited_ms=waited_ms(hall, chosen.accepted_at, called.at),
            recorded=called.overtaken,
            overtaken=tuple(_waiting(hall, ticket, called.at) for ticket in rebuilt),
            agrees=agrees(called, rebuilt),
            approver=approver,
            because=because,
        )


def _waiting(hall: Hall, ticket: Ticket, at: int) -> Waiting:
    since = wall(hall, ticket.accepted_at)
    service = _service(hall, ticket)
    return Waiting(ticket.number, service, ticket.klass.value, since, waited_ms(hall, ticket.accepted_at, at))


def _service(hall: Hall, ticket: Ticket) -> str:
    """Its name as staff know it."""
    service: Service | None = hall.plan.service(ticket.service)
    return service.name if service else ticket.service


def _nearest(number: str, others: list[str]) -> list[str]:
    """Numbers of the same prefix nearest to it, else the first of the day; in their order."""
    match = _NUMBER.fullmatch(number)
    if match is None:
        return sorted(others)[:_NEAREST]

    def distance(other: str) -> tuple[bool, int]:
        found = _NUMBER.fullmatch(other)
        return (found is None or found[1] != match[1], abs(int(found[2]) - int(match[2])) if found else 0)

    return sorted(sorted(others, key=distance)[:_NEAREST])
