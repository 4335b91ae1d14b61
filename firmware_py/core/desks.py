"""The desk's transition table (rules.md 3.4): what a fact makes of a desk's state.

A fact that stands in no row leaves the state as it is: a rating that locks while the next citizen is already being
called changes nothing at the desk. ``READY`` in the table means "free"; after T_close a free desk is CLOSING.
"""

from firmware_py.core import events as e
from firmware_py.core.states import DeskState as D

DESK: dict[D, dict[type[e.Event], D]] = {
    D.CLOSED: {e.LoggedIn: D.READY},
    D.READY: {
        e.Called: D.CALLING,
        e.Resumed: D.SERVING,
        e.DeskWaits: D.WAIT,
        e.DeskPaused: D.PAUSED,
        e.DeskFailed: D.FAULT,
        e.IssueClosed: D.CLOSING,
        e.PassUndone: D.CALLING,
        e.TransferUndone: D.SERVING,
        e.FinishUndone: D.SERVING,  # where nobody could be invited
        e.LoggedOut: D.CLOSED,
    },
    D.CALLING: {
        e.Arrived: D.SERVING,
        e.Passed: D.READY,
        e.Expired: D.READY,
        e.Withdrawn: D.READY,
        e.DeskFailed: D.FAULT,
    },
    D.SERVING: {
        e.Finished: D.RATING,
        e.Held: D.READY,
        e.Transferred: D.READY,
        e.PausePending: D.PAUSE_PENDING,
    },
    D.RATING: {
        e.RatingLocked: D.READY,
        e.RatingClosed: D.READY,
        e.InviteFailed: D.READY,
        e.FinishUndone: D.SERVING,
        e.PassUndone: D.CALLING,
        e.TransferUndone: D.SERVING,
        e.Called: D.CALLING,
        e.Resumed: D.SERVING,
        e.PausePending: D.PAUSE_PENDING,
    },
    D.WAIT: {
        e.DeskResumed: D.READY,
        e.StoodIn: D.READY,
        e.DeskPaused: D.PAUSED,
        e.DeskFailed: D.FAULT,
        e.LoggedOut: D.CLOSED,
    },
    D.PAUSED: {e.DeskResumed: D.READY, e.StoodIn: D.READY, e.DeskFailed: D.FAULT, e.LoggedOut: D.CLOSED},
    D.PAUSE_PENDING: {
        e.Held: D.PAUSED,
        e.Transferred: D.PAUSED,
        e.RatingLocked: D.PAUSED,
        e.RatingClosed: D.PAUSED,
        e.InviteFailed: D.PAUSED,
        e.DeskResumed: D.RATING,  # or SERVING while the citizen still sits there: see ``after``
        e.StoodIn: D.RATING,  # likewise: whoever wanted to leave has left, and somebody sits there
    },
    D.FAULT: {
        e.DeskMended: D.READY,  # or PAUSED when its staff had left: see ``after``
        e.LoggedOut: D.CLOSED,
    },
    D.CLOSING: {
        e.Called: D.CALLING,
        e.Resumed: D.SERVING,
        e.DeskWaits: D.WAIT,
        e.DeskPaused: D.PAUSED,
        e.DeskFailed: D.FAULT,
        e.DayOpened: D.READY,
        e.IssueReopened: D.READY,
        e.PassUndone: D.CALLING,
        e.TransferUndone: D.SERVING,
        e.FinishUndone: D.SERVING,
        e.LoggedOut: D.CLOSED,
    },
}

CONDITIONAL = frozenset({D.PAUSE_PENDING, D.FAULT})
"""States whose rows hold only under the conditions that ``after`` knows; so does every row after T_close."""

CALLS_FROM = frozenset({D.READY, D.RATING, D.CLOSING})
"""States in which 下一位 picks a ticket (CALLING has T25)."""


DROPS_PAUSE = frozenset({e.DeskResumed, e.StoodIn})
"""Facts after which nobody wants to leave the desk any more."""
LOCKED = frozenset({D.WAIT, D.PAUSED})
"""States in which a desk's keys are locked: whoever asks has to come back first (R-DESK-02)."""


def after(state: D, event: type[e.Event], *, serving: bool, closing: bool, away: bool = False) -> D:
    """The state that follows; ``serving`` = a citizen is called or served here, ``closing`` = T_close has passed,
    ``away`` = its staff have left: a pad plugged in again does not bring them back."""
    follows = DESK[state].get(event, state)
    if away and state is D.FAULT and follows is D.READY:
        return D.PAUSED
    if serving and state is D.PAUSE_PENDING and follows in {D.PAUSED, D.RATING}:
        # the rating of the one before ended while this citizen sits here: the pause goes on waiting
        return D.SERVING if event in DROPS_PAUSE else (D.PAUSED if event in {e.Held, e.Transferred} else state)
    return D.CLOSING if closing and follows is D.READY else follows
