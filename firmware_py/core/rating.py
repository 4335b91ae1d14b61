"""The evaluation window (rules.md 3.8): the controller's judgement of presses.

The evaluator's ``rating_window`` runs on the evaluator's elapsed time and speaks in facts; the controller believes a
fact only from the paired evaluator, about a window that is open, with a proof that its nonce was held (R-EVAL-04).
Neither knows a default level: no press is no rating (R-EVAL-05).
"""

import hashlib
import hmac

from firmware_py.core import events as e
from firmware_py.core import facts as f
from firmware_py.core.hall import Hall
from firmware_py.core.model import Desk, Ticket
from firmware_py.core.states import TicketState
from firmware_py.errors import Rejected

SERVING = TicketState.SERVING
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


def invite(hall: Hall, number: str, desk: int, at: int) -> list[e.Event]:
    """The invitation of R-EVAL-01, or why there is none (T23). Who rated before 办结 was taken back was invited and has
    answered: one visit, one rating (R-EVAL-03)."""
    if hall.tickets[number].level:
        return [e.RatingLocked(at, number, desk)]
    plan = hall.planned_desks.get(desk)
    evaluator = plan.evaluator if plan else ""
    if not evaluator:
        return [e.InviteFailed(at, number, desk, "no_evaluator")]
    known = [hall.devices.get((evaluator, device)) for device in ("keypad", "instance")] if hall.devices else []
    if any(device is not None and device.dead for device in known):
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
    one made while the controller was away, or while the evaluator could not be reached, has the time to be
    delivered: for an evaluator until ``drain_s`` after it was lost, and never longer than the window lasts, so that a
    dead one keeps no clerk waiting."""
    limits = hall.plan.limits.eval
    corrected = ticket.rated_elapsed_ms + limits.correct_s * 1000 if ticket.level else 0
    ripe = max(ticket.opened_at + max(limits.min_open_s * 1000, corrected), ticket.late_until)
    return max(ripe, hall.restarted_at + HEARD_MS) if hall.restarted_at > ticket.opened_at else ripe


def _next_sits_here(hall: Hall, desk: Desk) -> bool:
    return bool(desk.ticket) and hall.tickets[desk.ticket].state is SERVING


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


def _window(hall: Hall, desk_id: int, seq: int, by: str) -> Ticket | None:
    """The ticket whose open window ``seq`` is, if ``by`` is its evaluator; the shell clears that of another log."""
    desk = hall.desks.get(desk_id)
    ticket = hall.tickets.get(desk.rating) if desk else None
    return ticket if ticket is not None and (ticket.window_seq, ticket.evaluator) == (seq, by) else None


def _taken_back(hall: Hall, fact: f.LevelChosen, by: str) -> Ticket | None:
    """The ticket served again at the desk because 办结 was taken back, if ``fact`` is about the window it had then.

    The citizen pressed before the evaluator heard of that, and was thanked: the press counts, and the visit is rated
    when it ends. Once the ticket has left the desk nobody can tell any more what was rated: then it is a stray one.
    """
    desk = hall.desks.get(fact.desk)
    ticket = hall.tickets.get(desk.ticket) if desk else None
    if ticket is None or ticket.state is not SERVING:
        return None
    return ticket if (ticket.window_seq, ticket.evaluator) == (fact.window_seq, by) else None


def level_chosen(hall: Hall, fact: f.LevelChosen, at: int, by: str) -> list[e.Event]:
    """T21; in a self-test, no rating whatever it says (R-EVAL-10). The shell clears ``proof`` when it does not hold."""
    ticket = _window(hall, fact.desk, fact.window_seq, by) or _taken_back(hall, fact, by)
    if ticket is None or not fact.window_seq or not fact.proof or fact.level not in LEVELS:
        return _no_rating(hall, fact, at, by)
    limits = hall.plan.limits.eval
    if not ticket.level:
        if not 0 <= fact.elapsed_ms <= limits.window_s * 1000:
            return [e.StrayRating(at, fact.desk, by, "too_late")]
        flags = (fact.reduced_scale, fact.shared_bus)
        return [e.Rated(at, ticket.number, fact.desk, fact.level, fact.elapsed_ms, *flags)]
    if not 0 <= fact.elapsed_ms - ticket.rated_elapsed_ms <= limits.correct_s * 1000:
        return [e.StrayRating(at, fact.desk, by, "duplicate")]
    if fact.level == ticket.level:
        return []
    return [e.RatingCorrected(at, ticket.number, fact.desk, fact.level, fact.elapsed_ms)]


def _no_rating(hall: Hall, fact: f.LevelChosen, at: int, by: str) -> list[e.Event]:
    """A press that is about no open window of this evaluator's, or does not prove to be."""
    plan, desk = hall.planned_desks.get(fact.desk), hall.desks.get(fact.desk)
    if plan is None or plan.evaluator != by:
        reason = "not_paired"
    elif desk is not None and desk.testing and not desk.rating and fact.level in LEVELS:
        return [e.SelfTestPressed(at, fact.desk, by, fact.level)]
    elif not fact.window_seq:
        reason = "no_window"
    elif not fact.proof or fact.level not in LEVELS:
        reason = "bad_proof"
    else:
        reason = "window_closed"
    return [e.StrayRating(at, fact.desk, by, reason)]


def window_locked(hall: Hall, fact: f.WindowLocked, at: int, by: str) -> list[e.Event]:
    """The evaluator's five seconds are over."""
    ticket = _window(hall, fact.desk, fact.window_seq, by)
    if ticket is None or not ticket.level:
        return []
    return [e.RatingLocked(at, ticket.number, fact.desk)]


def window_expired(hall: Hall, fact: f.WindowExpired, at: int, by: str) -> list[e.Event]:
    """T22: the evaluator's sixty seconds are over."""
    ticket = _window(hall, fact.desk, fact.window_seq, by)
    return [] if ticket is None else [_end(ticket, fact.desk, at, "timeout")]
