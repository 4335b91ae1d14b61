"""What the holder of a number is told who asks for what its state does not allow: where to go, or what to do instead.

A citizen at a dispenser knows no states; each of them has a sentence of its own (R-KIOSK-08).
"""

from firmware_py.core.model import Ticket
from firmware_py.core.states import TicketState as S
from firmware_py.errors import Rejected


def not_now(ticket: Ticket) -> Rejected:
    """The refusal for the holder of ``ticket`` as it stands, with its number and its desk."""
    return Rejected(_told(ticket.state), ticket=ticket.number, desk=ticket.desk)


def _told(state: S) -> str:
    return {
        S.PRINTING: "slip_coming",
        S.WAITING: "still_waiting",
        S.CALLED: "being_called",
        S.SERVING: "being_served",
        S.HELD: "put_aside",
        S.PASSED: "was_passed",
        S.RATING: "being_rated",
        S.DONE: "already_served",
        S.CANCELLED: "given_up",
        S.VOID: "was_void",
        S.EXPIRED: "was_expired",
        S.UNSERVED: "was_unserved",
    }[state]
