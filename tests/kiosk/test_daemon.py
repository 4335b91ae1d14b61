"""The kiosk's daemon on its real drivers: buttons, lamps, printer and loudspeaker, seen from the far ends.

The hall is one hand: it gives every press the next number, and says what it is told to say.
"""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from drivers.virtual.faults import Fault
from drivers.virtual.gpio_pad import VirtualGpioPad
from drivers.virtual.loudspeaker import VirtualLoudspeaker
from drivers.virtual.pins import PinBoard
from drivers.virtual.printer import VirtualPrinter
from drivers.virtual.slip_paper import TextRun
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.link import CONTROLLER, Received, Role, decode, encode
from firmware_py.link.local import LocalBus
from firmware_py.runtime.clock import SystemClock
from firmware_py.runtime.device_file import KioskInstance
from firmware_py.runtime.sd_notify import Notifier
from firmware_py.runtime.site import Site
from firmware_py.runtime.struct_types import read_all
from firmware_py.runtime.wire_settings.buttons import GpioButtons, PinButton
from firmware_py.runtime.wire_settings.printer import PrinterConfig
from firmware_py.runtime.wire_settings.voice import SpeakerConfig
from kiosk.daemon import build
from tests.hall.small_hall import NINE, PLAN, TOPICS
from tests.kiosk.waiting import hall_view

PATIENCE_S = 15.0
PINS = {"social": 5, "realty": 6, "consult": 13, "reprint": 19}
LAMPS = {"social": 17, "realty": 27, "guide": 22}
BUTTONS = GpioButtons(
    {
        "social": PinButton("social", pin=5, lamp=17),
        "realty": PinButton("realty", pin=6, lamp=27),
        "consult": PinButton(act="consult", pin=13),
        "reprint": PinButton(act="reprint", pin=19),
    },
    guide_lamp=22,
)


class Hand:
    """The hall as far as one kiosk can tell."""

    def __init__(self, bus: LocalBus) -> None:
        self._numbers = {"social": count(1), "realty": count(1)}
        self.asked: list[c.Command] = []
        self.link = bus.connect(CONTROLLER, Role.CONTROLLER)
        self.link.subscribe(TOPICS.command("+"))
        self.link.open(self._heard)
        self.link.publish(TOPICS.hall_state, encode(hall_view()))

    def _heard(self, item: object) -> None:
        if not isinstance(item, Received):
            return
        request = decode(item.payload, c.Request)
        self.asked.append(request.command)
        event: e.HallEvent | None = None
        match request.command:
            case c.Take(service, klass):
                prefix = "A" if service == "social" else "B"
                number = f"{prefix}{next(self._numbers[service]):03d}"
                event = e.Taken(NINE, number, service, klass, "kiosk1", 3)
            case c.Reprint(ticket):
                event = e.Reprinted(NINE, ticket, "kiosk1")
        self.link.answer("kiosk1", c.Answer(request.cmd_id, event))


class Place:
    """What a citizen sees of the kiosk."""

    def __init__(self, folder: Path) -> None:
        self._changed = threading.Condition()
        self.board = PinBoard(folder / "pins", on_change=self._tell)
        self.board.open()
        self.pad = VirtualGpioPad(self.board, PINS, LAMPS)
        self.printer = VirtualPrinter("tcp", on_change=self._tell)
        self.speaker = VirtualLoudspeaker(speed=20, on_change=self._tell)
        self.bus = LocalBus(PLAN.id)
        self.hand = Hand(self.bus)
        settings = KioskInstance(
            "kiosk1",
            PrinterConfig(self.printer.port),
            GpioButtons(BUTTONS.pins, factory=f"socket:{folder / 'pins'}", guide_lamp=BUTTONS.guide_lamp),
            voice=SpeakerConfig(player=self.speaker.player_command),
        )
        read_all()
        link = self.bus.connect("kiosk1", Role.KIOSK)
        site = Site(PLAN, link, folder, SystemClock("ntp"), Notifier(), "boot", on_crash=self._crashed)
        self.crashed: list[str] = []
        self.loop = build(settings, site)
        self._thread = threading.Thread(target=self.loop.run, daemon=True)
        self._thread.start()

    def _tell(self, *_: object) -> None:
        with self._changed:
            self._changed.notify_all()

    def _crashed(self, name: str, error: Exception) -> None:
        self.crashed.append(f"{name}: {error!r}")

    def until(self, what: str, seen: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_S
        with self._changed:
            while not seen():
                assert not self.crashed
                assert time.monotonic() < deadline, f"never: {what}"
                self._changed.wait(0.02)

    @property
    def numbers(self) -> list[str]:
        """The numbers on the slips that came out."""
        runs = [run for slip in self.printer.slips() for run in slip.runs]
        return [run.text for run in runs if isinstance(run, TextRun) and run.width >= 4]

    def paper(self, slip: int) -> str:
        return "".join(run.text for run in self.printer.slips()[slip].runs if isinstance(run, TextRun))

    def close(self) -> None:
        self.loop.stop()
        self._thread.join(PATIENCE_S)
        self.board.close()
        self.printer.close()
        self.speaker.close()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    up = [c.ReportDevice(device, "") for device in ("buttons", "lamps", "printer", "voice")]
    made.until("every device works", lambda: all(each in made.hand.asked for each in up))
    made.until("the buttons are lit", lambda: made.pad.shines("social") and made.pad.shines("realty"))
    yield made
    made.close()


@pytest.mark.req("R-KIOSK-01", "R-KIOSK-02", "R-KIOSK-06", "R-KIOSK-10")
def test_a_kiosk_of_buttons_and_lamps_alone_gives_numbers_calls_the_guide_and_prints_again(place: Place) -> None:
    place.pad.press("social")
    place.until("a slip", lambda: place.numbers == ["A001"])
    place.until("its outcome is known", lambda: c.ReportPrinted("A001") in place.hand.asked)
    place.until("lit again", lambda: place.pad.shines("social"))

    place.pad.press("consult")
    place.until("the guide's lamp", lambda: place.pad.shines("guide"))

    place.pad.press("reprint")
    place.until("a second copy", lambda: place.numbers == ["A001", "A001"])
    assert place.hand.asked.count(c.Reprint("A001")) == 1
    assert "补打" not in place.paper(0)
    assert "补打" in place.paper(1)


@pytest.mark.req("R-KIOSK-02", "R-KIOSK-04")
def test_the_lamps_are_dark_while_no_number_is_to_be_had(place: Place) -> None:
    place.printer.set_paper("out")
    place.until("dark", lambda: not place.pad.shines("social") and not place.pad.shines("realty"))
    place.printer.set_paper("ok")
    place.until("lit", lambda: place.pad.shines("social") and place.pad.shines("realty"))


@pytest.mark.req("R-KIOSK-01")
def test_scenario_36_a_button_held_down_by_a_child_is_one_ticket_and_the_other_button_goes_on(place: Place) -> None:
    place.pad.set_fault(Fault.STUCK_KEY, True)
    place.until("one slip", lambda: place.numbers == ["A001"])
    place.pad.press("realty")
    place.until("the next citizen's", lambda: place.numbers == ["A001", "B001"])
    place.pad.set_fault(Fault.STUCK_KEY, False)

    assert [type(each) for each in place.hand.asked].count(c.Take) == 2


@pytest.mark.req("R-KIOSK-11", "R-KIOSK-02")
def test_a_loudspeaker_that_hangs_holds_up_no_press(place: Place) -> None:
    if shutil.which("espeak-ng") is None:
        pytest.skip("espeak-ng is not installed")
    place.pad.press("social")
    place.until("the number is said", lambda: any(each.finished for each in place.speaker.played()))

    place.speaker.set_fault(Fault.SILENT, True)
    place.pad.press("realty")
    place.until("a slip without a word", lambda: "B001" in place.numbers)
    place.pad.press("consult")
    place.until("the guide is called all the same", lambda: place.pad.shines("guide"))
