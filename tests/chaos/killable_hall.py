"""A real hall to kill: a mosquitto, the controller in a process of its own, and the files both live by."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from firmware_py.link import Member, Role
from firmware_py.runtime.clock import write_offset
from sync.broker import Broker
from sync.mqtt import MqttLink
from tests.chaos.effort import PATIENCE_S

ROOT: Final = Path(__file__).resolve().parents[2]
HALL: Final = "chaos"
KIOSKS: Final = ("kiosk1", "kiosk2")
DESKS: Final = (1, 2, 3, 4, 5, 6)
SERVICES: Final = {"social": "A", "realty": "B", "general": "C"}
BOARD: Final = "board"

TEN_O_CLOCK_MS: Final = 1_795_399_200_000
"""2026-11-23 10:00 in China: whatever the time of the test, the hall is open and midnight far away."""


def pad(desk: int) -> str:
    """The staff pad of a desk."""
    return f"desk{desk}"


def evaluator(desk: int) -> str:
    """The rating keypad of a desk."""
    return f"desk{desk}-eval"


def _members() -> list[Member]:
    roles = {"controller": Role.CONTROLLER, BOARD: Role.HALL}
    roles |= dict.fromkeys(KIOSKS, Role.KIOSK)
    roles |= {pad(desk): Role.DESK for desk in DESKS}
    roles |= {evaluator(desk): Role.EVALUATOR for desk in DESKS}
    return [Member(instance, role, HALL) for instance, role in roles.items()]


def _hall_toml() -> str:
    parts = ['[hall]\nid = "chaos"\nname = "演练大厅"\ncomplaint_phone = "12345"\nhours = ["00:00-24:00"]\n']
    parts += [
        f'[[service]]\nid = "{name}"\nprefix = "{prefix}"\nname = "{name}"\n' for name, prefix in SERVICES.items()
    ]
    for desk in DESKS:  # every desk serves everybody: two of them racing for one ticket is what is looked for
        names = ", ".join(f'"{name}"' for name in SERVICES)
        parts.append(
            f'[[desk]]\nid = {desk}\nservices = [{names}]\nroster = "100{desk}"\n'
            f'pad = "{pad(desk)}"\nevaluator = "{evaluator(desk)}"\n'
        )
    parts += [f'[[kiosk]]\nid = "{kiosk}"\n' for kiosk in KIOSKS]
    parts.append(
        "[limits.call]\nmax_calls = 2\nnoshow_min_s = 1\nnoshow_green_s = 1\nrecall_gap_s = 1\nimplicit_after_s = 600\n"
        "[limits.eval]\nwindow_s = 4\nmin_open_s = 1\ncorrect_s = 1\ndrain_s = 60\n"
    )
    return "\n".join(parts)


class KillableHall:
    """A broker and a controller that can each be killed and started again on what is left on the disk.

    Args:
        directory: for everything it writes.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.broker: Final = Broker(directory / "broker", _members(), port=_lasting_port())
        self.state: Final = directory / "state" / "controller"
        self.journal: Final = self.state / "journal.db"
        self.log: Final = directory / "controller.log"
        self.clock_offset: Final = directory / "clock-offset"
        self._config: Final = directory / "config"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "KillableHall":
        self.broker.start()
        self._config.mkdir(parents=True)
        (self._config / "hall.toml").write_text(_hall_toml(), encoding="utf-8")
        (self._config / "device.toml").write_text(
            f'state = "{self.state.parent}"\n'
            f'[link]\nhost = "{self.broker.host}"\nport = {self.broker.port}\n'
            f'password_file = "{self.broker.password_files}"\n'
            f'[clock]\nsource = "ntp"\noffset_file = "{self.clock_offset}"\n'
            '[[instance]]\nid = "controller"\nrole = "controller"\n',
            encoding="utf-8",
        )
        write_offset(self.clock_offset, TEN_O_CLOCK_MS - time.time_ns() // 1_000_000)
        self.start()
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.kill()
        self.broker.kill()
        if error is not None:
            error.add_note(f"the controller said:\n{self.said()}")

    @property
    def pid(self) -> int:
        """The controller's process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the controller as systemd would, on what is on the disk; does not wait for it."""
        command = [sys.executable, "-m", "firmware_py.controller", "--id", "controller", "--config", str(self._config)]
        environment = {**os.environ, "HALL_LOG": "WARNING", "PYTHONPATH": str(ROOT)}
        with self.log.open("ab") as sink:
            self._process = subprocess.Popen(
                command, cwd=self._directory, env=environment, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink
            )

    def kill(self) -> None:
        """kill -9 the controller; harmless when it is dead."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def stop(self, patience_s: float = PATIENCE_S) -> bool:
        """SIGTERM, as ``systemctl stop`` would; False = it had not ended in time and was killed."""
        assert self._process is not None
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(patience_s)
        ended = self._process.poll() is not None
        self.kill()
        return ended

    def ended_within(self, seconds: float) -> bool:
        """Wait that long for the controller's end; True = it has ended, whoever ended it."""
        assert self._process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.0, seconds))
        return self._process.poll() is not None

    @contextlib.contextmanager
    def frozen(self) -> Iterator[None]:
        """Stop every thread of the controller where it is (SIGSTOP), and let it go on afterwards."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            tasks = Path(f"/proc/{self.pid}/task")
            while any((task / "stat").read_text().rpartition(")")[2].split()[0] != "T" for task in tasks.iterdir()):
                assert not self.ended_within(0.001)
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    @property
    def was_killed(self) -> bool:
        """Whether SIGKILL, and nothing else, ended the controller."""
        return self._process is not None and self._process.poll() == -signal.SIGKILL

    def said(self) -> str:
        """The end of what the controller wrote to stderr, for a failing test's message."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-4000:] if self.log.exists() else ""

    def link(self, instance: str) -> MqttLink:
        """An instance's link, not yet open; it finds a restarted broker quickly."""
        role = next(member.role for member in _members() if member.instance == instance)
        return MqttLink(
            self.broker.host,
            self.broker.port,
            instance=instance,
            role=role,
            hall=HALL,
            boot="chaos",
            password=self.broker.password(instance),
            retry_s=(0.02, 0.2),
        )


def _lasting_port() -> int:
    """A free port that no reconnecting client is given as its own while the broker is down."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
