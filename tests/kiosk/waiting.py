"""A dispenser in a test's hands: items in, effects out, and time that passes only when the test says so."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from typing import TypeVar

from drivers.buttons import Pressed
from drivers.printer import Printed, PrintResult
from drivers.reader import CodeRead
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.views import HallView
from firmware_py.errors import DriverFault
from firmware_py.link import LinkUp, Received, encode
from firmware_py.runtime.effects import Send
from firmware_py.runtime.loop import Timer
from firmware_py.runtime.port_reports import JobDone, JobFailed, PortUp
from kiosk.choices import Choice, Habits
from kiosk.dispenser import Dispenser
from kiosk.effects import KeepHighest, KeepPriorities, KeepSlips, LightLamp, PrintSlip, Say, ShowText
from tests.hall.small_hall import NINE, PLAN, TOPICS

E = TypeVar("E")

BUTTONS = {"left": Choice("social"), "right": Choice("realty"), "green": Choice("social", "G")}
NOBODY = KeepHighest("", {})
TODAY = "2026-11-21"


def hall_view(
    log: str = "log-1",
    seq: int = 1,
    *,
    day: str = TODAY,
    reason: str = "",
    opens: str = "",
    guides: tuple[tuple[str, str], ...] = (),
) -> HallView:
    """What the controller says of the hall."""
    return HallView(log, seq, NINE, 0, day, not reason, True, reason, opens, guides=guides)


class Kiosk:
    """The dispenser of ``kiosk1``; ``now`` is its clock."""

    def __init__(
        self,
        seen: KeepHighest = NOBODY,
        *,
        linked: bool = True,
        buttons: Mapping[str, Choice] = BUTTONS,
        habits: Habits | None = None,
        kept: KeepSlips | None = None,
        priorities: KeepPriorities | None = None,
    ) -> None:
        ids = count(1)
        self.logic = Dispenser(
            PLAN,
            "kiosk1",
            buttons,
            TOPICS,
            lambda: f"c{next(ids)}",
            seen,
            kept=kept,
            priorities=priorities,
            habits=habits,
        )
        self.now = 10_000
        if linked:
            self.on(LinkUp())
            self.on(PortUp("printer"))
            self.sees(hall_view())
            self.answers(*self.logic_open())

    def on(self, item: object) -> list[object]:
        """The effects of one item now."""
        return list(self.logic.on(item, self.now))

    def press(self, button: str = "left") -> list[object]:
        return self.on(Pressed(button, self.now))

    def reads(self, code: str) -> list[object]:
        return self.on(CodeRead(code, self.now))

    def sees(self, view: HallView) -> list[object]:
        return self.on(Received(TOPICS.hall_state, encode(view)))

    def answer(self, answer: c.Answer) -> list[object]:
        return self.on(Received(TOPICS.answer("kiosk1"), encode(answer)))

    def answers(self, *requests: c.Request) -> None:
        """The controller has heard these and nothing follows from them."""
        for request in requests:
            self.answer(c.Answer(request.cmd_id))

    def taken(self, request: c.Request, number: str = "A001", ahead: int = 0) -> list[object]:
        """The controller gives this number for the request."""
        assert isinstance(request.command, c.Take)
        event = e.Taken(NINE, number, request.command.service, request.command.klass, "kiosk1", ahead)
        return self.answer(c.Answer(request.cmd_id, event))

    def printed(self, number: str, outcome: Printed = Printed.PRINTED, reason: str = "") -> list[object]:
        return self.on(JobDone("printer", number, PrintResult(outcome, reason)))

    def not_printed(self, number: str, reason: str) -> list[object]:
        return self.on(JobFailed("printer", number, DriverFault(reason)))

    def wait(self, ms: int) -> list[object]:
        """Let time pass, waking at every ``due`` as the loop does."""
        until, found = self.now + ms, list[object]()
        while (due := self.logic.due()) is not None and due <= until:
            self.now = max(self.now, due)
            found += self.on(Timer())
            moved = self.logic.due()
            assert moved is None or moved > self.now, "a timer must move on"
        self.now = until
        return found

    def logic_open(self) -> Iterator[c.Request]:
        """Everything still unanswered, as a link that comes up again would hear it."""
        return iter(requests(self.on(LinkUp())))


def only(effects: Iterable[object], kind: type[E]) -> list[E]:
    """The effects of one kind, in order."""
    return [each for each in effects if isinstance(each, kind)]


def requests(effects: Iterable[object]) -> list[c.Request]:
    return [each.request for each in only(effects, Send)]


def commands(effects: Iterable[object]) -> list[c.Command]:
    return [request.command for request in requests(effects)]


def texts(effects: Iterable[object]) -> list[str]:
    return [each.text for each in only(effects, ShowText)]


def said(effects: Iterable[object]) -> list[str]:
    return [each.text for each in only(effects, Say)]


def lamps(effects: Iterable[object]) -> dict[str, str]:
    """What each lamp that was told anything shows now."""
    return {each.name: each.mode for each in only(effects, LightLamp)}


def slips(effects: Iterable[object]) -> list[str]:
    return [each.taken.ticket for each in only(effects, PrintSlip)]
