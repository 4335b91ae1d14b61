"""One Pi with a device of every kind, real drivers at the near ends and virtual devices at the far ends; and hands."""

import contextlib
import json
import math
import queue
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from drivers.virtual.led_card import VirtualLedBus
from drivers.virtual.loudspeaker import VirtualLoudspeaker
from drivers.virtual.pads import VirtualPads
from drivers.virtual.pins import PinBoard
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.reader import VirtualReader
from drivers.virtual.telephone import VirtualTelephone
from firmware_py.runtime.clock import Clock, SystemClock
from firmware_py.runtime.config import load
from firmware_py.selftest.on_the_line import LISTEN_S
from firmware_py.selftest.results import Report, Result
from firmware_py.selftest.running import SelfTest

HALL: Final = Path(__file__).parents[2] / "firmware_py/demo/hall/hall.toml"
BUTTONS: Final = {"social": 2, "realty": 3}
RING, HOOK, LOOP = 5, 6, 7
LEVELS: Final = (5, 4, 3, 2, 1)
PATIENCE_S: Final = 3.0
"""For what is on its way; what never comes is waited for with none at all."""


class Hands:
    """A console with a person behind it: what a line contains → what that person does; ``eyes`` answer questions."""

    def __init__(
        self, doing: Mapping[str, Callable[[], object]] | None = None, *, eyes: bool | None = None, patient: bool = True
    ) -> None:
        self._doing = dict(doing or {})
        self._eyes = eyes
        self._patient = patient
        self.lines: list[str] = []
        self.questions: list[str] = []

    def say(self, line: str) -> None:
        """Hear it, and do what it asks for."""
        self.lines.append(line)
        for asked, act in self._doing.items():
            if asked in line:
                act()

    def agrees(self, question: str, within_s: float) -> bool | None:
        """Answer as the eyes saw it."""
        del within_s
        self.questions.append(question)
        return self._eyes

    def reading(self, inbox: "queue.SimpleQueue[object]", within_s: float) -> object | None:
        """What is on its way; an impatient one takes only what is there, and so does one who only listens a moment to
        a line, which tells its levels before it is open."""
        try:
            patient = self._patient and within_s > LISTEN_S
            return inbox.get(timeout=min(within_s, PATIENCE_S)) if patient else inbox.get_nowait()
        except queue.Empty:
            return None

    def look(self, seconds: float) -> None:
        """See it at once."""
        del seconds

    @property
    def text(self) -> str:
        """Everything that was said."""
        return "\n".join(self.lines)


class WiredPi:
    """The devices, their configuration folder, and the self-test on them. ``changed`` tables have other keys
    than the usual ones, or lack those that are None."""

    def __init__(self, folder: Path, changed: Mapping[str, Mapping[str, object]] | None = None) -> None:
        self.folder = folder
        self.state = folder / "state"
        self._close = contextlib.ExitStack()
        self.lit: queue.SimpleQueue[int] = queue.SimpleQueue()
        """The pins of the panel's lamps, in the order in which they were lit."""
        self.panel = self._close.enter_context(
            PinBoard(folder / "panel", on_change=lambda pin, high: self.lit.put(pin) if high else None)
        )
        self.line_board = self._close.enter_context(PinBoard(folder / "line"))
        self.line_board.drive(LOOP, low=True)
        self.telephone = VirtualTelephone(self.line_board, RING, HOOK)
        self._close.callback(self.telephone.close)
        self.printer = self._close.enter_context(VirtualPrinter("tcp"))
        self.sign = VirtualLedBus([1], link=folder / "sign")
        self._close.callback(self.sign.close)
        self.board = VirtualLedBus([1], link=folder / "board")
        self._close.callback(self.board.close)
        self.reader = VirtualReader(link=folder / "reader")
        self.reader.open()
        self._close.callback(self.reader.close)
        self.pad = self._close.enter_context(VirtualPads([1], link=folder / "pad"))
        self.evaluator = self._close.enter_context(VirtualPads([], [1], link=folder / "eval"))
        self.speaker = VirtualLoudspeaker(speed=math.inf)
        self._close.callback(self.speaker.close)
        (folder / "hall.toml").write_bytes(HALL.read_bytes())
        (folder / "device.toml").write_text(self._device(changed or {}), encoding="utf-8")

    def close(self) -> None:
        """Take everything away."""
        self._close.close()

    def run(self, hands: Hands, *only: str, there: bool = True, clock: Clock | None = None) -> Report:
        """The self-test of these devices."""
        plan, device = load(self.folder / "hall.toml", self.folder / "device.toml")
        return SelfTest(plan, device, self.folder, hands, clock or SystemClock(), hands=there).run(only)

    def result(self, hands: Hands, only: str, *, there: bool = True, clock: Clock | None = None) -> Result:
        """The self-test of one of them."""
        (result,) = self.run(hands, only, there=there, clock=clock).results
        return result

    def willing(self) -> Hands:
        """A person who does everything right."""
        return Hands(
            {
                "任意一键": lambda: self.pad.press(1, "0C"),
                "“非常满意”": lambda: self.evaluator.press_level(1, 0),
                "其余的键": self._press_the_rest,
                "按键:social": lambda: self.panel.press(BUTTONS["social"]),
                "按键:realty": lambda: self.panel.press(BUTTONS["realty"]),
                "扫任意一个码": lambda: self.reader.scan("B:A001"),
                "拿起电话话筒": lambda: self.line_board.drive(HOOK, low=True),
                "把话筒挂好": lambda: self.line_board.drive(HOOK, low=False),
            },
            eyes=True,
        )

    def _press_the_rest(self) -> None:
        for place in range(1, 5):
            self.evaluator.press_level(1, place)

    def _device(self, changed: Mapping[str, Mapping[str, object]]) -> str:
        tables: list[tuple[str, dict[str, object]]] = [
            ("", {"state": str(self.state)}),
            ("[link]", {"host": "127.0.0.1", "port": 1}),
            ("[clock]", {"source": "none"}),
            ("[[instance]]", {"id": "kiosk1", "role": "kiosk"}),
            ("[instance.printer]", {"driver": "escpos", "port": self.printer.port}),
            ("[instance.buttons]", {"driver": "gpio", "factory": f"socket:{self.folder}/panel"}),
            *((f"[instance.buttons.pins.{name}]", {"pin": pin, "service": name}) for name, pin in BUTTONS.items()),
            ("[instance.reader]", {"driver": "serial", "port": str(self.folder / "reader")}),
            ("[[instance]]", {"id": "desk1", "role": "desk", "desk": 1}),
            ("[instance.pad]", {"driver": "ff68", "port": str(self.folder / "pad")}),
            ("[instance.sign]", {"driver": "onbon", "port": str(self.folder / "sign"), "width_px": 128}),
            ("[[instance]]", {"id": "desk1-eval", "role": "evaluator", "desk": 1}),
            (
                "[instance.keypad]",
                {"driver": "ff68", "port": str(self.folder / "eval"), "levels": list(LEVELS)},
            ),
            ("[[instance]]", {"id": "desk1-phone", "role": "phone"}),
            (
                "[instance.line]",
                {"driver": "gpio", "ring": RING, "hook": HOOK, "loop": LOOP, "factory": f"socket:{self.folder}/line"},
            ),
            ("[[instance]]", {"id": "hall", "role": "hall"}),
            (
                "[instance.board]",
                {"driver": "onbon", "port": str(self.folder / "board"), "width_px": 256, "lines": 4},
            ),
            (
                "[instance.voice]",
                {"driver": "speaker", "player": list(self.speaker.player_command), "engine": False},
            ),
        ]
        return "\n".join(_table(name, {**values, **changed.get(name, {})}) for name, values in tables)


def _table(name: str, values: Mapping[str, object]) -> str:
    # strings, numbers and lists of them are written alike in JSON and TOML
    present = {key: value for key, value in values.items() if value is not None}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in present.items()]
    return "\n".join([name, *lines])
