"""What facts about desks and the people at them do to the account (rules.md 3.4, R-CORE-09, 10, 17, 23 to 26)."""

from firmware_py.core import events as e
from tests.core.account import AWAY, OPEN, Reading, Seat
from tests.core.account_clock import service_ms

MINUTE = 60_000


def stands(seat: Seat) -> bool:
    """Somebody is at the desk and stays there."""
    here = {"ready", "closing", "calling", "serving", "rating"}
    return bool(seat.staff) and seat.state in here and not seat.interrupted


def logged_in(r: Reading, event: e.LoggedIn) -> None:
    """R-CORE-26: one active desk per person, unless somebody answers for the second."""
    if event.approver:
        r.answered_for("second_desk", event.staff, event.approver)
    else:
        assert event.staff not in {seat.staff for seat in r.seats.values()}, "one active desk per person"
    assert event.staff and event.role in {"A", "B"}
    seat = r.seat(event.desk, {"closed"}, "ready")
    seat.staff, seat.role, seat.acting_for = event.staff, event.role, event.acting_for


def stood_in(r: Reading, event: e.StoodIn) -> None:
    """R-CORE-26: the ticket stays, the desk is there again."""
    seat = r.seats[event.desk]
    assert seat.staff and event.staff != seat.staff
    if event.approver:
        r.answered_for("second_desk", event.staff, event.approver)
    else:
        assert event.staff not in {other.staff for other in r.seats.values()}
    if event.role == "A":
        assert event.staff == seat.acting_for and not event.acting_for
    else:
        assert event.acting_for == (seat.acting_for or seat.staff)
    seat.staff, seat.role, seat.acting_for = event.staff, event.role, event.acting_for
    if seat.state in {"wait", "paused"}:
        seat.state = "closing" if r.issue_closed else "ready"
    elif seat.state == "pause_pending":  # whoever wanted to leave has left
        seat.state = "serving" if seat.ticket else "rating"
    seat.away_since = 0
    served = r.cards.get(seat.ticket)
    if served is not None and served.state == "serving" and event.staff not in served.helpers:
        served.helpers.append(event.staff)


def logged_out(r: Reading, event: e.LoggedOut) -> None:
    """R-CORE-17: nobody with a number is left behind, unless somebody answers for it."""
    seat = r.seats[event.desk]
    assert seat.staff and not seat.ticket and not seat.rating
    left = left_behind(r, event.desk)
    if event.approver:
        r.answered_for("logout", str(event.desk), event.approver)
        assert event.left >= len(left)
    else:
        assert not left, f"{left} are left behind"
    for kind in ("logout", "leave"):  # both were about this session
        r.approvals.pop((kind, str(event.desk)), None)
    r.seats[event.desk] = Seat(services=seat.services, tide=seat.tide)


def left_behind(r: Reading, desk: int) -> list[str]:
    """After closing, and at noon where the morning is drained, everybody this desk could serve; before, whoever waits
    for what no other desk stands for, and whom it has put aside or called."""
    services = r.seats[desk].services
    held_here = [card for card in r.cards.values() if card.desk == desk and card.state in {"held", "called"}]
    everybody = [card for card in r.cards.values() if card.state in OPEN]
    if r.issue_closed or (r.lunch_at and r.plan.limits.day.lunch == "drain"):
        if r.plan.limits.day.close == "drain_at_desk":
            left = held_here
        else:
            left = [card for card in everybody if card.service in services]
        if not r.issue_closed:
            left = [card for card in left if card.taken_at < r.lunch_at and card.state != "passed"]
    else:
        others = {each for other, seat in r.seats.items() if other != desk and seat.staff for each in seat.services}
        waiting = [card for card in r.waiting() if card.service in services]
        left = [card for card in (*waiting, *held_here) if card.service not in others]
    return [card.number for card in left if card.desk != desk or card.state != "serving"]


# --- away -------------------------------------------------------------------------------------------------------------


def desk_waits(r: Reading, event: e.DeskWaits) -> None:
    r.seat(event.desk, {"ready"}, "wait")
    r.leaves(event.desk, event.at)


def desk_paused(r: Reading, event: e.DeskPaused) -> None:
    """R-CORE-25: what it says nobody stands for, nobody stands for."""
    others = [seat for desk, seat in r.seats.items() if desk != event.desk and stands(seat)]
    for service in event.uncovered:
        assert not any(service in seat.services for seat in others)
    r.seat(event.desk, {"ready", "wait"}, "paused")
    r.leaves(event.desk, event.at)


def pause_pending(r: Reading, event: e.PausePending) -> None:
    r.seat(event.desk, {"serving", "rating"}, "pause_pending")


def desk_resumed(r: Reading, event: e.DeskResumed) -> None:
    seat = r.seats[event.desk]
    back = ("serving" if seat.ticket else "rating") if seat.state == "pause_pending" else "ready"
    r.seat(event.desk, {"wait", "paused", "pause_pending"}, back).away_since = 0


def desk_failed(r: Reading, event: e.DeskFailed) -> None:
    """3.4: it can neither call nor rate; who is served stays."""
    pad = r.desk_plan(event.desk).pad
    assert any(instance == pad for instance, _ in r.down)
    r.seat(event.desk, {"ready", "wait", "paused"}, "fault")


def desk_mended(r: Reading, event: e.DeskMended) -> None:
    """A pad plugged in again brings nobody back."""
    r.seat(event.desk, {"fault"}, "paused" if r.seats[event.desk].away_since else "ready")


# --- absence (R-CORE-24): facts about time, in this order, in service hours -----------------------------------------


def _absent(r: Reading, desk: int, at: int, stage: int) -> int:
    seat = r.seats[desk]
    assert seat.away_since and seat.staff and seat.away_stage < stage
    assert seat.interrupted or seat.state in AWAY
    seat.away_stage = stage
    return service_ms(r, seat.away_since, at)


def absence_reminded(r: Reading, event: e.AbsenceReminded) -> None:
    assert _absent(r, event.desk, event.at, 1) >= r.plan.limits.absence.remind_min * MINUTE


def absence_reported(r: Reading, event: e.AbsenceReported) -> None:
    assert _absent(r, event.desk, event.at, 2) >= r.plan.limits.absence.report_min * MINUTE


def absence_long(r: Reading, event: e.AbsenceLong) -> None:
    assert _absent(r, event.desk, event.at, 3) > r.plan.limits.absence.deduct_min * MINUTE


def absence_explained(r: Reading, event: e.AbsenceExplained) -> None:
    assert event.staff and event.reason


# --- what a desk serves -----------------------------------------------------------------------------------------------


def desk_assigned(r: Reading, event: e.DeskAssigned) -> None:
    """R-CORE-09."""
    assert event.services and event.reason
    if event.approver:
        assert event.approver in r.answerers()
    _serves_now(r, event.desk, event.services)
    r.seats[event.desk].tide = False


def tide_opened(r: Reading, event: e.TideOpened) -> None:
    """R-CORE-10."""
    seat = r.seats[event.desk]
    assert not seat.tide
    assert set(event.services) == {*seat.services, *r.desk_plan(event.desk).tidal}
    seat.services, seat.tide = event.services, True


def tide_closed(r: Reading, event: e.TideClosed) -> None:
    assert r.seats[event.desk].tide
    _serves_now(r, event.desk, event.services)
    r.seats[event.desk].tide = False


def _serves_now(r: Reading, desk: int, services: tuple[str, ...]) -> None:
    """No service somebody waits for loses its last open desk by it."""
    before = r.seats[desk].services
    r.seats[desk].services = services
    if r.seats[desk].staff:
        staffed = {service for seat in r.seats.values() if seat.staff for service in seat.services}
        stranded = {card.service for card in r.waiting() if card.service in before} - staffed
        assert not stranded, f"nobody serves {stranded} any more"
