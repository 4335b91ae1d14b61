"""One demo hall from its plan to its running daemons; built in order, taken apart in reverse."""

import contextlib
import logging
import shutil
import tempfile
from importlib.resources import as_file, files
from pathlib import Path

from firmware_py.core.plan import Plan
from firmware_py.demo.far_ends import Changed, FarEnds
from firmware_py.demo.hall_clock import HallClock
from firmware_py.demo.running import Processes, Running, Threads, leash, members
from firmware_py.demo.wiring import device_toml
from firmware_py.journal.reader import JournalReader
from firmware_py.runtime.config import load, load_hall
from firmware_py.runtime.struct_types import read_all
from sync.broker import Broker

log = logging.getLogger(__name__)

ANY_PORT = 1883


class VirtualHall:
    """A hall on virtual hardware.

    Args:
        state: where the daemons keep their journals; the hall goes on from what it finds there.
        config: folder with another hall.toml; None = the sample hall.
        mqtt: separate processes over mosquitto.
        changed: told what changed at a far end.
        on_crash: told of a daemon thread that ended by a bug.

    Raises:
        ConfigError: the hall.toml is wrong.
        BrokerError: no mosquitto.
    """

    def __init__(self, state: Path, *, config: Path | None, mqtt: bool, changed: Changed) -> None:
        read_all()  # the daemons are threads here, and decode the same types
        self._stack = contextlib.ExitStack()
        self.state = state
        state.mkdir(parents=True, exist_ok=True)
        self.config = state / "config"
        self.config.mkdir(exist_ok=True)
        if config is None:
            with as_file(files("firmware_py.demo") / "hall" / "hall.toml") as sample:
                shutil.copyfile(sample, self.config / "hall.toml")
        else:
            shutil.copyfile(config / "hall.toml", self.config / "hall.toml")
        self.plan: Plan = load_hall(self.config / "hall.toml")
        self.clock = HallClock(state / "clock-offset", self.plan)
        self.clock.open_the_hall()
        self.crashed: dict[str, str] = {}
        self.powered = False
        try:
            cables = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="hall-")))
            self.ends = FarEnds(self.plan, cables, changed)
            self._stack.callback(self.ends.close)
            self.running = self._wire(mqtt)
        except BaseException:
            self._stack.close()
            raise

    def _wire(self, mqtt: bool) -> Running:
        path = self.config / "device.toml"

        def write(port: int, password_file: str) -> None:
            text = device_toml(
                self.plan,
                self.ends,
                state=self.state,
                clock_file=self.clock.path,
                port=port,
                password_file=password_file,
            )
            path.write_text(text, encoding="utf-8")

        write(ANY_PORT, "")
        plan, device = load(self.config / "hall.toml", path)
        if not mqtt:
            return Threads(plan, device, self._crash)
        broker = Broker(self.state / "broker", members(plan.id, device.instances), leash=leash())
        running = Processes(plan, device, self.config, broker)
        running.start_broker()
        self._stack.callback(broker.stop)
        write(broker.port, broker.password_files)
        return running

    def _crash(self, name: str, error: Exception) -> None:
        self.crashed[name] = f"{type(error).__name__}: {error}"

    @property
    def journal_path(self) -> Path:
        """The hall's journal."""
        return self.state / "controller" / "journal.db"

    def journal(self) -> JournalReader:
        """The hall's journal, to read.

        Raises:
            JournalError: there is none yet.
        """
        return JournalReader.open(self.journal_path)

    def start(self) -> None:
        """Switch it on."""
        self.ends.power(True)
        self.running.start()
        self.powered = True

    def stop(self) -> None:
        """Switch it off as staff should."""
        if self.powered:
            self.powered = False
            self.running.stop()

    def cut(self) -> None:
        """Switch it off as staff do."""
        self.powered = False
        self.ends.power(False)
        self.running.cut()

    def close(self) -> None:
        """Switch off, and put everything away."""
        try:
            self.stop()
        finally:
            self._stack.close()
