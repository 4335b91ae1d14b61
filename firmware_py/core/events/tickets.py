"""Facts about one ticket (rules.md 3.3), from the press to the last word about it."""

from firmware_py.core.events.base import TicketEvent


class Taken(TicketEvent, frozen=True, tag="taken"):
    """T01. ``ahead`` is how many people will be served before, as printed.

    ``booking`` is the code of the appointment it came from, which has priority from ``slot_from`` to ``slot_until``
    (hall time, R-CORE-08); ``redeems`` is the unserved ticket of an earlier day it stands for, ``day/number`` (T30).
    """

    service: str
    klass: str
    kiosk: str
    ahead: int
    booking: str = ""
    slot_from: int = 0
    slot_until: int = 0
    redeems: str = ""


class ManualEntered(TicketEvent, frozen=True, tag="manual_entered"):
    """A pre-printed slip handed out at ``handed_at`` while no number could be issued, merged by that time
    (R-CORE-31)."""

    service: str
    handed_at: int
    by: str


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
    ``oldest`` and ``newest`` are the ends of their key range. ``approver`` and ``reason`` stand only where somebody
    answers for the order (T07, R-CORE-07).
    """

    desk: int
    rule: str
    overtaken: int = 0
    oldest: int = 0
    newest: int = 0
    final: bool = False
    approver: str = ""
    reason: str = ""


class Announced(TicketEvent, frozen=True, tag="announced"):
    """The first reading was played to its end, or, with a dead voice, the sign confirmed: the time to 过号 runs from
    here (R-CALL-02). ``by`` is ``voice`` or ``sign``, ``instance`` says which."""

    by: str
    instance: str


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


class PassUndone(TicketEvent, frozen=True, tag="pass_undone"):
    """过号 (or the end of a final call) taken back within five seconds (R-CORE-29): called at the desk as before."""

    desk: int


class Returned(TicketEvent, frozen=True, tag="returned"):
    """T12; eligible once the group has made ``ripe_at`` calls, or makes none any more, or nobody else waits."""

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


class ReportedBack(TicketEvent, frozen=True, tag="reported_back"):
    """The citizen of a held ticket is back in the hall: it goes first at its desk (rules.md 3.5)."""


class Resumed(TicketEvent, frozen=True, tag="resumed"):
    """T17."""

    desk: int


class Transferred(TicketEvent, frozen=True, tag="transferred"):
    """T18: number and arrival time stay (R-CORE-14). ``target`` is the one desk meant, 0 = any of the service's;
    ``approver`` stands where a supervisor allowed it (back again, or nobody there)."""

    desk: int
    service: str
    reason: str
    target: int = 0
    approver: str = ""


class TransferUndone(TicketEvent, frozen=True, tag="transfer_undone"):
    """A transfer taken back within five seconds (R-CORE-29): the citizen is served, or held, at the desk as before."""

    desk: int


class ItemAdded(TicketEvent, frozen=True, tag="item_added"):
    """T19; the visit may take ``limit_min`` longer (R-CORE-27)."""

    desk: int
    item: str
    limit_min: int = 0


class LimitNear(TicketEvent, frozen=True, tag="limit_near"):
    """Four fifths of the visit's time limit are used; for the staff only (R-CORE-27)."""

    desk: int
    limit_min: int


class LimitPassed(TicketEvent, frozen=True, tag="limit_passed"):
    """The limit is used up, holds and interruptions not counted."""

    desk: int
    limit_min: int


class Finished(TicketEvent, frozen=True, tag="finished"):
    """T20. ``staff`` is who finished it: a rating is theirs, with ``contributors`` who served it before (R-EVAL-12).
    ``served_ms`` is the time at desks without holds and interruptions."""

    desk: int
    outcome: str
    staff: str
    implicit: bool = False
    contributors: tuple[str, ...] = ()
    served_ms: int = 0


class FinishUndone(TicketEvent, frozen=True, tag="finish_undone"):
    """T24: the invitation never was, and the citizen is served at the desk as before."""

    desk: int


class Voided(TicketEvent, frozen=True, tag="voided"):
    """T26."""

    approver: str
    reason: str


class Granted(TicketEvent, frozen=True, tag="granted"):
    """Class S: goes next, with an approver who answers for it (R-CORE-07)."""

    approver: str
    reason: str


class Upgraded(TicketEvent, frozen=True, tag="upgraded"):
    """T28: ordinary becomes priority, arrival time unchanged."""

    by: str


class Reprinted(TicketEvent, frozen=True, tag="reprinted"):
    """A second slip of this number, marked 补打, was asked for at ``kiosk`` (R-KIOSK-06)."""

    kiosk: str


class Unserved(TicketEvent, frozen=True, tag="unserved"):
    """T30: an earlier business day ended with this ticket open; a violation on the day sheet."""

    state: str


TicketEvents = (
    Taken
    | ManualEntered
    | Printed
    | PrintFailed
    | PrintUnknown
    | Cancelled
    | Called
    | Announced
    | Recalled
    | Arrived
    | Passed
    | PassUndone
    | Withdrawn
    | Returned
    | Expired
    | Interrupted
    | InterruptionEnded
    | Held
    | ReportedBack
    | Resumed
    | Transferred
    | TransferUndone
    | ItemAdded
    | LimitNear
    | LimitPassed
    | Finished
    | FinishUndone
    | Voided
    | Granted
    | Upgraded
    | Reprinted
    | Unserved
)
