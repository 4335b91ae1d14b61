"""What an evaluator does: a key pressed is a fact journalled first, believed only inside its window (rules.md 3.8)."""

import logging
from collections.abc import Iterator, Sequence

import msgspec

from drivers.keypad import LevelPressed
from firmware_py.core import facts as f
from firmware_py.core.rating_window import RatingWindow, WindowState
from firmware_py.core.views import RatingView
from firmware_py.link import Lifecycle, LinkDown, LinkUp, Malformed, Received, Refused, Topics, decode
from firmware_py.runtime.effects import Keep, SetStatus
from firmware_py.runtime.loop import Timer
from firmware_py.runtime.port_reports import PortDown, PortUp
from firmware_py.runtime.superseding import supersedes

log = logging.getLogger(__name__)


class Invite(msgspec.Struct, frozen=True):
    """Effect: the keypad lights up and the invitation is heard at the desk (R-EVAL-01)."""


class Thank(msgspec.Struct, frozen=True):
    """Effect: 谢谢您的评价, the same for every level (R-EVAL-06)."""


class Farewell(msgspec.Struct, frozen=True):
    """Effect: 请带好随身物品,再见, when the citizen has rated or let the time pass (R-EVAL-13). Who is put aside or
    sent to another desk has no window, so nobody takes leave of them; nor of one whose chair the next has taken."""


class Relight(msgspec.Struct, frozen=True):
    """Effect: the keypad, which was away, lights up again for the window that is still open; nobody is asked twice."""


class Rest(msgspec.Struct, frozen=True):
    """Effect: the keypad goes dark: no press of a level counts any more."""


class Trying(msgspec.Struct, frozen=True):
    """Effect: the keypad lights up and says that it is being tried (R-EVAL-10)."""


class Tried(msgspec.Struct, frozen=True):
    """Effect: a key was heard in the test, and counts for nobody."""


class LastPress(msgspec.Struct, frozen=True):
    """The newest press in this evaluator's journal, for a restart inside its window.

    ``elapsed_ms`` is that of the window's first press, ``pressed_at`` its monotonic time when that was in this boot,
    else None; ``locked`` = its time for a correction was over.
    """

    log: str = ""
    seq: int = 0
    level: int = 0
    elapsed_ms: int = 0
    pressed_at: int | None = None
    locked: bool = False

    def open_for_ms(self, now: int) -> int:
        """How long the window has been open at monotonic ``now``; a device that was off meanwhile cannot know, and the
        citizen gets the whole time for a correction anew."""
        return self.elapsed_ms + (0 if self.pressed_at is None else max(0, now - self.pressed_at))


class Evaluator:
    """The logic of one desk's rating keypad.

    Args:
        instance: this daemon's name.
        desk: the desk it is paired with.
        address: the keypad's on its bus.
        levels: national level of each key, left to right.
        topics: of the hall.
        last: what the journal says of the window before a restart.
        shared_bus: its keys hang on one wire with others.
    """

    def __init__(
        self,
        instance: str,
        *,
        desk: int,
        address: int,
        levels: Sequence[int],
        topics: Topics,
        last: LastPress,
        shared_bus: bool = False,
    ) -> None:
        self._address = address
        self._levels = levels
        self._topic = topics.rating(instance)
        self._window = RatingWindow(desk, frozenset(levels), shared_bus=shared_bus)
        self._opened = 0
        self._view: RatingView | None = None
        self._last = last
        self._desk = desk
        self._lit = False

    def on(self, item: object, now: int) -> Iterator[object]:
        """Effects of one inbox item at monotonic ``now``."""
        # a key pressed in time counts in time, however late it is taken from the inbox
        yield from self._elapsed(item.at if isinstance(item, LevelPressed) else now)
        match item:
            case LevelPressed(address, position, at):
                yield from self._pressed(address, position, at)
            case Received(topic, payload) if topic == self._topic:
                yield from self._window_is(payload, now)
            case PortDown(port, reason, _):
                yield Keep(f.DeviceDown(port, reason))
            case PortUp(port):
                yield Keep(f.DeviceUp(port))
                if port == "keypad" and self._lit:
                    yield Relight()
            case LinkUp():
                yield SetStatus(Lifecycle.READY)
            case LinkDown():
                self._view = None
            case Refused(topic, reason):
                log.error("the broker refused %s: %s", topic, reason)
            case Timer() | _:
                pass
        lit = self._asks()
        if self._lit and not lit:
            yield Rest()
        self._lit = lit

    def due(self) -> int | None:
        """When the window closes or locks."""
        return self._window.due()

    def _asks(self) -> bool:
        """Whether a key would be taken now: as a level or its correction, or in a test."""
        view = self._window.view
        if view is not None and not view.dark:
            return self._window.state in {WindowState.OPEN, WindowState.CHOSEN}
        return self._view is not None and self._view.testing

    def _pressed(self, address: int, position: int, at: int) -> Iterator[object]:
        if address != self._address or not 0 <= position < len(self._levels):
            log.warning("a key at address %d, position %d belongs to no level here", address, position)
            return
        level = self._levels[position]
        early = self._window.view is not None and at < self._opened  # pressed before anybody was invited
        first = self._window.state is WindowState.OPEN
        fact = self._window.stray(level) if early else self._window.press(level, at)
        if fact is None:
            return
        yield Keep(fact)
        if fact.proof:
            yield Thank()
            if first:
                yield Farewell()  # now: five seconds later nobody is there to hear it
        elif self._view is not None and self._view.testing:
            yield Tried()

    def _window_is(self, payload: bytes, now: int) -> Iterator[object]:
        try:
            view = decode(payload, RatingView) if payload else None
        except Malformed as error:
            log.warning("%s: %s", self._topic, error)
            return
        if view is None or view.desk != self._desk or not supersedes(view, self._view):
            return
        if view.testing and not (self._view is not None and self._view.testing):
            yield Trying()
        self._view = view
        last = self._last
        known = (last.log, last.seq) == (view.log, view.seq)
        already_ms = last.open_for_ms(now) if known else 0
        if self._window.show(view, now, already_ms=already_ms):
            self._opened = now - already_ms
            if known:
                self._window.recover(last.level, last.elapsed_ms, locked=last.locked)
                if self._asks():
                    yield Relight()
            elif not view.dark:
                yield Invite()

    def _elapsed(self, now: int) -> Iterator[object]:
        while (fact := self._window.elapse(now)) is not None:
            yield Keep(fact)
            if isinstance(fact, f.WindowExpired):
                yield Farewell()
