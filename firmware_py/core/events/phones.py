"""Facts about one telephone line (rules.md 3.9, 3.10)."""

from firmware_py.core.events.base import LineEvent


class Rang(LineEvent, frozen=True, tag="rang"):
    """A burst began; ``ring`` counts from 1 within the call (R-PHONE-02)."""

    ring: int


class NeighboursAlerted(LineEvent, frozen=True, tag="neighbours_alerted"):
    """Ring 3 ended unanswered, or nobody may be asked at the desk itself (R-PHONE-03, 04, 3.10)."""

    desks: tuple[int, ...]
    ring: int


class SupervisorAlerted(LineEvent, frozen=True, tag="supervisor_alerted"):
    """Ring 5 (R-PHONE-03)."""

    ring: int


class PickupClaimed(LineEvent, frozen=True, tag="pickup_claimed"):
    """A neighbour pressed 代接."""

    desk: int


class CallerNoted(LineEvent, frozen=True, tag="caller_noted"):
    """The call that rings, or knocks during a conversation, is this caller's: a keyed hash (R-PHONE-10)."""

    caller: str


class PhoneAnswered(LineEvent, frozen=True, tag="phone_answered"):
    """ANSWERED_OWN or ANSWERED_NEIGHBOUR; ``desk`` is who answered, ``rings`` how many bursts had begun;
    ``charged`` = it counts for the line's own desk, not for the hall alone (rules.md 3.10)."""

    desk: int
    rings: int
    neighbour: bool = False
    inferred: bool = False
    charged: bool = True


class PhoneAbandoned(LineEvent, frozen=True, tag="phone_abandoned"):
    """The caller gave up after at most two rings."""

    rings: int


class PhoneMissed(LineEvent, frozen=True, tag="phone_missed"):
    """Three rings or more and nobody answered; ``in_hours`` decides whether it counts (R-PHONE-11)."""

    rings: int
    in_hours: bool = True
    charged: bool = True


class PhoneBusyMissed(LineEvent, frozen=True, tag="phone_busy_missed"):
    """BUSY_MISSED: a second call came while somebody talked, and nobody took it."""

    rings: int
    in_hours: bool = True


class PhoneUnknown(LineEvent, frozen=True, tag="phone_unknown"):
    """What a call came to is not known, and not guessed: the watch was interrupted in the middle of it (``rings`` 0),
    or it stopped ringing after ``rings`` on a line that shows no hook. Nobody is owed a call for it, no figure of
    answered or missed calls counts it; it is counted apart (``in_hours`` as for the others, R-PHONE-11)."""

    rings: int = 0
    in_hours: bool = True


class PhoneOutgoing(LineEvent, frozen=True, tag="phone_outgoing"):
    """Lifted without a ring."""


class PhoneEnded(LineEvent, frozen=True, tag="phone_ended"):
    """Hung up; ``overlap_ms`` of the call a citizen was being served at the desk (R-PHONE-07)."""

    talk_ms: int
    overlap_ms: int = 0


class CallbackOpened(LineEvent, frozen=True, tag="callback_opened"):
    """A missed call in hours is owed a call (R-PHONE-06). ``caller`` is a keyed hash, "" = unknown (R-PHONE-10)."""

    task: int
    due: int
    caller: str = ""


class CallbackMerged(LineEvent, frozen=True, tag="callback_merged"):
    """The same caller tried again: one call is owed, not two."""

    task: int


class CallbackClosed(LineEvent, frozen=True, tag="callback_closed"):
    """It was made."""

    task: int
    desk: int


class RecordOwed(LineEvent, frozen=True, tag="record_owed"):
    """A call on the complaint line was answered: its record form is to be filled in (R-PHONE-08)."""

    task: int


class RecordFiled(LineEvent, frozen=True, tag="record_filed"):
    """The form is filled in."""

    task: int
    desk: int


PhoneEvents = (
    Rang
    | NeighboursAlerted
    | SupervisorAlerted
    | PickupClaimed
    | CallerNoted
    | PhoneAnswered
    | PhoneAbandoned
    | PhoneMissed
    | PhoneBusyMissed
    | PhoneUnknown
    | PhoneOutgoing
    | PhoneEnded
    | CallbackOpened
    | CallbackMerged
    | CallbackClosed
    | RecordOwed
    | RecordFiled
)
