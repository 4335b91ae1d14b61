"""Two desks on one pad bus and one line of signs: the real daemons in one process, seen from the far ends."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from drivers.keypad.keycaps import KEYCAPS
from drivers.virtual.led_card import VirtualLedBus
from drivers.virtual.pads import VirtualPads
from drivers.virtual.pins import PinBoard
from drivers.virtual.printer import VirtualPrinter
from firmware_py.core import events as e
from firmware_py.demo.hall_clock import HallClock
from firmware_py.demo.running import Processes, Running, Threads, leash, members
from firmware_py.journal.reader import JournalReader
from firmware_py.runtime.config import load, load_hall
from sync.broker import Broker, find_mosquitto

PATIENCE_S = 15.0
LOOK_AGAIN_S = 0.05
HALL = """
[hall]
id = "h1"
name = "阳光区政务服务大厅"
hours = ["09:00-17:30"]
complaint_phone = "12345"

[[service]]
id = "social"
prefix = "A"
name = "社会保障"

[[desk]]
id = 1
services = ["social"]
pad = "desk1"
evaluator = "desk1-eval"
roster = "1001"

[[desk]]
id = 2
services = ["social"]
pad = "desk2"
evaluator = "desk2-eval"
roster = "1002"

[[kiosk]]
id = "kiosk1"
"""
WIRES = """
state = "{state}"

[link]
host = "127.0.0.1"
port = {port}
password_file = "{password_file}"

[clock]
source = "ntp"
offset_file = "{clock}"

[[instance]]
id = "controller"
role = "controller"

[[instance]]
id = "kiosk1"
role = "kiosk"
printer = {{ port = "{printer}" }}

[instance.buttons]
driver = "gpio"
factory = "socket:{board}"
pins = {{ left = {{ pin = 2, service = "social" }}, right = {{ pin = 3, service = "social" }} }}
"""
DESK = """
[[instance]]
id = "desk{n}"
role = "desk"
together = "row1"
desk = {n}
pad = {{ driver = "ff68", port = "{pads}", address = {n} }}
sign = {{ driver = "onbon", port = "{signs}", address = {n}, width_px = 128 }}

[[instance]]
id = "desk{n}-eval"
role = "evaluator"
together = "row1"
desk = {n}
keypad = {{ driver = "ff68", port = "{pads}", address = {n} }}
"""


class Row:
    """The two desks, and somebody who looks and presses."""

    def __init__(self, folder: Path, *, mqtt: bool) -> None:
        self._changed = threading.Condition()
        self.pads = VirtualPads([1, 2], [1, 2], link=folder / "pads", on_change=self._tell)
        self.pads.open()
        self.signs = VirtualLedBus([1, 2], link=folder / "signs", on_change=self._tell)
        self.printer = VirtualPrinter("tcp", on_change=self._tell)
        self.board = PinBoard(folder / "pins")
        self.board.open()
        self.crashed: dict[str, Exception] = {}
        self.journal_path = folder / "state" / "controller" / "journal.db"
        (folder / "hall.toml").write_text(HALL, "utf-8")
        self._folder = folder
        plan = load_hall(folder / "hall.toml")
        clock = HallClock(folder / "clock-offset", plan)
        clock.open_the_hall()
        self._write(1883, "")
        plan, device = load(folder / "hall.toml", folder / "device.toml")
        self.broker: Broker | None = None
        self.running: Running = Threads(plan, device, self.crashed.__setitem__)
        if mqtt:
            self.broker = Broker(folder / "broker", members(plan.id, device.instances), leash=leash())
            self.running = running = Processes(plan, device, folder, self.broker)
            running.start_broker()
            self._write(self.broker.port, self.broker.password_files)

    def _write(self, port: int, password_file: str) -> None:
        folder = self._folder
        wires = WIRES.format(
            state=folder / "state",
            port=port,
            password_file=password_file,
            clock=folder / "clock-offset",
            printer=self.printer.port,
            board=folder / "pins",
        )
        desks = [DESK.format(n=n, pads=self.pads.path, signs=self.signs.path) for n in (1, 2)]
        (folder / "device.toml").write_text("\n".join([wires, *desks]), "utf-8")

    def _tell(self, _: int = 0) -> None:
        with self._changed:
            self._changed.notify_all()

    def until(self, what: str, seen: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        with self._changed:
            while not seen():
                assert time.monotonic() < deadline, f"never: {what}; crashed: {self.crashed}"
                self._changed.wait(LOOK_AGAIN_S)

    def key(self, desk: int, word: str) -> None:
        self.pads.press(desk, next(key for key, meaning in KEYCAPS.items() if meaning == word))

    def sign(self, desk: int) -> str:
        return self.signs.cards[desk].text

    def journalled(self, kind: type[e.Event]) -> list[e.HallEvent]:
        decoder = msgspec.json.Decoder(e.HallEvent)
        with JournalReader.open(self.journal_path) as journal:
            events = [decoder.decode(record.data) for record in journal.records(0, 10_000)]
        return [event for event in events if isinstance(event, kind)]

    def close(self) -> None:
        self.running.stop()
        if self.broker is not None:
            self.broker.stop()
        for end in (self.printer, self.board, self.signs, self.pads):
            end.close()


@pytest.fixture(params=["threads", "processes"])
def row(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Row]:
    if request.param == "processes" and find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    row = Row(tmp_path, mqtt=request.param == "processes")
    try:
        row.running.start()
        yield row
    finally:
        row.close()
    assert row.crashed == {}


@pytest.mark.req("R-DESK-01", "R-CALL-01", "R-EVAL-04", "R-TECH-01")
def test_each_desk_of_a_shared_bus_works_by_itself_and_its_ratings_say_so(row: Row) -> None:
    row.until("both signs are lit", lambda: all(row.sign(n) and "设备故障" not in row.sign(n) for n in (1, 2)))
    for desk in (1, 2):
        row.key(desk, "login")
    row.until("both desks are open", lambda: len(row.journalled(e.LoggedIn)) == 2)
    for pin in (2, 3):
        row.board.press(pin)
    row.until("two slips come out", lambda: len(row.journalled(e.Printed)) == 2)

    row.key(2, "next")
    row.until("the first is called at desk 2", lambda: "A001" in row.sign(2))
    assert "A001" not in row.sign(1)
    row.key(1, "next")
    row.until("the second is called at desk 1", lambda: "A002" in row.sign(1))
    row.key(2, "arrive")
    row.until("the first has arrived", lambda: len(row.journalled(e.Arrived)) == 1)
    row.key(2, "finish")
    row.until("the first is invited", lambda: row.pads.invited(2))
    assert not row.pads.invited(1)
    row.pads.press_level(2, 0)
    row.until("the rating is in", lambda: len(row.journalled(e.Rated)) == 1)
    [rated] = row.journalled(e.Rated)
    assert isinstance(rated, e.Rated)
    assert (rated.desk, rated.level, rated.shared_bus) == (2, 5, True)


@pytest.mark.req("R-CALL-05")
def test_one_dead_sign_of_a_line_is_its_own_desks_trouble(row: Row) -> None:
    row.until("both signs are lit", lambda: all(row.sign(n) and "设备故障" not in row.sign(n) for n in (1, 2)))
    row.signs.set_mute(2, True)
    row.key(1, "login")
    row.key(2, "login")
    row.until("the dead sign is reported", lambda: len(row.journalled(e.DeviceFailed)) == 1)
    [failed] = row.journalled(e.DeviceFailed)
    assert isinstance(failed, e.DeviceFailed)
    assert (failed.instance, failed.device, failed.reason) == ("desk2", "sign", "led_silent")
    row.until("its neighbour goes on", lambda: "未开放" not in row.sign(1))


@pytest.mark.req("R-TECH-11")
def test_a_bus_that_is_unplugged_comes_back_for_everybody(row: Row) -> None:
    row.until("both signs are lit", lambda: all(row.sign(n) and "设备故障" not in row.sign(n) for n in (1, 2)))
    row.pads.unplug()
    row.until("pads and evaluators are missed", lambda: len(row.journalled(e.DeviceFailed)) == 4)
    row.pads.replug()
    row.until("all are back", lambda: len(row.journalled(e.DeviceMended)) == 4)
    for desk in (1, 2):
        row.key(desk, "login")
    row.until("both are heard", lambda: len(row.journalled(e.LoggedIn)) == 2)
