"""What a supervisor looks after does to the account: approvals, alerts, findings, patrols, appointments."""

from firmware_py.core import events as e
from tests.core.account import Reading
from tests.core.account_clock import today
from tests.core.account_desks import stands

MINUTE = 60_000


def approved(r: Reading, event: e.Approved) -> None:
    """R-CORE-07."""
    assert event.approver in r.answerers() and event.reason
    if event.kind == "leave" and r.seats[int(event.subject)].away_since:
        r.seats[int(event.subject)].excused = True  # who has already gone needs it no second time
    else:
        r.approvals[event.kind, event.subject] = event.approver


# --- alerts (R-CORE-10, R-DESK-07) ------------------------------------------------------------------------------------


def alert_raised(r: Reading, event: e.AlertRaised) -> None:
    """What it says is so."""
    if event.kind == "guide":
        assert r.cards[event.subject].state == "waiting" and r.cards[event.subject].legs
    elif event.kind == "uncovered":
        assert any(card.service == event.subject for card in r.waiting())
        assert not open_desks(r, event.subject)
    elif event.kind in {"crowd", "tidal"}:
        assert _crowded(r, event.subject, event.at)
    elif event.kind in {"assist", "consult", "complain", "priority"}:
        assert (event.kind, event.subject) not in r.alerts
    r.alerts.add((event.kind, event.subject))


def open_desks(r: Reading, service: str) -> int:
    return sum(stands(seat) and service in seat.services for seat in r.seats.values())


def _crowded(r: Reading, service: str, at: int) -> bool:
    limits = r.plan.limits.tidal
    waiting = [card for card in r.waiting() if card.service == service]
    if not waiting:
        return False
    longest = r.elapsed(waiting[0].taken_at, at)
    return len(waiting) > limits.open_waiting * open_desks(r, service) or longest > limits.open_wait_min * MINUTE


def alert_eased(r: Reading, event: e.AlertEased) -> None:
    assert (event.kind, event.subject) in r.alerts


def alert_cleared(r: Reading, event: e.AlertCleared) -> None:
    r.alerts.remove((event.kind, event.subject))


def finding_raised(r: Reading, event: e.FindingRaised) -> None:
    assert event.kind in {"tickets_left", "hours_notice", "complaint_line", "phone_uncovered", "last_desk"}
    r.findings.append(event)


def patrolled(r: Reading, event: e.Patrolled) -> None:
    """Scenario 34: twice within five minutes is once."""
    before = r.patrolled.get(event.inspector, 0)
    assert event.repeat == (bool(before) and event.at - before <= 5 * MINUTE)
    r.patrolled[event.inspector] = event.at


# --- appointments (R-CORE-08) -----------------------------------------------------------------------------------------


def booked(r: Reading, event: e.Booked) -> None:
    assert event.code not in r.bookings and 0 <= event.starts < event.ends <= 24 * 60
    r.bookings[event.code] = event


def booking_cancelled(r: Reading, event: e.BookingCancelled) -> None:
    assert event.code not in r.checked_in
    del r.bookings[event.code]


def booking_missed(r: Reading, event: e.BookingMissed) -> None:
    """Its day is over and nobody came."""
    day = r.bookings[event.code].day
    assert event.code not in r.checked_in and (day <= r.day or day < today(r, event.at))
    del r.bookings[event.code]
