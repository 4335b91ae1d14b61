"""What the hall's board and voice do: the board changes at once, the voice says one thing after the other."""

import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Literal

import msgspec

from caller.day_end import DayEnd
from caller.spoken import Spoken
from caller.zone import Zone
from firmware_py import phrases
from firmware_py.core import commands as c
from firmware_py.core.limits import CallLimits
from firmware_py.core.views import BoardCall, BoardView, HallView
from firmware_py.link import (
    CONTROLLER,
    Lifecycle,
    LinkDown,
    LinkUp,
    Malformed,
    Received,
    Refused,
    Status,
    Topics,
    decode,
)
from firmware_py.phrases import speech
from firmware_py.runtime.asking import REPORT_MS, Asking, DeviceReports, Unanswered
from firmware_py.runtime.effects import Send, SetStatus
from firmware_py.runtime.loop import Timer
from firmware_py.runtime.port_reports import JobDone, JobFailed, PortDown, PortUp
from firmware_py.runtime.superseding import supersedes

log = logging.getLogger(__name__)


class ShowBoard(msgspec.Struct, frozen=True):
    """Effect: the board shows these lines, separated by newlines; ``job_id`` names it when the board has taken it."""

    text: str
    job_id: str = ""


class Speak(msgspec.Struct, frozen=True):
    """Effect: say this; ``words`` are the voice's clip names."""

    job_id: str
    text: str
    words: tuple[str, ...]
    slow: bool


class Board:
    """The logic of the hall board and the voice.

    Args:
        instance: this daemon's name.
        rows, hanzi: size of the board in lines and 汉字; rows 0 = there is none here.
        voice: whether there is one here.
        zone: the desks the voice speaks for; none = all (R-CALL-02).
        zone_board: whether the board shows the calls of those desks alone.
        calling: how often a call is read, and how (R-CALL-03).
        signs: desk → the instance that has its sign, to know whose calls nothing shows (R-CALL-08).
        topics: of the hall.
        new_id: names the commands.
        wall_ms: this device's wall clock, to judge how old an announcement is at the start.
    """

    def __init__(
        self,
        instance: str,
        *,
        rows: int,
        hanzi: int,
        voice: bool,
        zone: tuple[int, ...] = (),
        zone_board: bool = False,
        calling: CallLimits = CallLimits(),  # noqa: B008 - frozen
        signs: Mapping[int, str] | None = None,
        topics: Topics,
        new_id: Callable[[], str],
        wall_ms: Callable[[], int],
    ) -> None:
        self._instance = instance
        self._rows, self._hanzi = rows, hanzi
        self._voice = voice
        self._zone, self._zone_board = Zone(zone), zone_board
        self._calling = calling
        self._signs = signs or {}
        self._troubles: frozenset[tuple[str, str]] = frozenset()
        self._topics = topics
        self._wall_ms = wall_ms
        self._asking = Asking()
        self._day_end = DayEnd()
        self._spoken = Spoken(readings=calling.repeat, gap_ms=calling.gap_s * 1000, dark=self._dark)
        self._view: BoardView | None = None
        self._linked = False
        self._controller = False
        self._offset_ms = 0
        self._shown: str | None = None
        self._new_id = new_id
        self._devices = DeviceReports(self._asking, new_id)
        self._jobs = self._shows = 0
        self._show_job = ""
        self._on_board = False
        self._reported: set[BoardCall] = set()
        self._change_reported = 0

    def on(self, item: object, now: int) -> Iterator[object]:
        """Effects of one inbox item at monotonic ``now``."""
        match item:
            case Received(topic, payload):
                self._received(topic, payload, now)
            case JobDone("voice", _, _):
                heard = self._spoken.ended(now, heard=True)
                if heard is not None:
                    yield self._report(heard.ticket, "voice", heard.seq, now)
            case JobDone("board", job_id, _):
                self._on_board = job_id == self._show_job
            case JobFailed("voice", _, error):
                log.warning("not spoken: %s", error)
                self._spoken.ended(now, heard=False)
            case LinkUp():
                self._linked = True
                yield SetStatus(Lifecycle.READY)
                yield from self._asking.again(now)
                yield from self._devices.again(now)
            case PortDown(port, reason, _):
                if port == "board":
                    self._on_board = False
                yield from self._devices.changed(port, reason, now)
            case PortUp(port):
                if port == "board":
                    self._shown = None  # it may have lost its text with its power
                yield from self._devices.changed(port, "", now)
            case Timer():
                self._day_end.elapse(now)
                yield from (each for each in self._asking.elapse(now) if not isinstance(each, Unanswered))
            case Refused(topic, reason):
                log.error("the broker refused %s: %s", topic, reason)
            case LinkDown():
                self._linked = False
                self._controller_is(None)  # what comes up again may be another broker, without it
            case _:
                pass
        yield from self._show()
        yield from self._speak(now)
        yield from self._report_signs(now)
        yield from self._report_change(now)

    def due(self) -> int | None:
        """The next retry or repeat, or the end of the day."""
        moments = [self._asking.due(), self._spoken.due() if self._informed() else None, self._day_end.due]
        return min((moment for moment in moments if moment is not None), default=None)

    def _received(self, topic: str, payload: bytes, now: int) -> None:
        try:
            if topic == self._topics.board and payload:
                view = decode(payload, BoardView)
                if supersedes(view, self._view):
                    self._view = view
                    self._change_reported = 0  # not shown yet, says the controller: it is told again
                    self._spoken.board(self._zone.of(view), self._wall_ms() - self._offset_ms)
            elif topic == self._topics.hall_state and payload:
                hall = decode(payload, HallView)
                self._day_end.hall_is(closed=hall.closed, now=now)
                self._offset_ms = hall.offset_ms
                self._troubles = frozenset((instance, device) for instance, device, _ in hall.devices)
            elif topic == self._topics.answer(self._instance):
                self._asking.answered(decode(payload, c.Answer))
            elif topic == self._topics.status(CONTROLLER) and payload:
                self._controller_is(decode(payload, Status).state)
        except Malformed as error:
            log.warning("%s: %s", topic, error)

    def _controller_is(self, state: Lifecycle | None) -> None:
        self._controller = state is Lifecycle.READY
        if not self._controller:
            self._view = None  # it tells everything anew when it is back

    def _lost(self) -> bool:
        return not (self._linked and self._controller)

    def _informed(self) -> bool:
        return self._view is not None and not self._lost()

    def _show(self) -> Iterator[object]:
        if not self._rows:
            return
        if self._lost():
            text = phrases.board_lost(rows=self._rows, hanzi=self._hanzi)
        elif self._day_end.dark:
            text = "\n" * (self._rows - 1)
        elif self._view is not None:
            view = self._zone.of(self._view) if self._zone_board else self._view
            text = phrases.board_lines(view, rows=self._rows, hanzi=self._hanzi)
        else:
            return
        if text != self._shown:
            self._shown = text
            self._shows += 1
            self._show_job, self._on_board = f"show{self._shows}", False
            yield ShowBoard(text, self._show_job)

    def _report_signs(self, now: int) -> Iterator[object]:
        """With a dead voice, or none, a call counts as announced when the board has taken its line (R-CALL-02)."""
        speaks = self._voice and not self._devices.reasons.get("voice")
        if speaks or not self._on_board or self._view is None or self._lost():
            return
        lines = self._zone.of(self._view).calls if self._zone_board else self._view.calls
        shown = {call for call in lines[: self._rows] if call.desk in self._zone}
        for call in sorted(shown - self._reported, key=lambda call: call.at):
            yield self._report(call.ticket, "sign", self._announced(self._view, call), now)
        self._reported = shown

    def _report_change(self, now: int) -> Iterator[object]:
        """The board has taken the notice of other hours: the working days of notice count from now (R-CORE-32)."""
        view = self._view
        if view is None or view.calls or self._lost() or not self._on_board or self._day_end.dark:
            return
        coming = view.coming
        if coming is not None and not coming.shown and self._change_reported != coming.change:
            self._change_reported = coming.change
            yield self._asking.ask(self._new_id(), c.ReportShown(coming.change), now, for_ms=REPORT_MS)

    def _dark(self, desk: int) -> bool:
        """Whether nothing in the hall shows this desk's calls: the board is dead (rules.md 3.11), or there is none here
        and the sign over the desk is dead."""
        if self._devices.reasons.get("board") or any(device == "board" for _, device in self._troubles):
            return True
        sign = self._signs.get(desk, "")
        return not self._rows and bool({(sign, "sign"), (sign, "instance")} & self._troubles)

    def _announced(self, view: BoardView, call: BoardCall) -> int:
        """The announcement of this call; the place the view is true at where others have crowded it out."""
        about = (each.seq for each in view.announcements if (each.ticket, each.desk) == (call.ticket, call.desk))
        return max(about, default=view.seq)

    def _report(self, ticket: str, by: Literal["voice", "sign"], seq: int, now: int) -> Send:
        return self._asking.ask(self._new_id(), c.ReportAnnounced(ticket, by, seq), now, for_ms=REPORT_MS)

    def _speak(self, now: int) -> Iterator[object]:
        if not self._informed():
            return  # whether the ticket is still called cannot be known (invariant 13)
        if self._voice and (utter := self._spoken.next(now)) is not None:
            self._jobs += 1
            one: speech.One = "yao" if self._calling.one == "yao" else "yi"
            words, text = speech.said(utter.announcement, one=one, chime=not utter.repeat)
            yield Speak(f"say{self._jobs}", text, words, utter.announcement.slow)
