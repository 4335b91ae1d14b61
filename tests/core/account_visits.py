"""What facts about visits out of the ordinary do to the account: their clock, leaving, transfers, taking back, favours.

T15, T18, T19, T24, T26, T28; R-CORE-07, 14, 15, 27, 29.
"""

from firmware_py.core import events as e
from tests.core.account import Card, Reading, Seat

# --- the clock of a visit ---------------------------------------------------------------------------------------------


def sits_down(r: Reading, card: Card, seat: Seat, at: int) -> None:
    """The citizen is served from here on."""
    if seat.staff and seat.staff not in card.helpers:
        card.helpers.append(seat.staff)
    if not card.seated:
        card.seated, card.limit_min = True, limit_of(r, card.service)
    card.served_since = at


def limit_of(r: Reading, service: str) -> int:
    """Minutes one visit for it may take, 0 = the hall says nothing."""
    return next(each.limit_min for each in r.plan.services if each.id == service)


def stops(r: Reading, card: Card, at: int) -> None:
    """Nobody serves the citizen from here on."""
    if card.served_since:
        card.served_ms += r.elapsed(card.served_since, at)
        card.served_since = 0


def served_so_far(r: Reading, card: Card, at: int) -> int:
    return card.served_ms + (r.elapsed(card.served_since, at) if card.served_since else 0)


def goes_on(r: Reading, desk: int, at: int) -> Seat:
    """The citizen leaves the desk: it is free, or takes the pause it had put off."""
    seat = r.seats[desk]
    pending = seat.state == "pause_pending"
    r.seat(desk, {"serving", "pause_pending"}, "paused" if pending else "ready").ticket = ""
    if pending:
        r.leaves(desk, at)
    return seat


def interrupted(r: Reading, event: e.Interrupted) -> None:
    """T15."""
    card = r.move(event, {"serving"}, "serving")
    seat = r.seats[event.desk]
    assert seat.ticket == card.number and seat.state in {"serving", "pause_pending"} and not seat.interrupted
    stops(r, card, event.at)
    seat.interrupted = True
    r.leaves(event.desk, event.at)


def interruption_ended(r: Reading, event: e.InterruptionEnded) -> None:
    card = r.move(event, {"serving"}, "serving")
    seat = r.seats[event.desk]
    assert seat.ticket == card.number and seat.interrupted
    seat.interrupted, seat.away_since = False, 0
    card.served_since = event.at


def item_added(r: Reading, event: e.ItemAdded) -> None:
    """T19, R-CORE-15."""
    card = r.move(event, {"serving"}, "serving")
    assert card.desk == event.desk and 0 < len(event.item) <= 40
    service = next(each for each in r.plan.services if each.id == card.service)
    offered = {item.name: item.limit_min for item in service.items}
    if offered:
        assert event.limit_min == offered[event.item]
    card.items.append(event.item)
    assert len(card.items) <= 20
    card.limit_min += event.limit_min if card.limit_min else 0


def limit_near(r: Reading, event: e.LimitNear) -> None:
    """R-CORE-27: four fifths."""
    card = r.move(event, {"serving"}, "serving")
    assert card.limit_min and event.limit_min == card.limit_min
    percent = r.plan.limits.visit.warn_percent
    assert served_so_far(r, card, event.at) * 100 >= card.limit_min * 60_000 * percent


def limit_passed(r: Reading, event: e.LimitPassed) -> None:
    card = r.move(event, {"serving"}, "serving")
    assert card.limit_min and event.limit_min == card.limit_min
    assert served_so_far(r, card, event.at) >= card.limit_min * 60_000


# --- transfers --------------------------------------------------------------------------------------------------------


def transferred(r: Reading, event: e.Transferred) -> None:
    """T18, R-CORE-14: number and arrival time stay; back again only when somebody answers for it."""
    card = r.cards[event.ticket]
    assert card.desk == event.desk and event.reason
    r.seats[event.desk].undo_allowed = r.approvals.get(("transfer", event.ticket), "")
    if event.approver:
        r.answered_for("transfer", event.ticket, event.approver)
    else:
        assert event.service not in {*card.legs, card.service}, "A to B to A without a supervisor"
        there = (
            [event.target] if event.target else [desk for desk in r.seats if event.service in r.seats[desk].services]
        )
        assert any(r.seats[desk].staff for desk in there), "nobody is there"
    r.approvals.pop(("transfer", event.ticket), None)
    assert not event.target or event.service in r.seats[event.target].services
    r.may_undo(event.desk, "transfer", card, event.at)
    if card.state == "serving":
        assert not r.seats[event.desk].interrupted
        goes_on(r, event.desk, event.at)
    r.move(event, {"serving", "held"}, "waiting")
    stops(r, card, event.at)
    both = card.limit_min and limit_of(r, event.service)
    card.limit_min = card.limit_min + limit_of(r, event.service) if both else 0
    card.legs.append(card.service)
    card.service, card.target, card.first, card.desk, card.back = event.service, event.target, "handed", 0, False


# --- taking back ------------------------------------------------------------------------------------------------------


def pass_undone(r: Reading, event: e.PassUndone) -> None:
    """R-CORE-29: called here as before."""
    assert r.cards[event.ticket].state in {"passed", "expired"}
    r.undone(event.desk, "pass", event.ticket, event.at)
    r.seat(event.desk, {"ready"}, "calling").ticket = event.ticket


def transfer_undone(r: Reading, event: e.TransferUndone) -> None:
    """R-CORE-29: nobody has called it since."""
    assert r.cards[event.ticket].state == "waiting"
    undo = r.seats[event.desk].undo
    assert undo is not None
    was_held = undo[1].state == "held"
    card = r.undone(event.desk, "transfer", event.ticket, event.at)
    if r.seats[event.desk].undo_allowed:  # and so is what was used up for it
        r.approvals["transfer", event.ticket] = r.seats[event.desk].undo_allowed
    if was_held:
        return
    r.seat(event.desk, {"ready", "paused"}, "serving").ticket = event.ticket
    card.served_since = card.served_since or event.at


def finish_undone(r: Reading, event: e.FinishUndone) -> None:
    """T24: no rating yet; the window is as if it had never been."""
    card = r.cards[event.ticket]
    assert card.state in {"rating", "done"} and not card.levels
    r.undone(event.desk, "finish", event.ticket, event.at)
    seat = r.seats[event.desk]
    assert seat.rating in {"", event.ticket} and not seat.ticket
    seat.rating, seat.ticket = "", event.ticket
    seat.state = "pause_pending" if seat.state in {"pause_pending", "paused"} else "serving"


# --- what somebody answers for ----------------------------------------------------------------------------------------


def voided(r: Reading, event: e.Voided) -> None:
    """T26."""
    assert event.approver in r.answerers() and event.reason
    never_held(r, r.move(event, {"waiting"}, "void"))


def never_held(r: Reading, card: Card) -> None:
    """Nobody holds a slip of it; one who came with an unserved slip of an earlier day may come again."""
    if card.redeems:
        r.unserved[card.redeems] = card.service
    for code, number in list(r.checked_in.items()):
        if number == card.number and code in r.bookings and r.bookings[code].day == r.day:
            del r.checked_in[code]  # nobody has come for that appointment yet (R-CORE-08)


def granted(r: Reading, event: e.Granted) -> None:
    """R-CORE-07: class S, the arrival time stays."""
    assert event.approver in r.answerers() and event.reason
    card = r.move(event, {"waiting", "passed"}, "waiting")
    card.klass, card.first, card.desk, card.target = "S", "granted", 0, 0


def reprinted(r: Reading, event: e.Reprinted) -> None:
    """R-KIOSK-06: somebody holds that number."""
    assert r.cards[event.ticket].state in {"waiting", "called", "serving", "held", "passed"}


def upgraded(r: Reading, event: e.Upgraded) -> None:
    """T28."""
    card = r.move(event, {"waiting"}, "waiting")
    assert card.klass == "X"
    card.klass, card.green = "G", True
