"""The daemons of a whole hall without threads: each one's real logic and link, with far ends that a test can reach."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Literal, Protocol

from caller.board import Board, ShowBoard, Speak
from caller.pad_desk import PadDesk, ShowSign
from caller.pad_signals import Beep, ShowDigits
from drivers.buttons import Pressed
from drivers.keypad import KeyPressed, LevelPressed
from drivers.keypad.keycaps import KEYCAPS
from drivers.phone import CallerHeard, Edge
from drivers.printer import Printed, PrintResult
from evaluator.callers import CallerNumbers
from evaluator.keeping import Keeping, SendBatch
from evaluator.phone import PhoneWatch
from evaluator.rating import Evaluator, Invite, Thank
from evaluator.rating_daemon import last_press
from firmware_py.controller.brain import Brain, Reply
from firmware_py.controller.memory import Memory
from firmware_py.controller.publishing import Publish
from firmware_py.core.plan import DeskPlan, Plan
from firmware_py.errors import DriverOffline
from firmware_py.link import Link, Role, Topics
from firmware_py.link.local import LocalBus
from firmware_py.runtime.clock import Clock
from firmware_py.runtime.effects import Send, SetStatus
from firmware_py.runtime.loop import Logic
from firmware_py.runtime.port_reports import JobDone, JobFailed, PortUp
from firmware_py.runtime.wire_settings.buttons import GUIDE_LAMP, Act
from kiosk.choices import Choice, Habits
from kiosk.dispenser import Dispenser
from kiosk.effects import KeepHighest, LightLamp, PrintNotice, PrintSlip, PrintTransfer, ShowText
from kiosk.seen import read_seen, write_seen
from tests.core.line_signals import Burst, Current, hook, pulses

SECRET = b"the hall's secret, of 32 bytes.."
PRINT_MS, SPEECH_MS = 700, 5000
SIGN_HANZI = 10
ADDRESS = 1
_IDS = count(1)


class World(Protocol):
    """What a station needs of the hall around it."""

    plan: Plan
    bus: LocalBus
    boot: str

    @property
    def clock(self) -> Clock: ...

    def later(self, ms: int, do: Callable[[], None]) -> None:
        """Have a far end do something in so many milliseconds."""
        ...


def new_id() -> str:
    return f"id{next(_IDS)}"


class Station(ABC):
    """One daemon. What its drivers would put goes into ``inbox``; what it wants done is done by ``do``."""

    role: Role

    def __init__(self, world: World, name: str, state: Path) -> None:
        self.world, self.name, self.state = world, name, state
        state.mkdir(parents=True, exist_ok=True)
        self.inbox: deque[object] = deque()
        self.link: Link = world.bus.connect(name, self.role, boot=world.boot)
        self.topics: Topics = self.link.topics
        self.logic: Logic = self.think()

    @abstractmethod
    def think(self) -> Logic:
        """Make the daemon's logic."""

    @abstractmethod
    def patterns(self) -> Sequence[str]:
        """What it subscribes to."""

    @abstractmethod
    def do(self, effect: object) -> None:
        """Carry out an effect that is this daemon's own."""

    def open(self) -> None:
        for pattern in self.patterns():
            self.link.subscribe(pattern)
        self.link.open(self.inbox.append)

    def close(self) -> None:
        self.link.close()

    def reborn(self, state: Path) -> "Station":
        """The same daemon, started anew on this state."""
        return type(self)(self.world, self.name, state)

    def perform(self, effect: object) -> None:
        match effect:
            case Send(request):
                self.link.send(request)
            case SetStatus(lifecycle):
                self.link.set_status(lifecycle)
            case _:
                self.do(effect)


class ControllerStation(Station):
    role = Role.CONTROLLER

    def think(self) -> Logic:
        self.memory = Memory(self.state / "journal.db", boot=self.world.boot, secret=SECRET)
        self.brain = Brain(self.world.plan, self.memory, self.world.clock, secret=SECRET, topics=self.topics)
        self.brain.open()
        return self.brain

    def patterns(self) -> Sequence[str]:
        return [self.topics.command("+"), self.topics.log("+"), self.topics.status("+")]

    def do(self, effect: object) -> None:
        match effect:
            case Publish(topic, payload):
                self.link.publish(topic, payload)
            case Reply(instance, answer):
                self.link.answer(instance, answer)

    def close(self) -> None:
        super().close()
        self.memory.journal.close()


class KioskStation(Station):
    """``slips`` are the numbers in citizens' hands, ``sheets`` what else came out; ``printer`` is what its printer does
    with the next one."""

    role = Role.KIOSK

    def think(self) -> Logic:
        self.slips: list[str] = []
        self.sheets: list[object] = []
        self.lamps: dict[str, str] = {}
        self.sign = ""
        self.printer: Printed | None = Printed.PRINTED
        self.seen = self.state / "highest.json"
        buttons = {service.id: Choice(service.id) for service in self.world.plan.services}
        buttons |= {f"{service.id}-first": Choice(service.id, "G") for service in self.world.plan.services}
        acts: tuple[Act, ...] = ("consult", "complain", "guide_came", "confirm", "reprint", "notice")
        buttons |= {act: Choice(act=act) for act in acts}
        self.inbox += [PortUp("printer"), PortUp("buttons")]
        habits = Habits(transfer_slips=True, lamps=frozenset({*buttons, GUIDE_LAMP}))
        seen = read_seen(self.seen)
        return Dispenser(self.world.plan, self.name, buttons, self.topics, new_id, seen, habits=habits)

    def patterns(self) -> Sequence[str]:
        return [self.topics.answer(self.name), self.topics.hall_state, self.topics.event("transferred")]

    def press(self, button: str) -> None:
        self.inbox.append(Pressed(button, self.world.clock.mono_ms()))

    def do(self, effect: object) -> None:
        match effect:
            case PrintSlip(taken, reprint=False):
                self.world.later(PRINT_MS, lambda: self._printed(taken.ticket))
            case PrintSlip() | PrintTransfer() | PrintNotice():
                self.sheets.append(effect)
                self.inbox.append(JobDone("printer", effect.job_id, PrintResult(Printed.PRINTED)))
            case LightLamp(name, mode):
                self.lamps[name] = mode
            case ShowText(text):
                self.sign = text
            case KeepHighest():
                write_seen(self.seen, effect)

    def _printed(self, number: str) -> None:
        if self.printer is None:
            self.inbox.append(JobFailed("printer", number, DriverOffline("the cable is out")))
            return
        if self.printer is not Printed.FAILED:
            self.slips.append(number)
        reason = "" if self.printer is Printed.PRINTED else "paper_out"
        self.inbox.append(JobDone("printer", number, PrintResult(self.printer, reason)))


class DeskStation(Station):
    role = Role.DESK

    def __init__(self, world: World, desk: DeskPlan, state: Path, *, three: bool = False) -> None:
        self.desk = desk
        self.three = three
        self.sign, self.beeps = "", 0
        self.digits = ShowDigits(0, "")
        super().__init__(world, desk.pad, state)

    def reborn(self, state: Path) -> "DeskStation":
        return DeskStation(self.world, self.desk, state, three=self.three)

    def think(self) -> Logic:
        return PadDesk(
            self.name,
            desk=self.desk.id,
            address=ADDRESS,
            keys=KEYCAPS,
            hanzi=SIGN_HANZI,
            topics=self.topics,
            new_id=new_id,
            three=self.three,
        )

    def patterns(self) -> Sequence[str]:
        own = self.topics.desk(self.desk.id)
        return [self.topics.status("controller"), self.topics.answer(self.name), self.topics.hall_state, own]

    def press(self, word: str) -> None:
        key = next(key for key, meaning in KEYCAPS.items() if meaning == word)
        self.inbox.append(KeyPressed(ADDRESS, key, self.world.clock.mono_ms()))

    def do(self, effect: object) -> None:
        match effect:
            case ShowSign(text):
                self.sign = text
            case ShowDigits():
                self.digits = effect
            case Beep():
                self.beeps += 1


class HallStation(Station):
    """The board and the voice. ``begun`` are the sentences with the moment each began, ``told`` hears of each."""

    role = Role.HALL

    def think(self) -> Logic:
        self.board = ""
        self.begun: list[tuple[int, str]] = []
        self.spoken: list[Speak] = []
        self.told: Callable[[str], None] = lambda text: None
        return Board(
            self.name,
            rows=4,
            hanzi=12,
            voice=True,
            calling=self.world.plan.limits.call,
            signs={desk.id: desk.pad for desk in self.world.plan.desks if desk.pad},
            topics=self.topics,
            new_id=new_id,
            wall_ms=self.world.clock.wall_ms,
        )

    @property
    def said(self) -> list[str]:
        return [text for _, text in self.begun]

    def patterns(self) -> Sequence[str]:
        own = [self.topics.hall_state, self.topics.board]
        return [self.topics.status("controller"), self.topics.answer(self.name), *own]

    def do(self, effect: object) -> None:
        match effect:
            case ShowBoard(text, job_id):
                self.board = text
                self.inbox.append(JobDone("board", job_id, None))
            case Speak(job_id, text):
                self.begun.append((self.world.clock.mono_ms(), text))
                self.spoken.append(effect)
                self.told(text)
                self.world.later(SPEECH_MS, lambda: self.inbox.append(JobDone("voice", job_id, None)))


class EvaluatorStation(Station):
    role = Role.EVALUATOR

    def __init__(self, world: World, desk: DeskPlan, state: Path) -> None:
        self.desk = desk
        self.invitations = self.thanks = 0
        super().__init__(world, desk.evaluator, state)

    def reborn(self, state: Path) -> "EvaluatorStation":
        return EvaluatorStation(self.world, self.desk, state)

    def think(self) -> Logic:
        topics, name, desk = self.topics, self.name, self.desk.id
        self.keeping = Keeping(
            name,
            self.state / "journal.db",
            self.world.boot,
            self.world.clock,
            topics,
            lambda journal: Evaluator(
                name, desk=desk, address=ADDRESS, levels=(5, 4, 3, 2, 1), topics=topics, last=last_press(journal)
            ),
        )
        self.keeping.open()
        self.inbox.append(PortUp("keypad"))
        return self.keeping

    def patterns(self) -> Sequence[str]:
        return [self.topics.rating(self.name), self.topics.ack(self.name)]

    def press(self, level: int) -> None:
        self.inbox.append(LevelPressed(ADDRESS, 5 - level, self.world.clock.mono_ms()))

    def do(self, effect: object) -> None:
        match effect:
            case SendBatch(payload):
                self.link.publish(self.topics.log(self.name), payload)
            case Invite():
                self.invitations += 1
            case Thank():
                self.thanks += 1

    def close(self) -> None:
        super().close()
        self.keeping.close()


class PhoneStation(Station):
    role = Role.PHONE

    def think(self) -> Logic:
        path, boot, clock = self.state / "journal.db", self.world.boot, self.world.clock
        self.callers = CallerNumbers(self.state, clock)
        watch = PhoneWatch([self.name], self.callers.hash_of)
        self.keeping = Keeping(self.name, path, boot, clock, self.topics, lambda _: watch)
        self.keeping.open()
        self.inbox.append(PortUp("lines"))
        return self.keeping

    def patterns(self) -> Sequence[str]:
        return [self.topics.ack(self.name)]

    def ring(self, times: int, *, cadence_ms: int = 5000, ring_ms: int = 1000) -> None:
        """The exchange rings so often, beginning now."""
        for ring in range(times):
            for at, wire, closed in pulses(Burst(ring * cadence_ms, ring * cadence_ms + ring_ms), Current(25.0)):
                self._edge_in(at, wire, closed)

    def number_heard(self, number: str, in_ms: int) -> None:
        """The exchange tells who calls, as it does between two rings."""
        self.world.later(in_ms, lambda: self.inbox.append(CallerHeard(self.name, number, self.world.clock.mono_ms())))

    def lift(self, in_ms: int = 0) -> None:
        for at, wire, closed in hook(in_ms, True):
            self._edge_in(at, wire, closed)

    def hang_up(self, in_ms: int = 0) -> None:
        for at, wire, closed in hook(in_ms, False):
            self._edge_in(at, wire, closed)

    def _edge_in(self, ms: int, wire: Literal["ring", "hook"], closed: bool) -> None:
        def happens() -> None:
            self.inbox.append(Edge(self.name, wire, closed, self.world.clock.mono_ms()))

        self.world.later(ms, happens)

    def do(self, effect: object) -> None:
        if isinstance(effect, SendBatch):
            self.link.publish(self.topics.log(self.name), effect.payload)

    def close(self) -> None:
        super().close()
        self.callers.close()
        self.keeping.close()


def all_stations(world: World, state: Path) -> Iterator[Station]:
    """Every daemon the plan names, the controller first."""
    yield ControllerStation(world, "controller", state / "controller")
    for kiosk in world.plan.kiosks:
        yield KioskStation(world, kiosk.id, state / kiosk.id)
    yield HallStation(world, "hall", state / "hall")
    for desk in world.plan.desks:
        if desk.pad:
            yield DeskStation(world, desk, state / desk.pad)
        if desk.evaluator:
            yield EvaluatorStation(world, desk, state / desk.evaluator)
        if desk.phone:
            yield PhoneStation(world, desk.phone, state / desk.phone)
