"""Facts about the evaluation window (rules.md 3.8). Only a citizen's press ever carries a level."""

from firmware_py.core.events.base import Event, TicketEvent


class RatingOpened(TicketEvent, frozen=True, tag="rating_opened"):
    """The invitation; its ``(log, seq)`` in the hall's journal names the window; its nonce stands nowhere."""

    desk: int
    evaluator: str


class Rated(TicketEvent, frozen=True, tag="rated"):
    """T21: the first press; on a ticket that is served again, one made before its evaluator heard that 办结 had been
    taken back. ``elapsed_ms`` is the evaluator's own time since the window opened; ``reduced_scale`` = its keys offer
    fewer than the five levels (R-EVAL-11), ``shared_bus`` = its wire is one with staff's keys."""

    desk: int
    level: int
    elapsed_ms: int
    reduced_scale: bool = False
    shared_bus: bool = False


class RatingCorrected(TicketEvent, frozen=True, tag="rating_corrected"):
    """T21: another level within 5 s of the first."""

    desk: int
    level: int
    elapsed_ms: int


class RatingLocked(TicketEvent, frozen=True, tag="rating_locked"):
    """T21: the rating can no longer change; the ticket is done."""

    desk: int


class RatingClosed(TicketEvent, frozen=True, tag="rating_closed"):
    """T22: nobody rated; ``reason`` is ``timeout``, ``next_arrived``, or ``returned`` when the holder of a ticket that
    a 3-key pad finished reports back (T25). Unrated stays unrated (R-EVAL-05)."""

    desk: int
    reason: str


class InviteFailed(TicketEvent, frozen=True, tag="invite_failed"):
    """T23: the evaluator could not invite or went silent."""

    desk: int
    reason: str


class SelfTestBegan(Event, frozen=True, tag="self_test_began"):
    """The desk's evaluator is being tried; presses are no ratings (R-EVAL-10)."""

    desk: int


class SelfTestPressed(Event, frozen=True, tag="self_test_pressed"):
    """A key was pressed in the test."""

    desk: int
    evaluator: str
    level: int


class SelfTestEnded(Event, frozen=True, tag="self_test_ended"):
    """The test is over; ``LoggedOut`` ends one too."""

    desk: int


class StrayRating(Event, frozen=True, tag="stray_rating"):
    """A press that counts for nobody (R-EVAL-04): no window, wrong evaluator, wrong proof, too late, duplicate."""

    desk: int
    evaluator: str
    reason: str


RatingEvents = (
    RatingOpened
    | Rated
    | RatingCorrected
    | RatingLocked
    | RatingClosed
    | InviteFailed
    | SelfTestBegan
    | SelfTestPressed
    | SelfTestEnded
    | StrayRating
)
