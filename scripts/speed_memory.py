"""What each daemon of a hall takes of a Pi's memory, its driver at work: separate processes over mosquitto."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from firmware_py.demo.serving import running  # noqa: E402
from firmware_py.demo.smoke import Visit  # noqa: E402

STARTING_S = 30.0


class Daemon(NamedTuple):
    """The heaviest process of a kind: its resident set, and its share of what it shares with others."""

    module: str
    instance: str
    rss_mb: float
    share_mb: float


def daemons_at_work(state: Path) -> list[Daemon]:
    """One hall, after a ticket, a call and a ring of the telephone."""
    heaviest: dict[str, Daemon] = {}
    with running(state=state, config=None, mqtt=True) as url:
        visit = Visit(url)
        daemons = dict(daemon for pid in children(os.getpid()) for daemon in daemon_of(pid))
        visit.until("every daemon", lambda: len(visit.ask("GET", "/api/hall")["devices"]) >= len(daemons), STARTING_S)
        work(visit)
        for pid, (module, instance) in daemons.items():
            mine = Daemon(module, instance, megabytes(pid, "status", "VmRSS"), megabytes(pid, "smaps_rollup", "Pss"))
            if module not in heaviest or mine.rss_mb > heaviest[module].rss_mb:
                heaviest[module] = mine
    return [heaviest[module] for module in sorted(heaviest)]


def work(visit: Visit) -> None:
    """One citizen, one telephone call."""
    service = visit.ask("GET", "/api/hall")["services"][0]["id"]
    visit.ask("POST", "/api/kiosk/kiosk1/press", {"service": service})
    visit.until("a slip", lambda: visit.ask("GET", "/api/kiosk/kiosk1/slips")["slips"])
    visit.ask("POST", "/api/phone/1", {"rings": 1, "then": "stop"})
    visit.until("the ring", lambda: visit.desk(1)["phone"]["ring"])
    visit.ask("POST", "/api/desk/1/key", {"key": "login"})
    visit.until("login", lambda: visit.desk(1)["staff"])
    for key, done in (("next", "ticket"), ("arrive", "ticket"), ("finish", "invited")):
        visit.ask("POST", "/api/desk/1/key", {"key": key})
        visit.until(key, lambda done=done: visit.desk(1)[done])
    visit.until("the announcement", lambda: visit.ask("GET", "/api/voice")["sounds"])


def daemon_of(pid: int) -> Iterator[tuple[int, tuple[str, str]]]:
    """A process's module and instance, if it is a daemon."""
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    if "-m" in words and "--id" in words:
        yield pid, (words[words.index("-m") + 1], words[words.index("--id") + 1])


def children(pid: int) -> list[int]:
    """Of this process and of its threads."""
    found = [task.read_text().split() for task in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(each) for some in found for each in some]


def megabytes(pid: int, file: str, key: str) -> float:
    """A figure of /proc in megabytes."""
    match = re.search(rf"^{key}:\s+(\d+) kB", Path(f"/proc/{pid}/{file}").read_text(), re.MULTILINE)
    return int(match[1]) / 1024 if match else 0.0


def interpreter_mb() -> float:
    """What Python itself takes."""
    code = "import re; print(re.search(r'VmRSS:\\s+(\\d+)', open('/proc/self/status').read())[1])"
    return int(subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout) / 1024
