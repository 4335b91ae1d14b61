"""What a kiosk does: a press asks for a number, the answer is printed, the outcome of the slip goes back.

The controller's commit is the ticket; the kiosk keeps nothing but the highest numbers it has seen. Whatever goes wrong
on the way ends in one of two places: the citizen holds a slip, or reads why not and where to go (T01–T04).
"""

import logging
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import msgspec

from drivers.buttons import Pressed
from drivers.printer import Printed, PrintResult
from drivers.reader import CodeRead
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.plan import Hours, Plan
from firmware_py.core.schedule import MINUTE_MS
from firmware_py.core.views import HallView
from firmware_py.link import Lifecycle, LinkDown, LinkUp, Malformed, Received, Refused, Topics, decode
from firmware_py.runtime.asking import REPORT_MS, Asking, DeviceReports, Unanswered
from firmware_py.runtime.effects import Send, SetStatus
from firmware_py.runtime.loop import Timer
from firmware_py.runtime.port_reports import JobDone, JobFailed, PortDown, PortUp, reason_of
from firmware_py.runtime.superseding import supersedes
from kiosk.codes import REPEAT_MS, command_of
from kiosk.presses import DEBOUNCE_MS, Presses
from kiosk.sign_texts import answer_text, elsewhere_text, idle_text

log = logging.getLogger(__name__)

ANSWER_MS = 5000
"""A citizen is told after five seconds without an answer (design 3.1)."""
ISSUING = (c.Take, c.CheckIn, c.ReturnTicket)
"""What a citizen waits here for the answer to: it may be a ticket."""
NOTICE_MS = 8000
"""How long a refusal stands on the kiosk's sign."""


class Choice(msgspec.Struct, frozen=True):
    """What a button stands for."""

    service: str
    klass: Literal["X", "G"] = "X"


class PrintSlip(msgspec.Struct, frozen=True):
    """Effect: print this ticket's slip; ``wall_ms`` is local wall time for the paper, ``hours`` are today's sessions,
    which an announced change may have moved away from the plan's (R-CORE-32); none = the plan's."""

    taken: e.Taken
    wall_ms: int
    hours: tuple[Hours, ...] = ()


class ShowText(msgspec.Struct, frozen=True):
    """Effect: the kiosk's sign shows this text."""

    text: str


class KeepHighest(msgspec.Struct, frozen=True):
    """Effect: remember across power cuts what numbers have been seen."""

    day: str
    highest: dict[str, int]


class Dispenser:
    """The kiosk's logic.

    Args:
        plan: the hall.
        instance: this kiosk.
        buttons: what each button stands for.
        topics: of the hall.
        new_id: gives each press its own command id.
        seen: day and highest numbers per prefix, as kept before the last power cut.
        debounce_ms: within this time presses of one button are one press.
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
        debounce_ms: int = DEBOUNCE_MS,
    ) -> None:
        self._plan = plan
        self._instance = instance
        self._buttons = buttons
        self._topics = topics
        self._new_id = new_id
        self._day, self._highest = seen.day, dict(seen.highest)
        self._presses = {name: Presses(debounce_ms) for name in buttons}
        self._last_code: tuple[str, int] = ("", -REPEAT_MS)
        self._asking = Asking()
        self._devices = DeviceReports(self._asking, new_id)
        self._given_up: deque[str] = deque(maxlen=64)
        self._hall: HallView | None = None
        self._followed: HallView | None = None
        self._told_log = ""
        self._linked = False
        self._fault = ""
        self._notice_until: int | None = None
        self._shown = ""

    def on(self, item: object, now: int) -> Iterator[object]:
        """Effects of one inbox item at monotonic ``now``."""
        match item:
            case Pressed(button, at):
                yield from self._pressed(button, at, now)
            case CodeRead(text, at):
                yield from self._code(text, at, now)
            case Received(topic, payload):
                yield from self._received(topic, payload, now)
            case JobDone(_, number, PrintResult() as result):
                yield self._outcome(number, result, now)
                yield from self._after_print(result, now)
            case JobFailed("printer", number, error):
                yield self._ask_outcome(c.ReportPrintFailed(number, reason_of(error)), now)
                yield from self._notice(elsewhere_text(self._plan, self._instance), now)
            case PortDown("printer", reason, _):
                self._fault = reason
                self._notice_until = None  # the fault is what the next citizen must read
                yield from self._devices.changed("printer", reason, now)
            case PortUp("printer"):
                self._fault, self._notice_until = "", None
                yield from self._devices.changed("printer", "", now)
            case PortDown(port, reason, _):
                yield from self._devices.changed(port, reason, now)
            case PortUp(port):
                self._shown = ""
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
        yield from self._sign()

    def due(self) -> int | None:
        """The next retry, or the end of a notice."""
        moments = [moment for moment in (self._asking.due(), self._notice_until) if moment is not None]
        return min(moments, default=None)

    @property
    def _broken(self) -> bool:
        return bool(self._fault) and self._fault != "paper_low"

    # --- presses ------------------------------------------------------------------------------------------------------

    def _pressed(self, button: str, at: int, now: int) -> Iterator[object]:
        choice = self._buttons.get(button)
        if choice is None:
            return
        verdict = self._presses[button].judge(at)
        if verdict == "hold_off":
            yield from self._notice(phrases.refusal("busy_hands_off", {}), now)
        if verdict != "take":
            return
        if self._broken:
            yield from self._notice(elsewhere_text(self._plan, self._instance), now)
            return
        yield self._asking.ask(self._new_id(), c.Take(choice.service, choice.klass), now, for_ms=ANSWER_MS)

    def _code(self, text: str, at: int, now: int) -> Iterator[object]:
        last, when = self._last_code
        self._last_code = (text, at)
        if text == last and at - when < REPEAT_MS:
            return
        command = command_of(text)
        if command is None:
            yield from self._notice(phrases.text("kiosk.unknown_code"), now)
            return
        needs_paper = not isinstance(command, c.ReturnTicket) or command.day
        if needs_paper and self._broken:
            yield from self._notice(elsewhere_text(self._plan, self._instance), now)
            return
        yield self._asking.ask(self._new_id(), command, now, for_ms=ANSWER_MS)

    def _received(self, topic: str, payload: bytes, now: int) -> Iterator[object]:
        try:
            if topic == self._topics.answer(self._instance):
                yield from self._answered(decode(payload, c.Answer), now)
            elif topic == self._topics.hall_state and payload:
                yield from self._hall_is(decode(payload, HallView), now)
        except Malformed as error:
            log.warning("%s: %s", topic, error)

    def _answered(self, answer: c.Answer, now: int) -> Iterator[object]:
        taken = answer.event
        if answer.cmd_id in self._given_up:
            self._given_up.remove(answer.cmd_id)
            if isinstance(taken, e.Taken):  # the citizen was sent away: nobody must be waited for
                yield self._ask_outcome(c.ReportPrintFailed(taken.ticket, "given_up"), now)
            return
        command = self._asking.answered(answer)
        if not isinstance(command, ISSUING):
            return
        if isinstance(taken, e.Taken):
            yield from self._remember(taken)
            yield PrintSlip(taken, self._local(taken.at), self._hall.hours if self._hall else ())
        text = answer_text(answer)
        if text:
            yield from self._notice(text, now)

    def _remember(self, taken: e.Taken) -> Iterator[object]:
        service = self._plan.service(taken.service)
        if service is None:
            return
        number = int(taken.ticket[len(service.prefix) :])
        day = self._hall.day if self._hall else self._day
        if day != self._day:
            self._day, self._highest = day, {}
        self._highest[service.prefix] = max(number, self._highest.get(service.prefix, 0))
        yield KeepHighest(self._day, dict(self._highest))

    # --- slips --------------------------------------------------------------------------------------------------------

    def _outcome(self, number: str, result: PrintResult, now: int) -> Send:
        if result.outcome is Printed.PRINTED:
            return self._ask_outcome(c.ReportPrinted(number), now)
        if result.outcome is Printed.FAILED:
            return self._ask_outcome(c.ReportPrintFailed(number, result.reason), now)
        return self._ask_outcome(c.ReportPrintUnknown(number, result.reason), now)

    def _after_print(self, result: PrintResult, now: int) -> Iterator[object]:
        if result.outcome is not Printed.PRINTED:
            yield from self._notice(elsewhere_text(self._plan, self._instance), now)

    def _ask_outcome(self, command: c.HallCommand, now: int) -> Send:
        return self._asking.ask(self._new_id(), command, now, for_ms=REPORT_MS)

    # --- the hall and time --------------------------------------------------------------------------------------------

    def _hall_is(self, view: HallView, now: int) -> Iterator[object]:
        if not supersedes(view, self._followed):
            return
        self._hall = self._followed = view
        if self._told_log != view.log:  # this process is new, or the controller's journal is
            self._told_log = view.log
            started = c.KioskStarted(self._day, dict(self._highest))
            yield self._ask_outcome(started, now)

    def _elapsed(self, now: int) -> Iterator[object]:
        if self._notice_until is not None and now >= self._notice_until:
            self._notice_until = None
        for each in self._asking.elapse(now):
            if not isinstance(each, Unanswered):
                yield each
            elif isinstance(each.command, ISSUING):
                self._given_up.append(each.cmd_id)
                yield from self._notice(phrases.refusal("no_answer", {}), now)
            else:
                log.warning("the controller never answered %s", each.command)

    # --- the sign -----------------------------------------------------------------------------------------------------

    def _notice(self, text: str, now: int) -> Iterator[object]:
        self._notice_until = now + NOTICE_MS
        self._shown = text
        yield ShowText(text)

    def _sign(self) -> Iterator[object]:
        if self._notice_until is not None:
            return
        if self._broken:
            text = elsewhere_text(self._plan, self._instance)
        else:
            text = idle_text(self._plan, self._hall, linked=self._linked)
        if text != self._shown:
            self._shown = text
            yield ShowText(text)

    def _local(self, at: int) -> int:
        offset = self._hall.offset_ms if self._hall else 0
        return at + offset + self._plan.utc_offset_min * MINUTE_MS
