"""What each fact about a ticket does to the account, and an ``assert`` where it may not follow (rules.md 3.3, 3.6)."""

from firmware_py.core import events as e
from tests.core.account import OPEN, Card, Reading


def taken(r: Reading, event: e.Taken) -> None:
    """T01, R-CORE-03, invariants 1 and 5 (the window is the schedule's)."""
    assert r.day and not r.issue_closed
    assert event.ticket not in r.cards, "a number issued twice in one day"
    prefix = next(service.prefix for service in r.plan.services if service.id == event.service)
    number = r.last_number.get(prefix, 0) + 1
    assert event.ticket == prefix + str(number).rjust(3, "0")
    r.last_number[prefix] = number
    r.cards[event.ticket] = Card(event.ticket, event.service, event.klass, event.at, len(r.cards), event.kiosk)


def printed(r: Reading, event: e.Printed) -> None:
    card = r.cards[event.ticket]
    assert card.state == "printing" or card.unconfirmed
    r.move(event, {"printing", "waiting"}, "waiting").unconfirmed = False


def print_failed(r: Reading, event: e.PrintFailed) -> None:
    card = r.cards[event.ticket]
    assert card.state == "printing" or card.unconfirmed
    r.move(event, {"printing", "waiting"}, "void")


def print_unknown(r: Reading, event: e.PrintUnknown) -> None:
    r.move(event, {"printing"}, "waiting").unconfirmed = True


def cancelled(r: Reading, event: e.Cancelled) -> None:
    r.move(event, {"waiting"}, "cancelled")


def called(r: Reading, event: e.Called) -> None:
    """T06 and T13; who it may be is ``next_ticket``'s business, checked before."""
    assert r.calling, "invariant 5: no call before T_open"
    if event.final:
        assert r.issue_closed
        card = r.move(event, {"passed", "held"}, "called")
    else:
        card = r.move(event, {"waiting"}, "called")
    group = r.group_of(event.desk)
    r.group_calls[group] += 1
    if event.rule in {"green", "guard", "ordinary", "returned"}:
        r.group_run[group] = r.group_run[group] + 1 if event.rule == "green" else 0
    card.desk, card.group, card.final = event.desk, group, event.final
    card.calls, card.called_at, card.last_call_at = 1, event.at, event.at
    r.seat(event.desk, {"ready", "rating"}, "calling").ticket = card.number


def recalled(r: Reading, event: e.Recalled) -> None:
    """T08."""
    card = r.move(event, {"called"}, "called")
    assert not card.final
    assert event.at - card.last_call_at >= r.plan.limits.call.recall_gap_s * 1000
    card.calls, card.last_call_at = card.calls + 1, event.at
    assert event.calls == card.calls <= r.plan.limits.call.max_calls


def arrived(r: Reading, event: e.Arrived) -> None:
    card = r.move(event, {"called"}, "serving")
    if event.implicit:  # T25
        assert event.at - card.called_at >= r.plan.limits.call.implicit_after_s * 1000
    r.seat(event.desk, {"calling"}, "serving")


def _patience_s(r: Reading, card: Card) -> int:
    limits = r.plan.limits.call
    return limits.noshow_green_s if card.klass == "G" else limits.noshow_min_s


def passed(r: Reading, event: e.Passed) -> None:
    """T10, invariant 8."""
    card = r.move(event, {"called"}, "passed")
    assert not card.final
    assert card.calls >= r.plan.limits.call.max_calls
    assert event.at - card.called_at >= _patience_s(r, card) * 1000
    r.seat(event.desk, {"calling"}, "ready").ticket = ""


def expired(r: Reading, event: e.Expired) -> None:
    """T14, invariant 6."""
    card = r.move(event, {"called"}, "expired")
    assert card.final
    assert event.at - card.called_at >= _patience_s(r, card) * 1000
    r.seat(card.desk, {"calling"}, "ready").ticket = ""


def withdrawn(r: Reading, event: e.Withdrawn) -> None:
    """T11."""
    card = r.move(event, {"called"}, "waiting")
    card.handed_back, card.desk, card.calls = True, 0, 0
    r.seat(event.desk, {"calling"}, "ready").ticket = ""


def returned(r: Reading, event: e.Returned) -> None:
    """T12; and T25's holder, whom a 3-key pad finished without ever seeing."""
    card = r.cards[event.ticket]
    if card.state == "done":
        assert card.implicit and not card.levels and not r.day_closed
    r.move(event, {"passed", "done"}, "waiting")
    card.returns += 1
    assert card.returns <= r.plan.limits.passing.max_returns
    card.klass, card.handed_back, card.desk, card.implicit = "R", False, 0, False
    card.ripe_at = r.group_calls[card.group] + r.plan.limits.passing.return_after
    assert event.ripe_at == card.ripe_at


def held(r: Reading, event: e.Held) -> None:
    """T16: the desk is free, or takes the pause it had put off."""
    r.move(event, {"serving"}, "held")
    seat = r.seats[event.desk]
    r.seat(event.desk, {"serving", "pause_pending"}, "paused" if seat.state == "pause_pending" else "ready").ticket = ""


def resumed(r: Reading, event: e.Resumed) -> None:
    """T17."""
    r.move(event, {"held"}, "serving").desk = event.desk
    r.seat(event.desk, {"ready", "rating"}, "serving").ticket = event.ticket


def finished(r: Reading, event: e.Finished) -> None:
    """T20."""
    card = r.move(event, {"serving"}, "rating")
    assert card.desk == event.desk
    seat = r.seats[event.desk]
    assert event.staff == seat.staff
    assert not seat.rating, "invariant 2: one rating at a desk"
    card.finishes, card.implicit, card.finished_by = card.finishes + 1, event.implicit, event.staff
    r.seat(event.desk, {"serving", "pause_pending"}, seat.state if seat.state == "pause_pending" else "rating")
    seat.ticket, seat.rating = "", card.number


def rating_opened(r: Reading, event: e.RatingOpened) -> None:
    card = r.move(event, {"rating"}, "rating")
    assert event.evaluator == next(desk.evaluator for desk in r.plan.desks if desk.id == event.desk)
    card.invitations, card.window, card.opened_at = card.invitations + 1, r.seq, event.at


def rated(r: Reading, event: e.Rated) -> None:
    """T21, invariant 9: at most one rating, by the desk that finished, inside the window."""
    card = r.move(event, {"rating"}, "rating")
    assert not card.levels and event.level in {1, 2, 3, 4, 5}
    assert card.desk == event.desk and r.seats[event.desk].rating == card.number
    assert 0 <= event.elapsed_ms <= r.plan.limits.eval.window_s * 1000
    card.levels, card.first_elapsed = [event.level], event.elapsed_ms


def rating_corrected(r: Reading, event: e.RatingCorrected) -> None:
    card = r.move(event, {"rating"}, "rating")
    assert card.levels and event.level != card.levels[-1]
    assert 0 <= event.elapsed_ms - card.first_elapsed <= r.plan.limits.eval.correct_s * 1000
    card.levels.append(event.level)


def _window_over(r: Reading, event: e.RatingLocked | e.RatingClosed | e.InviteFailed) -> Card:
    card = r.move(event, {"rating"}, "done")
    seat = r.seats[event.desk]
    assert seat.rating == card.number
    seat.rating = ""
    if seat.state == "rating":
        r.seat(event.desk, {"rating"}, "ready")
    elif seat.state == "pause_pending" and not seat.ticket:
        seat.state = "paused"
    return card


def rating_locked(r: Reading, event: e.RatingLocked) -> None:
    assert _window_over(r, event).levels


def rating_closed(r: Reading, event: e.RatingClosed) -> None:
    """T22: nobody rated, and nobody was hurried."""
    served = r.cards.get(r.seats[event.desk].ticket)
    card = _window_over(r, event)
    assert not card.levels
    assert event.reason in {"timeout", "next_arrived"}
    if event.reason == "next_arrived":
        assert served is not None and served.state == "serving"
        assert event.at - card.opened_at >= r.plan.limits.eval.min_open_s * 1000


def invite_failed(r: Reading, event: e.InviteFailed) -> None:
    """T23."""
    card = _window_over(r, event)
    assert not card.levels
    card.invitations += card.invitations < card.finishes


def unserved(r: Reading, event: e.Unserved) -> None:
    """T30."""
    card = r.move(event, OPEN, "unserved")
    for seat in r.seats.values():
        if card.number in {seat.ticket, seat.rating}:
            seat.ticket = "" if seat.ticket == card.number else seat.ticket
            seat.rating = "" if seat.rating == card.number else seat.rating
            if not seat.ticket and not seat.rating and seat.state not in {"wait", "paused", "closed"}:
                seat.state = "ready"
