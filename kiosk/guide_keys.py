"""The keys of a kiosk that take no number: asking for a guide, and what the guide does behind the panel."""

from collections.abc import Iterator
from typing import Final, Literal

from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core.notices import STILL_ISSUES, issues_nothing
from firmware_py.core.plan import Plan
from firmware_py.core.views import HallView
from firmware_py.runtime.wire_settings.buttons import GUIDE_LAMP
from kiosk.choices import Choice, Habits
from kiosk.effects import KeepPriorities, NewRoll, PrintNotice, PrintSlip
from kiosk.face import Face, Standing
from kiosk.guide_calls import GuideCalls
from kiosk.last_slips import LastSlips
from kiosk.priorities import Priorities
from kiosk.requests import ANSWER_MS, About, Answered, Requests
from kiosk.taking import Taking
from kiosk.typed_number import TypedNumber

CALL_MS: Final = 60_000
"""A call for a guide is worth telling for a minute: the lamp is lit meanwhile."""
LATER: Final = frozenset({"emergency", "expired", "journal_fault", "slip_coming"})
"""Refusals that say nothing about the number: the guide may confirm it later."""


class GuideKeys:
    """Times are monotonic milliseconds; ``at`` is a press's own."""

    def __init__(
        self,
        plan: Plan,
        instance: str,
        habits: Habits,
        requests: Requests,
        face: Face,
        slips: LastSlips,
        taking: Taking,
        priorities: KeepPriorities,
    ) -> None:
        self._plan = plan
        self._instance = instance
        self._has_lamp = GUIDE_LAMP in habits.lamps
        self._requests = requests
        self._face = face
        self._slips = slips
        self._taking = taking
        self._calls = GuideCalls(instance)
        self._priorities = Priorities(priorities)
        self._typed = TypedNumber([each.prefix for each in plan.services])

    @property
    def calls(self) -> frozenset[str]:
        """What a guide is called for."""
        return frozenset(self._calls.kinds)

    def to_confirm(self, hall: HallView | None) -> bool:
        """Whether a press of 确认 would be about somebody."""
        return bool(self._priorities.next(_day(hall)))

    def hall_says(self, view: HallView) -> None:
        """The hall's word about this dispenser's calls."""
        self._calls.hall_says(view)

    def pressed(self, choice: Choice, at: int, standing: Standing, now: int) -> Iterator[object]:
        """A key that takes no number."""
        match choice.act:
            case "consult" | "complain" as about:
                yield from self._call(about, standing, now)
            case "guide_came":
                if self._calls.came():
                    yield self._requests.ask(c.GuideCame(), now, CALL_MS)
            case "confirm":
                yield from self._confirm(at, standing, now)
            case "reprint":
                yield from self._reprint(at, standing, now)
            case "new_roll":
                yield NewRoll()
                yield from self._face.tell(phrases.text("kiosk.new_roll"), now)
            case "notice":
                yield from self._notices(standing, now)
            case "repeat":
                yield from self._face.repeat(standing, now)
            case "type":
                yield from self._type(choice.types, at, standing, now)
            case "take":
                pass

    def wants_priority(self, ticket: str, hall: HallView | None, now: int) -> Iterator[object]:
        """This ticket was taken with a priority button that a guide has to confirm (R-KIOSK-09)."""
        yield self._priorities.wants(ticket, _day(hall))
        self._calls.called("priority")
        yield self._requests.ask(c.CallGuide("priority"), now, CALL_MS)

    def answered(self, asked: Answered, answer: c.Answer, hall: HallView | None, now: int) -> Iterator[object]:
        """The hall's word about a key."""
        slip = asked.about.slip
        match asked.command:
            case c.CallGuide(about) if answer.accepted:
                self._calls.heard(about)
            case c.Upgrade(ticket):
                yield from self._confirmed(ticket, answer.refusal, hall, now)
                text = phrases.text("kiosk.confirmed", ticket=ticket)
                yield from self._face.tell(text if answer.accepted else _refusal(answer), now)
            case c.Reprint() if not answer.accepted:
                yield from self._face.tell(_refusal(answer), now)
            case c.Reprint(ticket) if slip is not None:
                yield PrintSlip(slip.taken, slip.wall_ms, slip.hours, slip.large, reprint=True)
                yield from self._face.tell(phrases.text("kiosk.reprinting", ticket=ticket), now)

    def unanswered(self, asked: Answered, now: int) -> Iterator[object]:
        """Nothing came of a key: whoever waits here for it is sent to where somebody is."""
        match asked.command:
            case c.Upgrade(ticket):
                self._priorities.unanswered(ticket)
            case c.Reprint():
                pass
            case c.CallGuide(about) if not self._has_lamp:
                self._calls.unheard(about)
            case _:
                return
        yield from self._face.tell(phrases.text("kiosk.go_to_guide"), now)

    def _call(self, about: Literal["consult", "complain"], standing: Standing, now: int) -> Iterator[object]:
        if not (self._has_lamp or standing.linked):
            yield from self._face.tell(phrases.text("kiosk.go_to_guide"), now)  # nobody would hear of it
            return
        self._calls.called(about)
        yield self._requests.ask(c.CallGuide(about), now, CALL_MS)
        yield from self._face.tell(phrases.text(f"kiosk.{about}_called"), now)

    def _confirm(self, at: int, standing: Standing, now: int) -> Iterator[object]:
        ticket = self._typed.take(at) or self._priorities.next(_day(standing.hall))
        if not ticket:
            yield from self._face.tell(phrases.text("kiosk.nothing_to_confirm"), now)
            return
        self._priorities.asked(ticket)
        yield self._requests.ask(c.Upgrade(ticket), now, ANSWER_MS)

    def _confirmed(self, ticket: str, refusal: str, hall: HallView | None, now: int) -> Iterator[object]:
        """The guide's call is over with the last of them."""
        if refusal in LATER:
            self._priorities.unanswered(ticket)
            return
        yield from self._priorities.settled(ticket)
        if not self._priorities.open(_day(hall)) and self._calls.came("priority"):
            yield self._requests.ask(c.GuideCame("priority"), now, CALL_MS)

    def _reprint(self, at: int, standing: Standing, now: int) -> Iterator[object]:
        number, day = self._typed.take(at), _day(standing.hall)
        slip = self._slips.typed(day, number) if number else self._slips.pressed(day, at)
        if slip is None:
            yield from self._face.tell(phrases.text("kiosk.no_slip"), now)
        elif not standing.prints:
            yield from self._face.send_away(standing, now)
        else:
            yield self._requests.ask(c.Reprint(slip.taken.ticket), now, ANSWER_MS, About(slip=slip))

    def _type(self, types: str, at: int, standing: Standing, now: int) -> Iterator[object]:
        if types != "ok":
            if self._typed.key(types, at):
                shown = phrases.text("kiosk.typed", number=self._typed.shown or "-")
                yield from self._face.tell(shown, now, aloud=False)
            return
        if self._typed.lacks_letters():
            yield from self._face.tell(phrases.text("kiosk.letters_first"), now)
        number = self._typed.take(at)
        if number:
            yield from self._taking.typed(number, standing, now)

    def _notices(self, standing: Standing, now: int) -> Iterator[object]:
        """Sheets for what is out of order elsewhere, one for the hours that change; or the word that there is neither.

        On another dispenser stands where this one is; on anything else, nothing about numbers.
        """
        found: list[PrintNotice] = []
        hall = standing.hall
        if hall is not None:
            here = next((each.place for each in self._plan.kiosks if each.id == self._instance), "")
            others = (each.id for each in self._plan.kiosks if each.id != self._instance)
            dead = {each for each in others if issues_nothing(each, hall.devices)}
            if dead:
                found.append(PrintNotice("fault", hall, here))
            told = {self._instance, *dead}
            if any(instance not in told and reason not in STILL_ISSUES for instance, _, reason in hall.devices):
                found.append(PrintNotice("device", hall, here))
            if hall.coming is not None:
                found.append(PrintNotice("hours", hall, here))
        yield from found
        if not found:
            yield from self._face.tell(phrases.text("kiosk.no_notice"), now)


def _day(hall: HallView | None) -> str:
    """The hall's, "" = not heard yet."""
    return hall.day if hall else ""


def _refusal(answer: c.Answer) -> str:
    return phrases.refusal(answer.refusal, answer.details)
