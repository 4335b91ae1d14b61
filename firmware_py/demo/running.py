"""The demo hall's daemons: as threads on the in-process link, or as the separate processes of a real hall (``--mqtt``).

Both can be cut off as if the mains had gone: nothing is flushed, nobody says goodbye.
"""

import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

from firmware_py.core.plan import Plan
from firmware_py.link import CONTROLLER, Link, Member, Role
from firmware_py.link.local import LocalBus
from firmware_py.roles import ROLES, role_of
from firmware_py.runtime.clock import OffsetClock
from firmware_py.runtime.device_file import AnyInstance, DeviceConfig
from firmware_py.runtime.loop import Loop
from firmware_py.runtime.sd_notify import Notifier
from firmware_py.runtime.shared_wires import SharedWires
from firmware_py.runtime.site import Site
from sync.broker import Broker
from sync.mqtt import MqttLink

log = logging.getLogger(__name__)

VIEWER: Final = "front-panel"
DUTY: Final = "duty"
"""The duty panel's instance; the hall's plan must list it among its supervisors for it to be obeyed."""
STOP_S: Final = 5.0
TOGETHER: Final = "firmware_py.cli.together"
"""The module of a process with several daemons."""


class Running(ABC):
    """The daemons of one hall."""

    @abstractmethod
    def start(self) -> None:
        """Switch the hall on."""

    @abstractmethod
    def stop(self) -> None:
        """Let every daemon end as it should."""

    @abstractmethod
    def cut(self) -> None:
        """Take the mains away. The far ends keep what they show until somebody shows something else."""

    @abstractmethod
    def viewer(self) -> Link:
        """A link that only looks, not yet open."""

    @abstractmethod
    def duty(self) -> Link:
        """The duty panel's link, not yet open."""


class Threads(Running):
    """Each daemon's loop is a thread of this process."""

    def __init__(self, plan: Plan, device: DeviceConfig, on_crash: Callable[[str, Exception], None]) -> None:
        self._plan = plan
        self._device = device
        self._on_crash = on_crash
        self._clock = OffsetClock(Path(device.clock.offset_file))
        self._bus = LocalBus(plan.id)
        self._loops: list[tuple[Loop, threading.Thread]] = []

    def start(self) -> None:
        """Build and run all of them; the controller first, so that nobody waits for a retry."""
        self._bus.start()
        boot = token_hex(16)
        wires: defaultdict[str, SharedWires] = defaultdict(SharedWires)
        built: list[Loop] = []
        for instance in sorted(self._device.instances, key=lambda each: each.id != CONTROLLER):
            role, build, _ = ROLES[role_of(instance)]
            state = self._device.state_of(instance.id)
            state.mkdir(parents=True, exist_ok=True)
            link = self._bus.connect(instance.id, role, boot=boot)
            settings: Any = instance
            shared = wires[instance.together] if instance.together else None
            built.append(
                build(settings, Site(self._plan, link, state, self._clock, Notifier(), boot, self._on_crash, shared))
            )
        for loop in built:
            thread = threading.Thread(target=loop.run, name=loop.name, daemon=True)
            thread.start()
            self._loops.append((loop, thread))

    def stop(self) -> None:
        """End the loops, devices before the controller."""
        for loop, thread in reversed(self._loops):
            loop.stop()
            thread.join(STOP_S)
            if thread.is_alive():
                log.warning("%s did not end in %g s", loop.name, STOP_S)
        self._loops = []

    def cut(self) -> None:
        """The bus dies first, so that no goodbye is heard; a thread cannot be killed, so it then ends unheard."""
        self._bus.stop()
        self.stop()

    def viewer(self) -> Link:
        """A link that only looks."""
        return self._bus.connect(VIEWER, Role.VIEWER)

    def duty(self) -> Link:
        """The duty panel's link."""
        return self._bus.connect(DUTY, Role.DESK, boot=token_hex(8))


def leash() -> tuple[str, ...]:
    """Put before a command, it ends the process when the thread that started it does: a demo that is killed leaves no
    daemon behind that would hold the hall's journal."""
    program = shutil.which("setpriv")
    return (program, "--pdeathsig", "KILL") if program else ()


class Processes(Running):
    """Each daemon is a process, on a mosquitto of this hall's own."""

    def __init__(self, plan: Plan, device: DeviceConfig, config: Path, broker: Broker) -> None:
        self._plan = plan
        self._device = device
        self._config = config
        self._broker = broker
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="mains")
        """All children are this one thread's, which lives as long as the demo: see ``leash``."""

    def start(self) -> None:
        """Start the broker, then every daemon with its own command line."""
        self._starter.submit(self._start).result()

    def start_broker(self) -> None:
        """Start the broker alone: only then is its port known, which the daemons' device.toml needs.

        Raises:
            BrokerError: no mosquitto, or it does not start.
        """
        self._starter.submit(self._broker.start).result()

    def _start(self) -> None:
        if self._broker.pid is None:
            self._broker.start()
        quiet = {"HALL_LOG": "warning", **os.environ}
        for instance in self._device.instances:
            name = instance.together or instance.id
            module = TOGETHER if instance.together else ROLES[role_of(instance)][2]
            if name not in self._processes:
                command = [*leash(), sys.executable, "-m", module, "--id", name, "--config", str(self._config)]
                self._processes[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, env=quiet)

    def stop(self) -> None:
        """SIGTERM, then the broker."""
        self._end(signal.SIGTERM)
        self._broker.stop()

    def cut(self) -> None:
        """SIGKILL to all, the broker too."""
        self._broker.kill()
        self._end(signal.SIGKILL)

    def viewer(self) -> Link:
        """A link that only looks."""
        return self._link(VIEWER, Role.VIEWER)

    def duty(self) -> Link:
        """The duty panel's link."""
        return self._link(DUTY, Role.DESK)

    def _link(self, instance: str, role: Role) -> Link:
        broker = self._broker
        return MqttLink(
            broker.host,
            broker.port,
            instance=instance,
            role=role,
            hall=self._plan.id,
            boot=token_hex(8),
            password=broker.password(instance),
        )

    def _end(self, number: int) -> None:
        for process in self._processes.values():
            process.send_signal(number)
        for name, process in self._processes.items():
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                log.warning("%s did not end in %g s; killing it", name, STOP_S)
                process.kill()
                process.wait()
        self._processes = {}


def members(hall: str, instances: tuple[AnyInstance, ...]) -> list[Member]:
    """Who may connect to the demo's broker."""
    found = [Member(instance.id, ROLES[role_of(instance)][0], hall) for instance in instances]
    return [*found, Member(VIEWER, Role.VIEWER, hall), Member(DUTY, Role.DESK, hall)]
