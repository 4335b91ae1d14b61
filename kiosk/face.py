"""What a citizen sees and hears of a kiosk: its sign, its lamps, its loudspeaker; any of them may be missing.

A refusal lights and speaks (R-KIOSK-02): it stands on the sign, the lamp of the button blinks, and the loudspeaker says
it in full.
"""

from collections.abc import Iterator, Mapping

import msgspec

from drivers.buttons import Light
from firmware_py import phrases
from firmware_py.core import events as e
from firmware_py.core.plan import Plan
from firmware_py.core.views import HallView
from firmware_py.phrases import speech
from firmware_py.runtime.wire_settings.buttons import GUIDE_LAMP
from kiosk.choices import Choice, Habits
from kiosk.effects import LightLamp, Say, ShowText
from kiosk.sign_texts import elsewhere_text, idle_text

NOTICE_MS = 8000
"""How long a refusal stands on the kiosk's sign."""
REPEAT_MS = 60_000
"""How long a sentence can be said again: later it may be true no more."""


class Standing(msgspec.Struct, frozen=True):
    """How the kiosk stands. ``prints`` = as far as is known, ``felt`` = presses arrive (None: nobody knows yet),
    ``busy`` are the buttons whose answer is awaited, ``resting`` those that are held off, ``calls`` what a guide is
    called for, ``to_confirm`` = a priority is."""

    hall: HallView | None
    linked: bool
    prints: bool
    felt: bool | None
    busy: frozenset[str]
    resting: frozenset[str]
    calls: frozenset[str]
    to_confirm: bool

    @property
    def broken(self) -> bool:
        """Whether nobody gets a number here."""
        return not self.prints or self.felt is False

    @property
    def issues(self) -> bool:
        """Whether a press will be taken."""
        return self.hall is not None and self.linked and bool(self.felt) and not self.hall.reason and self.prints


class Face:
    """Says only what changed. Times are monotonic milliseconds."""

    def __init__(self, plan: Plan, instance: str, choices: Mapping[str, Choice], habits: Habits) -> None:
        self._plan = plan
        self._instance = instance
        self._choices = choices
        self._habits = habits
        self._notice_until: int | None = None
        self._shown = ""
        self._said: tuple[Say, int] | None = None
        self._refused = ""
        self._lit: dict[str, Light] = {}

    @property
    def due(self) -> int | None:
        """When the notice is over."""
        return self._notice_until

    def elapse(self, now: int) -> None:
        """Time has passed."""
        if self._notice_until is not None and now >= self._notice_until:
            self.clear()

    def clear(self) -> None:
        """No notice any more: what stands now is what the next citizen must read."""
        self._notice_until, self._refused = None, ""

    def forget_sign(self) -> None:
        """The sign may show nothing: it was dark."""
        self._shown = ""

    def forget_lamps(self) -> None:
        """The lamps may all be dark."""
        self._lit.clear()

    def tell(self, text: str, now: int, *, button: str = "", aloud: bool = True) -> Iterator[object]:
        """A notice for whoever stands here; ``button`` is the one it refuses."""
        self._notice_until = now + NOTICE_MS
        self._refused = button
        self._shown = text
        yield ShowText(text)
        if aloud:
            yield from self._say(Say(text), now)

    def send_away(self, standing: Standing, now: int, *, button: str = "") -> Iterator[object]:
        """There is no paper here: where else to go, unless numbers are to be had nowhere now."""
        yield from self.tell(self._away_text(standing), now, button=button)

    def tell_number(self, taken: e.Taken, now: int) -> Iterator[object]:
        """The slip is out: number and people ahead, digits one by one (R-KIOSK-11, rules.md 4.7)."""
        if self._habits.speak:
            number = speech.read_number(taken.ticket)[1]
            if taken.ahead:
                ahead = speech.read_cardinal(taken.ahead)[1]
                text = phrases.text("kiosk.say_number_ahead", number=number, n=ahead)
            else:
                text = phrases.text("kiosk.say_number", number=number)
            yield from self._say(Say(text, slow=taken.klass == "G"), now)

    def repeat(self, standing: Standing, now: int) -> Iterator[object]:
        """The last sentence once more; when that was long ago, what stands now."""
        if self._said is not None and now - self._said[1] < REPEAT_MS:
            yield from self._say(*self._said)
        else:
            yield from self._say(Say(self._resting_text(standing)), now)

    def settle(self, standing: Standing) -> Iterator[object]:
        """Sign and lamps as things stand now."""
        if self._notice_until is None:
            text = self._resting_text(standing)
            if text != self._shown:
                self._shown = text
                yield ShowText(text)
        for name in sorted(self._habits.lamps):
            mode = self._lamp(name, standing)
            if self._lit.get(name) != mode:
                self._lit[name] = mode
                yield LightLamp(name, mode)

    def _say(self, sentence: Say, at: int) -> Iterator[object]:
        if self._habits.voice:
            self._said = sentence, at
            yield sentence

    def _resting_text(self, standing: Standing) -> str:
        if standing.broken:
            return self._away_text(standing)
        return idle_text(self._plan, standing.hall, linked=standing.linked)

    def _away_text(self, standing: Standing) -> str:
        if standing.linked and standing.hall is not None and standing.hall.reason:
            return idle_text(self._plan, standing.hall, linked=True)
        return elsewhere_text(self._plan, self._instance, standing.hall)

    def _lamp(self, name: str, standing: Standing) -> Light:
        if name == GUIDE_LAMP:
            return "steady" if standing.calls else "off"
        choice = self._choices.get(name)
        if choice is None:
            return "off"
        if name == self._refused or name in standing.resting:
            return "blink"
        match choice.act:
            case "take":
                return "steady" if standing.issues and name not in standing.busy else "off"
            case "consult" | "complain":
                return "blink" if choice.act in standing.calls else "steady" if standing.felt else "off"
            case "guide_came":
                return "steady" if standing.calls else "off"
            case "confirm":
                return "blink" if standing.to_confirm else "off"
            case _:
                return "steady"
