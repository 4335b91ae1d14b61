"""The real daemons on the real drivers: a visit and a power cut, seen from the far ends of the cables only."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.keypad.keycaps import KEYCAPS
from drivers.virtual.slip_paper import TextRun
from firmware_py.demo.far_ends import ADDRESS
from firmware_py.demo.virtual_hall import VirtualHall
from sync.broker import find_mosquitto

PATIENCE_S = 15.0
LOOK_AGAIN_S = 0.05
"""Far ends tell of every change; what only the disk shows is looked at this often."""


class Onlooker:
    """Somebody in the hall who sees, hears and presses."""

    def __init__(self, virtual: VirtualHall, changed: threading.Condition) -> None:
        self.virtual, self._changed = virtual, changed

    def until(self, what: str, seen: Callable[[], bool]) -> None:
        """Wait until it is so."""
        deadline = time.monotonic() + PATIENCE_S
        with self._changed:
            while not seen():
                assert time.monotonic() < deadline, f"never: {what}; crashed: {self.virtual.crashed}"
                self._changed.wait(LOOK_AGAIN_S)

    def key(self, desk: int, word: str) -> None:
        pad = self.virtual.ends.desks[desk].pad
        assert pad is not None
        pad.press(ADDRESS, next(key for key, meaning in KEYCAPS.items() if meaning == word))

    def sign(self, desk: int) -> str:
        sign = self.virtual.ends.desks[desk].sign
        assert sign is not None
        return sign.cards[ADDRESS].text

    def beeps(self, desk: int) -> int:
        pad = self.virtual.ends.desks[desk].pad
        assert pad is not None
        return pad.beeps(ADDRESS)

    @property
    def board(self) -> str:
        return self.virtual.ends.board.cards[ADDRESS].text

    @property
    def numbers(self) -> list[str]:
        """The numbers on the slips that came out: what is printed largest."""
        slips = self.virtual.ends.kiosks["kiosk1"].printer.slips()
        return [run.text for slip in slips for run in slip.runs if isinstance(run, TextRun) and run.width >= 4]

    def take(self, service: str) -> str:
        kiosk = self.virtual.ends.kiosks["kiosk1"]
        before = len(self.numbers)
        kiosk.board.press(kiosk.buttons[service, "X"])
        self.until(f"a slip for {service}", lambda: len(self.numbers) > before)
        return self.numbers[-1]

    def journalled(self, kind: str) -> int:
        """How often this stands in the hall's journal."""
        with self.virtual.journal() as journal:
            return sum(record.type == kind for record in journal.records(0, 10_000))

    def no_longer(self, text: str, desk: int) -> None:
        """Wait until the sign over a desk has ceased to say this."""
        self.until(f"desk {desk} still says {text}", lambda: text not in self.sign(desk))

    def ready(self) -> None:
        """The hall is open and every device answers."""
        kiosk = self.virtual.ends.kiosks["kiosk1"]
        self.until("the kiosk invites", lambda: "取号" in kiosk.sign.cards[ADDRESS].text)
        for desk in (1, 2):
            self.no_longer("设备故障", desk)


@pytest.fixture(params=["threads", "processes"])
def onlooker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Onlooker]:
    mqtt = request.param == "processes"
    if mqtt and find_mosquitto() is None:
        pytest.skip("mosquitto is not installed")
    changed = threading.Condition()

    def tell(_: str) -> None:
        with changed:
            changed.notify_all()

    virtual = VirtualHall(tmp_path, config=None, mqtt=mqtt, changed=tell)
    try:
        virtual.start()
        yield Onlooker(virtual, changed)
    finally:
        virtual.close()
    assert virtual.crashed == {}


@pytest.mark.req("R-CORE-21", "R-CORE-02", "R-CALL-01", "R-EVAL-01", "R-KIOSK-01", "R-TECH-08")
def test_scenario_28_a_visit_is_rated_and_after_a_power_cut_the_queue_is_as_it_was(onlooker: Onlooker) -> None:
    hall = onlooker
    hall.ready()
    first, second, third = hall.take("social"), hall.take("realty"), hall.take("general")
    assert [number[0] for number in (first, second, third)] == ["A", "B", "C"]
    for desk in (1, 2):
        hall.key(desk, "login")
        hall.no_longer("未开放", desk)

    hall.key(1, "next")
    hall.until("the call is seen", lambda: first in hall.sign(1) and first in hall.board)
    hall.until("the call is heard", lambda: bool(hall.virtual.ends.speaker.played()))
    hall.key(1, "arrive")
    hall.until("the call is off the board", lambda: first not in hall.board)
    hall.key(1, "finish")
    keypad = hall.virtual.ends.desks[1].evaluator
    assert keypad is not None
    hall.until("the citizen is invited", lambda: keypad.invited(ADDRESS))
    keypad.press_level(ADDRESS, 1)
    hall.until("the rating is believed", lambda: hall.journalled("rated") == 1)
    hall.key(2, "next")
    hall.until("the second is called", lambda: second in hall.sign(2))
    heard = len(hall.virtual.ends.speaker.played())

    hall.virtual.cut()
    hall.virtual.start()

    hall.ready()
    hall.until("the second is still called", lambda: second in hall.sign(2) and second in hall.board)
    beeps = hall.beeps(1)
    hall.key(1, "login")
    hall.until("she is logged in still", lambda: hall.beeps(1) == beeps + 1)
    hall.key(1, "next")
    hall.until("the third is called", lambda: third in hall.sign(1))
    assert hall.take("social") == f"A{int(first[1:]) + 1:03d}"
    assert hall.journalled("rated") == 1
    assert hall.journalled("taken") == 4
    assert hall.journalled("restarted") == 1
    assert len(hall.virtual.ends.speaker.played()) >= heard
