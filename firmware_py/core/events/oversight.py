"""Facts a supervisor looks after: approvals, alerts, findings, patrols, and the appointments of the day."""

from firmware_py.core.events.base import Event


class Approved(Event, frozen=True, tag="approved"):
    """One thing is allowed once (R-CORE-07): ``kind`` of thing, and the ticket, desk or person it is about.

    Kinds: ``call`` and ``transfer`` (a ticket), ``logout`` and ``leave`` (a desk), ``second_desk`` (a person).
    """

    kind: str
    subject: str
    approver: str
    reason: str


class AlertRaised(Event, frozen=True, tag="alert_raised"):
    """Somebody should look (R-CORE-10). ``n`` is the number behind it: people waiting, minutes, a year.

    Kinds: ``uncovered``, ``crowd``, ``tidal`` (a service), ``assist`` (a desk), ``guide`` (a ticket that was
    transferred), ``calendar`` (a year without a holiday table), ``consult``, ``complain``, ``priority`` (a dispenser at
    which somebody asks for a guide, R-KIOSK-10).
    """

    kind: str
    subject: str
    n: int = 0


class AlertEased(Event, frozen=True, tag="alert_eased"):
    """Below its threshold again; it is cleared once it has stayed there (hysteresis)."""

    kind: str
    subject: str


class AlertCleared(Event, frozen=True, tag="alert_cleared"):
    """Over; ``by`` = who dealt with it, "" = by itself."""

    kind: str
    subject: str
    by: str = ""


class FindingRaised(Event, frozen=True, tag="finding_raised"):
    """Something the norms do not allow seems to have happened: suspected until a person confirms it (R-REP-04).

    Kinds: ``tickets_left``, ``hours_notice``, ``complaint_line``, ``phone_uncovered``, ``last_desk``.
    """

    kind: str
    desk: int = 0
    ticket: str = ""
    line: str = ""
    by: str = ""
    detail: str = ""


class Patrolled(Event, frozen=True, tag="patrolled"):
    """An inspector or leader made the round (R-DESK-06); ``repeat`` = within five minutes of the one before, which
    counts as the same."""

    inspector: str
    role: str
    finding: str = ""
    desk: int = 0
    repeat: bool = False


class Booked(Event, frozen=True, tag="booked"):
    """An appointment on ``day`` from ``starts`` to ``ends``, minutes after local midnight; ``code`` names nobody."""

    code: str
    service: str
    day: str
    starts: int
    ends: int


class BookingCancelled(Event, frozen=True, tag="booking_cancelled"):
    """It will not be kept."""

    code: str


class BookingMissed(Event, frozen=True, tag="booking_missed"):
    """失约: the day ended and nobody had checked in; the centre counts."""

    code: str


OversightEvents = (
    Approved
    | AlertRaised
    | AlertEased
    | AlertCleared
    | FindingRaised
    | Patrolled
    | Booked
    | BookingCancelled
    | BookingMissed
)
