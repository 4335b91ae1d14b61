"""What the test of one device has at hand: who is there, what to say, how long to wait, what was found."""

from collections.abc import Callable
from typing import Final

from drivers.buttons import ButtonsLost
from drivers.keypad import PadLost
from drivers.phone import LineLost
from drivers.reader import ReaderLost
from firmware_py.core.plan import Plan
from firmware_py.errors import DriverOffline
from firmware_py.phrases import text
from firmware_py.runtime.clock import Clock
from firmware_py.selftest.console import Console, Inbox
from firmware_py.selftest.results import NobodyThere

PRESS_S: Final = 20
"""How long somebody has to press a key, show a code or lift a handset."""
ANSWER_S: Final = 20
"""How long somebody has to say whether a sign shone."""


class Bench:
    """One test's.

    Args:
        console: the technician's end.
        clock: for waiting.
        plan: the hall.
        hands: whether somebody is at the device.
    """

    def __init__(self, console: Console, clock: Clock, plan: Plan, *, hands: bool) -> None:
        self.console = console
        self.clock = clock
        self.plan = plan
        self.hands = hands
        self.seen: list[str] = []

    def note(self, found: str) -> None:
        """Something was found."""
        self.seen.append(found)
        self.console.say(f"    {found}")

    def need_hands(self) -> None:
        """What follows needs somebody at the device.

        Raises:
            NobodyThere: there is nobody.
        """
        if not self.hands:
            raise NobodyThere

    def look(self, seconds: float) -> None:
        """Leave whoever is there so long to look."""
        if self.hands:
            self.console.look(seconds)

    def agrees(self, question: str) -> bool | None:
        """Ask the technician what only eyes and ears can tell; None = nobody knows, and that is noted."""
        answer = self.console.agrees(question, ANSWER_S) if self.hands else None
        if answer is None:
            self.note(text("selftest.nobody_saw"))
        return answer

    def await_reading(self, inbox: Inbox, wanted: Callable[[object], bool], within_s: float = PRESS_S) -> object | None:
        """The next reading that is ``wanted``; None = none came in time.

        Raises:
            DriverOffline: the wire was lost meanwhile.
        """
        until = self.clock.mono_ms() + round(within_s * 1000)
        while (left := until - self.clock.mono_ms()) > 0:
            item = self.console.reading(inbox, left / 1000)
            if item is None:
                return None
            if isinstance(item, PadLost | ReaderLost | ButtonsLost | LineLost):
                raise DriverOffline(item.reason)
            if wanted(item):
                return item
        return None
