"""What each fact about a number and its slip does to the account (T01–T05, T30, T31; R-CORE-03, 08, 19, 31)."""

from firmware_py.core import events as e
from tests.core.account import Card, Reading
from tests.core.account_clock import covered, is_workday, minute, moment, today
from tests.core.account_visits import never_held


def taken(r: Reading, event: e.Taken) -> None:
    """T01, R-CORE-03, invariants 1 and 5."""
    assert r.day and not r.issue_closed and not r.day_closed
    assert issuing(r, event.at), "invariant 5: outside the issue window"
    assert event.ticket not in r.cards, "a number issued twice in one day"
    prefix = next(service.prefix for service in r.plan.services if service.id == event.service)
    number = r.last_number.get(prefix, 0) + 1
    assert event.ticket == prefix + str(number).rjust(3, "0")
    r.last_number[prefix] = number
    card = Card(event.ticket, event.service, event.klass, event.at, len(r.cards), event.kiosk)
    card.green = event.klass == "G"
    r.cards[event.ticket] = card
    if event.redeems:  # T30
        assert event.klass == "S" and r.unserved.pop(event.redeems) == event.service
        card.first, card.redeems = "granted", event.redeems
    if event.booking:
        _checked_in(r, event, card)
    assert event.klass in {"X", "G"} or event.redeems or event.booking


def issuing(r: Reading, at: int) -> bool:
    """R-CORE-19: from ``open_lead_min`` before T_open, on statutory workdays; through noon only with duty desks."""
    calendar, day = r.plan.calendar, today(r, at)
    rests = covered(calendar, day) and not is_workday(calendar, day)
    lead = 0 if rests else r.plan.limits.kiosk.open_lead_min
    if r.by_hand or not r.trusted:  # the clock says nothing about this day
        return not r.lunch_at or r.plan.limits.day.lunch == "duty"
    if r.plan.limits.day.lunch == "duty" and r.hours[0].opens <= minute(r, at) < r.hours[-1].closes:
        return True
    return any(hours.opens - lead <= minute(r, at) < hours.closes for hours in r.hours)


def _checked_in(r: Reading, event: e.Taken, card: Card) -> None:
    """R-CORE-08: once; priority inside the slot; late is ordinary."""
    booking = r.bookings[event.booking]
    limits = r.plan.limits.appt
    assert booking.day in {r.day, today(r, event.at)} and booking.service == event.service
    before = r.cards.get(r.checked_in.get(booking.code, ""))
    assert before is None or before.state in {"void", "cancelled"}, "a booked person queues twice"
    opens = moment(r, booking.day, booking.starts - limits.early_min)
    closes = moment(r, booking.day, booking.ends + limits.grace_min)
    for began, ended in r.frozen:
        opens, closes = moved_slot((opens, closes), began, ended)
    assert event.klass == ("A" if event.at <= closes else "X")
    if event.klass == "A":
        assert (event.slot_from, event.slot_until) == (opens, closes)
        card.slot = opens, closes
    r.checked_in[booking.code] = event.ticket


def moved_slot(slot: tuple[int, int], began: int, ended: int) -> tuple[int, int]:
    """R-CORE-30: an emergency that fell into a slot moves it on by as long as it lasted."""
    touched = slot[0] <= ended and slot[1] >= began
    return (slot[0] + ended - began, slot[1] + ended - began) if touched else slot


def manual_entered(r: Reading, event: e.ManualEntered) -> None:
    """R-CORE-31: a number of its own, queued by the time it was handed out."""
    prefix = r.plan.manual_prefix
    assert r.day and not r.day_closed and prefix and event.ticket.startswith(prefix)
    assert event.ticket[len(prefix) :].isdecimal() and event.ticket not in r.cards
    assert event.handed_at <= event.at and today(r, event.handed_at) == today(r, event.at)
    r.cards[event.ticket] = Card(
        event.ticket, event.service, "X", event.handed_at, len(r.cards), event.by, state="waiting"
    )


def printed(r: Reading, event: e.Printed) -> None:
    card = r.cards[event.ticket]
    assert card.state == "printing" or card.unconfirmed
    r.move(event, {"printing", "waiting"}, "waiting").unconfirmed = False


def print_failed(r: Reading, event: e.PrintFailed) -> None:
    card = r.cards[event.ticket]
    assert card.state == "printing" or card.unconfirmed
    never_held(r, r.move(event, {"printing", "waiting"}, "void"))


def print_unknown(r: Reading, event: e.PrintUnknown) -> None:
    r.move(event, {"printing"}, "waiting").unconfirmed = True


def cancelled(r: Reading, event: e.Cancelled) -> None:
    r.move(event, {"waiting"}, "cancelled")
