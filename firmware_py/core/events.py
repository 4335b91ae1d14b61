"""What has happened: one frozen struct per kind of fact, tagged; the format of the hall's journal.

Every event carries ``at``, milliseconds of hall time (UTC since 1970, never running backwards; R-CORE-20). A ticket is
named by its number, which is unique within the business day (invariant 1). A release may add a field with a default;
it never renames one.
"""

import msgspec

from firmware_py.core.plan import Plan


class Event(msgspec.Struct, frozen=True, gc=False):
    """Base of all facts."""

    at: int


# --- the hall and its day -------------------------------------------------------------------------------------------


class Configured(Event, frozen=True, tag="configured"):
    """The plan in force from here on."""

    plan: Plan


class NumbersKnown(Event, frozen=True, tag="numbers_known"):
    """A kiosk has seen numbers up to these; new ones start above (a controller with a new SD card)."""

    kiosk: str
    day: str
    highest: dict[str, int]


class Restarted(Event, frozen=True, tag="restarted"):
    """The controller came up again, its hall time anchored anew and the wall clock ``offset_ms`` beyond it; what
    devices journalled meanwhile is still on its way (rules.md 3.8)."""

    offset_ms: int = 0


class ClockStepped(Event, frozen=True, tag="clock_stepped"):
    """The wall clock now reads hall time plus ``offset_ms``; durations are unaffected (R-CORE-20)."""

    offset_ms: int


class DayOpened(Event, frozen=True, tag="day_opened"):
    """A business day began; numbers start again."""

    day: str


class CallingOpened(Event, frozen=True, tag="calling_opened"):
    """T_open has passed: calling is allowed (R-CORE-19). ``closes`` is hall time of this session's T_close."""

    closes: int


class IssueClosed(Event, frozen=True, tag="issue_closed"):
    """T_close has passed: no more numbers; everyone waiting is still served (R-CORE-16)."""

    waiting: int


class DayClosed(Event, frozen=True, tag="day_closed"):
    """Nobody with a number is left (R-CORE-16)."""


# --- tickets ----------------------------------------------------------------------------------------------------------


class TicketEvent(Event, frozen=True):
    """Base of the facts about one ticket."""

    ticket: str


class Taken(TicketEvent, frozen=True, tag="taken"):
    """T01. ``ahead`` is how many people will be served before, as printed."""

    service: str
    klass: str
    kiosk: str
    ahead: int


class Printed(TicketEvent, frozen=True, tag="printed"):
    """T02, and T31 when it comes late."""


class PrintFailed(TicketEvent, frozen=True, tag="print_failed"):
    """T03 and T31: nothing reached paper; the number stays a gap with this reason (R-CORE-03)."""

    reason: str


class PrintUnknown(TicketEvent, frozen=True, tag="print_unknown"):
    """T04: some of it may be on paper; the ticket is valid and flagged."""

    reason: str


class Cancelled(TicketEvent, frozen=True, tag="cancelled"):
    """T05."""


class Called(TicketEvent, frozen=True, tag="called"):
    """T06, T07, T13, with the decision record (R-CORE-05).

    ``overtaken`` counts the waiting tickets with an earlier key than the chosen one that this desk could have called;
    ``oldest`` and ``newest`` are the ends of their key range.
    """

    desk: int
    rule: str
    overtaken: int = 0
    oldest: int = 0
    newest: int = 0
    final: bool = False


class Recalled(TicketEvent, frozen=True, tag="recalled"):
    """T08; ``calls`` counts announcements including this one."""

    desk: int
    calls: int


class Arrived(TicketEvent, frozen=True, tag="arrived"):
    """T09; ``implicit`` when a 3-key panel finished without it (T25)."""

    desk: int
    implicit: bool = False


class Passed(TicketEvent, frozen=True, tag="passed"):
    """T10: 过号."""

    desk: int


class Withdrawn(TicketEvent, frozen=True, tag="withdrawn"):
    """T11: the call is taken back, the ticket keeps its key and goes next (R-CORE-23)."""

    desk: int
    reason: str


class Returned(TicketEvent, frozen=True, tag="returned"):
    """T12; eligible once the group has made ``ripe_at`` calls, or nobody else waits."""

    ripe_at: int


class Expired(TicketEvent, frozen=True, tag="expired"):
    """T14: the final call was not answered."""


class Interrupted(TicketEvent, frozen=True, tag="interrupted"):
    """T15: the clerk leaves with a citizen at the desk."""

    desk: int
    reason: str


class InterruptionEnded(TicketEvent, frozen=True, tag="interruption_ended"):
    """T15, the way back."""

    desk: int


class Held(TicketEvent, frozen=True, tag="held"):
    """T16."""

    desk: int
    reason: str


class Resumed(TicketEvent, frozen=True, tag="resumed"):
    """T17."""

    desk: int


class Transferred(TicketEvent, frozen=True, tag="transferred"):
    """T18: number and arrival time stay (R-CORE-14)."""

    desk: int
    service: str
    reason: str
    target: int = 0


class ItemAdded(TicketEvent, frozen=True, tag="item_added"):
    """T19."""

    desk: int
    item: str


class Finished(TicketEvent, frozen=True, tag="finished"):
    """T20. ``staff`` is who finished it: a rating is theirs (R-EVAL-12)."""

    desk: int
    outcome: str
    staff: str
    implicit: bool = False


class RatingOpened(TicketEvent, frozen=True, tag="rating_opened"):
    """The invitation; its ``(log, seq)`` in the hall's journal names the window; its nonce stands nowhere."""

    desk: int
    evaluator: str


class Rated(TicketEvent, frozen=True, tag="rated"):
    """T21: the first press. ``elapsed_ms`` is the evaluator's own time since the window opened."""

    desk: int
    level: int
    elapsed_ms: int


class RatingCorrected(TicketEvent, frozen=True, tag="rating_corrected"):
    """T21: another level within 5 s of the first."""

    desk: int
    level: int
    elapsed_ms: int


class RatingLocked(TicketEvent, frozen=True, tag="rating_locked"):
    """T21: the rating can no longer change; the ticket is done."""

    desk: int


class RatingClosed(TicketEvent, frozen=True, tag="rating_closed"):
    """T22: nobody rated; ``reason`` is ``timeout`` or ``next_arrived``. Unrated stays unrated (R-EVAL-05)."""

    desk: int
    reason: str


class InviteFailed(TicketEvent, frozen=True, tag="invite_failed"):
    """T23: the evaluator could not invite or went silent."""

    desk: int
    reason: str


class FinishUndone(TicketEvent, frozen=True, tag="finish_undone"):
    """T24."""

    desk: int


class Voided(TicketEvent, frozen=True, tag="voided"):
    """T26."""

    approver: str
    reason: str


class Upgraded(TicketEvent, frozen=True, tag="upgraded"):
    """T28: ordinary becomes priority, arrival time unchanged."""

    by: str


class Unserved(TicketEvent, frozen=True, tag="unserved"):
    """T30: an earlier business day ended with this ticket open; a violation on the day sheet."""

    state: str


class StrayRating(Event, frozen=True, tag="stray_rating"):
    """A press that counts for nobody (R-EVAL-04): no window, wrong evaluator, wrong proof, too late, duplicate."""

    desk: int
    evaluator: str
    reason: str


# --- desks ------------------------------------------------------------------------------------------------------------


class DeskEvent(Event, frozen=True):
    """Base of the facts about one desk."""

    desk: int


class LoggedIn(DeskEvent, frozen=True, tag="logged_in"):
    """A session began; ``role`` is A or B (stand-in)."""

    staff: str
    role: str = "A"
    acting_for: str = ""


class LoggedOut(DeskEvent, frozen=True, tag="logged_out"):
    """The session ended."""


class DeskWaits(DeskEvent, frozen=True, tag="desk_waits"):
    """请稍候."""

    reason: str


class PausePending(DeskEvent, frozen=True, tag="pause_pending"):
    """A pause that waits for the citizen at the desk to be finished with."""

    reason: str


class DeskPaused(DeskEvent, frozen=True, tag="desk_paused"):
    """暂停服务."""

    reason: str


class DeskResumed(DeskEvent, frozen=True, tag="desk_resumed"):
    """Back at the desk."""


class DeskFailed(DeskEvent, frozen=True, tag="desk_failed"):
    """The desk can neither call nor rate."""

    reason: str


class DeskMended(DeskEvent, frozen=True, tag="desk_mended"):
    """It can again."""


# --- telephones -------------------------------------------------------------------------------------------------------


class LineEvent(Event, frozen=True):
    """Base of the facts about one telephone line."""

    line: str


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


class PhoneAnswered(LineEvent, frozen=True, tag="phone_answered"):
    """ANSWERED_OWN or ANSWERED_NEIGHBOUR; ``desk`` is who answered, ``rings`` how many bursts had begun."""

    desk: int
    rings: int
    neighbour: bool = False
    inferred: bool = False


class PhoneAbandoned(LineEvent, frozen=True, tag="phone_abandoned"):
    """The caller gave up after at most two rings."""

    rings: int


class PhoneMissed(LineEvent, frozen=True, tag="phone_missed"):
    """Three rings or more and nobody answered; ``in_hours`` decides whether it counts (R-PHONE-11)."""

    rings: int
    in_hours: bool = True


class PhoneUnknown(LineEvent, frozen=True, tag="phone_unknown"):
    """The watch was interrupted in the middle of a call; what it came to is not known, and not guessed."""


class PhoneOutgoing(LineEvent, frozen=True, tag="phone_outgoing"):
    """Lifted without a ring."""


class PhoneEnded(LineEvent, frozen=True, tag="phone_ended"):
    """Hung up."""

    talk_ms: int


class CallbackOpened(LineEvent, frozen=True, tag="callback_opened"):
    """A missed call in hours is owed a call (R-PHONE-06)."""

    task: int
    due: int


class CallbackClosed(LineEvent, frozen=True, tag="callback_closed"):
    """It was made."""

    task: int
    desk: int


# --- devices ----------------------------------------------------------------------------------------------------------


class DeviceFailed(Event, frozen=True, tag="device_failed"):
    """A device on an instance went offline or needs a person."""

    instance: str
    device: str
    reason: str


class DeviceMended(Event, frozen=True, tag="device_mended"):
    """It works again."""

    instance: str
    device: str


HallEvent = (
    Configured
    | NumbersKnown
    | Restarted
    | ClockStepped
    | DayOpened
    | CallingOpened
    | IssueClosed
    | DayClosed
    | Taken
    | Printed
    | PrintFailed
    | PrintUnknown
    | Cancelled
    | Called
    | Recalled
    | Arrived
    | Passed
    | Withdrawn
    | Returned
    | Expired
    | Interrupted
    | InterruptionEnded
    | Held
    | Resumed
    | Transferred
    | ItemAdded
    | Finished
    | RatingOpened
    | Rated
    | RatingCorrected
    | RatingLocked
    | RatingClosed
    | InviteFailed
    | FinishUndone
    | Voided
    | Upgraded
    | Unserved
    | StrayRating
    | LoggedIn
    | LoggedOut
    | DeskWaits
    | PausePending
    | DeskPaused
    | DeskResumed
    | DeskFailed
    | DeskMended
    | Rang
    | NeighboursAlerted
    | SupervisorAlerted
    | PickupClaimed
    | PhoneAnswered
    | PhoneAbandoned
    | PhoneMissed
    | PhoneUnknown
    | PhoneOutgoing
    | PhoneEnded
    | CallbackOpened
    | CallbackClosed
    | DeviceFailed
    | DeviceMended
)
"""Everything the hall's journal may hold."""
