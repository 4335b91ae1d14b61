"""The controller in a test's hands: its brain over a real journal, items in, effects out, a clock that stands still."""

import shutil
from itertools import count
from pathlib import Path

import msgspec

from firmware_py.controller.brain import Brain, Reply
from firmware_py.controller.memory import Memory
from firmware_py.controller.publishing import Publish
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.plan import Plan
from firmware_py.core.rating import nonce, proof
from firmware_py.core.snapshot import freeze
from firmware_py.journal.record import Entry, Record
from firmware_py.journal.store import Journal
from firmware_py.link import LinkUp, Received, encode
from firmware_py.link.payloads import PublicEvent
from firmware_py.runtime.clock import ManualClock
from firmware_py.runtime.loop import Timer
from sync.stream.wire import Ack, Batch, decode_ack
from tests.hall.small_hall import NINE, PLAN, TOPICS

SECRET = b"the hall's secret, of 32 bytes.."
_IDS = count(1)
_EVENTS = msgspec.json.Decoder(e.HallEvent)


class Controller:
    """One life of the controller in ``folder``, on a link that is up."""

    def __init__(self, folder: Path, plan: Plan = PLAN, clock: ManualClock | None = None, boot: str = "boot-1") -> None:
        self.folder, self.plan = folder, plan
        self.clock = clock or ManualClock(mono_ms=5000, wall_ms=NINE)
        self.memory = Memory(folder / "journal.db", boot=boot, secret=SECRET)
        self.brain = Brain(plan, self.memory, self.clock, secret=SECRET, topics=TOPICS)
        self.brain.open()
        self.told: dict[str, bytes] = {}
        """What a broker would hold on every retained topic."""
        self.events: list[PublicEvent] = []
        self.published: list[Publish] = []
        self.wait(0)
        self.on(LinkUp())

    # --- its people ---------------------------------------------------------------------------------------------------

    @property
    def hall(self) -> Hall:
        return self.memory.hall

    @property
    def path(self) -> Path:
        return self.folder / "journal.db"

    @property
    def log(self) -> str:
        return self.memory.log

    def on(self, item: object) -> list[object]:
        """The effects of one item, published where a broker would keep them."""
        effects = list(self.brain.on(item, self.clock.mono_ms()))
        for effect in effects:
            if isinstance(effect, Publish):
                self._publish(effect)
        return effects

    def _publish(self, effect: Publish) -> None:
        self.published.append(effect)
        if "/event/" in effect.topic:
            self.events.append(msgspec.json.decode(effect.payload, type=PublicEvent))
        elif effect.payload:
            self.told[effect.topic] = effect.payload
        else:
            self.told.pop(effect.topic, None)

    def request(self, instance: str, request: c.Request) -> c.Answer:
        """What the instance is answered."""
        return self.raw(instance, encode(request))

    def raw(self, instance: str, payload: bytes) -> c.Answer:
        """What the instance is answered whatever it sent."""
        [reply] = [each for each in self.on(Received(TOPICS.command(instance), payload)) if isinstance(each, Reply)]
        assert reply.instance == instance
        return reply.answer

    def ask(self, instance: str, command: c.HallCommand, cmd_id: str = "") -> c.Answer:
        """The answer to a new request."""
        return self.request(instance, c.Request(cmd_id or f"cmd-{next(_IDS)}", command))

    def do(self, instance: str, command: c.HallCommand) -> e.HallEvent:
        """The event that a command must lead to."""
        answer = self.ask(instance, command)
        assert answer.event is not None, f"{command}: {answer.refusal} {answer.details}"
        return answer.event

    def take(self, service: str = "social", *, kiosk: str = "kiosk1") -> str:
        """A number, printed."""
        taken = self.do(kiosk, c.Take(service))
        assert isinstance(taken, e.Taken)
        self.do(kiosk, c.ReportPrinted(taken.ticket))
        return taken.ticket

    def finish_a_visit(self, desk: int = 1) -> str:
        """A citizen takes a number, is called, served and finished with; the window is open."""
        number = self.take()
        pad = f"desk{desk}"
        for command in (c.Next(desk), c.Arrive(desk), c.Finish(desk)):
            self.do(pad, command)
        return number

    def hears(self, instance: str, payload: bytes) -> Ack | None:
        """A batch from an instance's journal; the watermark told then."""
        effects = self.on(Received(TOPICS.log(instance), payload))
        acks = [each.payload for each in effects if isinstance(each, Publish) and each.topic == TOPICS.ack(instance)]
        return decode_ack(acks[0]) if acks else None

    def wait(self, ms: int) -> list[object]:
        """Let time pass, waking at every ``due`` as the loop does."""
        until, found = self.clock.mono_ms() + ms, list[object]()
        while (due := self.brain.due()) <= until:
            self.clock.advance(max(0, due - self.clock.mono_ms()))
            found += self.on(Timer())
            assert self.brain.due() > self.clock.mono_ms(), "a timer must move on"
        self.clock.advance(until - self.clock.mono_ms())
        return found

    def jump(self, ms: int) -> None:
        """Let a long time pass in which nothing happens but at its end."""
        self.clock.advance(ms - 2000)
        self.on(Timer())
        self.wait(2000)

    # --- its journal --------------------------------------------------------------------------------------------------

    def journalled(self) -> list[e.HallEvent]:
        """Every event so far, as it stands in the journal."""
        return [_EVENTS.decode(data) for _, _, data, _, _ in self.memory.journal.replay()]

    def of(self, kind: type[e.Event]) -> list[e.HallEvent]:
        return [event for event in self.journalled() if isinstance(event, kind)]

    def frozen(self) -> bytes:
        """The whole hall as one value."""
        return freeze(self.hall)

    # --- the end of a life --------------------------------------------------------------------------------------------

    def close(self) -> None:
        self.brain.close()

    def restarted(self, plan: Plan | None = None, *, boot: str = "boot-1") -> "Controller":
        """Its next life after a stop as systemd does it, which takes a second."""
        self.close()
        self.clock.advance(1000)
        return Controller(self.folder, plan or self.plan, self.clock, boot)

    def after_power_cut(self, dark_ms: int = 60_000) -> "Controller":
        """Its next life on a copy of what the disk held at this instant; the old one is gone without a word."""
        folder = self.folder / "cut"
        folder.mkdir()
        for name in ("journal.db", "journal.db-wal"):
            if (self.folder / name).exists():
                shutil.copy(self.folder / name, folder / name)
        for snapshot in self.folder.glob("journal.db.snapshot-*"):
            shutil.copy(snapshot, folder / snapshot.name)
        self.memory.journal.close()
        clock = ManualClock(mono_ms=3000, wall_ms=self.clock.wall_ms() + dark_ms)
        return Controller(folder, self.plan, clock, boot="boot-2")


class Edge:
    """An instance's own journal and the batches it would send."""

    def __init__(self, folder: Path, instance: str) -> None:
        self.instance = instance
        self.journal = Journal.open(folder / f"{instance}.db", boot="edge")

    def keep(self, *facts: f.EdgeFact) -> bytes:
        """Journal these; their batch."""
        return self.batch(self.records(*facts))

    def keep_raw(self, data: str) -> bytes:
        """Journal something this release does not know; its batch."""
        return self.batch(self.journal.append([Entry(NINE, 0, self.instance, "", "t", "", 0, data)]))

    def records(self, *facts: f.EdgeFact) -> list[Record]:
        entries = [Entry(NINE, 0, self.instance, "", "t", "", 0, msgspec.json.encode(fact).decode()) for fact in facts]
        return self.journal.append(entries)

    def batch(self, records: list[Record]) -> bytes:
        head = self.journal.head
        return encode(Batch(self.journal.log, records[0].seq, tuple(records), head.seq, head.hash))


def opened_controller(folder: Path, plan: Plan = PLAN, desks: tuple[int, ...] = (1, 2, 3)) -> Controller:
    """Nine o'clock, and these desks are staffed."""
    controller = Controller(folder, plan)
    for desk in desks:
        controller.do(f"desk{desk}", c.Login(desk))
    return controller


def genuine_press(
    controller: Controller, number: str, level: int, elapsed_ms: int = 2000, desk: int = 1
) -> f.LevelChosen:
    """What the paired evaluator would keep of a press in this ticket's window."""
    seq, log = controller.hall.tickets[number].window_seq, controller.log
    made = proof(nonce(SECRET, log, seq), log, seq, level, elapsed_ms)
    return f.LevelChosen(desk, level, elapsed_ms, log, seq, made)
