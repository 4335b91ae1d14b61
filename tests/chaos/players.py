"""The hall's people, on real links: kiosks that take, clerks who call and finish, citizens who rate."""

import queue
import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from drivers import monotonic_ms
from drivers.keypad import LevelPressed
from evaluator.keeping import Keeping, SendBatch
from evaluator.rating import Evaluator, Invite
from evaluator.rating_daemon import last_press
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.views import DeskView
from firmware_py.journal.reader import JournalReader
from firmware_py.link import Link, Received, decode
from firmware_py.link.payloads import PublicEvent
from firmware_py.runtime.clock import OffsetClock
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.loop import Loop
from firmware_py.runtime.on_link import OnLink
from sync.stream.wire import Ack, decode_ack
from tests.chaos.killable_hall import BOARD, KIOSKS, PATIENCE_S, SERVICES, KillableHall, evaluator, pad
from tests.chaos.ledger import Ledger

RETRY_S: Final = 0.2
"""Five times as often as a real kiosk: repeats of one cmd_id are what must stay harmless."""

LEVELS: Final = (5, 4, 3, 2, 1)


class Asker:
    """One instance that asks, and repeats the same request until it is answered."""

    def __init__(self, link: Link, ledger: Ledger, *patterns: str) -> None:
        self.link = link
        self._ledger = ledger
        self._inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._count = 0
        self.view: DeskView | None = None
        """The newest desk state heard."""
        link.subscribe(link.topics.answer(link.instance))
        for pattern in patterns:
            link.subscribe(pattern)
        link.open(self._inbox.put)

    def close(self) -> None:
        """Leave."""
        self.link.close()

    def ask(self, command: c.HallCommand) -> c.Answer:
        """The first answer to the command, however often it takes to get one."""
        self._count += 1
        asked = self._ledger.ask(f"{self.link.instance}.{self._count}", self.link.instance, command)
        return self.insist(asked.cmd_id, command)

    def insist(self, cmd_id: str, command: c.HallCommand) -> c.Answer:
        """Ask under this name, again and again."""
        asked = self._ledger.ask(cmd_id, self.link.instance, command)
        found: list[c.Answer] = []
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if self.link.send(c.Request(cmd_id, command)):
                asked.sent += 1
            if self._until(lambda: bool(found), RETRY_S, found, cmd_id):
                return found[0]
        raise AssertionError(f"nobody answered {cmd_id} {command}")

    def see(self, condition: Callable[[DeskView], bool]) -> None:
        """Wait until the desk's state is so."""
        if not self._until(lambda: self.view is not None and condition(self.view), PATIENCE_S):
            raise AssertionError(f"{self.link.instance} never saw it; it sees {self.view}")

    def pause(self, seconds: float) -> None:
        """Do nothing but listen."""
        self._until(lambda: False, seconds)

    def _until(
        self, condition: Callable[[], bool], seconds: float, found: list[c.Answer] | None = None, cmd_id: str = ""
    ) -> bool:
        deadline = time.monotonic() + seconds
        while not condition():
            try:
                item = self._inbox.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return False
            if not isinstance(item, Received):
                continue
            if item.topic == self.link.topics.answer(self.link.instance):
                answer = decode(item.payload, c.Answer)
                self._ledger.answered(answer)
                if found is not None and answer.cmd_id == cmd_id:
                    found.append(answer)
            elif item.payload:
                self.view = decode(item.payload, DeskView)
        return True


class Keypad:
    """A real evaluator daemon but for its wire: its journal, its stream and its logic, in a thread of its own."""

    def __init__(self, hall: KillableHall, link: Link, desk: int, state: Path, ledger: Ledger) -> None:
        name, topics, clock = evaluator(desk), link.topics, OffsetClock(hall.clock_offset)
        self.journal: Final = state / name / "journal.db"
        self.journal.parent.mkdir(parents=True, exist_ok=True)
        self._invited: queue.SimpleQueue[float] = queue.SimpleQueue()
        keeping = Keeping(
            name,
            self.journal,
            "chaos",
            clock,
            topics,
            lambda journal: Evaluator(
                name, desk=desk, address=1, levels=LEVELS, topics=topics, last=last_press(journal)
            ),
        )

        def perform(effect: object, now: int) -> None:
            match effect:
                case SendBatch(payload):
                    link.publish(topics.log(name), payload)
                case SetStatus(lifecycle):
                    link.set_status(lifecycle)
                case Invite():
                    self._invited.put(now)

        inbox: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._loop = Loop(
            name,
            keeping,
            perform,
            clock=clock,
            inbox=inbox,
            resources=[keeping, OnLink(link, self._hear, [topics.rating(name), topics.ack(name)])],
        )
        self._ack_topic = topics.ack(name)
        self._ledger = ledger
        self._acked = Ack("", 0)
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def _run(self) -> None:
        with self._ledger.watching():
            self._loop.run()

    def _hear(self, item: object) -> None:
        if isinstance(item, Received) and item.topic == self._ack_topic and item.payload:
            self._acked = decode_ack(item.payload)
        self._loop.put(item)

    @property
    def drained(self) -> bool:
        """Whether the controller has said that it holds everything that stands in this journal."""
        with JournalReader.open(self.journal) as reader:
            return reader.head.seq == (self._acked.upto if self._acked.log == reader.log else 0)

    def forget_invitations(self) -> None:
        """Nobody reacted to those so far."""
        while not self._invited.empty():
            self._invited.get()

    def await_invitation(self) -> None:
        """The keypad lights up."""
        self._invited.get(timeout=PATIENCE_S)

    def press(self, level: int) -> None:
        """A citizen presses a level."""
        self._loop.put(LevelPressed(1, LEVELS.index(level), monotonic_ms()))

    def close(self) -> None:
        """Switch it off; what it has journalled stays."""
        self._loop.stop()
        self._thread.join(PATIENCE_S)


class Kiosk:
    """Takes numbers and reports what became of the paper."""

    def __init__(self, hall: KillableHall, instance: str, ledger: Ledger, chance: random.Random) -> None:
        self.asker = Asker(hall.link(instance), ledger)
        self._chance = chance

    def visit(self) -> str:
        """One citizen; the number on the slip, or "" without one."""
        service = self._chance.choice(sorted(SERVICES))
        answer = self.asker.ask(c.Take(service, "G" if self._chance.random() < 0.15 else "X"))
        if not isinstance(answer.event, e.Taken):
            raise AssertionError(f"no number: {answer}")
        ticket, luck = answer.event.ticket, self._chance.random()
        outcome: c.HallCommand = c.ReportPrinted(ticket)
        if luck < 0.05:
            outcome = c.ReportPrintFailed(ticket, "paper_out")
        elif luck < 0.1:
            outcome = c.ReportPrintUnknown(ticket, "cable")
        self.asker.ask(outcome)
        return ticket

    def work(self, stop: threading.Event) -> None:
        """Until the hall closes."""
        while not stop.is_set():
            self.visit()
            self.asker.pause(self._chance.uniform(0.0, 0.06))


class Clerk:
    """A desk's pad and its citizens: calls, recalls, passes, waits, finishes, and sees the ratings come in."""

    def __init__(self, hall: KillableHall, desk: int, keypad: Keypad, ledger: Ledger, chance: random.Random) -> None:
        link = hall.link(pad(desk))
        self.asker = Asker(link, ledger, link.topics.desk(desk))
        self._desk = desk
        self._keypad = keypad
        self._chance = chance
        self._unseen = False

    def log_in(self) -> None:
        """Sit down."""
        self.asker.ask(c.Login(self._desk))

    def work(self, stop: threading.Event) -> None:
        """Until the hall closes."""
        self.log_in()
        while not stop.is_set():
            if not self.call():
                self.asker.pause(0.1)
                continue
            luck = self._chance.random()
            if luck < 0.1:
                self.pass_over()
            elif luck < 0.2:
                self.asker.ask(c.Wait(self._desk))
                self.asker.ask(c.ResumeDesk(self._desk))
            else:
                self.serve()
                if self._chance.random() < 0.75:
                    self.rate(self._chance.choice(LEVELS), corrected=self._chance.random() < 0.3)
                    self.see_rating()

    def call(self) -> bool:
        """下一位; False = nobody waits."""
        answer = self.asker.ask(c.Next(self._desk))
        if not answer.accepted and answer.refusal not in {"nobody_waiting", "call_running"}:
            raise AssertionError(f"desk {self._desk}: {answer}")
        # a repeat that was on its way when the refusal came may have been decided anew: then somebody is called
        return answer.accepted or answer.refusal == "call_running"

    def pass_over(self) -> None:
        """The citizen does not come, not even when called again, and is back later."""
        view = self.asker.view
        for command in (c.Recall(self._desk), c.Pass(self._desk)):
            while not self.asker.ask(command).accepted:  # each has its second to wait for
                self.asker.pause(0.3)
        if view is not None and view.ticket:
            self.asker.ask(c.ReturnTicket(view.ticket))

    def serve(self) -> None:
        """到达, 办结."""
        self._keypad.forget_invitations()
        self.asker.ask(c.Arrive(self._desk))
        while (answer := self.asker.ask(c.Finish(self._desk))).refusal == "rating_open":
            self.asker.pause(0.3)
        if not isinstance(answer.event, e.RatingOpened):
            raise AssertionError(f"desk {self._desk}: nobody was invited: {answer}")

    def rate(self, level: int, *, corrected: bool = False) -> None:
        """The citizen presses."""
        self._keypad.await_invitation()
        self._keypad.press(level)
        if corrected:
            self._keypad.press(level % 5 + 1)
        self._unseen = True

    def see_rating(self, unless: Callable[[], bool] = lambda: False) -> None:
        """The sign says 已评价: only then is it certain that the next one's arrival ends no rating on its way."""
        self.asker.see(lambda view: not self._unseen or view.last_rating_done or unless())
        self._unseen = self._unseen and unless()


class Board:
    """Hears every event the hall is told, and nothing else."""

    def __init__(self, hall: KillableHall, ledger: Ledger) -> None:
        self._link = hall.link(BOARD)
        self._ledger = ledger
        self._link.subscribe(self._link.topics.event("+"))
        self._link.open(self._hear)

    def _hear(self, item: object) -> None:
        if isinstance(item, Received):
            event = decode(item.payload, PublicEvent)
            self._ledger.published(event.id, event.type)

    def close(self) -> None:
        """Leave."""
        self._link.close()


class Crowd:
    """Everybody at once: two kiosks, four desks with their evaluators, and the board."""

    def __init__(self, hall: KillableHall, state: Path, desks: tuple[int, ...], ledger: Ledger, seed: int) -> None:
        self._stop = threading.Event()
        self._ledger = ledger
        self.board = Board(hall, ledger)
        self.keypads = {desk: Keypad(hall, hall.link(evaluator(desk)), desk, state, ledger) for desk in desks}
        self.kiosks = [Kiosk(hall, kiosk, ledger, random.Random(f"{seed}{kiosk}")) for kiosk in KIOSKS]
        self.clerks = [
            Clerk(hall, desk, keypad, ledger, random.Random(f"{seed}{desk}")) for desk, keypad in self.keypads.items()
        ]
        self._threads = [
            threading.Thread(target=self._work, args=(player,), name=player.asker.link.instance)
            for player in (*self.kiosks, *self.clerks)
        ]

    def _work(self, player: Kiosk | Clerk) -> None:
        with self._ledger.watching():
            player.work(self._stop)

    def begin(self) -> None:
        """Everybody starts."""
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Nobody begins anything new; everything asked is still answered, every rating still delivered."""
        self._stop.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(2 * PATIENCE_S)
        self._ledger.demand_no_failure()
        deadline = time.monotonic() + PATIENCE_S
        while not all(keypad.drained for keypad in self.keypads.values()):
            if time.monotonic() > deadline:
                raise AssertionError("an evaluator's journal was never acknowledged to its end")
            self.clerks[0].asker.pause(0.05)

    @property
    def journals(self) -> list[Path]:
        """Of the evaluators."""
        return [keypad.journal for keypad in self.keypads.values()]

    def close(self) -> None:
        """Everybody leaves."""
        self._stop.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(2 * PATIENCE_S)
        for player in (*self.kiosks, *self.clerks):
            player.asker.close()
        for keypad in self.keypads.values():
            keypad.close()
        self.board.close()
