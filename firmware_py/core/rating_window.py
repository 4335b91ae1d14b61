"""The evaluator's own timekeeping of a rating window (rules.md 3.8), on its own elapsed milliseconds."""

from enum import StrEnum

from firmware_py.core import facts as f
from firmware_py.core.rating import LEVELS, proof
from firmware_py.core.views import RatingView


class WindowState(StrEnum):
    """States of rules.md 3.8."""

    IDLE = "idle"
    OPEN = "open"
    CHOSEN = "chosen"
    LOCKED = "locked"


class WindowStep(StrEnum):
    """What moves a window on: the controller's view of it, a key, or time."""

    OPENED = "opened"
    PRESSED = "pressed"
    TIME_UP = "time_up"
    TAKEN_AWAY = "taken_away"


WINDOW: dict[WindowState, dict[WindowStep, WindowState]] = {
    WindowState.IDLE: {
        WindowStep.OPENED: WindowState.OPEN,
    },
    WindowState.OPEN: {
        WindowStep.OPENED: WindowState.OPEN,  # the next citizen's
        WindowStep.PRESSED: WindowState.CHOSEN,
        WindowStep.TIME_UP: WindowState.LOCKED,  # sixty seconds, unrated
        WindowStep.TAKEN_AWAY: WindowState.IDLE,  # the next arrived, or 办结 was taken back
    },
    WindowState.CHOSEN: {
        WindowStep.OPENED: WindowState.OPEN,
        WindowStep.PRESSED: WindowState.CHOSEN,  # another level within five seconds
        WindowStep.TIME_UP: WindowState.LOCKED,  # five seconds after the first press
        WindowStep.TAKEN_AWAY: WindowState.IDLE,
    },
    WindowState.LOCKED: {
        WindowStep.OPENED: WindowState.OPEN,
        WindowStep.TAKEN_AWAY: WindowState.IDLE,
    },
}
"""Which step may follow which state, and where it leads; ``RatingWindow`` moves through nothing else."""


class RatingWindow:
    """One evaluator's window.

    Args:
        desk: the desk it is paired with.
        levels: the national levels its keys stand for; fewer than five are a reduced scale (R-EVAL-11).
        shared_bus: its keys hang on one wire with others (``LevelChosen.shared_bus``).
    """

    def __init__(self, desk: int, levels: frozenset[int] = frozenset(LEVELS), *, shared_bus: bool = False) -> None:
        self.desk = desk
        self.state = WindowState.IDLE
        self.view: RatingView | None = None
        self.level = 0
        self._reduced = len(levels) < len(LEVELS)
        self._shared_bus = shared_bus
        self._opened = 0
        self._chosen = 0

    def show(self, view: RatingView, now: int, *, already_ms: int = 0) -> bool:
        """Follow the controller's view; True when a window opened that was not open before.

        ``already_ms`` is how long it had been open when this evaluator came up again.
        """
        if not view.nonce:
            if self.state is not WindowState.IDLE:
                self._step(WindowStep.TAKEN_AWAY)
            self.view = None
            return False
        if self.view is not None and (self.view.log, self.view.seq) == (view.log, view.seq):
            self.view = view
            return False
        self._step(WindowStep.OPENED)
        self.view, self.level = view, 0
        self._opened = now - already_ms
        return True

    def press(self, level: int, now: int) -> f.LevelChosen | None:
        """A key: a fact to journal first; None when it is the same level again or the window is locked for good."""
        view = self.view
        if view is None or view.dark:
            return self._stray(level, 0)
        elapsed = now - self._opened
        if self.state is WindowState.OPEN and elapsed > view.window_ms:
            return self._stray(level, elapsed)
        if self.state is WindowState.CHOSEN and (level == self.level or elapsed - self._chosen > view.correct_ms):
            return None
        if self.state is WindowState.LOCKED:
            return None
        if self.state is WindowState.OPEN:
            self._chosen = elapsed
        self._step(WindowStep.PRESSED)
        self.level = level
        return f.LevelChosen(
            self.desk,
            level,
            elapsed,
            view.log,
            view.seq,
            proof(view.nonce, view.log, view.seq, level, elapsed),
            self._reduced,
            self._shared_bus,
        )

    def stray(self, level: int) -> f.LevelChosen:
        """A key that belongs to no window: pressed before anybody was invited."""
        return self._stray(level, 0)

    def recover(self, level: int, elapsed_ms: int, *, locked: bool) -> None:
        """A journalled press of this very window, found after a restart.

        Args:
            level: the newest level pressed.
            elapsed_ms: of the FIRST press, from which the time for a correction counts.
            locked: that time was over before the restart.
        """
        self.level = level
        if self.state is WindowState.OPEN:
            self._chosen = elapsed_ms
            self._step(WindowStep.PRESSED)
            if locked:
                self._step(WindowStep.TIME_UP)

    def due(self) -> int | None:
        """When time alone changes something."""
        if self.view is None:
            return None
        if self.state is WindowState.OPEN:
            return self._opened + self.view.window_ms
        if self.state is WindowState.CHOSEN:
            return self._opened + self._chosen + self.view.correct_ms
        return None

    def elapse(self, now: int) -> f.WindowLocked | f.WindowExpired | None:
        """What time alone has changed by ``now``."""
        due, view = self.due(), self.view
        if due is None or now < due or view is None:
            return None
        chosen = self.state is WindowState.CHOSEN
        self._step(WindowStep.TIME_UP)
        if chosen:
            return f.WindowLocked(self.desk, view.log, view.seq)
        return f.WindowExpired(self.desk, view.log, view.seq)

    def _stray(self, level: int, elapsed: int) -> f.LevelChosen:
        return f.LevelChosen(self.desk, level, elapsed, reduced_scale=self._reduced, shared_bus=self._shared_bus)

    def _step(self, step: WindowStep) -> None:
        self.state = WINDOW[self.state][step]
