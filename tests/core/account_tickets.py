"""What each fact about a ticket does to the account, and an ``assert`` where it may not follow (rules.md 3.3, 3.6)."""

from firmware_py.core import events as e
from tests.core.account import OPEN, Card, Reading
from tests.core.account_visits import goes_on, sits_down, stops

# --- calls ------------------------------------------------------------------------------------------------------------


def called(r: Reading, event: e.Called) -> None:
    """T06, T07 and T13; who it may be is ``next_ticket``'s business, checked before."""
    assert r.calling, "invariant 5: no call before T_open"
    assert event.rule == "final" if event.final else event.rule != "final"
    if event.final:
        assert r.issue_closed
        card = r.move(event, {"passed", "held"}, "called")
    elif event.rule == "held":
        assert r.cards[event.ticket].back
        card = r.move(event, {"held"}, "called")
    else:
        card = r.move(event, {"waiting"}, "called")
    if event.rule == "approved":
        r.answered_for("call", event.ticket, event.approver)
        assert event.reason
    else:
        assert not event.approver
    r.approvals.pop(("call", event.ticket), None)  # it has come about, in turn or not
    group = r.group_of(event.desk)
    r.group_calls[group] += 1
    if event.rule in {"green", "booked"}:
        r.group_run[group] += 1
    elif event.rule in {"guard", "ordinary", "returned"}:
        r.group_run[group] = 0
    card.desk, card.group, card.final, card.back = event.desk, group, event.final, False
    card.calls, card.called_at, card.last_call_at, card.heard_at = 1, event.at, event.at, 0
    card.target = 0
    seat = r.seat(event.desk, {"ready", "rating"}, "calling")  # 12
    assert not seat.testing and not seat.ticket
    seat.ticket = card.number
    seat.undo = None


def announced(r: Reading, event: e.Announced) -> None:
    """Invariant 13, R-CALL-02: once for each call."""
    card = r.cards[event.ticket]
    assert card.state == "called" and not card.heard_at
    card.heard_at = event.at
    if event.by == "voice":
        r.voices.add(event.instance)


def recalled(r: Reading, event: e.Recalled) -> None:
    """T08."""
    card = r.move(event, {"called"}, "called")
    assert not card.final and card.desk == event.desk
    assert r.elapsed(card.last_call_at, event.at) >= r.plan.limits.call.recall_gap_s * 1000
    card.calls, card.last_call_at = card.calls + 1, event.at
    assert event.calls == card.calls <= r.plan.limits.call.max_calls


def arrived(r: Reading, event: e.Arrived) -> None:
    card = r.move(event, {"called"}, "serving")
    assert card.desk == event.desk
    if event.implicit:  # T25
        assert r.elapsed(card.called_at, event.at) >= r.plan.limits.call.implicit_after_s * 1000
    seat = r.seat(event.desk, {"calling"}, "serving")
    sits_down(r, card, seat, event.at)


def may_pass(r: Reading, card: Card, at: int) -> bool:
    """Invariant 8, R-CORE-11: called often enough, and long enough since the number was heard; where a voice is there
    that has not come to it yet, it is waited for, but not for ever."""
    limits = r.plan.limits.call
    slow = card.green or card.klass == "G"  # whatever class it was given since
    patience = limits.noshow_green_s if slow else limits.noshow_min_s
    live = {voice for voice in r.voices if not {(voice, "instance"), (voice, "voice")} & r.down}
    if live and not card.heard_at and r.elapsed(card.called_at, at) < limits.unheard_max_s * 1000:
        return False
    enough = card.final or card.calls >= limits.max_calls
    return enough and r.elapsed(card.heard_at or card.called_at, at) >= patience * 1000


def passed(r: Reading, event: e.Passed) -> None:
    """T10."""
    card = r.cards[event.ticket]
    r.may_undo(event.desk, "pass", card, event.at)
    assert not card.final and card.desk == event.desk
    assert may_pass(r, card, event.at)
    r.move(event, {"called"}, "passed")
    r.seat(event.desk, {"calling"}, "ready").ticket = ""


def expired(r: Reading, event: e.Expired) -> None:
    """T14, invariant 6."""
    card = r.cards[event.ticket]
    r.may_undo(card.desk, "pass", card, event.at)
    assert card.final and may_pass(r, card, event.at)
    r.move(event, {"called"}, "expired")
    r.seat(card.desk, {"calling"}, "ready").ticket = ""


def withdrawn(r: Reading, event: e.Withdrawn) -> None:
    """T11."""
    card = r.move(event, {"called"}, "waiting")
    assert card.desk == event.desk
    card.first, card.desk, card.calls = "handed", 0, 0
    r.seat(event.desk, {"calling"}, "ready").ticket = ""


def returned(r: Reading, event: e.Returned) -> None:
    """T12; and T25's holder, whom a 3-key pad finished without ever seeing."""
    card = r.cards[event.ticket]
    if card.implicit:  # nobody knows whether anybody was served (T25)
        card.helpers = [each for each in card.helpers if each != card.finished_by]
    if card.state == "done":
        assert card.implicit and not card.levels and not r.day_closed
    r.move(event, {"passed", "done"}, "waiting")
    card.returns += 1
    assert card.returns <= r.plan.limits.passing.max_returns
    card.klass, card.first, card.desk, card.implicit = "R", "", 0, False
    card.ripe_at = r.group_calls[card.group] + r.plan.limits.passing.return_after
    assert event.ripe_at == card.ripe_at


# --- at the desk ------------------------------------------------------------------------------------------------------


def held(r: Reading, event: e.Held) -> None:
    """T16: the desk is free, or takes the pause it had put off."""
    card = r.move(event, {"serving"}, "held")
    assert card.desk == event.desk and not r.seats[event.desk].interrupted
    card.held_at, card.back = event.at, False
    stops(r, card, event.at)
    goes_on(r, event.desk, event.at)


def reported_back(r: Reading, event: e.ReportedBack) -> None:
    card = r.move(event, {"held"}, "held")
    assert not card.back
    card.back = True


def resumed(r: Reading, event: e.Resumed) -> None:
    """T17, R-CORE-13: at its own desk; elsewhere only when nobody sits there any more."""
    card = r.move(event, {"held"}, "serving")
    if card.desk != event.desk:
        assert not r.seats[card.desk].staff and card.service in r.seats[event.desk].services
    card.desk, card.back = event.desk, False
    seat = r.seat(event.desk, {"ready", "rating"}, "serving")
    assert not seat.ticket and not seat.testing
    seat.ticket, seat.undo = event.ticket, None
    sits_down(r, card, seat, event.at)


def finished(r: Reading, event: e.Finished) -> None:
    """T20."""
    card = r.cards[event.ticket]
    seat = r.seats[event.desk]
    assert card.desk == event.desk and seat.ticket == card.number and not seat.interrupted
    assert event.staff == seat.staff
    assert sorted(event.contributors) == sorted(each for each in card.helpers if each != event.staff)  # R-EVAL-12
    assert not seat.rating, "invariant 2: one rating at a desk"
    r.may_undo(event.desk, "finish", card, event.at)
    r.move(event, {"serving"}, "rating")
    stops(r, card, event.at)
    assert event.served_ms == card.served_ms
    card.finishes, card.implicit, card.finished_by = card.finishes + 1, event.implicit, event.staff
    r.seat(event.desk, {"serving", "pause_pending"}, seat.state if seat.state == "pause_pending" else "rating")
    seat.ticket, seat.rating = "", card.number


def unserved(r: Reading, event: e.Unserved) -> None:
    """T30, and what a supervisor closes the day over (R-CORE-17)."""
    assert event.state == r.cards[event.ticket].state
    card = r.move(event, OPEN, "unserved")
    r.unserved[f"{r.day}/{card.number}"] = card.service
    for seat in r.seats.values():
        if card.number in {seat.ticket, seat.rating}:
            seat.ticket = "" if seat.ticket == card.number else seat.ticket
            seat.rating = "" if seat.rating == card.number else seat.rating
            if seat.interrupted and not seat.ticket:
                seat.interrupted, seat.away_since = False, 0
            if not seat.ticket and not seat.rating and seat.state not in {"wait", "paused", "closed", "fault"}:
                seat.state = "closing" if r.issue_closed else "ready"
            seat.undo = None
