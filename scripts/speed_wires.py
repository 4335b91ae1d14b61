"""What the wires of a hall cost in bytes, time and memory, each figure beside its budget and a yardstick of this run.

    scripts/speed wires                   everything, about a minute
    scripts/speed wires --calls 5         more announcements; each lasts some six seconds
    scripts/speed wires --no-memory       without the hall of separate processes

A call is timed from the pad's key to the sign's first byte and to the loudspeaker's first byte: through the pad's
frame, the controller's durable commit and the link, so each figure is more than the budget asks for. A pty has no
speed of its own; what a wire adds is counted from the bytes.
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from speed import bare_commits  # noqa: E402
from speed_memory import daemons_at_work, interpreter_mb  # noqa: E402

from drivers import monotonic_ms  # noqa: E402
from drivers.phone import Edge  # noqa: E402
from drivers.virtual.loudspeaker import VirtualLoudspeaker  # noqa: E402
from drivers.virtual.random_calls import RandomCall, random_call  # noqa: E402
from evaluator.phone import PhoneWatch  # noqa: E402
from firmware_py.core import facts as f  # noqa: E402
from firmware_py.demo.far_ends import ADDRESS  # noqa: E402
from firmware_py.demo.serving import SWITCH_S  # noqa: E402
from firmware_py.demo.virtual_hall import VirtualHall  # noqa: E402
from firmware_py.runtime.effects import Keep  # noqa: E402
from firmware_py.runtime.loop import Timer  # noqa: E402

BITS_A_BYTE = 10
"""8N1: a start and a stop bit go with each."""
PRINTER_BAUD, SIGN_BAUD = 9600, 57600
SIMULATED_CALLS = 3000
WIRE_KEY = {"login": "0E", "next": "0C", "arrive": "14", "hold": "00+0F"}
TICKET_BYTES, SIGN_MS, SOUND_MS, RING_MS, DAEMON_MB = 400, 20.0, 150.0, 700.0, 40.0

missed: list[str] = []


def main() -> int:
    """Print the table; 1 when a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=3)
    parser.add_argument("--no-memory", action="store_true")
    arguments = parser.parse_args()
    sys.setswitchinterval(SWITCH_S)
    with tempfile.TemporaryDirectory(prefix="hall-speed-") as folder:
        commit_ms, player_ms = statistics.median(bare_commits(Path(folder))), statistics.median(bare_players())
        print(f"yardsticks: a bare durable commit {commit_ms:.2f} ms, a bare start of the player {player_ms:.0f} ms")
        changed = threading.Event()
        hall = VirtualHall(Path(folder) / "hall", config=None, mqtt=False, changed=lambda _: changed.set())
        try:
            hall.start()
            ticket(hall, changed, arguments.calls)
            calls(hall, changed, arguments.calls)
        finally:
            hall.close()
        ringing()
        if not arguments.no_memory:
            memory(Path(folder) / "processes")
    print("budgets:", f"MISSED: {', '.join(missed)}" if missed else "met")
    return int(bool(missed))


def show(what: str, found: str, budget: str, *, kept: bool) -> None:
    """One line of the table."""
    print(f"{what:42s} {found:34s} budget {budget:26s} {'met' if kept else 'MISSED'}")
    if not kept:
        missed.append(what)


# --- the hall in one process ------------------------------------------------------------------------------------------


def ticket(hall: VirtualHall, changed: threading.Event, count: int) -> None:
    """Print as many tickets as will be called, and weigh the heaviest."""
    kiosk = next(iter(hall.ends.kiosks.values()))
    served = hall.plan.desks[0].services
    pin = next(pin for (service, klass), pin in kiosk.buttons.items() if klass == "X" and service in served)
    wait(changed, lambda: kiosk.printer.state.online and "请" in kiosk.sign.cards[ADDRESS].text)
    time.sleep(1)  # the buttons are watched by now too
    for printed in range(1, count + 2):
        kiosk.board.press(pin)
        wait(changed, lambda printed=printed: len(kiosk.printer.slips()) >= printed)
        time.sleep(2.1)  # nearer together they are one press, or so many that the button rests (R-KIOSK-01)
    size = max(len(slip.bytes) for slip in kiosk.printer.slips())
    seconds = size * BITS_A_BYTE / PRINTER_BAUD
    budget = f"{TICKET_BYTES} bytes, {TICKET_BYTES * BITS_A_BYTE / PRINTER_BAUD:.2f} s"
    show("ticket, large number included", f"{size} bytes, {seconds:.2f} s at 9600", budget, kept=size <= TICKET_BYTES)


def calls(hall: VirtualHall, changed: threading.Event, count: int) -> None:
    """Key to sign, key to sound, one announcement after the other."""
    end, speaker = hall.ends.desks[1], hall.ends.speaker
    if end.pad is None or end.sign is None:
        raise SystemExit("the desk has no pad")
    pad, card = end.pad, end.sign.cards[ADDRESS]
    pad.press(ADDRESS, WIRE_KEY["login"])
    wait(changed, lambda: bool(card.text))
    signs, sounds, frame = [], [], 0
    for _ in range(count):
        shown, said, sent = card.text, len(speaker.played()), len(card.frames)
        begun, begun_ms = time.perf_counter(), monotonic_ms()
        pad.press(ADDRESS, WIRE_KEY["next"])
        wait(changed, lambda shown=shown: card.text != shown)
        signs.append((time.perf_counter() - begun) * 1000)
        frame = max(frame, *(len(raw) for raw in card.frames[sent:]))
        wait(changed, lambda said=said: len(speaker.played()) > said)
        sounds.append(speaker.played()[said].start - begun_ms)
        pad.press(ADDRESS, WIRE_KEY["arrive"])
        wait(changed, lambda: "正在办理" in card.text)
        pad.press(ADDRESS, WIRE_KEY["hold"])
        wait(changed, lambda: "正在办理" not in card.text)
        wait(changed, lambda said=said: all(each.finished for each in speaker.played()[said:]), 30.0)
        time.sleep(0.5)  # the next announcement shall find a quiet hall
    wire_ms = frame * BITS_A_BYTE / SIGN_BAUD * 1000
    middle = statistics.median(signs)  # the worst is the machine's
    found = f"median {middle:.1f} ms, worst {max(signs):.1f} ms"
    show("next -> sign frame, without wire time", found, "20 ms", kept=middle <= SIGN_MS)
    print(f"  its time on the wire                     {frame} bytes, {wire_ms:.1f} ms at {SIGN_BAUD}")
    found = f"median {statistics.median(sounds):.0f} ms, worst {max(sounds)} ms"
    show("next -> first sound", found, "150 ms (clips)", kept=statistics.median(sounds) <= SOUND_MS)


def wait(changed: threading.Event, done: Callable[[], bool], limit_s: float = 10.0) -> None:
    """Until something is to be seen at a far end."""
    deadline = time.perf_counter() + limit_s
    while not done():
        changed.wait(0.02)
        changed.clear()
        if time.perf_counter() > deadline:
            raise TimeoutError(f"something did not happen within {limit_s:g} seconds")


# --- rings ------------------------------------------------------------------------------------------------------------


def ringing() -> None:
    """Random calls, edge by edge into the watcher of a line, in the line's own time."""
    begun, late, wrong, edges = time.process_time(), list[int](), 0, 0
    for seed in range(SIMULATED_CALLS):
        call = random_call(Random(seed))
        edges += len(call.edges)
        began = list(rings_known(call))
        wrong += len(began) != len(call.onsets)
        late += [at - onset for at, onset in zip(began, call.onsets, strict=False)]
    cost = (time.process_time() - begun) / edges * 1e6
    mean, worst = statistics.mean(late), max(late)
    show(f"rings of {SIMULATED_CALLS} simulated calls", f"{wrong} miscounted", "0", kept=wrong == 0)
    found = f"mean {mean:.0f} ms, worst {worst} ms"
    show("ring onset -> confirmed", found, "700 ms (current: 300 ms)", kept=worst <= RING_MS)
    print(f"  their {edges} edges                      {cost:.1f} us of CPU each, making them included")


def rings_known(call: RandomCall) -> Iterator[int]:
    """When the watcher knew of each ring."""
    watch = PhoneWatch(["line"])

    def began(item: object, now: int) -> Iterator[int]:
        for each in watch.on(item, now):
            if isinstance(each, Keep) and isinstance(each.fact, f.RingBegan):
                yield now

    for edge in call.edges:
        while (due := watch.due()) is not None and due <= edge.at:
            yield from began(Timer(), due)
        yield from began(Edge("line", edge.wire, edge.closed, edge.at), edge.at)


def memory(state: Path) -> None:
    """Every daemon of a hall of separate processes, its driver at work."""
    print(f"yardstick: an interpreter that does nothing {interpreter_mb():.1f} MB")
    for each in daemons_at_work(state):
        found = f"{each.rss_mb:.1f} MB RSS, {each.share_mb:.1f} MB its share"
        kept = each.rss_mb <= DAEMON_MB
        show(f"{each.module} ({each.instance})", found, f"{DAEMON_MB:g} MB RSS", kept=kept)


# --- yardsticks -------------------------------------------------------------------------------------------------------


def bare_players(count: int = 5) -> list[float]:
    """Milliseconds until a player that was started has handed its first byte to the loudspeaker."""
    clip = (ROOT / "drivers/voice/clips/A.wav").read_bytes()
    heard = threading.Event()
    speaker, took = VirtualLoudspeaker(on_change=lambda _: heard.set()), []
    try:
        for _ in range(count):
            before = len(speaker.played())
            begun = monotonic_ms()
            subprocess.run(speaker.player_command, input=clip, check=True)
            wait(heard, lambda before=before: len(speaker.played()) > before)
            took.append(float(speaker.played()[before].start - begun))
    finally:
        speaker.close()
    return took


if __name__ == "__main__":
    sys.exit(main())
