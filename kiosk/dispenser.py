"""What a kiosk does: a press asks for a number, the answer is printed, the outcome of the slip goes back.

The controller's commit is the ticket; the kiosk keeps nothing but the highest numbers it has seen and the last slips.
Whatever goes wrong on the way ends in one of two places: the citizen holds a slip, or reads and hears why not and where
to go (T01–T04).
"""

import logging
from collections.abc import Callable, Iterator, Mapping

from drivers.buttons import Pressed
from drivers.printer import PrintResult
from drivers.reader import CodeRead
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.plan import Plan
from firmware_py.core.schedule import MINUTE_MS
from firmware_py.core.views import HallView
from firmware_py.link import Lifecycle, LinkDown, LinkUp, Malformed, Received, Refused, Topics, decode
from firmware_py.runtime.asking import Asking, DeviceReports
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.loop import Timer
from firmware_py.runtime.port_reports import OFFLINE, JobDone, JobFailed, PortDown, PortUp
from firmware_py.runtime.superseding import supersedes
from firmware_py.runtime.wire_settings.buttons import GUIDE_LAMP
from kiosk.choices import Choice, Habits
from kiosk.codes import REPEAT_MS, command_of
from kiosk.effects import KeepHighest, KeepSlips, KeptSlip, PrintSlip
from kiosk.face import Face, Standing
from kiosk.guide_calls import GuideCalls
from kiosk.guide_keys import Around, Ask, Code, GuideKeys, Repeat, Tell
from kiosk.last_slips import LastSlips
from kiosk.numbers_seen import NumbersSeen
from kiosk.outcomes import Outcomes
from kiosk.presses import KeyPresses, Presses
from kiosk.requests import ANSWER_MS, ISSUING, About, Answered, Requests
from kiosk.sign_texts import answer_text, elsewhere_text
from kiosk.transfers import Transfers
from kiosk.typed_number import TypedNumber

log = logging.getLogger(__name__)

PANEL = "buttons"
"""The port of the panel that has the lamps."""
PUBLIC_ACTS = ("take", "consult", "complain")
"""Whose buttons are within everybody's reach, and are guarded against hammering."""


class Dispenser:
    """The kiosk's logic.

    Args:
        plan: the hall.
        instance: this kiosk.
        buttons: what each button stands for.
        topics: of the hall.
        new_id: gives each press its own command id.
        seen: day and highest numbers per prefix, as kept before the last power cut.
        kept: the last slips, likewise.
        habits: how this kiosk does things.
    """

    def __init__(
        self,
        plan: Plan,
        instance: str,
        buttons: Mapping[str, Choice],
        topics: Topics,
        new_id: Callable[[], str],
        seen: KeepHighest,
        *,
        kept: KeepSlips | None = None,
        habits: Habits | None = None,
    ) -> None:
        self._habits = Habits() if habits is None else habits
        self._plan = plan
        self._instance = instance
        self._buttons = buttons
        self._topics = topics
        self._seen = NumbersSeen(plan, seen)
        self._presses = {
            name: Presses(self._habits.debounce_ms) if choice.act in PUBLIC_ACTS else KeyPresses()
            for name, choice in buttons.items()
            if choice.act != "type"
        }
        self._last_code: tuple[str, int] = ("", -REPEAT_MS)
        self._asking = Asking()
        self._requests = Requests(self._asking, new_id)
        self._devices = DeviceReports(self._asking, new_id)
        self._calls = GuideCalls(instance)
        self._slips = LastSlips(kept or KeepSlips(""), self._habits.reprints)
        self._keys = GuideKeys(self._calls, self._slips, TypedNumber([each.prefix for each in plan.services]))
        self._face = Face(plan, instance, buttons, self._habits)
        self._outcomes = Outcomes(self._requests, self._slips)
        self._transfers = Transfers()
        self._hall: HallView | None = None
        self._followed: HallView | None = None
        self._linked = False
        self._fault = ""

    def on(self, item: object, now: int) -> Iterator[object]:
        """Effects of one inbox item at monotonic ``now``."""
        match item:
            case Pressed(button, at):
                yield from self._pressed(button, at, now)
            case CodeRead(text, at):
                yield from self._code(text, at, now)
            case Received(topic, payload):
                yield from self._received(topic, payload, now)
            case JobDone("printer", job_id, PrintResult() as result):
                yield from self._outcomes.printed(job_id, result, now)
                yield from self._after_print(job_id, result, now)
            case JobFailed("printer", job_id, error):
                yield from self._outcomes.not_printed(job_id, error, now)
                yield from self._face.tell(elsewhere_text(self._plan, self._instance), now)
            case PortDown("printer", reason, _):
                self._fault = reason
                self._face.clear()  # the fault is what the next citizen must read
                yield from self._devices.changed("printer", reason, now)
            case PortUp("printer"):
                self._fault = ""
                self._face.clear()
                yield from self._devices.changed("printer", "", now)
            case PortDown(port, reason, _):
                yield from self._devices.changed(port, reason, now)
            case PortUp(port):
                if port == "sign":
                    self._face.forget_sign()
                elif port == "lamps":
                    self._face.forget_lamps()
                yield from self._devices.changed(port, "", now)
            case LinkUp():
                self._linked = True
                yield SetStatus(Lifecycle.READY)
                yield from self._asking.again(now)
                yield from self._devices.again(now)
            case LinkDown():
                self._linked, self._followed = False, None
            case Timer():
                yield from self._elapsed(now)
            case Refused(topic, reason):
                log.error("the broker refused %s: %s", topic, reason)
            case _:
                pass
        yield from self._face.settle(self._standing(now))

    def due(self) -> int | None:
        """The next retry, the end of a notice, or the moment a button that was held off may be pressed again."""
        rests = [press.rests_until for name, press in self._presses.items() if name in self._habits.lamps]
        moments = [self._asking.due(), self._face.due, *rests]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def _broken(self) -> bool:
        return bool(self._fault) and self._fault != "paper_low"

    def _standing(self, now: int) -> Standing:
        resting = {name for name, press in self._presses.items() if press.rests_until and now < press.rests_until}
        panel = self._devices.reasons.get(PANEL)  # None = nobody knows yet
        return Standing(
            self._hall,
            self._linked,
            panel not in (None, OFFLINE),
            self._broken or panel == OFFLINE,
            self._requests.buttons,
            frozenset(resting),
            frozenset(self._calls.kinds),
            self._calls.pending,
        )

    # --- presses ------------------------------------------------------------------------------------------------------

    def _pressed(self, button: str, at: int, now: int) -> Iterator[object]:
        choice = self._buttons.get(button)
        if choice is None:
            return
        verdict = self._presses[button].judge(at) if button in self._presses else "take"
        if verdict == "hold_off":
            yield from self._face.tell(phrases.refusal("busy_hands_off", {}), now, button=button)
        if verdict != "take":
            return
        if choice.act != "take":
            yield from self._follow(self._keys.pressed(choice.act, choice.types, at, self._around()), now)
        elif self._broken:
            yield from self._face.tell(elsewhere_text(self._plan, self._instance), now, button=button)
        else:
            confirm = choice.klass == "G" and self._habits.priority == "confirm"
            large = choice.large or (choice.klass == "G" and self._habits.large_print == "green")
            command = c.Take(choice.service, "X" if confirm else choice.klass)
            yield self._requests.ask(command, now, ANSWER_MS, About(button, large, confirm))

    def _follow(self, steps: Iterator[object], now: int) -> Iterator[object]:
        """Carry out what a key asks for; everything else is an effect."""
        for step in steps:
            match step:
                case Ask(command, for_ms, slip):
                    if isinstance(command, c.Reprint) and self._broken:
                        yield from self._face.tell(elsewhere_text(self._plan, self._instance), now)
                    else:
                        yield self._requests.ask(command, now, for_ms, About(slip=slip))
                case Tell(text, aloud):
                    yield from self._face.tell(text, now, aloud=aloud)
                case Code(text):
                    self._last_code = ("", -REPEAT_MS)  # typed twice is meant twice
                    yield from self._code(text, now, now)
                case Repeat():
                    yield from self._face.repeat()
                case _:
                    yield step

    def _around(self) -> Around:
        place = next((each.place for each in self._plan.kiosks if each.id != self._instance and each.place), "")
        return Around(self._hall, self._linked, GUIDE_LAMP in self._habits.lamps, place, self._instance)

    def _code(self, text: str, at: int, now: int) -> Iterator[object]:
        last, when = self._last_code
        self._last_code = (text, at)
        if text == last and at - when < REPEAT_MS:
            return
        command = command_of(text)
        if command is None:
            yield from self._face.tell(phrases.text("kiosk.unknown_code"), now)
            return
        needs_paper = not isinstance(command, c.ReturnTicket) or command.day
        if needs_paper and self._broken:
            yield from self._face.tell(elsewhere_text(self._plan, self._instance), now)
            return
        yield self._requests.ask(command, now, ANSWER_MS, About())

    # --- the hall's word ----------------------------------------------------------------------------------------------

    def _received(self, topic: str, payload: bytes, now: int) -> Iterator[object]:
        try:
            if topic == self._topics.answer(self._instance):
                yield from self._answered(decode(payload, c.Answer), now)
            elif topic == self._topics.hall_state and payload:
                yield from self._hall_is(decode(payload, HallView), now)
            elif topic == self._topics.event("transferred") and self._habits.transfer_slips and not self._broken:
                yield from self._transfers.heard(payload, self._hall, self._local)
        except Malformed as error:
            log.warning("%s: %s", topic, error)

    def _answered(self, answer: c.Answer, now: int) -> Iterator[object]:
        asked = self._requests.answered(answer)
        if asked is None:
            return
        taken = answer.event
        if asked.late:
            if isinstance(taken, e.Taken):  # the citizen was sent away: nobody must be waited for
                yield self._outcomes.given_up(taken.ticket, now)
        elif isinstance(asked.command, c.CallGuide):
            self._calls.heard(asked.command.about)
        elif isinstance(asked.command, c.Reprint | c.Upgrade):
            yield from self._guide_answered(asked.command.ticket, answer, asked.about, now)
        elif isinstance(asked.command, ISSUING):
            if isinstance(taken, e.Taken):
                yield from self._took(taken, asked.about, now)
            text = answer_text(answer)
            if text:  # the number is said when its slip is out, everything else at once
                aloud = not isinstance(taken, e.Taken) or text == phrases.text("kiosk.late_booking")
                button = "" if answer.accepted else asked.about.button
                yield from self._face.tell(text, now, button=button, aloud=aloud)

    def _guide_answered(self, ticket: str, answer: c.Answer, about: About, now: int) -> Iterator[object]:
        if not answer.accepted:
            yield from self._face.tell(phrases.refusal(answer.refusal, answer.details), now)
        elif about.slip is not None:
            slip = about.slip
            yield PrintSlip(slip.taken, slip.wall_ms, slip.hours, slip.large, reprint=True)
            yield from self._face.tell(phrases.text("kiosk.reprinting", ticket=ticket), now)
        else:
            yield from self._face.tell(phrases.text("kiosk.confirmed", ticket=ticket), now)

    def _took(self, taken: e.Taken, about: About, now: int) -> Iterator[object]:
        large = about.large or (taken.klass == "G" and self._habits.large_print == "green")
        slip = KeptSlip(taken, self._local(taken.at), self._hall.hours if self._hall else (), large)
        day = self._hall.day if self._hall else self._seen.day
        yield from self._seen.took(taken, day)
        yield PrintSlip(taken, slip.wall_ms, slip.hours, large)
        yield self._slips.took(day, slip)
        if about.confirm:
            yield from self._follow(self._keys.wants_priority(taken.ticket), now)

    def _after_print(self, job_id: str, result: PrintResult, now: int) -> Iterator[object]:
        text, taken = self._outcomes.told(job_id, result)
        if taken is not None:
            yield from self._face.tell_number(taken)
        elif text:
            yield from self._face.tell(text, now)
        elif not self._outcomes.came_out(result):
            yield from self._face.tell(elsewhere_text(self._plan, self._instance), now)

    def _hall_is(self, view: HallView, now: int) -> Iterator[object]:
        if not supersedes(view, self._followed):
            return
        self._hall = self._followed = view
        self._calls.hall_says(view)
        hello = self._seen.hello(view.log)
        if hello is not None:
            yield self._requests.report(hello, now)

    def _elapsed(self, now: int) -> Iterator[object]:
        self._face.elapse(now)
        for name, press in self._presses.items():
            if name in self._habits.lamps:
                press.elapse(now)
        for each in self._requests.elapse(now):
            if not isinstance(each, Answered):
                yield each
            elif isinstance(each.command, ISSUING):
                yield from self._face.tell(phrases.refusal("no_answer", {}), now, button=each.about.button)
            elif isinstance(each.command, c.Reprint | c.Upgrade):
                yield from self._face.tell(phrases.text("kiosk.go_to_guide"), now)
            else:
                log.warning("the controller never answered %s", each.command)

    def _local(self, at: int) -> int:
        offset = self._hall.offset_ms if self._hall else 0
        return at + offset + self._plan.utc_offset_min * MINUTE_MS
