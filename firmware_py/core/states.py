"""The states and classes of rules.md 3.1 to 3.9, as words."""

from enum import StrEnum


class Klass(StrEnum):
    """Class of a ticket (rules.md 3.1); never on paper, sign or voice."""

    ORDINARY = "X"
    APPOINTMENT = "A"
    GREEN = "G"
    GRANTED = "S"
    RETURNED = "R"


class TicketState(StrEnum):
    """States of rules.md 3.2, and T30's UNSERVED."""

    PRINTING = "printing"
    WAITING = "waiting"
    CALLED = "called"
    SERVING = "serving"
    HELD = "held"
    PASSED = "passed"
    RATING = "rating"
    DONE = "done"
    CANCELLED = "cancelled"
    VOID = "void"
    EXPIRED = "expired"
    UNSERVED = "unserved"


TERMINAL = frozenset(
    {TicketState.DONE, TicketState.CANCELLED, TicketState.VOID, TicketState.EXPIRED, TicketState.UNSERVED}
)


class DeskState(StrEnum):
    """States of rules.md 3.4."""

    CLOSED = "closed"
    READY = "ready"
    CALLING = "calling"
    SERVING = "serving"
    RATING = "rating"
    WAIT = "wait"
    PAUSED = "paused"
    PAUSE_PENDING = "pause_pending"
    FAULT = "fault"
    CLOSING = "closing"


class Lane(StrEnum):
    """Where a waiting ticket stands when the next one is picked (rules.md 3.5), strongest first."""

    GRANTED = "granted"
    HANDED = "handed"
    GREEN = "green"
    BOOKED = "booked"
    ORDINARY = "ordinary"
    RETURNED = "returned"


KLASS_OF = {klass.value: klass for klass in Klass}
"""A class by its letter."""

LANE_OF_KLASS = {
    Klass.ORDINARY: Lane.ORDINARY,
    Klass.APPOINTMENT: Lane.BOOKED,
    Klass.GREEN: Lane.GREEN,
    Klass.GRANTED: Lane.GRANTED,
    Klass.RETURNED: Lane.RETURNED,
}


class LineState(StrEnum):
    """States of rules.md 3.9."""

    ON_HOOK = "on_hook"
    RINGING = "ringing"
    TALK = "talk"
