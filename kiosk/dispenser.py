"""What a kiosk does: a press asks for a number, the answer is printed, the outcome of the slip goes back.

The controller's commit is the ticket; the kiosk keeps nothing but the highest numbers it has seen, the last slips and
the priorities that a guide has still to confirm. ``taking`` is a citizen's way through here, ``guide_keys`` the guide's
keys, ``face`` what is seen and heard; this module hands each of them what concerns it.
"""

import logging
from collections.abc import Callable, Iterator, Mapping

from drivers.buttons import Pressed
from drivers.printer import PrintResult
from drivers.reader import CodeRead
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core import events as e
from firmware_py.core.notices import STILL_ISSUES
from firmware_py.core.plan import Plan
from firmware_py.core.schedule import MINUTE_MS
from firmware_py.core.views import HallView
from firmware_py.link import Lifecycle, LinkDown, LinkUp, Malformed, Received, Refused, Topics, decode
from firmware_py.runtime.asking import Asking, DeviceReports
from firmware_py.runtime.effects import SetStatus
from firmware_py.runtime.loop import Timer
from firmware_py.runtime.port_reports import JobDone, JobFailed, PortDown, PortUp
from firmware_py.runtime.superseding import supersedes
from kiosk.choices import Choice, Habits
from kiosk.effects import KeepHighest, KeepPriorities, KeepSlips
from kiosk.face import Face, Standing
from kiosk.guide_keys import GuideKeys
from kiosk.last_slips import LastSlips
from kiosk.numbers_seen import NumbersSeen
from kiosk.presses import KeyPresses, Presses
from kiosk.requests import ISSUING, Answered, Requests
from kiosk.taking import Taking
from kiosk.transfers import Transfers

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
        priorities: those a guide has still to confirm, likewise.
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
        priorities: KeepPriorities | None = None,
        habits: Habits | None = None,
    ) -> None:
        self._habits = Habits() if habits is None else habits
        self._plan = plan
        self._instance = instance
        self._buttons = buttons
        self._topics = topics
        self._presses = {
            name: Presses(self._habits.debounce_ms) if choice.act in PUBLIC_ACTS else KeyPresses()
            for name, choice in buttons.items()
            if choice.act != "type"
        }
        self._asking = Asking()
        self._requests = Requests(self._asking, new_id)
        self._devices = DeviceReports(self._asking, new_id)
        self._seen = NumbersSeen(plan, seen)
        slips = LastSlips(kept or KeepSlips(""), self._habits.reprints)
        self._face = Face(plan, instance, buttons, self._habits)
        self._taking = Taking(self._habits, self._requests, self._seen, slips, self._face, self._local)
        open_priorities = priorities or KeepPriorities("")
        self._keys = GuideKeys(
            plan, instance, self._habits, self._requests, self._face, slips, self._taking, open_priorities
        )
        self._transfers = Transfers()
        self._hall: HallView | None = None
        self._followed: HallView | None = None
        self._linked = False

    def on(self, item: object, now: int) -> Iterator[object]:
        """Effects of one inbox item at monotonic ``now``."""
        match item:
            case Pressed(button, at):
                yield from self._pressed(button, at, now)
            case CodeRead(text, at):
                yield from self._taking.read(text, at, self._standing(now), now)
            case Received(topic, payload):
                yield from self._received(topic, payload, now)
            case JobDone("printer", job_id, PrintResult() as result):
                yield from self._taking.printed(job_id, result, self._standing(now), now)
            case JobFailed("printer", job_id, error):
                yield from self._taking.not_printed(job_id, error, self._standing(now), now)
            case PortDown(port, reason, _):
                yield from self._device_is(port, reason, now)
            case PortUp(port):
                if port == "sign":
                    self._face.forget_sign()
                elif port == "lamps":
                    self._face.forget_lamps()
                yield from self._device_is(port, "", now)
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

    def _device_is(self, port: str, reason: str, now: int) -> Iterator[object]:
        worked = self._prints
        yield from self._devices.changed(port, reason, now)
        if worked != self._prints:
            self._face.clear()  # what the next citizen must read has changed

    @property
    def _prints(self) -> bool:
        return _works(self._devices.reasons.get("printer", ""))

    def _standing(self, now: int) -> Standing:
        resting = {name for name, press in self._presses.items() if press.rests_until and now < press.rests_until}
        panel = self._devices.reasons.get(PANEL)
        return Standing(
            self._hall,
            self._linked,
            self._prints,
            None if panel is None else _works(panel),
            self._requests.buttons,
            frozenset(resting),
            self._keys.calls,
            self._keys.to_confirm(self._hall),
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
        if choice.act == "take":
            yield from self._taking.press(button, choice, self._standing(now), now)
        else:
            yield from self._keys.pressed(choice, at, self._standing(now), now)

    # --- the hall's word ----------------------------------------------------------------------------------------------

    def _received(self, topic: str, payload: bytes, now: int) -> Iterator[object]:
        try:
            if topic == self._topics.answer(self._instance):
                yield from self._answered(decode(payload, c.Answer), now)
            elif topic == self._topics.hall_state and payload:
                yield from self._hall_is(decode(payload, HallView), now)
            elif topic == self._topics.event("transferred") and self._habits.transfer_slips and self._prints:
                yield from self._transfers.heard(payload, self._hall, self._local)
        except Malformed as error:
            log.warning("%s: %s", topic, error)

    def _hall_is(self, view: HallView, now: int) -> Iterator[object]:
        if not supersedes(view, self._followed):
            return
        self._hall = self._followed = view
        self._keys.hall_says(view)
        hello = self._seen.hello(view.log)
        if hello is not None:
            yield self._requests.report(hello, now)

    def _answered(self, answer: c.Answer, now: int) -> Iterator[object]:
        asked = self._requests.answered(answer)
        if asked is None:
            return
        if not isinstance(asked.command, ISSUING):
            yield from self._keys.answered(asked, answer, self._hall, now)
            return
        yield from self._taking.answered(asked, answer, self._standing(now), now)
        if asked.about.confirm and isinstance(answer.event, e.Taken):
            yield from self._keys.wants_priority(answer.event.ticket, self._hall, now)

    # --- time ---------------------------------------------------------------------------------------------------------

    def _elapsed(self, now: int) -> Iterator[object]:
        self._face.elapse(now)
        for name, press in self._presses.items():
            if name in self._habits.lamps:
                press.elapse(now)
        for each in self._requests.elapse(now):
            if not isinstance(each, Answered):
                yield each
            elif isinstance(each.command, ISSUING):
                yield from self._taking.unanswered(each, now)
            else:
                log.warning("the controller never answered %s", each.command)
                if isinstance(each.command, c.KioskStarted):
                    self._seen.untold()
                yield from self._keys.unanswered(each, now)

    def _local(self, at: int) -> int:
        offset = self._hall.offset_ms if self._hall else 0
        return at + offset + self._plan.utc_offset_min * MINUTE_MS


def _works(reason: str) -> bool:
    """Whether a device with this trouble, "" = none, goes on."""
    return not reason or reason in STILL_ISSUES
