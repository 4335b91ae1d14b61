"""A small hall of real processes in the guest: a broker, the controller, a kiosk and a desk, each on kernel devices.

Its journal and its configuration lie on the guest's disk and outlive a power cut.
"""

import contextlib
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from drivers.virtual.led_card import VirtualLedBus
from firmware_py.journal.reader import JournalReader
from firmware_py.link import Member, Role
from sync.broker import Broker
from tests.vm.inside.header import Header
from tests.vm.inside.usb import UsbPad
from tests.vm.inside.usb_printer import LP0, UsbPrinter
from tests.vm.inside.usb_serial import UsbSerial

STATE: Final = Path("/var/lib/hall")
CONFIG: Final = Path("/etc/hall")
JOURNAL: Final = STATE / "controller" / "journal.db"
HALL: Final = "guest"
BUTTON: Final = 5
PAD_SOCKET, SIGN_SOCKET = 3, 4

DAEMONS: Final = {
    "controller": (Role.CONTROLLER, "firmware_py.controller"),
    "kiosk1": (Role.KIOSK, "kiosk"),
    "desk1": (Role.DESK, "caller.desk_main"),
}
PATIENCE_S: Final = 60.0
"""For anything a person would wait for: seconds on a Pi, many of them in an emulator on a busy host."""

_HALL_TOML: Final = f"""
[hall]
id = "{HALL}"
name = "模拟大厅"
complaint_phone = "12345"
hours = ["00:00-24:00"]
[[service]]
id = "social"
prefix = "A"
name = "社会保障"
[[desk]]
id = 1
services = ["social"]
pad = "desk1"
roster = "1001"
[[kiosk]]
id = "kiosk1"
"""
_NUMBER: Final = re.compile(r"(?<![A-Z0-9])A\d{3}(?!\d)")


class SmallHall:
    """The hall with everything plugged in and switched on; what it printed and shows."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        """Something came out of the printer or changed on the sign."""
        self.header: Final = Header()
        self.printer: Final = UsbPrinter()
        self.printer.inside.on_change = self._notice
        self.signs: Final = VirtualLedBus([1], on_change=lambda _: self._notice())
        self.sign_cable: Final = UsbSerial(self.signs.path)
        self.pad: Final = UsbPad("pad")
        members = [Member(name, role, HALL) for name, (role, _) in DAEMONS.items()]
        self._broker = Broker(STATE / "broker", members, port=1883)
        self._daemons: dict[str, subprocess.Popen[bytes]] = {}

    def switch_on(self) -> None:
        """Plug everything in, start every daemon, and wait until each has told its supervisor that it is ready."""
        self.header.drive(BUTTON, low=False)
        self.printer.plug()
        self.sign_cable.plug(SIGN_SOCKET)
        self.pad.plug(PAD_SOCKET)
        CONFIG.mkdir(exist_ok=True)
        (CONFIG / "hall.toml").write_text(_HALL_TOML, "utf-8")
        (CONFIG / "device.toml").write_text(self._device_toml(), "utf-8")
        self._broker.start()
        with contextlib.ExitStack() as supervisors:
            waiting = []
            for name, (_, module) in DAEMONS.items():
                supervisor = supervisors.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM))
                self._daemons[name] = _started(name, module, supervisor)
                waiting.append(supervisor)
            for supervisor in waiting:
                while b"READY=1" not in supervisor.recv(4096):
                    pass

    def switch_off(self) -> None:
        """End the daemons as systemd would, and put everything away."""
        for daemon in self._daemons.values():
            daemon.terminate()
        for daemon in self._daemons.values():
            daemon.wait(PATIENCE_S)
        self._broker.stop()
        for end in (self.printer, self.sign_cable, self.signs, self.pad.gadget, self.header):
            end.close()

    def press(self) -> None:
        """A citizen presses the button."""
        self.header.drive(BUTTON, low=True)
        self.header.drive(BUTTON, low=False)

    def numbers(self) -> list[str]:
        """The numbers on the slips that came out whole, in order."""
        whole = [slip.text for slip in self.printer.inside.slips() if not slip.partial]
        return [number[0] for text in whole if (number := _NUMBER.search(text))]

    def slip_within(self, seconds: float) -> str | None:
        """Press, and the number on the slip that comes of it; None = none came."""
        before = len(self.numbers())
        self.press()
        with self._changed:
            self._changed.wait_for(lambda: len(self.numbers()) > before, seconds)
        return next(iter(self.numbers()[before:]), None)

    def slip(self) -> str:
        """Press until a slip comes: a kiosk that is not ready yet refuses, and that is no ticket."""
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if (number := self.slip_within(10.0)) is not None:
                return number
        out = [slip.text for slip in self.printer.inside.slips()]
        raise AssertionError(f"no slip in {PATIENCE_S:g} s; the journal says {list(journalled())}, the paper {out}")

    def shows(self, text: str) -> bool:
        """Whether ``text`` stands on the desk's sign, now or soon."""
        with self._changed:
            return self._changed.wait_for(lambda: text in self.signs.cards[1].text, PATIENCE_S)

    def resident_kib(self) -> dict[str, int]:
        """What each daemon occupies of the memory."""
        found = {}
        for name, daemon in self._daemons.items():
            status = Path(f"/proc/{daemon.pid}/status").read_text()
            found[name] = int(re.findall(r"VmRSS:\s+(\d+)", status)[0])
        return found

    def _notice(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _device_toml(self) -> str:
        return f"""
state = "{STATE}"
[link]
host = "{self._broker.host}"
port = {self._broker.port}
password_file = "{self._broker.password_files}"
[clock]
source = "rtc"
[[instance]]
id = "controller"
role = "controller"
[[instance]]
id = "kiosk1"
role = "kiosk"
debounce_ms = 100
[instance.printer]
port = "file://{LP0}"
[instance.buttons]
driver = "gpio"
[instance.buttons.pins]
social = {{ pin = {BUTTON}, service = "social" }}
[[instance]]
id = "desk1"
role = "desk"
desk = 1
[instance.pad]
driver = "evdev"
path = "{UsbPad.path(PAD_SOCKET)}"
[instance.sign]
driver = "onbon"
port = "{self.sign_cable.link}"
width_px = 128
"""


def journalled() -> Iterator[tuple[str, str]]:
    """Each fact of the hall's journal that is about a ticket: its type and the ticket's number."""
    with JournalReader.open(JOURNAL) as journal:
        after = 0
        while records := journal.records(after, 500):
            after = records[-1].seq
            for record in records:
                if (number := _NUMBER.search(record.ticket)) is not None:
                    yield record.type, number[0]


def _started(name: str, module: str, supervisor: socket.socket) -> subprocess.Popen[bytes]:
    """One daemon as systemd starts it, with a socket for its READY=1."""
    supervisor.bind(f"\0hall-{name}-{time.monotonic_ns()}")
    supervisor.settimeout(PATIENCE_S)
    environment = {**os.environ, "NOTIFY_SOCKET": "@" + supervisor.getsockname()[1:].decode(), "HALL_LOG": "info"}
    command = [sys.executable, "-m", module, "--id", name, "--config", str(CONFIG)]
    return subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL)
