"""How long a whole day of a large hall takes to decide: every press, call and rating of 5 000 tickets, and the clock.

    scripts/speed day                 5 000 tickets at 20 desks, from the first press to the last word
    scripts/speed day --tickets 20000

Every command is decided and evolved, and time is asked after each of them, as the controller does; CPU time is
measured, because a shared machine is never quiet. Some people come
late, are held, transferred or never come; everybody is served after closing, passed ones get their final call. The
budget is 2 s for 5 000 tickets; the bare loop of the same run says how fast the machine is.
"""

import argparse
import heapq
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from firmware_py.core import commands as c  # noqa: E402
from firmware_py.core import events as e  # noqa: E402
from firmware_py.core import facts as f  # noqa: E402
from firmware_py.core.hall import Hall  # noqa: E402
from firmware_py.core.machine import decide, due, evolve, tick  # noqa: E402
from firmware_py.core.plan import DeskPlan, KioskPlan, Plan, Service  # noqa: E402
from firmware_py.errors import Rejected  # noqa: E402
from scripts.speed_core import EIGHT, LOOP, NINE, bare_loop  # noqa: E402

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
QUIET_MS = 2 * SECOND
DESKS, SERVICES, KIOSKS = 20, "ABCDF", 3
CLOSE = NINE + 8 * HOUR + 30 * MINUTE

Step = tuple[int, int, Callable[..., object], tuple[Any, ...]]


class Day:
    """One day: a heap of what happens when, and the hall it happens to."""

    def __init__(self, tickets: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.tickets = tickets
        self.hall = Hall()
        self.counts: Counter[str] = Counter()
        self.asked = self.refused = 0
        self._steps: list[Step] = []
        self._order = 0
        self._alarm = 0

    def run(self) -> None:
        """From the plan to the closed day."""
        services = tuple(Service(letter.lower(), letter, f"业务{letter}") for letter in SERVICES)
        desks = tuple(
            DeskPlan(n, tuple(s.id for s in (services * 2)[n % 5 : n % 5 + 3]), pad=f"desk{n}", evaluator=f"eval{n}")
            for n in range(1, DESKS + 1)
        )
        kiosks = tuple(KioskPlan(f"kiosk{n}") for n in range(KIOSKS))
        self.commit([e.Configured(EIGHT, Plan("hall", "大厅", services, desks, kiosks))])
        for desk in range(1, DESKS + 1):
            self.at(NINE - 5 * MINUTE, self.ask, c.Login(desk, f"s{desk}"), f"desk{desk}")
            self.at(NINE + desk * SECOND, self.next, desk)
        issuing = [(NINE - 15 * MINUTE, NINE + 3 * HOUR), (NINE + 4 * HOUR + 15 * MINUTE, CLOSE)]
        for n in range(self.tickets):
            begins, ends = issuing[n % 2]
            self.at(self.random.randrange(begins, ends), self.take)
        while self._steps and not self.hall.closed:
            now, _, happens, about = heapq.heappop(self._steps)
            self.clock(now)
            happens(now, *about)
            self.clock(now)
        self.clock(CLOSE + 12 * HOUR)

    def at(self, when: int, happens: Callable[..., object], *about: Any) -> None:
        """Something will happen."""
        self._order += 1
        heapq.heappush(self._steps, (when, self._order, happens, about))

    def clock(self, now: int) -> None:
        """What time alone decides: asked after every command, and by the alarm through long quiet times."""
        hall = self.hall
        while now - hall.last_at > QUIET_MS and not hall.closed:
            alarm = due(hall, hall.last_at)
            events = tick(hall, max(alarm, hall.last_at)) if alarm <= now else []
            if not events:
                break
            self.commit(events)
        while events := tick(hall, now):
            self.commit(events)

    def ask(self, now: int, asked: c.Command | f.Fact, by: str) -> list[e.Event]:
        """One command or fact."""
        self.asked += 1
        try:
            events = decide(self.hall, asked, now, by)
        except Rejected:
            self.refused += 1
            return []
        self.commit(events)
        return events

    def commit(self, events: list[e.Event]) -> None:
        """Make them true."""
        for event in events:
            evolve(self.hall, event)
            self.counts[type(event).__name__] += 1

    # --- people -------------------------------------------------------------------------------------------------------

    def take(self, now: int) -> None:
        kiosk = f"kiosk{self.random.randrange(KIOSKS)}"
        service = self.random.choice(SERVICES).lower()
        for taken in self.ask(now, c.Take(service, "G" if self.random.random() < 0.1 else "X"), kiosk):
            if isinstance(taken, e.Taken):
                self.at(now + 900, self.ask, c.ReportPrinted(taken.ticket), kiosk)

    def next(self, now: int, desk: int) -> None:
        called = [each for each in self.ask(now, c.Next(desk), f"desk{desk}") if isinstance(each, e.Called)]
        if not called:
            self.at(now + 15 * SECOND, self.next, desk)
        elif self.random.random() < 0.04:
            self.at(now + 11 * SECOND, self.missing, desk, 2)
        else:
            self.at(now + self.random.randrange(5, 20) * SECOND, self.sits, desk)

    def missing(self, now: int, desk: int, calls: int) -> None:
        if calls:
            self.ask(now, c.Recall(desk), f"desk{desk}")
            self.at(now + 11 * SECOND, self.missing, desk, calls - 1)
        elif any(isinstance(each, e.Passed | e.Expired) for each in self.ask(now, c.Pass(desk), f"desk{desk}")):
            self.next(now, desk)
        else:
            self.at(now + 15 * SECOND, self.missing, desk, 0)

    def sits(self, now: int, desk: int) -> None:
        self.ask(now, c.Arrive(desk), f"desk{desk}")
        done = self.hold if self.random.random() < 0.03 else self.finish
        self.at(now + self.random.randrange(30, 120) * SECOND, done, desk)

    def hold(self, now: int, desk: int) -> None:
        self.ask(now, c.Hold(desk), f"desk{desk}")
        self.at(now + SECOND, self.back, desk)

    def back(self, now: int, desk: int) -> None:
        self.ask(now, c.ResumeTicket(desk), f"desk{desk}")
        self.at(now + 60 * SECOND, self.finish, desk)

    def finish(self, now: int, desk: int) -> None:
        for opened in self.ask(now, c.Finish(desk), f"desk{desk}"):
            if isinstance(opened, e.RatingOpened):
                window = self.hall.seq
                press = f.LevelChosen(desk, self.random.choice((5, 5, 5, 4, 3, 1)), 4000, "log", window, "proof")
                self.at(now + 4 * SECOND, self.ask, press, f"eval{desk}")
                locked = f.WindowLocked(desk, "log", window)
                self.at(now + 9 * SECOND, self.ask, locked, f"eval{desk}")
        self.at(now + self.random.randrange(2, 15) * SECOND, self.next, desk)


def states(hall: Hall) -> Iterator[str]:
    """How the tickets ended."""
    for ticket in hall.tickets.values():
        yield ticket.state.value


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    day = Day(arguments.tickets, arguments.seed)
    loop = LOOP / bare_loop(LOOP)
    started = process_time()
    day.run()
    seconds = process_time() - started
    ends = ", ".join(f"{count} {state}" for state, count in Counter(states(day.hall)).most_common())
    print(f"bare loop              {loop:12,.0f} turns/s")
    print(f"{len(day.hall.tickets):,} tickets: {ends}; day {'closed' if day.hall.closed else 'OPEN'}")
    print(f"{day.asked:,} commands ({day.refused:,} refused), {sum(day.counts.values()):,} events in {seconds:.2f} s")
    each = seconds / len(day.hall.tickets)
    print(f"{each * 1e6:,.0f} µs a ticket = {each * loop:,.0f} turns of the loop")


if __name__ == "__main__":
    main()
