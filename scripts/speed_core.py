"""How fast the core decides and evolves, beside a bare Python loop in the same run.

    scripts/speed core                    3 queues a desk, 100 / 1 000 / 20 000 people waiting
    scripts/speed core --queues 20        the same for a desk that serves twenty queues
    scripts/speed core --profile          where the time goes, at 1 000 waiting

One visit is seven commands and facts: take, printed, next, arrive, finish, rated, locked; every tenth citizen is green.
The loop calls an empty function each turn. The budgets (docs: design, budgets): at least 1/100 of the loop's rate,
about 125 000/s on a 2-core machine, and a cost per command within 1.3 times (3 queues) or 1.5 times (20 queues) from
100 to 20 000 waiting.
"""

import argparse
import cProfile
import gc
import pstats
import sys
from pathlib import Path
from statistics import median
from time import process_time

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from firmware_py.core import commands as c  # noqa: E402
from firmware_py.core import events as e  # noqa: E402
from firmware_py.core import facts as f  # noqa: E402
from firmware_py.core.hall import Hall  # noqa: E402
from firmware_py.core.machine import decide, evolve, tick  # noqa: E402
from firmware_py.core.plan import DeskPlan, KioskPlan, Plan, Service  # noqa: E402
from firmware_py.core.snapshot import freeze, thaw  # noqa: E402

EIGHT = 1_795_219_200_000
"""2026-11-21 08:00 in China."""
NINE = EIGHT + 3_600_000
PREFIXES = "ABCDFGHJKLMNPRSTUVWX"
DESKS = 6
VISITS = 1500
COMMANDS_A_VISIT = 7
STEP_MS = 20
LOOP = 2_000_000


def waiting_hall(queues: int, waiting: int) -> bytes:
    """A hall at nine with ``waiting`` people in ``queues`` queues that every desk serves, as a snapshot."""
    services = tuple(Service(f"s{n}", PREFIXES[n], f"业务{n}") for n in range(queues))
    ids = tuple(service.id for service in services)
    desks = tuple(DeskPlan(n, ids, pad=f"desk{n}", evaluator=f"desk{n}-eval") for n in range(1, DESKS + 1))
    hall = Hall()
    evolve(hall, e.Configured(EIGHT, Plan("hall", "大厅", services, desks, (KioskPlan("kiosk1"),))))
    let_time_pass(hall, EIGHT + 50 * 60_000)
    for n in range(waiting):
        ask(hall, c.Take(ids[n % queues], "G" if n % 10 == 9 else "X"), EIGHT + 50 * 60_000 + n, "kiosk1")
        ask(hall, c.ReportPrinted(next(reversed(hall.tickets))), EIGHT + 50 * 60_000 + n, "kiosk1")
    let_time_pass(hall, NINE)
    for desk in desks:
        ask(hall, c.Login(desk.id, f"staff{desk.id}"), NINE, desk.pad)
    return freeze(hall)


def let_time_pass(hall: Hall, at: int) -> None:
    """Everything time alone decides until ``at``."""
    while events := tick(hall, at):
        for event in events:
            evolve(hall, event)


def ask(hall: Hall, asked: c.Command | f.Fact, at: int, by: str) -> list[e.Event]:
    """One command or fact, decided and evolved."""
    for event in (events := decide(hall, asked, at, by)):
        evolve(hall, event)
    return events


def visits(hall: Hall, count: int) -> float:
    """Seconds that ``count`` whole visits take; what a visit asks is made outside the measured time where it can be."""
    takes = [c.Take(service.id, klass) for klass in ("X", "G") for service in hall.plan.services]
    kinds = len(hall.plan.services)
    desks = [(c.Next(n), c.Arrive(n), c.Finish(n), n, f"desk{n}", f"desk{n}-eval") for n in range(1, DESKS + 1)]
    at = NINE + 1000
    started = process_time()
    for n in range(count):
        following, arrive, finish, desk, pad, evaluator = desks[n % DESKS]
        taken = ask(hall, takes[n % kinds + (kinds if n % 10 == 9 else 0)], at, "kiosk1")[0]
        ask(hall, c.ReportPrinted(taken.ticket), at + STEP_MS, "kiosk1")
        ask(hall, following, at + 2 * STEP_MS, pad)
        ask(hall, arrive, at + 3 * STEP_MS, pad)
        ask(hall, finish, at + 4 * STEP_MS, pad)
        ask(hall, f.LevelChosen(desk, 5, 900, "log", hall.seq, "proof"), at + 5 * STEP_MS, evaluator)
        ask(hall, f.WindowLocked(desk, "log", hall.seq - 1), at + 6 * STEP_MS, evaluator)
        at += COMMANDS_A_VISIT * STEP_MS
    return process_time() - started


def bare_loop(turns: int) -> float:
    """Seconds a loop of ``turns`` turns takes that does nothing but call a function that does nothing."""

    def nothing(_: int) -> None:
        pass

    started = process_time()
    for turn in range(turns):
        nothing(turn)
    return process_time() - started


def main() -> None:
    """Measure and print; medians of interleaved rounds, because a shared machine is never quiet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queues", type=int, default=3, choices=range(1, 21), metavar="1..20")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--profile", action="store_true")
    arguments = parser.parse_args()
    sizes = (100, 1_000, 20_000)
    halls = {size: waiting_hall(arguments.queues, size) for size in sizes}
    if arguments.profile:
        hall = thaw(halls[1_000])
        profile = cProfile.Profile()
        profile.runcall(visits, hall, VISITS)
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)
        return
    loops: list[float] = []
    rates: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in range(arguments.rounds):
        loops.append(LOOP / bare_loop(LOOP))
        for size in sizes:
            hall = thaw(halls[size])
            gc.collect()
            rates[size].append(VISITS * COMMANDS_A_VISIT / visits(hall, VISITS))
    loop = median(loops)
    print(f"bare loop              {loop:12,.0f} turns/s")
    for size in sizes:
        rate = median(rates[size])
        cost = median(rates[sizes[0]]) / rate
        print(
            f"{size:6,} waiting         {rate:12,.0f} commands/s   1/{loop / rate:.0f} of the loop   cost x{cost:.2f}"
        )


if __name__ == "__main__":
    main()
