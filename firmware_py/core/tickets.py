"""The ticket's transition table (rules.md 3.3): which fact may follow which state, and where it leads.

``decide`` asks ``allowed`` before it proposes a fact; ``evolve`` looks the next state up. Nothing else knows states.
"""

from firmware_py.core import events as e
from firmware_py.core.states import TicketState as S
from firmware_py.errors import Rejected

TICKET: dict[S, dict[type[e.TicketEvent], S]] = {
    S.PRINTING: {
        e.Printed: S.WAITING,  # T02
        e.PrintFailed: S.VOID,  # T03
        e.PrintUnknown: S.WAITING,  # T04
        e.Unserved: S.UNSERVED,  # T30
    },
    S.WAITING: {
        e.Printed: S.WAITING,  # T31, clears the flag
        e.PrintFailed: S.VOID,  # T31, only while print_unconfirmed
        e.Cancelled: S.CANCELLED,  # T05
        e.Called: S.CALLED,  # T06, T07
        e.Voided: S.VOID,  # T26
        e.Upgraded: S.WAITING,  # T28
        e.Granted: S.WAITING,
        e.TransferUndone: S.SERVING,  # T18 taken back; HELD again when it was held
        e.Unserved: S.UNSERVED,
    },
    S.CALLED: {
        e.Announced: S.CALLED,
        e.Recalled: S.CALLED,  # T08
        e.Arrived: S.SERVING,  # T09
        e.Passed: S.PASSED,  # T10, T25
        e.Withdrawn: S.WAITING,  # T11
        e.Expired: S.EXPIRED,  # T14, only when final
        e.Unserved: S.UNSERVED,
    },
    S.SERVING: {
        e.Interrupted: S.SERVING,  # T15
        e.InterruptionEnded: S.SERVING,
        e.Held: S.HELD,  # T16
        e.Transferred: S.WAITING,  # T18
        e.ItemAdded: S.SERVING,  # T19
        e.LimitNear: S.SERVING,
        e.LimitPassed: S.SERVING,
        e.Rated: S.SERVING,  # T21, pressed before 办结 was taken back
        e.RatingCorrected: S.SERVING,
        e.Finished: S.RATING,  # T20
        e.Unserved: S.UNSERVED,
    },
    S.HELD: {
        e.ReportedBack: S.HELD,  # T17, first at its desk from now on
        e.Resumed: S.SERVING,  # T17
        e.Transferred: S.WAITING,  # T18
        e.Called: S.CALLED,  # T17, called back by 下一位; T13, final
        e.Unserved: S.UNSERVED,
    },
    S.PASSED: {
        e.Returned: S.WAITING,  # T12
        e.Granted: S.WAITING,  # whose returns are used up is helped by a supervisor alone
        e.PassUndone: S.CALLED,  # T10 taken back
        e.Called: S.CALLED,  # T13, final
        e.Unserved: S.UNSERVED,
    },
    S.RATING: {
        e.RatingOpened: S.RATING,
        e.Rated: S.RATING,  # T21, still correctable
        e.RatingCorrected: S.RATING,
        e.RatingLocked: S.DONE,
        e.RatingClosed: S.DONE,  # T22
        e.InviteFailed: S.DONE,  # T23
        e.FinishUndone: S.SERVING,  # T24
        e.Unserved: S.UNSERVED,
    },
    S.DONE: {  # T29: a late rating lives at the centre only
        e.Returned: S.WAITING,  # T25, only after an implicit finish nobody rated
        e.FinishUndone: S.SERVING,  # T24, where nobody could be invited
    },
    S.CANCELLED: {},
    S.VOID: {},
    S.EXPIRED: {
        e.PassUndone: S.CALLED,  # T14 taken back
    },
    S.UNSERVED: {},
}


def allowed(state: S, event: type[e.TicketEvent]) -> bool:
    """Whether a ticket in ``state`` may meet ``event``."""
    return event in TICKET[state]


def require(number: str, state: S, event: type[e.TicketEvent]) -> None:
    """Refuse what the table does not allow.

    Raises:
        Rejected: ``ticket_state``, with the number and its state.
    """
    if event not in TICKET[state]:
        raise Rejected("ticket_state", ticket=number, state=state.value)
