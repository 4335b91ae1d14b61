"""What facts about the evaluation window do to the account (rules.md 3.8, R-EVAL-01 to 05, 10)."""

from firmware_py.core import events as e
from tests.core.account import Card, Reading


def rating_opened(r: Reading, event: e.RatingOpened) -> None:
    """R-EVAL-01."""
    card = r.move(event, {"rating"}, "rating")
    assert event.evaluator == r.desk_plan(event.desk).evaluator
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
    assert card.levels and event.level != card.levels[-1] and event.level in {1, 2, 3, 4, 5}
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
        r.leaves(event.desk, event.at)
    return card


def rating_locked(r: Reading, event: e.RatingLocked) -> None:
    assert _window_over(r, event).levels


def rating_closed(r: Reading, event: e.RatingClosed) -> None:
    """T22: nobody rated, and nobody was hurried."""
    served = r.cards.get(r.seats[event.desk].ticket)
    card = _window_over(r, event)
    assert not card.levels
    assert event.reason in {"timeout", "next_arrived"} or (event.reason == "returned" and card.implicit)
    if event.reason == "next_arrived":
        assert served is not None and served.state == "serving"
        if event.at - card.opened_at < r.plan.limits.eval.min_open_s * 1000:
            r.hurried.append(card.number)  # only the end of the day may cut a window short: see invariant 9


def invite_failed(r: Reading, event: e.InviteFailed) -> None:
    """T23."""
    card = _window_over(r, event)
    assert not card.levels
    card.invitations += card.invitations < card.finishes


# --- trying the keys --------------------------------------------------------------------------------------------------


def self_test_began(r: Reading, event: e.SelfTestBegan) -> None:
    """R-EVAL-10: never beside a citizen."""
    seat = r.seats[event.desk]
    assert not seat.ticket and not seat.rating and not seat.testing
    seat.testing = True


def self_test_pressed(r: Reading, event: e.SelfTestPressed) -> None:
    assert r.seats[event.desk].testing
    assert event.evaluator == r.desk_plan(event.desk).evaluator


def self_test_ended(r: Reading, event: e.SelfTestEnded) -> None:
    assert r.seats[event.desk].testing
    r.seats[event.desk].testing = False


def stray(r: Reading, event: e.StrayRating) -> None:
    """R-EVAL-04: it counts for nobody."""
    assert event.reason
