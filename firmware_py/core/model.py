"""What a hall is made of: frozen tickets, desks, lines, appointments; changed only by being replaced."""

import msgspec

from firmware_py.core.plan import Hours
from firmware_py.core.states import DeskState, Klass, Lane, LineState, TicketState


class Visit(msgspec.Struct, frozen=True, gc=False):
    """How long a citizen has been served, all desks together: ``served_ms`` before ``since``, and since then while
    ``since`` is not 0 (holds and interruptions do not count; R-CORE-27). ``limit_min`` 0 = no limit; ``warned`` counts
    the warnings given; ``items`` were added (R-CORE-15)."""

    served_ms: int = 0
    since: int = 0
    limit_min: int = 0
    warned: int = 0
    items: tuple[str, ...] = ()

    def served(self, at: int) -> int:
        """Milliseconds of service by hall time ``at``."""
        return self.served_ms + (at - self.since if self.since else 0)


def order_key(accepted_at: int, ordinal: int) -> int:
    """Order inside a lane: time of taking, then order of issue (R-CORE-04)."""
    return accepted_at << 20 | ordinal


class Ticket(msgspec.Struct, frozen=True, gc=False):
    """One number of today. ``accepted_at`` and ``ordinal`` never change (invariant 16), nor does ``key``, made of both
    by ``order_key``; all ``…_at`` are hall time.

    ``implicit`` = nobody pressed 到达 or 办结 for it: a 3-key pad went on to the next (T25). ``target`` is the one desk
    it was transferred to, until it is called; ``legs`` are the services it was transferred from, in order
    (R-CORE-14); ``contributors`` who served it (R-EVAL-12). ``back`` = held, and its citizen has reported back.
    ``heard_at`` is when its first reading had been played (R-CALL-02). Inside ``slot_from`` to ``slot_until`` an
    appointment has priority (R-CORE-08). ``redeems`` is the unserved ticket of an earlier day it stands for,
    ``day/number`` (T30). ``called_seq`` is its call's place in the journal: what was announced before belongs to an
    earlier call. ``late_until`` is by when a press may still arrive from an evaluator that was out of reach while its
    window was open, 0 = it never was (R-EVAL-02). ``green`` = it was of class G before leave or its return made it
    another: patience and slow reading stay.
    """

    # replacing a field costs the more the further down it stands: what every visit changes stands first
    state: TicketState
    number: str
    service: str
    klass: Klass
    accepted_at: int
    ordinal: int
    key: int
    desk: int = 0
    calls: int = 0
    called_at: int = 0
    recalled_at: int = 0
    called_seq: int = 0
    group: str = ""
    visit: Visit | None = None
    contributors: tuple[str, ...] = ()
    unconfirmed: bool = False
    staff: str = ""
    implicit: bool = False
    evaluator: str = ""
    window_seq: int = 0
    opened_at: int = 0
    level: int = 0
    rated_elapsed_ms: int = 0
    heard_at: int = 0
    lane: Lane = Lane.ORDINARY
    kiosk: str = ""
    final: bool = False
    held_at: int = 0
    back: bool = False
    target: int = 0
    legs: tuple[str, ...] = ()
    returns: int = 0
    ripe_at: int = 0
    green: bool = False
    late_until: int = 0
    slot_from: int = 0
    slot_until: int = 0
    redeems: str = ""

    @property
    def queue(self) -> str:
        """Where it waits: its service, or the one desk it is meant for."""
        return f"@{self.target}" if self.target else self.service


class Session(msgspec.Struct, frozen=True, gc=False):
    """Staff at a desk."""

    staff: str
    role: str
    since: int
    acting_for: str = ""


class Approval(msgspec.Struct, frozen=True):
    """Somebody answers for one thing, once (R-CORE-07)."""

    approver: str
    reason: str


class Undoable(msgspec.Struct, frozen=True, gc=False):
    """What a desk may take back for five seconds (R-CORE-29): ``finish``, ``pass`` or ``transfer``, the ticket as it
    was before, and the approval that a transfer used up."""

    kind: str
    before: Ticket
    at: int
    approval: Approval | None = None


class Desk(msgspec.Struct, frozen=True, gc=False):
    """A desk now. ``ticket`` is called or served there, ``rating`` is the number whose window is open (invariant 2).

    ``services`` are what it serves today (R-CORE-09), ``tide`` = its tidal ones among them. ``away_since`` is when
    staff left (hall time, 0 = here), ``away_stage`` how many absence facts followed, ``excused`` why none
    may, ``explained`` = a reason was given, ``owes_reason`` = an absence of ten minutes or more is still to be
    explained, however short a later one. ``interrupted`` = 离开办理 with a citizen at the desk. ``testing_since`` is
    since when its evaluator is being tried, 0 = it is not (R-EVAL-10).
    """

    # what every visit changes stands first, as in ``Ticket``
    id: int
    state: DeskState = DeskState.CLOSED
    since: int = 0
    ticket: str = ""
    rating: str = ""
    undo: Undoable | None = None
    rated: bool = False
    session: Session | None = None
    reason: str = ""
    services: tuple[str, ...] = ()
    tide: bool = False
    away_since: int = 0
    away_stage: int = 0
    excused: str = ""
    explained: bool = False
    interrupted: bool = False
    testing_since: int = 0
    owes_reason: bool = False

    @property
    def testing(self) -> bool:
        """Whether its evaluator is being tried."""
        return self.testing_since != 0


class Line(msgspec.Struct, frozen=True):
    """A telephone line now. ``alerted`` are the desks asked to take the call, ``claimed`` the one that pressed 代接,
    ``claimed_ring`` the ring at which it did.

    ``rang_at`` is when the last burst began, ``lifted_at`` when somebody lifted last without a ring of its own, 0 =
    that lift has explained a call already; ``caller`` a keyed hash. ``charged`` = the call counts for its own desk,
    ``uncovered`` = nobody was logged in there when it began. ``overlap_ms`` of the talk so far a citizen was being
    served, and since ``overlap_from`` while that is not 0 (R-PHONE-07).
    """

    id: str
    desk: int
    state: LineState = LineState.ON_HOOK
    ring: int = 0
    alerted: tuple[int, ...] = ()
    claimed: int = 0
    supervisor: bool = False
    rang_at: int = 0
    lifted_at: int = 0
    caller: str = ""
    charged: bool = True
    uncovered: bool = False
    overlap_ms: int = 0
    overlap_from: int = 0
    claimed_ring: int = 0


class Callback(msgspec.Struct, frozen=True):
    """A call that is owed (R-PHONE-06), or with ``kind`` ``record`` a form of the complaint line (R-PHONE-08)."""

    task: int
    line: str
    due: int
    caller: str = ""
    kind: str = "call"


class Booking(msgspec.Struct, frozen=True):
    """An appointment (R-CORE-08): its slot in minutes after midnight of ``day``, and the ticket it became. ``missed`` =
    its day is over as far as the clock knew; should that prove wrong it may still be kept."""

    code: str
    service: str
    day: str
    starts: int
    ends: int
    ticket: str = ""
    missed: bool = False


class Alert(msgspec.Struct, frozen=True):
    """Raised at ``at``; ``eased_at`` is since when it is below its threshold again, 0 = it is not."""

    at: int
    n: int = 0
    eased_at: int = 0


class HoursChange(msgspec.Struct, frozen=True):
    """An announced change of hours (R-CORE-32); ``shown`` is the day the public first saw it, "" = not yet;
    ``state`` is announced, active or past."""

    change: int
    hours: tuple[Hours, ...]
    effective: str
    emergency: bool = False
    shown: str = ""
    state: str = "announced"


LIVED_WITH = frozenset({"stuck_key", "damaged_frames"})
"""Troubles of a device that is to be seen to, and goes on: the other keys work; what can be read counts."""


class Device(msgspec.Struct, frozen=True):
    """A device in trouble: why, and since when (hall time)."""

    reason: str
    since: int

    @property
    def dead(self) -> bool:
        """Whether it does nothing more."""
        return self.reason not in LIVED_WITH


class Announcement(msgspec.Struct, frozen=True, gc=False):
    """Something to be heard once.

    ``seq`` is its event's place (the voice dedupes by it), ``at`` hall time, ``reading`` which reading this is (1, 2,
    3…); ``kind`` is ``call``, ``final`` or ``withdrawn``; ``slow`` asks for the green reading (R-CALL-03).
    """

    seq: int
    at: int
    kind: str
    ticket: str
    desk: int
    reading: int = 1
    slow: bool = False
