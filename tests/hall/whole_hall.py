"""A whole hall on the in-process bus and a clock that a test moves: no threads, the same run every time.

``pump`` lets every daemon take what is in its inbox until all are empty; ``wait`` moves the clock from one due moment
to the next, as many loops side by side would. A power cut copies the disks as they are and starts everybody anew.
"""

import heapq
import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TypeVar

import msgspec

from firmware_py.core import events as e
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Ticket
from firmware_py.core.plan import Plan
from firmware_py.core.states import TicketState
from firmware_py.link.local import LocalBus
from firmware_py.runtime.clock import ManualClock
from firmware_py.runtime.loop import Timer
from tests.hall.small_hall import ISSUING, NINE, PLAN
from tests.hall.stations import (
    ControllerStation,
    DeskStation,
    EvaluatorStation,
    HallStation,
    KioskStation,
    PhoneStation,
    Station,
    all_stations,
)

S = TypeVar("S", bound=Station)
E = TypeVar("E", bound=e.Event)

_EVENTS = msgspec.json.Decoder(e.HallEvent)
_ROUNDS = 100_000
"""Items of one instant beyond which something must be talking to itself."""


class PowerCut(Exception):
    """The mains are gone, in the middle of whatever was going on."""


class WholeHall:
    """Every daemon of the plan. ``begins`` is the wall clock's time at which it is switched on."""

    def __init__(self, folder: Path, plan: Plan = PLAN, *, begins: int = ISSUING) -> None:
        self.folder, self.plan = folder, plan
        self.bus = LocalBus(plan.id)
        self.clock = ManualClock(mono_ms=20_000, wall_ms=begins)
        self.lives = 0
        self.fuse: Callable[[Station, object], bool] = lambda station, effect: False
        """Asked before every effect; True cuts the mains."""
        self._order = count()
        self._far_ends: list[tuple[int, int, Callable[[], None]]] = []
        self.spoken_in_vain: list[str] = []
        self._switch_on(folder / "life0")

    # --- switching on and off -----------------------------------------------------------------------------------------

    def _switch_on(self, state: Path) -> None:
        self.state = state
        self.boot = f"boot-{self.lives}"
        self.stations = {station.name: station for station in all_stations(self, state)}
        self.hall_station.told = self._check_announcement
        for station in self.stations.values():
            station.open()
        self.pump()

    def power_cut(self, dark_ms: int = 60_000) -> None:
        """Off, dark for a while, on again with what the disks held; a citizen keeps the slip in his hand."""
        slips = {kiosk.name: kiosk.slips for kiosk in self._of(KioskStation)}
        self.lives += 1
        after = self.folder / f"life{self.lives}"
        shutil.copytree(self.state, after)
        self.bus.stop()
        for station in self.stations.values():
            station.close()
        self._far_ends.clear()
        self.fuse = lambda station, effect: False
        self.clock = ManualClock(mono_ms=4000, wall_ms=self.clock.wall_ms() + dark_ms)
        self.bus = LocalBus(self.plan.id)
        self._switch_on(after)
        for name, numbers in slips.items():
            self.kiosk(name).slips[:0] = numbers

    def restart(self, name: str) -> None:
        """One daemon dies without a word and is started again by systemd, a second later."""
        old = self.stations[name]
        self.bus.cut(name)
        state = self.folder / f"{name}-{next(self._order)}"
        shutil.copytree(old.state, state)
        old.close()
        self.pump()
        self.wait(1000)
        self.bus.mend(name)
        fresh = self.stations[name] = old.reborn(state)
        if isinstance(fresh, HallStation):
            fresh.told = self._check_announcement
        fresh.open()
        self.pump()

    def close(self) -> None:
        for station in self.stations.values():
            station.close()

    # --- time ---------------------------------------------------------------------------------------------------------

    def later(self, ms: int, do: Callable[[], None]) -> None:
        """Have a far end do something in so many milliseconds."""
        heapq.heappush(self._far_ends, (self.clock.mono_ms() + ms, next(self._order), do))

    def pump(self) -> None:
        """Let everybody take what is there, in turn, until nothing is."""
        for _ in range(_ROUNDS):
            busy = [station for station in self.stations.values() if station.inbox]
            if not busy:
                return
            for station in busy:
                self._feed(station, station.inbox.popleft())
        raise AssertionError("the daemons never came to rest")

    def _feed(self, station: Station, item: object) -> None:
        for effect in station.logic.on(item, self.clock.mono_ms()):
            if self.fuse(station, effect):
                raise PowerCut
            station.perform(effect)

    def wait(self, ms: int) -> None:
        """Let time pass: every timer and every far end in its moment."""
        self.pump()
        until = self.clock.mono_ms() + ms
        while (moment := self._next_moment()) <= until:
            self.clock.advance(max(0, moment - self.clock.mono_ms()))
            now = self.clock.mono_ms()
            while self._far_ends and self._far_ends[0][0] <= now:
                heapq.heappop(self._far_ends)[2]()
            for station in self.stations.values():
                due = station.logic.due()
                if due is not None and due <= now:
                    self._feed(station, Timer())
                    moved = station.logic.due()
                    assert moved is None or moved > now, f"{station.name}: a timer must move on"
            self.pump()
        self.clock.advance(until - self.clock.mono_ms())

    def _next_moment(self) -> int:
        moments = [due for station in self.stations.values() if (due := station.logic.due()) is not None]
        if self._far_ends:
            moments.append(self._far_ends[0][0])
        return min(moments)

    def jump_to(self, wall_ms: int) -> None:
        """Let the time until then pass in one step, but for its last two seconds: nothing happens meanwhile."""
        self.wait(2000)
        self.clock.advance(wall_ms - self.clock.wall_ms() - 2000)
        for station in self.stations.values():
            self._feed(station, Timer())
        self.wait(2000)

    def until_nine(self) -> None:
        """Staff sit down and the clock strikes nine."""
        for desk in self.plan.desks:
            self.press(desk.id, "login")
        self.jump_to(NINE)

    # --- people -------------------------------------------------------------------------------------------------------

    def take(self, service: str = "social", *, kiosk: str = "kiosk1") -> str:
        """Press the button and wait for the slip; the number on it."""
        before = len(self.kiosk(kiosk).slips)
        self.kiosk(kiosk).press(service)
        self.wait(2100)  # so that neither bounce nor hammering is suspected of the next
        [number] = self.kiosk(kiosk).slips[before:]
        return number

    def press(self, desk: int, *words: str) -> None:
        """The clerk's keys, one after the other, half a second apart."""
        for word in words:
            self.desk_station(desk).press(word)
            self.wait(500)

    def serve(self, desk: int) -> str:
        """Call the next, let him come, finish, and wait until his window is over; his number."""
        self.press(desk, "next")
        number = self.desk(desk).ticket
        self.press(desk, "arrive", "finish")
        self.wait(61_000)
        return number

    # --- looking ------------------------------------------------------------------------------------------------------

    def _of(self, kind: type[S]) -> list[S]:
        return [station for station in self.stations.values() if isinstance(station, kind)]

    @property
    def controller(self) -> ControllerStation:
        return self._of(ControllerStation)[0]

    @property
    def hall_station(self) -> HallStation:
        return self._of(HallStation)[0]

    def kiosk(self, name: str = "kiosk1") -> KioskStation:
        return next(station for station in self._of(KioskStation) if station.name == name)

    def desk_station(self, desk: int) -> DeskStation:
        return next(station for station in self._of(DeskStation) if station.desk.id == desk)

    def evaluator(self, desk: int) -> EvaluatorStation:
        return next(station for station in self._of(EvaluatorStation) if station.desk.id == desk)

    def phone(self, desk: int) -> PhoneStation:
        return next(station for station in self._of(PhoneStation) if station.name == f"desk{desk}-phone")

    @property
    def hall(self) -> Hall:
        return self.controller.memory.hall

    def desk(self, desk: int) -> Desk:
        return self.hall.desks[desk]

    def ticket(self, number: str) -> Ticket:
        return self.hall.tickets[number]

    def state_of(self, number: str) -> TicketState:
        return self.ticket(number).state

    def sign(self, desk: int) -> str:
        return self.desk_station(desk).sign

    def events(self, kind: type[E]) -> list[E]:
        """Everything of a kind that stands in the hall's journal."""
        replay = self.controller.memory.journal.replay()
        return [event for _, _, data, _, _ in replay if isinstance(event := _EVENTS.decode(data), kind)]

    def _check_announcement(self, text: str) -> None:
        """Invariant 13: when a reading begins, its ticket is called to that desk."""
        true = [
            f"请{_spoken(ticket.number)}号到{'零一二三四五六七八九'[ticket.desk]}号窗口办理"
            for ticket in self.hall.tickets.values()
            if ticket.state is TicketState.CALLED
        ]
        if not text.startswith("对不起") and not any(text.startswith(each) for each in true):
            self.spoken_in_vain.append(text)


def _spoken(number: str) -> str:
    return "".join("零一二三四五六七八九"[int(char)] if char.isdigit() else char for char in number)
