"""The evaluation window (rules.md 3.8): the controller's judgement of presses, and the evaluator's own timekeeping.

The evaluator's ``RatingWindow`` runs on the evaluator's elapsed time and speaks in facts; the controller believes a
fact only from the paired evaluator, about a window that is open, with a proof that its nonce was held (R-EVAL-04).
Neither knows a default level: no press is no rating (R-EVAL-05).
"""

import hashlib
import hmac
from enum import StrEnum

from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Ticket
from firmware_py.core.states import TicketState
from firmware_py.core.views import RatingView
from firmware_py.errors import Rejected

LEVELS = range(1, 6)
"""5 非常满意 … 1 非常不满意 (P-05)."""


def proof(nonce: str, log: str, seq: int, level: int, elapsed_ms: int) -> str:
    """What a fact carries instead of the nonce: HMAC-SHA256 over the window and the press, in hex."""
    message = f"{log}:{seq}:{level}:{elapsed_ms}".encode()
    return hmac.new(bytes.fromhex(nonce), message, hashlib.sha256).hexdigest()


def nonce(secret: bytes, log: str, seq: int) -> str:
    """The window's nonce, from the hall's secret and the place of its ``rating_opened``; stored nowhere."""
    return hmac.new(secret, f"{log}:{seq}".encode(), hashlib.sha256).hexdigest()


HEARD_MS = 5000
"""So long after its own restart the controller has heard every evaluator that is there: streams repeat themselves
every two seconds."""

# --- the controller's side ----------------------------------------------------------------------------------------


def invite(hall: Hall, number: str, desk: int, at: int) -> list[e.Event]:
    """The invitation of R-EVAL-01, or why there is none (T23)."""
    plan = hall.plan.desk(desk)
    evaluator = plan.evaluator if plan else ""
    if not evaluator:
        return [e.InviteFailed(at, number, desk, "no_evaluator")]
    if (evaluator, "keypad") in hall.devices:
        return [e.InviteFailed(at, number, desk, "evaluator_fault")]
    return [e.RatingOpened(at, number, desk, evaluator)]


def close_previous(hall: Hall, desk: Desk, at: int, *, strict: bool) -> list[e.Event]:
    """T22 for the citizen before: closed once ``min_open_s`` has passed, locked once a level can no longer change.

    With ``strict`` a window too young to close refuses the command: no clerk can hurry a rating away (R-EVAL-02).

    Raises:
        Rejected: ``rating_open`` with the seconds it still needs.
    """
    ticket = hall.tickets.get(desk.rating)
    if ticket is None:
        return []
    ripe = _ripe_at(hall, ticket)
    if at >= ripe:
        return [_end(ticket, desk.id, at, "next_arrived")]
    if strict:
        raise Rejected("rating_open", ticket=ticket.number, n=-(-(ripe - at) // 1000))
    return []


def _ripe_at(hall: Hall, ticket: Ticket) -> int:
    """Hall time from which the next arrival ends this window: a press keeps its whole ``correct_s`` (rules.md 3.8), and
    one made while the controller was away has the time to be delivered."""
    limits = hall.plan.limits.eval
    corrected = ticket.rated_elapsed_ms + limits.correct_s * 1000 if ticket.level else 0
    ripe = ticket.opened_at + max(limits.min_open_s * 1000, corrected)
    return max(ripe, hall.restarted_at + HEARD_MS) if hall.restarted_at > ticket.opened_at else ripe


def _next_sits_here(hall: Hall, desk: Desk) -> bool:
    return bool(desk.ticket) and hall.tickets[desk.ticket].state is TicketState.SERVING


def _end(ticket: Ticket, desk: int, at: int, reason: str) -> e.Event:
    if ticket.level:
        return e.RatingLocked(at, ticket.number, desk)
    return e.RatingClosed(at, ticket.number, desk, reason)


def window_due(hall: Hall, desk: Desk) -> int:
    """Hall time at which the controller itself ends this desk's window, whatever the evaluator says; 0 = no window.

    What an evaluator saw while the controller was down is still on its way and has ``drain_s`` to arrive (rules 3.8).
    """
    ticket = hall.tickets.get(desk.rating)
    if ticket is None:
        return 0
    limits = hall.plan.limits.eval
    if _next_sits_here(hall, desk):
        return _ripe_at(hall, ticket)
    return max(ticket.opened_at + limits.window_s * 1000, hall.restarted_at) + limits.drain_s * 1000


def window_timed_out(hall: Hall, desk: Desk, at: int) -> e.Event:
    """What ends it: the next citizen sits there (T22), or the evaluator never came back (T23)."""
    ticket = hall.tickets[desk.rating]
    if ticket.level or _next_sits_here(hall, desk):
        return _end(ticket, desk.id, at, "next_arrived")
    return e.InviteFailed(at, ticket.number, desk.id, "evaluator_silent")


def _window(hall: Hall, desk_id: int, log: str, seq: int, by: str) -> Ticket | None:
    """The ticket whose open window ``(log, seq)`` is, if ``by`` is its evaluator. The log is the proof's business."""
    del log
    desk = hall.desks.get(desk_id)
    ticket = hall.tickets.get(desk.rating) if desk else None
    if ticket is None or ticket.window_seq != seq or ticket.evaluator != by:
        return None
    return ticket


def level_chosen(hall: Hall, fact: f.LevelChosen, at: int, by: str) -> list[e.Event]:
    """T21. The shell clears ``proof`` when it does not hold."""

    def stray(reason: str) -> list[e.Event]:
        return [e.StrayRating(at, fact.desk, by, reason)]

    plan = hall.plan.desk(fact.desk)
    if plan is None or plan.evaluator != by:
        return stray("not_paired")
    if not fact.window_seq:
        return stray("no_window")
    if not fact.proof or fact.level not in LEVELS:
        return stray("bad_proof")
    ticket = _window(hall, fact.desk, fact.window_log, fact.window_seq, by)
    if ticket is None:
        return stray("window_closed")
    limits = hall.plan.limits.eval
    if not ticket.level:
        if not 0 <= fact.elapsed_ms <= limits.window_s * 1000:
            return stray("too_late")
        return [e.Rated(at, ticket.number, fact.desk, fact.level, fact.elapsed_ms)]
    if not 0 <= fact.elapsed_ms - ticket.rated_elapsed_ms <= limits.correct_s * 1000:
        return stray("duplicate")
    if fact.level == ticket.level:
        return []
    return [e.RatingCorrected(at, ticket.number, fact.desk, fact.level, fact.elapsed_ms)]


def window_locked(hall: Hall, fact: f.WindowLocked, at: int, by: str) -> list[e.Event]:
    """The evaluator's five seconds are over."""
    ticket = _window(hall, fact.desk, fact.window_log, fact.window_seq, by)
    if ticket is None or not ticket.level:
        return []
    return [e.RatingLocked(at, ticket.number, fact.desk)]


def window_expired(hall: Hall, fact: f.WindowExpired, at: int, by: str) -> list[e.Event]:
    """T22: the evaluator's sixty seconds are over."""
    ticket = _window(hall, fact.desk, fact.window_log, fact.window_seq, by)
    return [] if ticket is None else [_end(ticket, fact.desk, at, "timeout")]


# --- the evaluator's side -----------------------------------------------------------------------------------------


class WindowState(StrEnum):
    """States of rules.md 3.8."""

    IDLE = "idle"
    OPEN = "open"
    CHOSEN = "chosen"
    LOCKED = "locked"


class RatingWindow:
    """One evaluator's window, on its own elapsed milliseconds."""

    def __init__(self, desk: int) -> None:
        self.desk = desk
        self.state = WindowState.IDLE
        self.view: RatingView | None = None
        self.level = 0
        self._opened = 0
        self._chosen = 0

    def show(self, view: RatingView, now: int, *, already_ms: int = 0) -> bool:
        """Follow the controller's view; True when a window opened that was not open before.

        ``already_ms`` is how long it had been open when this evaluator came up again.
        """
        if not view.nonce:
            self.state, self.view = WindowState.IDLE, None
            return False
        if self.view is not None and (self.view.log, self.view.seq) == (view.log, view.seq):
            self.view = view
            return False
        self.state, self.view, self.level = WindowState.OPEN, view, 0
        self._opened = now - already_ms
        return True

    def press(self, level: int, now: int) -> f.LevelChosen | None:
        """A key: a fact to journal first; None when it is the same level again or the window is locked for good."""
        view = self.view
        if view is None or view.dark:
            return f.LevelChosen(self.desk, level, 0)
        elapsed = now - self._opened
        if self.state is WindowState.OPEN and elapsed > view.window_ms:
            return f.LevelChosen(self.desk, level, elapsed)
        if self.state is WindowState.CHOSEN and (level == self.level or elapsed - self._chosen > view.correct_ms):
            return None
        if self.state is WindowState.LOCKED:
            return None
        if self.state is WindowState.OPEN:
            self._chosen = elapsed
        self.state, self.level = WindowState.CHOSEN, level
        return f.LevelChosen(
            self.desk,
            level,
            elapsed,
            view.log,
            view.seq,
            proof(view.nonce, view.log, view.seq, level, elapsed),
        )

    def recover(self, level: int, elapsed_ms: int, *, locked: bool) -> None:
        """A journalled press of this very window, found after a restart; ``locked`` = its correction time was over."""
        self.level = level
        if self.state is WindowState.OPEN:
            self.state, self._chosen = (WindowState.LOCKED if locked else WindowState.CHOSEN), elapsed_ms

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
        if self.state is WindowState.CHOSEN:
            self.state = WindowState.LOCKED
            return f.WindowLocked(self.desk, view.log, view.seq)
        self.state = WindowState.LOCKED
        return f.WindowExpired(self.desk, view.log, view.seq)
