"""The people of the hall at their machines: kiosks that take numbers, clerks who call, serve and finish."""

import random
import threading
from collections.abc import Callable

from firmware_py.core import commands as c
from firmware_py.core import events as e
from tests.chaos.asker import Asker
from tests.chaos.keypad import LEVELS, Keypad
from tests.chaos.killable_hall import SERVICES, KillableHall, pad
from tests.chaos.ledger import Ledger


def _never() -> bool:
    return False


class Kiosk:
    """Takes numbers and reports what became of the paper."""

    def __init__(self, hall: KillableHall, instance: str, ledger: Ledger, chance: random.Random) -> None:
        self.asker = Asker(hall.link(instance), ledger)
        self._chance = chance

    def work(self, stop: threading.Event) -> None:
        """Until the hall closes."""
        while not stop.is_set():
            self.visit()
            self.asker.listen(self._chance.uniform(0.0, 0.1))

    def visits(self, count: int) -> None:
        """As many citizens, one after the other."""
        for _ in range(count):
            self.visit()

    def visit(self) -> None:
        """One citizen: a press, and the slip, or what became of it."""
        service = self._chance.choice(sorted(SERVICES))
        answer = self.asker.ask(c.Take(service, "G" if self._chance.random() < 0.15 else "X"))
        assert isinstance(answer.event, e.Taken), answer
        ticket, luck = answer.event.ticket, self._chance.random()
        if luck < 0.05:
            self.asker.ask(c.ReportPrintFailed(ticket, "paper_out"))
        elif luck < 0.1:
            self.asker.ask(c.ReportPrintUnknown(ticket, "cable"))
        else:
            self.asker.ask(c.ReportPrinted(ticket))


class Clerk:
    """A desk's pad and whom it calls: comes, comes back later, is handed back, is served, rates."""

    def __init__(self, hall: KillableHall, desk: int, keypad: Keypad, ledger: Ledger, chance: random.Random) -> None:
        link = hall.link(pad(desk))
        self.asker = Asker(link, ledger, link.topics.desk(desk))
        self.keypad = keypad
        self._desk = desk
        self._chance = chance
        self._unseen = False

    def work(self, stop: threading.Event) -> None:
        """Until the hall closes."""
        self.log_in()
        while not stop.is_set():
            self.call()
            luck = self._chance.random()
            if luck < 0.1:
                self.pass_over()
            elif luck < 0.2:
                self.asker.bring_about(c.Wait(self._desk))
                self.asker.bring_about(c.ResumeDesk(self._desk))
            else:
                ticket = self.serve()
                if self._chance.random() < 0.9:
                    self.keypad.await_invitation(ticket)
                    self.have_rated(self._chance.choice(LEVELS), corrected=self._chance.random() < 0.3)
                    self.see_rating()

    def log_in(self) -> None:
        """Sit down."""
        self.asker.bring_about(c.Login(self._desk))

    def call(self) -> None:
        """下一位."""
        self.asker.bring_about(c.Next(self._desk), "nobody_waiting")

    def pass_over(self) -> None:
        """The citizen does not come, not even when called again, and is back later."""
        self.asker.bring_about(c.Recall(self._desk), "recall_soon")
        passed = self.asker.bring_about(c.Pass(self._desk), "pass_wait").event
        assert isinstance(passed, e.Passed), passed
        self.asker.ask(c.ReturnTicket(passed.ticket))

    def serve(self) -> str:
        """到达, 办结; the number whose rating window is open now."""
        self.asker.bring_about(c.Arrive(self._desk))
        opened = self.asker.bring_about(c.Finish(self._desk), "rating_open").event
        assert isinstance(opened, e.RatingOpened), opened
        return opened.ticket

    def have_rated(self, level: int, *, corrected: bool = False) -> None:
        """The citizen presses, and perhaps another level at once."""
        self.keypad.press(level)
        if corrected:
            self.keypad.press(level % 5 + 1)
        self._unseen = True

    def see_rating(self, unless: Callable[[], bool] = _never) -> None:
        """The sign says 已评价, and nothing pressed is on its way any more: the next one's arrival ends no rating."""
        self.asker.see(lambda view: not self._unseen or view.last_rating_done or unless())
        self.await_delivery(unless)
        self._unseen = self._unseen and unless()

    def await_delivery(self, unless: Callable[[], bool] = _never) -> None:
        """Until the controller holds everything that the keypad has journalled."""
        self.asker.wait_until(lambda: self.keypad.drained or unless())
